"""A small contact centre as the simulator fills it: a menu, two queues, agents of every kind in two routing profiles."""

from collections.abc import Iterable

from app.domain.ids import AgentId, FlowId, HoursId, ProfileId, QuickConnectId
from app.domain.instance import (
    Agent,
    AgentStatus,
    FlowContent,
    FlowType,
    Hours,
    Instance,
    OpenHours,
    OwnedNumber,
    ProfileQueue,
    Queue,
    RoutingProfile,
    own_statuses,
)
from app.domain.quick_connect import QuickConnect, QuickConnectType
from app.sim.office_flows import OUTSIDE, SALES, SUPPORT, flows

NUMBER = "+12025550100"
HOME = "+12065550142"
"""Where an agent takes calls who has no phone in the office."""
BREAK, TRAINING = "Lunch", "Training"
OPEN = tuple(OpenHours(weekday, 0, 1440) for weekday in range(7))
HOURS = HoursId("office-hours")
SALES_FIRST, SUPPORT_FIRST = ProfileId("sales-first"), ProfileId("support-first")


def office(agents: int) -> Instance:
    """Half of the agents serve sales before support; the others support, and sales after ten seconds."""
    first = RoutingProfile(SALES_FIRST, "Sales first", (ProfileQueue(SALES, 1), ProfileQueue(SUPPORT, 2)))
    second = RoutingProfile(SUPPORT_FIRST, "Support first", (ProfileQueue(SUPPORT, 1), ProfileQueue(SALES, 2, 10)))
    people = [agent(number) for number in range(agents)]
    statuses = (AgentStatus(BREAK), AgentStatus(TRAINING, productive=True))
    connects = _quick_connects(people)
    made = flows()
    return Instance(
        version="office",
        instance_id="office",
        hours={HOURS: Hours(HOURS, "Office hours", "UTC", OPEN)},
        queues={
            SALES: Queue(SALES, "Sales", HOURS, outbound_number=NUMBER, quick_connects=tuple(connects)),
            SUPPORT: Queue(SUPPORT, "Support", HOURS, outbound_number=NUMBER, quick_connects=tuple(connects)),
        },
        profiles={profile.profile_id: profile for profile in (first, second)},
        agents={each.agent_id: each for each in people},
        statuses=own_statuses() | {status.name: status for status in statuses},
        numbers={NUMBER: OwnedNumber(NUMBER, FlowId("inbound"))},
        flows=made,
        default_flows=_defaults(made.values()),
        quick_connects=connects,
    )


def agent(number: int) -> Agent:
    """The agents differ: in who ends after contact work, whose phone answers by itself, what a lost phone and missed contacts do."""
    return Agent(
        AgentId(f"agent-{number}"),
        f"agent-{number}",
        SALES_FIRST if number % 2 == 0 else SUPPORT_FIRST,
        f"phone-{number}",
        ring_timeout_s=10,
        after_contact_work_s=(5, 0, None)[number % 3],
        missed_return_s=10,
        auto_accept=number % 5 == 3,
        missed_limit=3 if number % 4 == 1 else None,
        offline_when_lost_s=15 if number % 4 == 2 else None,
        outside_number=HOME if number % 6 == 4 else "",
    )


def _quick_connects(people: list[Agent]) -> dict[QuickConnectId, QuickConnect]:
    made = [
        QuickConnect(QuickConnectId("to-sales"), "Sales", QuickConnectType.QUEUE, "", queue_id=SALES),
        QuickConnect(QuickConnectId("to-support"), "Support", QuickConnectType.QUEUE, "", queue_id=SUPPORT),
        QuickConnect(QuickConnectId("to-outside"), "Pager", QuickConnectType.EXTERNAL, "", number=OUTSIDE),
        *(
            QuickConnect(QuickConnectId(f"to-{each.agent_id}"), each.username, QuickConnectType.AGENT, "", each.agent_id)
            for each in people
        ),
    ]  # fmt: skip
    return {each.quick_connect_id: each for each in made}


def _defaults(made: Iterable[FlowContent]) -> dict[FlowType, FlowId]:
    defaults: dict[FlowType, FlowId] = {}
    for flow in made:
        defaults.setdefault(flow.type, flow.flow_id)
    return defaults
