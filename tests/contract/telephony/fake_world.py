"""The contract's world in memory."""

import asyncio
from collections.abc import Callable

from app.domain.events import CallArrived
from app.domain.ids import ChannelId
from app.telephony.fake import FakeTelephony, Phone
from app.telephony.fake.sound import MUSIC, RINGING, SAY, VOICE
from tests.contract.telephony.world import (
    ANSWERING_NUMBER,
    ANSWERING_PHONE,
    BUSY_NUMBER,
    BUSY_PHONE,
    EARLY_NUMBER,
    KEYS_NUMBER,
    NODE,
    SILENT_NUMBER,
    SILENT_PHONE,
    UNREGISTERED_PHONE,
    Sink,
)

STEP_MS = 20


class FakeWorld:
    """A fake telephony whose time passes as fast as the test asks."""

    def __init__(self) -> None:
        self.telephony = FakeTelephony(nodes=(NODE,))
        self.sink = Sink()
        for phone in (
            Phone(ANSWERING_PHONE, answers_after_ms=50),
            Phone(SILENT_PHONE, answers_after_ms=None),
            Phone(BUSY_PHONE, busy=True),
            Phone(UNREGISTERED_PHONE, registered=False),
        ):
            self.telephony.add_phone(phone)
        for number in (
            Phone(ANSWERING_NUMBER, answers_after_ms=50),
            Phone(SILENT_NUMBER, answers_after_ms=None),
            Phone(BUSY_NUMBER, busy=True),
            Phone(KEYS_NUMBER, answers_after_ms=50),
            Phone(EARLY_NUMBER, refuses_with=1, says_before_ms=50, refuses_after_ms=1_050),
        ):
            self.telephony.add_number(number.name, number)

    async def open(self) -> None:
        await self.telephony.start(self.sink)

    async def close(self) -> None:
        await self.telephony.stop()

    def now_ms(self) -> int:
        return self.telephony.agenda.now_ms()

    async def until(self, condition: Callable[[], object], within_ms: int = 10_000) -> None:
        for _ in range(within_ms // STEP_MS):
            if condition():
                return
            await self.wait(STEP_MS)
        assert condition(), f"not within {within_ms} ms; events: {self.sink.events}"

    async def wait(self, duration_ms: int) -> None:
        self.telephony.advance(duration_ms)
        await asyncio.sleep(0)

    async def call(self, called: str = "+15550123", calling: str = "+15550100") -> CallArrived:
        caller = self.telephony.call(called, calling)
        return next(event for event in self.sink.of(CallArrived) if event.channel_id == caller.channel_id)

    async def dial(self, called: str) -> None:
        self.telephony.call(called)

    async def press(self, channel: ChannelId, digits: str) -> None:
        for digit in digits:
            self.telephony.press(channel, digit)

    async def hang_up(self, channel: ChannelId) -> None:
        self.telephony.hang_up(channel)

    async def voices_heard(self, channel: ChannelId) -> set[ChannelId]:
        sources = [span.source for span in self.telephony.heard(channel)]
        return {ChannelId(source.removeprefix(VOICE)) for source in sources if source.startswith(VOICE)}

    async def heard_something(self, channel: ChannelId) -> bool:
        return any(span.source.startswith((SAY, MUSIC, VOICE, RINGING)) for span in self.telephony.heard(channel))

    async def keys_heard(self, channel: ChannelId) -> str:
        return self.telephony.exchange.channels[channel].keys_heard

    async def application_away(self) -> None:
        await self.telephony.stop()

    async def restart_application(self) -> None:
        await self.telephony.stop()
        self.sink = Sink()
        await self.telephony.start(self.sink)

    async def break_connection(self) -> None:
        self.telephony.lose_node(NODE)
        self.telephony.agenda.after(300, lambda: self.telephony.return_node(NODE))

    async def restart_node(self) -> None:
        self.telephony.restart_node(NODE)
