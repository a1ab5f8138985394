"""The cache: one rendering for whoever asks, kept by content, pruned by age. The engine here says everything as one tone."""

import asyncio
from pathlib import Path

import pytest
import soundfile

from app.domain.voices import VOICES, Voice
from app.errors import BadInput, Unavailable
from app.telephony.audio import tone
from app.telephony.speech import SpeechCache, cache
from app.telephony.speech.segment import Segment

pytestmark = pytest.mark.unit


class ToneEngine:
    """Says a tone of 10 ms a character; counts how often and how many at once it was asked."""

    name = "tone"

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.at_once = self.most_at_once = 0
        self.go = asyncio.Event()
        self.go.set()
        self.fails = False
        self._begun: asyncio.Queue[None] = asyncio.Queue()

    async def reached(self, number: int) -> None:
        """Returns once so many renderings have begun."""
        for _ in range(number):
            await self._begun.get()

    def voices(self) -> list[Voice]:
        return list(VOICES)

    def speaker(self, voice: Voice, segment: Segment) -> str:
        return voice.name

    async def render(self, segment: Segment, voice: Voice, out: Path) -> None:
        self.said.append((voice.name, segment.text))
        self._begun.put_nowait(None)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await self.go.wait()
        finally:
            self.at_once -= 1
        if self.fails:
            raise Unavailable(what="tone", why="it broke", remedy="Mend it.")
        if segment.text == "rubbish":
            out.write_bytes(b"not audio")
        elif segment.text != "mute":
            soundfile.write(out, tone(440, 10 * len(segment.text), 16_000), 16_000, subtype="PCM_16")


@pytest.fixture
async def engine() -> ToneEngine:
    return ToneEngine()


async def test_a_prompt_is_an_8_khz_file_that_asterisk_can_name(tmp_path: Path, engine: ToneEngine) -> None:
    prompt = await SpeechCache(tmp_path, engine).prompt("x" * 50)
    info = soundfile.info(prompt.path)
    assert (info.samplerate, info.channels, info.subtype) == (8000, 1, "PCM_16")
    assert prompt.sound_uri == f"sound:{tmp_path}/speech/{prompt.path.stem}"
    assert prompt.duration_ms == pytest.approx(50 + 500 + 100, abs=5)
    assert prompt.duration_ms == int(info.frames / 8)


async def test_the_same_is_rendered_once_and_the_other_anew(tmp_path: Path, engine: ToneEngine) -> None:
    speech = SpeechCache(tmp_path, engine)
    first = await speech.prompt("hello")
    assert await speech.prompt("hello") is first
    assert await speech.prompt("hello", voice="joanna") is first
    assert len({(await speech.prompt("hello", voice=voice)).path for voice in ("Joanna", "Hans")}) == 2
    assert (await speech.prompt("<speak>hello</speak>")).path != first.path
    assert len(engine.said) == 3


async def test_asked_at_once_it_is_rendered_once(tmp_path: Path, engine: ToneEngine) -> None:
    speech = SpeechCache(tmp_path, engine)
    prompts = await asyncio.gather(*(speech.prompt("hello") for _ in range(20)))
    assert len(engine.said) == 1
    assert len({prompt.path for prompt in prompts}) == 1


async def test_no_more_than_two_are_rendered_together(tmp_path: Path, engine: ToneEngine) -> None:
    speech = SpeechCache(tmp_path, engine)
    engine.go.clear()
    asked = [asyncio.create_task(speech.prompt(f"number {number}")) for number in range(8)]
    await engine.reached(2)
    engine.go.set()
    await asyncio.gather(*asked)
    assert engine.most_at_once == 2


async def test_who_gives_up_waiting_does_not_stop_the_others(tmp_path: Path, engine: ToneEngine) -> None:
    speech = SpeechCache(tmp_path, engine)
    engine.go.clear()
    impatient = asyncio.create_task(speech.prompt("hello"))
    patient = asyncio.create_task(speech.prompt("hello"))
    await engine.reached(1)
    impatient.cancel()
    engine.go.set()
    assert (await patient).path.exists()
    assert impatient.cancelled()


