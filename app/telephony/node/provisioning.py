"""From the instance's settings to an Asterisk that is configured so: render, write, and reload what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.lines import NetworkSettings, Trunk
from app.errors import Unavailable
from app.telephony.node.configuration import reloads_for, render, restart_needed, write_if_changed
from app.telephony.node.hardening import dangerous_findings
from app.telephony.node.layout import EnginePaths, Layout
from app.telephony.node.own_address import own_address
from app.telephony.node.secrets import NodeSecrets, load_or_create


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What was written, and what a running Asterisk needs for it to count. `restart`: files that are read only when it starts."""

    layout: Layout
    secrets: NodeSecrets
    changed: frozenset[str]
    reloads: tuple[str, ...]
    restart: tuple[str, ...]


def provision(
    settings: NetworkSettings, trunks: Sequence[Trunk], engine: EnginePaths, var: Path, node: str
) -> Provisioned:
    """Writes the node's configuration below `var`. BadInput for a value that cannot be written, Unavailable when the result is unsafe."""
    layout = Layout(var.resolve())
    layout.create()
    secrets = load_or_create(layout.var)
    files = render(settings, trunks, engine, layout.var, node, secrets, own_address(settings.bind_address))
    changed = write_if_changed(files, layout.etc)
    findings = dangerous_findings(layout.etc)
    if findings:
        raise Unavailable(what="Asterisk's configuration", why=findings[0], remedy="It was not loaded.")
    return Provisioned(layout, secrets, frozenset(changed), tuple(reloads_for(changed)), tuple(restart_needed(changed)))
