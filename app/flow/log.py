"""The flow log (guide, p. 13): what a block was given and what came of it, while logging is on for the contact.

Nothing here is a block's own: names and parameters are those of the block in the older export, as Amazon Connect keeps them in its
logs whatever format a flow has. `_SHAPES` holds the few blocks whose entries look otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from app.domain.ids import FlowId
from app.domain.instance import Instance, ResourceKind
from app.errors import TrunklineError
from app.flow.attributes import Template
from app.flow.block import Definition
from app.flow.branches import Option
from app.flow.context import Context
from app.flow.directory import directory_of
from app.flow.formats.legacy import Parameter, read_module
from app.flow.formats.mapping import to_module
from app.flow.graph import Node
from app.flow.params import plain
from app.flow.references import Resource, identifiers

ERROR = "Error"
_NAMES = {"SetEventHook": "SetContactFlow"}
"""Blocks that the logs call otherwise than the older export."""
_SECRET = ("EncryptionKey",)
"""Parameters that are not logged: a certificate is long and says nothing."""
_ARN_KINDS = {
    ResourceKind.FLOW: "contact-flow",
    ResourceKind.HOURS: "operating-hours",
    ResourceKind.MODULE: "flow-module",
}
"""Kinds whose part of an ARN has another name."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A block's entry as far as it is known before any call: its type and its parameters, texts with references taken apart."""

    module_type: str
    parameters: tuple[tuple[Parameter, Template | Any], ...]
    resources: dict[str, ResourceKind]
    """Which of the parameters name a resource."""
    fixed: dict[str, Any] | None
    """All parameters, where neither a call nor an instance makes a difference."""
    results: dict[str, str]
    """By the key of a branch, what the older export calls it."""
    options: dict[str, Option]
    """By key, the author's conditions in their order."""


class Describer:
    """Makes the entries of the flow log."""

    def __init__(self) -> None:
        self._plans: dict[int, tuple[Node, Plan]] = {}

    def given(self, context: Context, node: Node) -> dict[str, Any]:
        """What the block is given, as JSON: to be asked when it is entered, before it changes anything.

        Never raises: what cannot be described is told in the entry and must not end a call.
        """
        try:
            return self._parameters(context, node)
        except Exception as error:
            return {"NotDescribed": f"{type(error).__name__}: {error}"}

    def _parameters(self, context: Context, node: Node) -> dict[str, Any]:
        plan = self._plan(node)
        if plan.fixed is not None:
            return _shaped(plan, context, node, dict(plan.fixed))
        given: dict[str, Any] = {}
        for parameter, value in plan.parameters:
            resolved = value(context) if isinstance(value, Template) else value
            kind = plan.resources.get(parameter.name)
            if kind is not None and isinstance(resolved, str):
                resolved = _resource(context.instance, kind, resolved, parameter.resource_name)
            _add(given, parameter, resolved)
        return _shaped(plan, context, node, given)

    def entry(self, context: Context, node: Node, result: str, branch: str) -> dict[str, Any]:
        """The entry of a block that is left. `branch` is the key of the branch it took, empty when it took none."""
        plan = self._plan(node)
        visit = self.given(context, node) if context.visit is None else context.visit
        reason = context.notes.get("reason", "")
        made = {
            "ContactId": context.contact.contact_id,
            "ContactFlowId": context.instance.arn("contact-flow", context.flow_id),
            "ContactFlowName": _flow_name(context.instance, context.flow_id),
            "ContactFlowModuleType": plan.module_type,
            "Identifier": node.id,
            "Timestamp": timestamp(context.now_ms),
            "Parameters": visit,
            "Results": ERROR if reason else _result(plan, context, node, result, branch),
        }
        if plan.module_type == "CheckAttribute" and not reason:
            made |= _compared(plan, context, visit, branch)
        if plan.module_type == "InvokeExternalResource":
            made["ExternalResults"] = context.memory.get("External", {})
        if reason:
            made["Error"] = reason
        return made

    def _plan(self, node: Node) -> Plan:
        """Kept as long as the block is: a flow's versions are never forgotten either."""
        known = self._plans.get(id(node))
        if known is None:
            known = self._plans[id(node)] = (node, _plan(node))
        return known[1]


