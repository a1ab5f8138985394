"""Which address of this machine others find it at."""

import socket

EVERYWHERE = ("0.0.0.0", "::", "")


def own_address(bind_address: str) -> str:
    """The address that is bound; where everything is bound, the one that leads out of this machine, or 127.0.0.1 without a network."""
    if bind_address not in EVERYWHERE:
        return bind_address
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: it only asks which address would be used
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
