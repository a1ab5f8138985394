"""The parameters of blocks. Each kind is parser, JSON schema, form field and row of the documentation in one class.

`Param[T]` is a class attribute of a block; on a block of a compiled flow it is the compiled value of type T. What may refer to
attributes compiles to a function of the context. In the flow language every scalar is text; numbers and booleans are taken too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar, overload

from app.errors import BadInput
from app.flow.attributes import Template
from app.flow.context import Context
from app.flow.formats.language import Action

T = TypeVar("T")
Value = Callable[[Context], T]


@dataclass(frozen=True, slots=True)
class Field:
    """A form field. `widget` is how the form template draws it; `choices` are (value, label)."""

    name: str
    label: str
    widget: str
    path: str
    help: str = ""
    required: bool = False
    default: str = ""
    low: int | None = None
    high: int | None = None
    choices: tuple[tuple[str, str], ...] = ()


def plain(value: Any) -> str:
    """A scalar of the flow language as text; booleans as the console writes them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    return value if isinstance(value, str) else str(value)


class Param(Generic[T]):
    """A parameter. `path` is where it is in the flow language's Parameters, `legacy` its name in the older export."""

    widget = "text"
    name = ""

    def __init__(
        self, label: str, path: str = "", *, default: str = "", required: bool = False, legacy: str = "", help: str = ""
    ) -> None:
        self.label, self.path, self.default, self.required = label, path, default, required
        self.legacy, self.help = legacy, help

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        value: T = instance.__dict__[self.name]
        return value

    def compile(self, action: Action) -> T:
        """The value as the block uses it. BadInput when what is written cannot be used."""
        raise NotImplementedError

    def schema(self) -> dict[str, dict[str, Any]]:
        """JSON schemas by the dotted path they describe."""
        return {self.path: {"type": "string", "title": self.label}}

    def field(self) -> Field:
        return Field(self.name, self.label, self.widget, self.path, self.help, self.required, self.default)

    def words(self) -> str:
        """What can be set, for the documentation."""
        return "text"

    def written(self, action: Action) -> str:
        """The text at the path, or the default. BadInput when it is required and neither is there."""
        text = plain(action.at(self.path)) or self.default
        if not text and self.required:
            raise BadInput(what=f"{self.label} ({self.path})", why="it is required and empty")
        return text


class Text(Param[Template]):
    """Text that may refer to attributes."""

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
        help: str = "",
    ) -> None:
        super().__init__(label, path, default=default, required=not (default or optional), legacy=legacy, help=help)
        self.low, self.high = low, high

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

    def schema(self) -> dict[str, dict[str, Any]]:
        return {self.path: {"type": ["string", "boolean"], "title": self.label}}

    def words(self) -> str:
        return "`True` or `False`"


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

    def schema(self) -> dict[str, dict[str, Any]]:
        return {self.path: {"type": "object", "additionalProperties": {"type": "string"}, "title": self.label}}

    def words(self) -> str:
        return "names and values; a value may refer to attributes"
