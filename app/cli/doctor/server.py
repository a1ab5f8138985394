"""The server itself: its process, and whether its web port answers."""

from collections.abc import AsyncIterator

from app.cli.doctor.examined import Examined
from app.cli.findings import Finding, error, ok
from app.cli.running import web_address


async def server(examined: Examined) -> AsyncIterator[Finding]:
    address = web_address(examined.settings)
    if examined.server is None:
        calls = "; callers hear music until it is back" if examined.asterisk is not None else ""
        yield error("server", f"it does not run{calls}.", "Start it with `make run`.")
    elif not examined.server_answers:
        words = f"process {examined.server} runs, but does not answer at {address}."
        yield error("server", words, f"See {examined.layout.log.parent}; restart it.")
    else:
        yield ok("server", f"it runs (process {examined.server}) and answers at {address}.")
