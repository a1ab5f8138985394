"""The parameters of blocks. Each kind is parser, JSON schema, form field and row of the documentation in one class, and knows how it
is written in both export formats.

`Param[T]` is a class attribute of a block; on a block of a compiled flow it is the compiled value of type T. What may refer to
attributes compiles to a function of the context. In the flow language every scalar is text; numbers and booleans are taken too.

`path` is where the parameter is in the flow language, `legacy` the name of its entry in the older export; empty: that export cannot
say it (it is kept beside the block and comes back). Namespaces become references and back by themselves, for every kind. A
`Choice` translates its values, `Switch` writes JSON booleans (with `legacy="!Name"` the opposite), `Number` writes text there unless
`legacy_json`, `Pairs` are entries with a `key`. A kind of one's own overrides `from_legacy` and `to_legacy`, in the block's file.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from app.errors import BadInput
from app.flow.attributes import Template
from app.flow.context import Context
from app.flow.formats.given import Given
from app.flow.formats.language import Action
from app.flow.formats.legacy import entry
from app.flow.parameter import Field, Param, plain

__all__ = [
    "Carried",
    "Choice",
    "Digits",
    "Field",
    "Members",
    "Number",
    "Pairs",
    "Param",
    "Seconds",
    "Switch",
    "Text",
    "Value",
    "plain",
]

T = TypeVar("T")
Value = Callable[[Context], T]


class Text(Param[Template]):
    """Text that may refer to attributes."""

    legacy_namespaced = True

    def compile(self, action: Action) -> Template:
        return Template(self.written(action))

    def words(self) -> str:
        return "text, with references such as `$.Attributes.name`"


class Number(Param[Value[int]]):
    """A whole number from `low` to `high`, or a reference to one; 0 where it is optional and absent."""

    widget = "number"
    unit = ""

    def __init__(
        self,
        label: str,
        path: str,
        *,
        low: int,
        high: int,
        default: str = "",
        optional: bool = False,
        legacy: str = "",
        legacy_json: bool = False,
        help: str = "",
    ) -> None:
        super().__init__(label, path, default=default, required=not (default or optional), legacy=legacy, help=help)
        self.low, self.high, self.legacy_json = low, high, legacy_json

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        entries = super().to_legacy(action)
        for written in entries:
            value = written["value"]
            if self.legacy_json and isinstance(value, str) and value.isdecimal() and str(int(value)) == value:
                written["value"] = int(value)
        return entries

    def compile(self, action: Action) -> Value[int]:
        template = Template(self.written(action))
        if template.literal:
            number = self._number(template.text) if template.text else 0
            return lambda context: number
        return lambda context: self._number(template(context))

    def schema(self) -> dict[str, dict[str, Any]]:
        return {
            self.path: {"type": ["string", "integer"], "title": self.label, "minimum": self.low, "maximum": self.high}
        }

    def field(self) -> Field:
        return Field(
            self.name, self.label, self.widget, self.path, self.help, self.required, self.default, self.low, self.high
        )

    def words(self) -> str:
        return f"{self.low} to {self.high}{self.unit}, or a reference such as `$.Attributes.name`"

    def _number(self, text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise BadInput(what=f"{self.label} {text!r}", why="it is not a whole number") from None
        if not self.low <= number <= self.high:
            raise BadInput(what=f"{self.label} {number}", why=f"it must be {self.low} to {self.high}")
        return number


class Seconds(Number):
    """A whole number of seconds."""

    unit = " seconds"


class Choice(Param[str]):
    """One of a few values. `choices` maps the flow language's value to (label, value in the older export)."""

    widget = "choice"

    def __init__(
        self,
        label: str,
        path: str,
        choices: Mapping[str, tuple[str, str]],
        *,
        default: str = "",
        legacy: str = "",
        help: str = "",
    ) -> None:
        super().__init__(label, path, default=default, required=not default, legacy=legacy, help=help)
        self.choices = dict(choices)

    def from_legacy(self, given: Given) -> dict[str, Any]:
        read = super().from_legacy(given)
        values = {legacy: value for value, (_, legacy) in self.choices.items() if legacy}
        return {path: values.get(value, value) if isinstance(value, str) else value for path, value in read.items()}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        entries = super().to_legacy(action)
        legacies = {value.lower(): legacy for value, (_, legacy) in self.choices.items() if legacy}
        for written in entries:
            if isinstance(written["value"], str):
                written["value"] = legacies.get(written["value"].lower(), written["value"])
        return entries

    def compile(self, action: Action) -> str:
        text = self.written(action)
        for value in self.choices:
            if value.lower() == text.lower():
                return value
        raise BadInput(what=f"{self.label} {text!r}", why=f"it must be one of {', '.join(self.choices)}")

    def schema(self) -> dict[str, dict[str, Any]]:
        return {self.path: {"enum": list(self.choices), "title": self.label}}

    def field(self) -> Field:
        choices = tuple((value, label) for value, (label, _) in self.choices.items())
        return Field(
            self.name, self.label, self.widget, self.path, self.help, self.required, self.default, choices=choices
        )

    def words(self) -> str:
        return ", ".join(f"`{value}` ({label})" for value, (label, _) in self.choices.items())


