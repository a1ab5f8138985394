"""An agent's panel over HTTP and its socket, as a browser would have it, with the whole application behind it in virtual time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from app.calls.view import PANEL_LOST
from app.domain.agent import Panel as Shown
from app.domain.events import AgentStatusRequested
from app.web import panel_socket
from app.web.server import WebServer, start_web
from app.web.settings import COUNTERS, WebSettings
from tests.sim.centre import ANN, BOB, CUSTOMER, NUMBER, OUTSIDE
from tests.unit.calls.panels import Panels
from tests.unit.web.conftest import TOKEN, SignIn
from tests.unit.web.fakes import FakeAccounts, until

pytestmark = pytest.mark.contract

PASSWORD = "battery staple"


@pytest.fixture
def accounts() -> FakeAccounts:
    return FakeAccounts(
        {"ann": (PASSWORD, "agent", ANN), "bob": (PASSWORD, "supervisor", BOB), "cy": (PASSWORD, "agent", None)}
    )


@pytest.fixture
async def world() -> Panels:
    made = Panels()
    await made.start()
    return made


@pytest.fixture
async def server(world: Panels, accounts: FakeAccounts) -> AsyncIterator[WebServer]:
    running = await start_web(world.service, accounts, WebSettings(port=0, api_token=TOKEN), world.clock)
    yield running
    await running.stop()


class Panel:
    """What a browser's panel knows: the first view, with the changes that came after it."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self.view: dict[str, Any] = {}
        self.frames: list[str] = []
        self.newest: set[str] = set()

    async def until(self, so: Any) -> dict[str, Any]:
        """Takes what is pushed until the view is so."""
        async with asyncio.timeout(5):
            while not self.view or not so(self.view):
                frame = await self._socket.receive_json()
                self.frames.append(frame["type"])
                if frame["type"] != "alive":
                    self.view |= frame["panel"]
                    self.newest = set(frame["panel"])
        return self.view

    async def contact(self, state: str) -> dict[str, Any]:
        """The contact, once it is in this state."""
        view = await self.until(lambda view: [each["state"] for each in view["contacts"]] == [state])
        found: dict[str, Any] = view["contacts"][0]
        return found


async def test_an_agent_whose_page_is_gone_is_not_rung_and_everybody_is_told(
    world: Panels, browser: ClientSession, sign_in: SignIn, server: WebServer
) -> None:
    """A page that is loaded again costs nothing, nor does a restart; one that stays away takes its agent out within seconds."""
    await sign_in("ann", PASSWORD)
    await world.available(ANN)

    async def opened() -> ClientWebSocketResponse:
        socket = await browser.ws_connect("/ws/panel", origin=server.url.rstrip("/"))
        await Panel(socket).until(lambda view: view["agent"]["out_of_reach"] == "")
        return socket

    async def reach() -> str:
        return next(each.out_of_reach for each in (await world.service.status()).agents if each.agent_id == ANN)

    first, second = await opened(), await opened()
    for socket in (first, second):
        await socket.close()
    await until(lambda: world.state(ANN).panel is Shown.CLOSED)
    await world.advance(4_000)
    third = await opened()
    await world.advance(20_000)
    assert (await reach(), world.state(ANN).routable) == ("", True)
    await third.close()
    await until(lambda: world.state(ANN).panel is Shown.CLOSED)
    await world.advance(5_100)
    assert (await reach(), world.state(ANN).routable) == (PANEL_LOST, False)
    assert world.panel().agent.out_of_reach == PANEL_LOST


async def test_an_open_panel_has_a_while_to_come_back_after_a_restart(world: Panels) -> None:
    await world.available(ANN)
    world.service.panel_opened(ANN)
    await world.kill()
    await world.start()
    await world.advance(9_000)
    assert world.state(ANN).routable
    await world.advance(1_100)
    assert not world.state(ANN).routable
    world.service.panel_opened(ANN)
    await world.settle()
    assert world.state(ANN).routable
    world.service.panel_closed(ANN, lost=True)
    await world.advance(10)
    assert not world.state(ANN).routable


