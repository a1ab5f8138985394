"""One block from one format to the other, by its definition; blocks that nobody defines by the same simple rules.

What comes out is what Amazon Connect's own conversion writes. Nothing is remembered here: that is `kept`.
"""

from collections.abc import Mapping
from typing import Any

from app.flow.block import Block, Definition
from app.flow.branches import Branch, Next, OnError, OnResult, Options, legacy_exit
from app.flow.formats.given import Given, Inexpressible
from app.flow.formats.language import Action, Condition, put, read_action
from app.flow.formats.legacy import Exit, Module, Parameter, entry, read_module
from app.flow.operators import OPERATORS
from app.flow.params import Param
from app.flow.references import display_names

_ERRORS = {"Error": "NoMatchingError", "NoMatch": "NoMatchingCondition", "Timeout": "InputTimeLimitExceeded"}
"""Branches of blocks that do not declare them, in the flow language. Others keep their name."""
_CONDITIONS = {error: condition for condition, error in _ERRORS.items()}

Blocks = tuple[type[Block], ...]


def to_action(module: Module, blocks: Blocks) -> tuple[dict[str, Any], dict[str, Any], tuple[Parameter, ...]]:
    """A block of the older export as an action and its metadata, and the parameters that nobody knows.

    Of several blocks that it may be, it is the one that leaves the fewest parameters unknown.
    """
    found = []
    for cls in blocks:
        if _is_type(module, cls.definition):
            given = Given(module)
            raw, notes = _defined_action(given, cls.definition)
            if cls.definition.when is None or cls.definition.when(read_action(raw, notes)):
                found.append((raw, notes, tuple(given.parameters)))
    if found:
        return min(found, key=lambda it: len(it[2]))
    given = Given(module)
    parameters: dict[str, Any] = {}
    for each in module.parameters:
        if each.name and each.text is not None:
            value = {each.key: each.text} if each.key else each.text
            known = parameters.get(each.name)
            parameters[each.name] = known | value if isinstance(known, dict) and isinstance(value, dict) else value
    raw = _action(module, module.type, parameters, _written(_leftover(given, _Edges()), not module.branches))
    return raw, dict(module.metadata), ()


def to_module(action: Action, definition: Definition | None, unknown: tuple[Parameter, ...] = ()) -> dict[str, Any]:
    """An action as a block of the older export; `unknown` are parameters that only that format knows."""
    if definition is not None and definition.exported is not None:
        try:
            return _defined_module(action, definition, unknown)
        except Inexpressible:
            pass
    parameters = [entry(name, value) for name, value in action.parameters.items()]
    exits = [Exit("Success", action.next_action)] if action.next_action else []
    return _module(action, action.type, parameters, exits + _other_exits(action, set(), set()))


# -- from the older export -------------------------------------------------------------------------------------------------


class _Edges:
    """The transitions of an action while they are collected."""

    def __init__(self) -> None:
        self.next = ""
        self.conditions: list[Condition] = []
        self.errors: list[tuple[str, str]] = []


def _is_type(module: Module, definition: Definition) -> bool:
    legacy = definition.exported
    if legacy is None or not legacy.applies(module):
        return False
    same = module.type == legacy.type and legacy.target in ("", module.target)
    return same or module.type in legacy.older


def _defined_action(given: Given, definition: Definition) -> tuple[dict[str, Any], dict[str, Any]]:
    legacy, module = definition.legacy, given.module
    assert legacy is not None
    parameters: dict[str, Any] = {}
    for path, value in definition.fixed.items():
        put(parameters, path, value)
    for param in definition.params.values():
        for path, value in param.from_legacy(given).items():
            put(parameters, path, value)
    for name in legacy.fixed:
        given.take(name)
    transitions = _written(_defined_edges(given, definition), definition.terminal)
    raw = _action(module, definition.type, parameters, transitions)
    if legacy.bare and not parameters:
        del raw["Parameters"]
    notes = dict(module.metadata)
    for path, name in given.names.items():
        notes = _with_name(notes, path, name, definition.params)
    return raw, notes


def _defined_edges(given: Given, definition: Definition) -> _Edges:
    edges = _Edges()
    targets: dict[str, str] = {}
    for key, branch in _in_order(definition):
        found = given.take_branch(branch.legacy)
        if found is None:
            continue
        targets[key] = found.target
        if isinstance(branch, Next):
            edges.next = found.target
        elif isinstance(branch, OnError):
            edges.errors.append((branch.error, found.target))
        elif isinstance(branch, OnResult):
            edges.conditions.append(Condition(branch.operator, (branch.operand,), found.target or None))
    for param in definition.params.values():
        if isinstance(param, Options):
            edges.conditions += param.conditions_from(given)
    if definition.next_copies and not edges.next:
        edges.next = targets.get(definition.next_copies, "")
    return _leftover(given, edges)


def _in_order(definition: Definition) -> list[tuple[str, Branch]]:
    """The branches as a conversion writes them."""
    order = definition.legacy.order if definition.legacy else ()

    def place(item: tuple[str, Branch]) -> tuple[int, bool]:
        key, branch = item
        return (
            order.index(key) if key in order else len(order),
            not (isinstance(branch, OnError) and branch.error == "NoMatchingError"),
        )

    return sorted(definition.branches.items(), key=place)


