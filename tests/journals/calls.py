"""The calls that are recorded: each a short story on a real Asterisk with real phones."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from app.telephony.install import TestTools
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, desk_phone, dial, trunk_caller
from tests.rig.blocks import call_back, call_number, say
from tests.rig.contents import HANG_UP, NUMBER, Fill
from tests.rig.visit import Visit

FAR_ADDRESS, FAR_NUMBER = "127.0.0.5", "+12065550188"
OUTSIDE, CALLBACK = "+12025550131", "+12025550132"
SALES = {"QueueId": "sales"}


@dataclass(slots=True)
class Stage:
    """The phones of a story. They are there before the application starts, and hang up when the story is over."""

    rig: ApplicationRig
    tools: TestTools
    phones: ExitStack = field(default_factory=ExitStack)
    far: Baresip | None = None
    """Somebody in the telephone network behind the second trunk."""

    def caller(self) -> Baresip:
        return self.phones.enter_context(trunk_caller(self.tools))

    def agent(self, name: str) -> Baresip:
        """The agent's phone, logged in and Available."""
        phone = self.phones.enter_context(desk_phone(self.tools, name, contents.secret_of(name), self.rig.sip_port))
        phone.wait_registered()
        self.rig.set_agent_status(name, "Available")
        self.rig.wait_agent(name, "idle", status="Available")
        return phone


@dataclass(frozen=True, slots=True)
class Story:
    """What an installation holds, and what happens on it. `far`: a second trunk leads to somebody who answers by themselves."""

    about: str
    contents: tuple[Fill, ...]
    play: Callable[[Stage], None]
    far: bool = False


@contextmanager
def far_phone(tools: TestTools) -> Iterator[Baresip]:
    account = f"<sip:{FAR_NUMBER}@{FAR_ADDRESS}:{{phone.sip_port}}>;regint=0;answermode=auto;audio_codecs=PCMA/8000/1"
    with Baresip(tools, account, FAR_ADDRESS) as phone:
        yield phone


def _first_call(stage: Stage) -> None:
    caller, alice = stage.caller(), stage.agent("alice")
    stage.rig.set_agent_status("alice", "Offline")
    visit = Visit.begin(stage.rig, caller, NUMBER)
    visit.press("1", "Menu")
    visit.is_now("in queue")
    time.sleep(1.5)
    stage.rig.set_agent_status("alice", "Available")
    alice.wait_ringing()
    alice.answer()
    visit.is_now("connected")
    time.sleep(1.0)
    visit.hang_up()


def _missed_call(stage: Stage) -> None:
    caller, alice, bob = stage.caller(), stage.agent("alice"), stage.agent("bob")
    visit = Visit.begin(stage.rig, caller, NUMBER)
    visit.press("1", "Menu")
    alice.wait_ringing()
    bob.wait_ringing(10)
    bob.answer()
    visit.is_now("connected")
    bob.hang_up()
    visit.ended()


def _consultation(stage: Stage) -> None:
    caller, alice = stage.caller(), stage.agent("alice")
    visit = Visit.begin(stage.rig, caller, NUMBER)
    visit.press("1", "Menu")
    alice.wait_ringing()
    alice.answer()
    visit.is_now("connected")
    bob = stage.agent("bob")
    stage.rig.api("POST", "/api/agents/alice/call/transfer", {"agent": "bob"})
    bob.wait_ringing()
    bob.answer()
    bob.wait_established()
    time.sleep(2.0)
    stage.rig.api("POST", "/api/agents/alice/call/join", {})
    time.sleep(0.5)
    stage.rig.api("POST", "/api/agents/alice/call/leave", {})
    alice.wait_ended()
    time.sleep(0.5)
    visit.hang_up()


def _outside_number(stage: Stage) -> None:
    visit = Visit.begin(stage.rig, stage.caller(), OUTSIDE)
    assert stage.far is not None
    stage.far.wait_established()
    time.sleep(1.0)
    stage.far.hang_up()
    visit.ended()


def _callback(stage: Stage) -> None:
    caller, alice = stage.caller(), stage.agent("alice")
    dial(caller, CALLBACK, stage.rig.sip_port)
    caller.wait_ended()
    alice.wait_ringing()
    alice.answer()
    stage.rig.wait_contact("connected")
    time.sleep(0.5)
    alice.hang_up()


DEMO = (contents.demo, contents.trunk)
ONE = (*DEMO, contents.agents(["alice"], after_contact_work_s=1))
TWO = (*DEMO, contents.agents(["alice", "bob"], ring_timeout_s=2, after_contact_work_s=1))
TO_NUMBER = contents.flow(
    "outside",
    [
        call_number("Call", FAR_NUMBER, "Back", timeout_s=5),
        say("Back", "Hang up", Text="Welcome back."),
        HANG_UP,
    ],
    number=OUTSIDE,
)
TO_CALLBACK = contents.flow("callback", [*call_back(FAR_NUMBER, SALES, "Hang up", delay_s=1), HANG_UP], number=CALLBACK)
STORIES = {
    "first-call": Story(
        "A caller chooses from the menu, waits in a queue, talks with an agent and hangs up; both hear whispers, and it is recorded.",
        ONE,
        _first_call,
    ),
    "missed-call": Story("An agent lets it ring; the next one answers and hangs up.", TWO, _missed_call),
    "consultation": Story(
        "An agent consults another one, makes it a conference and leaves; the customer stays with the second.",
        TWO,
        _consultation,
    ),
    "outside-number": Story(
        "A flow calls a number over the second trunk, which hangs up, and goes on.",
        (*DEMO, TO_NUMBER),
        _outside_number,
        far=True,
    ),
    "callback": Story(
        "A flow plans a callback: the agent's phone rings, then the customer is called.",
        (*ONE, TO_CALLBACK),
        _callback,
        far=True,
    ),
}
