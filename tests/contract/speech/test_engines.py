"""What every speech engine promises, asked of those that are installed; and one promise more of a program that misbehaves."""

import asyncio
import shutil
from pathlib import Path

import pytest

from app.errors import Unavailable
from app.telephony.audio import Samples, level_db, longest_silence_ms, read_wav, speech_present, tone_level_db
from app.telephony.install import ensure_engine
from app.telephony.speech import ENGINES, SpeechCache, SpeechEngine, open_engine
from app.telephony.speech.espeak import EspeakEngine
from app.telephony.speech.program import run_program
from app.telephony.speech.segment import Manner, Segment
from app.telephony.speech.voices import find_voice
from tests.rig.installation import project_var

pytestmark = pytest.mark.contract

ALIKE_SAMPLES = 40
"""espeak-ng says the same text in some voices not quite the same way each time; its length is the same."""
SENTENCE = "Thank you for calling. Press one for sales, or two for support."


def installed(name: str) -> Path | None:
    if name == "espeak-ng":
        return ensure_engine(project_var()).espeak
    found = shutil.which(name)
    return Path(found) if found else None


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> SpeechEngine:
    program = installed(request.param)
    if program is None:
        pytest.skip(f"{request.param} is not installed")
    return open_engine(request.param, program)


async def test_a_sentence_is_heard_at_its_length_and_loudness(tmp_path: Path, engine: SpeechEngine) -> None:
    prompt = await SpeechCache(tmp_path, engine).prompt(SENTENCE)
    samples, rate = read_wav(prompt.path)
    assert rate == 8000
    assert 3000 < prompt.duration_ms < 6500
    assert speech_present(samples, rate)
    assert longest_silence_ms(samples, rate) < 800
    assert -24 < level_db(samples) - 3 < -17
    assert abs(samples).max() <= 10 ** (-3 / 20) + 0.001


@pytest.mark.parametrize(
    "text", ["-v --help", "$(touch x) `id` ; rm -rf x", "[[h@l'oU]]", "<audio src='/etc/passwd'/> & < >", "%s%n"]
)
async def test_text_is_never_an_option_a_command_or_markup(tmp_path: Path, engine: SpeechEngine, text: str) -> None:
    prompt = await SpeechCache(tmp_path, engine).prompt(text)
    assert prompt.duration_ms > 150
    assert sorted(file.suffix for file in tmp_path.rglob("*") if file.is_file()) == [".wav"]


async def test_what_cannot_be_said_is_a_moment_of_silence(tmp_path: Path, engine: SpeechEngine) -> None:
    samples, rate = read_wav((await SpeechCache(tmp_path, engine).prompt("...")).path)
    assert 100 <= len(samples) * 1000 // rate < 500
    assert level_db(samples) < -60


async def test_slow_speech_lasts_longer(tmp_path: Path, engine: SpeechEngine) -> None:
    speech = SpeechCache(tmp_path, engine)
    plain = await speech.prompt(f"<speak>{SENTENCE}</speak>")
    slow = await speech.prompt(f"<speak><prosody rate='60%'>{SENTENCE}</prosody></speak>")
    pause = await speech.prompt(f"<speak>{SENTENCE}<break time='2s'/>{SENTENCE}</speak>")
    assert slow.duration_ms > plain.duration_ms * 1.3
    assert longest_silence_ms(*read_wav(pause.path)) == pytest.approx(2000, abs=250)


async def test_a_whole_prompt_does_not_stall_the_event_loop(tmp_path: Path, engine: SpeechEngine) -> None:
    loop, worst_s, going = asyncio.get_running_loop(), 0.0, True

    async def heartbeat() -> None:
        nonlocal worst_s
        while going:
            before = loop.time()
            await asyncio.sleep(0.001)
            worst_s = max(worst_s, loop.time() - before)

    beating = asyncio.create_task(heartbeat())
    await SpeechCache(tmp_path, engine).prompt(" ".join([SENTENCE] * 10))
    going = False
    await beating
    assert worst_s < 0.25


