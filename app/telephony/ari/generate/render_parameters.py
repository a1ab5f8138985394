"""The modules of parameters: one TypedDict an operation."""

from app.telephony.ari.generate.description import Operation
from app.telephony.ari.generate.names import HEADER, parameter_type, parameters_name


def parameters_class(operation: Operation) -> str:
    lines = [f"class {parameters_name(operation)}(TypedDict):"]
    for parameter in operation.others:
        name = "from_" if parameter.name == "from" else parameter.name
        kind = parameter_type(parameter)
        lines.append(f"    {name}: {kind if parameter.required else f'NotRequired[{kind} | None]'}")
    return "\n".join(lines)


def parameters_module(resource: str, operations: tuple[Operation, ...]) -> str:
    body = "\n\n\n".join(parameters_class(operation) for operation in operations if operation.others)
    imports = [name for name in ("Mapping", "Sequence") if name in body]
    lines = [HEADER.format(title=f"What the operations of {resource} take besides ids.")]
    if imports:
        lines.append(f"from collections.abc import {', '.join(imports)}")
    typing = [name for name in ("NotRequired", "TypedDict") if name in body]
    lines.append(f"from typing import {', '.join(typing)}\n")
    return "\n".join(lines) + f"\n\n{body}\n"
