"""The modules of first-class objects."""

from app.telephony.ari.generate.description import Description, Operation
from app.telephony.ari.generate.names import (
    HEADER,
    OBJECTS,
    item_type,
    object_module,
    parameters_name,
    python_type,
    snake,
)


def objects(description: Description, module: str) -> str:
    known = {model.name for model in description.models}
    names = [name for name in OBJECTS if object_module(name) == module and name in known]
    body = "\n\n\n".join(object_class(name, description) for name in names)
    lines = [
        HEADER.format(title="First-class objects: what a repository returns and an event brings."),
        "import builtins",
    ]
    lines.append("from typing import Unpack\n\nfrom app.telephony.ari.base import AriObject")
    lines.append("from app.telephony.ari.generated import models")
    others = [name for name in OBJECTS if name not in names and f'"{name}"' in body]
    lines += [f"from app.telephony.ari.generated.{object_module(name)} import {name}" for name in others]
    for resource, operations in description.operations.items():
        used = [
            parameters_name(operation) for operation in operations if f"Unpack[{parameters_name(operation)}]" in body
        ]
        lines += [f"from app.telephony.ari.generated.{snake(resource)}_parameters import {name}" for name in used]
    return "\n".join(lines) + f"\n\n\n{body}\n"


def object_class(name: str, description: Description) -> str:
    path, id_fields = OBJECTS[name]
    lines = [f"class {name}(AriObject):", "    __slots__ = ()", f"    json: models.{name}", f'    kind = "{name}"']
    if id_fields != ("id",):
        value = ", ".join(f"self.json['{field}']" for field in id_fields)
        text = f"str({value})" if len(id_fields) == 1 else "f\"{self.json['technology']}/{self.json['resource']}\""
        lines.append(f"\n    def _identify(self) -> str:\n        return {text}")
    for operation in description.operations.get(path.split("/")[0], ()):
        plain = operation.path
        for item in operation.ids:
            plain = plain.replace(f"{{{item}}}", "{}")
        creates = plain == path and operation.method == "POST"
        if (plain == path or plain.startswith(f"{path}/")) and not creates:
            lines.append("\n" + object_method(operation, id_fields))
    return "\n".join(lines)


def object_method(operation: Operation, id_fields: tuple[str, ...]) -> str:
    own = len(id_fields)
    rest = operation.ids[own:]
    ids = "".join(f", {name}: str" for name in rest)
    unpack = f", **parameters: Unpack[{parameters_name(operation)}]" if operation.others else ""
    item = item_type(operation.response)
    answer = "None" if item == "void" else python_type(item)
    if answer == item and item not in OBJECTS:
        answer = f"models.{item}"
    elif item in OBJECTS:
        answer = f'"{item}"'
    if operation.response.startswith("List["):
        answer = f"builtins.list[{answer}]"
    own_ids = ["self.id"] if own == 1 else [f'self.json["{field}"]' for field in id_fields]
    arguments = ", ".join([*own_ids, *rest, *(["**parameters"] if operation.others else [])])
    call = f"await self.client.{operation.resource}.{operation.nickname}({arguments})"
    keyword = "" if item == "void" else "return "
    return f"    async def {operation.nickname}(self{ids}{unpack}) -> {answer}:\n        {keyword}{call}"
