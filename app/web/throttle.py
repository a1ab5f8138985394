"""Slows down guessing of passwords: failures are counted by address and by user over a sliding span."""

from collections import OrderedDict, deque

from app.clock import Clock
from app.errors import TrunklineError

SPAN_MS = 5 * 60 * 1000
BY_ADDRESS = 10
BY_USER = 30
REMEMBERED = 10_000
"""How many addresses and users are remembered at most; the longest unseen is forgotten first."""


class TooManyAttempts(TrunklineError):
    """Too many sign-ins failed. Try again in {wait_s} seconds."""

    status = 429

    def __init__(self, *, wait_s: int) -> None:
        super().__init__(wait_s=wait_s)
        self.wait_s = wait_s


class Throttle:
    """Failures of the last five minutes. A user is allowed more of them than an address, so that nobody is easily locked out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], deque[int]] = OrderedDict()

    def check(self, address: str, username: str) -> None:
        """TooManyAttempts while either has used up its failures."""
        wait_ms = max(
            self._wait_ms(("address", address), BY_ADDRESS),
            self._wait_ms(("user", username.casefold()), BY_USER),
        )
        if wait_ms > 0:
            raise TooManyAttempts(wait_s=wait_ms // 1000 + 1)

    def failed(self, address: str, username: str) -> None:
        for key in (("address", address), ("user", username.casefold())):
            self._failures.setdefault(key, deque(maxlen=BY_USER)).append(self._clock.now_ms())
            self._failures.move_to_end(key)
        while len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, address: str) -> None:
        self._failures.pop(("address", address), None)

    def _wait_ms(self, key: tuple[str, str], allowed: int) -> int:
        failures = self._failures.get(key)
        now_ms = self._clock.now_ms()
        while failures and failures[0] <= now_ms - SPAN_MS:
            failures.popleft()
        if not failures or len(failures) < allowed:
            return 0
        return failures[-allowed] + SPAN_MS - now_ms
