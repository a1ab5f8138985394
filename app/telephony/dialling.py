"""Calls that we begin: to phones, and to outside numbers over the trunks.

A call that somebody waits for is made in steps, so that they hear what the far end's network says before anybody answers: the
channel is created, put into their bridge, and dialled. Asterisk would dial a channel twice, and die of it; so a mark at the channel
says that it is dialled, and is set first.
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from app.calls.ports import RequestRefused
from app.domain.commands import DialNumber, RingPhone
from app.domain.ids import BridgeId, ChannelId
from app.telephony.ari.client import AriClient
from app.telephony.ari.errors import AriRequestFailed

ROBOT = "robot"
"""Phones of this name, or beginning with it and `-`, are extensions of the dialplan's context `trunkline-robot`."""
DEFAULT_ROBOT = "echo"
NUMBER = "{number}"
"""Where an outside number stands in the address of a trunk."""
OWN_KEYS = {"PJSIP_TRANSFER_HANDLING()": "ari-only"}
"""A phone's own transfer key is told to the application; Asterisk itself moves nobody."""
ANSWER_BY_ITSELF = {
    "PJSIP_HEADER(add,Call-Info)": "<sip:localhost>;answer-after=0",
    "PJSIP_HEADER(add,Alert-Info)": "<http://localhost>;info=alert-autoanswer",
}
"""The two headers by which SIP phones are asked to answer without ringing; a phone may be set not to heed them."""
CONTACT_HEADER = "PJSIP_HEADER(add,X-Trunkline-Contact)"
"""Tells the browser's phone which contact the call is of."""
DIALLED = "TRUNKLINE_DIALLED"
"""The mark, a variable."""
SHOWN = "CONNECTEDLINE(all,i)"
"""What a created channel shows the far end as the caller."""
NOT_IN_YET = 422
"""What Asterisk says of a created channel until it is in the application, which is after the answer to the request that made it."""
IN_AT_LAST_S = 2.0
IN_POLL_S = 0.005
Trunks = Callable[[], Sequence[str]]
"""The trunks' addresses in the order in which they are tried, such as `PJSIP/{number}@trunk-carrier`."""

_PHONE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*").fullmatch
_NUMBER = re.compile(r"\+?[0-9]{2,20}").fullmatch
_NOT_IN_CALLER_ID = re.compile(r"[^\w +*#.,()@&/-]")


