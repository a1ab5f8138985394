"""The websocket's bookkeeping, with time in the test's hands: no answer, late answers, silence, an end."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from aiohttp import WSMessage, WSMsgType

from app.telephony.ari.errors import AriDisconnected, AriOverloaded, AriRequestFailed, AriTimeout
from app.telephony.ari.gate import Gate
from app.telephony.ari.generated.asterisk import PING
from app.telephony.ari.generated.channels import SET_CHANNEL_VAR
from app.telephony.ari.socket import PING_FRAME, AriSocket

pytestmark = pytest.mark.unit

Timer = Callable[[], None]


class Loop:
    """Stands for the event loop: its clock and its timers move when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[tuple[float, Timer]] = []

    def time(self) -> float:
        return self.now

    def create_future(self) -> "asyncio.Future[Any]":
        return asyncio.get_running_loop().create_future()

    def call_soon(self, timer: Timer) -> None:
        timer()

    def call_later(self, delay_s: float, timer: Timer) -> "Handle":
        return self.call_at(self.now + delay_s, timer)

    def call_at(self, when: float, timer: Timer) -> "Handle":
        self.timers.append((when, timer))
        return Handle(self, (when, timer))

    def advance(self, seconds: float) -> None:
        """Runs every timer at its time."""
        end = self.now + seconds
        while due := [timer for timer in self.timers if timer[0] <= end]:
            first = min(due, key=lambda timer: timer[0])
            self.timers.remove(first)
            self.now = max(self.now, first[0])
            first[1]()
        self.now = end


class Handle:
    def __init__(self, loop: Loop, timer: tuple[float, Timer]) -> None:
        self.loop, self.timer = loop, timer

    def cancel(self) -> None:
        if self.timer in self.loop.timers:
            self.loop.timers.remove(self.timer)


class Transport:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.aborted = False

    def get_extra_info(self, name: str) -> None:
        return None

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.aborted

    def abort(self) -> None:
        self.aborted = True


class Rig:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, limit: int = 64, queue_limit: int = 4) -> None:
        self.loop, self.transport = Loop(), Transport()
        monkeypatch.setattr("app.telephony.ari.socket.asyncio.get_running_loop", lambda: self.loop)
        self.gate = Gate("node1", limit, queue_limit)
        self.socket = AriSocket("node1", None, self.transport, self.gate)  # type: ignore[arg-type]
        monkeypatch.undo()
        self.events: list[Any] = []

    def told(self, frame: dict[str, Any]) -> None:
        self.socket._told(msgspec.json.encode(frame), self.events.append)

    def answer(self, number: str, status: int = 200, body: str = "{}") -> None:
        self.told({"type": "RESTResponse", "request_id": number, "status_code": status, "message_body": body})

    def watch(self) -> None:
        self.socket._next_tick = self.loop.now
        self.socket._tick()


class Burst:
    """Stands for a websocket on which frames have come all at once, and then its end."""

    def __init__(self, *frames: dict[str, Any]) -> None:
        self.messages = [WSMessage(WSMsgType.TEXT, msgspec.json.encode(frame), None) for frame in frames]
        self.messages.append(WSMessage(WSMsgType.CLOSED, None, None))

    async def receive(self) -> WSMessage:
        return self.messages.pop(0)


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    return Rig(monkeypatch)


async def asked(rig: Rig, timeout_s: float = 5.0) -> "asyncio.Task[Any]":
    task = asyncio.ensure_future(rig.socket.request(PING.request((), None), timeout_s))
    await asyncio.sleep(0)
    return task


async def test_answers_find_their_requests_in_any_order(rig: Rig) -> None:
    first, second = await asked(rig), await asked(rig)
    assert rig.transport.written[0][:2] == bytes([0x81, len(rig.transport.written[0]) - 2])
    rig.answer("2", body='{"ping":"two"}')
    rig.answer("1", body='{"ping":"one"}')
    assert [await first, await second] == [{"ping": "one"}, {"ping": "two"}]
    assert rig.gate.inside == 0


