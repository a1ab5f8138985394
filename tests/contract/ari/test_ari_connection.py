"""How the websocket and HTTP behave when Asterisk, the network or a password is wrong, and how they come back."""

import asyncio
import os
import signal

import aiohttp
import pytest

from app.errors import Unavailable
from app.telephony.ari import AriClient, AriDisconnected, AriNode, AriRequestFailed, AriServer, AriTimeout
from app.telephony.ari.generated.asterisk import PING
from tests.contract.ari.conftest import Connection, clean, connection_to
from tests.rig.asterisk import AsteriskRig

pytestmark = pytest.mark.contract


async def test_requests_work_over_both(connection: Connection) -> None:
    by_http = {operation: (await connection.client.asterisk.getInfo())["system"]["version"] for operation in range(2)}
    ping = await connection.client.asterisk.ping()
    figures = connection.client.figures()
    assert by_http[0].startswith("22.")
    assert ping["ping"] == "pong"
    assert (figures.connected, figures.connections) == (True, 1)
    assert (figures.requests_by_socket, figures.requests_by_http) == (1, 2)
    assert (figures.in_flight_by_socket, figures.in_flight_by_http) == (0, 0)


async def test_without_a_socket_everything_goes_over_http(rig: AsteriskRig) -> None:
    async with connection_to(rig).client as client:
        assert (await client.asterisk.ping())["ping"] == "pong"
        assert client.figures().requests_by_http == 1


async def test_many_at_once_are_bounded_and_all_answered(rig: AsteriskRig) -> None:
    made = connection_to(rig, in_flight_limit=4)
    await made.server.start()
    await made.until(lambda: made.client.connected, "Asterisk connects", 10)
    asking = asyncio.gather(*(made.client.asterisk.ping() for _ in range(500)))
    await asyncio.sleep(0)
    figures = made.client.figures()
    assert (figures.in_flight_by_socket, figures.waiting_for_socket) == (4, 496)
    assert len(await asking) == 500
    assert (made.client.figures().in_flight_by_socket, made.client.figures().waiting_for_socket) == (0, 0)
    await made.server.close()


async def test_a_wrong_ari_password_is_a_clear_refusal(rig: AsteriskRig) -> None:
    async with AriClient(AriNode(rig.node, rig.base_url, rig.ari_user, "wrong"), rig.application) as client:
        with pytest.raises(AriRequestFailed) as refused:
            await client.asterisk.ping()
    assert refused.value.status_code == 401


async def test_an_asterisk_with_a_wrong_password_is_not_let_in(
    rig: AsteriskRig, caplog: pytest.LogCaptureFixture
) -> None:
    made = connection_to(rig)
    wrong = AriServer([made.client], user=rig.listener_user, password="another", port=rig.listener_port)
    await wrong.start()
    refusals = "an Asterisk's websocket was refused"
    await made.until(lambda: refusals in caplog.text, "Asterisk is refused", 10)
    await asyncio.sleep(1.2)
    assert not made.client.connected
    assert caplog.text.count(refusals) == 1
    await wrong.close()


async def test_a_taken_port_is_one_sentence(connection: Connection) -> None:
    second = AriServer([], user="asterisk", password="secret", port=connection.rig.listener_port)
    with pytest.raises(Unavailable, match=r"The address 127\.0\.0\.1:\d+ .* configure another port"):
        await second.start()


async def test_a_frozen_asterisk_is_noticed_and_comes_back(connection: Connection) -> None:
    os.kill(connection.rig.pid, signal.SIGSTOP)
    try:
        with pytest.raises(AriTimeout, match=r"did not answer asterisk\.ping within 0\.3 s"):
            await connection.client.request(PING.request((), None), timeout_s=0.3)
        waiting = asyncio.ensure_future(connection.client.asterisk.ping())
        await connection.until(lambda: connection.lost, "the dead socket is noticed", 10)
        with pytest.raises(AriDisconnected, match="nothing was heard"):
            await waiting
        with pytest.raises(AriTimeout):
            await connection.client.request(PING.request((), None), timeout_s=0.3)
    finally:
        os.kill(connection.rig.pid, signal.SIGCONT)
    await connection.until(lambda: connection.client.connected, "Asterisk comes back")
    assert connection.client.figures().connections == 2


async def test_a_restarted_asterisk_comes_back(connection: Connection) -> None:
    await asyncio.to_thread(connection.rig.kill)
    await connection.until(lambda: connection.lost, "the end is noticed")
    with pytest.raises(AriDisconnected):
        await connection.client.asterisk.ping()
    await asyncio.to_thread(connection.rig.start)
    await connection.until(lambda: connection.client.connected, "Asterisk comes back", 10)
    assert (await connection.client.asterisk.ping())["ping"] == "pong"


async def test_callers_survive_the_application_and_new_ones_wait_for_it(rig: AsteriskRig) -> None:
    first = connection_to(rig)
    await first.server.start()
    await first.until(lambda: first.client.connected, "Asterisk connects", 10)
    application = rig.application
    await first.client.channels.originate(endpoint="Local/55@parked", app=application, channelId="node1-early")
    await first.event("StasisStart", channel="node1-early")
    async with asyncio.timeout(5):
        await first.server.close()
    with pytest.raises(AriDisconnected, match="closed"):
        await first.client.asterisk.ping()

    second = connection_to(rig)
    await second.client.channels.originate(endpoint="Local/55@parked", app=application, channelId="node1-late")
    await second.until(lambda: "node1-late" in rig.cli("core show channels concise"), "the caller is there")
    await second.server.start()
    await second.event("StasisStart", timeout_s=10, channel="node1-late")
    held = (await second.client.applications.get(application)).json["channel_ids"]
    assert {"node1-early", "node1-late"} <= set(held)
    assert not second.of("StasisStart", channel="node1-early")
    await clean(second.client)
    await second.server.close()


async def test_a_newer_websocket_replaces_the_older(connection: Connection) -> None:
    rig = connection.rig
    url = f"ws://127.0.0.1:{rig.listener_port}/ari/{rig.node}"
    headers = {"Authorization": aiohttp.encode_basic_auth(rig.listener_user, rig.listener_password)}
    async with aiohttp.ClientSession() as session, session.ws_connect(url, protocols=["ari"], headers=headers):
        await connection.until(lambda: connection.lost == ["Asterisk opened a newer websocket"], "the older one ends")
        assert connection.client.figures().connections == 2
    await connection.until(lambda: connection.client.figures().connections == 3, "Asterisk opens a new websocket", 10)
    assert (await connection.client.asterisk.ping())["ping"] == "pong"


@pytest.mark.parametrize(
    ("path", "user", "status"),
    [("ari/node1", "somebody", 401), ("ari/node9", "asterisk", 404), ("ari/node1", "asterisk", 426)],
)
async def test_strangers_are_turned_away(connection: Connection, path: str, user: str, status: int) -> None:
    url = f"http://127.0.0.1:{connection.rig.listener_port}/{path}"
    headers = {"Authorization": aiohttp.encode_basic_auth(user, connection.rig.listener_password)}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        assert answer.status == status
    assert connection.client.connected
