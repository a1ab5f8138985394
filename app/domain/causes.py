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
    29: "the call was rejected",
    34: "the trunk has no free line",
    38: "the network is out of order",
    41: "the network failed for the moment",
    42: "the network is overloaded",
    44: "the trunk has no free line",
    50: "the trunk does not allow such calls",
    52: "the trunk does not allow such calls",
    57: "the trunk does not allow such calls",
    58: "the other end does not understand our sound",
    63: "the network does not carry such calls",
    65: "the other end does not understand our sound",
    79: "the network does not carry such calls",
    88: "the other end does not understand our sound",
    102: "the network did not answer in time",
    111: "the trunk did not understand the call",
    127: "the trunk did not carry the call",
}
"""ITU-T Q.850, in plain words. Which SIP answer is which cause is Asterisk's choice: 404 is 1, 486 and 600 are 17, 480 is 19, 403 and
603 are 21, 484 is 28, 503 is 34, 500 is 38, 488 is 58."""

TRUNK_FAILED = frozenset({3, 27, 34, 38, 41, 42, 44, 47, 127})
"""The trunk did not carry the call: another one may."""


def in_words(cause: int) -> str:
    """Why, as the rest of a sentence."""
    return WORDS.get(cause, f"the call failed (cause {cause})")
