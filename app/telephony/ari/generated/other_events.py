"""What Asterisk tells of its own accord: plain dictionaries. They may hold more than is named here.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from typing import Literal, NotRequired

from app.telephony.ari.envelope import Envelope
from app.telephony.ari.generated.models import (
    Bridge,
    Channel,
    ContactInfo,
    DeviceState,
    Endpoint,
    LiveRecording,
    Peer,
    Playback,
    TextMessage,
)


class DeviceStateChanged(Envelope):
    type: Literal["DeviceStateChanged"]
    device_state: DeviceState


class PlaybackStarted(Envelope):
    type: Literal["PlaybackStarted"]
    playback: Playback


class PlaybackContinuing(Envelope):
    type: Literal["PlaybackContinuing"]
    playback: Playback


class PlaybackFinished(Envelope):
    type: Literal["PlaybackFinished"]
    playback: Playback


class RecordingStarted(Envelope):
    type: Literal["RecordingStarted"]
    recording: LiveRecording


class RecordingFinished(Envelope):
    type: Literal["RecordingFinished"]
    recording: LiveRecording


class RecordingFailed(Envelope):
    type: Literal["RecordingFailed"]
    recording: LiveRecording


class ApplicationMoveFailed(Envelope):
    type: Literal["ApplicationMoveFailed"]
    channel: Channel
    destination: str
    args: list[str]


class ApplicationRegistered(Envelope):
    type: Literal["ApplicationRegistered"]


class ApplicationUnregistered(Envelope):
    type: Literal["ApplicationUnregistered"]


class ApplicationReplaced(Envelope):
    type: Literal["ApplicationReplaced"]


class BridgeCreated(Envelope):
    type: Literal["BridgeCreated"]
    bridge: Bridge


class BridgeDestroyed(Envelope):
    type: Literal["BridgeDestroyed"]
    bridge: Bridge


class BridgeMerged(Envelope):
    type: Literal["BridgeMerged"]
    bridge: Bridge
    bridge_from: Bridge


class BridgeVideoSourceChanged(Envelope):
    type: Literal["BridgeVideoSourceChanged"]
    bridge: Bridge
    old_video_source_id: NotRequired[str]


class BridgeBlindTransfer(Envelope):
    type: Literal["BridgeBlindTransfer"]
    channel: Channel
    replace_channel: NotRequired[Channel]
    transferee: NotRequired[Channel]
    exten: str
    context: str
    result: str
    is_external: bool
    bridge: NotRequired[Bridge]


class BridgeAttendedTransfer(Envelope):
    type: Literal["BridgeAttendedTransfer"]
    transferer_first_leg: Channel
    transferer_second_leg: Channel
    replace_channel: NotRequired[Channel]
    transferee: NotRequired[Channel]
    transfer_target: NotRequired[Channel]
    result: str
    is_external: bool
    transferer_first_leg_bridge: NotRequired[Bridge]
    transferer_second_leg_bridge: NotRequired[Bridge]
    destination_type: str
    destination_bridge: NotRequired[str]
    destination_application: NotRequired[str]
    destination_link_first_leg: NotRequired[Channel]
    destination_link_second_leg: NotRequired[Channel]
    destination_threeway_channel: NotRequired[Channel]
    destination_threeway_bridge: NotRequired[Bridge]


class ContactStatusChange(Envelope):
    type: Literal["ContactStatusChange"]
    endpoint: Endpoint
    contact_info: ContactInfo


class PeerStatusChange(Envelope):
    type: Literal["PeerStatusChange"]
    endpoint: Endpoint
    peer: Peer


class EndpointStateChange(Envelope):
    type: Literal["EndpointStateChange"]
    endpoint: Endpoint


class Dial(Envelope):
    type: Literal["Dial"]
    caller: NotRequired[Channel]
    peer: Channel
    forward: NotRequired[str]
    forwarded: NotRequired[Channel]
    dialstring: NotRequired[str]
    dialstatus: str


class StasisEnd(Envelope):
    type: Literal["StasisEnd"]
    channel: Channel


class StasisStart(Envelope):
    type: Literal["StasisStart"]
    args: list[str]
    channel: Channel
    replace_channel: NotRequired[Channel]


class TextMessageReceived(Envelope):
    type: Literal["TextMessageReceived"]
    message: TextMessage
    endpoint: NotRequired[Endpoint]


class CallBroadcast(Envelope):
    type: Literal["CallBroadcast"]
    channel: Channel
    caller: NotRequired[str]
    called: NotRequired[str]


class CallClaimed(Envelope):
    type: Literal["CallClaimed"]
    channel: Channel
    winner_app: str
