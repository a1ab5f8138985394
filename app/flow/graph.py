"""A flow made ready to run: its blocks with their parameters parsed and their branches looked up, and what is wrong with it.

Compiling never fails: a block that is unknown or badly written becomes one that takes its error branch, and a finding says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.domain.ids import FlowId
from app.domain.instance import FlowContent, Instance
from app.errors import TrunklineError
from app.flow.block import Block, Definition
from app.flow.branches import Branch, Exit, Options
from app.flow.formats.convert import as_language
from app.flow.formats.detect import read
from app.flow.formats.language import Action
from app.flow.registry import Registry, all_blocks
from app.flow.unsupported import Unsupported, Unusable


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a flow. `severity` is `error` (it cannot be published) or `warning`; `block` None is the flow itself.

    `title` is the block's, `remedy` what to do.
    """

    severity: str
    block: str | None
    words: str
    title: str = ""
    remedy: str = ""

    @property
    def sentence(self) -> str:
        """One line for people."""
        where = f"{self.title} ({self.block}): " if self.block else ""
        return f"{where}{self.words} {self.remedy}".rstrip()


@dataclass(frozen=True, slots=True)
class Node:
    """A block in its place. `edges` leads from a branch's key to the next node's id."""

    id: str
    title: str
    block: Block
    edges: dict[str, str]
    action: Action

    def label(self, key: str) -> str:
        """A branch as people read it."""
        options = [option for value in vars(self.block).values() if isinstance(value, tuple) for option in value]
        exits = [*vars(type(self.block)).values(), *options]
        return next((each.label for each in exits if isinstance(each, Exit) and each.key == key), key)


@dataclass(frozen=True, slots=True)
class Graph:
    """A compiled flow. `start` None means that it cannot run; the findings say why."""

    flow: FlowContent
    start: str | None
    nodes: dict[str, Node] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    secretive: bool = False
    """A block of it takes an encrypted entry: keys that no block asks for may belong to it."""

    @property
    def problem(self) -> str:
        """Why it cannot run, in words."""
        return next((finding.words for finding in self.findings if finding.severity == "error"), "it has no start")


def compile_flow(flow: FlowContent, registry: Registry) -> Graph:
    """Makes a flow ready to run, in whichever format it is."""
    try:
        document = as_language(read(flow.content), registry)
        actions = document.actions()
    except TrunklineError as error:
        return Graph(flow, None, findings=(Finding("error", None, str(error), remedy="Export the flow again."),))
    findings: list[Finding] = []
    nodes: dict[str, Node] = {}
    for action in actions:
        if action.identifier in nodes:
            words = "Two blocks have this identifier; the first one runs."
            findings.append(Finding("error", action.identifier, words, remedy="Give one of them another."))
            continue
        nodes[action.identifier] = _node(action, registry, findings)
    for node in nodes.values():
        for key, target in node.edges.items():
            if target not in nodes:
                words = f"The branch {node.label(key)} leads to {target}, which does not exist."
                findings.append(Finding("error", node.id, words, remedy="Connect it to a block."))
    start = document.start
    if start not in nodes:
        words = f"The flow starts at {start}, which does not exist." if start else "The flow has no start."
        findings.insert(0, Finding("error", None, words, remedy="Connect the entry point to a block."))
        start = None
    secretive = any(node.block.encrypts for node in nodes.values())
    return Graph(flow, start, nodes, tuple(titled(finding, nodes) for finding in findings), secretive)


def titled(finding: Finding, nodes: Mapping[str, Node]) -> Finding:
    """The finding with the title of its block."""
    node = nodes.get(finding.block or "")
    return replace(finding, title=node.title) if node else finding


def _node(action: Action, registry: Registry, findings: list[Finding]) -> Node:
    cls = registry.find(action)
    if cls is None:
        unsupported = Unsupported(action)
        findings.append(_unsupported(action, unsupported))
        return Node(
            action.identifier, f"Unsupported block: {unsupported.title}", unsupported, unsupported.edges, action
        )
    definition = cls.definition
    edges = _edges(action, definition.branches)
    _copy_next(action, definition, edges)
    for param in definition.params.values():
        if isinstance(param, Options):
            edges |= {key: target for key, target in param.edges(action).items() if target}
    try:
        made = cls(action)
        made.id, made.connected = action.identifier, frozenset(edges)
        return Node(action.identifier, definition.title, made, edges, action)
    except TrunklineError as error:
        findings.append(Finding("error", action.identifier, str(error), remedy="Correct the block's settings."))
        return Node(action.identifier, definition.title, Unusable(str(error)), edges, action)


def _unsupported(action: Action, block: Unsupported) -> Finding:
    """A block of a kind that does not run here: calls take its error branch, so a flow may hold it where that one leads on."""
    named = f"{action.type} ({block.title})" if block.title != action.type else action.type or "none"
    words = f"Unsupported block type: {named}."
    if "error" in block.edges:
        return Finding("warning", action.identifier, words, remedy="Calls take its error branch.")
    return Finding("error", action.identifier, words, remedy="Connect its error branch, or remove the block.")


def _edges(action: Action, branches: dict[str, Branch]) -> dict[str, str]:
    """Branches and where they lead; one that is not connected leads where its `otherwise` does."""
    edges = {key: target for key, branch in branches.items() if (target := branch.target(action))}
    for key, branch in branches.items():
        if key not in edges and branch.otherwise in edges:
            edges[key] = edges[branch.otherwise]
    return edges


def _copy_next(action: Action, definition: Definition, edges: dict[str, str]) -> None:
    """NextAction of such a block repeats one of its branches; a hand-written flow may have nothing else."""
    key = definition.next_copies
    if key and key not in edges and action.next_action:
        edges[key] = action.next_action


class Library:
    """Compiled flows, each version once. A run finds its own version here even after a newer one was published."""

    def __init__(self, registry: Registry | None = None) -> None:
        self.registry = registry or all_blocks()
        self._graphs: dict[tuple[FlowId, int], Graph] = {}

    def graph(self, flow: FlowContent) -> Graph:
        """The flow, compiled."""
        key = (flow.flow_id, flow.version)
        graph = self._graphs.get(key)
        if graph is None:
            graph = self._graphs[key] = compile_flow(flow, self.registry)
        return graph

    def keep(self, graph: Graph) -> None:
        """A graph that was made elsewhere, for example one that begins at another block."""
        self._graphs[graph.flow.flow_id, graph.flow.version] = graph

    def find(self, flow_id: FlowId, version: int, instance: Instance) -> Graph | None:
        """The version a run is in; the instance's present version when that one is unknown (after a restart)."""
        graph = self._graphs.get((flow_id, version))
        if graph is None:
            flow = instance.flows.get(flow_id)
            graph = self.graph(flow) if flow is not None else None
        return graph
