"""Callbacks that wait in the customer's stead."""

from app.calls.memory import Live
from app.calls.ports import Actor, CallbackView, Outcome
from app.calls.ports.asks.outbound import CancelCallback
from app.calls.services.desk import Desk
from app.conversation.state import Phase
from app.domain.call_control import CallbackCancelRequested
from app.domain.ids import ContactId, QueueId
from app.errors import ContactGone, NotNow


def waiting(desk: Desk) -> tuple[CallbackView, ...]:
    """In the order of their time, then of their age."""
    lives = [live for live in desk.brain.memory.contacts.values() if live.conversation.callback is not None]
    views = [_view(desk, live) for live in lives]
    return tuple(sorted(views, key=lambda each: (each.not_before_ms, each.planned_ms)))


async def cancel(desk: Desk, actor: Actor, ask: CancelCallback) -> Outcome:
    """ContactGone when there is no such callback, NotNow while somebody is being called for it."""
    live = desk.brain.live(ContactId(ask.contact_id))
    if live is None or live.conversation.callback is None:
        raise ContactGone(contact_id=ask.contact_id)
    talk = live.conversation
    if talk.phase not in (Phase.QUEUED, Phase.RINGING):
        raise NotNow(why="The customer is being called back now.")
    event = CallbackCancelRequested(live.contact.contact_id, actor.name)
    return Outcome(None, await desk.post(event, lambda: live.conversation))


def _view(desk: Desk, live: Live) -> CallbackView:
    contact, talk = live.contact, live.conversation
    assert talk.callback is not None
    queue = desk.instance.queue(talk.queue_id or QueueId(""))
    return CallbackView(
        contact.contact_id,
        contact.customer_number,
        talk.queue_id or "",
        queue.name if queue else "",
        contact.initiated_ms,
        talk.callback.not_before_ms,
        talk.callback.attempts_left,
    )
