"""What every event of Asterisk has."""

from typing import NotRequired, TypedDict


class Envelope(TypedDict):
    """`timestamp` is Asterisk's own clock in ISO 8601 with milliseconds; `application` is the Stasis application."""

    application: str
    timestamp: str
    asterisk_id: NotRequired[str]
