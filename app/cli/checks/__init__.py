"""What `check` looks at. Each check yields one sentence a finding, and nothing when all is well."""

from collections.abc import Callable, Iterator

from app.cli.checks.blocks import unfinished_blocks
from app.cli.checks.configuration import dangerous_configuration
from app.cli.checks.shipped import faulty_flows
from app.cli.checks.source import faulty_source
from app.cli.checks.tables import incomplete_owners, incomplete_transitions
from app.cli.checks.web import faulty_templates, undeclared_web_routes

CHECKS: dict[str, Callable[[], Iterator[str]]] = {
    "owners": incomplete_owners,
    "transitions": incomplete_transitions,
    "blocks": unfinished_blocks,
    "flows": faulty_flows,
    "asterisk": dangerous_configuration,
    "templates": faulty_templates,
    "routes": undeclared_web_routes,
    "source": faulty_source,
}
