import os
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector

from app.errors import Unavailable
from app.web.server import start_web, tls_context
from app.web.settings import WebSettings
from tests.unit.web.fakes import FakeAccounts, FakeOperations

pytestmark = pytest.mark.contract


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate), "-days", "1", "-nodes"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", *files, *subject]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


async def test_a_port_in_use_is_one_sentence(operations: FakeOperations, accounts: FakeAccounts) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Unavailable) as refused:
            await start_web(operations, accounts, WebSettings(port=port))
    assert str(refused.value) == (
        f"The web port {port} on 127.0.0.1 is not available: another program listens there. "
        "Stop that program or choose another port for the web."
    )


async def test_an_address_of_another_machine(operations: FakeOperations, accounts: FakeAccounts) -> None:
    with pytest.raises(Unavailable, match="the address is not this machine's"):
        await start_web(operations, accounts, WebSettings(host="192.0.2.1", port=0))


async def test_a_port_is_free_again_after_stop(operations: FakeOperations, accounts: FakeAccounts) -> None:
    first = await start_web(operations, accounts, WebSettings(port=0))
    await first.stop()
    second = await start_web(operations, accounts, WebSettings(port=first.port))
    await second.stop()


async def test_tls_makes_cookies_secure(
    operations: FakeOperations, accounts: FakeAccounts, pair: tuple[Path, Path]
) -> None:
    server = await start_web(operations, accounts, WebSettings(port=0, certificate=pair[0], private_key=pair[1]))
    trusting = ssl.create_default_context(cafile=str(pair[0]))
    try:
        async with ClientSession(server.url, connector=TCPConnector(ssl=trusting)) as browser:
            answer = await browser.get("/login")
            assert answer.url.scheme == "https"
            assert "Secure" in answer.headers["Set-Cookie"]
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    finally:
        await server.stop()


def test_a_bad_certificate_is_one_sentence(pair: tuple[Path, Path], tmp_path: Path) -> None:
    certificate, key = pair
    garbage = tmp_path / "garbage.pem"
    garbage.write_text("no certificate")
    missing = tmp_path / "missing.pem"
    remedy = "Give the web port a readable PEM certificate and key, or neither to serve plain HTTP."
    for settings, why in (
        (
            WebSettings(certificate=missing, private_key=key),
            f"certificate {missing} is not available: there is no such file.",
        ),
        (
            WebSettings(certificate=certificate, private_key=missing),
            f"private key {missing} is not available: there is no such",
        ),
        (WebSettings(certificate=certificate), "private key is not available: only the other half of the pair is set."),
        (WebSettings(certificate=garbage, private_key=key), "it is not PEM, or the key does not belong to it."),
        (WebSettings(certificate=tmp_path, private_key=key), "it is a directory."),
    ):
        with pytest.raises(Unavailable) as refused:
            tls_context(settings)
        assert why in str(refused.value)
        assert str(refused.value).endswith(remedy)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_key_that_may_not_be_read(pair: tuple[Path, Path], tmp_path: Path) -> None:
    locked = tmp_path / "locked.pem"
    locked.write_bytes(pair[1].read_bytes())
    locked.chmod(0)
    with pytest.raises(Unavailable, match="may not be read by this user"):
        tls_context(WebSettings(certificate=pair[0], private_key=locked))
