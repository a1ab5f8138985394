"""Who may know a key that a caller presses."""

from enum import IntEnum


class Secrecy(IntEnum):
    """The more, the more secret."""

    OPEN = 0
    UNHEARD = 1
    """Nobody asks for it, and it may belong to an encrypted entry: it is thrown away."""
    KEPT = 2
    """It belongs to an encrypted entry: the flow learns that a key was pressed, not which."""
