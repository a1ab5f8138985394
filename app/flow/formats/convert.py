"""A whole flow from one format to the other and back, and a flow in either format as the flow language, which is what runs.

The blocks are converted by their definitions (`mapping`). What that alone would not bring back is kept (`kept`), of each block in
its metadata and of the flow in its own, so there-and-back loses nothing in either direction.
"""

from collections.abc import Mapping
from typing import Any

from app.flow.block import Block
from app.flow.formats import language, legacy
from app.flow.formats.detect import Document
from app.flow.formats.kept import KEY, as_json, changes, restored
from app.flow.formats.language import Action, read_action
from app.flow.formats.legacy import Module, Parameter, read_module
from app.flow.formats.mapping import Blocks, to_action, to_module
from app.flow.formats.outside import OUTSIDE
from app.flow.formats.views import present, same
from app.flow.registry import Registry


def as_language(document: Document, registry: Registry) -> language.Document:
    """The flow in the flow language; what is in it already is itself."""
    return document if isinstance(document, language.Document) else to_language(document, registry)


def as_legacy(document: Document, registry: Registry) -> legacy.Document:
    """The flow as an older export; what is one already is itself."""
    return document if isinstance(document, legacy.Document) else to_legacy(document, registry)


def to_language(document: legacy.Document, registry: Registry) -> language.Document:
    """A flow of the older export in the flow language."""
    return language.Document(_Conversion(registry).to_language(document.content))


def to_legacy(document: language.Document, registry: Registry) -> legacy.Document:
    """A flow of the flow language as an older export."""
    return legacy.Document(_Conversion(registry).to_legacy(document.content))


class _Conversion:
    """Both directions. A block is JSON here: in the flow language a pair of `Action` and its `Metadata`."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.outside = Registry(OUTSIDE)
        self.blocks: Blocks = (*registry.classes, *OUTSIDE)

    # -- flows

    def to_language(self, content: Mapping[str, Any]) -> dict[str, Any]:
        original, kept = _without(content, "metadata")
        bare = self._language(original)
        result = restored(bare, kept, lambda it: same(self._legacy(it), original))
        return _with(result, "Metadata", changes(self._legacy(result), original))

    def to_legacy(self, content: Mapping[str, Any]) -> dict[str, Any]:
        original, kept = _without(content, "Metadata")
        bare = self._legacy(original)
        result = restored(bare, kept, lambda it: same(self._language(it), original))
        return _with(result, "metadata", changes(self._language(result), original))

    def _language(self, content: Mapping[str, Any]) -> dict[str, Any]:
        document = legacy.Document(dict(content))
        modules = [item for item in _list(content.get("modules")) if isinstance(item, Mapping)]
        actions, notes = [], {}
        for raw in modules:
            block = self.block_to_language(raw)
            actions.append(block["Action"])
            if block["Metadata"]:
                notes[block["Action"]["Identifier"]] = block["Metadata"]
        metadata = {**document.metadata, "ActionMetadata": notes}
        if document.type and not metadata.get("type"):
            metadata["type"] = document.type
        return {
            "Version": language.VERSION,
            "StartAction": document.start or "",
            "Metadata": metadata,
            "Actions": actions,
        }

    def _legacy(self, content: Mapping[str, Any]) -> dict[str, Any]:
        actions = [item for item in _list(content.get("Actions")) if isinstance(item, Mapping)]
        document = language.Document({**content, "Actions": actions})
        notes = document.metadata.get("ActionMetadata")
        modules = []
        for raw in actions:
            note = notes.get(str(raw.get("Identifier", ""))) if isinstance(notes, Mapping) else None
            block = {"Action": raw, "Metadata": note if isinstance(note, Mapping) else {}}
            modules.append(self.block_to_legacy(block))
        metadata = {key: value for key, value in document.metadata.items() if key != "ActionMetadata"}
        written = {"version": legacy.VERSION, "start": document.start or "", "metadata": metadata, "modules": modules}
        return {**present(type=document.type), **written}

    # -- blocks

    def block_to_language(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        original, kept = _without(raw, "metadata")
        module = read_module(original)
        bare, unknown = self._action(module)
        said = (_core(original), _core(self._module(bare, unknown)))
        result = restored(bare, kept, lambda it: _core(self._module(it, unknown)) in said)
        back = self._module(result, unknown)
        return _with(result, "Metadata", changes(back, original), unknown)

    def block_to_legacy(self, block: Mapping[str, Any]) -> dict[str, Any]:
        original, kept = _without(block, "Metadata")
        unknown = _unknown(kept)
        bare = self._module(original, unknown)
        mine, _ = self._action(read_module(bare))
        actions = (original["Action"], mine["Action"])
        result = restored(bare, kept, lambda it: self._action(read_module(it))[0]["Action"] in actions)
        back, _ = self._action(read_module(result))
        return _with(result, "metadata", changes(back, original))

    def _action(self, module: Module) -> tuple[dict[str, Any], tuple[Parameter, ...]]:
        action, notes, unknown = to_action(module, self.blocks)
        return {"Action": action, "Metadata": notes}, unknown

    def _module(self, block: Mapping[str, Any], unknown: tuple[Parameter, ...]) -> dict[str, Any]:
        action = read_action(block["Action"], block["Metadata"])
        cls = self._find(action)
        return to_module(action, cls.definition if cls else None, unknown)

    def _find(self, action: Action) -> type[Block] | None:
        return self.registry.find(action) or self.outside.find(action)


def _core(module: Mapping[str, Any]) -> dict[str, Any]:
    """What a block of the older export says, its editor's metadata aside."""
    return {key: value for key, value in module.items() if key != "metadata"}


def _without(tree: Mapping[str, Any], place: str) -> tuple[dict[str, Any], Any]:
    """The tree without what is kept in its metadata, and that. Metadata of nothing else are none."""
    metadata = tree.get(place)
    if not isinstance(metadata, Mapping) or not isinstance(metadata.get(KEY), Mapping):
        return dict(tree), None
    others = {key: value for key, value in metadata.items() if key != KEY}
    return {**tree, place: others}, metadata[KEY]


def _with(tree: dict[str, Any], place: str, made: list[Any], unknown: tuple[Parameter, ...] = ()) -> dict[str, Any]:
    kept = as_json(made)
    if unknown:
        kept["unknown"] = [each.written() for each in unknown]
    if not kept:
        return tree
    metadata = tree.get(place)
    return {**tree, place: {**(metadata if isinstance(metadata, Mapping) else {}), KEY: kept}}


def _unknown(kept: Any) -> tuple[Parameter, ...]:
    found = kept.get("unknown") if isinstance(kept, Mapping) else None
    module = read_module({"parameters": [item for item in _list(found) if isinstance(item, Mapping)]})
    return module.parameters


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
