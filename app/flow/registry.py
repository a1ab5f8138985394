"""All blocks there are: every file of `app/flow/blocks` is loaded, whatever it defines with @block is known."""

import importlib
import pkgutil
from functools import cache

from app.flow import blocks
from app.flow.block import Block
from app.flow.formats.language import Action


class Registry:
    """Blocks by their type in the flow language. Several may share a type; `when` of each tells whose an action is."""

    def __init__(self, classes: tuple[type[Block], ...]) -> None:
        self.classes = classes
        self._by_type: dict[str, list[type[Block]]] = {}
        for cls in classes:
            self._by_type.setdefault(cls.definition.type, []).append(cls)

    def find(self, action: Action) -> type[Block] | None:
        """The block that runs this action, None when there is none."""
        for cls in self._by_type.get(action.type, ()):
            if cls.definition.when is None or cls.definition.when(action):
                return cls
        return None


@cache
def all_blocks() -> Registry:
    """Every block that ships, in the order of groups and titles."""
    found: list[type[Block]] = []
    for module_info in sorted(pkgutil.iter_modules(blocks.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{blocks.__name__}.{module_info.name}")
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Block) and value.__module__ == module.__name__
            and "definition" in vars(value)
        ]  # fmt: skip
    return Registry(tuple(sorted(found, key=lambda cls: (cls.definition.group, cls.definition.title))))
