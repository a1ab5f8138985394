"""What can go wrong between Asterisk and the application, as rules that a test or the simulator sets."""

import random
from dataclasses import dataclass, field
from typing import TypeVar

from app.domain.commands import TelephonyCommand
from app.domain.events import Event


@dataclass(slots=True)
class EventFault:
    """Happens to events of these kinds (empty: all) with `chance`, at most `times` times (None: always).

    `lose` drops the event. Otherwise it comes `delay_ms` later (a span: drawn evenly) and `copies` more times,
    each with a delay of its own; later events overtake it.
    """

    kinds: tuple[type, ...] = ()
    chance: float = 1.0
    times: int | None = None
    lose: bool = False
    copies: int = 0
    delay_ms: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class RequestFault:
    """Happens to commands of these kinds (empty: all) with `chance`, at most `times` times (None: always).

    The command waits `delay_ms`; with an `http_status` it is refused then. `carried_out` is the answer that got lost: it
    is done and refused all the same.
    """

    kinds: tuple[type, ...] = ()
    chance: float = 1.0
    times: int | None = None
    delay_ms: int = 0
    http_status: int = 0
    reason: str = "refused by a fault rule"
    carried_out: bool = False


Rule = TypeVar("Rule", EventFault, RequestFault)


@dataclass(slots=True)
class Faults:
    """The rules in force. The first that applies is taken; `seed` makes the chances repeatable."""

    events: list[EventFault] = field(default_factory=list)
    requests: list[RequestFault] = field(default_factory=list)
    seed: int = 0
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def deliveries(self, event: Event) -> list[int]:
        """After how many milliseconds this event is to be delivered: once each, not at all when empty."""
        rule = self._first(self.events, event)
        if rule is None:
            return [0]
        if rule.lose:
            return []
        return [self._random.randint(*rule.delay_ms) for _ in range(1 + rule.copies)]

    def request(self, command: TelephonyCommand) -> RequestFault | None:
        """The rule for this command, if any."""
        return self._first(self.requests, command)

    def clear(self) -> None:
        """From here on nothing goes wrong."""
        self.events.clear()
        self.requests.clear()

    def _first(self, rules: list[Rule], subject: object) -> Rule | None:
        for rule in rules:
            if rule.times == 0 or (rule.kinds and not isinstance(subject, rule.kinds)):
                continue
            if rule.chance < 1 and self._random.random() >= rule.chance:
                continue
            if rule.times is not None:
                rule.times -= 1
            return rule
        return None
