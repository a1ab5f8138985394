"""Ports that nobody uses now."""

import itertools
import os
import random
import socket

_FIRST, _LAST = 20_000, 32_000
"""Below the ports that Linux gives to outgoing connections, so that none of those takes one between choice and use."""
_next = itertools.count(random.Random(os.getpid()).randrange(_FIRST, _LAST, 4), 4)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of the loopback addresses that is free for UDP and TCP alike, and the three after it too; never the same twice."""
    while True:
        port = _FIRST + next(_next) % (_LAST - _FIRST)
        if all(_is_free(port + offset) for offset in range(4)):
            return port


def _is_free(port: int) -> bool:
    try:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.bind(("0.0.0.0", port))
    except OSError:
        return False
    return True
