"""The blocks that talk with a caller, one after the other in a real call: proven by what the caller heard and by the record."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.domain.events import CONCEALED
from app.domain.instance import FlowType
from app.integrations.keys import decrypt
from app.telephony.audio import dtmf_digits, dtmf_tones
from app.telephony.audio import tone as sine
from tests.e2e.bot_flows import TO_BOT, bank
from tests.e2e.conftest import ALICE_HZ, CALLER_HZ
from tests.e2e.secret_flows import ASK_HZ, CARD, CHOSEN_HZ, KEY, SECURE, TALKING, WITH_AGENT
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, read_recording
from tests.rig.blocks import mark, menu, queue, remember, say, store, tone
from tests.rig.certificates import private_pem
from tests.rig.contents import END, HANG_UP, action
from tests.rig.listening import (
    RATE,
    assert_no_tone,
    assert_tone,
    between,
    find_prompt,
    has_prompt,
    spoken,
    tone_heard_s,
    tone_spans,
)
from tests.rig.visit import BUFFERED_S, LATE_PACKETS_S, Visit
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e

MENUS, QUEUE, CARDS, TALKS, BANK = (f"+1202555011{number}" for number in range(1, 6))
START_HZ, LONG_HZ, LOOP_HZ = 500.0, 700.0, 800.0
LATE_HZ, OTHER_HZ, INVALID_HZ, NEXT_HZ, INTERRUPT_HZ, FULL_HZ = (1250.0 + 150 * number for number in range(6))
MARKS = (CHOSEN_HZ, LATE_HZ, OTHER_HZ, INVALID_HZ, NEXT_HZ)
HELLO = "Hello $.Attributes.name."
MARKUP = "<speak>Good <break time='600ms'/> day, $.Attributes.name</speak>"
PHONE = {"InputValidation": {"PhoneNumberValidation": {"NumberFormat": "Local", "CountryCode": "US"}}}

TALK = [
    mark("Start", START_HZ, "Name"),
    remember("Name", "Hello", name="Ann & Co", sound=tone(CHOSEN_HZ)),
    say("Hello", "Markup", Text=HELLO),
    say("Markup", "By attribute", SSML=MARKUP),
    say("By attribute", "Barge in", PromptId="$.Attributes.sound"),
    menu("Barge in", LONG_HZ, timeout_s=5, late="Hang up", other="Hang up", _2="Chosen"),
    mark("Chosen", CHOSEN_HZ, "No key"),
    menu("No key", ASK_HZ, timeout_s=1, late="Late", other="Hang up", _1="Hang up"),
    mark("Late", LATE_HZ, "Other key"),
    menu("Other key", ASK_HZ, timeout_s=5, late="Hang up", other="Other", _1="Hang up"),
    mark("Other", OTHER_HZ, "Terminated"),
    store("Terminated", LONG_HZ, "Keep terminated", error="Hang up"),
    remember("Keep terminated", "Cleared", terminated="$.StoredCustomerInput"),
    store("Cleared", ASK_HZ, "Keep cleared", error="Hang up"),
    remember("Keep cleared", "Paused", cleared="$.StoredCustomerInput"),
    store("Paused", ASK_HZ, "Keep paused", error="Hang up"),
    remember("Keep paused", "Nothing", paused="$.StoredCustomerInput"),
    store("Nothing", ASK_HZ, "Keep nothing", error="Hang up", InputTimeLimitSeconds="1"),
    remember("Keep nothing", "Number", nothing="$.StoredCustomerInput"),
    store("Number", ASK_HZ, "Keep number", error="Hang up", **PHONE),
    remember("Keep number", "No number", number="$.StoredCustomerInput"),
    store("No number", ASK_HZ, "Hang up", error="Invalid", **PHONE),
    mark("Invalid", INVALID_HZ, "Rest"),
    action("Rest", "Wait", {"TimeLimitSeconds": "1"}, "Hang up", _WaitCompleted="Go on", NoMatchingError="Hang up"),
    action("Go on", "TransferToFlow", {"ContactFlowId": "next"}, NoMatchingError="Hang up"),
    HANG_UP,
]
NEXT = [mark("Next", NEXT_HZ, "Hang up"), HANG_UP]

TO_QUEUE = [
    action("Queue", "UpdateContactTargetQueue", {"QueueId": "narrow"}, "Queue flow", NoMatchingError="Hang up"),
    action(
        "Queue flow",
        "UpdateContactEventHooks",
        {"EventHooks": {"CustomerQueue": "waiting"}},
        "Transfer",
        NoMatchingError="Hang up",
    ),
    action("Transfer", "TransferContactToQueue", {}, "Hang up", QueueAtCapacity="Full", NoMatchingError="Hang up"),
    mark("Full", FULL_HZ, "Hang up"),
    HANG_UP,
]
WAITING = [
    action(
        "Loop",
        "MessageParticipantIteratively",
        {"Messages": [{"PromptId": tone(LOOP_HZ)}, {"Text": "Please wait."}], "InterruptFrequencySeconds": "2"},
        "Hang up",
        NoMatchingError="Hang up",
        _MessagesInterrupted="Interrupted",
    ),
    mark("Interrupted", INTERRUPT_HZ, "Again"),
    action("Again", "Loop", {"LoopCount": "1"}, "Hang up", _ContinueLooping="End", _DoneLooping="Hang up"),
    END,
    HANG_UP,
]


@pytest.fixture(scope="module")
def centre() -> Iterator[ApplicationRig]:
    short = [
        contents.tone_prompt(tone(hz), hz, 0.5) for hz in (START_HZ, ASK_HZ, LOOP_HZ, INTERRUPT_HZ, FULL_HZ, *MARKS)
    ]
    with ApplicationRig() as rig:
        rig.fill(
            contents.demo,
            contents.trunk,
            contents.agents(["alice"], after_contact_work_s=1),
            *short,
            contents.tone_prompt(tone(LONG_HZ), LONG_HZ, 6),
            queue("narrow", capacity=1),
            contents.flow("next", NEXT),
            contents.flow("waiting", WAITING, FlowType.CUSTOMER_QUEUE),
            contents.flow("to queue", TO_QUEUE, number=QUEUE),
            contents.flow("secure", SECURE, number=CARDS),
            contents.flow("talking", TALKING, number=TALKS),
            contents.flow("with agent", WITH_AGENT, FlowType.QUEUE_TRANSFER, default=True),
            contents.flow("talk", TALK, number=MENUS),
            contents.flow("bank", TO_BOT, number=BANK),
            bank,
        )
        rig.start()
        yield rig
        rig.check()


def test_prompts_menus_and_stored_input(centre: ApplicationRig, caller: Baresip) -> None:
    visit = Visit.begin(centre, caller, MENUS)
    barged_s = visit.press("2", "Barge in")
    visit.press("9", "Other key")
    stored_s = visit.press("12#", "Terminated")
    visit.press("55*77#", "Cleared")
    visit.press("34", "Paused")
    visit.press("2065550147#", "Number")
    visit.press("123#", "No number")
    record = visit.ended()
    heard = visit.heard()

    assert record["Attributes"] == {
        "name": "Ann & Co",
        "sound": tone(CHOSEN_HZ),
        "terminated": "12",
        "cleared": "77",
        "paused": "34",
        "nothing": "Timeout",
        "number": "+12065550147",
    }
    hello = find_prompt(heard, spoken(centre.var, "Hello Ann & Co."))
    markup = find_prompt(heard, spoken(centre.var, MARKUP.replace("$.Attributes.name", "Ann &amp; Co")))
    assert hello.likeness > 0.5, hello
    assert markup.likeness > 0.5, markup
    assert START_HZ in visit.tones(START_HZ)
    assert tone_spans(heard, START_HZ)[0][0] < hello.start_s < markup.start_s < barged_s
    assert visit.tones(*MARKS) == [CHOSEN_HZ, *MARKS]
    _assert_cut(visit, barged_s, stored_s)
    rest_s = tone_spans(heard, NEXT_HZ)[0][0] - tone_spans(heard, INVALID_HZ)[0][0]
    assert rest_s == pytest.approx(0.5 + 1.0, abs=0.5)


def _assert_cut(visit: Visit, *pressed_s: float) -> None:
    """The long prompt was cut each time, soon after the key."""
    spans = [span for span in tone_spans(visit.heard(), LONG_HZ) if span[1] - span[0] > BUFFERED_S]
    assert len(spans) == len(pressed_s), spans
    for (start_s, until_s), key_s in zip(spans, pressed_s, strict=True):
        assert start_s < key_s + 0.1 < until_s + 0.3, f"{spans} and the keys at {pressed_s}"
        assert until_s < key_s + 1.0, f"{spans} and the keys at {pressed_s}"


def test_a_queue_flow_interrupts_its_loop_and_a_full_queue_takes_nobody(
    centre: ApplicationRig, caller: Baresip, other_caller: Baresip
) -> None:
    visit = Visit.begin(centre, caller, QUEUE)
    visit.is_now("in queue")
    refused = Visit.begin(centre, other_caller, QUEUE)
    assert refused.ended()["Queue"] is None
    assert refused.tones(FULL_HZ) == [FULL_HZ]
    record = visit.ended()
    assert visit.tones(LOOP_HZ, INTERRUPT_HZ) == [LOOP_HZ, LOOP_HZ, INTERRUPT_HZ, LOOP_HZ, LOOP_HZ, INTERRUPT_HZ]
    first, second = (start_s for start_s, _ in tone_spans(visit.heard(), INTERRUPT_HZ))
    assert second - first == pytest.approx(2.5, abs=0.5)
    assert record["Queue"]["Name"] == "narrow"
    assert 4 <= record["Queue"]["Duration"] <= 7


def test_a_bot_asks_for_what_it_needs_to_know(centre: ApplicationRig, caller: Baresip) -> None:
    """A key interrupts the block's prompt and is the intent; four more fill its slot; the last one confirms."""
    visit = Visit.begin(centre, caller, BANK)
    barged_s = visit.press("1", "Bot")
    asked, confirmed, closed, answered = (
        spoken(centre.var, text)
        for text in (
            "Please key in your account.",
            "You want account 4711. Is that right?",
            "One moment, please.",
            "The balance of 4711.",
        )
    )
    until(lambda: has_prompt(visit.heard(), asked), "the bot asks for the account", every_s=0.1)
    visit.press("4711")
    until(lambda: has_prompt(visit.heard(), confirmed), "the bot asks whether it is right", every_s=0.1)
    visit.press("1")
    record = visit.ended()
    heard = visit.heard()

    assert record["Attributes"] == {"account": "4711", "intent": "Balance"}
    assert visit.tones(CHOSEN_HZ, OTHER_HZ) == [CHOSEN_HZ]
    begun = [find_prompt(heard, prompt).start_s for prompt in (asked, confirmed, closed)]
    begun += [tone_spans(heard, CHOSEN_HZ)[0][0], find_prompt(heard, answered).start_s]
    assert begun == sorted(begun)
    assert has_prompt(heard, closed)
    assert has_prompt(heard, answered)
    _assert_cut(visit, barged_s)


