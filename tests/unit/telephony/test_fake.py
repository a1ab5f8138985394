"""What the fake has beyond the contract: exact virtual time, ears, scripted callers and faults on demand."""

import asyncio

import pytest

from app.calls.ports import NodeAway, RequestRefused
from app.clock import VirtualClock
from app.domain.commands import AddToBridge, Answer, CreateBridge, Play, RingPhone, StopPlayback
from app.domain.events import (
    CallArrived,
    ChannelAnswered,
    ChannelEnded,
    DigitReceived,
    Event,
    PhoneReachable,
    PlaybackFinished,
)
from app.domain.ids import BridgeId, ChannelId, ContactId, NodeName, PlaybackId
from app.domain.prompt import Prompt, PromptKind
from app.telephony.fake import Agenda, EventFault, FakeTelephony, Heard, Phone, RequestFault

pytestmark = pytest.mark.unit

START_MS = 1_000_000
CONTACT = ContactId("c")
PLAY = PlaybackId("node1-tl-p1")


class Sink:
    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda
        self.told: list[tuple[int, object]] = []

    def event(self, event: Event) -> None:
        self.told.append((self.agenda.now_ms() - START_MS, event))

    def node_connected(self, node: NodeName) -> None:
        self.told.append((self.agenda.now_ms() - START_MS, f"{node} connected"))

    def node_lost(self, node: NodeName) -> None:
        self.told.append((self.agenda.now_ms() - START_MS, f"{node} lost"))


async def started(*nodes: str) -> tuple[FakeTelephony, Sink]:
    telephony = FakeTelephony(Agenda(VirtualClock(START_MS)), nodes=nodes or ("node1",))
    sink = Sink(telephony.agenda)
    await telephony.start(sink)
    sink.told.clear()
    return telephony, sink


def say(text: str) -> Prompt:
    return Prompt(PromptKind.TEXT, text)


def test_an_agenda_runs_in_order_and_by_time_alone() -> None:
    agenda = Agenda(VirtualClock(START_MS))
    done: list[str] = []

    def early() -> None:
        done.append("early")
        agenda.after(5, lambda: done.append("between"))

    agenda.after(20, lambda: done.append("late"))
    agenda.after(10, early)
    agenda.after(10, lambda: done.append("early too"))
    agenda.after(12, lambda: done.append("never")).cancel()
    agenda.advance(9)
    assert done == []
    agenda.advance(11)
    assert done == ["early", "early too", "between", "late"]
    assert agenda.now_ms() == START_MS + 20
    assert agenda.next_due_ms() is None


async def test_a_prompt_lasts_60_ms_a_letter_and_is_heard_so_long() -> None:
    telephony, sink = await started()
    caller = telephony.call("+1")
    await telephony.execute(Play(CONTACT, caller.channel_id, PLAY, (say("ten letter"), say("five."))))
    telephony.advance(899)
    assert sink.told[1:] == []
    telephony.advance(1)
    assert sink.told[1:] == [(900, PlaybackFinished(PLAY))]
    assert telephony.heard(caller.channel_id) == [
        Heard(START_MS, START_MS + 600, "say:ten letter"),
        Heard(START_MS + 600, START_MS + 900, "say:five."),
    ]


async def test_what_is_stopped_is_heard_no_further() -> None:
    telephony, _ = await started()
    caller = telephony.call("+1")
    await telephony.execute(Play(CONTACT, caller.channel_id, PLAY, (say("ten letter"), say("five."))))
    telephony.advance(250)
    await telephony.execute(StopPlayback(CONTACT, PLAY))
    telephony.advance(1_000)
    assert telephony.heard(caller.channel_id) == [Heard(START_MS, START_MS + 250, "say:ten letter")]


async def test_a_scripted_caller_presses_and_hangs_up_at_its_times() -> None:
    telephony, sink = await started()
    caller = telephony.call("+1", script=[(500, "12"), (900, "hang up"), (950, "3")])
    telephony.advance(2_000)
    channel = caller.channel_id
    assert sink.told[1:] == [
        (500, DigitReceived(channel, "1")),
        (700, DigitReceived(channel, "2")),
        (900, ChannelEnded(channel, 16)),
    ]


async def test_voices_are_heard_exactly_while_both_are_in_the_bridge() -> None:
    telephony, _ = await started()
    telephony.add_phone(Phone("desk1", answers_after_ms=100))
    caller, phone, bridge = telephony.call("+1"), ChannelId("node1-tl-a"), BridgeId("node1-tl-b")
    await telephony.execute(RingPhone(CONTACT, NodeName("node1"), phone, "desk1", "+1", "", 20))
    telephony.advance(100)
    await telephony.execute(CreateBridge(CONTACT, NodeName("node1"), bridge))
    await telephony.execute(AddToBridge(CONTACT, bridge, caller.channel_id))
    telephony.advance(50)
    await telephony.execute(AddToBridge(CONTACT, bridge, phone))
    telephony.advance(400)
    telephony.hang_up(phone)
    telephony.advance(400)
    talk = (START_MS + 150, START_MS + 550)
    assert telephony.heard(caller.channel_id) == [Heard(*talk, f"voice:{phone}")]
    assert telephony.heard(phone) == [Heard(*talk, f"voice:{caller.channel_id}")]


