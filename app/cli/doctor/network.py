"""Ports, addresses and NAT."""

import errno
import ipaddress
import os
import socket
from collections.abc import AsyncIterator

from app.cli.doctor.examined import Examined
from app.cli.findings import Finding, error, ok, warning
from app.cli.phones import registrar
from app.telephony.node.preflight import holder_of

PORTS_A_CALL = 4
FEW_CALLS = 100


async def ports(examined: Examined) -> AsyncIterator[Finding]:
    """Every configured port is free, or held by this installation's own Asterisk or server."""
    network, settings = examined.network, examined.settings
    own = {examined.asterisk: "Asterisk", examined.server: "the server"}
    wanted: list[tuple[int, str, str, str, int | None]] = [
        (network.sip_port, "UDP", network.bind_address, "SIP", examined.asterisk),
        (network.sip_port, "TCP", network.bind_address, "SIP", examined.asterisk),
        (network.http_port, "TCP", "127.0.0.1", "Asterisk's HTTP (ARI)", examined.asterisk),
        (network.ami_port, "TCP", "127.0.0.1", "Asterisk's manager (AMI)", examined.asterisk),
        (network.ari_port, "TCP", "127.0.0.1", "Asterisk's websocket to the server", examined.server),
        (settings.web_port, "TCP", settings.web_host, "the web", examined.server),
    ]
    if network.sip_tls_port is not None:
        wanted.append((network.sip_tls_port, "TCP", network.bind_address, "SIP over TLS", examined.asterisk))
    for port, transport, address, purpose, holder in wanted:
        yield _port(port, transport, address, purpose, holder, {pid: name for pid, name in own.items() if pid})


def _port(port: int, transport: str, address: str, purpose: str, expected: int | None, own: dict[int, str]) -> Finding:
    area, what = "ports", f"{transport} port {port} for {purpose}"
    reason = _occupied(port, transport, address)
    if reason is None:
        if expected is None:
            return ok(area, f"{what} is free.")
        remedy = "Restart it: `python -m app stop`, then `make run`."
        return error(area, f"{what} is free although {own[expected]} runs: it does not listen there.", remedy)
    if reason != errno.EADDRINUSE:
        remedy = "Set an address of this machine, and a port above 1024 for an ordinary user."
        return error(area, f"{what} cannot be bound to {address} ({os.strerror(reason)}).", remedy)
    holder = holder_of(port, transport)
    for pid, name in own.items():
        if f"(process {pid})" in holder:
            return ok(area, f"{what} is held by {name}.")
    return error(area, f"{what} is taken by {holder}.", "End that program, or set another port.")


def _occupied(port: int, transport: str, address: str) -> int | None:
    """Why the port cannot be bound, as an errno; None when it can."""
    kind = socket.SOCK_DGRAM if transport == "UDP" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as reason:
            return reason.errno or 0
    return None


async def addresses(examined: Examined) -> AsyncIterator[Finding]:
    """Whether what Asterisk says of its own address can be reached by carriers."""
    network = examined.network
    own = registrar(examined.settings).rpartition(":")[0].strip("[]")
    outside = [trunk for trunk in examined.trunks if trunk.enabled and not _is_private(trunk.host)]
    if network.external_address:
        yield ok("NAT", f"Asterisk says it is {network.external_address} to everybody outside of the local networks.")
    elif outside and _is_private(own):
        names = ", ".join(trunk.name for trunk in outside)
        words = f"this machine's address {own} is private, but trunk {names} is outside: its audio may not arrive."
        yield warning(
            "NAT", words, "Set TRUNKLINE_EXTERNAL_ADDRESS to the public address, and forward SIP and RTP ports."
        )
    else:
        yield ok("NAT", f"Phones and trunks find this machine at {own}.")
    if network.bind_address.startswith("127."):
        words = f"SIP listens on {network.bind_address} only: no other machine reaches it."
        yield warning("NAT", words, "Set TRUNKLINE_BIND_ADDRESS to 0.0.0.0 or an address of this machine.")


def _is_private(host: str) -> bool:
    """True for private and loopback addresses; a host name is taken for a public one."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


async def rtp_range(examined: Examined) -> AsyncIterator[Finding]:
    """Enough ports for the audio of calls, and none of them used for something else."""
    network = examined.network
    first, last = network.rtp_start, network.rtp_end
    calls = (last - first + 1) // PORTS_A_CALL
    words = f"UDP ports {first} to {last} carry the audio of {calls} calls at a time."
    if calls < FEW_CALLS:
        yield warning("RTP", words, "Widen TRUNKLINE_RTP_START to TRUNKLINE_RTP_END if more are to come.")
    else:
        yield ok("RTP", words)
    if first <= network.sip_port <= last:
        yield error("RTP", f"The SIP port {network.sip_port} lies within the RTP ports.", "Move one of them.")
