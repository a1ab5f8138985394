"""Placed here: what a telecom engineer would check."""

import typer


def add_to(application: typer.Typer) -> None: ...