async def ring(world: Panels) -> None:
    """A customer calls and Ann is rung."""
    await world.available(ANN)
    world.caller = world.telephony.call(NUMBER, calling=CUSTOMER)
    world.agenda.after(2_000, lambda: world.caller.press("1"))
    await world.advance(2_500)


async def test_a_panel_follows_a_call_and_acts_on_it(
    world: Panels, browser: ClientSession, sign_in: SignIn, server: WebServer
) -> None:
    headers = {"X-CSRF-Token": await sign_in("ann", PASSWORD)}
    async with browser.ws_connect("/ws/panel", origin=server.url.rstrip("/")) as socket:
        panel = Panel(socket)
        view = await panel.until(lambda view: view["agent"]["status"] == "Offline")
        assert panel.frames == ["alive", "panel"]
        assert view["statuses"] == ["Available", "Offline"]
        answer = await browser.post(f"/api/agents/{ANN}/status", json={"status": "Available"}, headers=headers)
        assert (answer.status, (await answer.json())["status"]) == (200, "Available")
        await ring(world)
        assert (await panel.contact("ringing"))["actions"] == ["decline"]
        await world.advance(4_000)
        contact = await panel.contact("connected")
        assert {"hold", "transfer", "hang-up"} <= set(contact["actions"])
        held = await browser.post(f"/api/contacts/{contact['contact_id']}/hold", headers=headers)
        assert (held.status, (await held.json())["contact"]["state"]) == (200, "on hold")
        await world.settle()
        assert "resume" in (await panel.contact("on hold"))["actions"]
        again = await browser.post(f"/api/contacts/{contact['contact_id']}/hold", headers=headers)
        assert again.status == 409
        assert await again.json() == {"error": "NotNow", "message": "The customer is already on hold."}
        ended = await browser.post(f"/api/contacts/{contact['contact_id']}/hang-up", headers=headers)
        assert ended.status in (200, 202)
        await world.advance(100)
        assert (await panel.contact("after contact work"))["actions"] == ["end-work"]
        assert panel.frames.count("panel") == 1
        assert [entry.action for entry in world.audit.entries] == [
            "sign in",
            "choose status",
            "hold",
            "hold",
            "hang up",
        ]


async def test_only_what_differs_is_sent_and_a_late_reader_gets_the_newest(
    world: Panels, program: ClientSession
) -> None:
    async with program.ws_connect("/ws/panel", headers={"X-Agent": ANN}) as socket:
        panel = Panel(socket)
        await panel.until(lambda view: view["agent"]["status"] == "Offline")
        before = len(panel.frames)
        for status in ("Available", "Offline") * 50 + ("Available",):
            world.live_engine.post(AgentStatusRequested(ANN, status, "test"))
        await panel.until(lambda view: view["agent"]["status"] == "Available")
        assert len(panel.frames) - before <= 3
        assert panel.newest <= {"revision", "agent", "actions", "queues"}


async def test_a_panel_that_is_opened_after_a_restart_shows_the_call(world: Panels, accounts: FakeAccounts) -> None:
    await ring(world)
    await world.advance(4_000)
    await world.kill()
    await world.start()
    running = await start_web(world.service, accounts, WebSettings(port=0, api_token=TOKEN), world.clock)
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Agent": ANN}
    async with ClientSession(running.url, headers=headers) as program, program.ws_connect("/ws/panel") as socket:
        contact = await Panel(socket).contact("connected")
        assert [party["who"] for party in contact["parties"]] == ["customer", "agent"]
        dropped = await program.post(f"/api/contacts/{contact['contact_id']}/drop")
        assert (await dropped.json())["message"] == "No transfer is under way."
    await running.stop()


async def test_who_may_open_a_panel(
    browser: ClientSession, sign_in: SignIn, stranger: ClientSession, server: WebServer, program: ClientSession
) -> None:
    origin = server.url.rstrip("/")
    with pytest.raises(WSServerHandshakeError) as refused:
        await stranger.ws_connect("/ws/panel", origin=origin)
    assert refused.value.status == 401
    token = await sign_in("cy", PASSWORD)
    with pytest.raises(WSServerHandshakeError) as refused:
        await browser.ws_connect("/ws/panel", origin=origin)
    assert refused.value.status == 403
    await browser.post("/logout", headers={"X-CSRF-Token": token})
    await sign_in("ann", PASSWORD)
    for forged in ("https://evil.example", None):
        with pytest.raises(WSServerHandshakeError) as refused:
            await browser.ws_connect("/ws/panel", origin=forged)
        assert refused.value.status == 403
    with pytest.raises(WSServerHandshakeError) as refused:
        await program.ws_connect("/ws/panel", headers={"X-Agent": "nobody"})
    assert refused.value.status == 404


