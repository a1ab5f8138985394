"""An agent's panel on real calls: what its socket shows at each step of a call. `test_kill` has it after kills."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.e2e.talking import HOLD_HZ, hold, to_queue
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, dial
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e

DIRECT = "+12025550101"


@pytest.fixture(scope="module")
def centre() -> Iterator[ApplicationRig]:
    with ApplicationRig() as rig:
        rig.fill(
            contents.demo,
            contents.trunk,
            contents.agents(["alice", "bob"], ring_timeout_s=15, after_contact_work_s=60),
            contents.tone_prompt("hold", HOLD_HZ, 3.0),
            to_queue,
            hold,
        )
        rig.start()
        yield rig
        rig.check()


def panel(centre: ApplicationRig, agent: str) -> dict[str, Any]:
    """What a panel that is opened now shows first."""
    token = json.loads((centre.var / "secrets.json").read_text())["api_token"]
    headers = {"Authorization": f"Bearer {token}", "X-Agent": agent}

    async def read() -> dict[str, Any]:
        url = f"http://127.0.0.1:{centre.web_port}/ws/panel"
        async with ClientSession(headers=headers) as session, session.ws_connect(url) as socket, asyncio.timeout(10):
            while (frame := await socket.receive_json())["type"] != "panel":
                pass
            shown: dict[str, Any] = frame["panel"]
            return shown

    return asyncio.run(read())


def wait_panel(centre: ApplicationRig, agent: str, state: str) -> dict[str, Any]:
    """The agent's contact once their panel shows it in this state."""

    def so() -> dict[str, Any] | None:
        contacts = panel(centre, agent)["contacts"]
        return contacts[0] if contacts and contacts[0]["state"] == state else None

    found: dict[str, Any] = until(so, f"{agent}'s contact is {state}", 15, every_s=0.1)  # type: ignore[assignment]
    return found


def test_a_panel_is_right_at_every_step(centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip) -> None:
    def do(verb: str, details: dict[str, object] | None = None, status: str = "alice") -> dict[str, Any]:
        contact_id = panel(centre, status)["contacts"][0]["contact_id"]
        answer = centre.api("POST", f"/api/contacts/{contact_id}/{verb}", details or {}, agent=status)
        found: dict[str, Any] = answer["contact"]
        return found

    rung = len(alice.times("CALL_INCOMING"))
    dial(caller, DIRECT, centre.sip_port)
    alice.wait_ringing(times=rung + 1)
    assert wait_panel(centre, "alice", "ringing")["actions"] == ["decline"]
    alice.answer()
    first = wait_panel(centre, "alice", "connected")
    assert first["recording"] == "on"
    assert do("hold")["state"] == "on hold"
    do("resume")
    do("transfer", {"agent": "bob"})
    bob.wait_ringing(15)
    assert wait_panel(centre, "alice", "consulting")["transfer"]["stage"] == "ringing"
    bob.answer()
    until(lambda: panel(centre, "alice")["contacts"][0]["transfer"]["stage"] == "consulting", "they consult")
    do("swap")
    assert do("join")["state"] == "conference"
    do("leave")
    assert wait_panel(centre, "alice", "after contact work")["contact_id"] == first["contact_id"]
    assert wait_panel(centre, "bob", "connected")["initiation"] == "TRANSFER"
    do("hang-up", status="bob")
    wait_panel(centre, "bob", "after contact work")
    for agent in ("alice", "bob"):
        do("end-work", status=agent)
        assert panel(centre, agent)["contacts"] == []
    record = centre.wait_record(centre.wait_record(first["contact_id"])["NextContactId"])
    assert record["Agent"]["Username"] == "bob"
    done = [entry["action"] for entry in centre.api("GET", "/api/audit?by=api") if entry["outcome"] == "done"]
    acted = [action for action in reversed(done) if action != "choose status"]
    assert acted == ["hold", "resume", "transfer", "swap", "join", "leave", "hang up", *["end after contact work"] * 2]
