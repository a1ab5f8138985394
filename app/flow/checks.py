"""What keeps a flow from being published: everything that compiling found, branches that lead nowhere, unknown resources."""

from app.domain.instance import FlowContent, Instance
from app.flow.graph import Finding, Graph, Node, Unusable, compile_flow
from app.flow.registry import Registry


def publish_findings(flow: FlowContent, instance: Instance, registry: Registry) -> tuple[Finding, ...]:
    """Everything that is wrong with the flow in this instance. It can be published when none is an error."""
    graph = compile_flow(flow, registry)
    findings = list(graph.findings)
    for node in graph.nodes.values():
        if not isinstance(node.block, Unusable):
            findings += _branches(node) + _resources(node, instance)
            if flow.type not in node.block.definition.flows:
                words = f"{node.title} cannot be used in a flow of type {flow.type.value}."
                findings.append(Finding("error", node.id, words))
    for identifier in set(graph.nodes) - _reachable(graph):
        findings.append(Finding("warning", identifier, "No block leads here."))
    return tuple(findings)


def _branches(node: Node) -> list[Finding]:
    return [
        Finding("error", node.id, f"The branch {branch.label} is not connected.")
        for key, branch in node.block.definition.branches.items()
        if key not in node.edges and not branch.optional
    ]


def _resources(node: Node, instance: Instance) -> list[Finding]:
    findings = []
    for name, param in node.block.definition.params.items():
        value = getattr(node.block, name)
        for item in value if isinstance(value, tuple) else (value,):
            check = getattr(item, "problem", None)
            if check is not None and (problem := check(instance)):
                findings.append(Finding("error", node.id, f"{param.label}: {problem}"))
    return findings


def _reachable(graph: Graph) -> set[str]:
    seen: set[str] = set()
    ahead = [graph.start] if graph.start else []
    while ahead:
        identifier = ahead.pop()
        if identifier in graph.nodes and identifier not in seen:
            seen.add(identifier)
            ahead += graph.nodes[identifier].edges.values()
    return seen
