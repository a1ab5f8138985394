"""Play prompt, Get customer input, Store customer input, Loop prompts and the way back to them."""

from typing import Any

import msgspec
import pytest

from app.domain.commands import CancelTimer, Play, StartTimer, StopPlayback
from app.domain.instance import FlowType
from app.domain.prompt import PromptKind
from app.domain.requests import FlowEnded, FlowOutcome
from app.flow.checks import publish_findings
from app.flow.registry import all_blocks
from tests.unit.flow.driving import Run, action, contact, flow, instance, say

pytestmark = pytest.mark.unit

OK = say("ok", "Fine", to="end")
BAD = say("bad", "Broken", to="end")

# -- Play prompt -----------------------------------------------------------------------------------------------------------


def play(parameters: dict[str, Any], metadata: dict[str, Any] | None = None, **changes: Any) -> Run:
    written = flow(
        action("a", "MessageParticipant", parameters, to="ok", errors={"NoMatchingError": "bad"}), OK, BAD,
        metadata={"a": metadata or {}},
    )  # fmt: skip
    return Run(written, world=instance(written, **changes), caller=contact(attributes={"p": "p-1", "v": "text"}))


@pytest.mark.parametrize(
    ("parameters", "metadata", "kind", "value"),
    [
        ({"Text": "Hi $.Attributes.v"}, {}, PromptKind.TEXT, "Hi text"),
        ({"Text": " <speak>Hi</speak>"}, {}, PromptKind.SSML, "<speak>Hi</speak>"),
        ({"SSML": "<speak>Hi</speak>"}, {}, PromptKind.SSML, "<speak>Hi</speak>"),
        ({"PromptId": "Beep"}, {}, PromptKind.AUDIO, "Beep"),
        ({"PromptId": "Beep.wav"}, {}, PromptKind.AUDIO, "Beep"),
        ({"PromptId": "arn:aws:connect:us-east-1:1:instance/i/prompt/p-1"}, {}, PromptKind.AUDIO, "p-1"),
        ({"PromptId": "$.Attributes.p"}, {}, PromptKind.AUDIO, "p-1"),
        ({"PromptId": "arn:x/prompt/zz"}, {"promptName": "Beep.wav"}, PromptKind.AUDIO, "Beep"),
        (
            {"PromptId": "arn:x/prompt/zz"},
            {"parameters": {"PromptId": {"displayName": "Beep.wav"}}},
            PromptKind.AUDIO,
            "Beep",
        ),
        ({"Media": {"Uri": "s3://bucket/Beep.wav", "SourceType": "S3"}}, {}, PromptKind.AUDIO, "Beep"),
    ],
)
def test_play_prompt_plays(parameters: dict[str, Any], metadata: dict[str, Any], kind: PromptKind, value: str) -> None:
    run = play(parameters, metadata)
    (command,) = run.commands
    assert isinstance(command, Play)
    assert [(prompt.kind, prompt.value) for prompt in command.prompts] == [(kind, value)]
    assert run.played().heard == ["Fine"]


@pytest.mark.parametrize(
    "parameters", [{}, {"Text": ""}, {"Text": "$.Attributes.none"}, {"PromptId": "nowhere"}, {"Text": "x" * 1025}]
)
def test_play_prompt_that_cannot_play_takes_the_error_branch(parameters: dict[str, Any]) -> None:
    run = play(parameters)
    assert run.heard == ["Broken"]
    assert run.entries[0].kind == "error"
    assert run.entries[0].details["reason"]


@pytest.mark.parametrize(
    ("text", "value", "spoken"),
    [
        ("<speak>Hi $.Attributes.v</speak>", "Smith & Sons", "<speak>Hi Smith &amp; Sons</speak>"),
        ("<speak>Hi $.Attributes.v</speak>", "Smith &amp; Sons", "<speak>Hi Smith &amp; Sons</speak>"),
        ("<speak>$.Attributes.v</speak>", "</speak><break/>", "<speak>&lt;/speak&gt;&lt;break/&gt;</speak>"),
        ("<speak><sub alias='$.Attributes.v'>x</sub></speak>", "it's", "<speak><sub alias='it&apos;s'>x</sub></speak>"),
        ("$.Attributes.v", "<speak>a<break/></speak>", "<speak>a<break/></speak>"),
    ],
)
def test_a_value_in_ssml_is_words_and_never_a_tag(text: str, value: str, spoken: str) -> None:
    written = flow(
        action("a", "MessageParticipant", {"SSML": text}, to="ok", errors={"NoMatchingError": "bad"}), OK, BAD
    )
    (command,) = Run(written, caller=contact(attributes={"v": value})).commands
    assert isinstance(command, Play)
    assert (command.prompts[0].kind, command.prompts[0].value) == (PromptKind.SSML, spoken)


