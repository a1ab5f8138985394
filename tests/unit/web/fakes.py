"""A service layer and accounts that hold what a test puts into them."""

import asyncio
import hashlib
import wave
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.calls.ports import (
    ACTIONS,
    Actor,
    AgentView,
    CallbackView,
    ContactView,
    LineView,
    Outcome,
    PartyView,
    QueueView,
    RecordView,
    Status,
    WaitingView,
    WebSession,
)
from app.calls.ports.asks.agents import ChooseStatus
from app.calls.ports.asks.reading import ListRecords, OpenRecording, ReadRecord, ReadStatus, ReadTrace, Reload
from app.calls.ports.asks.supervision import ReadWaiting
from app.domain.contact import Recording, RecordingStatus
from app.domain.ids import AgentId, ContactId
from app.domain.trace import TraceEntry
from app.errors import BadInput, Denied, NotFound
from app.sim.keeping import MemoryAudit

NOW_MS = 1_750_000_000_000


async def until(condition: Callable[[], object]) -> None:
    """Lets the loop turn until the condition holds; fails after five seconds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


@dataclass
class FakeAccounts:
    """Accounts in memory. `passwords` are user name -> (password, role, agent)."""

    passwords: dict[str, tuple[str, str, str | None]] = field(
        default_factory=lambda: {
            "admin": ("correct horse", "admin", None),
            "anna": ("battery staple", "agent", "agent-anna"),
            "sue": ("paper clip", "supervisor", None),
        }
    )
    sessions: dict[str, WebSession] = field(default_factory=dict)
    checked: int = 0
    gate: asyncio.Event | None = None

    async def verify_password(self, username: str, password: str) -> bool:
        self.checked += 1
        if self.gate is not None:
            await self.gate.wait()
        return username in self.passwords and self.passwords[username][0] == password

    async def create_session(self, token_hash: str, username: str, at_ms: int, expires_ms: int) -> None:
        _, role, agent_id = self.passwords[username]
        self.sessions[token_hash] = WebSession(username, role, at_ms, at_ms, expires_ms, agent_id)

    async def lookup_session(self, token_hash: str) -> WebSession | None:
        return self.sessions.get(token_hash)

    async def touch_session(self, token_hash: str, at_ms: int) -> None:
        if token_hash in self.sessions:
            self.sessions[token_hash] = replace(self.sessions[token_hash], seen_ms=at_ms)

    async def revoke_session(self, token_hash: str) -> None:
        self.sessions.pop(token_hash, None)

    def holds(self, token: str) -> bool:
        return hashlib.sha256(token.encode()).hexdigest() in self.sessions


def write_recording(path: Path, seconds: int = 2) -> Path:
    """A stereo file of 8 kHz that is not silent."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(((n * 997) % 8000).to_bytes(2, "little") * 2 for n in range(8000 * seconds)))
    return path


def busy_status(now_ms: int = NOW_MS) -> Status:
    """A working morning: a bit of everything."""

    def ago(seconds: int) -> int:
        return now_ms - seconds * 1000

    return Status(
        revision=7,
        at_ms=now_ms,
        lines=(
            LineView("asterisk", "node1", "ok", "connected", {"channels": "6"}),
            LineView(
                "trunk", "sip-provider", "down", "Registration refused (403). Check the trunk's user name and password."
            ),
            LineView("trunk", "backup", "ok", "Answers in 31 ms."),
            LineView("phone", "anna-desk", "ok", "Registered from 10.0.0.21."),
            LineView("phone", "ben-desk", "ok", "Registered from 10.0.0.22."),
            LineView("phone", "cleo-desk", "down", "Not registered. Register it with the printed credentials."),
        ),
        agents=(
            AgentView(AgentId("agent-anna"), "anna", "Available", "idle", ago(95), "anna-desk", True),
            AgentView(
                AgentId("agent-ben"),
                "ben",
                "Available",
                "on contact",
                ago(312),
                "ben-desk",
                True,
                "c-1001",
                next_status="Offline",
            ),
            AgentView(AgentId("agent-cleo"), "cleo", "Offline", "idle", ago(8100), "cleo-desk", False),
            AgentView(
                AgentId("agent-dan"),
                "dan",
                "Available",
                "missed",
                ago(20),
                "dan-desk",
                True,
                None,
                "Did not answer in 20 s",
            ),
        ),
        contacts=(
            ContactView(
                ContactId("c-1001"),
                "consulting",
                ago(12),
                ago(371),
                "+12025550143",
                "+18005550100",
                "Main menu",
                "Transfer to queue",
                "Sales",
                "ben",
                True,
                parties=(
                    PartyView("customer", "+12025550143", "on hold", ago(20)),
                    PartyView("agent", "ben", "joined", ago(312)),
                    PartyView("outside number", "+12065550111", "joined", ago(12)),
                    PartyView("supervisor", "sue", "joined", ago(5), mode="listen"),
                ),
            ),
            ContactView(
                ContactId("c-1002"),
                "in queue",
                ago(41),
                ago(66),
                "+442079460958",
                "+18005550100",
                "Default customer queue",
                "Loop prompts",
                "Support",
            ),
            ContactView(
                ContactId("c-1003"), "in flow", ago(6), ago(6), "", "+18005550100", "Main menu", "Get customer input"
            ),
        ),
        queues=(
            QueueView("q-sales", "Sales", 0, None, 2, 1),
            QueueView("q-support", "Support", 1, ago(41), 0, 0),
        ),
        callbacks=(
            CallbackView(ContactId("c-0990"), "+12025550188", "q-sales", "Sales", ago(600), ago(-240), 2),
            CallbackView(ContactId("c-0991"), "+12025550189", "q-support", "Support", ago(900), ago(30), 1),
        ),
        statuses=("Available", "Offline", "Lunch", "Training"),
    )


