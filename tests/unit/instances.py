"""A small contact centre for tests: two queues, two profiles, three agents."""

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

NUMBER = "+12025550100"
SALES, SUPPORT = QueueId("q-sales"), QueueId("q-support")
ANN, BOB, CAT = AgentId("ann"), AgentId("bob"), AgentId("cat")


def instance(*, delay_s: int = 0, flows: dict[FlowId, FlowContent] | None = None, **agent_changes: object) -> Instance:
    """Ann and Bob serve sales then support; Cat serves support, and sales after `delay_s`."""
    both = RoutingProfile(ProfileId("both"), "Both", (ProfileQueue(SALES, 1), ProfileQueue(SUPPORT, 2)))
    support = RoutingProfile(
        ProfileId("support"), "Support", (ProfileQueue(SUPPORT, 1), ProfileQueue(SALES, 2, delay_s=delay_s))
    )

    def agent(agent_id: AgentId, profile: ProfileId) -> Agent:
        settings = {"after_contact_work_s": 10, **agent_changes}
        return Agent(agent_id, str(agent_id), profile, f"phone-{agent_id}", **settings)  # type: ignore[arg-type]

    always = Hours(HoursId("always"), "Always", "UTC", tuple(OpenHours(day, 0, 1440) for day in range(7)))
    return Instance(
        version="v1",
        instance_id="test",
        hours={always.hours_id: always},
        queues={SALES: Queue(SALES, "Sales", always.hours_id), SUPPORT: Queue(SUPPORT, "Support", always.hours_id)},
        profiles={both.profile_id: both, support.profile_id: support},
        agents={
            ANN: agent(ANN, both.profile_id),
            BOB: agent(BOB, both.profile_id),
            CAT: agent(CAT, support.profile_id),
        },
        numbers={NUMBER: OwnedNumber(NUMBER, FlowId("inbound"))},
        flows=flows or {},
        default_flows={flow.type: flow.flow_id for flow in (flows or {}).values() if flow.type is not FlowType.CONTACT},
    )
