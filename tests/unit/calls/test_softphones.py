"""Log-ins of the agents' phones in browsers."""

from dataclasses import replace

import pytest

from app.calls.ports.asks.agents import ChoosePhone, ConnectSoftphone
from app.calls.services.softphones import Softphones
from app.domain.ice import IceServers
from app.domain.lines import Phone
from app.errors import BadInput, Denied
from tests.sim.centre import ANN, BOB, OUTSIDE
from tests.unit.calls.panels import ANNS, BOBS, ROOT, Panels, staffed

pytestmark = pytest.mark.sim

ANNS_BROWSER, BOBS_BROWSER = f"web-{ANN}", f"web-{BOB}"


async def world_of(**phones: str) -> Panels:
    """The centre, with these kinds of phones by name."""
    world = Panels()
    world.book.known = {name: Phone(name, "12345678", kind) for name, kind in phones.items()}
    await world.start()
    return world


async def test_the_phone_is_made_when_it_is_first_asked_for_and_each_page_has_its_own_password() -> None:
    world = await world_of()
    desk = world.live_engine.brain.instance.agents[ANN].phone
    pages = [await world.do(ANNS, ConnectSoftphone()) for _ in range(2)]
    assert [(page.phone, page.chosen) for page in pages] == [(ANNS_BROWSER, desk)] * 2
    assert world.book.known[ANNS_BROWSER].kind == "webrtc"
    assert world.book.admitted == [(ANNS_BROWSER, page.password) for page in pages]
    assert len({world.book.known[ANNS_BROWSER].secret, *(page.password for page in pages)}) == 3
    assert all(page.password not in str(entry) for entry in world.audit.entries for page in pages)


async def test_a_page_is_told_how_its_sound_finds_its_way() -> None:
    world = await world_of()
    connect = Softphones(
        world.book, world.book.admit, IceServers(turn=("turn:turn.example.net",), secret="north")
    ).connect
    told = (await connect(world.service._desk, ANNS, ConnectSoftphone())).value
    (server,) = told.ice_servers
    end_s, _, who = server.username.partition(":")
    assert (int(end_s) - world.clock.now_ms() // 1000, who) == (told.ice_servers_last_s, ANN)


async def test_the_browser_can_be_chosen_by_its_agent_alone() -> None:
    world = await world_of()
    await world.do(ANNS, ConnectSoftphone())
    with pytest.raises(BadInput, match="it is ann's"):
        await world.do(BOBS, ChoosePhone(ANNS_BROWSER))
    assert (await world.do(ANNS, ChoosePhone(ANNS_BROWSER))).phone == ANNS_BROWSER
    assert (await world.do(ANNS, ConnectSoftphone())).chosen == ANNS_BROWSER


async def test_a_browser_phone_that_an_administrator_gave_is_used() -> None:
    world = Panels()
    instance = staffed()
    agents = {**instance.agents, ANN: replace(instance.agents[ANN], phone="flex")}
    world = Panels(replace(instance, agents=agents))
    world.book.known = {"flex": Phone("flex", "12345678", "webrtc")}
    await world.start()
    assert (await world.do(ANNS, ConnectSoftphone())).phone == "flex"
    assert list(world.book.known) == ["flex"]


async def test_who_is_no_agent_has_no_phone() -> None:
    world = await world_of()
    with pytest.raises(Denied):
        await world.do(ROOT, ConnectSoftphone())


async def test_a_desk_phone_is_never_taken_for_a_browsers() -> None:
    world = await world_of(**{BOBS_BROWSER: "desk"})
    with pytest.raises(BadInput, match=BOBS_BROWSER):
        await world.do(BOBS, ConnectSoftphone())
    assert world.book.admitted == []


async def test_three_kinds_of_phone_can_be_chosen_one_at_a_time() -> None:
    world = await world_of()
    kinds = []
    for ask in (ChoosePhone(softphone=True), ChoosePhone(number=OUTSIDE), ChoosePhone("phone-ann")):
        kinds.append((await world.do(ANNS, ask)).phone_kind)
    assert kinds == ["softphone", "outside number", "desk phone"]
    for nothing in (ChoosePhone(), ChoosePhone("phone-ann", softphone=True), ChoosePhone("phone-ann", OUTSIDE)):
        with pytest.raises(BadInput, match="one of these"):
            await world.do(ANNS, nothing)
