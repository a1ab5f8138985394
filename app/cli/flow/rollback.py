"""`flow rollback`: an older version serves again."""

import typer

from app.cli.flow.desk import BY, NAME, at_desk
from app.cli.flow.group import group
from app.cli.output import say


@group.command("rollback")
def rollback(
    name: str = NAME, version: int = typer.Argument(min=1, help="The version to bring back; see `flow versions`.")
) -> None:
    """Publishes an older version again, as a new one. A draft stays as it is."""
    new = at_desk(lambda flows: flows.rollback(name, version, by=BY), changes=True)
    say(f"Version {version} of {name} is published again, as version {new}.")
