"""The conversation's tables: every phase and stage answers to what can happen in it, and nothing stands in them in vain."""

from typing import get_args

import pytest

from app.conversation.core import ANY_PHASE, CONSULTING, HANDLERS
from app.conversation.handover import GO_ON
from app.conversation.parties import BEGIN, CEASE
from app.conversation.state import Phase, Sound, Stage
from app.domain.call_control import (
    CallbackCancelRequested,
    CallControl,
    CallRequested,
    OutboundCallRequested,
    PhoneKeys,
)
from app.domain.events import ChannelAnswered, ChannelEnded, Event, RequestFailed, TimerFired
from app.domain.requests import FlowEnded, Request

pytestmark = pytest.mark.unit

OVER = {Phase.ENDING, Phase.GONE}


def test_only_events_and_requests_have_handlers() -> None:
    known = set(get_args(Event | Request))
    assert {kind for _, kind in (*HANDLERS, *CONSULTING)} | set(ANY_PHASE) <= known


def test_everything_that_people_can_ask_for_is_answered_while_they_talk() -> None:
    elsewhere = {CallRequested, OutboundCallRequested, CallbackCancelRequested}
    asked = {kind for phase, kind in HANDLERS if phase is Phase.TALK}
    assert set(get_args(CallControl | PhoneKeys)) - elsewhere <= asked


def test_every_channel_can_end_in_every_phase() -> None:
    assert ChannelEnded in ANY_PHASE


@pytest.mark.parametrize("phase", [Phase.RINGING, Phase.DIALLING, Phase.OUTSIDE])
def test_who_is_called_answers_or_refuses_or_lets_it_ring(phase: Phase) -> None:
    """A phase in which somebody is called and that one of these would not end could last for ever."""
    assert {(phase, kind) in HANDLERS for kind in (ChannelAnswered, ChannelEnded, TimerFired, RequestFailed)} == {True}


@pytest.mark.parametrize("phase", [Phase.FLOW, Phase.QUEUED, Phase.RINGING, Phase.WHISPER, Phase.REMAINING])
def test_a_flow_that_the_customer_hears_can_end(phase: Phase) -> None:
    assert (phase, FlowEnded) in HANDLERS


def test_a_consultation_ends_or_goes_on_from_every_stage() -> None:
    assert set(GO_ON) == set(Stage)
    for stage in (Stage.RINGING, Stage.WHISPER, Stage.TALK):
        assert (stage, ChannelEnded) in CONSULTING
    for stage in (Stage.FLOW, Stage.QUEUED, Stage.RINGING, Stage.WHISPER):
        assert (stage, FlowEnded) in CONSULTING


def test_every_sound_begins_and_ceases() -> None:
    assert set(BEGIN) == set(CEASE) == set(Sound) - {Sound.NONE}


def test_what_is_over_answers_to_no_wish() -> None:
    assert not {(phase, kind) for phase, kind in HANDLERS if phase in OVER}