class Dialling:
    """Originates calls on one node. A channel that is there already is not made twice."""

    def __init__(self, client: AriClient, trunks: Trunks) -> None:
        self._client = client
        self._trunks = trunks

    async def ring(self, command: RingPhone) -> None:
        """Rings a phone. RequestRefused says in words why it cannot be rung."""
        endpoint = _phone_endpoint(command.phone)
        try:
            await self._originate(command, endpoint, f"phone,{command.phone}", _told(command))
        except AriRequestFailed as error:
            if error.status_code not in (409, 500) or not await self.exists(command.channel_id):
                reason = await self._why_not(command.phone, error)
                raise RequestRefused(
                    command="RingPhone", target=command.phone, http_status=503, reason=reason
                ) from error

    async def dial(self, command: DialNumber) -> None:
        """Calls an outside number over the trunk of this attempt. RequestRefused: 404 when there is none, 400 for no number."""
        trunks = self._trunks()
        if not _NUMBER(command.number):
            raise _refused(command, 400, "this is no telephone number")
        if command.attempt >= len(trunks):
            raise _refused(command, 404, "there is no trunk to call over" if not trunks else "no trunk is left to try")
        endpoint = trunks[command.attempt].replace(NUMBER, command.number)
        try:
            if command.bridge_id is not None:
                await self._dial_within(command, endpoint, command.bridge_id)
            else:
                await self._originate_once(command, endpoint)
        except AriRequestFailed as error:
            raise _refused(command, 503, f"the trunk does not take the call: {error.reason}") from error

    async def _originate_once(self, command: DialNumber, endpoint: str) -> None:
        try:
            await self._originate(command, endpoint, "number")
        except AriRequestFailed as error:
            if error.status_code not in (409, 500) or not await self.exists(command.channel_id):
                raise

    async def _dial_within(self, command: DialNumber, endpoint: str, bridge_id: BridgeId) -> None:
        """Creates the channel, puts it into the bridge and dials it; goes on with one that is there and not dialled yet."""
        channel_id, channels = command.channel_id, self._client.channels
        shown = caller_id(command.caller_name, command.caller_number)
        try:
            await channels.create(
                endpoint=endpoint,
                app=self._client.application,
                appArgs="number",
                channelId=channel_id,
                variables={"TRUNKLINE_CONTACT": command.contact_id, "CALLERID(all)": shown, SHOWN: shown},
            )
        except AriRequestFailed as error:
            if error.status_code not in (409, 500) or not await self.exists(channel_id):
                raise
            if await self._marked(channel_id):
                return
        try:
            await self._put_into(bridge_id, channel_id)
            await channels.setChannelVar(channel_id, variable=DIALLED, value="1")
            await channels.dial(channel_id, timeout=command.timeout_s)
        except AriRequestFailed:
            await self._give_up(channel_id)
            raise

    async def _put_into(self, bridge_id: BridgeId, channel_id: ChannelId) -> None:
        """Waits until the channel can be put there. Without the last parameter the far end would be shown who waits, instead of us."""
        until_s = time.monotonic() + IN_AT_LAST_S
        while True:
            try:
                await self._client.bridges.addChannel(bridge_id, channel=[channel_id], inhibitConnectedLineUpdates=True)
                return
            except AriRequestFailed as error:
                if error.status_code != NOT_IN_YET or time.monotonic() > until_s:
                    raise
            await asyncio.sleep(IN_POLL_S)

    async def _marked(self, channel_id: ChannelId) -> bool:
        try:
            return bool((await self._client.channels.getChannelVar(channel_id, variable=DIALLED))["value"])
        except AriRequestFailed:
            return False

    async def _give_up(self, channel_id: ChannelId) -> None:
        try:
            await self._client.channels.hangup(channel_id)
        except AriRequestFailed:
            return

    async def _originate(
        self,
        command: RingPhone | DialNumber,
        endpoint: str,
        arguments: str,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        await self._client.channels.originateWithId(
            command.channel_id,
            endpoint=endpoint,
            app=self._client.application,
            appArgs=arguments,
            callerId=caller_id(command.caller_name, command.caller_number),
            timeout=command.timeout_s,
            variables={"TRUNKLINE_CONTACT": command.contact_id, **more},
        )

    async def exists(self, channel_id: str) -> bool:
        """True when there is such a channel: a refusal for its id means that it was made before."""
        try:
            await self._client.channels.get(channel_id)
        except AriRequestFailed:
            return False
        return True

    async def _why_not(self, phone: str, error: AriRequestFailed) -> str:
        if _is_robot(phone):
            return error.reason
        try:
            endpoint = await self._client.endpoints.get("PJSIP", phone)
        except AriRequestFailed:
            return "there is no such phone"
        if endpoint.json.get("state") == "offline":
            return "it is not registered"
        return f"Asterisk could not ring it: {error.reason}"


def caller_id(name: str, number: str) -> str:
    """`"name" <number>` with nothing in it that Asterisk or SIP could read as more than a name and a number."""
    words, digits = (_NOT_IN_CALLER_ID.sub("", text).strip()[:80] for text in (name, number))
    return f'"{words}" <{digits}>' if words else f"<{digits}>"


def _is_robot(phone: str) -> bool:
    return phone == ROBOT or phone.startswith(f"{ROBOT}-")


def _phone_endpoint(phone: str) -> str:
    if not _PHONE(phone):
        raise RequestRefused(command="RingPhone", target=phone, http_status=400, reason="this is no phone's name")
    if _is_robot(phone):
        return f"Local/{phone.removeprefix(ROBOT).removeprefix('-') or DEFAULT_ROBOT}@trunkline-robot/n"
    return f"PJSIP/{phone}"


def _told(command: RingPhone) -> dict[str, str]:
    """What a phone learns with the call, beside who calls."""
    if _is_robot(command.phone):
        return OWN_KEYS
    return {**OWN_KEYS, CONTACT_HEADER: command.contact_id, **(ANSWER_BY_ITSELF if command.auto_answer else {})}


def _refused(command: DialNumber, http_status: int, reason: str) -> RequestRefused:
    return RequestRefused(command="DialNumber", target=command.number, http_status=http_status, reason=reason)
