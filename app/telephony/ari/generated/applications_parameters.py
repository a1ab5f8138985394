"""What the operations of applications take besides ids.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict


class ApplicationsSubscribeParameters(TypedDict):
    eventSource: str | Sequence[str]


class ApplicationsUnsubscribeParameters(TypedDict):
    eventSource: str | Sequence[str]


class ApplicationsFilterParameters(TypedDict):
    filter: NotRequired[Mapping[str, object] | None]
