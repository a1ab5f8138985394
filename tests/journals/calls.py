"""The calls that are recorded: each a short story on a real Asterisk with real phones."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.telephony.install import TestTools
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, desk_phone, trunk_caller
from tests.rig.contents import NUMBER, Fill
from tests.rig.visit import Visit


@dataclass(frozen=True, slots=True)
class Story:
    """What an installation holds, and what happens on it."""

    about: str
    contents: tuple[Fill, ...]
    play: Callable[[ApplicationRig, TestTools], None]


@contextmanager
def agent(rig: ApplicationRig, tools: TestTools, name: str) -> Iterator[Baresip]:
    """The agent's phone, logged in and Available."""
    with desk_phone(tools, name, contents.secret_of(name), rig.sip_port) as phone:
        phone.wait_registered()
        rig.set_agent_status(name, "Available")
        rig.wait_agent(name, "idle", status="Available")
        yield phone


def _first_call(rig: ApplicationRig, tools: TestTools) -> None:
    with trunk_caller(tools) as caller, agent(rig, tools, "alice") as alice:
        rig.set_agent_status("alice", "Offline")
        visit = Visit.begin(rig, caller, NUMBER)
        visit.press("1", "Menu")
        visit.is_now("in queue")
        time.sleep(1.5)
        rig.set_agent_status("alice", "Available")
        alice.wait_ringing()
        alice.answer()
        visit.is_now("connected")
        time.sleep(1.0)
        visit.hang_up()


def _missed_call(rig: ApplicationRig, tools: TestTools) -> None:
    with trunk_caller(tools) as caller, agent(rig, tools, "alice") as alice, agent(rig, tools, "bob") as bob:
        visit = Visit.begin(rig, caller, NUMBER)
        visit.press("1", "Menu")
        alice.wait_ringing()
        bob.wait_ringing(10)
        bob.answer()
        visit.is_now("connected")
        bob.hang_up()
        visit.ended()


DEMO = (contents.demo, contents.trunk)
STORIES = {
    "first-call": Story(
        "A caller chooses from the menu, waits in a queue, talks with an agent and hangs up; both hear whispers, and it is recorded.",
        (*DEMO, contents.agents(["alice"], after_contact_work_s=1)),
        _first_call,
    ),
    "missed-call": Story(
        "An agent lets it ring; the next one answers and hangs up.",
        (*DEMO, contents.agents(["alice", "bob"], ring_timeout_s=2, after_contact_work_s=1)),
        _missed_call,
    ),
}
