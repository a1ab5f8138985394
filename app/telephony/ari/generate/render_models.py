"""The modules of models and events."""

from collections.abc import Iterator

from app.telephony.ari.generate.description import Description, Field, Model
from app.telephony.ari.generate.names import ENVELOPE, HEADER, OBJECTS, event_module, item_type, python_type


def typed_dict(model: Model, base: str = "TypedDict") -> str:
    if any(field.name == "from" for field in model.fields):
        inner = ", ".join(f'"{field.name}": {field_type(field)}' for field in model.fields)
        return f'{model.name} = TypedDict("{model.name}", {{{inner}}})'
    lines = [f"class {model.name}({base}):"]
    if model.is_event:
        lines.append(f'    type: Literal["{model.name}"]')
    lines += [f"    {field.name}: {field_type(field)}" for field in model.fields]
    return "\n".join(lines) if len(lines) > 1 else f'{lines[0]}\n    """It says nothing but its type."""'


def field_type(field: Field) -> str:
    kind = python_type(field.type)
    return kind if field.required else f"NotRequired[{kind}]"


def models(description: Description) -> str:
    chosen = [model for model in description.models if not model.is_event and model.name not in ENVELOPE]
    lines = [
        HEADER.format(title="What Asterisk's answers hold: plain dictionaries. They may hold more than is named here.")
    ]
    lines.append("from __future__ import annotations\n\nfrom typing import Any, NotRequired, TypedDict\n\n")
    return "\n".join(lines) + "\n\n\n".join(typed_dict(model) for model in in_order(chosen)) + "\n"


def in_order(chosen: list[Model]) -> Iterator[Model]:
    """Models made by a call, whose types are evaluated at once, come last."""
    yield from sorted(chosen, key=lambda model: any(field.name == "from" for field in model.fields))


def events(description: Description, module: str) -> str:
    chosen = [model for model in description.models if model.is_event and event_module(model.name) == module]
    used = {item_type(field.type) for model in chosen for field in model.fields}
    known = {model.name for model in description.models if not model.is_event}
    title = "What Asterisk tells of its own accord: plain dictionaries. They may hold more than is named here."
    lines = [HEADER.format(title=title), "from typing import Any, Literal, NotRequired\n"]
    lines.append("from app.telephony.ari.envelope import Envelope")
    lines.append(f"from app.telephony.ari.generated.models import {', '.join(sorted(used & known))}\n\n")
    return "\n".join(lines) + "\n\n\n".join(typed_dict(model, "Envelope") for model in chosen) + "\n"


def event_union(description: Description) -> str:
    chosen = [model for model in description.models if model.is_event]
    lines = [HEADER.format(title="Every event as one type, and which fields of an event hold first-class objects.")]
    lines += [f"from app.telephony.ari.generated.{event_module(model.name)} import {model.name}" for model in chosen]
    lines.append(f"\nEvent = {' | '.join(model.name for model in chosen)}\n")
    lines.append("OBJECT_FIELDS: dict[str, tuple[tuple[str, str], ...]] = {")
    for model in chosen:
        fields = [field for field in model.fields if field.type in OBJECTS]
        pairs = "".join(
            f'("{field.name}", "{field.type}"), ' for field in sorted(fields, key=lambda field: not field.required)
        )
        if pairs:
            lines.append(f'    "{model.name}": ({pairs}),')
    return "\n".join(lines) + '\n}\n"""Type of event -> (field, kind of object), the event\'s main object first."""\n'
