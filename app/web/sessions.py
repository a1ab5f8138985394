"""Signing in and staying signed in: server-side sessions behind a random cookie, passwords checked with bounded concurrency."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable

from aiohttp import web

from app.calls.ports import Accounts, Audit, AuditEntry
from app.clock import Clock
from app.errors import TrunklineError, Unavailable
from app.web.permissions import Principal
from app.web.settings import WebSettings
from app.web.throttle import Throttle

TOUCH_EVERY_MS = 60_000
FOR_AGENT = "X-Agent"
"""The header in which a program with the API's token names the agent (by id) for whom it acts."""
CHECKS_AT_ONCE = 2
CHECKS_WAITING = 16
LONGEST_NAME, LONGEST_PASSWORD = 128, 1024


class WrongPassword(TrunklineError):
    """The user name or the password is wrong."""

    status = 401


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_token(token: str) -> str:
    """The token that forms carry, made from the cookie's so that nothing has to be kept."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


class Sessions:
    """Sign-in, look-up and sign-out over the accounts port."""

    def __init__(self, accounts: Accounts, settings: WebSettings, clock: Clock, audit: Callable[[], Audit]) -> None:
        self._accounts = accounts
        self._audit = audit
        self._settings = settings
        self._clock = clock
        self._throttle = Throttle(clock)
        self._checks = asyncio.Semaphore(CHECKS_AT_ONCE)
        self._waiting = 0

    @property
    def cookie(self) -> str:
        """The cookie's name; under TLS the prefix makes browsers refuse it from anywhere but this host."""
        return "__Host-trunkline" if self._settings.secure else "trunkline"

    async def sign_in(self, username: str, password: str, address: str) -> str:
        """The token of a new session. WrongPassword, TooManyAttempts, or Unavailable while too many others are waiting.

        Both ways are audited; not so while too many fail, so that nobody can fill the audit by guessing.
        """
        username = username.strip()
        self._throttle.check(address, username)
        plausible = 0 < len(username) <= LONGEST_NAME and 0 < len(password) <= LONGEST_PASSWORD
        if not plausible or not await self._verify(username, password):
            self._throttle.failed(address, username)
            refused = WrongPassword()
            self._note("sign in", username[:LONGEST_NAME], address, str(refused))
            raise refused
        self._throttle.succeeded(address)
        self._note("sign in", username, address, "done")
        token = secrets.token_urlsafe(32)
        now_ms = self._clock.now_ms()
        expires_ms = now_ms + self._settings.session_absolute_s * 1000
        await self._accounts.create_session(hash_token(token), username, now_ms, expires_ms)
        return token

    def _note(self, action: str, username: str, address: str, outcome: str, role: str = "") -> None:
        details = {"address": address} if address else {}
        self._audit().note(AuditEntry(self._clock.now_ms(), username, role, action, "", details, outcome))

    async def _verify(self, username: str, password: str) -> bool:
        if self._waiting >= CHECKS_WAITING:
            raise Unavailable(what="Signing in", why="too many people are at it", remedy="Try again in a few seconds.")
        self._waiting += 1
        try:
            async with self._checks:
                return await self._accounts.verify_password(username, password)
        finally:
            self._waiting -= 1

    async def principal(self, request: web.Request) -> Principal | None:
        """Who is asking, by the session cookie or by the API token; None when it is nobody we know."""
        scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._bearer(presented.strip(), request.headers.get(FOR_AGENT))
        token = request.cookies.get(self.cookie, "")
        return await self._lookup(token) if token else None

    def _bearer(self, presented: str, agent_id: str | None) -> Principal | None:
        """A program; with the header X-Agent it does what that agent could do."""
        expected = self._settings.api_token
        if expected and hmac.compare_digest(presented.encode(), expected.encode()):
            return Principal(name="api", role="admin", agent_id=agent_id)
        return None

    async def _lookup(self, token: str) -> Principal | None:
        token_hash = hash_token(token)
        session = await self._accounts.lookup_session(token_hash)
        if session is None:
            return None
        now_ms = self._clock.now_ms()
        idle = now_ms - session.seen_ms > self._settings.session_idle_s * 1000
        if idle or now_ms >= session.expires_ms:
            await self._accounts.revoke_session(token_hash)
            return None
        if now_ms - session.seen_ms > TOUCH_EVERY_MS:
            await self._accounts.touch_session(token_hash, now_ms)
        return Principal(session.username, session.role, session.agent_id, csrf_token(token), token_hash)

    async def still_valid(self, principal: Principal) -> bool:
        """False once the session behind a long-lived socket was revoked or has reached its absolute end."""
        if not principal.session_hash:
            return True
        session = await self._accounts.lookup_session(principal.session_hash)
        if session is None or self._clock.now_ms() >= session.expires_ms:
            return False
        await self._accounts.touch_session(principal.session_hash, self._clock.now_ms())
        return True

    async def sign_out(self, principal: Principal) -> None:
        if principal.session_hash:
            self._note("sign out", principal.name, "", "done", principal.role)
            await self._accounts.revoke_session(principal.session_hash)


SESSIONS: web.AppKey[Sessions] = web.AppKey("sessions", Sessions)
PRINCIPAL = web.RequestKey("principal", Principal)


def set_cookie(response: web.StreamResponse, name: str, token: str, settings: WebSettings) -> None:
    """A session cookie for this host only, unreadable for scripts. It ends with the browser; the server ends it earlier."""
    response.set_cookie(name, token, path="/", httponly=True, samesite="Lax", secure=settings.secure)
