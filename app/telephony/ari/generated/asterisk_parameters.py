"""What the operations of asterisk take besides ids.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict


class AsteriskUpdateObjectParameters(TypedDict):
    fields: NotRequired[Sequence[Mapping[str, str]] | None]


class AsteriskGetInfoParameters(TypedDict):
    only: NotRequired[str | Sequence[str] | None]


class AsteriskAddLogParameters(TypedDict):
    configuration: str


class AsteriskGetGlobalVarParameters(TypedDict):
    variable: str


class AsteriskSetGlobalVarParameters(TypedDict):
    variable: str
    value: NotRequired[str | None]
