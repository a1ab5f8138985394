"""One fact as one line of text: JSON that carries its own checksum, so that a torn or damaged line is recognised."""

import zlib

import msgspec

from app.calls.ports import Fact
from app.errors import BadInput

_HEAD = len(b'["00000000",')
_decoder = msgspec.json.Decoder(tuple[str, int, int, str, str | None, msgspec.Raw])
_encode = msgspec.json.encode


def line_of(fact: Fact) -> bytes:
    """`["crc32",seq,at_ms,"kind",contact id or null,payload]` and a line feed. BadInput when the payload has a line feed."""
    payload = fact.payload
    if b"\n" in payload or not payload:
        raise BadInput(what=f"The fact {fact.kind}", why="its payload is not JSON on one line")
    rest = b"%d,%d,%b,%b,%b]" % (fact.seq, fact.at_ms, _encode(fact.kind), _encode(fact.contact_id), payload)
    return b'["%08x",%b\n' % (zlib.crc32(rest), rest)


def fact_of(line: bytes) -> Fact | None:
    """The fact, or None for a line that is not whole or not as it was written."""
    if len(line) < _HEAD or line[-1:] != b"\n" or line[:2] != b'["':
        return None
    try:
        if int(line[2:10], 16) != zlib.crc32(line[_HEAD:-1]):
            return None
        _, seq, at_ms, kind, contact_id, payload = _decoder.decode(line)
    except (ValueError, msgspec.MsgspecError):
        return None
    return Fact(seq, at_ms, kind, contact_id, bytes(payload))
