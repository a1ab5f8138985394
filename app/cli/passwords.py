"""Passwords that people read from a screen and type into a phone: no letter that looks like another, 60 bits and more."""

import secrets
import sys

import typer

from app.errors import BadInput

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def _random(groups: int) -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(groups))


def new_password() -> str:
    """For somebody who signs in at the web port, where wrong attempts are slowed down."""
    return _random(3)


def new_secret() -> str:
    """For a phone: scanners guess at SIP ports day and night."""
    return _random(4)


def ask_password(who: str) -> str:
    """Typed twice without being shown; from a pipe, its first line."""
    if sys.stdin.isatty():
        return str(typer.prompt(f"New password of {who}", hide_input=True, confirmation_prompt="Once more"))
    password = sys.stdin.readline().rstrip("\n")
    if not password:
        raise BadInput(what="The password", why="nothing came on standard input; pipe it in, or use --random")
    return password