def test_text_that_a_value_begins_with_a_tag_stays_text() -> None:
    written = flow(action("a", "MessageParticipant", {"Text": "$.Attributes.v thanks"}, to="ok"), OK)
    (command,) = Run(written, caller=contact(attributes={"v": "<speak>"})).commands
    assert isinstance(command, Play)
    assert command.prompts[0].kind is PromptKind.TEXT


@pytest.mark.parametrize(
    ("parameters", "finding"),
    [
        ({"Text": "<speak>Smith & Sons</speak>"}, "malformed in line 1"),
        ({"SSML": "<speak>$.Attributes.v<break></speak>"}, "malformed in line 1"),
        ({"Text": "x" * 1025}, "1025 characters, more than 1024"),
        ({"SSML": f"<speak>{'<break/>' * 200}{'x' * 1025}</speak>"}, "1025 characters, more than 1024"),
        ({"SSML": f"<speak>{'<break/>' * 200}{'x' * 1024}</speak>"}, ""),
        ({"SSML": "<speak>Hi $.Attributes.v &amp; you</speak>"}, ""),
        ({"Text": "$.Attributes.v"}, ""),
    ],
)
def test_what_cannot_be_spoken_is_found_before_it_is_published(parameters: dict[str, Any], finding: str) -> None:
    written = flow(action("a", "MessageParticipant", parameters, to="ok", errors={"NoMatchingError": "ok"}), OK)
    found = [
        each.words for each in publish_findings(written, instance(written), all_blocks()) if each.severity == "error"
    ]
    assert (finding in " ".join(found)) if finding else not found


def test_a_failed_playback_takes_the_error_branch() -> None:
    assert play({"Text": "Hi"}).unplayable().heard == ["Broken"]


def test_without_an_error_branch_a_failed_prompt_is_passed_over() -> None:
    run = Run(flow(action("a", "MessageParticipant", {"Text": "Hi"}, to="ok"), OK))
    assert run.unplayable().heard == ["Fine"]


def test_the_contacts_voice_speaks() -> None:
    written = flow(action("v", "UpdateContactTextToSpeechVoice", {"TextToSpeechVoice": "Mizuki"}, to="ok"), OK)
    (command,) = Run(written).commands
    assert isinstance(command, Play)
    assert (command.prompts[0].voice, command.prompts[0].language) == ("Mizuki", "ja-JP")


# -- Get customer input ----------------------------------------------------------------------------------------------------


def menu(*, edges: dict[str, str] | None = None, seconds: str = "5", before: bool = False) -> Run:
    errors = {"NoMatchingError": "bad", "NoMatchingCondition": "none", "InputTimeLimitExceeded": "late"}
    ask = action(
        "m", "GetParticipantInput", {"Text": "Menu", "StoreInput": "False", "InputTimeLimitSeconds": seconds},
        to="none", errors=errors if edges is None else edges, equals={"1": "one", "#": "hash"},
    )  # fmt: skip
    places = [say(name, name, to="end") for name in ("one", "hash", "none", "late")]
    first = [say("greeting", "Hello", to="m")] if before else []
    return Run(flow(*first, ask, *places, OK, BAD))


def test_a_key_interrupts_the_menu() -> None:
    run = menu()
    playback_id = run.state.playback_id
    run.press("1")
    assert run.commands[0] == StopPlayback(run.state.contact_id, playback_id or "")  # type: ignore[arg-type]
    assert run.heard == ["one"]


def test_the_time_limit_counts_from_the_prompts_end() -> None:
    run = menu(seconds="7")
    assert not run.state.timers
    run.played(after_ms=4_000)
    (timer,) = run.commands
    assert isinstance(timer, StartTimer)
    assert timer.due_ms == run.now_ms + 7_000
    assert run.ring_out().heard == ["late"]


