"""`flow versions`: what was published, when and by whom."""

from app.cli.flow.desk import JSON, NAME, at_desk, when
from app.cli.flow.group import group
from app.cli.output import print_json, print_table


@group.command("versions")
def versions(name: str = NAME, as_json: bool = JSON) -> None:
    """Shows a flow's published versions, newest first."""
    found = at_desk(lambda flows: flows.versions(name))
    if as_json:
        return print_json(found)
    rows = [
        (
            each.version,
            when(each.published_ms),
            each.published_by,
            f"version {each.restored_from} again" if each.restored_from else "",
        )
        for each in found
    ]
    return print_table(("Version", "Published", "By", ""), rows, f"{name} was never published.")
