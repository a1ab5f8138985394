"""The generator, on a description as small as its traps."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import BadInput
from app.telephony.ari.generate.__main__ import main
from app.telephony.ari.generate.description import read
from app.telephony.ari.generate.render import modules

pytestmark = pytest.mark.unit


def parameter(name: str, place: str, kind: str = "string", **more: object) -> dict[str, object]:
    return {
        "name": name,
        "paramType": place,
        "dataType": kind,
        "required": place == "path",
        "description": "prose",
        **more,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    operations = [
        {"httpMethod": "GET", "nickname": "list", "responseClass": "List[Channel]", "summary": "prose"},
        {
            "httpMethod": "POST",
            "nickname": "send",
            "responseClass": "void",
            "parameters": [
                parameter("from", "query", required=True),
                parameter("media", "query", allowMultiple=True, required=True),
                parameter("variables", "body", "containers"),
            ],
        },
    ]
    one = [
        {
            "httpMethod": "POST",
            "nickname": "play",
            "responseClass": "Variable",
            "parameters": [parameter("channelId", "path"), parameter("offsetms", "query", "int")],
        }
    ]
    upgrade = [{"httpMethod": "GET", "nickname": "eventWebsocket", "responseClass": "Message", "upgrade": "websocket"}]
    models = {
        "Channel": {"properties": {"id": {"type": "string", "required": True}}},
        "Variable": {"properties": {"from": {"type": "string", "required": True}}},
        "Event": {"properties": {}, "subTypes": ["Start", "RESTResponse"]},
        "Start": {"properties": {"channel": {"type": "Channel", "required": True}}},
        "RESTResponse": {"properties": {"uri": {"type": "string"}}},
    }
    document = {
        "models": models,
        "apis": [
            {"path": "/channels", "operations": operations},
            {"path": "/channels/{channelId}/play", "operations": one},
            {"path": "/events", "operations": upgrade},
        ],
    }
    (tmp_path / "channels.json").write_text(json.dumps(document))
    (tmp_path / "resources.json").write_text("{}")
    return tmp_path


def test_names_and_types_are_taken_and_prose_is_not(folder: Path) -> None:
    texts = modules(read(folder))
    assert "prose" not in "".join(texts.values())
    assert "eventWebsocket" not in texts["channels"]
    assert "RESTResponse" not in "".join(texts.values())
    assert 'PLAY = Operation("channels.play", "POST", "channels/{}/play", ChannelsPlayParameters)' in texts["channels"]
    assert "-> builtins.list[Channel]" in texts["channels"]
    assert "offsetms: NotRequired[int | None]" in texts["channels_parameters"]
    assert "from_: str" in texts["channels_parameters"]
    assert "media: str | Sequence[str]" in texts["channels_parameters"]
    assert 'Variable = TypedDict("Variable", {"from": str})' in texts["models"]
    assert 'type: Literal["Start"]' in texts["other_events"]
    assert '"Start": (("channel", "Channel"), )' in texts["event_union"]


def test_an_object_gets_the_operations_on_itself(folder: Path) -> None:
    text = modules(read(folder))["channel_object"]
    assert "async def play(self, **parameters: Unpack[ChannelsPlayParameters]) -> models.Variable" in text
    assert "self.client.channels.play(self.id, **parameters)" in text
    assert "async def list" not in text


def test_a_folder_without_description_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadInput, match="holds no API description"):
        read(tmp_path)
    assert main([str(tmp_path)]) == 2
    assert "holds no API description" in capsys.readouterr().err
    assert main([]) == 2


def test_what_is_committed_imports_alone() -> None:
    script = "import app.telephony.ari.generated.repositories, app.telephony.ari.generated.event_union"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