def _leftover(given: Given, edges: _Edges) -> _Edges:
    """Adds the branches that no definition claims."""
    operators = {operator.legacy: operator.name for operator in OPERATORS.values() if operator.legacy}
    for found in given.branches:
        if found.condition == "Success" and not edges.next:
            edges.next = found.target
        elif found.type:
            operands = () if found.value is None else (found.value,)
            edges.conditions.append(Condition(operators.get(found.type, found.type), operands, found.target or None))
        else:
            edges.errors.append((_ERRORS.get(found.condition, found.condition), found.target))
    return edges


def _action(module: Module, type: str, parameters: dict[str, Any], edges: dict[str, Any]) -> dict[str, Any]:
    return {"Identifier": module.id, "Type": type, "Parameters": parameters, "Transitions": edges}


def _written(edges: _Edges, terminal: bool) -> dict[str, Any]:
    """Transitions as Amazon Connect's conversion writes them: none of a block that ends the flow, else every list."""
    if terminal and not (edges.next or edges.errors or edges.conditions):
        return {}
    written: dict[str, Any] = {"NextAction": edges.next} if edges.next else {}
    written["Errors"] = [_edge(target, ErrorType=error) for error, target in edges.errors]
    written["Conditions"] = [
        _edge(each.target or "", Condition={"Operator": each.operator, "Operands": list(each.operands)})
        for each in edges.conditions
    ]
    return written


def _edge(target: str, **what: Any) -> dict[str, Any]:
    """One that leads nowhere has no NextAction."""
    return {"NextAction": target, **what} if target else what


def _with_name(notes: dict[str, Any], path: str, name: str, params: Mapping[str, Param[Any]]) -> dict[str, Any]:
    """The metadata with the name of a resource, unless they have it in an older place."""
    action = Action("", "", {}, metadata=notes)
    older = tuple(key for param in params.values() for key in getattr(param, "older", ()))
    audio = notes.get("audio")
    texts = [item.get("text") for item in audio if isinstance(item, Mapping)] if isinstance(audio, list) else []
    if name in display_names(action, path, older) or name in texts:
        return notes
    named = {**notes, "parameters": _copied(notes.get("parameters"))}
    put(named, f"parameters.{path}.displayName", name)
    return named


def _copied(tree: Any) -> Any:
    if isinstance(tree, Mapping):
        return {key: _copied(value) for key, value in tree.items()}
    return [_copied(item) for item in tree] if isinstance(tree, list) else tree


# -- to the older export ---------------------------------------------------------------------------------------------------


def _defined_module(action: Action, definition: Definition, unknown: tuple[Parameter, ...]) -> dict[str, Any]:
    legacy = definition.legacy
    assert legacy is not None
    entries = [written for param in definition.params.values() for written in param.to_legacy(action)]
    names = {written["name"] for written in entries}
    entries += [{"name": name, "value": value} for name, value in legacy.fixed.items() if name not in names]
    entries += [each.written() for each in unknown]
    exits = _defined_exits(action, definition)
    written = _module(action, legacy.type, entries, exits)
    if not legacy.applies(read_module(written)):
        raise Inexpressible
    return {**written, "target": legacy.target} if legacy.target else written


def _defined_exits(action: Action, definition: Definition) -> list[Exit]:
    exits: list[Exit] = []
    conditions: set[int] = set()
    errors: set[int] = set()
    goes_on = False
    for key, branch in definition.branches.items():
        index = branch.index(action)
        claimed = errors if isinstance(branch, OnError) else conditions
        if isinstance(branch, Next):
            goes_on = True
            if action.next_action and not _is_copy(action, definition):
                exits.append(Exit(branch.legacy, action.next_action))
        elif index is None and key == definition.next_copies and action.next_action:
            exits.append(Exit(branch.legacy or branch.key, action.next_action))
        elif index is not None and branch.legacy:
            claimed.add(index)
            exits.append(branch.exit_of(action))
    for param in definition.params.values():
        if isinstance(param, Options):
            left = [each for index, each in enumerate(action.conditions) if index not in conditions]
            conditions = set(range(len(action.conditions)))
            exits = param.exits_of(action, left) + exits
    if not goes_on and not definition.next_copies and action.next_action:
        exits.append(Exit("Success", action.next_action))
    return exits + _other_exits(action, conditions, errors)


def _is_copy(action: Action, definition: Definition) -> bool:
    """Whether NextAction only repeats another branch, of a block that does not go on as it is set."""
    copied = definition.branches.get(definition.next_copies)
    goes_on = definition.legacy is None or definition.legacy.goes_on(action)
    return not goes_on and copied is not None and copied.target(action) == action.next_action


def _other_exits(action: Action, conditions: set[int], errors: set[int]) -> list[Exit]:
    """The conditions and errors that no definition claims; these are the claimed ones."""
    others = [legacy_exit(each, "Evaluate") for index, each in enumerate(action.conditions) if index not in conditions]
    for index, (error, target) in enumerate(action.errors):
        if index not in errors:
            others.append(Exit(_CONDITIONS.get(error, error), target or ""))
    return others


def _module(action: Action, type: str, parameters: list[dict[str, Any]], exits: list[Exit]) -> dict[str, Any]:
    branches = [{**each.written(), "transition": each.target or None} for each in exits]
    return {
        "id": action.identifier,
        "type": type,
        "branches": branches,
        "parameters": parameters,
        "metadata": dict(action.metadata),
    }
