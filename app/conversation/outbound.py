"""Calling a customer: after an agent is there (an outbound call, a callback), or for a flow that a program started."""

from dataclasses import replace

from app.conversation import chain, ending, parties
from app.conversation.state import Call, Party, Phase, Place, Role
from app.conversation.step import Happening, Turn
from app.domain.call_control import OutboundCallRequested
from app.domain.causes import TRUNK_FAILED, in_words
from app.domain.commands import DialNumber, Hangup
from app.domain.contact import DisconnectReason, Hook
from app.domain.events import ChannelAnswered, ChannelEnded, RequestFailed, TimerFired
from app.domain.ids import FlowId
from app.domain.instance import FlowType
from app.domain.requests import Answered, CancelCallback, DialCustomer, FlowEnded, MoveFlow

ANSWER_TIME_S = 60
CALL_BLOCK = "CompleteOutboundCall"
"""The action of Call phone number: a whisper flow that has it begins before the call, any other once the customer has answered."""


def call_for_flow(turn: Turn, event: OutboundCallRequested) -> None:
    """Nobody is there yet: the flow that was named begins once the customer answers."""
    turn.change(flow_id=event.flow_id)
    _dial(turn, event.caller_number, "", event.timeout_s)


def call_customer(turn: Turn) -> None:
    """The agent is there. The outbound whisper flow places the call, or the call comes first."""
    turn.become(Phase.DIALLING)
    if not _flow_places_call(turn):
        _dial(turn, "", "")
        return
    party = Party(turn.next_channel(), Role.CUSTOMER, Place.DIALLED, turn.now_ms, turn.contact_id)
    turn.add(party)
    turn.change(customer=party.channel_id)
    _run_whisper(turn, party)


def placed_by_flow(turn: Turn, event: Happening) -> None:
    """Call phone number in the outbound whisper flow."""
    assert isinstance(event, DialCustomer)
    customer = turn.customer
    if customer is None or customer.run != event.execution_id or customer.call is not None:
        turn.ask(Answered(event.contact_id, event.invocation_id, "error", "the customer is called already"))
        return
    turn.change(question=event.invocation_id)
    _dial(turn, event.caller_number, event.caller_name)


def flow_ended(turn: Turn, event: Happening) -> None:
    """The outbound whisper flow ended without having called: the call is placed all the same."""
    assert isinstance(event, FlowEnded)
    customer = turn.customer
    if customer is not None and customer.run == event.execution_id:
        turn.alter(customer.channel_id, run=None)
        if customer.call is None:
            _dial(turn, "", "")


def _dial(turn: Turn, caller_number: str, caller_name: str, timeout_s: int = ANSWER_TIME_S) -> None:
    contact, customer = turn.contact, turn.customer
    number, name = turn.instance.caller_id(contact.queue_id, contact.system_number, caller_number)
    if not number:
        _not_reached(turn, "the queue has no outbound caller id number", again=False)
        return
    refused = turn.refusal(contact.customer_number)
    if refused:
        _not_reached(turn, refused)
        return
    turn.record(system_number=number)
    made = Call(contact.customer_number, number, caller_name or name, timeout_s)
    if customer is None:
        party = parties.new_call(turn, Role.CUSTOMER, made, contact)
    else:
        turn.forget(customer.channel_id)
        party = replace(customer, call=made, since_ms=turn.now_ms)
    turn.change(customer=party.channel_id)
    turn.note("call customer", contact.customer_number, shown=number)
    if turn.agent is not None:
        parties.call_heard(turn, turn.agent.channel_id, party)
    else:
        parties.call(turn, party)


def answered(turn: Turn, event: Happening) -> None:
    """The customer answered: the whisper flow is for them, then they are joined with the agent; without one the flow begins."""
    assert isinstance(event, ChannelAnswered)
    customer, agent, question = turn.customer, turn.agent, turn.conversation.question
    if customer is None or event.channel_id != customer.channel_id:
        return
    parties.answered(turn, customer.channel_id)
    turn.change(callback=None)
    turn.record(connected_to_system_ms=turn.now_ms, channel_id=customer.channel_id, not_reached="")
    turn.note("customer answered")
    if agent is None:
        turn.become(Phase.FLOW)
        parties.run_flow(turn, customer.channel_id, FlowType.CONTACT, None, turn.conversation.flow_id)
        return
    parties.apart(turn, customer.channel_id, keep_flow=True)
    parties.quiet(turn, agent.channel_id)
    turn.become(Phase.WHISPER, question=None)
    if question is not None:
        turn.ask(Answered(turn.contact_id, question, "success"))
    elif customer.run is None:
        _run_whisper(turn, customer)


