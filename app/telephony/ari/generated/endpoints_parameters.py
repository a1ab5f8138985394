"""What the operations of endpoints take besides ids.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from collections.abc import Mapping
from typing import NotRequired, TypedDict


class EndpointsSendMessageParameters(TypedDict):
    to: str
    from_: str
    body: NotRequired[str | None]
    variables: NotRequired[Mapping[str, str] | None]


class EndpointsReferParameters(TypedDict):
    to: str
    from_: str
    refer_to: str
    to_self: NotRequired[bool | None]
    variables: NotRequired[Mapping[str, str] | None]


class EndpointsSendMessageToEndpointParameters(TypedDict):
    from_: str
    body: NotRequired[str | None]
    variables: NotRequired[Mapping[str, str] | None]


class EndpointsReferToEndpointParameters(TypedDict):
    from_: str
    refer_to: str
    to_self: NotRequired[bool | None]
    variables: NotRequired[Mapping[str, str] | None]
