"""What every request passes: headers that narrow what a browser will do, the permission table, and the checks against forged requests."""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit

from aiohttp import web

from app.errors import Denied, TrunklineError
from app.web.permissions import Permission, Principal, declared
from app.web.sessions import PRINCIPAL, SESSIONS
from app.web.settings import SETTINGS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

NONCE = web.RequestKey("nonce", str)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
UNSIGNED_FORMS = frozenset({"/login"})
"""Forms that are sent before there is a session; they check a token of their own."""


class SignInFirst(TrunklineError):
    """Sign in first."""

    status = 401


class ForgedRequest(TrunklineError):
    """This request did not come from a page of Trunkline, or the page is out of date: {why}. Reload the page and try again."""

    status = 403


def nonce(request: web.Request) -> str:
    """The one value that lets a script of this page run."""
    if NONCE not in request:
        request[NONCE] = secrets.token_urlsafe(16)
    return request[NONCE]


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler: runs for every response, pages, files and errors alike."""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()"
    headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'nonce-{nonce(request)}'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    if request.app[SETTINGS].secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-cache")
    else:
        headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def authorise(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Looks up who is asking and lets them through when the table says so. What is not in the table is refused."""
    if request.match_info.http_exception is not None:
        return await handler(request)
    permission = declared(request)
    if permission is None:
        raise Denied(what="open this: it has no declared permission")
    principal = await request.app[SESSIONS].principal(request)
    if principal is not None:
        request[PRINCIPAL] = principal
    if permission is not Permission.EVERYBODY:
        if principal is None:
            return _ask_to_sign_in(request)
        if not principal.may(permission):
            raise Denied(what=permission.value)
    await _refuse_forgery(request, principal)
    return await handler(request)


def _ask_to_sign_in(request: web.Request) -> web.StreamResponse:
    if request.method in SAFE_METHODS and wants_page(request):
        following = "" if request.path == "/" else f"?next={quote(request.path)}"
        return see_other(f"/login{following}")
    raise SignInFirst()


def see_other(location: str) -> web.Response:
    """The browser goes on to another page with a GET."""
    return web.Response(status=303, headers={"Location": location})


def wants_page(request: web.Request) -> bool:
    """True for a person's browser that opens a page, False for scripts and the command line."""
    if request.path.startswith(("/api/", "/ws/", "/health")):
        return False
    return "text/html" in request.headers.get("Accept", "") or request.content_type.startswith("application/x-www-form")


async def _refuse_forgery(request: web.Request, principal: Principal | None) -> None:
    upgrade = request.headers.get("Upgrade", "").lower() == "websocket"
    if request.method in SAFE_METHODS and not upgrade:
        return
    if principal is not None and not principal.csrf:
        return
    check_origin(request, required=upgrade)
    if upgrade or request.path in UNSIGNED_FORMS:
        return
    presented = request.headers.get("X-CSRF-Token", "")
    if not presented and request.content_type == "application/x-www-form-urlencoded":
        presented = str((await request.post()).get("csrf", ""))
    expected = principal.csrf if principal is not None else ""
    if not expected or not hmac.compare_digest(presented.encode(), expected.encode()):
        raise ForgedRequest(why="its form token is missing or old")


def check_origin(request: web.Request, *, required: bool) -> None:
    """ForgedRequest when the browser says that another site's page sent this."""
    origin = request.headers.get("Origin")
    if origin is None:
        site = request.headers.get("Sec-Fetch-Site", "none")
        if required or site not in ("none", "same-origin"):
            raise ForgedRequest(why="it names no origin")
        return
    if origin in request.app[SETTINGS].allowed_origins:
        return
    if not request.host or urlsplit(origin).netloc.lower() != request.host.lower():
        raise ForgedRequest(why=f"it comes from {origin}")
