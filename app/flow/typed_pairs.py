"""Parameters of names whose values are objects: `{"name": {"Value": …, "Type": …}}`."""

from collections.abc import Mapping
from typing import Any

from app.flow.attributes import Template
from app.flow.formats.language import Action
from app.flow.params import Param, plain


class TypedPairs(Param[tuple[tuple[str, str, Template], ...]]):
    """Names, types and values; the values may refer to attributes. Without a type a value is a `STRING`."""

    widget = "typed pairs"

    def compile(self, action: Action) -> tuple[tuple[str, str, Template], ...]:
        value = action.at(self.path)
        if not isinstance(value, Mapping):
            return ()
        return tuple((str(name), *_parts(written)) for name, written in value.items())

    def schema(self) -> dict[str, dict[str, Any]]:
        item = {"type": "object", "properties": {"Value": {"type": "string"}, "Type": {"type": "string"}}}
        return {self.path: {"type": "object", "additionalProperties": item, "title": self.label}}

    def words(self) -> str:
        return 'names and `{"Value": …}`; a value may refer to attributes'


def _parts(written: Any) -> tuple[str, Template]:
    if isinstance(written, Mapping):
        return plain(written.get("Type")) or "STRING", Template(plain(written.get("Value")))
    return "STRING", Template(plain(written))