@pytest.mark.parametrize(
    ("phone", "at_ms", "expected"),
    [
        (Phone("p", answers_after_ms=700), 700, ChannelAnswered(ChannelId("node1-tl-a"))),
        (Phone("p", answers_after_ms=None), 5_000, ChannelEnded(ChannelId("node1-tl-a"), 19)),
        (Phone("p", answers_after_ms=6_000), 5_000, ChannelEnded(ChannelId("node1-tl-a"), 19)),
        (Phone("p", busy=True), 0, ChannelEnded(ChannelId("node1-tl-a"), 17)),
        (Phone("p", answers_after_ms=300, rejects=True), 300, ChannelEnded(ChannelId("node1-tl-a"), 21)),
    ],
)
async def test_a_phone_does_what_its_person_does(phone: Phone, at_ms: int, expected: Event) -> None:
    telephony, sink = await started()
    telephony.add_phone(phone)
    sink.told.clear()
    await telephony.execute(RingPhone(CONTACT, NodeName("node1"), ChannelId("node1-tl-a"), "p", "+1", "", 5))
    telephony.advance(10_000)
    assert sink.told == [(at_ms, expected)]


async def test_phones_come_and_go() -> None:
    telephony, sink = await started()
    telephony.add_phone(Phone("desk1"))
    telephony.register("desk1", False)
    telephony.register("desk1", False)
    telephony.register("desk1")
    assert [event for _, event in sink.told] == [PhoneReachable("desk1", now) for now in (True, False, True)]


async def test_events_are_lost_doubled_and_late_by_rule() -> None:
    telephony, sink = await started()
    caller = telephony.call("+1")
    sink.told.clear()
    rules = telephony.faults.events
    rules.append(EventFault((DigitReceived,), times=1, lose=True))
    rules.append(EventFault((DigitReceived,), times=1, delay_ms=(300, 300)))
    rules.append(EventFault((ChannelEnded,), copies=1))
    for digit in "123":
        telephony.press(caller.channel_id, digit)
    caller.hang_up()
    telephony.advance(1_000)
    channel = caller.channel_id
    assert sink.told == [
        (0, DigitReceived(channel, "3")),
        (0, ChannelEnded(channel, 16)),
        (0, ChannelEnded(channel, 16)),
        (300, DigitReceived(channel, "2")),
    ]


async def test_chances_repeat_with_the_seed() -> None:
    outcomes = []
    for _ in range(2):
        telephony = FakeTelephony(seed=7)
        telephony.faults.events.append(EventFault(chance=0.5, delay_ms=(0, 500)))
        outcomes.append([telephony.faults.deliveries(PhoneReachable("p", True)) for _ in range(50)])
    assert outcomes[0] == outcomes[1]
    assert len({tuple(item) for item in outcomes[0]}) > 5


async def test_a_refused_request_changes_nothing_and_a_lost_answer_does() -> None:
    telephony, _ = await started()
    caller = telephony.call("+1")
    telephony.faults.requests.append(RequestFault((Answer,), times=1, http_status=500, reason="no"))
    telephony.faults.requests.append(RequestFault((Answer,), times=1, http_status=504, carried_out=True))
    states = []
    for status in (500, 504):
        with pytest.raises(RequestRefused) as refused:
            await telephony.execute(Answer(CONTACT, caller.channel_id))
        assert refused.value.http_status == status
        states.append((await telephony.inventory(NodeName("node1"))).channels[caller.channel_id].state)
    assert states == ["Ring", "Up"]


async def test_a_slow_request_waits_in_virtual_time() -> None:
    telephony, _ = await started()
    caller = telephony.call("+1")
    telephony.faults.requests.append(RequestFault((Answer,), delay_ms=400))
    request = asyncio.create_task(telephony.execute(Answer(CONTACT, caller.channel_id)))
    for duration_ms, expected in ((0, "Ring"), (399, "Ring"), (1, "Up")):
        telephony.advance(duration_ms)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (await telephony.inventory(NodeName("node1"))).channels[caller.channel_id].state == expected
    await request


@pytest.mark.parametrize("keeps_events", [False, True])
async def test_what_happens_while_a_node_is_lost(keeps_events: bool) -> None:
    telephony, sink = await started()
    caller = telephony.call("+1")
    sink.told.clear()
    telephony.lose_node("node1", keeps_events)
    caller.hang_up()
    waiting = telephony.call("+2")
    waiting.hang_up()
    telephony.advance(10)
    telephony.return_node("node1")
    told = [event for _, event in sink.told]
    assert told[:2] == ["node1 lost", "node1 connected"]
    ends = [event.channel_id for event in told if isinstance(event, ChannelEnded)]
    assert ends == ([caller.channel_id] if keeps_events else []) + [waiting.channel_id]
    assert [event.contact_id for event in told if isinstance(event, CallArrived)] == [waiting.contact_id]


async def test_a_node_that_dies_leaves_the_other_alone() -> None:
    telephony, sink = await started("node1", "node2")
    telephony.call("+1", node="node1")
    other = telephony.call("+2", node="node2")
    sink.told.clear()
    telephony.restart_node("node1", down_ms=1_000)
    with pytest.raises(NodeAway):
        await telephony.execute(CreateBridge(CONTACT, NodeName("node1"), BridgeId("node1-tl-b")))
    await telephony.execute(Answer(CONTACT, other.channel_id))
    telephony.advance(1_500)
    assert sink.told == [(0, "node1 lost"), (1_000, "node1 connected")]
    assert (await telephony.inventory(NodeName("node1"))).channels == {}
    assert set((await telephony.inventory(NodeName("node2"))).channels) == {other.channel_id}
