"""Where somebody lives whom flows ask: functions and bots, by ARN or by name."""

import re
from dataclasses import dataclass, field

from app.errors import BadInput

FUNCTION, BOT = "function", "bot"

KINDS: dict[str, dict[str, str]] = {
    FUNCTION: {
        "python": "a file NAME.py in the folder functions",
        "https": "an address that takes the event by POST and answers with JSON",
        "lambda": "a function of AWS Lambda, by ARN or name",
    },
    BOT: {
        "file": "a file NAME.yaml or NAME.json in the folder bots",
        "lex": "a bot of Amazon Lex V2, by the ARN of its alias",
    },
}
"""What can be asked, and where it can live."""

FILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,140}")
_FUNCTION_ARN = re.compile(
    r"arn:aws[\w-]*:lambda:(?P<region>[\w-]+):\d{12}:function:(?P<name>[\w-]+)(?::(?P<alias>[\w$-]+))?"
)
_BOT_ARN = re.compile(r"arn:aws[\w-]*:lex:(?P<region>[\w-]+):\d{12}:bot-alias/(?P<bot>[A-Z0-9]+)/(?P<alias>[A-Z0-9]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the map. `called` is the ARN or name as flows write it; `secret` signs what is sent to an address."""

    kind: str
    called: str
    where: str
    target: str
    secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not self.called.strip():
            raise BadInput(what=f"The {self.kind}'s name", why="it is empty")
        if self.where not in KINDS[self.kind]:
            raise BadInput(what=f"The place {self.where!r}", why=f"choose one of {', '.join(KINDS[self.kind])}")
        if self.where in ("python", "file") and not FILE_NAME.fullmatch(self.target):
            raise BadInput(
                what=f"The file {self.target!r}", why="name it without folder and ending: letters, digits, - and _"
            )
        if self.where == "https" and not self.target.startswith(("https://", "http://")):
            raise BadInput(what=f"The address {self.target!r}", why="it must begin with https://")
        if self.where == "lex" and not _BOT_ARN.fullmatch(self.target):
            raise BadInput(what=f"The bot {self.target!r}", why="give arn:aws:lex:REGION:ACCOUNT:bot-alias/BOT/ALIAS")


def function_names(function: str) -> tuple[str, ...]:
    """What a function may be called in the map, the most exact first: as written, without alias or version, its bare name."""
    written = function.strip()
    parts = written.split(":")
    if "function" in parts[:-1]:
        at = parts.index("function") + 1
        found = [written, ":".join(parts[: at + 1]), parts[at]]
    else:
        found = [written, parts[0]]
    return tuple(dict.fromkeys(name for name in found if name))


def lambda_of(target: str) -> tuple[str, str, str]:
    """Region (empty when it is not said), name and alias or version (empty: none) of a function of AWS Lambda."""
    if match := _FUNCTION_ARN.fullmatch(target):
        return match["region"], match["name"], match["alias"] or ""
    name, _, alias = target.partition(":")
    return "", name, alias


def lex_bot(arn: str) -> tuple[str, str, str]:
    """Region, bot id and alias id of a bot of Amazon Lex V2. BadInput when it is no ARN of an alias."""
    match = _BOT_ARN.fullmatch(arn)
    if match is None:
        raise BadInput(what=f"The bot {arn!r}", why="it is not the ARN of an alias of Amazon Lex V2")
    return match["region"], match["bot"], match["alias"]
