"""`doctor`: examines a live system, tells what is wrong with it in words, and what to do."""

import asyncio
from collections.abc import AsyncIterator, Callable

import typer

from app.cli.context import settings
from app.cli.doctor import asterisk, certificates, lines, machine, network, server, storage
from app.cli.doctor.examined import Examined, gather
from app.cli.findings import OK, Finding, error, exit_code
from app.cli.output import print_json, say
from app.config import Settings

EXAMINATIONS: dict[str, Callable[[Examined], AsyncIterator[Finding]]] = {
    "server": server.server,
    "ports": network.ports,
    "NAT": network.addresses,
    "RTP": network.rtp_range,
    "certificates": certificates.certificates,
    "Asterisk": asterisk.installed,
    "running": asterisk.running,
    "configuration": asterisk.configuration,
    "ARI": asterisk.ari,
    "AMI": asterisk.ami,
    "trunks": lines.trunks,
    "phones": lines.phones,
    "disk": machine.disk,
    "clock": machine.clock,
    "open files": machine.open_files,
    "database": storage.database,
    "journal": storage.journal,
    "speech": machine.speech,
    "time zones": machine.time_zones,
}
"""Everything that is looked at, in this order."""


def add_to(application: typer.Typer) -> None:
    application.command("doctor")(doctor)


def doctor(
    as_json: bool = typer.Option(False, "--json", help="For machines."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Only what is not well."),
) -> None:
    """Examines the installation: ports, NAT, certificates, Asterisk, trunks, phones, disk, clock. Exit code 0, 1 (warnings), 2 (errors)."""
    findings = asyncio.run(_examine(settings()))
    shown = [finding for finding in findings if not (quiet and finding.severity == OK)]
    if as_json:
        print_json(shown)
    else:
        for finding in shown:
            say(finding.sentence)
    raise typer.Exit(exit_code(findings))


async def _examine(chosen: Settings) -> list[Finding]:
    examined = await gather(chosen)
    findings: list[Finding] = []
    try:
        for area, examine in EXAMINATIONS.items():
            findings += await examination(area, examine, examined)
    finally:
        if examined.database is not None:
            examined.database.close()
    return findings


async def examination(
    area: str, examine: Callable[[Examined], AsyncIterator[Finding]], examined: Examined
) -> list[Finding]:
    """What one examination finds. One that fails is a finding too: the others go on."""
    findings: list[Finding] = []
    try:
        async for finding in examine(examined):
            findings.append(finding)
    except Exception as reason:
        words = f"it could not be examined ({type(reason).__name__}: {reason})."
        findings.append(error(area, words, "Please report this."))
    return findings
