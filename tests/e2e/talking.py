"""A centre for calls of more than two: who is in it, what they say, and how a test hears and asks."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.domain.instance import FlowType
from app.telephony.install import TestTools
from tests.e2e.conftest import ALICE_HZ, BOB_HZ, CALLER_HZ
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import RATE, Baresip, dial, trunk_caller
from tests.rig.blocks import call_back, call_number
from tests.rig.contents import action
from tests.rig.listening import goes_on
from tests.rig.softphone import Softphone
from tests.rig.waiting import until

FAR_ADDRESS, FAR_NUMBER, FAR_HZ = "127.0.0.3", "+12065550111", 1600.0
DIRECT, FAR_AND_BACK, CALL_BACK = "+12025550101", "+12025550102", "+12025550103"
CAROL_HZ, HOLD_HZ, BACK_HZ, WHISPER_HZ, AGENT_HOLD_HZ = 1850.0, 700.0, 2150.0, 850.0, 2400.0
VOICES = {
    "caller": CALLER_HZ,
    "alice": ALICE_HZ,
    "bob": BOB_HZ,
    "carol": CAROL_HZ,
    "far": FAR_HZ,
    "hold": HOLD_HZ,
    "agent hold": AGENT_HOLD_HZ,
    "back": BACK_HZ,
}
SALES = {"QueueId": "arn:trunkline:connect::instance/default/queue/sales"}
EAR_S = 0.6

to_queue = contents.flow(
    "direct",
    [
        contents.RECORD | {"Transitions": {"NextAction": "Sales", "Errors": [], "Conditions": []}},
        action("Sales", "UpdateContactTargetQueue", SALES, "Wait", NoMatchingError="Hang up"),
        action("Wait", "TransferContactToQueue", {}, "Hang up", QueueAtCapacity="Hang up", NoMatchingError="Hang up"),
        contents.HANG_UP,
    ],
    number=DIRECT,
)
to_number = contents.flow(
    "far and back",
    [
        call_number("Call", FAR_NUMBER, "Back", timeout_s=20),
        contents.play("Back", "back", "Hang up"),
        contents.HANG_UP,
    ],
    number=FAR_AND_BACK,
)
callback = contents.flow(
    "call back", [*call_back(FAR_NUMBER, SALES, "Hang up", delay_s=1), contents.HANG_UP], number=CALL_BACK
)


def looping(flow_id: str, prompt_id: str, type_: FlowType) -> contents.Fill:
    """The default flow of its type, which plays a prompt over and over."""
    messages = [{"PromptId": f"arn:trunkline:connect::instance/default/prompt/{prompt_id}"}]
    loop = action("Loop", "MessageParticipantIteratively", {"Messages": messages})
    return contents.flow(flow_id, [loop], type_, default=True)


hold = looping("hold", "hold", FlowType.CUSTOMER_HOLD)
outbound = contents.flow(
    "outbound", [contents.play("Tone", "whisper", "End"), contents.END], FlowType.OUTBOUND_WHISPER, default=True
)


def far_phone(
    tools: TestTools, number: str = FAR_NUMBER, *, address: str = FAR_ADDRESS, tone_hz: float = FAR_HZ
) -> Baresip:
    """Somebody in the telephone network, behind the second trunk."""
    return trunk_caller(tools, number, address=address, tone_hz=tone_hz)


@contextmanager
def talking_centre(far: Baresip, *more: contents.Fill) -> Iterator[ApplicationRig]:
    """The demo, two agents, a second trunk whose far end is there before Asterisk asks for it, and what else a module needs."""
    with ApplicationRig() as rig:
        rig.fill(
            contents.demo,
            contents.trunk,
            contents.far_trunk(FAR_ADDRESS, far.sip_port, shown=DIRECT),
            contents.agents(["alice", "bob"], ring_timeout_s=15, after_contact_work_s=1),
            contents.tone_prompt("hold", HOLD_HZ, 3.0),
            contents.tone_prompt("back", BACK_HZ, 3.0),
            contents.tone_prompt("whisper", WHISPER_HZ, 1.0),
            to_queue,
            to_number,
            callback,
            hold,
            outbound,
            *more,
        )
        rig.start()
        rig.wait_trunk("far")
        yield rig
        rig.check()


def hears(phone: Baresip | Softphone) -> set[str]:
    """Whose tones were in a phone's ear in the last moments. A phone program that crashed says so."""
    if isinstance(phone, Softphone):
        return phone.hears(VOICES, EAR_S)
    phone.wait_established()
    heard = phone.heard()[-int(RATE * EAR_S) :]
    return {name for name, hz in VOICES.items() if goes_on(heard, hz)}


def until_hears(**expected: tuple[Baresip | Softphone, set[str]]) -> None:
    """Waits until each phone hears exactly these, and then that it stays so."""

    def so() -> bool:
        return all(hears(phone) == voices for phone, voices in expected.values())

    def tell() -> str:
        return str({name: hears(phone) for name, (phone, _) in expected.items()})

    until(so, f"{ {name: voices for name, (_, voices) in expected.items()} }", 10, every_s=0.1, tell=tell)
    time.sleep(0.7)
    assert so(), tell()


def ask(
    centre: ApplicationRig, wish: str, details: dict[str, object] | None = None, *, agent: str = "alice"
) -> dict[str, Any]:
    """What Alice, or another agent, wants with her call; how the contact stands then."""
    contact_id = centre.agent(agent)["contact_id"]
    answered = centre.api("POST", f"/api/contacts/{contact_id}/{wish}", details or {}, agent=agent)
    return answered["contact"] or {}


def handed_over(centre: ApplicationRig, first: str, *agents: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The records of a customer who went from one agent to another: a pair that names one another."""
    before = centre.wait_record(first)
    after = centre.wait_record(before["NextContactId"])
    assert (before["Agent"]["Username"], after["Agent"]["Username"]) == agents
    chain = (after["InitiationMethod"], after["PreviousContactId"], after["InitialContactId"])
    assert chain == ("TRANSFER", first, first)
    return before, after


def keys(phone: Baresip) -> str:
    """The keys that the phone was sent."""
    return "".join(seen.details["param"] for seen in phone.seen if seen.what == "CALL_DTMF_START")


def talk(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> str:
    """The caller talks with Alice; the contact's id."""
    rung = len(alice.times("CALL_INCOMING"))
    dial(caller, DIRECT, centre.sip_port)
    alice.wait_ringing(times=rung + 1)
    alice.answer()
    return str(centre.wait_contact("connected")["contact_id"])


def answer(phone: Baresip, times: int) -> None:
    """Answers the phone's nth call."""
    phone.wait_ringing(15, times)
    phone.answer()
