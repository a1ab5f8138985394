"""`check`: what must hold of the code and of what ships with it, beyond what type checkers and tests see."""

import typer

from app.cli.checks import CHECKS
from app.cli.output import complain, print_json, say


def add_to(application: typer.Typer) -> None:
    application.command("check")(check)


def check(as_json: bool = typer.Option(False, "--json", help="For machines.")) -> None:
    """Checks Trunkline itself: tables complete, blocks whole, flows publishable, configuration safe. One line a finding."""
    findings = {name: list(examine()) for name, examine in CHECKS.items()}
    count = sum(map(len, findings.values()))
    if as_json:
        print_json(findings)
    else:
        for name, lines in findings.items():
            for line in lines:
                complain(f"{name}: {line}")
        if not count:
            say(f"{len(CHECKS)} checks, nothing found.")
    raise typer.Exit(1 if count else 0)