def ended(turn: Turn, event: Happening) -> None:
    """The customer did not answer, or the agent hung up while it rang."""
    assert isinstance(event, ChannelEnded)
    customer, agent = turn.customer, turn.agent
    if agent is not None and event.channel_id == agent.channel_id:
        parties.lost(turn, agent.channel_id)
        ending.enter_after_work(turn, agent)
        _not_reached(turn, "the agent hung up first", by=DisconnectReason.AGENT)
    elif customer is not None and event.channel_id == customer.channel_id:
        if event.cause in TRUNK_FAILED:
            _next_trunk(turn, customer, in_words(event.cause))
        else:
            _not_reached(turn, in_words(event.cause))


def refused(turn: Turn, event: Happening) -> None:
    """The call could not be begun over this trunk."""
    assert isinstance(event, RequestFailed)
    customer = turn.customer
    parties.bridge_refused(turn, event)
    if customer is not None and event.command == DialNumber.__name__ and event.target == customer.channel_id:
        if event.status == parties.NO_TRUNK:
            _not_reached(turn, parties.why_no_trunk(customer, event))
        else:
            _next_trunk(turn, customer, event.reason)


def rang_out(turn: Turn, event: Happening) -> None:
    assert isinstance(event, TimerFired)
    customer = turn.customer
    if customer is not None and event.timer_id == turn.timer(customer.channel_id):
        turn.ask(Hangup(turn.key, customer.channel_id, 19))
        _not_reached(turn, in_words(19))


def callback_cancelled(turn: Turn, event: Happening) -> None:
    """A callback for which nobody has been called yet is given up."""
    assert isinstance(event, CancelCallback)
    if turn.conversation.callback is not None:
        turn.change(callback=None)
        ending.hang_up_customer(turn, DisconnectReason.CUSTOMER, event.reason)


def _next_trunk(turn: Turn, customer: Party, why: str) -> None:
    run = customer.run
    turn.alter(customer.channel_id, run=None)
    channel_id = parties.next_trunk(turn, customer, why)
    turn.change(customer=channel_id)
    if run is not None:
        turn.ask(MoveFlow(turn.contact_id, run, channel_id))


def _not_reached(
    turn: Turn, reason: str, *, again: bool = True, by: DisconnectReason = DisconnectReason.NOT_REACHED
) -> None:
    """The customer was not reached: a callback is tried again later, any other call is over. The agent enters after contact work."""
    talk, agent, callback = turn.conversation, turn.agent, turn.conversation.callback
    turn.note("customer not reached", reason=reason)
    if agent is not None:
        parties.drop(turn, agent.channel_id)
        ending.enter_after_work(turn, agent, reason)
    if talk.customer is not None:
        parties.drop(turn, talk.customer)
    turn.record(not_reached=reason)
    turn.change(customer=None, question=None)
    if callback is None or not again or callback.attempts_left <= 1 or talk.queue_id is None:
        ending.over(turn, by)
        return
    not_before_ms = turn.now_ms + callback.retry_delay_s * 1000
    left = replace(callback, attempts_left=callback.attempts_left - 1, not_before_ms=not_before_ms)
    turn.become(Phase.QUEUED, callback=left)
    turn.record(dequeued_ms=None)
    turn.ask(chain.waiting(turn.contact, talk.queue_id, talk.waiting_since_ms, not_before_ms))


def _run_whisper(turn: Turn, customer: Party) -> None:
    """The flow that the contact names, else the queue's, else the default one."""
    of_queue = None if Hook.OUTBOUND_WHISPER in turn.contact.hooks else _queues_whisper(turn)
    parties.run_flow(turn, customer.channel_id, FlowType.OUTBOUND_WHISPER, Hook.OUTBOUND_WHISPER, of_queue)


def _queues_whisper(turn: Turn) -> FlowId | None:
    queue = turn.instance.queue(turn.contact.queue_id) if turn.contact.queue_id else None
    flow_id = queue.outbound_flow_id if queue is not None else None
    return flow_id if flow_id in turn.instance.flows else None


def _flow_places_call(turn: Turn) -> bool:
    flow_id = (
        turn.contact.hooks.get(Hook.OUTBOUND_WHISPER)
        or _queues_whisper(turn)
        or turn.instance.default_flows.get(FlowType.OUTBOUND_WHISPER)
    )
    flow = turn.instance.flows.get(flow_id) if flow_id else None
    return flow is not None and f'"{CALL_BLOCK}"' in flow.content