def test_a_key_after_the_prompt_cancels_the_timer() -> None:
    run = menu().played()
    timer_id = run.state.timers["input"]
    run.press("#")
    assert run.commands[0] == CancelTimer(timer_id)
    assert run.heard == ["hash"]


def test_another_key_is_no_match() -> None:
    assert menu().press("5").heard == ["none"]
    assert menu(edges={}).press("5").heard == ["none"]


def test_without_a_timeout_branch_no_match_is_taken() -> None:
    assert menu(edges={"NoMatchingCondition": "none"}).played().ring_out().heard == ["none"]


def test_a_menu_that_cannot_be_heard_takes_the_error_branch() -> None:
    assert menu().unplayable().heard == ["Broken"]


def test_a_key_pressed_before_the_menu_counts() -> None:
    run = menu(before=True).press("1").played()
    assert run.heard == ["one"]
    assert ("Get customer input", "1") in run.trace
    assert "Menu" not in [p.value for c in run.every if isinstance(c, Play) for p in c.prompts]


def test_wrong_keys_typed_ahead_are_forgotten_with_the_first_no_match() -> None:
    run = menu(before=True).press("551").played()
    assert run.heard == ["none"]
    assert run.state.typed == ""


def test_keys_typed_ahead_have_a_limit() -> None:
    assert len(menu(before=True).press("1" * 50).state.typed) == 32


