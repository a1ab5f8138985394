"""The modules of repositories: one a resource."""

from app.telephony.ari.generate.description import Description, Operation
from app.telephony.ari.generate.names import (
    HEADER,
    OBJECTS,
    PYTHON_TYPES,
    constant,
    item_type,
    object_module,
    parameters_name,
    python_type,
    snake,
    upper_first,
)


def operation_constant(operation: Operation) -> str:
    path = operation.path
    for name in operation.ids:
        path = path.replace(f"{{{name}}}", "{}")
    arguments = [f'"{operation.resource}.{operation.nickname}"', f'"{operation.method}"', f'"{path}"']
    if operation.others:
        arguments.append(parameters_name(operation))
    for parameter in operation.others:
        if parameter.place == "body":
            arguments.append(f'body="{parameter.name}"')
            if parameter.type == "object":
                arguments.append("whole_body=True")
    if operation.response == "binary":
        arguments.append("binary=True")
    return f"{constant(operation)} = Operation({', '.join(arguments)})"


def repository(resource: str, operations: tuple[Operation, ...]) -> str:
    name = upper_first(resource)
    body = "\n\n".join(repository_method(operation) for operation in operations)
    answers = {item_type(operation.response) for operation in operations}
    used = {answer for answer in answers if answer not in PYTHON_TYPES and answer != "void"}
    lines = [HEADER.format(title=f"The operations of {resource}.")]
    if "builtins." in body:
        lines.append("import builtins")
    if "Unpack" in body:
        lines.append("from typing import Unpack\n")
    lines.append("from app.telephony.ari.base import Repository")
    lines += [f"from app.telephony.ari.generated.models import {item}" for item in sorted(used - OBJECTS.keys())]
    lines += [
        f"from app.telephony.ari.generated.{object_module(item)} import {item}"
        for item in sorted(used & OBJECTS.keys())
    ]
    parameters = [parameters_name(operation) for operation in operations if operation.others]
    lines += [f"from app.telephony.ari.generated.{snake(resource)}_parameters import {item}" for item in parameters]
    lines.append("from app.telephony.ari.operation import Operation\n")
    lines += [operation_constant(operation) for operation in operations]
    lines.append(f'\n\nclass {name}(Repository):\n    """`client.{resource}`"""\n\n    __slots__ = ()\n\n{body}\n')
    return "\n".join(lines)


def repository_method(operation: Operation) -> str:
    ids = "".join(f", {name}: str" for name in operation.ids)
    unpack = f", **parameters: Unpack[{parameters_name(operation)}]" if operation.others else ""
    listed = operation.response.startswith("List[")
    item = item_type(operation.response)
    answer = "None" if item == "void" else python_type(item)
    if listed:
        answer = f"builtins.list[{answer}]"
    arguments = [constant(operation)]
    if operation.ids or operation.others:
        arguments.append(f"({', '.join(operation.ids)}{',' if len(operation.ids) == 1 else ''})")
    if operation.others:
        arguments.append("parameters")
    send = f"await self._send({', '.join(arguments)})"
    if item == "void":
        lines = [send]
    elif item in OBJECTS and listed:
        lines = [f"return [{item}(self._client, item) for item in {send}]"]
    elif item in OBJECTS:
        lines = [f"return {item}(self._client, {send})"]
    else:
        lines = [f"answer: {answer} = {send}", "return answer"]
    body = "\n".join(f"        {line}" for line in lines)
    return f"    async def {operation.nickname}(self{ids}{unpack}) -> {answer}:\n{body}"


def repositories(description: Description) -> str:
    lines = [HEADER.format(title="All repositories, as attributes of a client."), "from typing import TYPE_CHECKING\n"]
    lines += [
        f"from app.telephony.ari.generated.{snake(name)} import {upper_first(name)}" for name in description.operations
    ]
    lines.append("\nif TYPE_CHECKING:\n    from app.telephony.ari.client import AriClient\n\n")
    lines.append('class Repositories:\n    """`client.channels`, `client.bridges` and so on."""\n')
    lines.append('    def _add_repositories(self, client: "AriClient") -> None:')
    lines += [f"        self.{name} = {upper_first(name)}(client)" for name in description.operations]
    return "\n".join(lines) + "\n"
