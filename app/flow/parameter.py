"""What every kind of parameter of a block has in common: see `params` for the kinds and for what `path` and `legacy` mean."""

from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar, overload

from app.errors import BadInput
from app.flow.formats.given import Given
from app.flow.formats.language import Action
from app.flow.formats.legacy import entry

T = TypeVar("T")


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
    legacy_namespaced = False
    """Whether the entry in the older export has a namespace, null where the value is literal."""

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

    def from_legacy(self, given: Given) -> dict[str, Any]:
        """Takes its entries of the older export. What they are in the flow language, by dotted path."""
        found = given.take(self.legacy) if self.legacy else None
        return {} if found is None or found.text is None else {self.path: found.text}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        """Its entries in the older export. Inexpressible when that format has no such block."""
        value = action.at(self.path)
        if value is None or not self.legacy:
            return []
        return [entry(self.legacy, value, always=self.legacy_namespaced)]
