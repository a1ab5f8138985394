"""A block's form and JSON schema, derived from its definition. `templates/flow/block_form.html.j2` draws every form."""

from dataclasses import dataclass
from typing import Any

from app.domain.instance import FlowType, Instance
from app.flow.block import Block
from app.flow.branches import Options
from app.flow.formats.language import Action
from app.flow.operators import OPERATORS
from app.flow.params import Field
from app.flow.references import display_names


@dataclass(frozen=True, slots=True)
class FilledField:
    """A field with what the flow has written in it. `choices` are (value, label), of the field or of the instance's resources."""

    field: Field
    value: Any
    choices: tuple[tuple[str, str], ...]
    name_hint: str = ""
    """The name that an imported flow gives the resource."""


@dataclass(frozen=True, slots=True)
class FormBranch:
    key: str
    label: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Form:
    """Everything the template needs."""

    type: str
    title: str
    group: str
    summary: str
    fields: tuple[FilledField, ...]
    branches: tuple[FormBranch, ...]
    fixed: tuple[tuple[str, str], ...]
    """Dotted paths and the values that such a block always has there."""


def form_of(cls: type[Block], action: Action | None = None, instance: Instance | None = None) -> Form:
    """The form of a block, filled from `action`, with the resources of `instance` to choose from."""
    definition = cls.definition
    branches = tuple(FormBranch(key, branch.label, branch.optional) for key, branch in definition.branches.items())
    fields = []
    for param in definition.params.values():
        field = param.field()
        if isinstance(param, Options):
            fields.append(
                FilledField(field, _written_options(action), tuple((n, OPERATORS[n].label) for n in param.operators))
            )
            continue
        value = action.at(param.path) if action else None
        if field.widget == "prompt" and action is not None:
            value = {
                key: action.parameters[key] for key in ("Text", "SSML", "PromptId", "Media") if key in action.parameters
            }
        hint = next(iter(display_names(action, param.path)), "") if action else ""
        choices = field.choices or _resources(field.widget, instance)
        fields.append(FilledField(field, field.default if value is None else value, choices, hint))
    return Form(
        definition.type,
        definition.title,
        definition.group,
        definition.summary,
        tuple(fields),
        branches,
        tuple(definition.fixed.items()),
    )


def schema_of(cls: type[Block]) -> dict[str, Any]:
    """The JSON schema of the block's Parameters in the flow language."""
    root: dict[str, Any] = {"type": "object", "title": cls.definition.title, "properties": {}}
    paths: dict[str, dict[str, Any]] = {path: {"const": value} for path, value in cls.definition.fixed.items()}
    for param in cls.definition.params.values():
        paths |= param.schema()
    for path, schema in paths.items():
        level = root
        *above, last = path.split(".")
        for key in above:
            level = level["properties"].setdefault(key, {"type": "object", "properties": {}})
        level["properties"][last] = schema
    return root


def _written_options(action: Action | None) -> tuple[tuple[str, Any], ...]:
    conditions = action.conditions if action else ()
    return tuple((item.operator, item.operands[0] if item.operands else "") for item in conditions)


def _resources(widget: str, instance: Instance | None) -> tuple[tuple[str, str], ...]:
    """The instance's resources of a kind: id and name."""
    if instance is None:
        return ()
    found: list[tuple[str, str]] = []
    if widget == "queue":
        found = [(queue.queue_id, queue.name) for queue in instance.queues.values()]
    elif widget == "agent":
        found = [(agent.agent_id, agent.username) for agent in instance.agents.values()]
    elif widget in ("flow", "module"):
        modules = widget == "module"
        found = [
            (flow.flow_id, flow.name) for flow in instance.flows.values() if (flow.type is FlowType.MODULE) is modules
        ]
    elif widget == "hours":
        found = [(hours.hours_id, hours.name) for hours in instance.hours.values()]
    elif widget in ("prompt", "prompts"):
        found = [(key, key) for key in instance.prompts]
    return tuple(sorted(found, key=lambda item: item[1]))
