"""`bench ari`: the ARI client against the barest loop over the same websocket and against HTTP, on an Asterisk of its own."""

import asyncio
from pathlib import Path
from typing import Any

from app.cli.benchmarks import machine
from app.cli.benchmarks.ground import APPLICATION, NODE, USER, Ground
from app.telephony.ari import bench
from app.telephony.ari.bench import Target
from app.telephony.ari.node import AriNode


def run(installation: Path, rounds: int) -> dict[str, Any]:
    """Figures, ratios and goals, ready for JSON; `asterisk_cpu_s` is what all requests together cost Asterisk."""
    with Ground(installation) as ground:
        setting = machine.description(ground.engine.version)
        url = f"http://127.0.0.1:{ground.settings.http_port}/ari"
        node = AriNode(NODE, url, USER, ground.secrets.ari_password)
        target = Target(node, APPLICATION, ground.settings.ari_port, USER, ground.secrets.ari_password)
        before_s = machine.cpu_s(ground.pid)
        told = asyncio.run(bench.run(target, rounds))
        used_s = machine.cpu_s(ground.pid) - before_s
        return {**told, "machine": setting, "asterisk_cpu_s": round(used_s, 2)}


def summary(told: dict[str, Any]) -> list[str]:
    """The result for people."""
    figures = told["figures"]
    lines = [
        f"  {name:<26} {one['per_second']:>8.0f} a second   {one['cpu_ms']:.4f} ms CPU   p99 {one['p99_ms']:.2f} ms"
        for name, one in figures.items()
    ]
    goals = [f"  {'reached' if reached else 'MISSED '}  {goal}" for goal, reached in told["goals"].items()]
    ratios = ", ".join(f"{name} {value}" for name, value in told["ratios"].items())
    return ["ARI client", *lines, f"  {ratios}", *goals]