@lru_cache(maxsize=16)
def timestamp(at_ms: int) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plan(node: Node) -> Plan:
    definition = _definition(node)
    module = read_module(to_module(node.action, definition))
    resources = {}
    for name, param in definition.params.items() if definition else ():
        if isinstance(value := vars(node.block).get(name), Resource) and param.legacy:
            resources[param.legacy.partition("[")[0]] = value.kind
    parameters = tuple((each, _taken_apart(each.text)) for each in module.parameters if each.name not in _SECRET)
    module_type = definition.legacy.type if definition and definition.legacy else module.type
    fixed: dict[str, Any] | None = None
    if not any(isinstance(value, Template) or each.name in resources for each, value in parameters):
        fixed = {}
        for each, value in parameters:
            _add(fixed, each, value)
    branches = definition.branches if definition else {}
    results = {key: str(branch.legacy or branch.label) for key, branch in branches.items()}
    values = [value for value in vars(node.block).values() if isinstance(value, tuple)]
    options = {each.key: each for value in values for each in value if isinstance(each, Option)}
    return Plan(_NAMES.get(module_type, module_type), parameters, resources, fixed, results, options)


def _shaped(plan: Plan, context: Context, node: Node, given: dict[str, Any]) -> dict[str, Any]:
    shape = _SHAPES.get(plan.module_type)
    return shape(context, node, given) if shape else given


def _definition(node: Node) -> Definition | None:
    """None for what stands in for a block that cannot run."""
    return getattr(type(node.block), "definition", None)


def _taken_apart(value: Any) -> Template | Any:
    if isinstance(value, dict | list):
        return value
    template = Template(plain(value))
    return template.text if template.literal else template


def _add(given: dict[str, Any], parameter: Parameter, value: Any) -> None:
    """A parameter with a key is one of a collection; one that repeats becomes a list."""
    if parameter.key:
        given.setdefault(parameter.name, {})[parameter.key] = value
    elif parameter.name in given:
        before = given[parameter.name]
        given[parameter.name] = [*(before if isinstance(before, list) else [before]), value]
    else:
        given[parameter.name] = value


def _resource(instance: Instance, kind: ResourceKind, written: str, name: str) -> str:
    """The ARN of the resource that is meant, or what is written when there is none."""
    found = directory_of(instance).find(kind, identifiers(written, (name,)))
    return instance.arn(_ARN_KINDS.get(kind, kind.value), found.resource_id) if found else written


def _flow_name(instance: Instance, flow_id: FlowId) -> str:
    flow = instance.flows.get(flow_id)
    return flow.name if flow else ""


def _result(plan: Plan, context: Context, node: Node, result: str, branch: str) -> str:
    """The branch as the older export calls it, the key or intent that was chosen, what was entered."""
    if branch not in plan.results:
        option = plan.options.get(branch)
        return option.operand(context) if option else result
    if plan.module_type == "StoreUserInput" and branch == "done" and not node.block.encrypts:
        return context.contact.stored_input or ""
    return plan.results[branch]


def _compared(plan: Plan, context: Context, visit: dict[str, Any], branch: str) -> dict[str, Any]:
    """The condition that held, or the last that was tried."""
    held = plan.options.get(branch)
    tried = held or next(reversed(plan.options.values()), None)
    if tried is None:
        return {}
    method = {"ComparisonMethod": tried.operator.legacy or tried.operator.name}
    second = {"SecondValue": tried.operand(context)}
    return {"Parameters": method | visit | second, "Results": "true" if held else "false"}


# -- entries that look otherwise -------------------------------------------------------------------------------------------


def _comparison(context: Context, node: Node, given: dict[str, Any]) -> dict[str, Any]:
    try:
        value = vars(node.block)["value"](context)
    except (KeyError, TrunklineError):
        return given
    return {"Value": value}


def _attributes(context: Context, node: Node, given: dict[str, Any]) -> dict[str, Any]:
    pairs = [{"Key": key, "Value": value} for key, value in given.pop("Attribute", {}).items()]
    return {**given, **(pairs[0] if len(pairs) == 1 else {"Attributes": pairs})}


def _function(context: Context, node: Node, given: dict[str, Any]) -> dict[str, Any]:
    parameters = given.pop("Parameter", {})
    return {**given, "Parameters": parameters}


def _spoken(context: Context, node: Node, given: dict[str, Any]) -> dict[str, Any]:
    if "AudioPrompt" in given:
        prompt = given.pop("AudioPrompt")
        return {**given, "PromptSource": "PromptLibrary", "PromptLocation": prompt}
    return {**given, "Voice": context.contact.voice} if "Text" in given else given


_SHAPES: dict[str, Callable[[Context, Node, dict[str, Any]], dict[str, Any]]] = {
    "CheckAttribute": _comparison,
    "SetAttributes": _attributes,
    "InvokeExternalResource": _function,
    "PlayPrompt": _spoken,
    "GetUserInput": _spoken,
    "StoreUserInput": _spoken,
    "LoopPrompts": _spoken,
}
