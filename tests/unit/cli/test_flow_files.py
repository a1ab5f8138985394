"""`flow check` and `flow convert`: what files hold, in words and as JSON, and the other format of each."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.conftest import Type
from tests.unit.flow.driving import action, say

pytestmark = pytest.mark.unit

SHIPPED = Path(__file__).parents[3] / "flows"
QUEUE = "arn:aws:connect:eu-west-1:1:instance/i/queue/q"


def language(*actions: dict[str, Any], **metadata: Any) -> str:
    content = {"Version": "2019-10-30", "StartAction": "a", "Actions": actions, "Metadata": metadata}
    return json.dumps(content)


def legacy(*modules: dict[str, Any]) -> str:
    metadata = {"name": "Older", "type": "contactFlow"}
    return json.dumps({"version": "1", "start": "a", "modules": modules, "metadata": metadata})


def checked(trunkline: Type, *paths: Path) -> tuple[int, list[dict[str, Any]], str]:
    said = trunkline("flow", "check", "--json", *map(str, paths))
    return said.code, json.loads(said.out)["files"], said.err


def test_a_file_tells_what_it_holds(trunkline: Type, tmp_path: Path) -> None:
    file = tmp_path / "export"
    choose = action("a", "UpdateContactTargetQueue", {"QueueId": QUEUE}, to="v", errors={"NoMatchingError": "gone"})
    view = action("v", "ShowView", to="a", errors={"NoMatchingError": "a"})
    notes = {"a": {"parameters": {"QueueId": {"displayName": "Sales"}}}}
    file.write_text(language(choose, view, name="Main", type="contactFlow", ActionMetadata=notes))
    code, (found,), err = checked(trunkline, file)
    assert (code, err) == (0, "")
    assert {key: found[key] for key in ("path", "format", "type", "name", "blocks", "supported", "round_trip")} == {
        "path": str(file), "format": "language", "type": "contactFlow", "name": "Main", "blocks": 2, "supported": 1, "round_trip": True,
    }  # fmt: skip
    assert found["unsupported"] == [{"type": "ShowView", "id": "v"}]
    assert found["unresolved"] == [{"block": "a", "kind": "queue", "value": QUEUE, "name": "Sales"}]
    words = [(each["severity"], each["block"], each["words"]) for each in found["findings"]]
    assert ("error", "a", "The branch Error leads to gone, which does not exist.") in words


def test_functions_are_named_too(trunkline: Type, tmp_path: Path) -> None:
    file = tmp_path / "export"
    ask = {"id": "a", "type": "InvokeExternalResource", "target": "Lambda", "parameters": [{"name": "FunctionArn", "value": "arn:f"}],
           "branches": [{"condition": "Success", "transition": "e"}, {"condition": "Error", "transition": "e"}]}  # fmt: skip
    file.write_text(legacy(ask, {"id": "e", "type": "Disconnect"}, {"id": "s", "type": "StartMediaStreaming"}))
    _, (found,), _ = checked(trunkline, file)
    assert (found["format"], found["type"], found["supported"]) == ("legacy", "contactFlow", 2)
    assert found["unresolved"] == [{"block": "a", "kind": "function", "value": "arn:f", "name": ""}]
    assert found["unsupported"] == [{"type": "StartMediaStreaming", "id": "s"}]


def test_a_folder_is_looked_through_for_flows(trunkline: Type, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "no extension").write_text(legacy({"id": "a", "type": "Resume"}))
    (tmp_path / "package.json").write_text('{"name": "no flow"}')
    (tmp_path / "notes.md").write_text("About version 2019-10-30.")
    (tmp_path / "sound.wav").write_bytes(b"RIFF\xff\xfe")
    code, files, _ = checked(trunkline, tmp_path)
    assert (code, [Path(each["path"]).name for each in files]) == (0, ["no extension"])
    (tmp_path / "broken.json").write_text('{"Version": "2019-10-30", "Actions": ')
    code, files, err = checked(trunkline, tmp_path)
    assert code == 2
    assert [("error" in each) for each in files] == [True, False]
    assert "broken.json: The flow is not valid: it is not JSON" in err


@pytest.mark.parametrize(
    ("content", "why"), [(b'{"a": 1}', "neither"), (b"\xff\xfe", "not text"), (None, "cannot be read")]
)
def test_a_file_that_is_named_must_be_a_flow(trunkline: Type, tmp_path: Path, content: bytes | None, why: str) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    code, (good, bad), err = checked(trunkline, SHIPPED / "sample_inbound.json", file)
    assert code == 2
    assert "error" not in good
    assert why in bad["error"]
    assert bad["error"] in err


def test_people_get_tables(trunkline: Type) -> None:
    said = trunkline("flow", "check", str(SHIPPED))
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].split()[:3] == ["FILE", "FORMAT", "TYPE"]
    assert any(line.startswith("BLOCK ") for line in lines)
    assert lines[-1].endswith("of them supported (100.0 %).")
    alone = trunkline("flow", "check", str(SHIPPED / "default_queue_transfer.json"))
    assert "1 flows" not in alone.out
    assert "1 flow," in alone.out


def test_a_flow_is_converted_there_and_back(trunkline: Type, tmp_path: Path) -> None:
    original, older, back = tmp_path / "flow.json", tmp_path / "older", tmp_path / "back"
    original.write_text(
        language(say("a", "Hello — \ud83d\ude00", to="e"), action("e", "DisconnectParticipant"), name="N")
    )
    assert trunkline("flow", "convert", str(original), "-o", str(older)).code == 0
    assert json.loads(older.read_text())["version"] == "1"
    assert trunkline("flow", "convert", str(older), "-o", str(back)).code == 0
    assert json.loads(back.read_text()) == json.loads(original.read_text())
    said = trunkline("flow", "convert", str(older), "--to", "legacy")
    assert json.loads(said.out) == json.loads(older.read_text())
    refused = trunkline("flow", "convert", str(SHIPPED))
    assert refused.code == 2
