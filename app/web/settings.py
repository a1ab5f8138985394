"""What the web port is told by the configuration, and the objects every handler shares."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from app.calls.ports import Accounts, Operations
from app.clock import Clock


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the web port listens and what it trusts.

    `certificate` and `private_key` are PEM files; without them the port speaks plain HTTP. `behind_proxy` says that a reverse
    proxy ends TLS in front and appends the caller's address to X-Forwarded-For. `allowed_origins` are further origins
    (`https://host`) whose pages may call in, beside the port's own. `api_token` opens the API as an administrator; empty
    closes that door. `asterisk_ws_url` is where Asterisk takes SIP over WebSocket.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    certificate: Path | None = None
    private_key: Path | None = None
    behind_proxy: bool = False
    allowed_origins: tuple[str, ...] = ()
    api_token: str = ""
    asterisk_ws_url: str = "ws://127.0.0.1:8088/ws"
    country: str = "US"
    session_idle_s: int = 12 * 3600
    session_absolute_s: int = 7 * 24 * 3600

    @property
    def secure(self) -> bool:
        """True when browsers reach the port by TLS."""
        return self.certificate is not None or self.behind_proxy


@dataclass(slots=True)
class Counters:
    """What went wrong in the web since the start."""

    unhandled: Counter[str] = field(default_factory=Counter)


class Sockets(set[web.WebSocketResponse]):
    """WebSockets that are open now."""


OPERATIONS: web.AppKey[Operations] = web.AppKey("operations", Operations)
ACCOUNTS: web.AppKey[Accounts] = web.AppKey("accounts", Accounts)
SETTINGS: web.AppKey[WebSettings] = web.AppKey("settings", WebSettings)
CLOCK: web.AppKey[Clock] = web.AppKey("clock", Clock)
COUNTERS: web.AppKey[Counters] = web.AppKey("counters", Counters)
SOCKETS: web.AppKey[Sockets] = web.AppKey("sockets", Sockets)
"""All of them, so that a shutdown can close them."""


def caller_address(request: web.Request) -> str:
    """Who is asking, for throttling and the log: the peer, or what the trusted proxy saw."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if request.app[SETTINGS].behind_proxy and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return request.remote or "unknown"
