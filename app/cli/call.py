"""Placed here: a test call as a customer would make it."""

import typer


def add_to(application: typer.Typer) -> None: ...
