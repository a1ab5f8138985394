"""A circuit breaker: who keeps failing is left alone for a while, so that callers hear the error branch at once."""

from dataclasses import dataclass

FAILURES = 5
"""In a row, until the circuit opens."""
OPEN_S = 15.0


@dataclass(slots=True)
class Circuit:
    """One endpoint's. Times are seconds of any clock that only moves forward."""

    failures: int = 0
    open_until_s: float = 0.0

    def wait_s(self, now_s: float) -> float:
        """How long nobody is to ask any more; 0 when one may. The one who asks after the pause is the trial: others wait on."""
        if self.failures < FAILURES:
            return 0.0
        if now_s < self.open_until_s:
            return self.open_until_s - now_s
        self.open_until_s = now_s + OPEN_S
        return 0.0

    def succeeded(self) -> None:
        self.failures = 0

    def failed(self, now_s: float) -> None:
        self.failures += 1
        if self.failures >= FAILURES:
            self.open_until_s = now_s + OPEN_S
