"""What Asterisk's answers hold: plain dictionaries. They may hold more than is named here.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class Application(TypedDict):
    name: str
    channel_ids: list[str]
    bridge_ids: list[str]
    endpoint_ids: list[str]
    device_names: list[str]
    events_allowed: list[dict[str, Any]]
    events_disallowed: list[dict[str, Any]]


class BuildInfo(TypedDict):
    os: str
    kernel: str
    options: str
    machine: str
    date: str
    user: str


class SystemInfo(TypedDict):
    version: str
    entity_id: str


class SetId(TypedDict):
    user: str
    group: str


class ConfigInfo(TypedDict):
    name: str
    default_language: str
    max_channels: NotRequired[int]
    max_open_files: NotRequired[int]
    max_load: NotRequired[float]
    setid: SetId


class StatusInfo(TypedDict):
    startup_time: str
    last_reload_time: str


class AsteriskInfo(TypedDict):
    build: NotRequired[BuildInfo]
    system: NotRequired[SystemInfo]
    config: NotRequired[ConfigInfo]
    status: NotRequired[StatusInfo]


class AsteriskPing(TypedDict):
    asterisk_id: str
    ping: str
    timestamp: str


class Module(TypedDict):
    name: str
    description: str
    use_count: int
    status: str
    support_level: str


class LogChannel(TypedDict):
    channel: str
    type: str
    status: str
    configuration: str


class Variable(TypedDict):
    value: str


class Variables(TypedDict):
    variables: dict[str, Any]


class ConfigTuple(TypedDict):
    attribute: str
    value: str


class Bridge(TypedDict):
    id: str
    technology: str
    bridge_type: str
    bridge_class: str
    creator: str
    name: str
    channels: list[str]
    video_mode: NotRequired[str]
    video_source_id: NotRequired[str]
    creationtime: str
    bridgevars: NotRequired[dict[str, Any]]


class Dialed(TypedDict):
    """It says nothing but its type."""


class DialplanCEP(TypedDict):
    context: str
    exten: str
    priority: int
    app_name: str
    app_data: str


class CallerID(TypedDict):
    name: str
    number: str


class RTPstat(TypedDict):
    txcount: int
    rxcount: int
    txjitter: NotRequired[float]
    rxjitter: NotRequired[float]
    remote_maxjitter: NotRequired[float]
    remote_minjitter: NotRequired[float]
    remote_normdevjitter: NotRequired[float]
    remote_stdevjitter: NotRequired[float]
    local_maxjitter: NotRequired[float]
    local_minjitter: NotRequired[float]
    local_normdevjitter: NotRequired[float]
    local_stdevjitter: NotRequired[float]
    txploss: int
    rxploss: int
    remote_maxrxploss: NotRequired[float]
    remote_minrxploss: NotRequired[float]
    remote_normdevrxploss: NotRequired[float]
    remote_stdevrxploss: NotRequired[float]
    local_maxrxploss: NotRequired[float]
    local_minrxploss: NotRequired[float]
    local_normdevrxploss: NotRequired[float]
    local_stdevrxploss: NotRequired[float]
    rtt: NotRequired[float]
    maxrtt: NotRequired[float]
    minrtt: NotRequired[float]
    normdevrtt: NotRequired[float]
    stdevrtt: NotRequired[float]
    local_ssrc: int
    remote_ssrc: int
    txoctetcount: int
    rxoctetcount: int
    channel_uniqueid: str


class Channel(TypedDict):
    id: str
    protocol_id: str
    name: str
    state: str
    caller: CallerID
    connected: CallerID
    accountcode: str
    dialplan: DialplanCEP
    creationtime: str
    language: str
    channelvars: NotRequired[dict[str, Any]]
    caller_rdnis: NotRequired[str]
    tenantid: NotRequired[str]


class DeviceState(TypedDict):
    name: str
    state: str


class Endpoint(TypedDict):
    technology: str
    resource: str
    state: NotRequired[str]
    channel_ids: list[str]


class MissingParams(TypedDict):
    params: list[str]


class ContactInfo(TypedDict):
    uri: str
    contact_status: str
    aor: str
    roundtrip_usec: NotRequired[str]


class Peer(TypedDict):
    peer_status: str
    cause: NotRequired[str]
    address: NotRequired[str]
    port: NotRequired[str]
    time: NotRequired[str]


class ReferTo(TypedDict):
    requested_destination: RequiredDestination
    destination_channel: NotRequired[Channel]
    connected_channel: NotRequired[Channel]
    bridge: NotRequired[Bridge]


class ReferredBy(TypedDict):
    source_channel: Channel
    connected_channel: NotRequired[Channel]
    bridge: NotRequired[Bridge]


class RequiredDestination(TypedDict):
    protocol_id: NotRequired[str]
    destination: NotRequired[str]
    additional_protocol_params: NotRequired[list[AdditionalParam]]


class AdditionalParam(TypedDict):
    parameter_name: str
    parameter_value: str


class Mailbox(TypedDict):
    name: str
    old_messages: int
    new_messages: int


class Playback(TypedDict):
    id: str
    media_uri: str
    next_media_uri: NotRequired[str]
    target_uri: str
    language: NotRequired[str]
    state: str


class StoredRecording(TypedDict):
    name: str
    format: str


class LiveRecording(TypedDict):
    name: str
    format: str
    target_uri: str
    state: str
    duration: NotRequired[int]
    talking_duration: NotRequired[int]
    silence_duration: NotRequired[int]
    cause: NotRequired[str]


class FormatLangPair(TypedDict):
    language: str
    format: str


class Sound(TypedDict):
    id: str
    text: NotRequired[str]
    formats: list[FormatLangPair]


TextMessage = TypedDict("TextMessage", {"from": str, "to": str, "body": str, "variables": NotRequired[dict[str, Any]]})
