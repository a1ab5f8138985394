"""SSML becomes segments and pauses; nothing of it reaches an engine as markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.prompt import TEXT_LIMIT
from app.errors import BadInput
from app.telephony.speech.pronunciation import to_espeak
from app.telephony.speech.segment import Manner, Pause, Segment
from app.telephony.speech.ssml import PARTS_LIMIT, is_ssml, parts_of_ssml, parts_of_text

pytestmark = pytest.mark.unit


def words(source: str) -> list[str]:
    return [part.text.strip() for part in parts_of_ssml(source) if isinstance(part, Segment)]


def manner(source: str) -> Manner:
    (segment,) = (part for part in parts_of_ssml(source) if isinstance(part, Segment))
    return segment.manner


def test_text_around_a_break_is_two_segments() -> None:
    assert parts_of_ssml("<speak>Hello<break time='1.5s'/>you</speak>") == (
        Segment("Hello"),
        Pause(1500),
        Segment("you"),
    )


def test_breaks_in_a_row_add_up_to_ten_seconds_at_most() -> None:
    assert parts_of_ssml("<speak>a<break time='300ms'/><break time='200ms'/>b</speak>")[1] == Pause(500)
    assert parts_of_ssml("<speak>a<break time='9s'/><break time='9s'/>b</speak>")[1] == Pause(10_000)


def test_text_of_unknown_tags_is_spoken_in_one_piece() -> None:
    assert words("<speak>I will <w role='x'>read</w> <speech>this</speech><mark name='m'/>.</speak>") == [
        "I will read this."
    ]


def test_an_audio_tag_is_never_more_than_its_text() -> None:
    assert parts_of_ssml('<speak><audio src="/etc/passwd">sorry</audio></speak>') == (Segment("sorry"),)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<prosody rate='slow'>x</prosody>", Manner(rate=0.75)),
        ("<prosody rate='150%'>x</prosody>", Manner(rate=1.5)),
        ("<prosody rate='1%'>x</prosody>", Manner(rate=0.2)),
        ("<prosody pitch='+10%'>x</prosody>", Manner(pitch=1.1)),
        ("<prosody volume='-6dB'>x</prosody>", Manner(gain_db=-6)),
        ("<prosody volume='soft'><prosody volume='-1dB'>x</prosody></prosody>", Manner(gain_db=-7)),
        ("<lang xml:lang='fr-FR'>x</lang>", Manner(language="fr-FR")),
        ("<amazon:effect name='whispered'>x</amazon:effect>", Manner(whispered=True, gain_db=-8)),
        ("<phoneme alphabet='ipa' ph='pɪˈkɑːn'>x</phoneme>", Manner(pronunciation="pɪˈkɑːn")),
        ("<phoneme alphabet='x-sampa' ph='pI&quot;kA:n'>x</phoneme>", Manner(pronunciation="pɪˈkɑːn")),
        ("<phoneme alphabet='x-amazon-pinyin' ph='ni3'>x</phoneme>", Manner()),
        ("<emphasis level='strong'>x</emphasis>", Manner(rate=0.85, gain_db=4)),
    ],
)
def test_manner(markup: str, expected: Manner) -> None:
    assert manner(f"<speak>{markup}</speak>") == expected


def test_manner_ends_with_its_tag() -> None:
    parts = parts_of_ssml("<speak><s xml:lang='fr-FR'>Bonjour</s>Hello</speak>")
    assert [part.manner.language for part in parts if isinstance(part, Segment)] == ["fr-FR", ""]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("characters", "aB1", "A, B, 1"),
        ("spell-out", "x-1", "X, dash, 1"),
        ("digits", "1234", "1, 2, 3, 4"),
        ("telephone", "2065550100", "2 0 6, 5 5 5, 0 1 0 0"),
        ("telephone", "(206) 555-0100", "2 0 6, 5 5 5, 0 1 0 0"),
        ("telephone", "+49 30 1234", "plus 4 9, 3 0, 1 2 3 4"),
        ("telephone", "555-0100x12", "5 5 5, 0 1 0 0, extension 1 2"),
        ("date", "1/2/2018", "January 2nd 2018"),
        ("date", "20181231", "December 31st 2018"),
        ("date", "????0704", "July 4th"),
        ("date", "13/13/2018", "13/13/2018"),
        ("date", "tomorrow", "tomorrow"),
        ("ordinal", "22", "22nd"),
        ("ordinal", "112", "112th"),
        ("ordinal", "x", "x"),
        ("fraction", "2/9", "2 ninths"),
        ("fraction", "1+1/2", "1 and 1 half"),
        ("fraction", "3/17", "3 over 17"),
        ("time", "1'21&quot;", "1 minute 21 seconds"),
        ("time", "noon", "noon"),
        ("cardinal", "12", "12"),
    ],
)
def test_say_as(kind: str, text: str, expected: str) -> None:
    assert words(f"<speak><say-as interpret-as='{kind}'>{text}</say-as></speak>") == [expected]


@pytest.mark.parametrize(("order", "text"), [("dmy", "4.7.2018"), ("ymd", "2018-07-04"), ("mdy", "07/04/2018")])
def test_a_date_is_read_in_the_order_it_is_written_in(order: str, text: str) -> None:
    markup = f"<speak><say-as interpret-as='date' format='{order}'>{text}</say-as></speak>"
    assert words(markup) == ["July 4th 2018"]


def test_what_needs_english_words_is_left_alone_in_other_languages() -> None:
    assert words("<speak xml:lang='de-DE'><say-as interpret-as='ordinal'>3</say-as></speak>") == ["3"]


def test_an_expletive_is_a_silence() -> None:
    assert parts_of_ssml("<speak>You <say-as interpret-as='expletive'>x</say-as> you</speak>") == (
        Segment("You "),
        Pause(400),
        Segment("you"),
    )


@pytest.mark.parametrize(
    ("ipa", "espeak"), [("pɪˈkɑːn", "pI'kA:n"), ("t͡ʃiːz dʒʌdʒ", "tSi:z dZVdZ"), ("ɬ", ""), ("", ""), ("]] x [[", "")]
)
def test_a_pronunciation_in_the_engines_own_notation(ipa: str, espeak: str) -> None:
    assert to_espeak(ipa) == espeak


def test_sub_speaks_its_alias_only() -> None:
    assert words("<speak>The <sub alias='World Wide Web'>W3</sub> is up</speak>") == ["The World Wide Web is up"]


def test_paragraphs_are_held_apart() -> None:
    parts = parts_of_ssml("<speak><p>One.</p><p>Two.</p></speak>")
    assert parts[1] == Pause(500)


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("<speak>Smith & Sons</speak>", "line 1, column 15"),
        ("<speak>one\n<break></speak>", "line 2"),
        ("<speak><break time='soon'/></speak>", 'time="soon"'),
        ("<speak><prosody rate='quick'>x</prosody></speak>", "prosody rate"),
        ("a < b", "line 1, column 4"),
        ("<speak>&nbsp;</speak>", "undefined entity"),
        ("<speak></speak>", "nothing in it to speak"),
    ],
)
def test_malformed_ssml_names_the_place(source: str, place: str) -> None:
    with pytest.raises(BadInput, match=place):
        parts_of_ssml(source)


@pytest.mark.parametrize(
    "prologue",
    [
        '<?xml version="1.0"?><!DOCTYPE speak [<!ENTITY a SYSTEM "file:///etc/passwd">]><speak>&a;</speak>',
        '<!DOCTYPE speak [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><speak>&b;</speak>',
    ],
)
def test_entities_are_refused(prologue: str) -> None:
    with pytest.raises(BadInput):
        parts_of_ssml(prologue)


def test_limits_are_on_the_text_not_on_the_markup() -> None:
    assert parts_of_ssml("<speak>" + "<break/>" * 100 + "x" * TEXT_LIMIT + "</speak>")
    with pytest.raises(BadInput, match="1024"):
        parts_of_ssml(f"<speak>{'x' * (TEXT_LIMIT + 1)}</speak>")
    with pytest.raises(BadInput, match="1025"):
        parts_of_text("x" * (TEXT_LIMIT + 1))
    with pytest.raises(BadInput, match=str(PARTS_LIMIT)):
        parts_of_ssml("<speak>" + "x<break/>" * PARTS_LIMIT + "</speak>")


def test_plain_text_loses_control_characters_and_keeps_its_angles() -> None:
    assert parts_of_text(" a\x00\x1b[0m \ud800 <b>\n\tc ") == (Segment("a[0m <b> c"),)


@pytest.mark.parametrize(
    ("text", "expected"), [("<speak>x", True), (" <speak xml:lang='de'>", True), ("<speaker>", False), ("hi", False)]
)
def test_what_counts_as_ssml(text: str, expected: bool) -> None:
    assert is_ssml(text) is expected


@given(st.text(alphabet=st.sampled_from("<>/&;'\"= speakbrdou\n\x00é"), max_size=60))
def test_no_markup_survives_and_nothing_but_bad_input_is_raised(text: str) -> None:
    try:
        parts = parts_of_ssml(f"<speak>{text}</speak>")
    except BadInput:
        return
    assert all(part.text for part in parts if isinstance(part, Segment))
