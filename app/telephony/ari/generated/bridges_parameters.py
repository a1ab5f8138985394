"""What the operations of bridges take besides ids.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict


class BridgesCreateParameters(TypedDict):
    type: NotRequired[str | None]
    bridgeId: NotRequired[str | None]
    name: NotRequired[str | None]
    variables: NotRequired[Mapping[str, str] | None]


class BridgesCreateWithIdParameters(TypedDict):
    type: NotRequired[str | None]
    name: NotRequired[str | None]
    variables: NotRequired[Mapping[str, str] | None]


class BridgesGetBridgeVarParameters(TypedDict):
    variable: str


class BridgesSetBridgeVarParameters(TypedDict):
    variable: str
    value: NotRequired[str | None]
    report_events: NotRequired[bool | None]


class BridgesGetBridgeVarsParameters(TypedDict):
    variables: str | Sequence[str]


class BridgesSetBridgeVarsParameters(TypedDict):
    variables: Mapping[str, str]


class BridgesAddChannelParameters(TypedDict):
    channel: str | Sequence[str]
    role: NotRequired[str | None]
    absorbDTMF: NotRequired[bool | None]
    mute: NotRequired[bool | None]
    inhibitConnectedLineUpdates: NotRequired[bool | None]


class BridgesRemoveChannelParameters(TypedDict):
    channel: str | Sequence[str]


class BridgesStartMohParameters(TypedDict):
    mohClass: NotRequired[str | None]


class BridgesPlayParameters(TypedDict):
    media: str | Sequence[str]
    announcer_format: NotRequired[str | None]
    lang: NotRequired[str | None]
    offsetms: NotRequired[int | None]
    skipms: NotRequired[int | None]
    playbackId: NotRequired[str | None]


class BridgesPlayWithIdParameters(TypedDict):
    media: str | Sequence[str]
    announcer_format: NotRequired[str | None]
    lang: NotRequired[str | None]
    offsetms: NotRequired[int | None]
    skipms: NotRequired[int | None]


class BridgesRecordParameters(TypedDict):
    name: str
    format: str
    recorder_format: NotRequired[str | None]
    maxDurationSeconds: NotRequired[int | None]
    maxSilenceSeconds: NotRequired[int | None]
    ifExists: NotRequired[str | None]
    beep: NotRequired[bool | None]
    terminateOn: NotRequired[str | None]
