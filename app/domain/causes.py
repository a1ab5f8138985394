"""Why a call did not come about: Q.850 causes as agents and callers of the API read them."""

WORDS = {
    1: "the number is not in use",
    2: "there is no way to that network",
    3: "there is no way to that number",
    16: "the call was ended",
    17: "the line is busy",
    18: "nobody answered",
    19: "nobody answered",
    20: "the phone is switched off or out of reach",
    21: "the call was rejected",
    22: "the number has changed",
    27: "the other end is out of order",
    28: "the number is incomplete or not valid",
    34: "the trunk has no free line",
    38: "the network is out of order",
    41: "the network failed for the moment",
    42: "the network is overloaded",
    58: "the network does not carry such calls",
}
"""ITU-T Q.850, in plain words."""

TRUNK_FAILED = frozenset({3, 27, 34, 38, 41, 42, 44, 47, 127})
"""The trunk did not carry the call: another one may."""


def in_words(cause: int) -> str:
    return WORDS.get(cause, f"the call failed (cause {cause})")