async def test_another_process_finds_what_was_rendered(tmp_path: Path, engine: ToneEngine) -> None:
    first = await SpeechCache(tmp_path, engine).prompt("hello")
    again = await SpeechCache(tmp_path, ToneEngine()).prompt("hello")
    assert again == first
    assert len(engine.said) == 1


async def test_a_file_that_somebody_removed_is_rendered_again(tmp_path: Path, engine: ToneEngine) -> None:
    speech = SpeechCache(tmp_path, engine)
    (await speech.prompt("hello")).path.unlink()
    assert (await speech.prompt("hello")).path.exists()
    assert speech.size_bytes == (await speech.prompt("hello")).path.stat().st_size


async def test_the_oldest_goes_when_the_cache_is_full(
    tmp_path: Path, engine: ToneEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_RECENT_S", 0.0)
    speech = SpeechCache(tmp_path, engine, limit_bytes=20_000)
    first, second = await speech.prompt("a" * 40), await speech.prompt("b" * 40)
    await speech.prompt("a" * 40)
    third = await speech.prompt("c" * 40)
    assert [prompt.path.exists() for prompt in (first, second, third)] == [True, False, True]
    assert speech.size_bytes == sum(file.stat().st_size for file in (tmp_path / "speech").iterdir()) <= 20_000


async def test_what_was_just_handed_out_stays(tmp_path: Path, engine: ToneEngine) -> None:
    speech = SpeechCache(tmp_path, engine, limit_bytes=1)
    prompt = await speech.prompt("hello")
    await speech.prompt("there")
    assert prompt.path.exists()


async def test_a_failure_is_told_and_not_kept(tmp_path: Path, engine: ToneEngine) -> None:
    speech = SpeechCache(tmp_path, engine)
    engine.fails = True
    with pytest.raises(Unavailable, match="it broke"):
        await speech.prompt("hello")
    engine.fails = False
    assert (await speech.prompt("hello")).path.exists()


@pytest.mark.parametrize(("text", "why"), [("rubbish", "not audio"), ("mute", "without a sound file")])
async def test_an_engine_that_writes_no_sound_is_told(tmp_path: Path, engine: ToneEngine, text: str, why: str) -> None:
    with pytest.raises(Unavailable, match=why):
        await SpeechCache(tmp_path, engine).prompt(text)


async def test_an_engine_that_hangs_is_given_up(
    tmp_path: Path, engine: ToneEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "RENDER_LIMIT_S", 0.01)
    engine.go.clear()
    with pytest.raises(Unavailable, match=r"longer than 0\.01 seconds"):
        await SpeechCache(tmp_path, engine).prompt("hello")


async def test_too_many_waiting_are_refused(
    tmp_path: Path, engine: ToneEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_WAITING_LIMIT", 1)
    speech = SpeechCache(tmp_path, engine)
    engine.go.clear()
    waiting = asyncio.create_task(speech.prompt("one"))
    await engine.reached(1)
    with pytest.raises(Unavailable, match="wait to be rendered"):
        await speech.prompt("two")
    await speech.close()
    assert waiting.done() or await asyncio.gather(waiting, return_exceptions=True)


async def test_a_voice_that_nobody_knows_is_spoken_by_the_default_one(tmp_path: Path, engine: ToneEngine) -> None:
    await SpeechCache(tmp_path, engine).prompt("hello", voice="Zzz")
    assert engine.said == [("Joanna", "hello")]


async def test_bad_text_never_reaches_the_engine(tmp_path: Path, engine: ToneEngine) -> None:
    speech = SpeechCache(tmp_path, engine)
    for text in ("", " \n", "<speak>a & b</speak>"):
        with pytest.raises(BadInput):
            await speech.prompt(text)
    assert not engine.said


def test_a_folder_that_asterisk_cannot_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="move the data folder"):
        SpeechCache(tmp_path / "a,b", ToneEngine())
