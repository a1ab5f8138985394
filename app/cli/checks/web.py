"""The web port: every page's template compiles, every route has its permission."""

from collections.abc import Iterator
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, TemplateSyntaxError

from app.config import PROJECT
from app.web.permissions import undeclared_routes
from app.web.server import create_app
from app.web.settings import WebSettings

TEMPLATES = PROJECT / "templates"


def faulty_templates() -> Iterator[str]:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    for name in environment.list_templates():
        source, _, _ = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
        try:
            environment.parse(source, name)
        except TemplateSyntaxError as error:
            yield f"templates/{name}, line {error.lineno}: {error.message}"


def undeclared_web_routes() -> Iterator[str]:
    """The application is only built, not served: nobody asks its operations or accounts anything."""
    nobody = cast(Any, None)
    yield from undeclared_routes(create_app(nobody, nobody, WebSettings()))
