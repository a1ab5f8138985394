"""The rendered configuration and pushed phones on a real Asterisk, with SIPp as carrier and phone."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.lines import NetworkSettings, Phone, Trunk
from app.telephony.ari import AriClient, AriServer
from app.telephony.audio import level_db
from app.telephony.install import Engine
from app.telephony.node import heartbeat
from app.telephony.node.endpoints import push_phone
from tests.rig.provisioned import (
    Node,
    SippFailed,
    ear,
    running,
    sipp_call,
    until,
)

pytestmark = pytest.mark.e2e


async def test_it_starts_without_a_complaint(engine: Engine, settings: NetworkSettings, tmp_path: Path) -> None:
    async with running(engine, settings, tmp_path / "v") as node:
        assert re.findall(r"(?m)^.*\b(?:ERROR|WARNING)\b.*$", node.log()) == []
        loaded = {
            module.json["name"] if hasattr(module, "json") else module["name"]
            for module in await node.ari.asterisk.listModules()
        }
        assert not {"app_system.so", "res_agi.so", "func_shell.so", "pbx_spool.so"} & loaded


async def test_without_an_application_a_caller_hears_ringing_then_music_then_a_regret(
    node: Node, sipp: Path, tmp_path: Path
) -> None:
    await node.ari.asterisk.setGlobalVar(variable="TRUNKLINE_ALIVE", value="1")
    async with ear() as (heard, port):
        async with sipp_call(sipp, node, "trunk_caller", "+15551234567", tmp_path, rtp_port=str(port)):
            pass
        assert level_db(heard.samples(0.5, 1.5)) > -50, "music"
        assert len(heard.payload) > 4 * 8000, "the regret"
        assert level_db(heard.samples(3, len(heard.payload) / 8000)) > -50, "the regret"
    await node.until_no_channels()


async def test_a_caller_who_comes_before_the_application_is_handed_to_it_in_stasis(
    node: Node, sipp: Path, tmp_path: Path
) -> None:
    arrived: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()

    def sink(_: AriClient, event: dict[str, object]) -> None:
        if event["type"] == "StasisStart" and not arrived.done():
            arrived.set_result(event)

    node.ari.sink = sink
    async with sipp_call(sipp, node, "trunk_caller", "+15551234567", tmp_path, rtp_port="9"):
        await node.first_channel()
        password = node.provisioned.secrets.ari_password
        server = AriServer([node.ari], user="trunkline", password=password, port=node.settings.ari_port)
        await server.start()
        event = await asyncio.wait_for(arrived, 5)
        assert event["args"] == ["trunk", "demo", "+15551234567"]
        channel = event["channel"]["id"]
        assert channel.startswith("node1-")
        await node.ari.channels.answer(channel)
        await node.ari.channels.hangup(channel)
    await node.until_no_channels()
    await server.close()


async def test_a_sign_of_life_brings_a_waiting_caller_back(node: Node, sipp: Path, tmp_path: Path) -> None:
    await node.ari.asterisk.setGlobalVar(variable="TRUNKLINE_ALIVE", value="1")
    async with sipp_call(sipp, node, "trunk_caller", "5551234", tmp_path, rtp_port="9"):
        await asyncio.sleep(1.5)
        [waiting] = await node.ari.channels.list()
        assert waiting.json["dialplan"]["context"] == "trunkline-fallback"
        await heartbeat.beat(node.ari)

        async def in_stasis() -> bool:
            return (await node.ari.channels.get(waiting.id)).json["dialplan"]["app_name"] == "Stasis"

        await until(in_stasis)
        await node.ari.channels.answer(waiting.id)
        await node.ari.channels.hangup(waiting.id)
    await node.until_no_channels()


async def test_a_pushed_phone_registers_at_once_and_a_wrong_secret_does_not(
    node: Node, sipp: Path, tmp_path: Path
) -> None:
    phone = Phone("alice", "correct-horse;battery")
    assert await push_phone(node.ari, phone)
    assert not await push_phone(node.ari, phone)
    async with sipp_call(sipp, node, "register_refused", "alice", tmp_path, secret="wrong-horse"):
        pass
    assert "sip:alice@127.0.0.1" not in await node.supervisor.command("pjsip show contacts")
    async with sipp_call(sipp, node, "register", "alice", tmp_path, secret="correct-horse;battery"):
        pass
    assert "sip:alice@127.0.0.1" in await node.supervisor.command("pjsip show contacts")
    assert await push_phone(node.ari, replace(phone, secret="another-secret"))
    async with sipp_call(sipp, node, "register_refused", "alice", tmp_path, secret="correct-horse;battery"):
        pass
    async with sipp_call(sipp, node, "register", "alice", tmp_path, secret="another-secret"):
        pass


async def test_trunks_change_under_a_call_that_goes_on(node: Node, sipp: Path, tmp_path: Path) -> None:
    async with (
        ear() as (heard, port),
        sipp_call(sipp, node, "trunk_caller", "5551234", tmp_path, rtp_port=str(port)),
    ):
        call = await node.first_in_hand()
        await node.ari.channels.answer(call.id)
        await node.ari.channels.startMoh(call.id)
        await asyncio.sleep(0.5)
        changed = replace(node.trunks[0], codecs=("ulaw",))
        reloaded = await node.apply(changed, Trunk("second", "127.0.0.2"))
        assert "res_pjsip" in reloaded
        assert "allow : (ulaw)" in re.sub(" +", " ", await node.supervisor.command("pjsip show endpoint trunk-demo"))
        assert "trunk-second" in await node.supervisor.command("pjsip show endpoints")
        await node.apply(changed)
        assert "trunk-second" not in await node.supervisor.command("pjsip show endpoints")
        before = len(heard.payload)
        await asyncio.sleep(0.5)
        assert len(heard.payload) - before > 3200, "music goes on through the reload"
        assert (await node.ari.channels.get(call.id)).json["state"] == "Up"
        await node.ari.channels.hangup(call.id)
    await node.until_no_channels()


async def test_a_call_from_an_unknown_address_never_reaches_the_dialplan(
    node: Node, sipp: Path, tmp_path: Path
) -> None:
    await node.apply(replace(node.trunks[0], host="127.0.0.99"))
    with pytest.raises(SippFailed):
        async with sipp_call(sipp, node, "trunk_caller", "5551234", tmp_path, patience_s=2, rtp_port="9"):
            pass
    assert "0 calls processed" in await node.supervisor.command("core show calls")
    assert "No matching endpoint found" in node.log()