def test_an_encrypted_entry_is_known_to_the_private_keys_holder_and_to_nobody_else(
    centre: ApplicationRig, caller: Baresip, alice: Baresip
) -> None:
    """The keys are sent as telephone events and, by a phone that does both, as tones; afterwards caller and agent are recorded."""
    visit = Visit.begin(centre, caller, CARDS)
    caller.say(dtmf_tones(CARD))
    visit.press(CARD + "#", "Card")
    caller.say(sine(CALLER_HZ, 1000))
    visit.press("86420975#", "Account")
    alice.wait_ringing()
    alice.answer()
    visit.is_now("connected")
    time.sleep(1.5)
    record = visit.hang_up()
    customer, agent, rate = read_recording(centre.recording(visit.contact_id))

    assert decrypt(record["Attributes"]["card"], "card-key", private_pem(KEY)) == CARD
    assert record["Attributes"]["account"] == "86420975"
    assert_tone(customer, CALLER_HZ, rate)
    assert dtmf_digits(np.concatenate((customer, dtmf_tones("42", rate))), rate) == "42"
    assert (dtmf_digits(customer, rate), dtmf_digits(agent, rate)) == ("", "")
    assert _holding(centre, b"86420975"), "what is not encrypted is found where it is kept"
    assert not _holding(centre, CARD.encode())
    _assert_keys_unknown(centre, visit.contact_id)


