"""The instance in which a walk takes place: what the scenario defines, and a stand-in for everything else that the flows name.

A stand-in queue is open and empty, stand-in hours are always open, a stand-in flow ends at once, and any prompt can be played.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.ids import AgentId, FlowId, HoursId, ProfileId, QueueId
from app.domain.instance import (
    Agent,
    FlowContent,
    FlowType,
    Hours,
    Instance,
    OpenHours,
    ProfileQueue,
    Queue,
    ResourceKind,
    RoutingProfile,
)
from app.errors import BadInput, NotFound
from app.flow.graph import Library
from app.flow.resources import wanted_of
from app.sim.flow.scenario import ANY, QueueSetting, Scenario

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = HoursId("always-open")
PROFILE = ProfileId("everybody")
Wanted = Mapping[ResourceKind, tuple[tuple[str, ...], ...]]
"""What flows name, by kind: for each resource its ids and names, best first; what is known under more names comes later."""
_DAY_MINUTES = 24 * 60
_STAND_INS = {
    kind: json.dumps(
        {
            "Version": "2019-10-30",
            "StartAction": "end",
            "Actions": [{"Identifier": "end", "Type": action, "Parameters": {}, "Transitions": {}}],
        }
    )
    for kind, action in (
        (ResourceKind.FLOW, "EndFlowExecution"),
        (ResourceKind.MODULE, "EndFlowModuleExecution"),
    )
}
_WITHOUT_DEFAULT = (FlowType.CONTACT, FlowType.MODULE)


@dataclass(frozen=True, slots=True)
class Setting:
    """`stand_ins` are the flows that are not at hand."""

    instance: Instance
    graphs: Library
    flow: FlowContent
    stand_ins: frozenset[FlowId]


class Survey:
    """Flows that walks go through, the first one first, with what they name. `defaults` serve where a contact has no flow of its own,
    after the further flows of that type. Many settings may be made from one."""

    def __init__(self, flows: tuple[FlowContent, ...], defaults: Iterable[FlowContent] = ()) -> None:
        defaults = tuple(defaults)
        self.flow = flows[0]
        self.graphs = Library()
        self.flows = {flow.flow_id: flow for flow in (*defaults, *flows)}
        self.default_flows: dict[FlowType, FlowId] = {
            flow.type: flow.flow_id for flow in (*defaults, *flows[1:]) if flow.type not in _WITHOUT_DEFAULT
        }
        named: dict[ResourceKind, set[tuple[str, ...]]] = {kind: set() for kind in ResourceKind}
        for flow in self.flows.values():
            for _, _, wanted in wanted_of(self.graphs.graph(flow)):
                if wanted.fixed:
                    named[wanted.kind].add(wanted.candidates)
        self.wanted = {kind: tuple(sorted(names, key=_fewest)) for kind, names in named.items()}
        known = {*self.flows, *(flow.name for flow in self.flows.values())}
        self.stand_ins = {
            flow.flow_id: flow
            for kind in _STAND_INS
            for names in self.wanted[kind]
            if known.isdisjoint(names)
            for flow in (self._stand_in(kind, names),)
        }

    def _stand_in(self, kind: ResourceKind, names: tuple[str, ...]) -> FlowContent:
        if kind is ResourceKind.MODULE:
            flow_type = FlowType.MODULE
        else:
            flow_type = FlowType.CONTACT if self.flow.type is FlowType.MODULE else self.flow.type
        return FlowContent(FlowId(_id(names)), 0, names[-1], flow_type, _STAND_INS[kind])

    def beginning_at(self, block: str) -> FlowContent:
        """The first flow as one that begins at this block; NotFound when it has no such block."""
        graph = self.graphs.graph(self.flow)
        if block not in graph.nodes:
            raise NotFound(what="block", name=block)
        flow = replace(self.flow, version=-1 - list(graph.nodes).index(block))
        self.graphs.keep(replace(graph, flow=flow, start=block))
        return flow


def make_setting(survey: Survey, scenario: Scenario) -> Setting:
    """The world of one scenario."""
    wanted = survey.wanted
    queues = _queues(scenario, wanted)
    instance = Instance(
        version="simulated",
        instance_id="simulated",
        country=scenario.country,
        hours=_hours(scenario, wanted),
        queues=queues,
        profiles={PROFILE: RoutingProfile(PROFILE, "Everybody", tuple(ProfileQueue(queue_id) for queue_id in queues))},
        agents=_agents(scenario, wanted),
        flows=survey.flows | survey.stand_ins,
        default_flows=survey.default_flows,
        prompts={names[-1]: names[-1] for names in wanted[ResourceKind.PROMPT]},
    )
    flow = survey.beginning_at(scenario.start) if scenario.start else survey.flow
    return Setting(instance, survey.graphs, flow, frozenset(survey.stand_ins))


def _queues(scenario: Scenario, wanted: Wanted) -> dict[QueueId, Queue]:
    found: dict[QueueId, Queue] = {}
    named = {names[-1]: _id(names) for names in wanted[ResourceKind.QUEUE]}
    for name in (*scenario.queues, *([scenario.queue] if scenario.queue else [])):
        if name != ANY:
            named.setdefault(name, name)
    for name, identifier in named.items():
        setting = queue_setting(scenario, name, identifier)
        hours = HoursId(setting.hours) if setting.hours else ALWAYS
        queue_id = QueueId(identifier)
        found[queue_id] = Queue(queue_id, name, hours, setting.capacity, setting.enabled)
    return found


def queue_setting(scenario: Scenario, name: str, identifier: str) -> QueueSetting:
    """What the scenario says of a queue, by its name, its id, or for any queue."""
    for key in (name, identifier, ANY):
        if key in scenario.queues:
            return scenario.queues[key]
    return QueueSetting()


def _hours(scenario: Scenario, wanted: Wanted) -> dict[HoursId, Hours]:
    usual = scenario.hours.get(ANY, "open")
    named = {names[-1]: _id(names) for names in wanted[ResourceKind.HOURS]} | {ALWAYS: ALWAYS}
    for name in (*scenario.hours, *(queue.hours for queue in scenario.queues.values())):
        if name and name != ANY and name not in named.values():
            named.setdefault(name, name)
    found = {}
    for name, identifier in named.items():
        written = scenario.hours.get(name) or scenario.hours.get(identifier) or usual
        found[HoursId(identifier)] = Hours(HoursId(identifier), name, scenario.time_zone, read_spans(written))
    return found


def read_spans(text: str) -> tuple[OpenHours, ...]:
    """`open`, `closed`, or spans such as `Mon-Fri 09:00-17:00, Sat 10:00-12:00`."""
    if text == "closed":
        return ()
    if text == "open":
        return tuple(OpenHours(day, 0, _DAY_MINUTES) for day in range(7))
    spans = []
    for part in text.split(","):
        try:
            days, times = part.split()
            first, _, last = days.lower().partition("-")
            start, end = (_minute(time) for time in times.split("-"))
            span = range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)
        except ValueError:
            why = "write open, closed or for example Mon-Fri 09:00-17:00"
            raise BadInput(what=f"The hours of operation {text!r}", why=why) from None
        spans += [OpenHours(day, start, end) for day in span]
    return tuple(spans)


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _agents(scenario: Scenario, wanted: Wanted) -> dict[AgentId, Agent]:
    named = {names[-1]: _id(names) for names in wanted[ResourceKind.AGENT]}
    for name in scenario.agents:
        named.setdefault(name, name)
    agents = {}
    for name, identifier in named.items():
        said = scenario.agents.get(name)
        first, last = (said.first_name, said.last_name) if said else ("", "")
        agents[AgentId(identifier)] = Agent(AgentId(identifier), name, PROFILE, name, first or name.capitalize(), last)
    return agents


def starting_ms(scenario: Scenario) -> int:
    """The moment at which the call begins, in milliseconds since the epoch."""
    try:
        local = datetime.fromisoformat(scenario.now).replace(tzinfo=ZoneInfo(scenario.time_zone))
    except (ValueError, KeyError, OSError):
        why = "`now` is written like 2026-03-02 10:00 and `time_zone` like Europe/Berlin"
        raise BadInput(what=f"The time {scenario.now} {scenario.time_zone}", why=why) from None
    return round(local.timestamp() * 1000)


def _id(names: tuple[str, ...]) -> str:
    """The id among the names: the last part of an ARN, or what is written."""
    return names[1] if len(names) > 1 and "/" in names[0] else names[0]


def _fewest(names: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    """The order in which names are taken: what is known under more of them comes later and counts."""
    return len(names), names
