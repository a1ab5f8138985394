"""Flows from the command line: imported, mapped, published, rolled back, exported."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Type
from tests.unit.flow.driving import action, say

pytestmark = pytest.mark.unit

THEIRS = "arn:aws:connect:us-east-1:123456789012:instance/aa/flow/bb"


def write(path: Path, words: str = "Hello.", name: str = "Main") -> Path:
    hand_over = action("hand over", "TransferToFlow", {"ContactFlowId": THEIRS}, errors={"NoMatchingError": "end"})
    content = {
        "Version": "2019-10-30",
        "StartAction": "greet",
        "Metadata": {
            "name": name,
            "type": "contactFlow",
            "ActionMetadata": {"hand over": {"parameters": {"ContactFlowId": {"displayName": "Elsewhere"}}}},
        },
        "Actions": [say("greet", words, to="hand over"), hand_over, action("end", "DisconnectParticipant")],
    }
    path.write_text(json.dumps(content))
    return path


def test_a_flow_is_imported_mapped_published_and_rolled_back(trunkline: Type, tmp_path: Path) -> None:
    file = write(tmp_path / "exported")
    said = trunkline("flow", "import", str(file), "--publish")
    assert said.code == 2
    assert "is saved as a draft" in said.out
    assert said.err.splitlines()[0].startswith(
        "error    Main: Transfer to flow (hand over): Flow: there is no published flow"
    )
    assert "cannot be published" in said.err.splitlines()[-1]
    assert "UNRESOLVED" in trunkline("flow", "resources", "Main").out

    assert trunkline("flow", "map", "flow", "Elsewhere", "Main").code == 0
    assert "Elsewhere" in trunkline("flow", "resources").out
    said = trunkline("flow", "publish", "Main")
    assert (said.code, said.err) == (0, "")
    assert "Main is published as version 1." in said.out
    (use,) = json.loads(trunkline("flow", "resources", "Main", "--json").out)
    assert (use["how"], use["resource_name"]) == ("map", "Main")

    write(file, "Good evening.")
    said = trunkline("flow", "import", str(file), "--as", "Main", "--publish")
    assert said.code == 0
    assert "version 2" in said.out
    assert "takes effect at the next start" in said.out
    assert "published again, as version 3" in trunkline("flow", "rollback", "Main", "1").out
    versions = json.loads(trunkline("flow", "versions", "Main", "--json").out)
    assert [(each["version"], each["restored_from"]) for each in versions] == [(3, 1), (2, None), (1, None)]
    other = write(tmp_path / "other", name="Elsewhere")
    assert trunkline("flow", "unmap", "flow", "Elsewhere").code == 0
    trunkline("flow", "import", str(other))
    assert trunkline("flow", "publish", "Main", "--check").err.startswith("error")
    said = trunkline("flow", "publish", "Main", "Elsewhere")
    assert (said.code, said.err) == (0, ""), "flows that are published together may name one another"
    assert "Elsewhere is published as version 1." in said.out


def test_what_is_exported_is_what_was_imported(trunkline: Type, tmp_path: Path) -> None:
    file = write(tmp_path / "menu.json", name="")
    assert trunkline("flow", "import", str(file)).code == 0
    (listed,) = json.loads(trunkline("flow", "list", "--json").out)
    assert listed["name"] == "menu", "a flow without a name is called as its file is"
    exported = tmp_path / "again"
    assert trunkline("flow", "export", "menu", "-o", str(exported)).code == 0
    assert exported.read_text() == file.read_text()
    assert trunkline("flow", "export", "menu").out.strip() == file.read_text()
    assert trunkline("flow", "export", "menu", "--version", "1").code == 2
    assert "no flow named nothing" in trunkline("flow", "export", "nothing").err


def test_a_flow_is_exported_in_either_format_and_its_log_is_shown(trunkline: Type, tmp_path: Path) -> None:
    trunkline("flow", "import", str(write(tmp_path / "menu.json")))
    legacy = trunkline("flow", "export", "Main", "--format", "legacy").out
    assert [module["type"] for module in json.loads(legacy)["modules"]] == ["PlayPrompt", "Transfer", "Disconnect"]
    again = tmp_path / "older"
    again.write_text(legacy)
    assert trunkline("flow", "import", str(again), "--name", "Older").code == 0
    assert trunkline("flow", "export", "Older").out.strip() == legacy.strip()
    assert trunkline("flow", "export", "Main", "--format", "yaml").code == 2
    assert "Nothing is logged of c-1" in trunkline("flow", "logs", "c-1").out
    assert trunkline("flow", "logs", "c-1", "--json").out.strip() == "[]"


def test_a_function_that_nobody_has_keeps_a_flow_from_being_published(trunkline: Type, tmp_path: Path) -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:find"
    ask = action("ask", "InvokeLambdaFunction", {"LambdaFunctionARN": arn}, to="end", errors={"NoMatchingError": "end"})
    file = tmp_path / "asks"
    file.write_text(
        json.dumps(
            {
                "StartAction": "ask",
                "Metadata": {"name": "Asks"},
                "Actions": [ask, action("end", "DisconnectParticipant")],
            }
        )
    )
    said = trunkline("flow", "import", str(file))
    assert f'there is no function {arn}. Say where it lives: `function map "{arn}" PLACE`.' in said.err
    assert trunkline("flow", "publish", "Asks").code == 2
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "find.py").write_text("def handler(event, context): return {}")
    assert trunkline("flow", "publish", "Asks").code == 0
    (use,) = json.loads(trunkline("flow", "resources", "Asks", "--json").out)
    assert (use["kind"], use["how"], use["resource_id"]) == ("function", "outside", arn)


def test_files_that_are_no_flows_are_told_in_one_sentence(trunkline: Type, tmp_path: Path) -> None:
    file = tmp_path / "flow"
    for content, words in ((b"\xff\xfe", "not text in UTF-8"), (b"[]", "Actions"), (b"{", "not JSON")):
        file.write_bytes(content)
        said = trunkline("flow", "import", str(file))
        assert said.code == 2
        assert words in said.err
    assert "no such file" in trunkline("flow", "import", str(tmp_path / "missing")).err
