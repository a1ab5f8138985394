"""Tries a trunk without a call: name, port, what the carrier's SIP server says to OPTIONS, and what Asterisk has come to know of it."""

import asyncio
import secrets
import socket
import ssl
from collections.abc import AsyncIterator

from app.cli.findings import Finding, error, ok, warning
from app.config import Settings
from app.domain.lines import Trunk
from app.errors import Unavailable
from app.telephony.node import console
from app.telephony.node.layout import Layout

ANSWER_WITHIN_S = 3.0
RETRANSMIT_S = 0.5


async def trunk_findings(trunk: Trunk, settings: Settings) -> list[Finding]:
    """Everything there is to say; a line that is not `ok` names its remedy."""
    area = f"trunk {trunk.name}"
    try:
        addresses = await _resolve(trunk)
    except OSError as reason:
        words = f"the host name {trunk.host} cannot be resolved ({reason.strerror or reason})."
        return [error(area, words, "Correct it with `trunk add`, or this machine's name service.")]
    findings = [] if trunk.host in addresses else [ok(area, f"{trunk.host} is {', '.join(addresses)}.")]
    findings.append(await _options(trunk, addresses[0]))
    if trunk.enabled:
        findings += [finding async for finding in _as_asterisk_sees_it(trunk, settings)]
    else:
        findings.append(warning(area, "it is disabled.", f"Use it with `trunk enable {trunk.name}`."))
    return findings


async def _resolve(trunk: Trunk) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(trunk.host, trunk.port, type=socket.SOCK_DGRAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def _options(trunk: Trunk, address: str) -> Finding:
    """Any answer to OPTIONS, a refusal included, shows that a SIP server is there."""
    area, where = f"trunk {trunk.name}", f"{address}:{trunk.port} over {trunk.transport}"
    loop = asyncio.get_running_loop()
    started = loop.time()
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            ask = _ask_datagram if trunk.transport == "udp" else _ask_stream
            status = await ask(trunk, address)
    except TimeoutError:
        remedy = "Check the address, the port and the firewall, and that the carrier knows this machine's address."
        return error(area, f"{where} does not answer SIP OPTIONS within {ANSWER_WITHIN_S:.0f} s.", remedy)
    except ssl.SSLError as reason:
        remedy = "Ask the carrier for the right host name, or add the trunk with --no-tls-verify."
        return error(area, f"{where}: TLS fails ({reason.reason or reason}).", remedy)
    except OSError as reason:
        remedy = "Check the address and the port, and that the carrier's server is up."
        return error(area, f"{where} cannot be reached ({reason.strerror or reason}).", remedy)
    if not status.startswith("SIP/2.0 "):
        return error(area, f"{where} answers, but not in SIP.", "Check the port and the transport.")
    return ok(area, f"{where} answers OPTIONS with {status[8:]} after {(loop.time() - started) * 1000:.0f} ms.")


def _request(trunk: Trunk, address: str, local: tuple[str, int]) -> bytes:
    host, port = (f"[{local[0]}]" if ":" in local[0] else local[0]), local[1]
    target = f"[{address}]" if ":" in address else address
    lines = (
        f"OPTIONS sip:{target}:{trunk.port} SIP/2.0",
        f"Via: SIP/2.0/{trunk.transport.upper()} {host}:{port};rport;branch=z9hG4bK{secrets.token_hex(8)}",
        "Max-Forwards: 70",
        f"From: <sip:trunkline@{host}:{port}>;tag={secrets.token_hex(4)}",
        f"To: <sip:{target}:{trunk.port}>",
        f"Call-ID: {secrets.token_hex(12)}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:trunkline@{host}:{port};transport={trunk.transport}>",
        "User-Agent: Trunkline",
        "Content-Length: 0",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class _Answers(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.first: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not self.first.done():
            self.first.set_result(_status_line(data))

    def error_received(self, exc: Exception) -> None:
        if not self.first.done():
            self.first.set_exception(exc)


def _status_line(data: bytes) -> str:
    return data.split(b"\r\n", 1)[0].decode(errors="replace")


async def _ask_datagram(trunk: Trunk, address: str) -> str:
    """Sent again every half second, as UDP loses packets."""
    loop = asyncio.get_running_loop()
    transport, answers = await loop.create_datagram_endpoint(_Answers, remote_addr=(address, trunk.port))
    request = _request(trunk, address, transport.get_extra_info("sockname")[:2])
    try:
        while True:
            transport.sendto(request)
            done, _ = await asyncio.wait({answers.first}, timeout=RETRANSMIT_S)
            if done:
                return answers.first.result()
    finally:
        transport.close()


async def _ask_stream(trunk: Trunk, address: str) -> str:
    context: ssl.SSLContext | None = None
    if trunk.transport == "tls":
        context = ssl.create_default_context()
        if not trunk.tls_verify:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    named = trunk.host if context is not None else None
    reader, writer = await asyncio.open_connection(address, trunk.port, ssl=context, server_hostname=named)
    try:
        writer.write(_request(trunk, address, writer.get_extra_info("sockname")[:2]))
        return _status_line(await reader.readline())
    finally:
        writer.close()


async def _as_asterisk_sees_it(trunk: Trunk, settings: Settings) -> AsyncIterator[Finding]:
    """Its qualification and its registration, when Asterisk runs."""
    area = f"trunk {trunk.name}"
    control = Layout(settings.var).control_socket
    try:
        contacts = (await console.command(control, "pjsip show contacts")).text
        registrations = (await console.command(control, "pjsip show registrations")).text
    except Unavailable:
        yield warning(area, "Asterisk does not run, so it could not be asked.", "Start it with `make run`.")
        return
    line = next((line for line in contacts.splitlines() if f"{trunk.endpoint}/" in line), None)
    if line is None:
        remedy = "Start the server, or let it read the change with any `trunk` command."
        yield error(area, "Asterisk does not know it.", remedy)
    elif "NonQual" in line:
        yield warning(area, "Asterisk has not asked the carrier yet.", "It asks every 30 s; look again in a minute.")
    elif "Avail" in line:
        yield ok(area, "Asterisk reaches the carrier.")
    else:
        yield error(area, "Asterisk does not reach the carrier.", "It asks every 30 s; look again in a minute.")
    if trunk.mode != "register":
        return
    line = next((line for line in registrations.splitlines() if f"{trunk.endpoint}/" in line), "")
    if "Registered" in line and "Unregistered" not in line:
        yield ok(area, "it is registered with the carrier.")
    else:
        state = "rejected" if "Rejected" in line else "not registered"
        yield error(area, f"it is {state} at the carrier.", "Check the username and the secret.")
