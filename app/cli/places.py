"""What `function` and `bot` share: the instance's map of them."""

import asyncio
from collections.abc import Awaitable, Callable

from app.cli.context import open_database, settings
from app.cli.output import print_json, print_table, say
from app.cli.running import tell_server
from app.config import Settings
from app.domain.place import KINDS, Place
from app.errors import BadInput
from app.integrations.integrations import Integrations
from app.store.repositories.places import Places


def read_map() -> tuple[Place, ...]:
    with open_database(settings()) as database:
        return asyncio.run(Places(database).all())


def change_map(work: Callable[[Places], Awaitable[None]]) -> None:
    """Changes the map, on the running server too."""
    chosen = settings()
    with open_database(chosen) as database:

        async def act() -> None:
            await work(Places(database))

        asyncio.run(act())
    tell_server(chosen)


def show_map(kind: str, files: tuple[str, ...], *, as_json: bool) -> None:
    """The lines of the map and the files that need none."""
    places = [place for place in read_map() if place.kind == kind]
    if as_json:
        shown = [
            {"called": place.called, "where": place.where, "target": place.target, "signed": bool(place.secret)}
            for place in places
        ]
        return print_json({"map": shown, "files": files})
    named = {place.called for place in places}
    own = "python" if "python" in KINDS[kind] else "file"
    rows = [(place.called, place.where, place.target, "yes" if place.secret else "") for place in places]
    rows += [(name, own, name, "") for name in files if name not in named]
    return print_table((kind.capitalize(), "Where", "What", "Signed"), rows, f"There are no {kind}s.")


def map_place(place: Place | None, kind: str, called: str) -> None:
    """Writes a line of the map, or removes it when there is no place."""

    async def work(places: Places) -> None:
        await (places.save(place) if place else places.delete(kind, called))

    change_map(work)
    if place is None:
        say(f"{called} is no longer in the map of {kind}s.")
    else:
        say(f"{called} is {place.target}, {KINDS[kind][place.where]}.")


def read_target(kind: str, called: str, target: str, secret: str = "") -> Place:
    """`https://...`, `lambda:NAME`, `lex:ARN`, or a file's name. BadInput says what is wrong with it."""
    if target.startswith(("https://", "http://")) and "https" in KINDS[kind]:
        return Place(kind, called, "https", target, secret)
    if secret:
        raise BadInput(what="The secret", why="only what is sent to an address is signed")
    scheme, colon, rest = target.partition(":")
    if target.startswith("arn:"):
        scheme, rest = ("lambda" if "lambda" in KINDS[kind] else "lex"), target
    elif not colon:
        scheme, rest = ("python" if "python" in KINDS[kind] else "file"), target
    return Place(kind, called, scheme, rest)


def integrations_of(chosen: Settings, places: tuple[Place, ...]) -> Integrations:
    """What the server would ask, in this process. Made on the event loop."""
    made = Integrations(
        chosen.var,
        networks=chosen.function_networks,
        plain_http=chosen.function_plain_http,
        memory_bytes=chosen.function_memory_mb * 1_048_576,
    )
    made.know(places)
    return made
