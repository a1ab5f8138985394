"""Which console commands may be asked for diagnostics: what shows states, never what shows secrets or changes anything."""

import re

NAME = r"[A-Za-z0-9_.@+-]{1,80}"
ALLOWED_COMMANDS = tuple(
    re.compile(pattern)
    for pattern in (
        r"core show (version|uptime|uptime seconds|settings|threads|taskprocessors|calls)",
        r"core show channels( concise| count| verbose)?",
        rf"core show channel {NAME}",
        rf"module show( like {NAME})?",
        r"ari show (apps|outbound-websockets|websocket sessions)",
        rf"ari show app {NAME}",
        rf"bridge show (all|{NAME})",
        r"http show status",
        r"logger show channels",
        r"moh show (classes|files)",
        r"pjsip show (endpoints|aors|contacts|registrations|transports|identifies|channels|channelstats|version)",
        rf"pjsip show (endpoint|aor|registration|transport|identify) {NAME}",
        rf"pjsip set logger (on|off|host {NAME})",
        r"rtp show settings",
        r"rtp set debug (on|off)",
        r"stasis show topics",
    )
)


def allowed(command: str) -> bool:
    """True for a command that diagnostics may ask, written out in full with single spaces."""
    return any(pattern.fullmatch(command) for pattern in ALLOWED_COMMANDS)
