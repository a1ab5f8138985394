"""Flow blocks: everything that is derived from a block's definition can be derived, and it has its place in both export formats."""

import json
from collections.abc import Iterator

from app.flow.block import Block
from app.flow.branches import Options
from app.flow.docs import block_page
from app.flow.forms import form_of, schema_of
from app.flow.registry import all_blocks


def unfinished_blocks() -> Iterator[str]:
    for cls in all_blocks().classes:
        for problem in block_findings(cls):
            yield f"{cls.__module__}.{cls.__name__}: {problem}"


def block_findings(cls: type[Block]) -> Iterator[str]:
    definition = cls.definition
    if not definition.title.strip():
        yield "it has no title."
    if not definition.summary:
        yield "it has no docstring, so no page and no tooltip."
    if not definition.group:
        yield "it has no group, so no place in the palette."
    if not definition.type:
        yield "it names no type in the flow language."
    if definition.legacy is not None and not definition.legacy.type:
        yield "it names no type in the older export; without Legacy it has none."
    for name, param in definition.params.items():
        if not param.label:
            yield f"its setting {name} has no label."
        if not (param.path or isinstance(param, Options)):
            yield f"its setting {name} has no place in the flow language."
    for key, branch in definition.branches.items():
        if not branch.label:
            yield f"its branch {key} has no label."
    if cls.enter is Block.enter:
        yield "it does nothing when it is entered."
    yield from _underivable(cls)


def _underivable(cls: type[Block]) -> Iterator[str]:
    for what, derive in (("form", form_of), ("JSON schema", schema_of), ("page", block_page)):
        try:
            derived = derive(cls)
            if what == "JSON schema":
                json.dumps(derived)
        except Exception as error:
            yield f"its {what} cannot be derived ({type(error).__name__}: {error})."
        else:
            if not derived:
                yield f"its {what} is empty."
