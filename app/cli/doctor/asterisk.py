"""Asterisk: installed, running, whole, reachable, safely configured, and by the same clock as the server."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from app.cli.doctor.examined import Examined
from app.cli.findings import Finding, error, ok, warning
from app.errors import Unavailable
from app.telephony.ari import AriClient, AriError, AriNode
from app.telephony.node import console
from app.telephony.node.hardening import dangerous_findings
from app.telephony.node.module_list import MODULES

AREA = "Asterisk"
FEW_FILES = 8192
WITHIN_S = 5.0
CLOCKS_APART_S = 1.0
RESTART = "Restart it: `python -m app stop`, then `make run`."


async def installed(examined: Examined) -> AsyncIterator[Finding]:
    if examined.engine is None:
        yield error(AREA, "it is not installed.", "`make run` fetches it.")
        return
    yield ok(AREA, f"version {examined.engine.version} ({examined.engine.source}) in {examined.engine.asterisk}.")
    missing = [name for name in MODULES if not (examined.engine.modules / f"{name}.so").exists()]
    if missing:
        words = f"its modules {', '.join(missing)} are not in {examined.engine.modules}."
        yield error(AREA, words, "Install Asterisk with all of its modules, or remove it: Trunkline fetches its own.")


async def running(examined: Examined) -> AsyncIterator[Finding]:
    """The process, the modules it has loaded, and how many files it may open."""
    if examined.asterisk is None and examined.settings.asterisk == "embedded":
        words = "it does not run; neither does the server." if examined.server is None else "it does not run."
        yield error(AREA, words, f"Start the server with `make run`. Its log is {examined.layout.log}.")
        return
    try:
        answer = await console.command(examined.layout.control_socket, "module show")
    except Unavailable as reason:
        yield error(AREA, f"it runs but does not answer ({reason}).", RESTART)
        return
    yield ok(AREA, f"it runs (process {answer.pid}).")
    lines = [line.split() for line in answer.text.splitlines() if " Running " in line]
    loaded = {line[0].removesuffix(".so") for line in lines}
    missing = [name for name in MODULES if name not in loaded]
    if missing:
        yield error(AREA, f"it has not loaded {', '.join(missing)}.", f"See {examined.layout.log / 'messages.log'}.")
    else:
        yield ok(AREA, f"all {len(MODULES)} modules are loaded.")
    for finding in codec_findings(examined, loaded):
        yield finding
    yield _open_files(answer.pid)


def codec_findings(examined: Examined, loaded: set[str]) -> list[Finding]:
    """Every codec that a phone or a trunk asks for can be transcoded."""
    wanted = {codec for line in examined.trunks for codec in line.codecs}
    wanted |= {codec for phone in examined.phones for codec in phone.offered_codecs}
    lacking = sorted(codec for codec in wanted if not any(name.startswith(f"codec_{codec}") for name in loaded))
    if lacking:
        words = f"phones or trunks want {', '.join(lacking)}, which it cannot transcode."
        return [error("codecs", words, "Take the codec out of them, or install its Asterisk module.")]
    return [ok("codecs", f"{', '.join(sorted(wanted)) or 'none'} wanted, all there.")]


def _open_files(pid: int) -> Finding:
    try:
        limits = Path(f"/proc/{pid}/limits").read_text()
        limit = next(line.split()[3] for line in limits.splitlines() if line.startswith("Max open files"))
    except (OSError, StopIteration):
        return warning(AREA, "its limit of open files cannot be seen.", "Run the doctor as the user who runs Asterisk.")
    if limit != "unlimited" and int(limit) < FEW_FILES:
        words = f"it may open {limit} files, enough for some {int(limit) // 10} calls."
        return warning(AREA, words, "Raise the hard limit of open files (ulimit -Hn) to 65536, then restart Asterisk.")
    return ok(AREA, f"it may open {limit} files.")


async def configuration(examined: Examined) -> AsyncIterator[Finding]:
    if not examined.layout.configuration.exists():
        yield warning("configuration", "it was never written.", "The server writes it at its start: `make run`.")
        return
    findings = dangerous_findings(examined.layout.etc)
    for words in findings:
        yield error("configuration", words, "Start the server again: it writes the configuration anew.")
    if not findings:
        yield ok("configuration", "nothing dangerous is loaded or allowed.")


async def ari(examined: Examined) -> AsyncIterator[Finding]:
    """ARI answers our password, and says the same time as this machine."""
    port = examined.network.http_port
    node = AriNode(examined.settings.node, f"http://127.0.0.1:{port}/ari", "trunkline", examined.ari_password())
    async with AriClient(node, "trunkline-doctor", request_timeout_s=WITHIN_S) as client:
        try:
            answer = await client.asterisk.ping()
        except AriError as reason:
            yield error("ARI", f"it does not answer on port {port} ({reason})", RESTART)
            return
    yield ok("ARI", f"it answers on port {port}.")
    said = datetime.strptime(str(answer["timestamp"]), "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
    apart = abs(said - time.time())
    if apart > CLOCKS_APART_S:
        words = f"Asterisk's clock and the server's are {apart:.1f} s apart."
        yield error("clock", words, "Have both follow NTP: records would not agree with the calls.")
    else:
        yield ok("clock", "Asterisk and the server have the same time.")


async def ami(examined: Examined) -> AsyncIterator[Finding]:
    """The manager interface takes our password."""
    port = examined.network.ami_port
    try:
        async with asyncio.timeout(WITHIN_S):
            answer = await _log_in(port, examined.ami_password())
    except (OSError, TimeoutError, ValueError):
        yield error("AMI", f"it does not answer on port {port}.", RESTART)
        return
    if "Success" in answer:
        yield ok("AMI", f"it answers on port {port}.")
    else:
        yield error("AMI", f"it refuses the application's password on port {port}.", RESTART)


async def _log_in(port: int, secret: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        await reader.readline()
        lines = ("Action: Login", "Username: trunkline", f"Secret: {secret}", "Events: off")
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        return (await reader.readline()).decode(errors="replace")
    finally:
        writer.close()
