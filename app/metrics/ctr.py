"""The contact trace record: every field of the guide's data model (p. 70 to 76), made from a finished contact.

Timestamps are `yyyy-mm-ddThh:mm:ssZ`. Durations are whole seconds between the timestamps as written, so that a reader who subtracts
them gets the same. A field that has no value in a contact is there and is null.
"""

from datetime import UTC, datetime

from app.domain.contact import Contact, Handling, RecordingStatus
from app.domain.instance import Instance

FORMAT_VERSION = "2017-03-10"


def contact_trace_record(contact: Contact, instance: Instance) -> dict[str, object]:
    """The record as a JSON object with the guide's names. `NotReached`, of a call to a customer whom nobody reached, is an addition
    to Amazon Connect's fields: why, in words."""
    told: dict[str, object] = {
        "AWSAccountId": instance.instance_id,
        "AWSContactTraceRecordFormatVersion": FORMAT_VERSION,
        "Agent": _agent(contact.handling, instance) if contact.handling else None,
        "AgentConnectionAttempts": contact.connection_attempts,
        "Attributes": dict(contact.attributes),
        "Channel": "VOICE",
        "ConnectedToSystemTimestamp": timestamp(contact.connected_to_system_ms),
        "ContactId": contact.contact_id,
        "CustomerEndpoint": _endpoint(contact.customer_number),
        "DisconnectTimestamp": timestamp(contact.disconnected_ms),
        "InitialContactId": contact.initial_contact_id,
        "InitiationMethod": contact.initiation.value,
        "InitiationTimestamp": timestamp(contact.initiated_ms),
        "InstanceARN": f"arn:trunkline:connect::instance/{instance.instance_id}",
        "LastUpdateTimestamp": timestamp(contact.finished_ms or contact.disconnected_ms),
        "MediaStreams": [{"Type": "AUDIO"}],
        "NextContactId": contact.next_contact_id,
        "PreviousContactId": contact.previous_contact_id,
        "Queue": _queue(contact, instance),
        "Recording": _recording(contact),
        "SystemEndpoint": _endpoint(contact.system_number),
        "TransferCompletedTimestamp": timestamp(contact.transfer_completed_ms),
        "TransferredToEndpoint": _endpoint(contact.transferred_to) if contact.transfer_completed_ms else None,
    }
    return told | {"NotReached": contact.not_reached} if contact.not_reached else told


def timestamp(at_ms: int | None) -> str | None:
    """`2018-05-22T17:04:05Z`, or None for what did not happen."""
    return None if at_ms is None else datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def whole_seconds(start_ms: int | None, end_ms: int | None) -> int | None:
    """Seconds between two moments as their timestamps show them; None while either is unknown."""
    return None if start_ms is None or end_ms is None else end_ms // 1000 - start_ms // 1000


def _endpoint(number: str) -> dict[str, str] | None:
    return {"Address": number, "Type": "TELEPHONE_NUMBER"} if number else None


def _agent(handling: Handling, instance: Instance) -> dict[str, object]:
    holds_s = [hold // 1000 for hold in handling.holds_ms]
    talk_s = whole_seconds(handling.joined_ms, handling.interaction_ended_ms) or 0
    return {
        "ARN": instance.arn("agent", handling.agent_id),
        "AfterContactWorkDuration": whole_seconds(handling.after_work_started_ms, handling.after_work_ended_ms),
        "AfterContactWorkEndTimestamp": timestamp(handling.after_work_ended_ms),
        "AfterContactWorkStartTimestamp": timestamp(handling.after_work_started_ms),
        "AgentInteractionDuration": max(talk_s - sum(holds_s), 0),
        "ConnectedToAgentTimestamp": timestamp(handling.connected_ms),
        "CustomerHoldDuration": sum(holds_s),
        "HierarchyGroups": None,
        "LongestHoldDuration": max(holds_s, default=0),
        "NumberOfHolds": len(holds_s),
        "RoutingProfile": {
            "ARN": instance.arn("routing-profile", handling.profile_id),
            "Name": handling.profile_name,
        },
        "Username": handling.username,
    }


def _queue(contact: Contact, instance: Instance) -> dict[str, object] | None:
    if contact.queued_in is None:
        return None
    queue = instance.queue(contact.queued_in)
    return {
        "ARN": instance.arn("queue", contact.queued_in),
        "DequeueTimestamp": timestamp(contact.dequeued_ms),
        "Duration": whole_seconds(contact.enqueued_ms, contact.dequeued_ms),
        "EnqueueTimestamp": timestamp(contact.enqueued_ms),
        "Name": queue.name if queue else contact.queued_in,
    }


def _recording(contact: Contact) -> dict[str, object] | None:
    """`Gaps`, where it was paused, is an addition to Amazon Connect's fields; there is none without a pause."""
    recording = contact.recording
    if recording is None:
        return None
    failed = recording.status is RecordingStatus.FAILED
    told: dict[str, object] = {
        "DeletionReason": recording.reason or None,
        "Location": recording.location,
        "Status": RecordingStatus.DELETED.value if failed else recording.status.value,
        "Type": "AUDIO",
    }
    if contact.recording_gaps_ms:
        told["Gaps"] = [{"StartMs": start_ms, "EndMs": end_ms} for start_ms, end_ms in contact.recording_gaps_ms]
    return told
