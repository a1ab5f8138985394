"""An agent's working life in the whole application: why a contact did not reach them, what comes next, timers that outlive the process."""

from dataclasses import replace

import pytest

from app.domain.call_control import MuteRequested
from app.domain.events import AgentStatusRequested
from app.domain.instance import AgentStatus
from tests.sim.centre import ANN, NUMBER, Centre, centre

pytestmark = pytest.mark.sim


class Shift(Centre):
    """Ann alone is Available; `rules` are her agent's settings, `phone` how her phone behaves."""

    def __init__(self, phone: dict[str, object] | None = None, **rules: object) -> None:
        given = centre()
        agents = {**given.agents, ANN: replace(given.agents[ANN], ring_timeout_s=5, **rules)}  # type: ignore[arg-type]
        statuses = {**given.statuses, "Away": AgentStatus("Away")}
        super().__init__(replace(given, agents=agents, statuses=statuses))
        for name, value in (phone or {}).items():
            setattr(self.telephony.exchange.phones["phone-ann"], name, value)

    async def rung(self) -> None:
        """A customer waits in the queue, and Ann is offered the contact."""
        await self.start()
        await self.available(ANN)
        await self.calls()

    async def calls(self) -> None:
        self.caller = self.telephony.call(NUMBER, calling="+12025550177")
        self.agenda.after(2_000, lambda: self.caller.press("1"))
        await self.advance(2_500)

    async def restarted(self) -> None:
        await self.kill()
        await self.start()
        await self.settle()

    @property
    def ann(self) -> tuple[str, str, str]:
        """Her status, what the contact made of her, and why."""
        state = self.live_engine.brain.memory.routing.agents[ANN]
        return state.status, state.activity.value, state.reason


@pytest.mark.parametrize(
    ("phone", "activity", "reason"),
    [
        ({"answers_after_ms": None}, "missed", "the phone rang and was not answered"),
        ({"rejects": True}, "missed", "the call was declined or the phone is busy"),
        ({"refuses_with": 27}, "error", "the phone could not be reached: the other end is out of order"),
    ],
)
async def test_why_a_contact_did_not_reach_the_agent(phone: dict[str, object], activity: str, reason: str) -> None:
    """It stays so over a restart, until the agent clears it; the contact waits on, as old as it was."""
    world = Shift(phone)
    await world.rung()
    await world.advance(6_000)
    assert world.ann == ("Available", activity, reason)
    await world.restarted()
    assert world.ann == ("Available", activity, reason)
    for name, value in {"answers_after_ms": 500, "rejects": False, "refuses_with": None}.items():
        setattr(world.telephony.exchange.phones["phone-ann"], name, value)
    world.live_engine.post(AgentStatusRequested(ANN, "Available"))
    await world.advance(5_000)
    assert world.ann[1] == "on contact"


async def test_a_caller_who_hangs_up_first_costs_the_agent_nothing() -> None:
    world = Shift({"answers_after_ms": None})
    await world.rung()
    world.caller.hang_up()
    await world.advance(100)
    assert world.ann == ("Available", "idle", "the caller hung up first")


@pytest.mark.parametrize("killed", [False, True])
async def test_a_missed_agent_comes_back_by_the_server_s_timer_until_it_is_too_often(killed: bool) -> None:
    world = Shift({"answers_after_ms": None}, missed_return_s=8, missed_limit=2, missed_limit_status="Away")
    await world.rung()
    await world.advance(6_000)
    assert world.ann[1] == "missed"
    if killed:
        await world.restarted()
    await world.advance(8_000)
    assert world.ann[:2] == ("Available", "ringing")
    await world.advance(6_000)
    words = "2 contacts in a row did not reach the agent, the last because the phone rang and was not answered"
    assert world.ann == ("Away", "idle", words)


@pytest.mark.parametrize("killed", [False, True])
async def test_after_contact_work_ends_in_the_status_chosen_meanwhile(killed: bool) -> None:
    world = Shift(after_contact_work_s=10)
    await world.talking()
    contact_id = world.contact.contact_id
    await world.ask(MuteRequested(ANN, contact_id, True))
    world.live_engine.post(AgentStatusRequested(ANN, "Away"))
    await world.settle()
    assert world.ann[:2] == ("Available", "on contact")
    if killed:
        await world.restarted()
    world.caller.hang_up()
    await world.advance(4_000)
    assert world.ann[1] == "after contact work"
    if killed:
        await world.restarted()
    await world.advance(5_500)
    assert world.ann[1] == "after contact work"
    await world.advance(1_000)
    assert world.ann[:2] == ("Away", "idle")
    handling = world.records.contacts[contact_id].handling
    assert handling is not None
    assert (handling.after_work_ended_ms or 0) - (handling.after_work_started_ms or 0) == 10_000


async def test_a_phone_lost_while_it_rings_is_told_and_the_agent_is_rung_no_more() -> None:
    world = Shift({"answers_after_ms": None}, missed_return_s=1, offline_when_lost_s=30)
    await world.rung()
    world.telephony.register("phone-ann", registered=False)
    await world.advance(12_000)
    rung = [command for _, command in world.telephony.executed if type(command).__name__ == "RingPhone"]
    assert (world.ann[0], len(rung)) == ("Available", 1)
    await world.restarted()
    await world.advance(20_000)
    assert world.ann == ("Offline", "idle", "the phone was lost")
