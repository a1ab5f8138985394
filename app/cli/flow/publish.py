"""`flow publish`: drafts become versions that serve."""

import typer

from app.calls.publishing import Publishing
from app.cli.flow.desk import BY, at_desk, complain_of
from app.cli.flow.group import group
from app.cli.output import say
from app.domain.ids import FlowId


@group.command("publish")
def publish(
    names: list[str] = typer.Argument(help="Flows, by name or id; those that name one another are published together."),
    only_check: bool = typer.Option(False, "--check", help="Only tell what is in the way."),
) -> None:
    """Publishes drafts: calls that begin from now on take them, calls that go on keep what they began with."""

    async def work(flows: Publishing) -> None:
        complain_of(await flows.findings(*names))
        if only_check:
            return
        called = {flow.flow_id: flow.name for flow in await flows.list()}
        for flow_id, version in (await flows.publish(*names, by=BY)).items():
            say(f"{called[FlowId(flow_id)]} is published as version {version}.")

    at_desk(work, changes=not only_check)