def test_an_agent_has_a_number_entered_that_neither_they_nor_the_recording_hear(
    centre: ApplicationRig, caller: Baresip, alice: Baresip
) -> None:
    """The customer's phone sends the keys as telephone events and as tones."""
    visit = Visit.begin(centre, caller, TALKS)
    alice.wait_ringing()
    alice.answer()
    until(lambda: tone_heard_s(alice.heard(), CALLER_HZ) > 0.5, "alice hears the caller")
    centre.api("POST", f"/api/contacts/{visit.contact_id}/transfer", {"queue": "sales"}, agent="alice")
    visit.at("Card")
    until(lambda: tone_heard_s(visit.heard(), ASK_HZ) > 0.2, "the customer is asked for the number")
    parted_s, alone_s = alice.heard().size / RATE + LATE_PACKETS_S, visit.heard().size / RATE + LATE_PACKETS_S
    caller.say(dtmf_tones(CARD))
    visit.press(CARD, "Card")
    caller.say(sine(CALLER_HZ, 1000))
    time.sleep(0.5)
    still_s, apart_s = alice.heard().size / RATE, visit.heard().size / RATE
    caller.press("#")
    until(lambda: tone_heard_s(between(alice.heard(), still_s, 99), CALLER_HZ) > 0.5, "alice hears the caller again")
    until(lambda: tone_heard_s(between(visit.heard(), apart_s, 99), ALICE_HZ) > 0.5, "the caller hears alice again")
    record = visit.hang_up()
    card = centre.wait_record(record["NextContactId"])["Attributes"]["card"]
    customer, agent, rate = read_recording(centre.recording(visit.contact_id))
    ((from_s, until_s),) = [(gap["StartMs"] / 1000, gap["EndMs"] / 1000) for gap in record["Recording"]["Gaps"]]

    assert decrypt(card, "card-key", private_pem(KEY)) == CARD
    assert not _holding(centre, CARD.encode())
    assert_no_tone(between(alice.heard(), parted_s, still_s), CALLER_HZ)
    assert_no_tone(between(visit.heard(), alone_s, apart_s), ALICE_HZ)
    assert [dtmf_digits(samples, rate) for samples in (alice.heard(), customer, agent)] == ["", "", ""]
    assert not alice.times("CALL_DTMF_START")
    assert until_s - from_s > 3
    before, after = tone_spans(customer, CALLER_HZ, rate)
    assert before[1] == pytest.approx(from_s, abs=1.0)
    assert after[0] - before[1] > 1, "time in which a key is held down may be missing from the recording"


