"""What the demo consists of: plain values, from which the database is filled and against which the shipped flows are checked."""

from pathlib import Path

from app.config import PROJECT
from app.domain.ids import AgentId, FlowId, HoursId, ProfileId, QueueId
from app.domain.instance import (
    Agent,
    FlowContent,
    FlowType,
    Hours,
    Instance,
    OpenHours,
    OwnedNumber,
    ProfileQueue,
    Queue,
    RoutingProfile,
)
from app.flow.formats.language import parse

FLOWS_FOLDER = PROJECT / "flows"
NUMBER = "+12025550100"
NUMBER_FLOW = FlowId("sample_inbound")

HOURS = Hours(HoursId("basic"), "Always open", "UTC", tuple(OpenHours(weekday, 0, 1440) for weekday in range(7)))
QUEUES = (
    Queue(QueueId("sales"), "Sales", HOURS.hours_id),
    Queue(QueueId("support"), "Support", HOURS.hours_id),
)
PROFILE = RoutingProfile(
    ProfileId("basic"), "Basic Routing Profile", tuple(ProfileQueue(queue.queue_id) for queue in QUEUES)
)

ALICE = Agent(
    AgentId("alice"),
    "alice",
    PROFILE.profile_id,
    phone="alice",
    first_name="Alice",
    ring_timeout_s=20,
    after_contact_work_s=10,
    available_when_registered=True,
    missed_return_s=15,
)
ROBOT = Agent(
    AgentId("robot"),
    "robot",
    PROFILE.profile_id,
    phone="robot",
    first_name="Robot",
    ring_timeout_s=20,
    after_contact_work_s=1,
    missed_return_s=1,
)
"""Answers test calls by itself. It is Offline but while `python -m app call` makes it Available."""
AGENTS = (ALICE, ROBOT)

CUSTOMER_PHONE = "customer"
PHONES = (ALICE.phone, CUSTOMER_PHONE)
"""The phones that people register, in the order they are shown."""

MUSIC, BEEP = "CustomerQueue", "Beep"
PROMPTS = (MUSIC, BEEP)
"""Ids of the prompts in the library; their names are those with .wav, as an exported flow writes them."""


def shipped_flows() -> tuple[FlowContent, ...]:
    """The flows that ship with Trunkline, by file name. BadInput when one of them is no flow."""
    flows = []
    for path in sorted(FLOWS_FOLDER.glob("*.json")):
        text = path.read_text()
        document = parse(text)
        flows.append(FlowContent(FlowId(path.stem), 1, document.name, FlowType(document.type), text))
    return tuple(flows)


def default_flows(flows: tuple[FlowContent, ...]) -> dict[FlowType, FlowId]:
    """The flow that serves where a contact has none of its own, for every type of which one ships as a default."""
    return {flow.type: flow.flow_id for flow in flows if flow.flow_id.startswith("default_")}


def demo_instance(flows: tuple[FlowContent, ...], prompts: Path) -> Instance:
    """The demo as the cores see it. `prompts` is the folder of the library's files."""
    files = {key: str(prompts / f"{prompt}.wav") for prompt in PROMPTS for key in (prompt, f"{prompt}.wav")}
    return Instance(
        version="demo",
        instance_id="demo",
        hours={HOURS.hours_id: HOURS},
        queues={queue.queue_id: queue for queue in QUEUES},
        profiles={PROFILE.profile_id: PROFILE},
        agents={agent.agent_id: agent for agent in AGENTS},
        numbers={NUMBER: OwnedNumber(NUMBER, NUMBER_FLOW)},
        flows={flow.flow_id: flow for flow in flows},
        default_flows=default_flows(flows),
        prompts=files,
    )
