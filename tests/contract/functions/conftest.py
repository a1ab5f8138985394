"""An instance's functions: a folder of handlers, and a web server that misbehaves as asked."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa

from app.integrations.integrations import Integrations
from tests.rig.certificates import certificate_of, private_pem

LOCAL = "127.0.0.1,::1"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]


@pytest.fixture
async def integrations(tmp_path: Path) -> AsyncIterator[Integrations]:
    made = Integrations(tmp_path, networks=LOCAL, plain_http=True, memory_bytes=256 * 1_048_576)
    (tmp_path / "functions").mkdir()
    yield made
    await made.close()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serves a handler at every path of a port of its own; the URL."""
    servers: list[TestServer] = []

    async def start(handler: Handler) -> str:
        application = web.Application(client_max_size=1_048_576)
        application.router.add_route("*", "/{path:.*}", handler)
        servers.append(TestServer(application))
        await servers[-1].start_server()
        return str(servers[-1].make_url("/"))

    yield start
    for server in servers:
        await server.close()


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context and that of a client who trusts it."""
    key = rsa.generate_private_key(65537, 2048)
    folder = tmp_path_factory.mktemp("tls")
    (folder / "key.pem").write_bytes(private_pem(key))
    (folder / "certificate.pem").write_text(certificate_of(key))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=str(folder / "certificate.pem"))
