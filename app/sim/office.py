"""A small contact centre as the simulator fills it: a menu, two queues, agents in two routing profiles, and flows for all of it."""

import json

from app.domain.ids import AgentId, FlowId, ProfileId, QueueId
from app.domain.instance import (
    Agent,
    FlowContent,
    FlowType,
    Instance,
    OwnedNumber,
    ProfileQueue,
    Queue,
    RoutingProfile,
)

NUMBER = "+12025550100"
SALES, SUPPORT = QueueId("sales"), QueueId("support")


def office(agents: int) -> Instance:
    """Half of the agents serve sales before support; the others support, and sales after ten seconds."""
    first = RoutingProfile(ProfileId("sales-first"), "Sales first", (ProfileQueue(SALES, 1), ProfileQueue(SUPPORT, 2)))
    second = RoutingProfile(
        ProfileId("support-first"), "Support first", (ProfileQueue(SUPPORT, 1), ProfileQueue(SALES, 2, 10))
    )
    people = [
        Agent(
            AgentId(f"agent-{number}"),
            f"agent-{number}",
            (first if number % 2 == 0 else second).profile_id,
            f"phone-{number}",
            ring_timeout_s=10,
            after_contact_work_s=5,
            missed_return_s=10,
        )
        for number in range(agents)
    ]
    flows = {flow.flow_id: flow for flow in (_inbound(), _queue_flow(), _whisper())}
    return Instance(
        version="office",
        instance_id="office",
        queues={SALES: Queue(SALES, "Sales"), SUPPORT: Queue(SUPPORT, "Support")},
        profiles={profile.profile_id: profile for profile in (first, second)},
        agents={agent.agent_id: agent for agent in people},
        numbers={NUMBER: OwnedNumber(NUMBER, FlowId("inbound"))},
        flows=flows,
        default_flows={flow.type: flow.flow_id for flow in flows.values()},
    )


def _inbound() -> FlowContent:
    """Press 1 for sales, 2 for support; whoever presses nothing waits for sales, and those of support go first in their queue."""
    asked = {"Text": "Press 1 or 2.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    both = {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}}
    return _flow(
        FlowType.CONTACT,
        "inbound",
        _block("record", "UpdateContactRecordingBehavior", both, "greet"),
        _block("greet", "MessageParticipant", {"Text": "Welcome."}, "menu", "menu"),
        _menu("menu", asked, {"1": "sales", "2": "urgent"}, "sales"),
        _block("urgent", "UpdateContactRoutingBehavior", {"QueuePriority": "1"}, "support"),
        _block("sales", "UpdateContactTargetQueue", {"QueueId": SALES}, "transfer", "end"),
        _block("support", "UpdateContactTargetQueue", {"QueueId": SUPPORT}, "transfer", "end"),
        _block("transfer", "TransferContactToQueue", {}, "end", "end"),
        _block("end", "DisconnectParticipant", {}),
    )


def _queue_flow() -> FlowContent:
    return _flow(
        FlowType.CUSTOMER_QUEUE,
        "queue",
        _block("wait", "MessageParticipant", {"Text": "Please wait."}, "stop", "stop"),
        _block("stop", "EndFlowExecution", {}),
    )


def _whisper() -> FlowContent:
    return _flow(
        FlowType.AGENT_WHISPER,
        "whisper",
        _block("say", "MessageParticipant", {"Text": "$.Queue.Name"}, "stop", "stop"),
        _block("stop", "EndFlowExecution", {}),
    )


def _flow(type_: FlowType, name: str, *blocks: dict[str, object]) -> FlowContent:
    content = {
        "Version": "2019-10-30",
        "StartAction": blocks[0]["Identifier"],
        "Metadata": {"name": name, "type": type_.value},
        "Actions": list(blocks),
    }
    return FlowContent(FlowId(name), 1, name, type_, json.dumps(content))


def _block(name: str, type_: str, parameters: object, then: str = "", error: str = "") -> dict[str, object]:
    transitions: dict[str, object] = {"NextAction": then} if then else {}
    if error:
        transitions["Errors"] = [{"ErrorType": "NoMatchingError", "NextAction": error}]
    return {"Identifier": name, "Type": type_, "Parameters": parameters, "Transitions": transitions}


def _menu(name: str, parameters: object, keys: dict[str, str], otherwise: str) -> dict[str, object]:
    kinds = ("NoMatchingCondition", "InputTimeLimitExceeded", "NoMatchingError")
    transitions = {
        "NextAction": otherwise,
        "Errors": [{"ErrorType": kind, "NextAction": otherwise} for kind in kinds],
        "Conditions": [
            {"NextAction": then, "Condition": {"Operator": "Equals", "Operands": [key]}} for key, then in keys.items()
        ],
    }
    return {"Identifier": name, "Type": "GetParticipantInput", "Parameters": parameters, "Transitions": transitions}
