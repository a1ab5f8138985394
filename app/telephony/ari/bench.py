"""How fast the client is, against the barest loop over the same kind of websocket and against HTTP, on one running Asterisk.

The three take turns, so that whatever else the machine does meets them alike; what is told is the median and the spread.
"""

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from app.errors import Unavailable
from app.telephony.ari.client import AriClient
from app.telephony.ari.node import AriNode
from app.telephony.ari.server import AriServer
from app.telephony.ari.socket import CLOSE_TIMEOUT_S, acknowledge_quickly

CONNECT_TIMEOUT_S = 15.0
SEQUENTIAL = 4_000
TOGETHER = 24_000
IN_FLIGHT = 32
SLOW = 320


@dataclass(frozen=True, slots=True)
class Round:
    """One measurement: requests a second, processor time of this process a request, and waiting times, in milliseconds."""

    per_second: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Target:
    """Where Asterisk will open its websocket: nothing else may listen there while the benchmark runs."""

    node: AriNode
    application: str
    port: int
    user: str
    password: str
    host: str = "127.0.0.1"


async def run(target: Target, rounds: int = 5) -> dict[str, Any]:
    """Measures and returns figures and ratios, ready for JSON. Unavailable when the Asterisk does not connect."""
    results: dict[str, list[Round]] = {}
    for _ in range(rounds):
        for name, measured in (await _raw_rounds(target) | await _client_rounds(target)).items():
            results.setdefault(name, []).append(measured)
    figures = {name: _summary(measured) for name, measured in results.items()}
    together = {name: figures[f"{name}_together"]["per_second"] for name in ("raw", "socket", "http")}
    alone = {name: figures[f"{name}_sequential"]["per_second"] for name in ("raw", "socket", "http")}
    ratios = {
        "socket_to_raw_together": round(together["socket"] / together["raw"], 3),
        "socket_to_raw_sequential": round(alone["socket"] / alone["raw"], 3),
        "socket_to_http_together": round(together["socket"] / together["http"], 3),
        "socket_to_http_sequential": round(alone["socket"] / alone["http"], 3),
    }
    ratios["socket_to_raw_cpu"] = round(figures["socket_together"]["cpu_ms"] / figures["raw_together"]["cpu_ms"], 3)
    ratios["quick_acknowledgement"] = round(together["raw"] / figures["raw_slow_acknowledgement"]["per_second"], 1)
    p99_ms = max(figures["socket_together"]["p99_ms"], figures["socket_sequential"]["p99_ms"])
    goals = {
        "socket_to_raw >= 0.7": ratios["socket_to_raw_together"] >= 0.7,
        "socket_to_http >= 1.5": ratios["socket_to_http_together"] >= 1.5,
        "p99 < 3 ms": p99_ms < 3.0,
    }
    setting = {"rounds": rounds, "in_flight": IN_FLIGHT, "sequential": SEQUENTIAL, "together": TOGETHER}
    return {"bench": "ari", "setting": setting, "figures": figures, "ratios": ratios, "goals": goals}


def _summary(rounds: list[Round]) -> dict[str, float]:
    rates = [measured.per_second for measured in rounds]
    return {
        "per_second": round(statistics.median(rates)),
        "lowest": round(min(rates)),
        "highest": round(max(rates)),
        "cpu_ms": round(statistics.median(measured.cpu_ms for measured in rounds), 4),
        "p50_ms": round(statistics.median(measured.p50_ms for measured in rounds), 3),
        "p99_ms": round(statistics.median(measured.p99_ms for measured in rounds), 3),
    }


