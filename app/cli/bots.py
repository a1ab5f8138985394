"""`bot`: whom Get customer input from a bot asks."""

import asyncio
import sys

import typer

from app.cli.context import settings
from app.cli.output import say
from app.cli.places import integrations_of, map_place, read_map, read_target, show_map
from app.domain.events import BotReplied
from app.domain.ids import ContactId, InvocationId
from app.domain.place import BOT
from app.domain.questions import AskBot
from app.errors import BadInput
from app.integrations.bots.files import FileBots

group = typer.Typer(help="Bots that callers talk to: files of the instance, Amazon Lex.", no_args_is_help=True)

OVER = ("Fulfilled", "ReadyForFulfillment", "Failed")


@group.command("list")
def list_bots(as_json: bool = typer.Option(False, "--json", help="For machines.")) -> None:
    """Shows the map of bots and the files of the folder `bots`."""
    show_map(BOT, FileBots(settings().var / "bots").names(), as_json=as_json)


@group.command("map")
def map_bot(
    called: str = typer.Argument(help="The bot's name or the ARN of its alias, as flows write it."),
    target: str = typer.Argument("", help="A file's name, or the ARN of an alias of Amazon Lex V2."),
    remove: bool = typer.Option(False, "--remove", help="Removes the line from the map."),
) -> None:
    """Says where a bot lives. A file of the bot's own name needs no line."""
    if remove == bool(target):
        raise BadInput(what="The command", why="give the place where the bot lives, or --remove")
    map_place(None if remove else read_target(BOT, called, target), BOT, called)


@group.command("talk")
def talk(
    called: str = typer.Argument(help="The bot's name or ARN."),
    turns: list[str] | None = typer.Argument(None, help="What the caller says or keys in; without it, standard input."),
) -> None:
    """Talks to a bot as a caller would, until it is done."""
    chosen, places = settings(), read_map()
    if turns is None and sys.stdin.isatty():
        say("(an empty line ends the talk)")

    async def converse() -> BotReplied:
        made = integrations_of(chosen, places)
        said = iter(turns if turns is not None else (line.strip() for line in sys.stdin))
        reply, text = None, ""
        try:
            while True:
                reply = await made.bots.ask(_question(called, text, reply))
                if reply.message:
                    say(f"bot: {reply.message}")
                if reply.state in OVER or not (text := next(said, "")):
                    return reply
                say(f"caller: {text}")
        finally:
            await made.close()

    last = asyncio.run(converse())
    slots = ", ".join(f"{name}={value}" for name, value in last.slots.items() if value is not None)
    say(f"{last.state} {last.intent} {slots}".strip())


def _question(called: str, text: str, before: BotReplied | None) -> AskBot:
    return AskBot(
        ContactId("talk"),
        InvocationId("talk.i1"),
        called,
        "",
        "",
        text,
        "talk",
        before.session_attributes if before else {},
        before.dialog if before else {},
    )
