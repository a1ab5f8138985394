"""Certificates: there, readable, belonging to their keys, and for how long still."""

import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from app.cli.doctor.examined import Examined
from app.cli.findings import Finding, error, ok, warning

SOON_DAYS = 21
DAY_S = 86_400


async def certificates(examined: Examined) -> AsyncIterator[Finding]:
    settings = examined.settings
    if settings.tls_certificate is None and settings.tls_private_key is None:
        if settings.sip_tls_port is not None:
            remedy = "Set TRUNKLINE_TLS_CERTIFICATE and TRUNKLINE_TLS_PRIVATE_KEY."
            yield error("certificates", "SIP over TLS is on, but there is no certificate.", remedy)
        else:
            words = "The web port speaks plain HTTP: browsers give a page no microphone, except on this machine."
            remedy = (
                "Set TRUNKLINE_TLS_CERTIFICATE and TRUNKLINE_TLS_PRIVATE_KEY before anybody works from another machine."
            )
            yield warning("certificates", words, remedy)
        return
    pair: list[Path] = []
    for what, path in (("certificate", settings.tls_certificate), ("private key", settings.tls_private_key)):
        if path is None or not _readable(path):
            words = f"The {what} {path or 'is not set; it'} {'cannot be read' if path else 'is needed too'}."
            yield error("certificates", words, "Put the PEM file there and give this user the right to read it.")
            return
        pair.append(path)
    certificate, key = pair
    yield examine_pair(certificate, key, time.time())


def _readable(path: Path) -> bool:
    try:
        with path.open("rb"):
            return True
    except OSError:
        return False


def examine_pair(certificate: Path, key: Path, now_s: float) -> Finding:
    """Shakes hands with ourselves in memory: what a browser would find."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        server.load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, OSError, ValueError) as reason:
        words = f"{certificate} and {key} cannot be used together ({getattr(reason, 'reason', None) or reason})."
        return error("certificates", words, "Both must be PEM files, belong together, and have no pass phrase.")
    try:
        presented = _presented(server, certificate)
    except ssl.SSLCertVerificationError as reason:
        return error("certificates", f"{certificate}: {reason.verify_message}.", "Renew it, then restart the server.")
    except ssl.SSLError as reason:
        return error("certificates", f"{certificate} cannot be used ({reason.reason}).", "Have it issued anew.")
    left = int((ssl.cert_time_to_seconds(str(presented["notAfter"])) - now_s) // DAY_S)
    names = ", ".join(value for _, value in presented.get("subjectAltName", ()))
    words = f"The certificate of {names or 'no name'} is good for another {left} days."
    if not names:
        return warning("certificates", words, "Browsers want the host name as a subject alternative name.")
    if left < SOON_DAYS:
        return warning("certificates", words, "Renew it now, then restart the server.")
    return ok("certificates", words)


def _presented(server: ssl.SSLContext, certificate: Path) -> dict[str, Any]:
    """The certificate as a client that trusts exactly this one sees it."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    client.load_verify_locations(certificate)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = server.wrap_bio(to_server, to_client, server_side=True)
    theirs = client.wrap_bio(to_client, to_server)
    for _ in range(4):
        for side in (theirs, ours):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return dict(theirs.getpeercert() or {})