def _holding(centre: ApplicationRig, text: bytes) -> list[Path]:
    """The files of the installation that hold this: database, journal, logs of the application and of Asterisk."""
    own = (
        path
        for path in centre.var.rglob("*")
        if path.is_file() and not path.is_symlink() and "engine" not in path.parts
    )
    return [path for path in own if text in path.read_bytes()]


def _assert_keys_unknown(centre: ApplicationRig, contact_id: str) -> None:
    """In the journal each key of the encrypted entry is a key and no more; Asterisk's log has no keys at all."""
    file = centre.var / "secure.json"
    assert centre.command("journal", str(file)).returncode == 0
    facts = json.loads(file.read_text())["facts"]
    arrived = next(
        at for at, fact in enumerate(facts) if fact[2] == "CallArrived" and fact[3]["contact_id"] == contact_id
    )
    keys = "".join(fact[3]["digit"] for fact in facts[arrived:] if fact[2] == "DigitReceived")
    assert keys == CONCEALED * len(CARD) + "#" + "86420975#"
    assert not _holding(centre, b"DTMF begin")


def test_the_journal_of_these_calls_can_be_told_again(centre: ApplicationRig) -> None:
    """Written by the command line beside the running server, and replayed by it."""
    file = centre.var / "journal.json"
    assert centre.command("journal", str(file)).returncode == 0
    told = centre.command("replay", str(file))
    assert told.returncode == 0, told.stderr
    assert "facts give the same" in told.stdout
