"""Limits on what a flow may keep."""

from collections.abc import Mapping

from app.errors import BadInput

ATTRIBUTES_LIMIT = 32 * 1024
"""Bytes of all attributes of a contact, or of a flow: names and values."""


def within(value: str, limit: int, what: str) -> str:
    """The value, when it has at most `limit` bytes in UTF-8; else BadInput."""
    size = len(value.encode())
    if size > limit:
        raise BadInput(what=what, why=f"it has {size} bytes, more than {limit}")
    return value


def attributes_within(attributes: Mapping[str, str], what: str) -> None:
    """BadInput when names and values together are too long."""
    size = sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())
    if size > ATTRIBUTES_LIMIT:
        raise BadInput(what=what, why=f"together they have {size} bytes, more than {ATTRIBUTES_LIMIT}")
