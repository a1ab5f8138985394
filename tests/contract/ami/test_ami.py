"""The manager interface of a real Asterisk: states, events, and what happens when things are wrong."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable

import pytest

from app.errors import BadInput
from app.telephony.ami import (
    AmiClient,
    AmiDisconnected,
    AmiEvent,
    AmiLoginRefused,
    AmiNode,
    AmiRequestFailed,
    AmiTimeout,
    ContactStatusChanged,
    RegistrationChanged,
    SecurityEvent,
)
from tests.contract.ami.conftest import node
from tests.rig.asterisk import AsteriskRig
from tests.rig.ports import free_port

pytestmark = pytest.mark.contract


async def until(condition: Callable[[], object], timeout_s: float = 15.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition() and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert condition()


async def test_registrations_endpoints_and_contacts(client: AmiClient, rig: AsteriskRig) -> None:
    (carrier,) = await client.registrations()
    assert (carrier.name, carrier.server_uri) == ("carrier", f"sip:127.0.0.1:{rig.sip_port}")
    assert carrier.status != "Registered"
    assert set(await client.endpoints()) == {"here", "gone"}

    async def states() -> dict[str, str]:
        return {contact.endpoint: contact.status for contact in await client.contacts()}

    async with asyncio.timeout(5):
        while await states() != {"here": "Reachable", "gone": "Unreachable"}:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    (here,) = await client.contacts(["here", "nobody"])
    assert here.uri == f"sip:here@127.0.0.1:{rig.sip_port}"
    assert here.round_trip_us is not None
    assert 0 < here.round_trip_us < 1_000_000


async def test_modules_and_commands(client: AmiClient) -> None:
    modules = {module.name: module for module in await client.modules()}
    assert modules["res_ari.so"].running
    assert modules["res_ari.so"].use_count > 0
    assert "app_system.so" not in modules
    assert "Asterisk 22" in (await client.command("core show version"))[0]
    for command in ("core stop now", "pjsip show auths", "core show version\r\nAction: Logoff", "database show"):
        with pytest.raises(BadInput, match="not among those"):
            await client.command(command)


async def test_strangers_are_reported(client: AmiClient, rig: AsteriskRig, told: list[AmiEvent]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        port = phone.getsockname()[1]
        lines = [
            f"INVITE sip:55@127.0.0.1:{rig.sip_port} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKrig;rport",
            "From: <sip:intruder@127.0.0.1>;tag=1",
            "To: <sip:55@127.0.0.1>",
            f"Call-ID: {port}",
            "CSeq: 1 INVITE",
            f"Contact: <sip:intruder@127.0.0.1:{port}>",
            "Max-Forwards: 70",
            "Content-Length: 0\r\n\r\n",
        ]
        phone.sendto("\r\n".join(lines).encode(), ("127.0.0.1", rig.sip_port))
        await until(lambda: [event for event in told if isinstance(event, SecurityEvent) and event.failed])
    event = next(event for event in told if isinstance(event, SecurityEvent) and event.failed)
    assert (event.kind, event.service, event.account) == ("InvalidAccountID", "PJSIP", "intruder")
    assert event.remote_ip == "127.0.0.1"


async def test_a_wrong_secret_is_said_at_once(rig: AsteriskRig) -> None:
    client = AmiClient(node(rig, "wrong"))
    with pytest.raises(
        AmiLoginRefused, match=r"refused the manager login of trunkline: Authentication failed.*manager\.conf"
    ):
        await client.ready()
    assert not client.connected
    with pytest.raises(AmiDisconnected, match="Authentication failed"):
        await client.registrations()
    await client.close()


async def test_a_secret_cannot_smuggle_an_action_in(rig: AsteriskRig) -> None:
    smuggling = f"{rig.ami_password}\r\nAction: Command\r\nCommand: core stop now"
    client = AmiClient(node(rig, smuggling))
    with pytest.raises(AmiLoginRefused):
        await client.ready()
    await client.close()
    assert "fully booted" in rig.cli("core waitfullybooted")


async def test_nobody_listens() -> None:
    client = AmiClient(AmiNode("node9", "127.0.0.1", free_port(), "a", "b"))
    with pytest.raises(AmiDisconnected, match="Connect"):
        await client.ready(0.3)
    await client.close()


async def test_a_refusal_says_why(client: AmiClient) -> None:
    with pytest.raises(AmiRequestFailed, match="refused the manager action MixMonitor: No such channel"):
        await client.mix_monitor("nobody", options="r(/tmp/never.wav)")
    with pytest.raises(BadInput, match="names no file"):
        await client.mix_monitor("nobody")


async def test_close_really_closes(rig: AsteriskRig) -> None:
    lost: list[str] = []
    client = AmiClient(node(rig), on_disconnected=lambda _, reason: lost.append(reason))
    await client.ready()
    await client.close()
    assert lost == ["closed"]
    await asyncio.sleep(2.5)
    assert not client.connected
    assert "trunkline" not in rig.cli("manager show connected")


async def test_a_frozen_asterisk_is_noticed_and_nothing_is_sent_twice(rig: AsteriskRig) -> None:
    lost: list[str] = []
    client = AmiClient(node(rig), on_disconnected=lambda _, reason: lost.append(reason), request_timeout_s=1.0)
    await client.ready()
    os.kill(rig.pid, signal.SIGSTOP)
    try:
        with pytest.raises(AmiTimeout, match=r"within 1\.0 s"):
            await client.registrations()
        await until(lambda: lost)
        assert "did not answer the manager action Ping" in lost[0]
        with pytest.raises(AmiDisconnected) as refused:
            await client.registrations()
        assert refused.value.may_repeat
    finally:
        os.kill(rig.pid, signal.SIGCONT)
    await until(lambda: client.connected)
    assert await client.registrations()
    await client.close()


async def test_it_comes_back_after_a_restart_and_hears_of_phones_and_carriers(rig: AsteriskRig) -> None:
    told: list[AmiEvent] = []
    client = AmiClient(node(rig), sink=lambda _, event: told.append(event))
    await client.ready()
    await asyncio.to_thread(rig.kill)
    await until(lambda: not client.connected)
    with pytest.raises(AmiDisconnected) as refused:
        await client.mix_monitor("x", options="r(/tmp/never.wav)")
    assert "connection" in str(refused.value)
    told.clear()
    await asyncio.to_thread(rig.start)
    await until(lambda: client.connected, 10)
    await until(lambda: any(isinstance(event, ContactStatusChanged) for event in told))
    await until(lambda: any(isinstance(event, RegistrationChanged) for event in told), 10)
    refusal = next(event for event in told if isinstance(event, RegistrationChanged))
    assert (refusal.status, refusal.server_uri) == ("Rejected", f"sip:127.0.0.1:{rig.sip_port}")
    await client.close()
