"""Which phones of one node can be rung: what Asterisk tells of one phone is newer than a list that was asked for before."""


class Reachability:
    """`told` is for one phone; `looking` and `looked` are before and after a list of all phones is fetched."""

    def __init__(self) -> None:
        self._reachable: set[str] = set()
        self._told: dict[str, bool] = {}

    def told(self, phone: str, reachable: bool) -> bool:
        """True when it was not so before."""
        self._told[phone] = reachable
        if reachable == (phone in self._reachable):
            return False
        (self._reachable.add if reachable else self._reachable.discard)(phone)
        return True

    def looking(self) -> None:
        self._told.clear()

    def looked(self, reachable: frozenset[str]) -> frozenset[str]:
        """The list as it is now."""
        gone = {phone for phone, there in self._told.items() if not there}
        self._reachable = set((reachable | self._told.keys()) - gone)
        return frozenset(self._reachable)
