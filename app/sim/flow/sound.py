"""How long prompts last when nobody really speaks them."""

import re

from app.domain.prompt import Prompt, PromptKind

AUDIO_S = 5.0
CHARACTER_S = 0.065
"""Of speech: about 150 words a minute."""
LEAST_S = 0.2
FAILS = "fails"
_BREAK = re.compile(r'<break[^>]*time="([\d.]+)(ms|s)"')
_TAG = re.compile(r"<[^>]*>")


def duration_s(prompt: Prompt, written: dict[str, str]) -> float | None:
    """Seconds, or None when the scenario lets this prompt fail. `written` maps words of prompts to seconds or `fails`."""
    for words, lasts in written.items():
        if words in prompt.value:
            return None if lasts == FAILS else float(lasts)
    if prompt.kind is PromptKind.AUDIO:
        return AUDIO_S
    if prompt.kind is PromptKind.SILENCE:
        return int(prompt.value) / 1000
    pauses = sum(float(number) / (1000 if unit == "ms" else 1) for number, unit in _BREAK.findall(prompt.value))
    return max(LEAST_S, pauses + CHARACTER_S * len(_TAG.sub("", prompt.value)))
