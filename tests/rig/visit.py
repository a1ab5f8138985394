"""One call into a flow, in a test's hands: which block it is in, the keys it presses, and when, on the clock of what it hears."""

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from app.telephony.audio import Samples
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, dial
from tests.rig.listening import tone_spans
from tests.rig.waiting import until

KEY_PAUSE_S = 0.25
FIRST_KEY_S = 0.4
"""From a block's start to the first key."""

LATE_PACKETS_S = 0.3
BUFFERED_S = 0.25


@dataclass(slots=True)
class Visit:
    """A caller who was answered. Moments are seconds since then: those of what was heard."""

    centre: ApplicationRig
    caller: Baresip
    contact_id: str
    answered_s: float

    @classmethod
    def begin(cls, centre: ApplicationRig, caller: Baresip, number: str) -> Self:
        """Calls the number; returns when the call is answered."""
        known = {contact["contact_id"] for contact in centre.contacts()}
        dial(caller, number, centre.sip_port)
        answered_s = caller.wait_established()
        contact_id: str = until(
            lambda: next((each["contact_id"] for each in centre.contacts() if each["contact_id"] not in known), None),
            "the contact",
        )
        return cls(centre, caller, contact_id, answered_s)

    @property
    def contact(self) -> dict[str, Any]:
        """The contact as the status page shows it; empty when it is finished."""
        found = (each for each in self.centre.contacts() if each["contact_id"] == self.contact_id)
        return next(found, {})

    def now_s(self) -> float:
        return time.time() - self.answered_s

    def at(self, block: str, timeout_s: float = 15.0) -> float:
        """The moment, once the contact is in this block."""
        until(lambda: self.contact.get("block") == block, f"block {block}", timeout_s, tell=self._whereabouts)
        return self.now_s()

    def is_now(self, state: str, timeout_s: float = 15.0) -> float:
        """The moment, once the contact is in this state: `in queue`, `connected`."""
        until(lambda: self.contact.get("state") == state, f"the contact is {state}", timeout_s, tell=self._whereabouts)
        return self.now_s()

    def press(self, keys: str, block: str = "") -> float:
        """Presses keys, in this block when it names one; the moment of the first."""
        if block:
            self.at(block)
            time.sleep(FIRST_KEY_S)
        first_s = self.now_s()
        for number, key in enumerate(keys):
            if number:
                time.sleep(KEY_PAUSE_S)
            self.caller.press(key)
        return first_s

    def ended(self, timeout_s: float = 20.0) -> dict[str, Any]:
        """The contact trace record, once the call is over."""
        self.caller.wait_ended(timeout_s)
        return self.centre.wait_record(self.contact_id)

    def hang_up(self) -> dict[str, Any]:
        self.caller.hang_up()
        return self.ended()

    def heard(self) -> Samples:
        return self.caller.heard()

    def steps(self) -> list[tuple[str, str]]:
        """The blocks that the contact went through, each with the branch it was left by."""
        return [
            (entry["what"], entry["result"]) for entry in self.centre.trace(self.contact_id) if entry["kind"] == "block"
        ]

    def tones(self, *hertz: float) -> list[float]:
        """Which of these tones were heard, in their order; one that was heard twice is there twice."""
        heard = self.heard()
        return [hz for _, hz in sorted((start_s, hz) for hz in hertz for start_s in _beginnings(heard, hz))]

    def _whereabouts(self) -> str:
        contact = self.contact
        with suppress(AssertionError):
            return f"{contact or self.centre.trace(self.contact_id)}\n{self.centre.log()[-2000:]}"
        return f"{contact}\n{self.centre.log()[-2000:]}"


def _beginnings(heard: Samples, hz: float) -> list[float]:
    """When the tone began, each time. A short gap is a packet that came late on a busy machine; a short tone is the rest of an
    earlier one, which stays in a phone's buffer while nothing is sent."""
    begun: list[float] = []
    silent_since_s = -LATE_PACKETS_S
    for start_s, until_s in tone_spans(heard, hz):
        fresh = start_s - silent_since_s >= LATE_PACKETS_S
        silent_since_s = until_s
        if fresh and until_s - start_s > BUFFERED_S:
            begun.append(start_s)
    return begun
