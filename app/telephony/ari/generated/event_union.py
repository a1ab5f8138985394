"""Every event as one type, and which fields of an event hold first-class objects.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from app.telephony.ari.generated.channel_events import (
    ChannelCallerId,
    ChannelConnectedLine,
    ChannelCreated,
    ChannelDestroyed,
    ChannelDialplan,
    ChannelDtmfReceived,
    ChannelEnteredBridge,
    ChannelHangupRequest,
    ChannelHold,
    ChannelLeftBridge,
    ChannelStateChange,
    ChannelTalkingFinished,
    ChannelTalkingStarted,
    ChannelToneDetected,
    ChannelTransfer,
    ChannelUnhold,
    ChannelUserevent,
    ChannelVarset,
)
from app.telephony.ari.generated.other_events import (
    ApplicationMoveFailed,
    ApplicationRegistered,
    ApplicationReplaced,
    ApplicationUnregistered,
    BridgeAttendedTransfer,
    BridgeBlindTransfer,
    BridgeCreated,
    BridgeDestroyed,
    BridgeMerged,
    BridgeVideoSourceChanged,
    CallBroadcast,
    CallClaimed,
    ContactStatusChange,
    DeviceStateChanged,
    Dial,
    EndpointStateChange,
    PeerStatusChange,
    PlaybackContinuing,
    PlaybackFinished,
    PlaybackStarted,
    RecordingFailed,
    RecordingFinished,
    RecordingStarted,
    StasisEnd,
    StasisStart,
    TextMessageReceived,
)

Event = (
    DeviceStateChanged
    | PlaybackStarted
    | PlaybackContinuing
    | PlaybackFinished
    | RecordingStarted
    | RecordingFinished
    | RecordingFailed
    | ApplicationMoveFailed
    | ApplicationRegistered
    | ApplicationUnregistered
    | ApplicationReplaced
    | BridgeCreated
    | BridgeDestroyed
    | BridgeMerged
    | BridgeVideoSourceChanged
    | BridgeBlindTransfer
    | BridgeAttendedTransfer
    | ChannelCreated
    | ChannelDestroyed
    | ChannelEnteredBridge
    | ChannelLeftBridge
    | ChannelStateChange
    | ChannelDtmfReceived
    | ChannelDialplan
    | ChannelCallerId
    | ChannelUserevent
    | ChannelHangupRequest
    | ChannelVarset
    | ChannelHold
    | ChannelUnhold
    | ChannelToneDetected
    | ChannelTalkingStarted
    | ChannelTalkingFinished
    | ContactStatusChange
    | PeerStatusChange
    | EndpointStateChange
    | Dial
    | StasisEnd
    | StasisStart
    | TextMessageReceived
    | ChannelConnectedLine
    | ChannelTransfer
    | CallBroadcast
    | CallClaimed
)

OBJECT_FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "DeviceStateChanged": (("device_state", "DeviceState"),),
    "PlaybackStarted": (("playback", "Playback"),),
    "PlaybackContinuing": (("playback", "Playback"),),
    "PlaybackFinished": (("playback", "Playback"),),
    "RecordingStarted": (("recording", "LiveRecording"),),
    "RecordingFinished": (("recording", "LiveRecording"),),
    "RecordingFailed": (("recording", "LiveRecording"),),
    "ApplicationMoveFailed": (("channel", "Channel"),),
    "BridgeCreated": (("bridge", "Bridge"),),
    "BridgeDestroyed": (("bridge", "Bridge"),),
    "BridgeMerged": (
        ("bridge", "Bridge"),
        ("bridge_from", "Bridge"),
    ),
    "BridgeVideoSourceChanged": (("bridge", "Bridge"),),
    "BridgeBlindTransfer": (
        ("channel", "Channel"),
        ("replace_channel", "Channel"),
        ("transferee", "Channel"),
        ("bridge", "Bridge"),
    ),
    "BridgeAttendedTransfer": (
        ("transferer_first_leg", "Channel"),
        ("transferer_second_leg", "Channel"),
        ("replace_channel", "Channel"),
        ("transferee", "Channel"),
        ("transfer_target", "Channel"),
        ("transferer_first_leg_bridge", "Bridge"),
        ("transferer_second_leg_bridge", "Bridge"),
        ("destination_link_first_leg", "Channel"),
        ("destination_link_second_leg", "Channel"),
        ("destination_threeway_channel", "Channel"),
        ("destination_threeway_bridge", "Bridge"),
    ),
    "ChannelCreated": (("channel", "Channel"),),
    "ChannelDestroyed": (("channel", "Channel"),),
    "ChannelEnteredBridge": (
        ("bridge", "Bridge"),
        ("channel", "Channel"),
    ),
    "ChannelLeftBridge": (
        ("bridge", "Bridge"),
        ("channel", "Channel"),
    ),
    "ChannelStateChange": (("channel", "Channel"),),
    "ChannelDtmfReceived": (("channel", "Channel"),),
    "ChannelDialplan": (("channel", "Channel"),),
    "ChannelCallerId": (("channel", "Channel"),),
    "ChannelUserevent": (
        ("channel", "Channel"),
        ("bridge", "Bridge"),
        ("endpoint", "Endpoint"),
    ),
    "ChannelHangupRequest": (("channel", "Channel"),),
    "ChannelVarset": (("channel", "Channel"),),
    "ChannelHold": (("channel", "Channel"),),
    "ChannelUnhold": (("channel", "Channel"),),
    "ChannelToneDetected": (("channel", "Channel"),),
    "ChannelTalkingStarted": (("channel", "Channel"),),
    "ChannelTalkingFinished": (("channel", "Channel"),),
    "ContactStatusChange": (("endpoint", "Endpoint"),),
    "PeerStatusChange": (("endpoint", "Endpoint"),),
    "EndpointStateChange": (("endpoint", "Endpoint"),),
    "Dial": (
        ("peer", "Channel"),
        ("caller", "Channel"),
        ("forwarded", "Channel"),
    ),
    "StasisEnd": (("channel", "Channel"),),
    "StasisStart": (
        ("channel", "Channel"),
        ("replace_channel", "Channel"),
    ),
    "TextMessageReceived": (("endpoint", "Endpoint"),),
    "ChannelConnectedLine": (("channel", "Channel"),),
    "CallBroadcast": (("channel", "Channel"),),
    "CallClaimed": (("channel", "Channel"),),
}
"""Type of event -> (field, kind of object), the event's main object first."""