@pytest.mark.parametrize(("size", "header"), [(10, 4), (1_000, 4), (70_000, 10)])
async def test_frames_of_every_size_are_framed(rig: Rig, size: int, header: int) -> None:
    value = SET_CHANNEL_VAR.request(("c1",), {"variable": "V", "value": "x" * size})
    task = asyncio.ensure_future(rig.socket.request(value, 5.0))
    await asyncio.sleep(0)
    frame = rig.transport.written[0]
    sent = msgspec.json.decode(frame[header:])
    assert sent["query_strings"][1] == {"name": "value", "value": "x" * size}
    rig.answer("1", status=204, body="")
    assert await task is None


async def test_no_answer_is_a_timeout_and_a_late_one_disturbs_nobody(rig: Rig) -> None:
    task = await asked(rig, timeout_s=1.0)
    rig.loop.advance(0.9)
    assert not task.done()
    rig.loop.advance(0.2)
    with pytest.raises(AriTimeout, match=r"asterisk\.ping within 1\.0 s"):
        await task
    rig.answer("1")
    assert rig.gate.inside == 0
    assert rig.loop.timers == []


async def test_a_refusal_carries_asterisks_words(rig: Rig) -> None:
    task = await asked(rig)
    rig.answer("1", status=409, body='{"message":"Channel not in Stasis application"}')
    with pytest.raises(AriRequestFailed, match="with 409: Channel not in Stasis application"):
        await task


async def test_an_abandoned_request_frees_its_place_when_it_is_answered(rig: Rig) -> None:
    task = await asked(rig)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert rig.gate.inside == 1
    rig.answer("1")
    assert rig.gate.inside == 0


async def test_silence_is_noticed_within_three_seconds(rig: Rig) -> None:
    rig.watch()
    task = await asked(rig, timeout_s=60.0)
    rig.loop.advance(1.5)
    assert rig.transport.written.count(PING_FRAME) == 2
    assert not rig.transport.aborted
    rig.loop.advance(1.4)
    assert rig.transport.aborted
    assert rig.socket.fell_silent
    with pytest.raises(AriDisconnected, match="nothing was heard"):
        await task
    with pytest.raises(AriDisconnected, match="nothing was heard"):
        await rig.socket.request(PING.request((), None), 1.0)


async def test_a_loop_that_was_late_itself_blames_nobody(rig: Rig) -> None:
    rig.watch()
    rig.loop.now += 30.0
    rig.loop.advance(0.0)
    assert not rig.transport.aborted
    rig.loop.advance(1.9)
    assert not rig.transport.aborted
    rig.loop.advance(0.2)
    assert rig.transport.aborted


async def test_events_keep_unknown_fields_and_rubbish_is_dropped(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    rig.told({"type": "StasisStart", "novelty": {"a": 1}})
    rig.socket._told(b"not json", rig.events.append)
    rig.socket._told(b"[1]", rig.events.append)
    assert rig.events == [{"type": "StasisStart", "novelty": {"a": 1}}]
    assert caplog.text.count("no event") == 2


async def test_the_queue_is_bounded_and_fair(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(monkeypatch, limit=1, queue_limit=2)
    first, second, third = await asked(rig), await asked(rig), await asked(rig)
    assert (rig.gate.inside, rig.gate.waiting) == (1, 2)
    with pytest.raises(AriOverloaded, match="2 requests already wait"):
        await rig.socket.request(PING.request((), None), 1.0)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    rig.answer("1")
    await first
    await asyncio.sleep(0)
    rig.answer("2")
    assert await third == {}
    assert (rig.gate.inside, rig.gate.waiting) == (0, 0)


async def test_what_an_event_leads_to_leaves_before_the_next_event_of_a_burst(rig: Rig) -> None:
    happened: list[str] = []

    def heard(event: Any) -> None:
        happened.append(event["type"])
        asyncio.get_running_loop().call_soon(happened.append, f"after {event['type']}")

    rig.socket._websocket = Burst({"type": "One"}, {"type": "Two"})  # type: ignore[assignment]
    await rig.socket._read(heard)
    assert happened == ["One", "after One", "Two", "after Two"]


async def test_of_the_steps_of_a_call_that_is_made_only_the_answer_is_news(rig: Rig) -> None:
    steps = [{"type": "Dial", "dialstatus": status} for status in ("", "RINGING", "PROGRESS", "ANSWER")]
    rig.socket._websocket = Burst(*steps)  # type: ignore[assignment]
    await rig.socket._read(rig.events.append)
    assert [event["dialstatus"] for event in rig.events] == ["ANSWER"]
