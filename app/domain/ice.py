"""How a browser's sound finds its way: servers that tell a browser its public address (STUN) or pass its sound on (TURN).

A TURN server lends its bandwidth to whoever logs in, so a log-in is made for each page and ends by itself: the user name is the moment
of its end and the agent, the password its HMAC under a secret that only this application and the server know (draft-uberti-behave-turn-
rest-00; coturn's `use-auth-secret`). A server that knows no such log-ins has a lasting one.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from app.errors import BadInput

LASTS_S = 86_400
PORT = 3478
_STUN = re.compile(r"stuns?:(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?")
_TURN = re.compile(r"turns?:(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?(\?transport=(udp|tcp))?")


@dataclass(frozen=True, slots=True)
class IceServer:
    """A STUN or TURN server, as a browser's RTCPeerConnection takes it."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = ""


@dataclass(frozen=True, slots=True)
class IceServers:
    """The instance's servers. `secret` makes log-ins that end; without it `username` and `password` are everybody's."""

    stun: tuple[str, ...] = ()
    turn: tuple[str, ...] = ()
    secret: str = ""
    username: str = ""
    password: str = ""

    def __post_init__(self) -> None:
        for addresses, form, example in (
            (self.stun, _STUN, "stun:stun.example.net:3478"),
            (self.turn, _TURN, "turn:turn.example.net:3478 or turns:turn.example.net:5349?transport=tcp"),
        ):
            for address in addresses:
                if not form.fullmatch(address):
                    raise BadInput(what=f"The server {address!r}", why=f"write it as {example}")
        if self.turn and not (self.secret or (self.username and self.password)):
            why = (
                "nobody could log in: set TRUNKLINE_TURN_SECRET, or TRUNKLINE_TURN_USERNAME and TRUNKLINE_TURN_PASSWORD"
            )
            raise BadInput(what=f"The TURN server {self.turn[0]}", why=why)

    @property
    def asterisk_asks(self) -> str:
        """The STUN server for Asterisk's own public address, as host:port; empty without one."""
        for address in self.stun:
            if address.startswith("stun:"):
                host, _, port = address.removeprefix("stun:").rpartition(":")
                return f"{host}:{port}" if host and port.isdigit() else f"{address.removeprefix('stun:')}:{PORT}"
        return ""

    def of_page(self, who: str, now_ms: int) -> tuple[IceServer, ...]:
        """What a page of this agent hands to its browser."""
        found = [IceServer(self.stun)] if self.stun else []
        if self.turn:
            username, password = self._login(who, now_ms)
            found.append(IceServer(self.turn, username, password))
        return tuple(found)

    @property
    def lasts_s(self) -> int:
        """After how long a page has to ask again; 0 when it need not."""
        return LASTS_S if self.turn and self.secret else 0

    def _login(self, who: str, now_ms: int) -> tuple[str, str]:
        if not self.secret:
            return self.username, self.password
        username = f"{now_ms // 1000 + LASTS_S}:{who}"
        digest = hmac.new(self.secret.encode(), username.encode(), hashlib.sha1).digest()
        return username, base64.b64encode(digest).decode()


def named(text: str) -> tuple[str, ...]:
    """Addresses with commas between them."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
