"""Test calls: the path is followed, keys are pressed when they are asked for, and what was heard is told."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.cli.demo_content import demo_instance, shipped_flows
from app.cli.running import not_running
from app.cli.testcall.behaviour import Behaviour
from app.cli.testcall.caller import Caller
from app.cli.testcall.path import Path as CallPath
from app.cli.testcall.report import Report, analyse_sides, heard_in, lines_of
from app.telephony.audio import tone, write_wav

pytestmark = pytest.mark.unit

NUMBER, CALLING, TOKEN = "+12025550100", "+12025550199", "abcd1234"


class ToldServer:
    """A server whose answers a test decides. `away` makes it unreachable."""

    def __init__(self) -> None:
        self.contacts: list[dict[str, Any]] = []
        self.traces: dict[str, list[dict[str, Any]]] = {}
        self.away = False

    async def status(self) -> dict[str, Any]:
        if self.away:
            raise not_running("http://127.0.0.1:8080")
        return {"contacts": self.contacts}

    async def trace(self, contact_id: str) -> list[dict[str, Any]]:
        return self.traces.get(contact_id, [])

    def arrives(self, contact_id: str, by: str) -> None:
        self.contacts.append(
            {
                "contact_id": contact_id,
                "customer_number": CALLING,
                "system_number": NUMBER,
                "state": "in flow",
                "flow": "Sample inbound flow",
                "block": "Greeting",
            }
        )
        self.traces[contact_id] = [entry("arrived", {"from": CALLING, "by": by})]

    def enters(self, block: str, left: str = "") -> None:
        self.contacts[-1]["block"] = block
        self.traces[self.contacts[-1]["contact_id"]].append(entry(left or "Play prompt", {"block": left}))


def entry(what: str, details: dict[str, str] | None = None) -> dict[str, Any]:
    return {"at_ms": 1000, "kind": "block", "what": what, "result": "", "details": details or {}}


class ToldCaller:
    """Keeps what the caller does."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.answered, self.ended = asyncio.Event(), asyncio.Event()

    async def press(self, digit: str) -> None:
        self.did.append(digit)

    async def say_hello(self) -> None:
        self.did.append("hello")


@pytest.fixture
def server() -> ToldServer:
    return ToldServer()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def path(server: ToldServer, said: list[str]) -> CallPath:
    instance = demo_instance(shipped_flows(), Path("prompts"))
    return CallPath(server, instance, TOKEN, NUMBER, CALLING, said.append)  # type: ignore[arg-type]


def behaviour(path: CallPath, keys: str) -> tuple[Behaviour, ToldCaller]:
    caller = ToldCaller()
    return Behaviour(caller, path, keys, 1.0, 20.0), caller  # type: ignore[arg-type]


async def test_our_call_is_told_from_another_of_the_same_numbers(server: ToldServer, path: CallPath) -> None:
    server.arrives("theirs", "other")
    await path.look()
    assert path.contact_id == ""
    server.arrives("ours", TOKEN)
    await path.look()
    assert path.contact_id == "ours"
    assert path.state == "in flow"


async def test_each_step_is_told_once(server: ToldServer, path: CallPath, said: list[str]) -> None:
    server.arrives("ours", TOKEN)
    await path.look()
    server.enters("Menu", "Greeting")
    await path.look()
    await path.look()
    assert len(said) == 2
    assert "arrived" in said[0]
    assert said[1].endswith("Greeting")


async def test_a_server_that_is_killed_is_waited_for(server: ToldServer, path: CallPath, said: list[str]) -> None:
    server.arrives("ours", TOKEN)
    await path.look()
    server.away = True
    await path.look()
    await path.look()
    assert [line for line in said if "not available" in line] == [said[1]]
    server.away = False
    await path.look()
    assert said[-1].strip() == "the server is back"


async def test_a_key_is_pressed_once_a_menu_and_after_the_pause(server: ToldServer, path: CallPath) -> None:
    server.arrives("ours", TOKEN)
    acting, caller = behaviour(path, "72")
    await path.look()
    await acting._react(0.0)
    server.enters("Menu")
    await path.look()
    await acting._react(10.0)
    await acting._react(10.9)
    assert caller.did == []
    await acting._react(11.0)
    await acting._react(13.0)
    assert caller.did == ["7"]
    server.enters("Menu", "Menu")
    await path.look()
    await acting._react(14.0)
    await acting._react(15.0)
    assert caller.did == ["7", "2"]
    assert acting.unpressed == ""


async def test_hello_is_said_once_to_the_agent(server: ToldServer, path: CallPath) -> None:
    server.arrives("ours", TOKEN)
    server.contacts[0] |= {"state": "connected", "block": ""}
    await path.look()
    acting, caller = behaviour(path, "1")
    await acting._react(0.0)
    await acting._react(1.0)
    assert caller.did == ["hello"]
    assert acting.unpressed == "1"


async def test_the_caller_knows_how_its_call_went() -> None:
    asked: list[tuple[str, object]] = []

    async def ask(*arguments: object, **parameters: object) -> None:
        asked.append((str(arguments[0]), parameters))

    channels = SimpleNamespace(snoopChannelWithId=ask, record=ask, playWithId=ask, hangup=ask)
    caller = Caller(SimpleNamespace(channels=channels, application="x"), TOKEN)  # type: ignore[arg-type]
    caller.happened({"type": "StasisStart", "channel": {"id": "another"}})
    assert not caller.answered.is_set()
    caller.happened({"type": "StasisStart", "channel": {"id": caller.channel}})
    assert caller.answered.is_set()
    await asyncio.gather(*caller._tasks)
    assert len(asked) == 3
    caller.happened({"type": "ChannelDestroyed", "channel": {"id": caller.channel}, "cause": 1})
    assert caller.ended.is_set()
    assert "not in service" in caller.cause


def test_what_was_heard_is_measured() -> None:
    sound = np.concatenate((tone(440, 500), np.zeros(8000), tone(440, 500), np.zeros(4000)))
    heard = heard_in(sound, 8000, "x.wav")
    assert heard.duration_ms == 2500
    assert heard.silence_ms == 1500
    assert heard.longest_silence_ms == 1000
    assert not heard.speech


def test_both_sides_of_a_recording_are_measured(tmp_path: Path) -> None:
    write_wav(tmp_path / "r.wav", np.stack((tone(440, 1000), np.zeros(8000)), axis=1))
    sides = analyse_sides(tmp_path / "r.wav")
    assert sides["customer"].silence_ms == 0
    assert sides["agent"].silence_ms == 1000
    assert analyse_sides(tmp_path / "none.wav") == {}


def test_keys_that_nobody_asked_for_are_told() -> None:
    report = Report(NUMBER, CALLING, True, "busy", "c", [], "12", None, None, {})
    text = "\n".join(lines_of(report))
    assert "Ended: busy." in text
    assert "Nobody asked for the keys 12" in text
    assert "not written yet" in text
