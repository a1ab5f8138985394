"""`flow publish`: drafts become versions that serve."""

import typer

from app.calls.publishing import Publishing
from app.cli.flow.desk import BY, at_desk, complain_of
from app.cli.flow.group import group
from app.cli.output import say


@group.command("publish")
def publish(
    names: list[str] = typer.Argument(help="Flows, by name or id; those that name one another are published together."),
    only_check: bool = typer.Option(False, "--check", help="Only tell what is in the way."),
) -> None:
    """Publishes drafts: calls that begin from now on take them, calls that go on keep what they began with."""

    async def work(flows: Publishing) -> None:
        for name in names:
            complain_of(await flows.findings(name))
        if only_check:
            return
        versions = await flows.publish(*names, by=BY)
        for name, version in zip(names, versions.values(), strict=False):
            say(f"{name} is published as version {version}.")

    at_desk(work, changes=not only_check)
