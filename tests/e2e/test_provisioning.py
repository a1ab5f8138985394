"""The rendered configuration, pushed phones and the supervised child, on a real Asterisk with SIPp as carrier and phone."""

import asyncio
import os
import re
import shutil
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain.lines import NetworkSettings, Phone, Trunk
from app.errors import Unavailable
from app.telephony import heartbeat, process
from app.telephony.ari import AriClient, AriNode, AriServer
from app.telephony.audio import level_db
from app.telephony.endpoints import push_phone, remove_phone, sync_phones
from app.telephony.install import Engine, ensure_engine, ensure_test_tools
from app.telephony.provisioning import Provisioned, provision
from app.telephony.supervisor import Supervisor, stop_asterisk
from tests.rig.asterisk import free_port

pytestmark = pytest.mark.e2e

VAR = Path(os.environ.get("TRUNKLINE_VAR", "var"))
SIPP_SCENARIOS = Path(__file__).resolve().parents[1] / "sipp"
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def engine() -> Engine:
    return ensure_engine(VAR)


@pytest.fixture(scope="session")
def sipp() -> Path:
    found = shutil.which("sipp")
    return Path(found) if found else ensure_test_tools(VAR).sipp


@dataclass(slots=True)
class Node:
    """One provisioned Asterisk with its supervisor and an ARI client that has no websocket yet."""

    engine: Engine
    var: Path
    settings: NetworkSettings
    trunks: tuple[Trunk, ...]
    provisioned: Provisioned
    supervisor: Supervisor
    ari: AriClient

    async def apply(self, *trunks: Trunk) -> list[str]:
        """Writes other trunks and reloads; returns the reloaded modules."""
        changed = provision(self.settings, trunks, self.engine, self.var, "node1").changed
        return await self.supervisor.reload(set(changed))

    def log(self) -> str:
        return (self.provisioned.layout.log / "messages.log").read_text()

    async def channels(self) -> list[str]:
        return (await self.supervisor.command("core show channels concise")).split()

    async def first_channel(self) -> Any:
        """The channel of the first call that is there."""
        return (await until(self.ari.channels.list))[0]

    async def until_no_channels(self) -> None:
        async def none() -> bool:
            return not await self.channels()

        await until(none)


