"""The transfer flow, which an agent who transfers hears first: what it can ask for, and where it leaves customer and agent.

It begins on the agent's phone while the customer is on hold. Hold customer or agent moves it to the customer and back, so that it can
ask the customer for something that the agent does not hear.
"""

from app.conversation import consult, parties
from app.conversation.state import Place
from app.conversation.step import Happening, Turn
from app.domain.ids import ExecutionId, agent_queue
from app.domain.requests import Answered, EnterQueue, FlowEnded, HoldParty, MoveFlow, StopFlow, TransferToAgent


def queues(turn: Turn, event: Happening) -> None:
    """Transfer to queue in a transfer flow: the agent waits in the customer's stead."""
    assert isinstance(event, EnterQueue)
    _flow_done(turn)
    consult.wait(turn, event.queue_id)


def rings(turn: Turn, event: Happening) -> None:
    """Transfer to agent: the agent of the quick connect is next."""
    assert isinstance(event, TransferToAgent)
    consulting = turn.conversation.consult
    if consulting is None or consulting.to_agent is None:
        turn.ask(
            Answered(event.contact_id, event.invocation_id, "error", "the transfer is for a queue, not for an agent")
        )
        return
    _flow_done(turn)
    turn.ask(StopFlow(event.contact_id, event.execution_id))
    consult.wait(turn, agent_queue(consulting.to_agent))


def holds(turn: Turn, event: Happening) -> None:
    """Hold customer or agent in a transfer flow: whoever is not on hold hears the flow from now on, and it has their keys. Off hold, the
    two talk while it goes on."""
    assert isinstance(event, HoldParty)
    agent, customer = turn.agent, turn.customer
    if agent is None or customer is None:
        turn.ask(Answered(event.contact_id, event.invocation_id, "error", "nobody is there to be put on hold"))
        return
    if event.state == "OffHold":
        hears, waits = (customer, agent) if customer.run == event.execution_id else (agent, customer)
        parties.join(turn, waits.channel_id)
        parties.join(turn, hears.channel_id, keep_flow=True)
    else:
        hears, waits = (customer, agent) if event.state == "AgentOnHold" else (agent, customer)
        if hears.run != event.execution_id:
            turn.alter(waits.channel_id, run=None)
        parties.apart(turn, hears.channel_id, keep_flow=hears.run == event.execution_id)
        parties.hold(turn, waits.channel_id)
        turn.alter(hears.channel_id, run=event.execution_id)
        turn.ask(MoveFlow(event.contact_id, event.execution_id, hears.channel_id))
    turn.note("transfer flow", event.state)
    turn.ask(Answered(event.contact_id, event.invocation_id, "success"))


def ended(turn: Turn, event: Happening) -> None:
    """The transfer flow ended and transferred nobody."""
    assert isinstance(event, FlowEnded)
    _no_longer_heard(turn, event.execution_id)
    consult.over(turn, event.reason or "the transfer flow ended")


def _flow_done(turn: Turn) -> None:
    """The transfer flow is over and the transfer begins: the agent waits alone, the customer on hold, wherever the flow left them."""
    consulting, agent, customer = turn.conversation.consult, turn.agent, turn.customer
    assert consulting is not None
    assert agent is not None
    assert customer is not None
    _no_longer_heard(turn, consulting.run)
    if agent.place is not Place.APART:
        parties.apart(turn, agent.channel_id)
    parties.hold(turn, customer.channel_id)


def _no_longer_heard(turn: Turn, run: ExecutionId | None) -> None:
    for party in turn.conversation.parties:
        if run is not None and party.run == run:
            turn.alter(party.channel_id, run=None)
