"""Ports that nobody uses now, and that no other test run on this machine is given while this one lives."""

import fcntl
import functools
import itertools
import os
import socket
import tempfile
import threading
from pathlib import Path

_RUNS = 10
_MEDIA_FIRST, _MEDIA = 10_000, 1_000
_FIRST, _PORTS = 20_000, 1_200
"""Both below the ports that Linux gives to outgoing connections, so that none of those takes one between choice and use."""
_next = itertools.count()
_one_at_a_time = threading.Lock()


def free_port() -> int:
    """A port of the loopback addresses that is free for UDP and TCP alike, and the three after it too."""
    return free_ports(4)


def free_ports(count: int) -> int:
    """The first of so many ports one after the other. None is given again before all others of this run were."""
    first = _FIRST + _run() * _PORTS
    with _one_at_a_time:
        for _ in range(_PORTS):
            offset = next(_next) * 4 % _PORTS
            if offset + count <= _PORTS and all(_is_free(first + offset + each) for each in range(count)):
                for _ in range((count - 1) // 4):
                    next(_next)
                return first + offset
    raise AssertionError(f"no {count} ports are free from {first} to {first + _PORTS}: what holds them?")


def media_ports() -> tuple[int, int]:
    """The first and the last port for the sound of this run's Asterisk."""
    first = _MEDIA_FIRST + _run() * _MEDIA
    return first, first + _MEDIA - 2


@functools.cache
def _run() -> int:
    """This run's number among those that go on. It is a byte of one file, which the system unlocks when this process ends."""
    path = Path(tempfile.gettempdir()) / f"trunkline-test-runs-{os.getuid()}"
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    for number in range(_RUNS):
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except OSError:
            continue
        return number
    raise AssertionError(f"{_RUNS} test runs go on already, and there are no ports for more")


def _is_free(port: int) -> bool:
    try:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.bind(("0.0.0.0", port))
    except OSError:
        return False
    return True
