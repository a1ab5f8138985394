from dataclasses import replace

import pytest
from aiohttp import ClientSession

from app.calls.ports import LineView
from app.errors import BadInput
from tests.unit.web.conftest import SignIn
from tests.unit.web.fakes import A_RECORD, FakeOperations

pytestmark = pytest.mark.contract


async def test_the_status_is_whole(program: ClientSession) -> None:
    status = await (await program.get("/api/status")).json()
    assert status["revision"] == 7
    assert [agent["agent_id"] for agent in status["agents"]] == ["agent-anna", "agent-ben", "agent-cleo", "agent-dan"]
    assert status["contacts"][1]["state"] == "in queue"
    assert status["queues"][1]["oldest_since_ms"] == status["contacts"][1]["since_ms"]


async def test_a_contact_its_path_and_the_records(program: ClientSession) -> None:
    assert await (await program.get("/api/contacts/c-0999")).json() == A_RECORD
    trace = await (await program.get("/api/contacts/c-1001/trace")).json()
    assert [entry["what"] for entry in trace][:2] == ["Arrived", "Play prompt"]
    waiting = await (await program.get("/api/contacts/c-1001/waiting")).json()
    assert (waiting["position"], waiting["because"]) == (1, ["no agent is available"])
    assert (await program.get("/api/contacts/c-0999/waiting")).status == 404
    records = await (await program.get("/api/records?limit=2")).json()
    assert [record["contact_id"] for record in records] == ["c-0999", "c-0998"]
    answer = await program.get("/api/contacts/c-4711")
    assert answer.status == 404
    assert await answer.json() == {"error": "NotFound", "message": "There is no contact record named c-4711."}
    assert (await program.get("/api/records?limit=many")).status == 400
    assert (await program.get("/api/records?most=2")).status == 400


async def test_a_player_gets_the_range_it_asks_for(program: ClientSession, operations: FakeOperations) -> None:
    content = operations.files["c-0999"].read_bytes()
    whole = await program.get("/api/contacts/c-0999/recording")
    assert whole.headers["Content-Type"] == "audio/wav"
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert await whole.read() == content
    part = await program.get("/api/contacts/c-0999/recording", headers={"Range": "bytes=100-199"})
    assert part.status == 206
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(content)}"
    assert await part.read() == content[100:200]
    beyond = await program.get("/api/contacts/c-0999/recording", headers={"Range": "bytes=99999999-"})
    assert beyond.status == 416
    saved = await program.get("/api/contacts/c-0999/recording?download=1")
    assert saved.headers["Content-Disposition"] == 'attachment; filename="c-0999.wav"'


async def test_a_recording_that_is_gone_is_told_in_words(program: ClientSession, operations: FakeOperations) -> None:
    operations.files["c-0999"].unlink()
    answer = await program.get("/api/contacts/c-0999/recording")
    assert answer.status == 404
    assert "no recording" in (await answer.json())["message"]


async def test_an_agents_status_is_requested_by_name(program: ClientSession, operations: FakeOperations) -> None:
    answer = await program.post("/api/agents/agent-cleo/status", json={"status": "Available"})
    assert answer.status == 200
    assert operations.asked == [("agent-cleo", "Available", "api")]
    for path, body, status in (
        ("/api/agents/nobody/status", b'{"status":"Available"}', 404),
        ("/api/agents/agent-cleo/status", b'{"status":"Asleep"}', 400),
        ("/api/agents/agent-cleo/status", b"{}", 400),
        ("/api/agents/agent-cleo/status", b"[1", 400),
        ("/api/agents/agent-cleo/status", b'{"status":3}', 400),
    ):
        assert (await program.post(path, data=body)).status == status
    assert len(operations.asked) == 1


async def test_a_reload_is_for_administrators(
    program: ClientSession, browser: ClientSession, sign_in: SignIn, operations: FakeOperations
) -> None:
    token = await sign_in("anna", "battery staple")
    assert (await browser.post("/api/reload", headers={"X-CSRF-Token": token})).status == 403
    assert operations.reloads == 0
    answer = await program.post("/api/reload")
    assert await answer.json() == {"done": True}
    assert operations.reloads == 1
    operations.broken = BadInput(what="The flow Main menu", why="its third block leads nowhere")
    answer = await program.post("/api/reload")
    assert answer.status == 400
    assert (await answer.json())["message"] == "The flow Main menu is not valid: its third block leads nowhere."


async def test_health_tells_the_truth_and_names_nothing_to_strangers(
    stranger: ClientSession, program: ClientSession, operations: FakeOperations
) -> None:
    answer = await stranger.get("/health")
    assert answer.status == 200
    assert await answer.json() == {"state": "degraded", "reasons": ["A trunk is down."], "unhandled_exceptions": 0}
    named = await (await program.get("/health")).json()
    assert named["reasons"] == [
        "Trunk sip-provider: Registration refused (403). Check the trunk's user name and password."
    ]
    well = tuple(line if line.kind == "phone" else replace(line, state="ok") for line in operations.current.lines)
    await operations.set(lines=well)
    assert (await (await stranger.get("/health")).json())["state"] == "ok"
    await operations.set(lines=(LineView("asterisk", "node1", "down", "not connected"),))
    answer = await stranger.get("/health")
    assert answer.status == 503
    assert await answer.json() == {"state": "down", "reasons": ["Asterisk is down."], "unhandled_exceptions": 0}
    operations.broken = RuntimeError("engine")
    answer = await stranger.get("/health")
    assert answer.status == 503
    assert (await answer.json())["reasons"] == ["The call engine does not answer."]


async def test_the_status_page_is_whole_without_scripts(
    browser: ClientSession, sign_in: SignIn, operations: FakeOperations
) -> None:
    token = await sign_in()
    page = await (await browser.get("/")).text()
    for words in (
        "sip-provider",
        "Registration refused (403)",
        "anna-desk",
        "(202) 555-0143",
        "Support",
        "The disk was full",
    ):
        assert words in page
    answer = await browser.post("/agents/status", data={"csrf": token, "choice": "agent-anna:Offline"})
    assert answer.status == 200
    assert operations.asked == [("agent-anna", "Offline", "admin")]
    assert (await browser.post("/agents/status", data={"csrf": token, "choice": "x"})).status == 400


async def test_a_contacts_page_shows_record_path_and_player(browser: ClientSession, sign_in: SignIn) -> None:
    await sign_in()
    page = await (await browser.get("/contacts/c-0999")).text()
    assert 'src="/api/contacts/c-0999/recording"' in page
    assert "Paused, and silent in the file: 1:01 to 1:15" in page
    assert "Get customer input" in page
    assert "RoutingProfile.Name" in page
    assert "&lt;b&gt;en&lt;/b&gt;" in page
    assert "<b>en" not in page
    live = await (await browser.get("/contacts/c-1001")).text()
    assert "The record is written when the contact is over." in live
    assert 'data-live="yes"' in live
    assert "It is being recorded" in live
    assert "Customer (202) 555-0143, our number (800) 555-0100, with ben, (206) 555-0111, sue (listening in)." in live
    missing = await browser.get("/contacts/c-4711")
    assert missing.status == 404
    assert "There is no contact named c-4711." in await missing.text()
