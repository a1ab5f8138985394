"""An agent's own working life: status, phone, what they missed."""

from app.calls import view
from app.calls.ports import Actor, AgentPhones, Outcome
from app.calls.ports.asks.agents import ChoosePhone, ChooseStatus, ClearContact
from app.calls.services import panel, transfers
from app.calls.services.desk import Desk
from app.domain.agent import AVAILABLE
from app.domain.events import AgentStatusRequested
from app.domain.instance import Agent
from app.domain.lines import softphone_of
from app.errors import BadInput, Denied, NotNow


async def choose_status(desk: Desk, actor: Actor, ask: ChooseStatus) -> Outcome:
    """The agent's own, or with the permission anybody's. BadInput for a status that cannot be chosen."""
    if not actor.may_change_agent(ask.agent_id):
        raise Denied(what="change the status of other agents")
    state = desk.state(ask.agent_id)
    known = desk.instance.status(ask.status)
    if known is None:
        names = ", ".join(each.name for each in desk.instance.statuses.values() if each.enabled)
        raise BadInput(what=f"The status {ask.status!r}", why=f"choose one of {names}")
    desk.engine.post(AgentStatusRequested(state.agent_id, known.name, actor.name))
    return Outcome(view.agent(state, desk.brain))


async def clear(desk: Desk, actor: Actor, ask: ClearContact) -> Outcome:
    """After a missed contact the agent goes on in the status they had, or chose."""
    state = desk.state(desk.agent_of(actor))
    refusal = panel.why_not_clear(state)
    if refusal:
        raise NotNow(why=refusal)
    event = AgentStatusRequested(state.agent_id, state.next_status or state.status or AVAILABLE, actor.name)
    done = await desk.post(event, lambda: (state.activity, state.contact_id))
    return Outcome(view.agent(state, desk.brain), done)


class Phones:
    """Which phone rings for an agent."""

    def __init__(self, kept: AgentPhones) -> None:
        self._kept = kept

    async def choose(self, desk: Desk, actor: Actor, ask: ChoosePhone) -> Outcome:
        """BadInput for another agent's phone and for a number that must not be called, NotNow during a contact."""
        agent_id = desk.agent_of(actor)
        if [bool(ask.phone), bool(ask.number), ask.softphone].count(True) != 1:
            raise BadInput(
                what="The phone", why="choose the softphone, a desk phone or an outside number, one of these"
            )
        phone = softphone_of(agent_id) if ask.softphone else ask.phone
        for other in desk.instance.agents.values():
            if other.agent_id != agent_id and phone and phone in _phones_of(other):
                raise BadInput(what=f"The phone {phone}", why=f"it is {other.username}'s")
        number = transfers.callable_number(desk, ask.number) if ask.number else ""
        if desk.state(agent_id).activity in panel.BUSY:
            raise NotNow(why="You are with a contact: choose another phone when it is over.")
        await self._kept.choose(agent_id, phone, number)
        await desk.engine.configure()
        return Outcome(view.agent(desk.state(agent_id), desk.brain))


def _phones_of(agent: Agent) -> tuple[str, ...]:
    return agent.phone, agent.desk_phone, softphone_of(agent.agent_id)
