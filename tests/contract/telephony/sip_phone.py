"""The least of a SIP phone: it registers, sees what it is sent, and answers by hand. No audio."""

import asyncio
import socket
import uuid
from typing import Self


class SipPhone:
    """A phone without a password on one UDP port, whose registrar is on this machine."""

    def __init__(self, name: str, registrar_port: int) -> None:
        self._name, self._registrar = name, ("127.0.0.1", registrar_port)
        self._call_id, self._sequence = uuid.uuid4().hex, 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self._port = self._socket.getsockname()[1]

    async def register(self, expires_s: int) -> None:
        """Registers for so long; 0 takes the registration back."""
        self._sequence += 1
        domain = f"127.0.0.1:{self._registrar[1]}"
        lines = (
            f"REGISTER sip:{domain} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._port};branch=z9hG4bK{uuid.uuid4().hex};rport",
            f"From: <sip:{self._name}@{domain}>;tag=1",
            f"To: <sip:{self._name}@{domain}>",
            f"Call-ID: {self._call_id}",
            f"CSeq: {self._sequence} REGISTER",
            f"Contact: <sip:{self._name}@127.0.0.1:{self._port}>",
            f"Expires: {expires_s}",
            "Max-Forwards: 70",
            "Content-Length: 0",
        )
        await self._send(lines)
        await self.received("SIP/2.0 200")

    async def received(self, beginning: str) -> str:
        """The next message that begins so; others are passed over."""
        async with asyncio.timeout(5):
            while True:
                message = (await asyncio.get_running_loop().sock_recv(self._socket, 65_536)).decode()
                if message.startswith(beginning):
                    return message

    async def answer(self, request: str, status: str) -> None:
        """A final answer to a request, with the headers that an answer repeats."""
        repeated = [
            line for line in request.split("\r\n") if line.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")
        ]
        lines = [f"{line};tag=2" if line.startswith("To:") else line for line in repeated]
        await self._send((f"SIP/2.0 {status}", *lines, "Content-Length: 0"))

    async def _send(self, lines: tuple[str, ...]) -> None:
        message = "\r\n".join(lines) + "\r\n\r\n"
        await asyncio.get_running_loop().sock_sendto(self._socket, message.encode(), self._registrar)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
