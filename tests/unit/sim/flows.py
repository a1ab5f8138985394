"""Small flows for the simulator's tests."""

from app.domain.instance import FlowContent, FlowType
from app.sim.flow.path import Walked
from app.sim.flow.scenario import Scenario
from app.sim.flow.setting import Survey, make_setting
from app.sim.flow.walk import Walk
from tests.unit.flow.driving import action, flow, say

MENU = action(
    "menu",
    "GetParticipantInput",
    {"Text": "Press 1 or 2", "StoreInput": "False", "InputTimeLimitSeconds": "5"},
    to="end",
    errors={"NoMatchingError": "end", "NoMatchingCondition": "sorry", "InputTimeLimitExceeded": "end"},
    equals={"1": "queue", "2": "topic"},
)
QUEUE = action("queue", "UpdateContactTargetQueue", {"QueueId": "Sales"}, to="go", errors={"NoMatchingError": "end"})
GO = action("go", "TransferContactToQueue", to="end", errors={"NoMatchingError": "end", "QueueAtCapacity": "full"})
TOPIC = action(
    "topic", "UpdateContactAttributes", {"Attributes": {"topic": "news"}}, to="there", errors={"NoMatchingError": "end"}
)
THERE = action(
    "there", "TransferToFlow", {"ContactFlowId": "arn:x/flow/n-1"}, to="end", errors={"NoMatchingError": "end"}
)
DEMO = flow(
    say("hello", "Welcome", to="menu"),
    MENU,
    say("sorry", "That is no choice", to="menu"),
    QUEUE,
    GO,
    say("full", "We are full", to="end"),
    TOPIC,
    THERE,
    flow_id="demo",
)

MUSIC = flow(
    action("music", "MessageParticipantIteratively", {"Messages": [{"Text": "La la la"}]}),
    flow_id="music",
    type_=FlowType.CUSTOMER_QUEUE,
)
WHISPER = flow(
    say("name", "$.Queue.Name", to="over"),
    action("over", "EndFlowExecution"),
    flow_id="whisper",
    type_=FlowType.AGENT_WHISPER,
)


def walk(scenario: Scenario, *flows: FlowContent, defaults: tuple[FlowContent, ...] = (MUSIC, WHISPER)) -> Walked:
    return Walk(make_setting(Survey(flows or (DEMO,), defaults), scenario), scenario).walk()


def way(walked: Walked) -> list[str]:
    """The blocks with their branches, and what happened between them."""
    return [f"{visit.block or visit.title} -> {visit.branch}" for visit in walked.path]
