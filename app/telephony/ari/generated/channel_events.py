"""What Asterisk tells of its own accord: plain dictionaries. They may hold more than is named here.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from typing import Any, Literal, NotRequired

from app.telephony.ari.envelope import Envelope
from app.telephony.ari.generated.models import Bridge, Channel, Endpoint, ReferredBy, ReferTo


class ChannelCreated(Envelope):
    type: Literal["ChannelCreated"]
    channel: Channel


class ChannelDestroyed(Envelope):
    type: Literal["ChannelDestroyed"]
    cause: int
    cause_txt: str
    tech_cause: NotRequired[int]
    channel: Channel


class ChannelEnteredBridge(Envelope):
    type: Literal["ChannelEnteredBridge"]
    bridge: Bridge
    channel: NotRequired[Channel]


class ChannelLeftBridge(Envelope):
    type: Literal["ChannelLeftBridge"]
    bridge: Bridge
    channel: Channel


class ChannelStateChange(Envelope):
    type: Literal["ChannelStateChange"]
    channel: Channel


class ChannelDtmfReceived(Envelope):
    type: Literal["ChannelDtmfReceived"]
    digit: str
    duration_ms: int
    channel: Channel


class ChannelDialplan(Envelope):
    type: Literal["ChannelDialplan"]
    channel: Channel
    dialplan_app: str
    dialplan_app_data: str


class ChannelCallerId(Envelope):
    type: Literal["ChannelCallerId"]
    caller_presentation: int
    caller_presentation_txt: str
    channel: Channel


class ChannelUserevent(Envelope):
    type: Literal["ChannelUserevent"]
    eventname: str
    channel: NotRequired[Channel]
    bridge: NotRequired[Bridge]
    endpoint: NotRequired[Endpoint]
    userevent: dict[str, Any]


class ChannelHangupRequest(Envelope):
    type: Literal["ChannelHangupRequest"]
    cause: NotRequired[int]
    tech_cause: NotRequired[int]
    soft: NotRequired[bool]
    channel: Channel


class ChannelVarset(Envelope):
    type: Literal["ChannelVarset"]
    variable: str
    value: str
    channel: NotRequired[Channel]


class ChannelHold(Envelope):
    type: Literal["ChannelHold"]
    channel: Channel
    musicclass: NotRequired[str]


class ChannelUnhold(Envelope):
    type: Literal["ChannelUnhold"]
    channel: Channel


class ChannelToneDetected(Envelope):
    type: Literal["ChannelToneDetected"]
    channel: Channel


class ChannelTalkingStarted(Envelope):
    type: Literal["ChannelTalkingStarted"]
    channel: Channel


class ChannelTalkingFinished(Envelope):
    type: Literal["ChannelTalkingFinished"]
    channel: Channel
    duration: int


class ChannelConnectedLine(Envelope):
    type: Literal["ChannelConnectedLine"]
    channel: Channel


class ChannelTransfer(Envelope):
    type: Literal["ChannelTransfer"]
    state: NotRequired[str]
    refer_to: ReferTo
    referred_by: ReferredBy
