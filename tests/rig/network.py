"""A telephone network behind one trunk: calls out reach the phone that has the number, each phone a program of its own."""

import re
import socket
import threading
from collections.abc import Mapping
from typing import Self

from tests.rig.ports import free_port

_NUMBER = re.compile(rb"^[A-Z]+ sip:(\+?[0-9]+)").match
"""A phone's own contact has a mark of its own behind the number."""
_TARGET = re.compile(rb"@[^;>\s]+")
_BRANCH = re.compile(rb"branch=([^;\s]+)").search


class TelephoneNetwork:
    """A SIP proxy that keeps nothing: a request goes to the phone of its number, an answer to who asked."""

    def __init__(self, address: str, phones: Mapping[str, int]) -> None:
        """`phones`: the SIP port of each number's phone at this address."""
        self.address, self.port = address, free_port()
        self._phones = {number.encode(): port for number, port in phones.items()}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._asking = (address, 0)

    def _serve(self) -> None:
        while True:
            try:
                message, source = self._socket.recvfrom(65_536)
            except OSError:
                return
            head, separator, body = message.partition(b"\r\n\r\n")
            lines = head.split(b"\r\n")
            if lines[0].startswith(b"SIP/2.0"):
                del lines[1]
                to = self._asking
            else:
                self._asking = source
                to = (self.address, self._pass_on(lines))
            self._socket.sendto(b"\r\n".join(lines) + separator + body, to)

    def _pass_on(self, lines: list[bytes]) -> int:
        """Puts the proxy's own mark on a request; the port it goes to. What is for nobody goes to the first phone, which declines it."""
        number, branch = _NUMBER(lines[0]), _BRANCH(b"\r\n".join(lines))
        port = self._phones.get(number[1] if number else b"", next(iter(self._phones.values())))
        here = f"{self.address}:{self.port}".encode()
        lines[0] = _TARGET.sub(f"@{self.address}:{port}".encode(), lines[0], count=1)
        lines.insert(1, b"Via: SIP/2.0/UDP " + here + b";branch=" + (branch[1] if branch else b"z9hG4bK") + b"-p")
        return port

    def __enter__(self) -> Self:
        self._socket.bind((self.address, self.port))
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
