"""Every block from its own definition: both formats, there and back, and what it says survives without anything being kept."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.flow.block import Block
from app.flow.branches import Options
from app.flow.formats import language, legacy
from app.flow.formats.convert import to_language, to_legacy
from app.flow.formats.language import Action, read_action
from app.flow.formats.legacy import read_module
from app.flow.formats.mapping import to_action, to_module
from app.flow.formats.views import same
from app.flow.params import Param
from app.flow.prompts import PromptParameter
from app.flow.registry import all_blocks
from tests.unit.flow.formats.making import actions

pytestmark = pytest.mark.unit

BLOCKS = all_blocks()
QUICK = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
every_block = pytest.mark.parametrize("cls", BLOCKS.classes, ids=lambda cls: cls.__name__)


def written_alone(param: Param[Any], action: Action) -> Any:
    """What a parameter says, as far as the older export can say it."""
    if isinstance(param, Options):
        return None
    if isinstance(param, PromptParameter):
        return {key: action.parameters.get(key) for key in ("Text", "SSML", "PromptId")}
    return action.at(param.path)


@every_block
@given(data=st.data())
@QUICK
def test_an_action_comes_back_from_the_older_export(cls: type[Block], data: st.DataObject) -> None:
    raw = data.draw(actions(cls))
    strange = raw | {"Parameters": raw["Parameters"] | {"Unheard": {"of": [1]}}, "Colour": "red"}
    for written in (raw, strange):
        flow = {
            "Version": "2019-10-30",
            "StartAction": "it",
            "Actions": [written, {"Identifier": "a", "Type": "Unheard"}],
        }
        document = language.document_of(flow)
        assert same(document.written(), flow)
        older = to_legacy(document, BLOCKS)
        assert same(older.written(), older.content)
        assert same(to_language(older, BLOCKS).content, flow)


@every_block
@given(data=st.data())
@QUICK
def test_an_older_block_comes_back_from_the_flow_language(cls: type[Block], data: st.DataObject) -> None:
    action = read_action(data.draw(actions(cls)), {})
    module = to_module(action, cls.definition)
    module["parameters"] = [
        *data.draw(st.permutations(module["parameters"])),
        {"name": "Unheard", "value": None, "$$hashKey": "x"},
    ]
    module["branches"] = data.draw(st.permutations(module["branches"]))
    flow = {"version": "1", "start": "it", "modules": [module, {"id": "a", "type": "Unheard", "branches": []}]}
    document = legacy.document_of(flow)
    assert same(document.written(), flow)
    newer = to_language(document, BLOCKS)
    assert same(newer.written(), newer.content)
    assert same(to_legacy(newer, BLOCKS).content, flow)


@pytest.mark.parametrize(
    "cls", [cls for cls in BLOCKS.classes if cls.definition.exported], ids=lambda cls: cls.__name__
)
@given(data=st.data())
@QUICK
def test_what_a_block_says_needs_nothing_kept(cls: type[Block], data: st.DataObject) -> None:
    """Settings that the older export has a name for, and all branches: the two mappings are each other's inverse."""
    action = read_action(data.draw(actions(cls)), {})
    assume(BLOCKS.find(action) is cls)
    raw = to_module(action, cls.definition)
    legacy_type = cls.definition.exported.type if cls.definition.exported else ""
    assume(raw["type"] == legacy_type)
    back_raw, _, unknown = to_action(read_module(raw), BLOCKS.classes)
    back = read_action(back_raw, {})
    assert back.type == action.type
    assert not unknown
    for param in cls.definition.params.values():
        said = written_alone(param, action)
        if param.legacy and said is not None:
            assert written_alone(param, back) == said, param.label
    assert set(back.errors) == set(action.errors)
    assert set(back.conditions) == set(action.conditions)
    assert back.next_action == action.next_action
