"""Turns the service layer's values into rows of plain texts, the same for the first page and for every push after it.

A row is a flat dict. `key` names it across snapshots, `tone` is one of `ok`, `busy`, `warning`, `down`, `idle` (always beside a
word), `say` is the sentence a screen reader hears when it changes, and names ending in `_ms` are milliseconds since the epoch.
"""

from functools import lru_cache

from app.calls.ports import AgentView, CallbackView, ContactView, LineView, PartyView, QueueView, RecordView, Status
from app.domain.agent import AVAILABLE
from app.domain.contact import RecordingStatus
from app.domain.phone import display as slow_display

Row = dict[str, str | int | bool | None]
Section = list[Row]

LINE_WORDS = {"ok": "OK", "warning": "Warning", "down": "Down"}
ACTIVITY_TONES = {
    "ringing": "warning",
    "on contact": "busy",
    "after contact work": "busy",
    "supervising": "busy",
    "missed": "down",
    "error": "down",
}
CONTACT_TONES = {
    "in queue": "warning",
    "ringing": "warning",
    "on hold": "warning",
    "connected": "ok",
    "conference": "ok",
    "after contact work": "idle",
    "ending": "idle",
}
PLACES = {"dialled": "ringing", "apart": "apart", "on hold": "on hold"}
MODES = {"listen": "listening in", "whisper": "whispering to the agent", "barge": "barged in"}
WAITS_AS_CALLBACK = "callback"
KINDS = {
    "asterisk": "Asterisk",
    "trunk": "A trunk",
    "database": "The database",
    "recordings": "The disk of recordings",
}
NOTHING = "–"

display = lru_cache(maxsize=4096)(slow_display)
"""Reading a telephone number costs 25 us, and every push shows the same ones again."""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def line_row(line: LineView) -> Row:
    details = "; ".join(f"{name}: {value}" for name, value in line.details.items())
    word = LINE_WORDS.get(line.state, _sentence(line.state))
    return {
        "key": f"{line.kind}:{line.name}",
        "kind": _sentence(line.kind),
        "name": line.name,
        "tone": line.state if line.state in LINE_WORDS else "warning",
        "state": word,
        "words": _sentence(line.words),
        "details": details,
        "say": f"{_sentence(line.kind)} {line.name}: {word}",
    }


def agent_row(agent: AgentView) -> Row:
    """The state is what the contact makes of the agent, else the status they chose."""
    idle = agent.activity == "idle"
    state = agent.status if idle else _sentence(agent.activity)
    tone = ACTIVITY_TONES.get(agent.activity, "ok" if agent.status == "Available" else "idle")
    remarks = [agent.reason] if agent.reason else []
    if agent.out_of_reach and agent.status == AVAILABLE:
        remarks.append(agent.out_of_reach)
        tone = "warning" if idle else tone
    if agent.next_status:
        remarks.append(f"then {agent.next_status}")
    return {
        "key": agent.agent_id,
        "username": agent.username,
        "state": state,
        "tone": tone,
        "since_ms": agent.since_ms,
        "remarks": "; ".join(remarks),
        "phone": agent.phone or NOTHING,
        "phone_state": "reachable" if agent.phone_reachable else "not reachable",
        "phone_tone": "ok" if agent.phone_reachable else "idle" if agent.status == "Offline" else "down",
        "contact": f"/contacts/{agent.contact_id}" if agent.contact_id else None,
        "no_contact": agent.contact_id is None,
        "choose_available": f"{agent.agent_id}:Available",
        "choose_offline": f"{agent.agent_id}:Offline",
        "is_available": "true" if agent.status == "Available" else "false",
        "is_offline": "true" if agent.status == "Offline" else "false",
        "name_available": f"Available: {agent.username}",
        "name_offline": f"Offline: {agent.username}",
        "name_other": f"Another status: {agent.username}",
        "say": f"{agent.username}: {state}",
    }


def queue_row(queue: QueueView) -> Row:
    unserved = queue.waiting > 0 and queue.agents_online == 0
    return {
        "key": queue.queue_id,
        "name": queue.name,
        "waiting": queue.waiting,
        "tone": "down" if unserved else "warning" if queue.waiting else "idle",
        "oldest_ms": queue.oldest_since_ms,
        "online": queue.agents_online,
        "available": queue.agents_available,
        "remarks": "Contacts wait and no agent is online." if unserved else _expected(queue),
        "say": f"{queue.name}: {queue.waiting} waiting",
    }


def _expected(queue: QueueView) -> str:
    wait_ms = queue.figures.estimated_wait_ms
    return f"A caller would wait about {duration_words(wait_ms)}." if wait_ms else ""


def party_words(party: PartyView, country: str) -> str:
    """Who it is, and where when they are not simply in the talk."""
    name = display(party.name, country) if party.who == "outside number" else party.name
    where = MODES.get(party.mode, "") if party.place == "joined" else PLACES.get(party.place, party.place)
    notes = [note for note in (where, "muted" if party.muted else "") if note]
    return f"{name} ({', '.join(notes)})" if notes else name


