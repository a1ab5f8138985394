"""The contact trace record against the guide's data model."""

from dataclasses import replace

import pytest

from app.domain.contact import Contact, DisconnectReason, Handling, InitiationMethod, Recording, RecordingStatus
from app.domain.ids import ChannelId, ContactId, NodeName
from app.metrics.ctr import contact_trace_record
from tests.unit.instances import ANN, SALES, instance

pytestmark = pytest.mark.unit

FIELDS = {
    "AWSAccountId", "AWSContactTraceRecordFormatVersion", "Agent", "AgentConnectionAttempts", "Attributes", "Channel",
    "ConnectedToSystemTimestamp", "ContactId", "CustomerEndpoint", "DisconnectTimestamp", "InitialContactId",
    "InitiationMethod", "InitiationTimestamp", "InstanceARN", "LastUpdateTimestamp", "MediaStreams", "NextContactId",
    "PreviousContactId", "Queue", "Recording", "SystemEndpoint", "TransferCompletedTimestamp", "TransferredToEndpoint",
}  # fmt: skip
AGENT_FIELDS = {
    "ARN", "AfterContactWorkDuration", "AfterContactWorkEndTimestamp", "AfterContactWorkStartTimestamp",
    "AgentInteractionDuration", "ConnectedToAgentTimestamp", "CustomerHoldDuration", "HierarchyGroups",
    "LongestHoldDuration", "NumberOfHolds", "RoutingProfile", "Username",
}  # fmt: skip
START_MS = 1_527_008_645_900  # 2018-05-22T17:04:05.900Z


def contact() -> Contact:
    return Contact(
        ContactId("c"),
        NodeName("node1"),
        ChannelId("node1-1.1"),
        InitiationMethod.INBOUND,
        "+12025550177",
        "+12025550100",
        START_MS,
        connected_to_system_ms=START_MS,
        disconnected_ms=START_MS + 90_000,
        disconnect_reason=DisconnectReason.CUSTOMER,
        attributes={"topic": "sales"},
        queued_in=SALES,
        enqueued_ms=START_MS + 10_000,
        dequeued_ms=START_MS + 30_200,
        connection_attempts=2,
        handling=Handling(
            ANN, "ann", "both", "Both", connected_ms=START_MS + 30_200, joined_ms=START_MS + 32_000,
            after_work_started_ms=START_MS + 90_000, after_work_ended_ms=START_MS + 95_000,
            interaction_ended_ms=START_MS + 90_000, holds_ms=(4_000, 6_000),
        ),
        recording=Recording(RecordingStatus.AVAILABLE, "/recordings/c.wav", 58_000),
        finished_ms=START_MS + 95_000,
    )  # fmt: skip


def test_every_field_of_the_guide_is_there() -> None:
    record = contact_trace_record(contact(), instance())
    assert set(record) == FIELDS
    assert isinstance(record["Agent"], dict)
    assert set(record["Agent"]) == AGENT_FIELDS


def test_where_the_recording_was_paused_is_told_with_it() -> None:
    paused = replace(contact(), recording_gaps_ms=((4_000, 9_500),))
    told, unpaused = (contact_trace_record(each, instance())["Recording"] for each in (paused, contact()))
    assert isinstance(told, dict)
    assert isinstance(unpaused, dict)
    assert told == {**unpaused, "Gaps": [{"StartMs": 4_000, "EndMs": 9_500}]}


def test_durations_are_the_difference_of_the_timestamps_as_written() -> None:
    record = contact_trace_record(contact(), instance())
    queue, agent = record["Queue"], record["Agent"]
    assert isinstance(queue, dict)
    assert isinstance(agent, dict)
    assert (queue["EnqueueTimestamp"], queue["DequeueTimestamp"]) == ("2018-05-22T17:04:15Z", "2018-05-22T17:04:36Z")
    assert queue["Duration"] == 21
    assert (agent["NumberOfHolds"], agent["CustomerHoldDuration"], agent["LongestHoldDuration"]) == (2, 10, 6)
    assert agent["AgentInteractionDuration"] == 58 - 10
    assert agent["AfterContactWorkDuration"] == 5


def test_what_did_not_happen_is_null() -> None:
    bare = replace(contact(), queued_in=None, handling=None, recording=None, disconnected_ms=None, finished_ms=None)
    record = contact_trace_record(bare, instance())
    assert [record[name] for name in ("Queue", "Agent", "Recording", "DisconnectTimestamp")] == [None] * 4


def test_a_failed_recording_says_why() -> None:
    failed = replace(contact(), recording=Recording(RecordingStatus.FAILED, reason="the disk is full"))
    recording = contact_trace_record(failed, instance())["Recording"]
    assert isinstance(recording, dict)
    assert (recording["Status"], recording["DeletionReason"]) == ("DELETED", "the disk is full")
