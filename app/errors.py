"""The one error tree. A class's docstring is its message; `{names}` in it are filled from the keywords it is raised with."""

from typing import ClassVar


class TrunklineError(Exception):
    """Something went wrong in Trunkline."""

    status: ClassVar[int] = 500
    """HTTP status that the web answers with when this error reaches it."""
    exit_code: ClassVar[int] = 1

    def __init__(self, **details: object) -> None:
        self.details = details
        template = (type(self).__doc__ or type(self).__name__).strip()
        super().__init__(template.format_map(_Details(details)))

    @classmethod
    def id(cls) -> str:
        """Stable identifier of this error for logs and APIs."""
        return cls.__name__


class _Details(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


class BadInput(TrunklineError):
    """{what} is not valid: {why}."""

    status = 400
    exit_code = 2


class NotFound(TrunklineError):
    """There is no {what} named {name}."""

    status = 404
    exit_code = 2


class Denied(TrunklineError):
    """You may not {what}."""

    status = 403


class NotYours(TrunklineError):
    """The contact {contact_id} is not yours."""

    status = 403


class ContactGone(TrunklineError):
    """There is no live contact named {contact_id}: it is over, or there never was one."""

    status = 404


class NotNow(TrunklineError):
    """{why}"""

    status = 409


class LimitReached(TrunklineError):
    """{what} is not possible: {why}. {remedy}"""

    status = 429


class Unavailable(TrunklineError):
    """{what} is not available: {why}. {remedy}"""

    status = 503
    exit_code = 3


class ImpossibleTransition(TrunklineError):
    """A {machine} in state {state} has no transition for {event}."""
