"""`bench`: measures, and prints figures and ratios as JSON. It judges nothing: goals are told as reached or not."""

import asyncio
import shutil
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from app.cli.context import settings
from app.cli.output import complain, print_json
from app.domain.lines import NetworkSettings
from app.telephony.ari import AriNode
from app.telephony.ari import bench as ari_bench
from app.telephony.install import Engine, ensure_engine
from app.telephony.provisioning import provision
from app.telephony.supervisor import Supervisor

group = typer.Typer(help="Measures, and prints figures as JSON.", no_args_is_help=True)
NODE = "bench"
ROUNDS = typer.Option(5, min=1, max=50, help="How often everything is measured; the median is told.")


@group.command("ari")
def ari(rounds: int = ROUNDS) -> None:
    """The ARI client against a raw socket and against HTTP, on an Asterisk of its own that is gone afterwards."""
    print_json(_ari(rounds))


@group.command("all")
def everything(rounds: int = ROUNDS) -> None:
    """All measurements, one after the other."""
    print_json({name: measure(rounds) for name, measure in BENCHES.items()})


def _ari(rounds: int) -> dict[str, Any]:
    engine = ensure_engine(settings().var, complain)
    folder = Path(tempfile.mkdtemp(prefix="trunkline-bench-"))
    try:
        return asyncio.run(_measure(engine, folder, rounds))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _measure(engine: Engine, folder: Path, rounds: int) -> dict[str, Any]:
    sip, http, ami, ari_port, rtp = _free_ports(5)
    network = NetworkSettings(
        sip_port=sip,
        http_port=http,
        ami_port=ami,
        ari_port=ari_port,
        rtp_start=min(rtp, 60_000),
        rtp_end=min(rtp, 60_000) + 100,
        bind_address="127.0.0.1",
    )
    done = provision(network, (), engine, folder, NODE)
    supervisor = Supervisor(engine, done.layout, network)
    await supervisor.start()
    try:
        node = AriNode(NODE, f"http://127.0.0.1:{http}/ari", "trunkline", done.secrets.ari_password)
        target = ari_bench.Target(node, "trunkline", ari_port, NODE, done.secrets.ari_password)
        return await ari_bench.run(target, rounds)
    finally:
        await supervisor.stop()


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


BENCHES: dict[str, Callable[[int], dict[str, Any]]] = {"ari": _ari}
"""Every measurement by name: `bench all` runs them in this order."""
