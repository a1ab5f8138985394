"""Which branches of a flow walks have taken, and which never."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.ids import FlowId
from app.flow.branches import Options
from app.flow.graph import Graph, Node
from app.sim.flow.path import Visit

Place = tuple[str, str]
"""A block's id and the key of one of its branches; the key is empty for a block without any."""


@dataclass(frozen=True, slots=True)
class Missed:
    block: str
    title: str
    branch: str


class Coverage:
    """Of one flow: every branch that its author connected, of every block that can be reached."""

    def __init__(self, graph: Graph) -> None:
        self.flow_id: FlowId = graph.flow.flow_id
        self.name = graph.flow.name
        self._labels = dict(_branches(graph))
        self._taken: set[Place] = set()

    def add(self, path: Iterable[Visit]) -> None:
        for visit in path:
            if visit.flow_id == self.flow_id:
                self._taken |= {(visit.block, visit.key), (visit.block, "")}

    @property
    def total(self) -> int:
        return len(self._labels)

    @property
    def taken(self) -> int:
        return len(self._labels.keys() & self._taken)

    @property
    def percent(self) -> float:
        return 100.0 * self.taken / self.total if self.total else 100.0

    @property
    def missed(self) -> tuple[Missed, ...]:
        """In the order of the flow's blocks."""
        return tuple(missed for place, missed in self._labels.items() if place not in self._taken)


def _branches(graph: Graph) -> Iterable[tuple[Place, Missed]]:
    reached = _reachable(graph)
    for node in graph.nodes.values():
        if node.id not in reached:
            continue
        labels = _connected(node)
        for key, label in labels.items():
            yield (node.id, key), Missed(node.id, node.title, label)
        if not labels:
            yield (node.id, ""), Missed(node.id, node.title, "reached")


def _connected(node: Node) -> dict[str, str]:
    """Label by key of the branches with a transition of their own; of a block that cannot run, its error branch."""
    found = {}
    definition = getattr(node.block, "definition", None)
    if definition is None:
        return {"error": "Error"} if "error" in node.edges else {}
    for key, branch in definition.branches.items():
        if branch.target(node.action):
            found[key] = branch.label
    for name, param in definition.params.items():
        if isinstance(param, Options):
            found |= {option.key: option.label for option in getattr(node.block, name) if option.key in node.edges}
    return found


def _reachable(graph: Graph) -> set[str]:
    seen: set[str] = set()
    ahead = [graph.start] if graph.start else []
    while ahead:
        identifier = ahead.pop()
        if identifier in graph.nodes and identifier not in seen:
            seen.add(identifier)
            ahead += graph.nodes[identifier].edges.values()
    return seen