async def _timed(total: int, work: Callable[[list[float]], Awaitable[None]]) -> Round:
    waits_s: list[float] = []
    gc.collect()
    cpu, started = time.process_time(), time.perf_counter()
    await work(waits_s)
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
    waits_s.sort()
    return Round(
        per_second=total / wall_s,
        cpu_ms=cpu_s * 1000 / total,
        p50_ms=waits_s[len(waits_s) // 2] * 1000,
        p99_ms=waits_s[len(waits_s) * 99 // 100] * 1000,
    )


# -- ours ------------------------------------------------------------------------------------------------------------------


async def _client_rounds(target: Target) -> dict[str, Round]:
    connected = asyncio.Event()
    client = AriClient(target.node, target.application, on_connected=lambda _: connected.set())
    by_http = AriClient(target.node, target.application)
    server = AriServer([client], user=target.user, password=target.password, host=target.host, port=target.port)
    await server.start()
    try:
        await _until(connected.wait(), target)
        rounds = {}
        for name, chosen in (("socket", client), ("http", by_http)):
            await _sequential(chosen, 100)
            rounds[f"{name}_sequential"] = await _timed(SEQUENTIAL, partial(_sequential, chosen, SEQUENTIAL))
            rounds[f"{name}_together"] = await _timed(TOGETHER, partial(_together, chosen))
        return rounds
    finally:
        await by_http.close()
        await server.close()


async def _sequential(client: AriClient, count: int, waits_s: list[float] | None = None) -> None:
    ping, clock = client.asterisk.ping, time.perf_counter
    for _ in range(count):
        started = clock()
        await ping()
        if waits_s is not None:
            waits_s.append(clock() - started)


async def _together(client: AriClient, waits_s: list[float]) -> None:
    await asyncio.gather(*(_sequential(client, TOGETHER // IN_FLIGHT, waits_s) for _ in range(IN_FLIGHT)))


# -- the barest loop -------------------------------------------------------------------------------------------------------


class _Answer(msgspec.Struct):
    request_id: str = ""


_decode_answer = msgspec.json.Decoder(_Answer).decode


async def _raw_rounds(target: Target) -> dict[str, Round]:
    accepted: asyncio.Future[tuple[web.WebSocketResponse[bool], Any]] = asyncio.get_running_loop().create_future()
    finished = asyncio.Event()

    async def accept(request: web.Request) -> web.WebSocketResponse[bool]:
        websocket = web.WebSocketResponse(
            protocols=("ari",), compress=False, decode_text=False, timeout=CLOSE_TIMEOUT_S
        )
        await websocket.prepare(request)
        tcp = request.transport.get_extra_info("socket") if request.transport is not None else None
        accepted.set_result((websocket, tcp))
        await finished.wait()
        await websocket.close()
        return websocket

    application = web.Application()
    application.router.add_get("/ari/{node}", accept)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=CLOSE_TIMEOUT_S)
    await runner.setup()
    await web.TCPSite(runner, target.host, target.port).start()
    try:
        websocket, tcp = await _until(accepted, target)
        slow = await _timed(SLOW, lambda waits: _pump(websocket, None, SLOW, IN_FLIGHT, waits))
        await _pump(websocket, tcp, 100, 1, [])
        return {
            "raw_slow_acknowledgement": slow,
            "raw_sequential": await _timed(SEQUENTIAL, lambda waits: _pump(websocket, tcp, SEQUENTIAL, 1, waits)),
            "raw_together": await _timed(TOGETHER, lambda waits: _pump(websocket, tcp, TOGETHER, IN_FLIGHT, waits)),
        }
    finally:
        finished.set()
        await runner.cleanup()


async def _pump(
    websocket: "web.WebSocketResponse[bool]", tcp: Any, total: int, in_flight: int, waits_s: list[float]
) -> None:
    """Keeps `in_flight` pings on their way until `total` are answered: no tasks, no futures, no limits, no checks.

    Without `tcp` each frame is acknowledged when the kernel thinks fit.
    """
    clock = time.perf_counter
    sent_at: dict[str, float] = {}

    async def send(number: int) -> None:
        sent_at[str(number)] = clock()
        await websocket.send_str(
            f'{{"type":"RESTRequest","request_id":"{number}","method":"GET","uri":"asterisk/ping"}}'
        )

    for number in range(min(in_flight, total)):
        await send(number)
    sent, answered = min(in_flight, total), 0
    while answered < total:
        message = await websocket.receive()
        if tcp is not None:
            acknowledge_quickly(tcp)
        if message.type is not WSMsgType.TEXT:
            raise Unavailable(what="The websocket", why="Asterisk closed it", remedy="Look into Asterisk's log.")
        started = sent_at.pop(_decode_answer(message.data).request_id, None)
        if started is None:
            continue
        waits_s.append(clock() - started)
        answered += 1
        if sent < total:
            await send(sent)
            sent += 1


async def _until(awaitable: Awaitable[Any], target: Target) -> Any:
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            return await awaitable
    except TimeoutError:
        raise Unavailable(
            what=f"Asterisk {target.node.name}",
            why=f"it opened no websocket to {target.host}:{target.port} within {CONNECT_TIMEOUT_S:.0f} s",
            remedy="Check websocket_client.conf and that the application itself does not run.",
        ) from None
