"""`flow import`: an exported flow becomes a draft of this installation."""

from pathlib import Path

import typer

from app.calls.publishing import Publishing
from app.cli.flow.desk import BY, at_desk, complain_of, read_file
from app.cli.flow.group import group
from app.cli.output import say
from app.domain.instance import FlowType


@group.command("import")
def import_flow(
    file: Path = typer.Argument(help="An exported flow, in either format."),
    name: str = typer.Option("", help="Its name here; else the one in the file."),
    replace: str = typer.Option("", "--as", metavar="FLOW", help="The flow to import it over, by name or id."),
    flow_type: FlowType | None = typer.Option(None, "--type", help="Its type, where the file names none."),
    publish: bool = typer.Option(False, "--publish", help="Publish it at once."),
) -> None:
    """Saves a flow as a draft, and tells what keeps it from being published."""
    text = read_file(file)

    async def work(flows: Publishing) -> None:
        saved = await flows.import_flow(
            text, by=BY, name=name, file_name=file.stem, replace=replace, flow_type=flow_type
        )
        complain_of(saved.findings)
        say(f"{saved.flow.name} ({saved.flow.flow_id}) is saved as a draft.")
        if publish:
            versions = await flows.publish(saved.flow.flow_id, by=BY)
            say(f"{saved.flow.name} is published as version {versions[saved.flow.flow_id]}.")

    at_desk(work, changes=publish)
