"""The group that the commands of `flow` join."""

import typer

group = typer.Typer(help="Contact flows: check, convert, try, test, import and publish them.", no_args_is_help=True)


@group.callback()
def flow() -> None:
    """Keeps the group a group, however many commands it has."""
