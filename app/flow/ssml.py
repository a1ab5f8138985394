"""SSML as flows hold it: how a value gets into it without becoming markup, and what is wrong with it before anybody hears it."""

import re
from xml.parsers import expat

from app.domain.prompt import SSML_LIMIT, TEXT_LIMIT

_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_ESCAPES = {"<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}


def as_markup(value: str) -> str:
    """A value as it may stand in SSML, between tags or in an attribute: it is spoken and never a tag. What is escaped already stays."""
    return re.sub("""[<>"']""", lambda found: _ESCAPES[found[0]], _AMPERSAND.sub("&amp;", value))


def is_ssml(text: str) -> bool:
    """True for text that is SSML by itself: exported flows often leave `<speak>` in a plain text."""
    return text.lstrip().startswith("<speak")


def ssml_problem(text: str) -> str:
    """Why SSML, every value in it escaped, cannot be spoken; empty when it is well-formed and within the limits."""
    if len(text) > SSML_LIMIT:
        return f"its SSML has {len(text)} characters, more than {SSML_LIMIT}; split it in two"
    spoken: list[str] = []
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = spoken.append
    try:
        parser.Parse(text if is_ssml(text) else f"<speak>{text}</speak>", True)
    except expat.ExpatError as error:
        return f"its SSML is malformed in line {error.lineno}: {expat.ErrorString(error.code)}"
    return text_problem("".join(spoken))


def text_problem(text: str) -> str:
    """Why a text is too long to be spoken; empty when it is not."""
    return (
        f"its text has {len(text)} characters, more than {TEXT_LIMIT}; split it in two"
        if len(text) > TEXT_LIMIT
        else ""
    )
