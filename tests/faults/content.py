"""What the fault tests call: an endless menu, a queue, agents who talk for as long as they are let, and a number that only says a word."""

from collections.abc import Sequence

from app.domain.lines import Phone
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.contents import Fill, action, play

MENU_NUMBER = "+12025550110"
"""Speaks for ever."""
QUEUE_NUMBER = "+12025550111"
"""Recorded, straight to the queue of sales."""
HELLO_NUMBER = "+12025550112"
"""One word, then silence until the caller hangs up."""
CALLER_HZ, AGENT_HZ = 440.0, 1000.0
SALES = {"QueueId": "arn:trunkline:connect::instance/default/queue/sales"}

endless_menu = contents.flow("endless_menu", [play("Say", "words", "Say")], number=MENU_NUMBER)
straight_to_queue = contents.flow(
    "straight_to_queue",
    [
        contents.RECORD | {"Transitions": {"NextAction": "Sales", "Errors": [], "Conditions": []}},
        action("Sales", "UpdateContactTargetQueue", SALES, "Transfer", NoMatchingError="Hang up"),
        action(
            "Transfer", "TransferContactToQueue", {}, "Hang up", QueueAtCapacity="Hang up", NoMatchingError="Hang up"
        ),
        contents.HANG_UP,
    ],
    number=QUEUE_NUMBER,
)
hello = contents.flow("hello", [play("Hello", "hello", "Words"), play("Words", "words", "Words")], number=HELLO_NUMBER)


def agents_phones(count: int, prefix: str = "agent") -> list[Phone]:
    return [contents.phone_of(f"{prefix}{number:03d}") for number in range(count)]


def fault_content(phones: Sequence[Phone], later: Sequence[Phone] = ()) -> tuple[Fill, ...]:
    """The demo, the trunk, these phones' agents, and the numbers above. Agents who come `later` sign in by themselves."""
    return (
        contents.demo,
        contents.trunk,
        contents.agents([phone.name for phone in phones], ring_timeout_s=20, after_contact_work_s=1),
        contents.agents([phone.name for phone in later], after_contact_work_s=1, signs_in_by_phone=False),
        contents.tone_prompt("words", 700.0, 2.0),
        contents.tone_prompt("hello", 600.0, 0.5),
        endless_menu,
        straight_to_queue,
        hello,
    )


def hang_up_everybody(rig: ApplicationRig) -> None:
    """Ends every call in Asterisk, as if everybody had hung up."""
    for channel in rig.channels():
        rig.ari_delete(f"channels/{channel['id']}")


def waiting_in_order(rig: ApplicationRig) -> list[str]:
    """The contacts that wait, longest first."""
    waiting = [contact for contact in rig.contacts() if contact["state"] == "in queue"]
    return [contact["contact_id"] for contact in sorted(waiting, key=lambda contact: contact["initiated_ms"])]
