"""A provisioned Asterisk under its supervisor, SIPp as carrier and phone, and an ear for what callers hear."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.lines import NetworkSettings, Trunk
from app.telephony.ari import AriClient, AriNode
from app.telephony.install import Engine, ensure_test_tools
from app.telephony.node.provisioning import Provisioned, provision
from app.telephony.node.supervisor import Supervisor, stop_asterisk
from tests.rig.ports import free_port, free_ports

VAR = Path(os.environ.get("TRUNKLINE_VAR", "var"))
SIPP_SCENARIOS = Path(__file__).resolve().parents[1] / "sipp"
PROJECT = Path(__file__).resolve().parents[2]


def find_sipp() -> Path:
    """SIPp of this machine, or the tests' own."""
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

    async def first_in_hand(self) -> Any:
        """The channel of the first call, once Asterisk lets the application command it."""

        async def commanded() -> list[str]:
            found: list[str] = (await self.ari.applications.get("trunkline")).json["channel_ids"]
            return found

        return await self.ari.channels.get((await until(commanded))[0])

    async def until_no_channels(self) -> None:
        async def none() -> bool:
            return not await self.channels()

        await until(none)


async def until(condition: Callable[[], Awaitable[Any]], timeout_s: float = 15.0) -> Any:
    """The first true answer of the condition."""
    async with asyncio.timeout(timeout_s):
        while not (answer := await condition()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return answer


def free_settings() -> NetworkSettings:
    """Ports of the loopback address that nobody uses, and a short patience for callers."""
    rtp_start = free_ports(40)
    return NetworkSettings(
        sip_port=free_port(),
        http_port=free_port(),
        ami_port=free_port(),
        ari_port=free_port(),
        rtp_start=rtp_start,
        rtp_end=rtp_start + 38,
        bind_address="127.0.0.1",
        fallback_wait_s=5,
    )


@asynccontextmanager
async def running(engine: Engine, settings: NetworkSettings, var: Path) -> AsyncIterator[Node]:
    trunks = (Trunk("demo", "127.0.0.1", port=free_port()),)
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
