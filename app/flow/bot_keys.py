"""How keys become what a bot is told: the session attributes that Amazon Lex has for it, most exact first.

`x-amz-lex:dtmf:end-character:INTENT:SLOT` and its like; INTENT and SLOT may be `*`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SILENCE_S = 5.0
PAUSE_S = 5.0
LONGEST_S = 60.0
MOST_KEYS = 1_024


@dataclass(frozen=True, slots=True)
class BotKeys:
    """`ends` sends what was keyed in, `deletes` forgets it; `pause_s` after a key does the same as `ends`."""

    ends: str
    deletes: str
    most: int
    pause_s: float
    silence_s: float
    """How long the caller may take to the first key."""
    barge_in: bool
    """Whether a key interrupts what the bot says."""


def bot_keys(session: Mapping[str, str], intent: str, slot: str, *, asked_for: int, silence_s: float) -> BotKeys:
    """What holds while the bot asks for this slot. `asked_for` is the bot's own word on how many keys it needs (0: none)."""

    def said(name: str) -> str:
        for place in (f"{intent}:{slot}", f"{intent}:*", "*:*"):
            if (value := session.get(f"x-amz-lex:{name}:{place}", "")) != "":
                return value
        return ""

    def seconds(name: str, otherwise: float) -> float:
        text = said(name)
        return min(max(int(text) / 1000, 0.1), LONGEST_S) if text.isdecimal() else otherwise

    most = said("dtmf:max-length")
    return BotKeys(
        ends=said("dtmf:end-character") or "#",
        deletes=said("dtmf:deletion-character") or "*",
        most=min(max(int(most), 1), MOST_KEYS) if most.isdecimal() else asked_for or MOST_KEYS,
        pause_s=seconds("dtmf:end-timeout-ms", PAUSE_S),
        silence_s=seconds("audio:start-timeout-ms", silence_s),
        barge_in=(said("barge-in-enabled") or said("allow-interrupt")).lower() != "false",
    )
