"""Text to speech: prompts as 8 kHz files that Asterisk plays, rendered once and cached by content."""

from app.domain.voices import VOICES, Voice
from app.telephony.speech.cache import SpeechCache
from app.telephony.speech.engine import ENGINES, SpeechEngine, open_engine
from app.telephony.speech.imported import import_prompt
from app.telephony.speech.prompt_file import PromptFile
from app.telephony.speech.segment import Segment
from app.telephony.speech.voices import find_voice

__all__ = [
    "ENGINES",
    "VOICES",
    "PromptFile",
    "Segment",
    "SpeechCache",
    "SpeechEngine",
    "Voice",
    "find_voice",
    "import_prompt",
    "open_engine",
]
