"""What must be so before Asterisk can start: its modules there, certificates readable, ports free. Each finding is one sentence."""

import os
import re
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

from app.domain.lines import NetworkSettings
from app.errors import Unavailable
from app.telephony.node.layout import EnginePaths
from app.telephony.node.module_list import MODULES


def check(engine: EnginePaths, settings: NetworkSettings) -> None:
    """Unavailable for the first thing that would keep Asterisk from working."""
    _check_engine(engine)
    _check_certificate(settings)
    for port, kind, address, purpose in _ports(settings):
        _check_port(port, kind, address, purpose)


def _check_engine(engine: EnginePaths) -> None:
    if not os.access(engine.asterisk, os.X_OK):
        raise Unavailable(
            what="Asterisk",
            why=f"{engine.asterisk} is not there or cannot be run",
            remedy="Run `make setup` to install it.",
        )
    missing = [module for module in MODULES if not (engine.modules / f"{module}.so").exists()]
    if missing:
        raise Unavailable(
            what="Asterisk",
            why=f"its modules {', '.join(missing)} are not in {engine.modules}",
            remedy="Install Asterisk 22.5 or newer with all of its modules, or run `make setup` to install a private one.",
        )


def _check_certificate(settings: NetworkSettings) -> None:
    if settings.sip_tls_port is None:
        return
    for label, path in (("certificate", settings.tls_certificate), ("private key", settings.tls_private_key)):
        if not os.access(path, os.R_OK):
            raise Unavailable(
                what="SIP over TLS",
                why=f"the {label} {path} is not there or cannot be read",
                remedy="Put the PEM file there, correct the path in the network settings, or switch the SIP TLS port off.",
            )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_certificate, settings.tls_private_key)
    except (ssl.SSLError, OSError) as reason:
        raise Unavailable(
            what="SIP over TLS",
            why=f"the certificate {settings.tls_certificate} and the key {settings.tls_private_key} cannot be used ({reason})",
            remedy="Both must be PEM files, belong together, and have no pass phrase.",
        ) from None


def _ports(settings: NetworkSettings) -> Iterator[tuple[int, socket.SocketKind, str, str]]:
    yield settings.sip_port, socket.SOCK_DGRAM, settings.bind_address, "SIP over UDP"
    yield settings.sip_port, socket.SOCK_STREAM, settings.bind_address, "SIP over TCP"
    if settings.sip_tls_port is not None:
        yield settings.sip_tls_port, socket.SOCK_STREAM, settings.bind_address, "SIP over TLS"
        yield settings.sip_tls_port + 1, socket.SOCK_STREAM, settings.bind_address, "outgoing SIP over TLS"
    yield settings.http_port, socket.SOCK_STREAM, "127.0.0.1", "Asterisk's HTTP server"
    yield settings.ami_port, socket.SOCK_STREAM, "127.0.0.1", "Asterisk's manager interface"


def _check_port(port: int, kind: socket.SocketKind, address: str, purpose: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as reason:
            transport = "TCP" if kind == socket.SOCK_STREAM else "UDP"
            raise Unavailable(
                what=f"The {transport} port {port} of {address}, needed for {purpose},",
                why=f"{holder_of(port, transport)} has it" if reason.errno == 98 else str(reason.strerror),
                remedy="End that program, or choose another port in the network settings.",
            ) from None


def holder_of(port: int, transport: str) -> str:
    """Who has a port of this machine, in words as far as it can be seen: `asterisk (process 4711)`."""
    inodes = set(_inodes(port, transport.lower()))
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and inodes & set(_sockets(process)):
            name = (process / "comm").read_text().strip()
            return f"{name} (process {process.name})"
    return "another program"


def _inodes(port: int, transport: str) -> Iterator[str]:
    for table in (Path(f"/proc/net/{transport}"), Path(f"/proc/net/{transport}6")):
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            fields = line.split()
            listening = transport == "udp" or fields[3] == "0A"
            if listening and int(fields[1].rsplit(":", 1)[1], 16) == port:
                yield fields[9]


def _sockets(process: Path) -> Iterator[str]:
    try:
        for descriptor in (process / "fd").iterdir():
            found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(descriptor))
            if found:
                yield found.group(1)
    except OSError:
        return