def some_records(now_ms: int = NOW_MS) -> tuple[RecordView, ...]:
    kept = Recording(RecordingStatus.AVAILABLE, "c-0999.wav", 62_000, 1_984_044)
    failed = Recording(RecordingStatus.FAILED, reason="The disk was full")
    return (
        RecordView(
            ContactId("c-0999"), now_ms - 900_000, now_ms - 800_000, "+12025550177", "Sales", "ben", 100_000, kept
        ),
        RecordView(
            ContactId("c-0998"), now_ms - 2_000_000, now_ms - 1_950_000, "+12025550178", "Support", "", 50_000, None
        ),
        RecordView(
            ContactId("c-0997"),
            now_ms - 90_000_000,
            now_ms - 89_900_000,
            "+4930901820",
            "Sales",
            "anna",
            100_000,
            failed,
        ),
    )


def a_trace(now_ms: int = NOW_MS) -> tuple[TraceEntry, ...]:
    began_ms = now_ms - 900_000
    return (
        TraceEntry(began_ms, "call", "Arrived", "sip-provider", {"called": "+18005550100"}),
        TraceEntry(began_ms + 412, "block", "Play prompt", "Okay", {"text": "Welcome to Example Corp."}),
        TraceEntry(began_ms + 3950, "block", "Get customer input", "Pressed 1"),
        TraceEntry(began_ms + 3964, "block", "Set working queue", "Success", {"queue": "Sales"}),
        TraceEntry(began_ms + 3970, "block", "Transfer to queue", "Queued"),
        TraceEntry(began_ms + 4011, "routing", "Offered to ben", "longest available", {"idle": "182 s"}),
        TraceEntry(began_ms + 9700, "call", "Connected", "ben"),
        TraceEntry(began_ms + 50_000, "error", "Recording", "disk nearly full"),
        TraceEntry(began_ms + 100_000, "call", "Ended", "customer hung up"),
    )


A_RECORD: dict[str, object] = {
    "ContactId": "c-0999",
    "Channel": "VOICE",
    "InitiationMethod": "INBOUND",
    "InitiationTimestamp": "2025-06-15T14:51:40Z",
    "DisconnectTimestamp": "2025-06-15T14:53:20Z",
    "NextContactId": None,
    "CustomerEndpoint": {"Address": "+12025550177", "Type": "TELEPHONE_NUMBER"},
    "Queue": {"ARN": "arn:trunkline:connect::instance/i/queue/q-sales", "Name": "Sales", "Duration": 6},
    "Agent": {
        "Username": "ben",
        "RoutingProfile": {"Name": "Basic", "ARN": "arn:trunkline:connect::instance/i/routing-profile/p"},
    },
    "Attributes": {"language": "<b>en</b>"},
    "Recording": {"Status": "AVAILABLE", "Gaps": [{"StartMs": 61_000, "EndMs": 75_500}]},
}


