"""What must hold when a simulated day is over: nothing left anywhere, one record for each contact, and records that fit together."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.calls.codec import decode_event
from app.domain.call_control import CallbackCancelRequested
from app.domain.contact import Contact
from app.domain.events import CallArrived
from app.domain.ids import ContactId
from app.sim.deeds import Stage
from app.sim.keeping import MemoryRecords
from app.sim.watching import Watch
from app.sim.world import World

if TYPE_CHECKING:
    from app.sim.chaos import Result


def give_up(stage: Stage, contact_id: ContactId) -> None:
    """Callbacks that wait are cancelled."""
    stage.post(CallbackCancelRequested(contact_id, "the end of the day"))


def judge(world: World, result: "Result", watch: Watch) -> None:
    """Writes what is broken into the result, with the figures of the day."""
    engine, recovery = world.engine, world.recovery
    assert engine is not None
    assert recovery is not None
    records, broken = world.records, result.broken
    result.events, result.mended = len(world.journal.facts), result.mended + recovery.mended
    result.steps = watch.steps
    heard = {fact.contact_id for fact in world.journal.facts if fact.kind == CallArrived.__name__}
    result.contacts = len(records.records)
    result.answered = sum(contact.handling is not None for contact in records.contacts.values())
    result.unheard = max(result.calls - len(heard), 0)
    broken += [f"{unhandled} events failed" for unhandled in (engine.unhandled + world.unhandled,) if unhandled]
    broken += [f"{records.doubled} records were written twice"] if records.doubled else []
    broken += _left(world)
    broken += _records(records)
    missing = {each for each in heard if each is not None and each not in records.records} - _refused(world)
    broken += [f"the contact {each} has no record" for each in sorted(missing)]


def _left(world: World) -> Iterator[str]:
    engine = world.engine
    assert engine is not None
    exchange, memory = world.telephony.exchange, engine.brain.memory
    yield from (f"the contact {each} is still there" for each in memory.contacts)
    yield from (f"the channel {each} is left" for each in exchange.channels)
    yield from (f"the bridge {each} is left" for each in exchange.bridges)
    yield from (f"the timer {each} is left" for each in memory.timers)
    yield from (
        f"the recording {each} was never ended" for each, r in exchange.recordings.items() if r.ended_ms is None
    )
    routing = memory.routing
    registered = {phone.name for phone in exchange.phones.values() if phone.registered}
    if routing.reachable_phones != registered:
        yield f"the phones {sorted(routing.reachable_phones ^ registered)} are not as they are thought to be"
    yield from (f"{each} still waits" for each in (*routing.waiting, *routing.offered))
    for agent in routing.agents.values():
        if agent.contact_id:
            yield f"{agent.agent_id} is left {agent.activity.value}"


def _refused(world: World) -> set[ContactId]:
    """Second lines and calls to nobody's number: they are no contacts of their own."""
    numbers = world.configurations.now.numbers
    events = (decode_event(f.seq, f.kind, f.payload) for f in world.journal.facts if f.kind == CallArrived.__name__)
    return {each.contact_id for each in events if isinstance(each, CallArrived) and each.called not in numbers}


def _records(records: MemoryRecords) -> Iterator[str]:
    """The contacts of a visit lead to one another, and what each says of itself adds up."""
    contacts = records.contacts
    for contact in contacts.values():
        yield from (f"the record of {contact.contact_id} {each}" for each in _chain(contact, contacts))
        yield from (f"the record of {contact.contact_id} {each}" for each in _sums(contact, records))


def _chain(contact: Contact, contacts: dict[str, Contact]) -> Iterator[str]:
    before = contacts.get(contact.previous_contact_id or "")
    after = contacts.get(contact.next_contact_id or "")
    if contact.next_contact_id is not None and after is None:
        yield f"names {contact.next_contact_id} as the next, which has none"
    if contact.previous_contact_id is not None and before is None:
        yield f"names {contact.previous_contact_id} as the previous, which has none"
    if after is not None and after.previous_contact_id != contact.contact_id:
        yield f"names {after.contact_id} as the next, whose previous is {after.previous_contact_id}"
    if before is None:
        if contact.initial_contact_id is not None:
            yield "has an initial contact and no previous one"
        return
    if contact.initial_contact_id != (before.initial_contact_id or before.contact_id):
        yield f"has another initial contact than its previous one, {before.contact_id}"
    if before.next_contact_id is None:
        yield f"names {before.contact_id} as the previous, which has no next one"


def _sums(contact: Contact, records: MemoryRecords) -> Iterator[str]:
    record = records.records[contact.contact_id]
    if contact.disconnected_ms is None or contact.finished_ms is None or contact.disconnect_reason is None:
        yield "has no end"
    for part in (record, record["Agent"], record["Queue"]):
        told = part.items() if isinstance(part, dict) else ()
        yield from (f"tells {value} as {name}" for name, value in told if isinstance(value, int) and value < 0)
    handling = contact.handling
    if handling is not None:
        if handling.interaction_ended_ms is None or handling.after_work_ended_ms is None:
            yield "has an agent whose part never ended"
        elif (
            handling.joined_ms is not None
            and sum(handling.holds_ms) > handling.interaction_ended_ms - handling.joined_ms
        ):
            yield "holds the customer for longer than the talk was"
    if (contact.enqueued_ms is None) is not (contact.dequeued_ms is None):
        yield "has a place in a queue that was never left, or left and never taken"
    last_ms = 0
    for start_ms, end_ms in contact.recording_gaps_ms:
        if not last_ms <= start_ms <= end_ms:
            yield f"tells the gaps {contact.recording_gaps_ms}"
        last_ms = end_ms
    if last_ms > (contact.disconnected_ms or last_ms) - contact.initiated_ms:
        yield f"tells gaps until {last_ms} ms, longer than the contact was"
