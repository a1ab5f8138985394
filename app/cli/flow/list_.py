"""`flow list`: the flows of this installation."""

from app.cli.flow.desk import JSON, at_desk, when
from app.cli.flow.group import group
from app.cli.output import print_json, print_table


@group.command("list")
def list_flows(as_json: bool = JSON) -> None:
    """Shows every flow: its type, the version that serves, and whether a draft waits to be published."""
    flows = at_desk(lambda flows: flows.list())
    if as_json:
        return print_json(flows)
    rows = [
        (
            flow.name,
            flow.type.value,
            flow.published_version or "never",
            when(flow.draft_ms),
            flow.draft_by,
            flow.flow_id,
        )
        for flow in flows
    ]
    return print_table(("Flow", "Type", "Published", "Draft of", "By", "Id"), rows, "There are no flows.")
