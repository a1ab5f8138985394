"""The web port: builds the application, listens, and lets go quickly. Served by HTTP, or by TLS when it is given a certificate."""

import asyncio
import errno
import ssl
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiohttp import WSCloseCode, web

from app.calls.ports import Accounts, Operations
from app.clock import Clock, SystemClock
from app.errors import Unavailable
from app.web import api, flows, pages, softphone
from app.web.failures import errors_in_words
from app.web.live import FEED, create_feed, status_socket
from app.web.panel_socket import PANELS, PanelFeed, panel_socket
from app.web.rendering import set_up_templates
from app.web.security import add_security_headers, authorise
from app.web.sessions import SESSIONS, Sessions
from app.web.settings import ACCOUNTS, CLOCK, COUNTERS, OPERATIONS, SETTINGS, SOCKETS, Counters, Sockets, WebSettings
from app.web.sip import LINES, PHONES, client_context, sip_socket

log = structlog.get_logger(__name__)

STATIC = Path(__file__).resolve().parent / "static"
LARGEST_BODY = 64 * 1024
SHUTDOWN_TIMEOUT_S = 2.0


def create_app(
    operations: Operations, accounts: Accounts, settings: WebSettings, clock: Clock | None = None
) -> web.Application:
    """The whole web application over the service layer."""
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[errors_in_words, authorise])
    app[OPERATIONS], app[ACCOUNTS], app[SETTINGS] = operations, accounts, settings
    app[CLOCK] = clock or SystemClock()
    app[COUNTERS] = Counters()
    app[SESSIONS] = Sessions(accounts, settings, app[CLOCK], lambda: operations.audit)
    app[FEED] = create_feed(app)
    app[PANELS] = PanelFeed(operations, app[COUNTERS])
    app[SOCKETS] = Sockets()
    app[PHONES] = Sockets()
    app[LINES] = {}
    set_up_templates(app)
    _add_routes(app)
    app.on_response_prepare.append(add_security_headers)
    app.on_shutdown.append(_close_sockets)
    app.cleanup_ctx.append(client_context)
    return app


def _add_routes(app: web.Application) -> None:
    app.router.add_get("/health", api.get_health)
    app.router.add_get("/login", pages.login_page)
    app.router.add_post("/login", pages.login)
    app.router.add_post("/logout", pages.logout)
    app.router.add_get("/", pages.status_page)
    app.router.add_post("/agents/status", pages.choose_status)
    app.router.add_get("/contacts/{contact_id}", pages.contact_page)
    app.router.add_get("/ws/status", status_socket, allow_head=False)
    app.router.add_get("/ws/panel", panel_socket, allow_head=False)
    app.router.add_get("/ws/sip", sip_socket, allow_head=False)
    app.router.add_get("/phone", softphone.phone_page)
    api.add_routes(app)
    flows.add_routes(app)
    app.router.add_static("/static", STATIC)


async def _close_sockets(app: web.Application) -> None:
    """All at once: a page that has gone away must not hold the shutdown."""
    sockets = app[SOCKETS]
    closing = [socket.close(code=WSCloseCode.GOING_AWAY, message=b"restarting") for socket in sockets]
    if closing:
        await asyncio.wait([asyncio.ensure_future(one) for one in closing], timeout=SHUTDOWN_TIMEOUT_S)


def tls_context(settings: WebSettings) -> ssl.SSLContext | None:
    """None without TLS. Unavailable, with the remedy, for a certificate or key that is missing, unreadable or no pair."""
    if settings.certificate is None and settings.private_key is None:
        return None
    remedy = "Give the web port a readable PEM certificate and key, or neither to serve plain HTTP."
    for what, path in (("certificate", settings.certificate), ("private key", settings.private_key)):
        if path is None:
            raise Unavailable(
                what=f"The web port's {what}", why="only the other half of the pair is set", remedy=remedy
            )
        try:
            with path.open("rb"):
                pass
        except OSError as error:
            raise Unavailable(what=f"The web port's {what} {path}", why=_reason(error), remedy=remedy) from error
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(str(settings.certificate), str(settings.private_key))
    except (ssl.SSLError, OSError) as error:
        why = "it is not PEM, or the key does not belong to it"
        raise Unavailable(what=f"The web port's certificate {settings.certificate}", why=why, remedy=remedy) from error
    return context


def _reason(error: OSError) -> str:
    words = {
        errno.ENOENT: "there is no such file",
        errno.EACCES: "it may not be read by this user",
        errno.EISDIR: "it is a directory",
    }
    return words.get(error.errno or 0, error.strerror or str(error))


@dataclass(frozen=True, slots=True)
class WebServer:
    """A web port that listens. `url` is where a browser on this machine finds it."""

    app: web.Application
    runner: web.AppRunner
    port: int
    url: str

    async def stop(self) -> None:
        """Closes every page and phone line and stops listening, within a few seconds whatever they do."""
        await self.runner.cleanup()


async def start_web(
    operations: Operations, accounts: Accounts, settings: WebSettings, clock: Clock | None = None
) -> WebServer:
    """Listens on the host and port of the settings (port 0: any free one). Unavailable, in one sentence, when it cannot."""
    context = tls_context(settings)
    app = create_app(operations, accounts, settings, clock)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT_S)
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port, ssl_context=context)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        raise _cannot_listen(settings, error) from error
    port = int(runner.addresses[0][1])
    shown = "localhost" if settings.host in ("0.0.0.0", "::", "") else settings.host
    url = f"{'https' if context else 'http'}://{shown}:{port}/"
    log.info("web_listening", host=settings.host, port=port, tls=context is not None)
    return WebServer(app, runner, port, url)


def _cannot_listen(settings: WebSettings, error: OSError) -> Unavailable:
    what = f"The web port {settings.port} on {settings.host}"
    if error.errno == errno.EADDRINUSE:
        return Unavailable(
            what=what,
            why="another program listens there",
            remedy="Stop that program or choose another port for the web.",
        )
    if error.errno == errno.EACCES:
        return Unavailable(what=what, why="this user may not open it", remedy="Choose a port above 1023.")
    if error.errno == errno.EADDRNOTAVAIL:
        return Unavailable(
            what=what, why="the address is not this machine's", remedy="Choose 0.0.0.0 or an address it has."
        )
    return Unavailable(what=what, why=error.strerror or str(error), remedy="Check the web's host and port.")
