"""What the operations of channels take besides ids.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict


class ChannelsOriginateParameters(TypedDict):
    endpoint: str
    extension: NotRequired[str | None]
    context: NotRequired[str | None]
    priority: NotRequired[int | None]
    label: NotRequired[str | None]
    app: NotRequired[str | None]
    appArgs: NotRequired[str | None]
    callerId: NotRequired[str | None]
    timeout: NotRequired[int | None]
    variables: NotRequired[Mapping[str, str] | None]
    channelId: NotRequired[str | None]
    otherChannelId: NotRequired[str | None]
    originator: NotRequired[str | None]
    formats: NotRequired[str | None]


class ChannelsCreateParameters(TypedDict):
    endpoint: str
    app: str
    appArgs: NotRequired[str | None]
    channelId: NotRequired[str | None]
    otherChannelId: NotRequired[str | None]
    originator: NotRequired[str | None]
    formats: NotRequired[str | None]
    variables: NotRequired[Mapping[str, str] | None]


class ChannelsOriginateWithIdParameters(TypedDict):
    endpoint: str
    extension: NotRequired[str | None]
    context: NotRequired[str | None]
    priority: NotRequired[int | None]
    label: NotRequired[str | None]
    app: NotRequired[str | None]
    appArgs: NotRequired[str | None]
    callerId: NotRequired[str | None]
    timeout: NotRequired[int | None]
    variables: NotRequired[Mapping[str, str] | None]
    otherChannelId: NotRequired[str | None]
    originator: NotRequired[str | None]
    formats: NotRequired[str | None]


class ChannelsHangupParameters(TypedDict):
    reason_code: NotRequired[str | None]
    reason: NotRequired[str | None]


class ChannelsContinueInDialplanParameters(TypedDict):
    context: NotRequired[str | None]
    extension: NotRequired[str | None]
    priority: NotRequired[int | None]
    label: NotRequired[str | None]


class ChannelsMoveParameters(TypedDict):
    app: str
    appArgs: NotRequired[str | None]


class ChannelsRedirectParameters(TypedDict):
    endpoint: str


class ChannelsSendDTMFParameters(TypedDict):
    dtmf: NotRequired[str | None]
    before: NotRequired[int | None]
    between: NotRequired[int | None]
    duration: NotRequired[int | None]
    after: NotRequired[int | None]


class ChannelsMuteParameters(TypedDict):
    direction: NotRequired[str | None]


class ChannelsUnmuteParameters(TypedDict):
    direction: NotRequired[str | None]


class ChannelsStartMohParameters(TypedDict):
    mohClass: NotRequired[str | None]


class ChannelsPlayParameters(TypedDict):
    media: str | Sequence[str]
    lang: NotRequired[str | None]
    offsetms: NotRequired[int | None]
    skipms: NotRequired[int | None]
    playbackId: NotRequired[str | None]


class ChannelsPlayWithIdParameters(TypedDict):
    media: str | Sequence[str]
    lang: NotRequired[str | None]
    offsetms: NotRequired[int | None]
    skipms: NotRequired[int | None]


class ChannelsRecordParameters(TypedDict):
    name: str
    format: str
    maxDurationSeconds: NotRequired[int | None]
    maxSilenceSeconds: NotRequired[int | None]
    ifExists: NotRequired[str | None]
    beep: NotRequired[bool | None]
    terminateOn: NotRequired[str | None]


class ChannelsGetChannelVarParameters(TypedDict):
    variable: str


class ChannelsSetChannelVarParameters(TypedDict):
    variable: str
    value: NotRequired[str | None]
    report_events: NotRequired[bool | None]


class ChannelsGetChannelVarsParameters(TypedDict):
    variables: str | Sequence[str]


class ChannelsSetChannelVarsParameters(TypedDict):
    variables: Mapping[str, str]


class ChannelsSnoopChannelParameters(TypedDict):
    spy: NotRequired[str | None]
    whisper: NotRequired[str | None]
    app: str
    appArgs: NotRequired[str | None]
    snoopId: NotRequired[str | None]


class ChannelsSnoopChannelWithIdParameters(TypedDict):
    spy: NotRequired[str | None]
    whisper: NotRequired[str | None]
    app: str
    appArgs: NotRequired[str | None]


class ChannelsDialParameters(TypedDict):
    caller: NotRequired[str | None]
    timeout: NotRequired[int | None]


class ChannelsExternalMediaParameters(TypedDict):
    channelId: NotRequired[str | None]
    app: str
    variables: NotRequired[Mapping[str, str] | None]
    external_host: NotRequired[str | None]
    encapsulation: NotRequired[str | None]
    transport: NotRequired[str | None]
    connection_type: NotRequired[str | None]
    format: str
    direction: NotRequired[str | None]
    data: NotRequired[str | None]
    transport_data: NotRequired[str | None]


class ChannelsTransferProgressParameters(TypedDict):
    states: str
