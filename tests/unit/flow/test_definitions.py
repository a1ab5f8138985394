"""What derives from a block's definition, for every block there is: form, schema, page of the documentation, mapping."""

import os
from pathlib import Path
from typing import Any

import jinja2
import pytest

from app.flow.attribute_table import attribute_pages
from app.flow.block import Block
from app.flow.branches import Next, OnResult, Options
from app.flow.docs import all_pages, block_page
from app.flow.event_hooks import FurtherFlows
from app.flow.formats.language import Action, Condition
from app.flow.forms import form_of, schema_of
from app.flow.registry import all_blocks
from tests.unit.flow.driving import instance

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]
BLOCKS = all_blocks().classes
TEMPLATE = jinja2.Environment(
    loader=jinja2.FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=jinja2.StrictUndefined
).get_template("flow/block_form.html.j2")


def every_block(function: Any) -> Any:
    return pytest.mark.parametrize("cls", BLOCKS, ids=lambda cls: cls.__name__)(function)


def test_every_file_holds_one_small_block() -> None:
    files = [path for path in (ROOT / "app/flow/blocks").glob("*.py") if path.name != "__init__.py"]
    assert len(files) == len(BLOCKS)
    assert {path.stem for path in files} == {cls.__module__.rpartition(".")[2] for cls in BLOCKS}
    for path in files:
        assert len(path.read_text().splitlines()) <= 120, path.name


@every_block
def test_both_formats_are_declared(cls: type[Block]) -> None:
    definition = cls.definition
    assert definition.legacy is None or definition.legacy.type
    assert definition.summary
    for branch in definition.branches.values():
        assert branch.words()
    going_on = any(isinstance(branch, Next) for branch in definition.branches.values())
    if definition.branches and not going_on:
        assert definition.next_copies in definition.branches
    for param in definition.params.values():
        assert param.path or isinstance(param, Options)


@every_block
def test_the_page_names_every_setting_and_branch(cls: type[Block]) -> None:
    page = block_page(cls)
    assert page.startswith(f"## {cls.definition.title}")
    for param in cls.definition.params.values():
        assert param.label in page
        assert param.path in page
    for branch in cls.definition.branches.values():
        assert f"| {branch.label} |" in page


@every_block
def test_one_template_draws_every_form(cls: type[Block]) -> None:
    html = TEMPLATE.render(form=form_of(cls, instance=instance()))
    assert cls.definition.title in html
    for param in cls.definition.params.values():
        assert f"<legend>{param.label}" in html


@every_block
def test_the_schema_has_a_place_for_every_parameter(cls: type[Block]) -> None:
    schema = schema_of(cls)
    for param in cls.definition.params.values():
        for path in param.schema():
            level = schema
            for key in path.split("."):
                level = level["properties"][key]


def test_a_filled_form_shows_what_is_written_and_escapes_it() -> None:
    action = Action(
        "m",
        "GetParticipantInput",
        {"Text": 'Press "1" <b>', "InputTimeLimitSeconds": "7", "StoreInput": "False"},
        conditions=(Condition("Equals", ("1",), "x"),),
    )
    cls = all_blocks().find(action)
    assert cls is not None
    html = TEMPLATE.render(form=form_of(cls, action, instance()))
    assert "Press &#34;1&#34; &lt;b&gt;" in html
    assert 'name="InputTimeLimitSeconds" value="7"' in html
    assert '<input name="Conditions.0.Operand" value="1">' in html
    assert '<input type="hidden" name="StoreInput" value="False">' in html


def test_a_reference_offers_the_instances_resources_and_the_imported_name() -> None:
    action = Action(
        "q",
        "UpdateContactTargetQueue",
        {"QueueId": "arn:aws:connect:eu-west-1:1:instance/i/queue/abc"},
        metadata={"parameters": {"QueueId": {"displayName": "BasicQueue"}}},
    )
    cls = all_blocks().find(action)
    assert cls is not None
    html = TEMPLATE.render(form=form_of(cls, action, instance()))
    assert '<option value="q-sales">Sales</option>' in html
    assert "Imported as “BasicQueue”" in html


def test_the_documentation_has_every_block_once() -> None:
    pages = all_pages(all_blocks())
    for cls in BLOCKS:
        assert pages.count(f"## {cls.definition.title}\n") == 1


@pytest.mark.parametrize(
    ("parameters", "title"),
    [
        ({"StoreInput": "True"}, "Store customer input"),
        ({"StoreInput": "False"}, "Get customer input"),
        ({}, "Get customer input"),
    ],
)
def test_blocks_that_share_a_type_are_told_apart(parameters: dict[str, str], title: str) -> None:
    cls = all_blocks().find(Action("a", "GetParticipantInput", parameters))
    assert cls is not None
    assert cls.definition.title == title


def test_no_two_blocks_claim_one_action() -> None:
    for cls in BLOCKS:
        results = [branch for branch in cls.definition.branches.values() if isinstance(branch, OnResult)]
        conditions = tuple(Condition(branch.operator, (branch.operand,), "x") for branch in results)
        parameters: dict[str, Any] = dict(cls.definition.fixed)
        for param in cls.definition.params.values():
            if isinstance(param, FurtherFlows):
                continue
            above, _, last = param.path.rpartition(".")
            (parameters.setdefault(above, {}) if above else parameters)[last] = param.default or "x"
        if "MetricType" in parameters:
            parameters["MetricType"] = next(iter(cls.definition.params["metric"].field().choices))[0]
        action = Action("a", cls.definition.type, parameters, conditions=conditions)
        same_type = [other for other in BLOCKS if other.definition.type == action.type]
        claims = [other for other in same_type if other.definition.when is None or other.definition.when(action)]
        assert claims == [cls]


def test_the_manual_is_up_to_date() -> None:
    """With TRUNKLINE_WRITE_DOCS set, writes the blocks' pages into the manual instead."""
    manual = ROOT / "docs/flows.md"
    present = manual.read_text()
    start, end, marker = "<!-- attributes -->\n", "<!-- /attributes -->\n", "<!-- blocks -->\n"
    before, _, rest = present.partition(start)
    between = rest.partition(end)[2].partition(marker)[0]
    written = before + start + attribute_pages() + end + between + marker + "\n" + all_pages(all_blocks())
    if os.environ.get("TRUNKLINE_WRITE_DOCS"):
        manual.write_text(written)
    else:
        assert present == written, "docs/flows.md: run this test with TRUNKLINE_WRITE_DOCS=1"