class FakeOperations:
    """A service layer whose status a test sets; every change wakes the readers."""

    def __init__(self, folder: Path, now_ms: int = NOW_MS) -> None:
        self.current = busy_status(now_ms)
        self.finished = some_records(now_ms)
        self.paths = {"c-0999": a_trace(now_ms), "c-1001": a_trace(now_ms)[:5]}
        self.contents = {"c-0999": A_RECORD}
        self.files = {"c-0999": write_recording(folder / "c-0999.wav")}
        self.asked: list[tuple[str, str, str]] = []
        self.broken: Exception | None = None
        self.changed = asyncio.Condition()
        self.readers = 0
        self.reloads = 0
        self.performed: list[tuple[Actor, object]] = []
        self.complete = True
        self.audit = MemoryAudit()

    async def status(self) -> Status:
        if self.broken is not None:
            raise self.broken
        return self.current

    async def set(self, **changes: object) -> None:
        async with self.changed:
            self.current = replace(self.current, revision=self.current.revision + 1, **changes)  # type: ignore[arg-type]
            self.changed.notify_all()

    async def changes(self) -> AsyncIterator[Status]:
        self.readers += 1
        try:
            while True:
                shown = await self.status()
                yield shown
                async with self.changed:
                    await self.changed.wait_for(lambda: self.current.revision != shown.revision)  # noqa: B023
        finally:
            self.readers -= 1

    async def request_agent_status(self, agent_id: str, status: str, by: str) -> None:
        if agent_id not in {agent.agent_id for agent in self.current.agents}:
            raise NotFound(what="agent", name=agent_id)
        if status not in self.current.statuses:
            raise BadInput(what=f"The status {status!r}", why=f"it is not one of {', '.join(self.current.statuses)}")
        self.asked.append((agent_id, status, by))
        agents = tuple(
            replace(agent, status=status, activity="idle", reason="", since_ms=self.current.at_ms)
            if agent.agent_id == agent_id
            else agent
            for agent in self.current.agents
        )
        await self.set(agents=agents)

    async def perform(self, actor: Actor, ask: object) -> Outcome:
        """What the pages and the tests of the API ask for; of all else only that it was asked."""
        action = ACTIONS[type(ask)]
        if not actor.may(action.permission):
            raise Denied(what=action.permission.value)
        if isinstance(ask, ReadStatus):
            return Outcome(await self.status())
        if isinstance(ask, ListRecords):
            return Outcome(self.finished[: ask.limit])
        if isinstance(ask, ReadRecord):
            return Outcome(await self.record(ask.contact_id))
        if isinstance(ask, ReadWaiting):
            return Outcome(await self.waiting(ask.contact_id))
        if isinstance(ask, ReadTrace):
            return Outcome(await self.trace(ask.contact_id))
        if isinstance(ask, OpenRecording):
            return Outcome(await self.recording_file(ask.contact_id))
        if isinstance(ask, ChooseStatus):
            if not actor.may_change_agent(ask.agent_id):
                raise Denied(what="change the status of other agents")
            await self.request_agent_status(ask.agent_id, ask.status, actor.name)
        if isinstance(ask, Reload):
            if self.broken is not None:
                raise self.broken
            self.reloads += 1
        self.performed.append((actor, ask))
        return Outcome({"done": True}, self.complete)

    async def records(self, limit: int = 50) -> tuple[RecordView, ...]:
        return self.finished[:limit]

    async def record(self, contact_id: str) -> dict[str, object]:
        if contact_id not in self.contents:
            raise NotFound(what="contact record", name=contact_id)
        return self.contents[contact_id]

    async def trace(self, contact_id: str) -> tuple[TraceEntry, ...]:
        if contact_id not in self.paths:
            raise NotFound(what="contact", name=contact_id)
        return self.paths[contact_id]

    async def waiting(self, contact_id: str) -> WaitingView:
        if contact_id != "c-1001":
            raise NotFound(what="live contact", name=contact_id)
        words = "none of the 2 agents of Sales online is available: 2 on contact"
        return WaitingView(ContactId(contact_id), "Sales", 1, 41_000, None, ("no agent is available",), words)

    async def recording_file(self, contact_id: str) -> Path:
        if contact_id not in self.files or not self.files[contact_id].exists():
            raise NotFound(what="recording", name=contact_id)
        return self.files[contact_id]
