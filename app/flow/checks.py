"""What keeps a flow from being published: everything that compiling found, branches that lead nowhere, unknown resources, limits."""

from app.domain.instance import FlowContent, Instance, ResourceKind
from app.flow.branches import Options
from app.flow.graph import Finding, Graph, Node, compile_flow, titled
from app.flow.registry import Registry
from app.flow.resources import OUTSIDERS, UNRESOLVED, Outsiders, ResourceUse, resources_of
from app.flow.unsupported import Unusable

MOST_BLOCKS = 250
LARGEST_BYTES = 1024 * 1024
CONNECT = "Connect it to a block."


def publish_findings(flow: FlowContent, instance: Instance, registry: Registry) -> tuple[Finding, ...]:
    """Everything that is wrong with the flow in this instance. It can be published when none is an error."""
    return graph_findings(compile_flow(flow, registry), instance)


def graph_findings(graph: Graph, instance: Instance, outside: Outsiders | None = None) -> tuple[Finding, ...]:
    """As `publish_findings`, of a flow that is compiled already. `outside` names the functions and bots that there are."""
    uses = [finding for use in resources_of(graph, instance, outside) if (finding := _resource(use)) is not None]
    return own_findings(graph, instance) + tuple(titled(finding, graph.nodes) for finding in uses)


def own_findings(graph: Graph, instance: Instance, *, typed: bool = True) -> tuple[Finding, ...]:
    """What is wrong with the flow itself, whatever the instance has; not `typed`, it may be a flow of any type."""
    findings = [*graph.findings, *_limits(graph)]
    for node in graph.nodes.values():
        if not isinstance(node.block, Unusable):
            findings += _branches(node) + _settings(node, instance)
            findings += _allowed(node, graph.flow) if typed else []
    for identifier in sorted(set(graph.nodes) - _reachable(graph)):
        findings.append(Finding("warning", identifier, "No block leads here.", remedy="Connect it, or remove it."))
    return tuple(titled(finding, graph.nodes) for finding in findings)


def _limits(graph: Graph) -> list[Finding]:
    findings = []
    if len(graph.nodes) > MOST_BLOCKS:
        words = f"The flow has {len(graph.nodes)} blocks; {MOST_BLOCKS} at most."
        findings.append(Finding("error", None, words, remedy="Move some of them to another flow."))
    size = len(graph.flow.content.encode())
    if size > LARGEST_BYTES:
        words = f"The flow has {size} bytes; {LARGEST_BYTES} at most."
        findings.append(Finding("error", None, words, remedy="Move some blocks to another flow."))
    return findings


def _branches(node: Node) -> list[Finding]:
    findings = [
        Finding("error", node.id, f"The branch {branch.label} is not connected.", remedy=CONNECT)
        for key, branch in node.block.definition.branches.items()
        if key not in node.edges and not branch.optional
    ]
    if any(isinstance(param, Options) for param in node.block.definition.params.values()):
        for condition in node.action.conditions:
            if condition.target is None:
                operands = " ".join(str(operand) for operand in condition.operands)
                words = f"The branch {condition.operator} {operands} is not connected."
                findings.append(Finding("error", node.id, words, remedy=CONNECT))
    return findings


def _allowed(node: Node, flow: FlowContent) -> list[Finding]:
    if flow.type in node.block.definition.flows:
        return []
    words = f"This block cannot be used in a flow of type {flow.type.value}."
    return [Finding("error", node.id, words, remedy="Remove it, or move it to a flow of another type.")]


def _settings(node: Node, instance: Instance) -> list[Finding]:
    """What parameters find wrong with themselves beyond what kept them from compiling."""
    findings = []
    for name, param in node.block.definition.params.items():
        value = vars(node.block)[name]
        for item in value if isinstance(value, tuple) else (value,):
            check = getattr(item, "problem", None)
            if check is not None and (problem := check(instance)):
                findings.append(Finding("error", node.id, f"{param.label}: {problem}", remedy="Correct the setting."))
    return findings


def _resource(use: ResourceUse) -> Finding | None:
    """What is to be said of a resource: that it is not there, or that another one may be meant."""
    written = " or ".join(dict.fromkeys(each for each in (use.written, use.name) if each))
    if use.how == UNRESOLVED:
        words = f"{use.setting}: there is no {_WORDS.get(use.kind, use.kind.value)} {written}."
        kind, name = use.kind.value, use.name or use.written
        remedy = f'Create or choose one, or map it: `flow map {kind} "{name}" OURS`.'
        if use.kind in OUTSIDERS:
            remedy = f'Say where it lives: `{kind} map "{name}" PLACE`.'
        return Finding("error", use.block, words, remedy=remedy)
    if use.doubt:
        words = f"{use.setting}: {written} is taken for {use.resource_name} ({use.resource_id}), but {use.doubt}."
        return Finding("warning", use.block, words, remedy="Choose the one that is meant, or map it.")
    return None


_WORDS = {ResourceKind.HOURS: "set of hours", ResourceKind.FLOW: "published flow"}


def _reachable(graph: Graph) -> set[str]:
    seen: set[str] = set()
    ahead = [graph.start] if graph.start else []
    while ahead:
        identifier = ahead.pop()
        if identifier in graph.nodes and identifier not in seen:
            seen.add(identifier)
            ahead += graph.nodes[identifier].edges.values()
    return seen
