"""A node's manager interface as telephony uses it: recordings, and word of phones that come and go."""

from collections.abc import Callable, Mapping

from app.telephony.ami import AmiClient, AmiEvent, AmiNode, ContactStatusChanged


class NodeManager:
    """An `AmiClient` that tells which phone's contacts changed."""

    def __init__(self, node: AmiNode) -> None:
        self.client = AmiClient(node, sink=self._told)
        self._contact_changed: Callable[[str], None] = lambda phone: None

    async def start(self, contact_changed: Callable[[str], None]) -> None:
        self._contact_changed = contact_changed
        self.client.start()

    async def close(self) -> None:
        await self.client.close()

    async def action(self, name: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        if name == "MixMonitor":
            await self.client.mix_monitor(fields["Channel"], options=fields["Options"])
        else:
            await self.client.stop_mix_monitor(fields["Channel"])
        return {}

    def _told(self, client: AmiClient, event: AmiEvent) -> None:
        if isinstance(event, ContactStatusChanged):
            self._contact_changed(event.contact.endpoint)