def test_the_digit_is_noted_only_when_logging_is_on() -> None:
    quiet = menu().press("1")
    assert "digit" not in quiet.entries[0].details
    log = action("log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, to="m")
    ask = action("m", "GetParticipantInput", {"Text": "Menu", "StoreInput": "False"}, to="end", equals={"1": "end"})
    assert Run(flow(log, ask)).press("1").entries[0].details["digit"] == "1"


@pytest.mark.parametrize("limit", ["soon", "0", "100000"])
def test_a_bad_time_limit_takes_the_error_branch(limit: str) -> None:
    assert menu(seconds=limit).heard == ["Broken"]


# -- Store customer input --------------------------------------------------------------------------------------------------


def store(parameters: dict[str, Any] | None = None, *, before: bool = False, **edges: str) -> Run:
    ask = action(
        "s", "GetParticipantInput", {"Text": "Number", "StoreInput": "True", "InputTimeLimitSeconds": "6"} | (parameters or {}),
        to="ok", errors={"NoMatchingError": "bad"} | edges,
    )  # fmt: skip
    first = [say("greeting", "Hello", to="s")] if before else []
    return Run(flow(*first, ask, OK, BAD))


LENGTH_4 = {"InputValidation": {"CustomValidation": {"MaximumLength": "4"}}}
US_NUMBER = {"InputValidation": {"PhoneNumberValidation": {"NumberFormat": "Local", "CountryCode": "US"}}}


def test_it_is_complete_with_the_last_key() -> None:
    run = store(LENGTH_4).press("1234")
    assert run.contact.stored_input == "1234"
    assert run.heard == ["Fine"]


def test_it_is_complete_with_the_terminator() -> None:
    assert store().press("12#").contact.stored_input == "12"
    assert store({"DTMFConfiguration": {"InputTerminationSequence": "99"}}).press("1299").contact.stored_input == "12"
    assert store().press("#").contact.stored_input == ""


def test_it_is_complete_when_no_further_key_comes() -> None:
    run = store(LENGTH_4).press("12")
    assert run.heard == ["Number"]
    assert run.ring_out().contact.stored_input == "12"


def test_without_any_key_timeout_is_stored() -> None:
    run = store().played().ring_out()
    assert run.contact.stored_input == "Timeout"
    assert run.heard == ["Fine"]


def test_the_star_clears_the_input_unless_it_is_disabled() -> None:
    assert store(LENGTH_4).press("12*3456").contact.stored_input == "3456"
    no_cancel = LENGTH_4 | {"DTMFConfiguration": {"DisableCancelKey": "true"}}
    assert store(no_cancel).press("12*3").contact.stored_input == "12*3"


def test_a_telephone_number_is_stored_in_e164() -> None:
    assert store(US_NUMBER).press("2125550123#").contact.stored_input == "+12125550123"


def test_a_wrong_telephone_number_takes_its_branch() -> None:
    run = store(US_NUMBER, InvalidPhoneNumber="invalid")
    assert [ending.reason for ending in run.press("12#").endings if isinstance(ending, FlowEnded)] == [
        "block invalid does not exist"
    ]
    assert store(US_NUMBER, InvalidPhoneNumber="bad").press("12#").heard == ["Broken"]
    assert store(US_NUMBER).press("12#").heard == ["Broken"]


def test_keys_typed_ahead_are_input() -> None:
    run = store(LENGTH_4, before=True).press("123456").played()
    assert run.contact.stored_input == "1234"
    assert run.state.typed == "56"
    part = store(LENGTH_4, before=True).press("12").played()
    assert part.heard == ["Hello"]
    assert part.press("34").contact.stored_input == "1234"


# -- Loop prompts ----------------------------------------------------------------------------------------------------------


def loop(
    messages: list[dict[str, Any]],
    *,
    every: str = "",
    errors: dict[str, str] | None = None,
    then: str = "resume",
    **changes: Any,
) -> Run:
    parameters: dict[str, Any] = {"Messages": messages}
    if every:
        parameters["InterruptFrequencySeconds"] = every
    written = flow(
        action(
            "l", "MessageParticipantIteratively", parameters, errors=errors, equals={"MessagesInterrupted": "words"}
        ),
        say("words", "Thank you", to=then),
        action("resume", "EndFlowExecution"),
        BAD,
        type_=FlowType.CUSTOMER_QUEUE,
    )
    return Run(written, world=instance(written, **changes))


MUSIC = [{"PromptId": "CustomerQueue"}, {"Text": "Please wait"}]


def test_prompts_go_round_for_ever() -> None:
    run = loop(MUSIC)
    for _ in range(20):
        assert run.heard == ["CustomerQueue", "Please wait"]
        run.played()
    assert not run.state.ended
    assert not run.state.timers


@pytest.mark.parametrize("back", ["resume", "l"])
def test_an_interruption_goes_on_in_the_flow_and_comes_back(back: str) -> None:
    run = loop(MUSIC, every="30", then=back)
    run.played(after_ms=20_000).ring_out()
    assert isinstance(run.commands[0], StopPlayback)
    assert run.heard == ["Thank you"]
    run.played()
    assert run.heard == ["CustomerQueue", "Please wait"]
    assert run.ring_out().heard == ["Thank you"]


def test_a_step_leaves_the_state_it_was_given_as_it_was() -> None:
    run = loop(MUSIC, every="30").ring_out()
    given, before = run.state, msgspec.json.encode(run.state)
    run.played()
    assert msgspec.json.encode(given) == before


def test_end_flow_without_an_interruption_ends() -> None:
    run = Run(flow(action("e", "EndFlowExecution")))
    assert [ending.outcome for ending in run.endings if isinstance(ending, FlowEnded)] == [FlowOutcome.ENDED]


def test_keys_pressed_in_the_loop_are_not_kept() -> None:
    assert loop(MUSIC).press("123").state.typed == ""


def test_prompts_that_fail_take_the_error_branch() -> None:
    assert loop(MUSIC, errors={"NoMatchingError": "bad"}).unplayable().heard == ["Broken"]
    assert loop([{"PromptId": "none"}], errors={"NoMatchingError": "bad"}).heard == ["Broken"]


def test_without_an_error_branch_the_party_waits_in_silence_and_prompts_are_tried_again() -> None:
    run = loop(MUSIC).unplayable()
    assert run.state.playback_id is None
    run.ring_out()
    assert run.state.playback_id is not None
    silent = loop([{"PromptId": "none"}])
    assert not silent.state.ended
    silent.world = instance(prompts={"none": "/p/none.wav"})
    assert silent.ring_out().heard == ["none"]


def test_one_missing_prompt_leaves_the_others() -> None:
    assert loop([{"PromptId": "none"}, {"Text": "Please wait"}]).heard == ["Please wait"]


def test_prompts_that_end_at_once_do_not_turn_hot() -> None:
    run = loop(MUSIC).played(after_ms=3)
    assert run.state.playback_id is None
    assert run.ring_out().state.playback_id is not None
