"""Jinja2 for the pages: what every template may use, and the one function that renders."""

from datetime import UTC, datetime
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web
from markupsafe import Markup, escape

from app.web.permissions import Permission
from app.web.presentation import Row, duration_words
from app.web.security import nonce
from app.web.sessions import PRINCIPAL
from app.web.settings import CLOCK

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def set_up_templates(app: web.Application) -> None:
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.ChainableUndefined,
    )
    environment.globals["bound"] = bound
    environment.globals["Permission"] = Permission
    environment.filters["moment"] = moment
    environment.filters["duration"] = duration_words


def render(request: web.Request, template: str, status: int = 200, **context: object) -> web.Response:
    """A page, with what every page needs: who is signed in, the script nonce, the server's time."""
    everywhere = {
        "principal": request.get(PRINCIPAL),
        "nonce": nonce(request),
        "now_ms": request.app[CLOCK].now_ms(),
        "path": request.path,
    }
    return aiohttp_jinja2.render_template(template, request, {**everywhere, **context}, status=status)


def bound(row: Row, bindings: str) -> Markup:
    """The attributes of an element that follows a row: `text:name data-tone:tone` says which attribute shows which value.

    The browser reads the same `data-bind` when a snapshot arrives; `text` is the element's text, which the template writes itself.
    """
    parts = [f'data-bind="{escape(bindings)}"']
    for binding in bindings.split():
        attribute, _, name = binding.partition(":")
        value = row.get(name)
        if attribute == "text" or value is None or value is False:
            continue
        parts.append(attribute if value is True else f'{attribute}="{escape(str(value))}"')
    return Markup(" ".join(parts))


def moment(at_ms: int | None) -> str:
    """A moment for people, in UTC; a script shows it in the reader's own time zone."""
    if not at_ms:
        return "–"
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
