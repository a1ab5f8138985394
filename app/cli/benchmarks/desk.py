"""Agents' phones that hang up by themselves and measure on the wire how long each of them stays without a call.

They answer at once. The moment of an INVITE is the kernel's, taken when the packet arrived; that of a BYE is taken just before it
is sent; so what the benchmark's own process does meanwhile is not counted.
"""

import contextlib
import heapq
import os
import random
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.cli.benchmarks import machine
from app.cli.benchmarks.ground import Ground
from app.cli.benchmarks.telephones import AGENTS, phones, register

WORD_FRAMES, FRAME_BYTES = 10, 160
WORD_AFTER_S = 0.1
"""Every agent says one word of 0.2 s, once the two are surely joined: recordings have something to keep."""
_TIMESTAMPS = getattr(socket, "SO_TIMESTAMPNS", 35)
_STAMP = struct.Struct("@qq")


@dataclass(slots=True)
class Talk:
    """One call at one phone: what its answers and its BYE are made of."""

    phone: str
    call_id: str
    near: str
    far: str
    contact: str
    media: tuple[str, int] | None
    tag: int
    answered: bool = False


@dataclass(slots=True)
class Message:
    """A SIP message, as far as it is read here."""

    first: str
    headers: dict[str, str]
    body: str
    via: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, data: bytes) -> "Message":
        head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        pairs = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        return cls(first, dict(pairs), body, [value for name, value in pairs if name == "via"])

    @property
    def method(self) -> str:
        return self.first.partition(" ")[0]


