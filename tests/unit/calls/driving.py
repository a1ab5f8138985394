"""A brain with a clock that the test moves, and a caller's whole visit as a list of events."""

import json

from app.calls.brain import Brain
from app.calls.codec import decode_memory, encode_memory
from app.calls.memory import Live, Memory
from app.domain.commands import Command, Play, RingPhone
from app.domain.events import (
    AgentStatusRequested,
    CallArrived,
    Event,
    PhoneReachable,
    PlaybackFinished,
)
from app.domain.ids import ChannelId, ContactId, FlowId, NodeName
from app.domain.instance import FlowContent, FlowType, Instance
from tests.unit.flow.driving import action
from tests.unit.instances import ANN, NUMBER, instance

CONTACT = ContactId("11111111-1111-4111-8111-111111111111")
CALLER = ChannelId("node1-1763.7")

END = action("end", "DisconnectParticipant")
STOP = action("stop", "EndFlowExecution")


def content(name: str, type_: FlowType, *actions: dict[str, object]) -> FlowContent:
    language = {
        "Version": "2019-10-30",
        "StartAction": actions[0]["Identifier"],
        "Metadata": {"name": name, "type": type_.value},
        "Actions": list(actions),
    }
    return FlowContent(FlowId(name), 1, name, type_, json.dumps(language))


INBOUND = content(
    "inbound",
    FlowType.CONTACT,
    action(
        "record",
        "UpdateContactRecordingBehavior",
        {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}},
        to="greet",
    ),
    action("greet", "MessageParticipant", {"Text": "Welcome."}, to="menu", errors={"NoMatchingError": "end"}),
    action(
        "menu",
        "GetParticipantInput",
        {"Text": "Press 1.", "StoreInput": "False", "InputTimeLimitSeconds": "5"},
        to="end",
        errors={"NoMatchingCondition": "end", "InputTimeLimitExceeded": "end", "NoMatchingError": "end"},
        equals={"1": "queue"},
    ),
    action(
        "queue", "UpdateContactTargetQueue", {"QueueId": "q-sales"}, to="transfer", errors={"NoMatchingError": "end"}
    ),
    action(
        "transfer", "TransferContactToQueue", {}, to="end", errors={"QueueAtCapacity": "end", "NoMatchingError": "end"}
    ),
    END,
)
QUEUE_FLOW = content(
    "queue-flow",
    FlowType.CUSTOMER_QUEUE,
    action("wait", "MessageParticipant", {"Text": "Please wait."}, to="stop", errors={"NoMatchingError": "stop"}),
    STOP,
)
AGENT_WHISPER = content(
    "agent-whisper",
    FlowType.AGENT_WHISPER,
    action("say", "MessageParticipant", {"Text": "$.Queue.Name"}, to="stop", errors={"NoMatchingError": "stop"}),
    STOP,
)
CUSTOMER_WHISPER = content(
    "customer-whisper",
    FlowType.CUSTOMER_WHISPER,
    action("say", "MessageParticipant", {"Text": "Connecting."}, to="stop", errors={"NoMatchingError": "stop"}),
    STOP,
)


def centre(**changes: object) -> Instance:
    flows = {flow.flow_id: flow for flow in (INBOUND, QUEUE_FLOW, AGENT_WHISPER, CUSTOMER_WHISPER)}
    return instance(flows=flows, **changes)  # type: ignore[arg-type]


class Drive:
    """One brain. `restart` puts it through its own snapshot, as a new process would."""

    def __init__(self, given: Instance | None = None) -> None:
        self.instance = given or centre()
        self.brain = Brain(Memory(self.instance.version), self.instance, lambda _: self.instance)
        self.now_ms = 1_750_000_000_000
        self.journal: list[tuple[Event, int]] = []
        self.commands: list[Command] = []

    def tell(self, event: Event, after_ms: int = 1_000) -> list[Command]:
        self.now_ms += after_ms
        self.journal.append((event, self.now_ms))
        commands = self.brain.handle(event, self.now_ms)
        self.commands += commands
        return commands

    def restart(self) -> None:
        memory = decode_memory(encode_memory(self.brain.memory))
        self.brain = Brain(memory, self.instance, lambda _: self.instance)

    @property
    def live(self) -> Live:
        found = self.brain.live(CONTACT)
        assert found is not None
        return found

    def finish_playbacks(self) -> list[Command]:
        """Everything that plays now comes to its end."""
        heard: list[Command] = []
        for playback_id in list(self.live.playbacks):
            heard += self.tell(PlaybackFinished(playback_id))
        return heard

    def ready(self) -> None:
        self.tell(PhoneReachable("phone-ann", True))
        self.tell(AgentStatusRequested(ANN, "Available"))

    def arrive(self) -> list[Command]:
        return self.tell(CallArrived(CONTACT, NodeName("node1"), CALLER, "trunk", "carrier", NUMBER, "+12025550177"))


def rung(commands: list[Command]) -> RingPhone:
    return next(each for each in commands if isinstance(each, RingPhone))


def said(commands: list[Command]) -> list[str]:
    return [prompt.value for each in commands if isinstance(each, Play) for prompt in each.prompts]
