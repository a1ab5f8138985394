"""Functions that are an HTTPS endpoint: the event by POST, JSON back."""

import hashlib
import hmac
import time

import aiohttp
from yarl import URL

from app.calls.ports import NotAnswered
from app.domain.place import Place
from app.integrations.addresses import Allowed, require
from app.integrations.http import post

SIGNATURE = "X-Trunkline-Signature"


class Endpoints:
    """Asks endpoints. Plain HTTP only where `plain_http` says so."""

    def __init__(self, session: aiohttp.ClientSession, allowed: Allowed, *, plain_http: bool) -> None:
        self._session, self._allowed, self._plain_http = session, allowed, plain_http

    async def invoke(self, place: Place, event: bytes, timeout_s: float) -> bytes:
        url = URL(place.target)
        if url.scheme != "https" and not self._plain_http:
            raise NotAnswered(
                who=place.target, why="it is not encrypted; TRUNKLINE_FUNCTION_PLAIN_HTTP=true allows that"
            )
        require(self._allowed, url.host or "")
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "Trunkline"}
        if place.secret:
            headers[SIGNATURE] = signature(place.secret, event, int(time.time()))
        reply = await post(self._session, place.target, event, headers, timeout_s)
        if not 200 <= reply.status < 300:
            raise NotAnswered(who=place.target, why=f"it answered with status {reply.status}")
        return reply.body


def signature(secret: str, body: bytes, at_s: int) -> str:
    """`t=SECONDS,v1=HEX`: the HMAC-SHA256 of the seconds, a period and the body."""
    signed = f"{at_s}.".encode() + body
    return f"t={at_s},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