class Desk:
    """All phones behind one socket. `work` says how many of them hang up and how long they talk; the others hold their calls."""

    def __init__(self, ground: Ground, sipp: Path, count: int) -> None:
        self._ground, self._sipp, self.phones = ground, sipp, phones(count)
        (self._port,) = machine.free_ports(1, socket.SOCK_DGRAM, AGENTS)
        self._talks: dict[str, Talk] = {}
        self._at: dict[str, Talk] = {}
        self._freed_ns: dict[str, int] = {}
        self._delays_ms: list[float] = []
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._chance = random.Random(7)
        self._serial = 0
        self._workers: frozenset[str] = frozenset()
        self._talk_s = 1.0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="desk", daemon=True)

    # -- for the benchmark -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Registers the phones and listens. They must be known to Asterisk."""
        folder = self._ground.home / "desk"
        folder.mkdir()
        register(self._ground, self._sipp, self.phones, folder, self._port)
        self._sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sip.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        self._sip.setsockopt(socket.SOL_SOCKET, _TIMESTAMPS, 1)
        self._sip.bind((AGENTS, self._port))
        self._voice = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._voice.bind((AGENTS, 0))
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
            self._sip.close()
            self._voice.close()

    @property
    def talking(self) -> int:
        """How many phones have a call."""
        return sum(talk.answered for talk in list(self._at.values()))

    def work(self, count: int, talk_s: float) -> None:
        """From now on `count` phones hang up after about `talk_s` of talk, by half more or less; 0: all hold their calls. Who talks
        already does so at any moment within `talk_s`: from the beginning as many become free in a second as later."""
        with self._lock:
            self._workers, self._talk_s = frozenset(phone.name for phone in self.phones[:count]), talk_s
            self._due.clear()
            for talk in self._at.values():
                self._plan(talk, 0.0, 1.0)

    def delays_ms(self) -> list[float]:
        """From each BYE to that phone's next INVITE, of all that were served since the last question."""
        with self._lock:
            told, self._delays_ms = self._delays_ms, []
            return told

    # -- within ------------------------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(threading.get_native_id(), {machine.cores()[0]})
        with selectors.DefaultSelector() as selector:
            selector.register(self._sip, selectors.EVENT_READ)
            while not self._over.is_set():
                wait_s = self._due[0][0] - time.monotonic() if self._due else 0.05
                ready = selector.select(min(max(wait_s, 0.0), 0.05))
                with self._lock:
                    if ready:
                        self._receive()
                    while self._due and self._due[0][0] <= time.monotonic():
                        heapq.heappop(self._due)[2]()

    def _receive(self) -> None:
        data, ancillary, _, source = self._sip.recvmsg(65_535, 64)
        stamps = [_STAMP.unpack(value[:16]) for level, _, value in ancillary if level == socket.SOL_SOCKET]
        at_ns = stamps[0][0] * 10**9 + stamps[0][1] if stamps else time.time_ns()
        message = Message.read(data)
        handler = {"INVITE": self._invited, "ACK": self._acknowledged, "BYE": self._left, "OPTIONS": self._fine}
        if message.method in handler:
            handler[message.method](message, source, at_ns)
        elif message.method != "SIP/2.0":
            self._fine(message, source, at_ns)

    def _invited(self, message: Message, source: tuple[str, int], at_ns: int) -> None:
        call_id = message.headers["call-id"]
        talk = self._talks.get(call_id)
        if talk is None:
            phone = message.first.partition("sip:")[2].partition("@")[0]
            if (freed_ns := self._freed_ns.pop(phone, None)) is not None:
                self._delays_ms.append((at_ns - freed_ns) / 1e6)
            self._serial += 1
            near, far = f"{message.headers['to']};tag=desk{self._serial}", message.headers["from"]
            contact = message.headers["contact"].partition("<")[2].partition(">")[0]
            talk = Talk(phone, call_id, near, far, contact, _media(message.body), self._serial)
            self._talks[call_id] = self._at[phone] = talk
            self._answer(message, source, "180 Ringing", talk)
        elif "tag=" not in message.headers["to"]:
            return
        self._answer(message, source, "200 OK", talk, self._description())

    def _acknowledged(self, message: Message, source: tuple[str, int], at_ns: int) -> None:
        talk = self._talks.get(message.headers["call-id"])
        if talk is not None and not talk.answered:
            talk.answered = True
            self._later(WORD_AFTER_S, lambda: self._say_a_word(talk))
            self._plan(talk)

    def _left(self, message: Message, source: tuple[str, int], at_ns: int) -> None:
        self._answer(message, source, "200 OK")
        talk = self._talks.pop(message.headers["call-id"], None)
        if talk is not None and self._at.get(talk.phone) is talk:
            del self._at[talk.phone]

    def _fine(self, message: Message, source: tuple[str, int], at_ns: int) -> None:
        self._answer(message, source, "200 OK")

    def _plan(self, talk: Talk, least: float = 0.5, most: float = 1.5) -> None:
        if talk.answered and talk.phone in self._workers:
            self._later(self._talk_s * self._chance.uniform(least, most), lambda: self._hang_up(talk))

    def _hang_up(self, talk: Talk) -> None:
        if talk.phone not in self._workers or self._talks.pop(talk.call_id, None) is None:
            return
        del self._at[talk.phone]
        lines = [
            f"BYE {talk.contact} SIP/2.0",
            f"Via: SIP/2.0/UDP {AGENTS}:{self._port};branch=z9hG4bKbye{talk.tag}",
            f"From: {talk.near}",
            f"To: {talk.far}",
            f"Call-ID: {talk.call_id}",
            "CSeq: 1 BYE",
            "Max-Forwards: 70",
            "Content-Length: 0",
        ]
        data = "\r\n".join([*lines, "", ""]).encode()
        self._freed_ns[talk.phone] = time.time_ns()
        self._sip.sendto(data, ("127.0.0.1", self._ground.settings.sip_port))

    def _say_a_word(self, talk: Talk) -> None:
        if talk.media is None or talk.call_id not in self._talks:
            return
        for number in range(WORD_FRAMES):
            head = struct.pack("!BBHII", 0x80, 0, number, number * FRAME_BYTES, talk.tag)
            self._voice.sendto(head + b"\x90\x10" * (FRAME_BYTES // 2), talk.media)

    def _answer(
        self, message: Message, source: tuple[str, int], status: str, talk: Talk | None = None, body: str = ""
    ) -> None:
        headers = message.headers
        lines = [f"SIP/2.0 {status}", *(f"Via: {via}" for via in message.via)]
        lines += [f"From: {headers['from']}", f"To: {talk.near if talk else headers['to']}"]
        lines += [f"Call-ID: {headers['call-id']}", f"CSeq: {headers['cseq']}", f"Contact: <sip:{AGENTS}:{self._port}>"]
        lines += ["Content-Type: application/sdp"] if body else []
        self._sip.sendto("\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]).encode(), source)

    def _description(self) -> str:
        port = self._voice.getsockname()[1]
        lines = ("v=0", f"o=- 1 1 IN IP4 {AGENTS}", "s=-", f"c=IN IP4 {AGENTS}", "t=0 0")
        return "\r\n".join((*lines, f"m=audio {port} RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=ptime:20", ""))

    def _later(self, after_s: float, what: Callable[[], None]) -> None:
        self._serial += 1
        heapq.heappush(self._due, (time.monotonic() + after_s, self._serial, what))


def _media(body: str) -> tuple[str, int] | None:
    """Where a session description wants to hear."""
    host, port = "", 0
    for line in body.splitlines():
        if line.startswith("c=IN IP4 "):
            host = line.split()[2]
        elif line.startswith("m=audio "):
            port = int(line.split()[1])
    return (host, port) if host and port else None
