"""Reads scenarios and flows from files, and writes a scenario as YAML. In a scenario every number may be a text and every text looks
as it is written: `0123` stays four keys."""

from pathlib import Path
from typing import Any

import msgspec
import yaml

from app.domain.ids import FlowId
from app.domain.instance import FlowContent, FlowType
from app.errors import BadInput
from app.flow.formats.detect import read
from app.sim.flow.scenario import Scenario

SHARED = "scenarios"
"""The list in a file with several scenarios; everything beside it holds for each of them."""


class _Loader(yaml.SafeLoader):
    """YAML whose scalars are text, but for null."""


_Loader.yaml_implicit_resolvers = {
    first: [resolver for resolver in resolvers if resolver[0].endswith((":null", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_scenarios(path: Path) -> tuple[Scenario, ...]:
    """The scenarios of a file, each with a name. BadInput names the file and what is wrong in it."""
    try:
        written = yaml.load(path.read_text(), _Loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(what=f"The scenario {path}", why=" ".join(str(error).split())) from None
    if not isinstance(written, dict):
        raise BadInput(what=f"The scenario {path}", why="it is not a mapping such as `caller: ['1']`")
    each = written.pop(SHARED, [{}])
    if not isinstance(each, list) or not all(isinstance(item, dict) for item in each):
        raise BadInput(what=f"The scenario {path}", why=f"`{SHARED}` is not a list of scenarios")
    return tuple(
        _scenario(path, {"name": f"{path.stem} {number}"} | written | item) for number, item in enumerate(each, 1)
    )


def _scenario(path: Path, written: dict[str, Any]) -> Scenario:
    try:
        return msgspec.convert(written, Scenario, strict=False)
    except msgspec.ValidationError as error:
        raise BadInput(what=f"The scenario {written['name']!r} in {path}", why=str(error)) from None


def write_scenario(scenario: Scenario) -> str:
    """The scenario as YAML, without what is as usual."""
    return yaml.safe_dump(msgspec.to_builtins(scenario), sort_keys=False, allow_unicode=True, width=120)


def read_flow(path: Path) -> FlowContent:
    """An exported flow, known by its file's name. A flow that does not say its type is a contact flow."""
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(what=f"The flow {path}", why=str(error)) from None
    document = read(text)
    kind = FlowType(document.type) if document.type in set(FlowType) else FlowType.CONTACT
    return FlowContent(FlowId(path.stem), 1, document.name or path.stem, kind, text)


def flows_beside(path: Path, scenario: Scenario) -> tuple[FlowContent, ...]:
    """The flow that a scenario's file tests and the further ones it names, by their place relative to that file."""
    if not scenario.flow:
        raise BadInput(what=f"The scenario {scenario.name!r} in {path}", why="it names no `flow`")
    return tuple(read_flow(path.parent / name) for name in (scenario.flow, *scenario.others))