class Switch(Param[bool]):
    """Yes or no, written `True` or `False` in any case."""

    widget = "switch"

    def compile(self, action: Action) -> bool:
        return self.written(action).lower() == "true"

    def from_legacy(self, given: Given) -> dict[str, Any]:
        found = given.take(self.legacy.removeprefix("!")) if self.legacy else None
        text = None if found is None else found.text
        if isinstance(text, str) and text.lower() in ("true", "false"):
            text = "True" if (text.lower() == "true") != self.legacy.startswith("!") else "False"
        return {} if text is None else {self.path: text}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        value = action.at(self.path)
        if value is None or not self.legacy:
            return []
        if plain(value).lower() in ("true", "false"):
            value = (plain(value).lower() == "true") != self.legacy.startswith("!")
        return [entry(self.legacy.removeprefix("!"), value)]

    def schema(self) -> dict[str, dict[str, Any]]:
        return {self.path: {"type": ["string", "boolean"], "title": self.label}}

    def words(self) -> str:
        return "`True` or `False`"


class Carried(Param[None]):
    """Something of the exports that nothing here uses: kept, and converted. `values` are the flow language's and the older export's."""

    widget = "none"

    def __init__(self, label: str, path: str, *, legacy: str, values: Mapping[str, str] | None = None) -> None:
        super().__init__(label, path, legacy=legacy, help="Kept for exports, without effect here.")
        self.values = dict(values or {})

    def compile(self, action: Action) -> None:
        return None

    def from_legacy(self, given: Given) -> dict[str, Any]:
        values = {legacy: value for value, legacy in self.values.items()}
        read = super().from_legacy(given)
        return {path: values.get(value, value) if isinstance(value, str) else value for path, value in read.items()}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        entries = super().to_legacy(action)
        for written in entries:
            if isinstance(written["value"], str):
                written["value"] = self.values.get(written["value"], written["value"])
        return entries

    def words(self) -> str:
        return ", ".join(f"`{value}`" for value in self.values) or "text"


class Digits(Param[str]):
    """Keys of a telephone: 0 to 9, * and #."""

    widget = "digits"

    def compile(self, action: Action) -> str:
        text = self.written(action)
        if set(text) - set("0123456789*#"):
            raise BadInput(what=f"{self.label} {text!r}", why="only the keys 0 to 9, * and # exist")
        return text

    def schema(self) -> dict[str, dict[str, Any]]:
        return {self.path: {"type": "string", "title": self.label, "pattern": "^[0-9*#]*$"}}

    def words(self) -> str:
        return "keys 0 to 9, * and #"


class Members(Param[frozenset[str]]):
    """Any of a few values, written as a list. `choices` maps the value to its label."""

    widget = "members"

    def __init__(self, label: str, path: str, choices: Mapping[str, str], *, legacy: str = "", help: str = "") -> None:
        super().__init__(label, path, legacy=legacy, help=help)
        self.choices = dict(choices)

    def compile(self, action: Action) -> frozenset[str]:
        value = action.at(self.path)
        return frozenset(plain(item) for item in (value if isinstance(value, list) else ())) & frozenset(self.choices)

    def schema(self) -> dict[str, dict[str, Any]]:
        return {self.path: {"type": "array", "items": {"enum": list(self.choices)}, "title": self.label}}

    def field(self) -> Field:
        return Field(self.name, self.label, self.widget, self.path, self.help, choices=tuple(self.choices.items()))

    def words(self) -> str:
        return "any of " + ", ".join(f"`{value}`" for value in self.choices)


class Pairs(Param[tuple[tuple[str, Template], ...]]):
    """Names and values; the values may refer to attributes."""

    widget = "pairs"

    def compile(self, action: Action) -> tuple[tuple[str, Template], ...]:
        value = action.at(self.path)
        if not isinstance(value, Mapping):
            return ()
        return tuple((str(name), Template(plain(text))) for name, text in value.items())

    def from_legacy(self, given: Given) -> dict[str, Any]:
        found = given.take_all(self.legacy) if self.legacy else []
        pairs = {each.key: "" if each.text is None else each.text for each in found}
        return {self.path: pairs} if pairs else {}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        value = action.at(self.path)
        if not isinstance(value, Mapping) or not self.legacy:
            return []
        return [entry(self.legacy, each, key=name, always=True) for name, each in value.items()]

    def schema(self) -> dict[str, dict[str, Any]]:
        return {self.path: {"type": "object", "additionalProperties": {"type": "string"}, "title": self.label}}

    def words(self) -> str:
        return "names and values; a value may refer to attributes"
