"""Get customer input from a bot: turns, keys, branches."""

from typing import Any

import pytest

from app.domain.events import BotReplied
from app.domain.questions import AskBot
from app.flow.bot_keys import bot_keys
from tests.unit.flow.driving import Run, action, flow, instance, say

pytestmark = pytest.mark.unit

ARN = "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/TSTALIASID"
BROKEN = {"NoMatchingCondition": "unmatched", "NoMatchingError": "broken", "InputTimeLimitExceeded": "late"}


def talk(parameters: dict[str, Any] | None = None, *, before: bool = False, **errors: str | None) -> Run:
    written = {"Text": "How can I help?", "LexBot": {"Name": "Bank", "Alias": "prod", "Region": "us-east-1"}}
    edges = {name: target for name, target in {**BROKEN, **errors}.items() if target}
    content = flow(
        *([say("hello", "Hello", to="b")] if before else []),
        action(
            "b",
            "ConnectParticipantWithLexBot",
            written | (parameters or {}),
            to="broken",
            errors=edges,
            equals={"Balance": "balance", "FallbackIntent": "fallback"},
        ),
        say(
            "balance", "[$.Lex.IntentName|$.Lex.Slots.account|$.Lex.SessionAttributes.tier|$.Lex.dialogState]", to="end"
        ),
        *(say(name, name.capitalize(), to="end") for name in ("fallback", "unmatched", "late", "broken")),
        action("end", "DisconnectParticipant"),
    )
    return Run(content, world=instance(content))


def asked(run: Run) -> AskBot:
    return [command for command in run.every if isinstance(command, AskBot)][-1]


def reply(run: Run, state: str = "ElicitSlot", message: str = "Your account?", **fields: Any) -> Run:
    assert run.state.invocation_id is not None
    return run.send(BotReplied(run.contact.contact_id, run.state.invocation_id, state, message, **fields))


def opened(run: Run, **fields: Any) -> Run:
    return reply(run, "ElicitIntent", "I am the bot.", **fields)


def test_a_talk_that_ends_in_an_intent() -> None:
    run = opened(talk({"LexSessionAttributes": {"caller": "$.CustomerEndpoint.Address"}}), dialog={"turn": 1})
    assert (asked(run).bot, asked(run).alias, asked(run).region, asked(run).text) == ("Bank", "prod", "us-east-1", "")
    assert asked(run).session_attributes == {"caller": "+15551234567"}
    assert run.heard == ["How can I help?"]
    run.press("1#")
    assert (asked(run).text, asked(run).dialog) == ("1", {"turn": 1})
    reply(run, intent="Balance", slot="account", keys=4, session_attributes={"tier": "gold"})
    assert run.heard == ["Your account?"]
    run.press("1234")
    assert (asked(run).text, asked(run).session_attributes) == ("1234", {"tier": "gold"})
    reply(
        run,
        "ReadyForFulfillment",
        "Thank you.",
        intent="Balance",
        slots={"account": "1234"},
        session_attributes={"tier": "gold"},
    )
    assert run.heard == ["Thank you."]
    assert run.played().heard == ["[Balance|1234|gold|ReadyForFulfillment]"]


def test_a_bot_is_named_by_arn_and_by_its_display_name() -> None:
    content = flow(action("b", "ConnectParticipantWithLexBot", {"LexV2Bot": {"AliasArn": ARN}}, to="b"))
    assert asked(Run(content, world=instance(content))).bot == ARN


def test_without_a_prompt_the_bot_greets() -> None:
    assert opened(talk({"Text": ""})).heard == ["I am the bot."]


@pytest.mark.parametrize(
    ("state", "intent", "heard"),
    [
        ("Fulfilled", "Balance", "[Balance|||Fulfilled]"),
        ("ReadyForFulfillment", "Other", "Unmatched"),
        ("Failed", "Balance", "Unmatched"),
        ("Failed", "FallbackIntent", "Fallback"),
        ("ReadyForFulfillment", "FallbackIntent", "Fallback"),
    ],
)
def test_where_a_talk_leads(state: str, intent: str, heard: str) -> None:
    run = opened(talk()).press("1#")
    assert reply(run, state, "", intent=intent).heard == [heard]


def test_a_bot_that_cannot_be_asked_is_an_error() -> None:
    assert reply(talk(), "", "", reason="it is on fire").heard == ["Broken"]
    assert talk({"LexBot": {"Name": "$.Attributes.none"}}).heard == ["Broken"]
    assert opened(talk()).unplayable().heard == ["Broken"]


def test_silence_is_a_timeout_or_else_no_match() -> None:
    assert opened(talk()).played().ring_out().heard == ["Late"]
    assert opened(talk(InputTimeLimitExceeded=None)).played().ring_out().heard == ["Unmatched"]


def test_a_pause_sends_what_was_keyed_in() -> None:
    run = opened(talk()).press("12")
    assert asked(run.ring_out()).text == "12"


def test_star_forgets_what_was_keyed_in() -> None:
    assert asked(opened(talk()).press("12*34#")).text == "34"
    assert opened(talk()).press("12*").ring_out().heard == ["Late"]


def test_keys_pressed_while_the_bot_thinks_are_the_next_turn() -> None:
    run = opened(talk(), keys=1).press("1").press("12")
    reply(run, slot="account", keys=4)
    assert run.state.typed == ""
    assert asked(run.press("34")).text == "1234"


def test_keys_typed_ahead_count() -> None:
    run = talk(before=True).press("1").played()
    opened(run, keys=1)
    assert asked(run).text == "1"


def test_keys_after_the_end_are_the_next_blocks() -> None:
    run = opened(talk(), keys=1).press("1")
    reply(run, "ReadyForFulfillment", "Thank you.", intent="Balance").press("7")
    assert run.state.typed == "7"


def test_the_sessions_attributes_decide_about_keys() -> None:
    session = {
        "x-amz-lex:dtmf:end-character:*:*": "9",
        "x-amz-lex:dtmf:max-length:Balance:account": "3",
        "x-amz-lex:dtmf:max-length:*:*": "8",
        "x-amz-lex:dtmf:end-timeout-ms:Balance:*": "1500",
        "x-amz-lex:dtmf:deletion-character:*:*": "#",
        "x-amz-lex:barge-in-enabled:*:*": "false",
        "x-amz-lex:audio:start-timeout-ms:*:*": "soon",
    }
    keys = bot_keys(session, "Balance", "account", asked_for=4, silence_s=7)
    assert (keys.ends, keys.deletes, keys.most, keys.pause_s, keys.silence_s) == ("9", "#", 3, 1.5, 7)
    assert not keys.barge_in
    assert bot_keys(session, "Other", "x", asked_for=4, silence_s=7).most == 8
    assert bot_keys({}, "", "", asked_for=4, silence_s=7).most == 4


def test_without_barge_in_keys_wait_for_the_prompts_end() -> None:
    run = talk({"LexSessionAttributes": {"x-amz-lex:barge-in-enabled:*:*": "false"}})
    opened(run, keys=1, session_attributes={"x-amz-lex:barge-in-enabled:*:*": "false"}).press("1")
    assert run.state.playback_id is not None
    assert asked(run.played()).text == "1"
