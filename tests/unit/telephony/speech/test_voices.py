"""The voices that flows name."""

import pytest

from app.domain.voices import VOICES
from app.errors import BadInput
from app.telephony.speech.engine import open_engine
from app.telephony.speech.espeak import EspeakEngine
from app.telephony.speech.segment import Manner, Segment
from app.telephony.speech.voices import find_voice

pytestmark = pytest.mark.unit

espeak = EspeakEngine.__new__(EspeakEngine)


def test_names_are_unique_and_all_can_be_spoken() -> None:
    assert len({voice.name for voice in VOICES}) == len(VOICES) > 60
    assert all(espeak.speaker(voice, Segment("")) for voice in VOICES)


@pytest.mark.parametrize(
    ("name", "language", "speaker"),
    [
        ("Joanna", "", "en-us+f3"),
        ("Matthew", "en-US", "en-us"),
        ("amy", "", "en-gb-x-rp+f3"),
        ("Hans", "", "de"),
        ("Celine", "", "fr-fr+f3"),
        ("Joanna", "de-DE", "de+f3"),
        ("Joanna", "en-GB", "en-us+f3"),
    ],
)
def test_mapping_to_espeak(name: str, language: str, speaker: str) -> None:
    assert espeak.speaker(find_voice(name, language), Segment("")) == speaker


@pytest.mark.parametrize(
    "language", ["en", "de", "fr", "es", "it", "pt", "nl", "ja", "ko", "cmn", "arb", "hi", "pl", "sv"]
)
def test_every_language_of_the_guides_time_has_a_speaker(language: str) -> None:
    assert espeak.speaker(find_voice("Joanna", language), Segment(""))


def test_two_voices_of_a_language_sound_different() -> None:
    assert (
        len(
            {espeak.speaker(find_voice(name), Segment("")) for name in ("Joanna", "Kendra", "Salli", "Joey", "Matthew")}
        )
        == 5
    )


def test_a_whisper_is_a_voice_of_its_own() -> None:
    assert espeak.speaker(find_voice("Joanna"), Segment("", Manner(whispered=True))) == "en-us+whisperf"


def test_what_nobody_speaks_is_bad_input() -> None:
    with pytest.raises(BadInput, match="tlh"):
        espeak.speaker(find_voice("Joanna"), Segment("", Manner(language="tlh")))
    with pytest.raises(BadInput, match="Nobody"):
        find_voice("Nobody")
    with pytest.raises(BadInput, match="espeak-ng, flite"):
        open_engine("hal")
