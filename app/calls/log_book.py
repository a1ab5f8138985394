"""Numbers the entries of the flow log, so that a restart that meets the same facts again writes nothing twice and misses nothing."""

from app.calls.ports import FlowLogs, LoggedBlock
from app.domain.trace import WriteFlowLog


class LogBook:
    """Hands entries to the store under the number of their fact. Without a store they are forgotten."""

    def __init__(self, flow_logs: FlowLogs | None) -> None:
        self._flow_logs = flow_logs
        self._seq = self._position = 0

    def keep(self, seq: int, at_ms: int, command: WriteFlowLog) -> None:
        """Entries that fact `seq` led to."""
        if self._flow_logs is None:
            return
        if seq != self._seq:
            self._seq, self._position = seq, 0
        for entry in command.entries:
            self._flow_logs.append(LoggedBlock(seq, self._position, at_ms, command.contact_id, entry))
            self._position += 1

    async def flush(self) -> None:
        """Entries of facts that a snapshot contains must be written before it: nothing would make them again."""
        if self._flow_logs is not None:
            await self._flow_logs.flush()