def contact_row(contact: ContactView, country: str) -> Row:
    block = " › ".join(part for part in (contact.flow, contact.block) if part)
    state = _sentence(contact.state)
    customer = display(contact.customer_number, country) or "Anonymous"
    others = [party for party in contact.parties if party.who != "customer"]
    held = any(party.who == "customer" and party.place == "on hold" for party in contact.parties)
    remarks = ["Customer on hold"] if held and contact.state != "on hold" else []
    remarks += ["Recording"] if contact.recorded else []
    return {
        "key": contact.contact_id,
        "customer": customer,
        "number": display(contact.system_number, country),
        "state": state,
        "tone": CONTACT_TONES.get(contact.state, "busy"),
        "since_ms": contact.since_ms,
        "initiated_ms": contact.initiated_ms,
        "block": block or NOTHING,
        "queue": contact.queue or NOTHING,
        "agent": ", ".join(party_words(party, country) for party in others) or contact.agent or NOTHING,
        "remarks": "; ".join(remarks),
        "link": f"/contacts/{contact.contact_id}",
        "say": f"{customer}: {state}",
    }


def callback_row(callback: CallbackView, country: str, now_ms: int) -> Row:
    customer = display(callback.number, country)
    due = callback.not_before_ms <= now_ms
    return {
        "key": callback.contact_id,
        "customer": customer,
        "queue": callback.queue,
        "state": "Waits for an agent" if due else "Planned",
        "tone": "warning" if due else "idle",
        "planned_ms": callback.planned_ms,
        "not_before_ms": callback.not_before_ms,
        "attempts": callback.attempts_left,
        "link": f"/contacts/{callback.contact_id}",
        "say": f"Callback to {customer}: {'waits for an agent' if due else 'planned'}",
    }


def record_row(record: RecordView, country: str) -> Row:
    recording = record.recording
    playable = recording is not None and recording.status is RecordingStatus.AVAILABLE
    remark = ""
    if recording is None:
        remark = "Not recorded"
    elif not playable:
        ended = f"Recording {recording.status.value.lower()}"
        remark = f"{ended}: {recording.reason}" if recording.reason else ended
    customer = display(record.customer_number, country) or "Anonymous"
    audio = f"/api/contacts/{record.contact_id}/recording"
    return {
        "key": record.contact_id,
        "customer": customer,
        "initiated_ms": record.initiated_ms,
        "queue": record.queue or NOTHING,
        "agent": record.agent or NOTHING,
        "duration": duration_words(record.duration_ms),
        "link": f"/contacts/{record.contact_id}",
        "audio": audio if playable else None,
        "download": f"{audio}?download=1" if playable else None,
        "no_audio": not playable,
        "remark": remark,
        "play_name": f"Play the recording of {customer}",
        "download_name": f"Download the recording of {customer}",
    }


def summary_row(status: Status) -> Row:
    waiting = sum(queue.waiting for queue in status.queues)
    available = sum(agent.activity == "idle" and agent.status == "Available" for agent in status.agents)
    troubles = [line for line in status.lines if line.kind != "phone" and line.state != "ok"]
    down = any(line.state == "down" for line in troubles)
    return {
        "key": "summary",
        "contacts": sum(contact.state != WAITS_AS_CALLBACK for contact in status.contacts),
        "waiting": waiting,
        "waiting_tone": "warning" if waiting else "idle",
        "available": available,
        "available_tone": "ok" if available else "idle",
        "telephony": "All well" if status.lines and not troubles else f"{len(troubles)} not well",
        "telephony_tone": "down" if down or not status.lines else "warning" if troubles else "ok",
    }


def duration_words(duration_ms: int) -> str:
    """`0:07`, `12:05`, `1:02:03`."""
    seconds = max(duration_ms, 0) // 1000
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _worst_first(lines: list[LineView]) -> list[LineView]:
    order = {"down": 0, "warning": 1}
    return sorted(lines, key=lambda line: (order.get(line.state, 2), line.kind, line.name))


def snapshot(status: Status, records: tuple[RecordView, ...], country: str) -> dict[str, Section | int]:
    """Everything the status page shows."""
    phones = [line for line in status.lines if line.kind == "phone"]
    others = [line for line in status.lines if line.kind != "phone"]
    return {
        "revision": status.revision,
        "at_ms": status.at_ms,
        "summary": [summary_row(status)],
        "lines": [line_row(line) for line in _worst_first(others)],
        "phones": [line_row(line) for line in _worst_first(phones)],
        "agents": [agent_row(agent) for agent in status.agents],
        "queues": [queue_row(queue) for queue in status.queues],
        "contacts": [contact_row(each, country) for each in status.contacts if each.state != WAITS_AS_CALLBACK],
        "callbacks": [callback_row(callback, country, status.at_ms) for callback in status.callbacks],
        "records": [record_row(record, country) for record in records],
    }


def health(status: Status, *, named: bool) -> tuple[str, list[str]]:
    """(`ok`, `degraded` or `down`, why). A phone that is switched off is nobody's fault. `named` adds names and remedies."""
    concerns = [line for line in status.lines if line.kind != "phone" and line.state != "ok"]
    nodes = [line for line in status.lines if line.kind == "asterisk"]
    if named:
        reasons = [f"{_sentence(line.kind)} {line.name}: {line.words}" for line in concerns]
    else:
        reasons = [
            f"{KINDS.get(line.kind, 'Something')} is {'down' if line.state == 'down' else 'not well'}."
            for line in concerns
        ]
    if not nodes or all(line.state == "down" for line in nodes):
        return "down", reasons or ["No Asterisk node is known."]
    return ("degraded" if concerns else "ok"), reasons
