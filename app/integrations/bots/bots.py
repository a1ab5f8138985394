"""Where a bot lives and how it is asked: the map of the instance, then the file of its name."""

from collections.abc import Awaitable, Iterable
from typing import Protocol

from app.calls.ports import NotAnswered
from app.domain.events import BotReplied
from app.domain.place import BOT, Place
from app.domain.questions import AskBot
from app.integrations.bots.files import FileBots


class Speaker(Protocol):
    """How bots of one sort are asked: one turn of a talk at a time.

    The reply's `dialog` is handed back with the next question, so a speaker needs to remember nothing; NotAnswered when the bot
    cannot be asked. `AskBot` and `BotReplied` say the rest.
    """

    def ask(self, target: str, question: AskBot) -> Awaitable[BotReplied]: ...


class MapOfBots:
    """`calls.ports.Bots`. `speakers` says who asks each sort of place that is not a file."""

    def __init__(self, files: FileBots, speakers: dict[str, Speaker]) -> None:
        self.files = files
        self._speakers: dict[str, Speaker] = {"file": files, **speakers}
        self._places: dict[str, Place] = {}

    def know(self, places: Iterable[Place]) -> None:
        """Takes over the map."""
        self._places = {place.called: place for place in places if place.kind == BOT}

    def place(self, bot: str, name: str = "") -> Place:
        """Where the bot lives: by ARN or name as written, by its display name, by the file of either. NotAnswered when nobody knows."""
        for called in (bot, name):
            if called in self._places:
                return self._places[called]
        for called in (bot, name):
            if self.files.has(called):
                return Place(BOT, called, "file", called)
        shown = f"{name} ({bot})" if name and name != bot else bot
        raise NotAnswered(who=f"The bot {shown}", why="the map of bots has no such name, and the folder no such file")

    async def ask(self, question: AskBot) -> BotReplied:
        place = self.place(question.bot, question.name)
        return await self._speakers[place.where].ask(place.target, question)
