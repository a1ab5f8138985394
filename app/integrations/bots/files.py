"""Bots of the instance's folder `bots`."""

import datetime
from collections.abc import Callable
from pathlib import Path

import msgspec

from app.calls.ports import NotAnswered
from app.domain.events import BotReplied
from app.domain.place import FILE_NAME
from app.domain.questions import AskBot
from app.errors import BadInput
from app.integrations.bots.definition import Bot, read_bot
from app.integrations.bots.dialog import Dialog, read_dialog, take_turn

ENDINGS = (".yaml", ".yml", ".json")


class FileBots:
    """Reads a file again when it has changed."""

    def __init__(self, folder: Path, today: Callable[[], datetime.date] = datetime.date.today) -> None:
        self._folder, self._today = folder, today
        self._read: dict[Path, tuple[tuple[int, int], Bot]] = {}

    def names(self) -> tuple[str, ...]:
        """The files there are."""
        found = self._folder.iterdir() if self._folder.is_dir() else ()
        return tuple(sorted({path.stem for path in found if path.suffix in ENDINGS and FILE_NAME.fullmatch(path.stem)}))

    def has(self, name: str) -> bool:
        return self._path(name) is not None

    def bot(self, name: str) -> Bot:
        """NotAnswered when there is no such file, or when it cannot be used."""
        path = self._path(name)
        if path is None:
            raise NotAnswered(who=f"The bot {name}", why=f"there is no file {self._folder / name}.yaml")
        state = path.stat()
        stamp = (state.st_mtime_ns, state.st_size)
        kept = self._read.get(path)
        if kept is None or kept[0] != stamp:
            try:
                kept = self._read[path] = (stamp, read_bot(path))
            except BadInput as error:
                raise NotAnswered(who=f"The bot {name}", why=str(error).removesuffix(".")) from None
        return kept[1]

    async def ask(self, name: str, question: AskBot) -> BotReplied:
        """The bot's next turn."""
        bot = self.bot(name)
        turn = take_turn(bot, _remembered(bot, question), question.text, self._today())
        return BotReplied(
            question.contact_id,
            question.invocation_id,
            turn.state,
            turn.message,
            turn.dialog.intent,
            turn.dialog.slots,
            question.session_attributes,
            turn.dialog.as_json(),
            turn.dialog.slot,
            turn.keys,
        )

    def _path(self, name: str) -> Path | None:
        if not FILE_NAME.fullmatch(name):
            return None
        found = (self._folder / f"{name}{ending}" for ending in ENDINGS)
        return next((path for path in found if path.is_file()), None)


def _remembered(bot: Bot, question: AskBot) -> Dialog:
    """What the bot remembers of the talk; nothing when its file has changed so much that it means nothing any more."""
    try:
        dialog = read_dialog(question.dialog)
    except msgspec.ValidationError:
        return Dialog()
    intent = bot.intents.get(dialog.intent)
    known = intent is not None and (not dialog.slot or dialog.slot in intent.slots)
    return dialog if known or not dialog.intent else Dialog()