async def test_no_other_site_and_no_other_header_acts_for_an_agent(
    world: Panels, browser: ClientSession, sign_in: SignIn
) -> None:
    await ring(world)
    await world.advance(4_000)
    contact_id = world.contact_of().contact_id
    token = await sign_in("bob", PASSWORD)
    for headers, status in (
        ({}, 403),
        ({"X-CSRF-Token": token, "Origin": "https://evil.example"}, 403),
        ({"X-CSRF-Token": token, "X-Agent": ANN}, 403),
    ):
        answer = await browser.post(f"/api/contacts/{contact_id}/hold", headers=headers)
        assert answer.status == status, await answer.text()
    assert world.contact_of().state == "connected"


async def test_programs_start_contacts_and_read_them(world: Panels, program: ClientSession) -> None:
    body = {
        "number": OUTSIDE,
        "flow": "inbound",
        "caller_number": NUMBER,
        "client_token": "t1",
        "attributes": {"a": "b"},
    }
    first = await (await program.post("/api/outbound-contacts", json=body)).json()
    again = await (await program.post("/api/outbound-contacts", json=body)).json()
    assert (first["again"], again) == (False, {"contact_id": first["contact_id"], "again": True})
    (live,) = await (await program.get("/api/contacts")).json()
    assert (live["contact_id"], live["state"], live["initiation"]) == (first["contact_id"], "dialling", "API")
    for wrong, words in (
        ({**body, "colour": "red"}, "The field 'colour' is not valid: it is not known here"),
        ({"number": OUTSIDE}, "missing required field `flow`"),
        ({**body, "timeout_s": "long"}, "Expected `int`, got `str`"),
    ):
        answer = await program.post("/api/outbound-contacts", json=wrong)
        assert answer.status == 400
        assert words in (await answer.json())["message"]
    found = await (await program.get("/api/audit?limit=5")).json()
    assert [(entry["by"], entry["action"]) for entry in found] == [("api", "start outbound contact")] * 2
    assert (await program.get("/api/callbacks")).status == 200
    assert (await program.delete("/api/callbacks/c-1")).status == 404


async def test_a_view_that_fails_is_counted_and_comes_back(
    world: Panels, program: ClientSession, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel_socket, "RETRY_S", 0.01)
    async with program.ws_connect("/ws/panel", headers={"X-Agent": ANN}) as socket:
        panel = Panel(socket)
        await panel.until(lambda view: view["agent"]["status"] == "Offline")
        shown = world.service.panel_stamp

        def broken(agent_id: str) -> object:
            raise RuntimeError("memory")

        monkeypatch.setattr(world.service, "panel_stamp", broken)
        world.live_engine.post(AgentStatusRequested(ANN, "Available", "test"))
        await until(lambda: server.app[COUNTERS].unhandled["RuntimeError"] > 0)
        monkeypatch.setattr(world.service, "panel_stamp", shown)
        world.live_engine.post(AgentStatusRequested(ANN, "Offline", "test"))
        world.live_engine.post(AgentStatusRequested(ANN, "Available", "test"))
        await panel.until(lambda view: view["agent"]["status"] == "Available")


async def test_a_panel_closes_when_its_agent_is_removed(world: Panels, program: ClientSession) -> None:
    async with program.ws_connect("/ws/panel", headers={"X-Agent": ANN}) as socket:
        await Panel(socket).until(lambda view: view["agent"]["status"] == "Offline")
        now = world.configurations.now
        left = {key: agent for key, agent in now.agents.items() if key != ANN}
        world.configurations.now = replace(now, version="v2", agents=left)
        await world.live_engine.configure()
        async with asyncio.timeout(5):
            while (await socket.receive()).type is not WSMsgType.CLOSE:
                pass
        assert socket.close_code == 4401