async def test_a_whisper_has_no_voice_in_it(tmp_path: Path) -> None:
    program = installed("espeak-ng")
    assert program is not None
    whispered, plain = Segment(SENTENCE, Manner(whispered=True)), Segment(SENTENCE)
    low: list[float] = []
    for number, segment in enumerate((plain, whispered)):
        out = tmp_path / f"{number}.wav"
        await EspeakEngine(program).render(segment, find_voice("Matthew"), out)
        samples, rate = read_wav(out)
        low.append(max(tone_level_db(samples, rate, hz) for hz in range(80, 160, 5)) - level_db(samples))
    assert low[1] < low[0] - 5


@pytest.fixture
def speech(tmp_path: Path) -> SpeechCache:
    """espeak-ng, the engine of the tags that not every engine knows."""
    return SpeechCache(tmp_path, open_engine(program=installed("espeak-ng")))


async def test_tags_change_what_is_heard_and_nothing_else_does(speech: SpeechCache) -> None:
    async def heard(markup: str) -> tuple[Samples, float]:
        prompt = await speech.prompt(f"<speak>{markup}</speak>", voice="Matthew")
        return read_wav(prompt.path)[0], prompt.duration_ms / 1000

    plain, plain_s = await heard("Please hold the line.")
    whispered, _ = await heard("<amazon:effect name='whispered'>Please hold the line.</amazon:effect>")
    soft, _ = await heard("<prosody volume='-12dB'>Please hold the line.</prosody>")
    _, fast_s = await heard("<prosody rate='150%'>Please hold the line.</prosody>")
    _, paused_s = await heard("Please hold <break time='3s'/> the line.")
    french, _ = await heard("<lang xml:lang='fr-FR'>Please hold the line.</lang>")
    unknown, _ = await heard("<w role='amazon:VB'>Please</w> <mark name='m'/><frame>hold</frame> the line.")
    assert level_db(whispered) < level_db(plain) - 3
    assert level_db(soft) == pytest.approx(level_db(plain) - 12, abs=1.5)
    assert fast_s < plain_s * 0.8
    assert paused_s == pytest.approx(plain_s + 3, abs=0.5)
    assert abs(french.size - plain.size) > ALIKE_SAMPLES
    assert abs(unknown.size - plain.size) < ALIKE_SAMPLES


async def test_a_pronunciation_is_spoken_instead_of_the_text(speech: SpeechCache) -> None:
    written = await speech.prompt("<speak><phoneme alphabet='ipa' ph='təmˈɑːtoʊ'>x</phoneme></speak>")
    sampa = await speech.prompt("<speak><phoneme alphabet='x-sampa' ph='t@m&quot;A:toU'>y</phoneme></speak>")
    letter = await speech.prompt("<speak>x</speak>")
    assert abs(read_wav(written.path)[0].size - read_wav(sampa.path)[0].size) < ALIKE_SAMPLES
    assert written.duration_ms > letter.duration_ms * 1.2


async def test_an_unknown_voice_is_the_languages_own(speech: SpeechCache) -> None:
    unknown = await speech.prompt("Guten Tag", voice="Nobody", language="de-DE")
    known = await speech.prompt("Guten Tag", voice="Vicki")
    english = await speech.prompt("Guten Tag", voice="Joanna")
    assert abs(read_wav(unknown.path)[0].size - read_wav(known.path)[0].size) < ALIKE_SAMPLES
    assert abs(read_wav(unknown.path)[0].size - read_wav(english.path)[0].size) > ALIKE_SAMPLES


async def test_a_program_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    script = tmp_path / "hang"
    script.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {tmp_path}/child\nwait\n")
    script.chmod(0o755)
    with pytest.raises(Unavailable, match=r"within 0\.3 seconds"):
        await run_program("hang", [str(script)], "text", timeout_s=0.3)
    state = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    for _ in range(100):
        if not state.exists() or state.read_text().split()[2] == "Z":
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the child outlived the program that hung")


async def test_a_program_that_complains_is_quoted(tmp_path: Path) -> None:
    script = tmp_path / "broken"
    script.write_text("#!/bin/sh\necho 'no such voice' >&2\nexit 3\n")
    script.chmod(0o755)
    with pytest.raises(Unavailable, match="no such voice"):
        await run_program("broken", [str(script)], "text")
    with pytest.raises(Unavailable, match="did not start"):
        await run_program("none", [str(tmp_path / "none")], "text")
    with pytest.raises(Unavailable, match="is not a program"):
        open_engine("espeak-ng", tmp_path / "none")
