"""Errors in words: a page for people, JSON for programs, never a stack trace. What nobody expected is logged and counted."""

import asyncio
import secrets

import aiohttp_jinja2
import structlog
from aiohttp import web

from app.errors import TrunklineError
from app.web.security import Handler, wants_page
from app.web.sessions import PRINCIPAL
from app.web.settings import COUNTERS
from app.web.throttle import TooManyAttempts

log = structlog.get_logger(__name__)

WORDS = {
    400: "The request could not be understood.",
    403: "You may not open this.",
    404: "There is nothing at this address.",
    405: "This address does not take this kind of request.",
    413: "What was sent is too large.",
    416: "The recording has no such part.",
}


@web.middleware
async def errors_in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost middleware: nothing leaves it but a response or a cancellation."""
    try:
        response = await handler(request)
    except TrunklineError as error:
        if error.status >= 500:
            log.warning("request_failed", path=request.path, error=error.id(), words=str(error))
        response = describe(request, error.status, error.id(), str(error))
        if isinstance(error, TooManyAttempts):
            response.headers["Retry-After"] = str(error.wait_s)
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        response = describe(request, answer.status, f"Http{answer.status}", WORDS.get(answer.status, answer.reason))
        if "Allow" in answer.headers:
            response.headers["Allow"] = answer.headers["Allow"]
    except (asyncio.CancelledError, ConnectionResetError):
        raise
    except Exception as error:
        reference = secrets.token_hex(4)
        request.app[COUNTERS].unhandled[type(error).__name__] += 1
        log.exception("unhandled_exception", path=request.path, reference=reference)
        words = f"Something went wrong here. It was written to the log as {reference}."
        response = describe(request, 500, "Unexpected", words)
    return response


def describe(request: web.Request, status: int, error_id: str, words: str) -> web.Response:
    """The answer that says `words`."""
    if not wants_page(request):
        return web.json_response({"error": error_id, "message": words}, status=status)
    context = {"words": words, "status": status, "principal": request.get(PRINCIPAL)}
    return aiohttp_jinja2.render_template("error.html", request, context, status=status)
