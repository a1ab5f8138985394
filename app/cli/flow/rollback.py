"""`flow rollback`: an older version serves again."""

import typer

from app.calls.publishing import Publishing
from app.cli.flow.desk import BY, NAME, at_desk
from app.cli.flow.group import group
from app.cli.output import say


@group.command("rollback")
def rollback(
    name: str = NAME, version: int = typer.Argument(min=1, help="The version to bring back; see `flow versions`.")
) -> None:
    """Publishes an older version again, as a new one. A draft stays as it is."""

    async def work(flows: Publishing) -> None:
        new = await flows.rollback(name, version, by=BY)
        say(f"Version {version} of {name} is published again, as version {new}.")

    at_desk(work, changes=True)
