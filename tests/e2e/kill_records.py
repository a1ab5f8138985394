"""What a walk has left behind: one record for each of its contacts, chained, and recordings without a gap."""

from datetime import datetime
from typing import Any

from tests.e2e import kill_flows
from tests.e2e.kill_flows import PEOPLE
from tests.e2e.killing import Walk
from tests.rig.baresip import read_recording
from tests.rig.listening import longest_gap_s, tone_heard_s
from tests.rig.waiting import until

AWAY_AT_MOST_S = 20
"""A recording goes on while nobody is there to end it; on a busy machine the next process is there late."""


def judged(
    walk: Walk,
    *agents: str | None,
    by: str,
    holds: tuple[int, ...] = (),
    gaps: int = 0,
    chained: bool = True,
    last: int = -1,
    customer: str = "caller",
) -> list[dict[str, Any]]:
    """The records of a walk that is over, oldest first. `agents` handled its contacts (None: nobody did), the last one was ended `by` this
    side. `holds` are the numbers of holds, `gaps` how often a recording was paused. `chained`: each contact follows on the one before.
    The visit ended in the contact `last`."""
    records = _records(walk, len(agents))
    for position, (role, record) in enumerate(zip(agents, records, strict=True)):
        agent = record["Agent"]
        assert (agent["Username"] if agent else None) == (walk.agent(role) if role else None), record
        if chained:
            before, after = records[position - 1 : position], records[position + 1 : position + 2]
            assert record["PreviousContactId"] == (before[0]["ContactId"] if before else None), record
            assert record["NextContactId"] == (after[0]["ContactId"] if after else None), record
        if agent:
            assert agent["NumberOfHolds"] == (holds or (0,) * len(agents))[position], record
            assert agent["AfterContactWorkEndTimestamp"], record
            _recorded(walk, record, PEOPLE[customer], PEOPLE[role or "agent"], gaps)
    assert walk.centre.reason(records[last]["ContactId"]) == by, records[last]
    return records


def _records(walk: Walk, count: int) -> list[dict[str, Any]]:
    own = {kill_flows.calling(walk.number), kill_flows.far(walk.number)}

    def found() -> list[dict[str, Any]]:
        return [each for each in walk.centre.records() if each["customer_number"] in own]

    until(lambda: len(found()) >= count, f"{walk.name}: {count} records", 20, every_s=0.2, tell=found)
    records = {each["contact_id"]: (each["initiated_ms"], walk.centre.record(each["contact_id"])) for each in found()}
    assert len(found()) == len(records) == count, list(records)
    in_order = sorted(records.values(), key=lambda each: (each[0], each[1]["PreviousContactId"] is not None))
    return [record for _, record in in_order]


def _recorded(walk: Walk, record: dict[str, Any], customer_hz: float, agent_hz: float, gaps: int) -> None:
    """The customer's voice is in the recording all the time, but where it was paused; the agent's is in it."""
    if record["Recording"] is None:
        return
    assert record["Recording"]["Status"] == "AVAILABLE", record
    told = record["Recording"].get("Gaps", [])
    assert len(told) == gaps, record
    agent = record["Agent"]
    left, right, rate = read_recording(walk.centre.recording(record["ContactId"]))
    heard_s = tone_heard_s(right, agent_hz, rate)
    assert heard_s > 0.3, f"{walk.name}: {agent['Username']} is in the recording for {heard_s:.1f} s"
    gap_s = longest_gap_s(left, customer_hz, rate)
    paused_s = max(((gap["EndMs"] - gap["StartMs"]) / 1000 for gap in told), default=0.0)
    assert abs(gap_s - paused_s) < 0.6, f"{walk.name}: a gap of {gap_s:.1f} s in the recording, {paused_s:.1f} s paused"
    over_s = _seconds(agent["AfterContactWorkStartTimestamp"])
    joined_s = over_s - agent["AgentInteractionDuration"] - agent["CustomerHoldDuration"]
    begun_s = max(joined_s, _seconds(record["ConnectedToSystemTimestamp"]))
    talked_s, recorded_s = min(over_s, _seconds(record["DisconnectTimestamp"])) - begun_s, left.size / rate
    assert -AWAY_AT_MOST_S <= talked_s - recorded_s <= 2, f"{recorded_s:.1f} of {talked_s} s are recorded: {record}"


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()
