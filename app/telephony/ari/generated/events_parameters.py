"""What the operations of events take besides ids.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict


class EventsUserEventParameters(TypedDict):
    application: str
    source: NotRequired[str | Sequence[str] | None]
    variables: NotRequired[Mapping[str, str] | None]


class EventsClaimChannelParameters(TypedDict):
    channelId: str
    application: str
