"""How Asterisk passes the sound between those who talk with one another."""

PASSED_ON = "mixing,proxy_media"
"""Between two, each packet's sound is passed on with its sender's own time in it: the cheapest way, and desk phones bear it."""
MIXED = "mixing,video_sfu"
"""Sound is mixed and timed by Asterisk, for two as for many: Asterisk keeps only this kind of bridge from passing on what two say. There
is no video. A browser needs it: when it comes to hear somebody else, as after a swap, the times of the other sender may be earlier, and
Chromium drops what is from before the last it played; or Asterisk sends it nothing. Costs Asterisk about 6 ms of CPU a second of talk."""


def bridge_type(browsers: bool) -> str:
    """The type that a bridge is created with. A browser may join any of them later: it counts whether there are `browsers` at all."""
    return MIXED if browsers else PASSED_ON
