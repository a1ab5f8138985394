"""Trunks and phones, as Asterisk and the carriers' own servers know them."""

import asyncio
from collections.abc import AsyncIterator

from app.cli.doctor.examined import Examined
from app.cli.findings import Finding, ok, warning
from app.cli.trunk_probe import trunk_findings
from app.errors import Unavailable
from app.telephony.dialling import ROBOT
from app.telephony.node import console


async def trunks(examined: Examined) -> AsyncIterator[Finding]:
    """Every enabled trunk: its name, its port, its registration."""
    enabled = [trunk for trunk in examined.trunks if trunk.enabled]
    if not enabled:
        yield ok("trunks", "there is none; calls come from phones only. `python -m app trunk add` connects one.")
    for findings in await asyncio.gather(*(trunk_findings(trunk, examined.settings) for trunk in enabled)):
        for finding in findings:
            yield finding


async def phones(examined: Examined) -> AsyncIterator[Finding]:
    """Every phone has a contact that answers."""
    people = [phone for phone in examined.phones if not phone.name.startswith(ROBOT)]
    if not people:
        yield warning("phones", "there is none.", "`python -m app phone add NAME` makes one.")
        return
    try:
        said = (await console.command(examined.layout.control_socket, "pjsip show contacts")).text
    except Unavailable:
        yield warning("phones", "Asterisk does not run, so none is registered.", "Start it with `make run`.")
        return
    states = contact_states(said)
    for phone in people:
        area, state = f"phone {phone.name}", states.get(phone.name)
        if state in ("Avail", "NonQual"):
            yield ok(area, "it is registered and answers." if state == "Avail" else "it is registered.")
        elif state is None:
            remedy = "Its log-in is shown by `python -m app phone list --secrets`."
            yield warning(area, "it is not registered.", remedy)
        else:
            yield warning(area, "it is registered but does not answer.", "Is it switched off, or behind a firewall?")


def contact_states(text: str) -> dict[str, str]:
    """Asterisk's word for the state of each endpoint's contact, from `pjsip show contacts`."""
    states = {}
    for line in text.splitlines():
        fields = line.split()
        if len(fields) > 3 and fields[0] == "Contact:" and "/" in fields[1]:
            states[fields[1].partition("/")[0]] = fields[3]
    return states