async def until(condition: Callable[[], Awaitable[Any]], timeout_s: float = 5.0) -> Any:
    """The first true answer of the condition."""
    async with asyncio.timeout(timeout_s):
        while not (answer := await condition()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return answer


@pytest.fixture
def settings() -> NetworkSettings:
    start = 22_000 + os.getpid() % 50 * 40
    return NetworkSettings(
        sip_port=free_port(socket.SOCK_DGRAM),
        http_port=free_port(),
        ami_port=free_port(),
        ari_port=free_port(),
        rtp_start=start,
        rtp_end=start + 38,
        bind_address="127.0.0.1",
        fallback_wait_s=7,
    )


@pytest.fixture
async def node(engine: Engine, settings: NetworkSettings, tmp_path: Path) -> AsyncIterator[Node]:
    async with running(engine, settings, tmp_path / "v") as made:
        yield made
        assert await made.channels() == []
        assert re.findall(r"(?m)^.*\bERROR\b.*$", made.log()) == []


@asynccontextmanager
async def running(engine: Engine, settings: NetworkSettings, var: Path) -> AsyncIterator[Node]:
    trunks = (Trunk("demo", "127.0.0.1", port=free_port(socket.SOCK_DGRAM)),)
    provisioned = provision(settings, trunks, engine, var, "node1")
    supervisor = Supervisor(engine, provisioned.layout, settings)
    url = f"http://127.0.0.1:{settings.http_port}/ari"
    ari = AriClient(AriNode("node1", url, "trunkline", provisioned.secrets.ari_password), "trunkline")
    try:
        await supervisor.start()
        yield Node(engine, var, settings, trunks, provisioned, supervisor, ari)
    finally:
        await ari.close()
        await supervisor.stop()
        await stop_asterisk(provisioned.layout)


class SippFailed(Exception):
    """SIPp did not see what its scenario says."""


@asynccontextmanager
async def sipp_call(
    sipp: Path, node: Node, scenario: str, service: str, directory: Path, patience_s: float = 30, **keys: str
) -> AsyncIterator["asyncio.subprocess.Process"]:
    """SIPp running one call of a scenario; SippFailed when it has not succeeded by the end."""
    arguments = [
        "-sf",
        SIPP_SCENARIOS / f"{scenario}.xml",
        "-s",
        service,
        "-m",
        "1",
        "-nd",
        "-nostdin",
        "-deadcall_wait",
        "0",
    ]
    arguments += ["-i", "127.0.0.1", "-p", str(node.trunks[0].port)]
    if "secret" in keys:
        arguments += ["-au", service, "-ap", keys.pop("secret")]
    for name, value in keys.items():
        arguments += ["-key", name, value]
    with (directory / "sipp.log").open("ab") as log:
        running = await asyncio.create_subprocess_exec(
            sipp, *arguments, f"127.0.0.1:{node.settings.sip_port}", stdout=log, stderr=log, cwd=directory
        )
    try:
        yield running
        with suppress(TimeoutError):
            await asyncio.wait_for(running.wait(), patience_s)
        if running.returncode != 0:
            raise SippFailed((directory / "sipp.log").read_text(errors="replace")[-1500:])
    finally:
        with suppress(ProcessLookupError):
            running.kill()
        await running.wait()


class Ear(asyncio.DatagramProtocol):
    """Receives A-law audio over RTP."""

    def __init__(self) -> None:
        self.payload = bytearray()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if data[1] & 0x7F == 8:
            self.payload += data[12:]

    def samples(self, first_s: float, last_s: float) -> "np.typing.NDArray[np.int16]":
        """What was heard between two moments, counted from the first packet."""
        codes = np.frombuffer(bytes(self.payload), np.uint8)[int(first_s * 8000) : int(last_s * 8000)] ^ 0x55
        exponent, mantissa = (codes & 0x70) >> 4, (codes & 0x0F).astype(np.int32)
        low = (mantissa << 4) + 8
        magnitude = np.where(exponent == 0, low, (low + 0x100) << np.maximum(exponent.astype(np.int32) - 1, 0))
        return np.where(codes & 0x80, magnitude, -magnitude).astype(np.int16)


@asynccontextmanager
async def ear() -> AsyncIterator[tuple[Ear, int]]:
    transport, made = await asyncio.get_running_loop().create_datagram_endpoint(Ear, local_addr=("127.0.0.1", 0))
    try:
        yield made, int(transport.get_extra_info("sockname")[1])
    finally:
        transport.close()


async def test_it_starts_clean_within_two_seconds(engine: Engine, settings: NetworkSettings, tmp_path: Path) -> None:
    began = time.monotonic()
    async with running(engine, settings, tmp_path / "v") as node:
        assert time.monotonic() - began < 2.0
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
        assert level_db(heard.samples(0.5, 2.5)) > -50, "music"
        assert len(heard.payload) > 4 * 8000, "the regret"
        assert level_db(heard.samples(3.5, len(heard.payload) / 8000)) > -50, "the regret"
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

        await until(in_stasis, 3)
        await node.ari.channels.answer(waiting.id)
        await node.ari.channels.hangup(waiting.id)
    await node.until_no_channels()


async def test_a_pushed_phone_registers_at_once_and_a_wrong_secret_does_not(
    node: Node, sipp: Path, tmp_path: Path
) -> None:
    phone = Phone("alice", "correct-horse;battery")
    assert await push_phone(node.ari, phone)
    assert not await push_phone(node.ari, phone)
    with pytest.raises(SippFailed):
        async with sipp_call(sipp, node, "register", "alice", tmp_path, secret="wrong-horse"):
            pass
    async with sipp_call(sipp, node, "register", "alice", tmp_path, secret="correct-horse;battery"):
        pass
    assert "sip:alice@127.0.0.1" in await node.supervisor.command("pjsip show contacts")
    assert await push_phone(node.ari, replace(phone, secret="another-secret"))
    with pytest.raises(SippFailed):
        async with sipp_call(sipp, node, "register", "alice", tmp_path, secret="correct-horse;battery"):
            pass
    async with sipp_call(sipp, node, "register", "alice", tmp_path, secret="another-secret"):
        pass


async def test_phones_are_synchronised_by_difference_and_survive_a_crash_of_asterisk(node: Node) -> None:
    alice, bob = Phone("alice", "secret-of-alice"), Phone("bob", "secret-of-bob", kind="webrtc")
    first = await sync_phones(node.ari, [alice, bob])
    assert (first.pushed, first.removed, first.unchanged) == (("alice", "bob"), (), 0)
    second = await sync_phones(node.ari, [alice, replace(bob, codecs=("ulaw",))])
    assert (second.pushed, second.removed, second.unchanged) == (("bob",), (), 1)
    third = await sync_phones(node.ari, [alice])
    assert (third.pushed, third.removed, third.unchanged) == ((), ("bob",), 1)
    await remove_phone(node.ari, "bob")

    before = node.supervisor.running
    assert before is not None
    await asyncio.sleep(1.2)  # Asterisk commits its database once a second
    os.kill(before.pid, signal.SIGKILL)

    async def revived() -> bool:
        return node.supervisor.running not in (None, before)

    await until(revived)
    fourth = await sync_phones(node.ari, [alice])
    assert (fourth.pushed, fourth.unchanged) == ((), 1)


async def test_trunks_change_under_a_call_that_goes_on(node: Node, sipp: Path, tmp_path: Path) -> None:
    async with (
        ear() as (heard, port),
        sipp_call(sipp, node, "trunk_caller", "5551234", tmp_path, rtp_port=str(port)),
    ):
        call = await node.first_channel()
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


PARENT = """
import asyncio, sys
from pathlib import Path
from app.domain.lines import NetworkSettings
from app.telephony.install import ensure_engine
from app.telephony.layout import Layout
from app.telephony.supervisor import Supervisor
async def main():
    settings = NetworkSettings(**eval(sys.argv[3]))
    supervisor = Supervisor(ensure_engine(Path(sys.argv[1])), Layout(Path(sys.argv[2])), settings)
    print((await supervisor.start()).pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_asterisk_and_its_call_outlive_a_killed_application_and_are_adopted(
    engine: Engine, settings: NetworkSettings, tmp_path: Path
) -> None:
    var = tmp_path / "v"
    provisioned = provision(settings, (), engine, var, "node1")
    ports = {name: getattr(settings, name) for name in ("sip_port", "http_port", "ami_port", "ari_port")}
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(VAR.resolve()), str(var), repr(ports),
        stdout=asyncio.subprocess.PIPE, cwd=PROJECT,
    )  # fmt: skip
    assert parent.stdout is not None
    while not (line := await asyncio.wait_for(parent.stdout.readline(), 20)).strip().isdigit():
        assert line
    pid = int(line)
    url = f"http://127.0.0.1:{settings.http_port}/ari"
    ari = AriClient(AriNode("node1", url, "trunkline", provisioned.secrets.ari_password), "trunkline")
    supervisor = Supervisor(engine, provisioned.layout, settings)
    try:
        await ari.channels.originate(
            endpoint="Local/tone440@trunkline-robot", extension="echo", context="trunkline-robot", priority=1
        )
        with pytest.raises(Unavailable, match="another process already looks after"):
            await supervisor.start()
        parent.kill()
        await parent.wait()
        assert process.is_ours(pid, provisioned.layout)
        began = time.monotonic()
        adopted = await supervisor.start()
        assert time.monotonic() - began < 0.5
        assert (adopted.pid, adopted.adopted) == (pid, True)
        assert len(await ari.channels.list()) == 2
        await supervisor.stop()
        assert not process.is_ours(pid, provisioned.layout)
    finally:
        await ari.close()
        supervisor.release()
        await stop_asterisk(provisioned.layout)


async def test_a_taken_port_is_named_with_its_holder(engine: Engine, settings: NetworkSettings, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", settings.sip_port))
        with pytest.raises(Unavailable) as refused:
            async with running(engine, settings, tmp_path / "v"):
                pass
    assert f"UDP port {settings.sip_port}" in str(refused.value)
    assert f"(process {os.getpid()}) has it" in str(refused.value)
    assert "choose another port" in str(refused.value)


async def test_a_missing_certificate_is_named(engine: Engine, settings: NetworkSettings, tmp_path: Path) -> None:
    secure = replace(
        settings, sip_tls_port=free_port(), tls_certificate="/nowhere/c.pem", tls_private_key="/nowhere/k.pem"
    )
    with pytest.raises(Unavailable, match=r"certificate /nowhere/c\.pem is not there"):
        async with running(engine, secure, tmp_path / "v"):
            pass


async def test_asterisk_that_is_nobody_s_is_not_ended(
    tmp_path: Path, engine: Engine, settings: NetworkSettings
) -> None:
    layout = provision(settings, (), engine, tmp_path / "v", "node1").layout
    layout.pid_file.write_text(str(os.getpid()))
    assert process.find(layout) is None
    assert not await stop_asterisk(layout)


async def test_a_call_from_an_unknown_address_never_reaches_the_dialplan(
    node: Node, sipp: Path, tmp_path: Path
) -> None:
    await node.apply(replace(node.trunks[0], host="127.0.0.99"))
    with pytest.raises(SippFailed):
        async with sipp_call(sipp, node, "trunk_caller", "5551234", tmp_path, patience_s=2, rtp_port="9"):
            pass
    assert "0 calls processed" in await node.supervisor.command("core show calls")
    assert "No matching endpoint found" in node.log()


async def test_the_container_s_entrypoint_runs_what_the_application_wrote(
    engine: Engine, settings: NetworkSettings, tmp_path: Path
) -> None:
    var = tmp_path / "v"
    path = f"{engine.asterisk.parent}:{os.environ['PATH']}"
    container = await asyncio.create_subprocess_exec(
        PROJECT / "docker/asterisk-entrypoint.sh",
        env={"TRUNKLINE_VAR": str(var), "PATH": path},
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        assert container.stderr is not None
        assert b"Waiting for the application" in await asyncio.wait_for(container.stderr.readline(), 5)
        layout = provision(settings, (), engine, var, "node1").layout
        supervisor = Supervisor(engine, layout, settings, external=True)
        running = await supervisor.start()
        assert (running.pid, running.external) == (container.pid, True)
        assert "trunkline" in await supervisor.command("ari show apps")
        await supervisor.stop()
        assert container.returncode is None
    finally:
        container.terminate()
        assert await asyncio.wait_for(container.wait(), 5) is not None
