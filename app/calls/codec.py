"""The journal's text: an event or the whole memory as JSON, by the domain's own types."""

import asyncio
from dataclasses import fields
from typing import Any, get_args

import msgspec

from app.calls.memory import Memory
from app.domain.events import Event
from app.errors import TrunklineError
from app.turns import in_slices


class UnreadableFact(TrunklineError):
    """Fact {seq} of the journal ({kind}) cannot be read: {why}. Restore the journal from a backup, or start with an empty one."""


_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    each.__name__: msgspec.json.Decoder(each) for each in get_args(Event)
}
_MEMORY = msgspec.json.Decoder(Memory)
_ENCODER = msgspec.json.Encoder()


def encode_event(event: Event) -> bytes:
    return _ENCODER.encode(event)


def decode_event(seq: int, kind: str, payload: bytes) -> Event:
    """The event that `encode_event` wrote. UnreadableFact when the text is damaged or of a kind this version does not know."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        raise UnreadableFact(seq=seq, kind=kind, why="this version knows no such event")
    try:
        event: Event = decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableFact(seq=seq, kind=kind, why=str(error)) from error
    return event


def encode_memory(memory: Memory) -> bytes:
    return _ENCODER.encode(memory)


async def encode_memory_in_slices(memory: Memory) -> bytes:
    """As `encode_memory`, a little at a time. Nobody may change this memory meanwhile: give it a copy."""
    routing = _fields(memory.routing)
    for name in ("agents", "waiting"):
        routing[name] = await _mapping_in_slices(routing[name], 500)
    contacts = await _mapping_in_slices(memory.contacts, 50)
    await asyncio.sleep(0)
    return _ENCODER.encode(_fields(memory) | {"routing": routing, "contacts": contacts})


async def _mapping_in_slices(mapping: dict[Any, Any], of: int) -> msgspec.Raw:
    text = bytearray(b"{")
    async for key, value in in_slices(mapping.items(), of):
        text += b"%b:%b," % (_ENCODER.encode(key), _ENCODER.encode(value))
    text[len(text) - (len(text) > 1) :] = b"}"
    return msgspec.Raw(text)


def _fields(of: Any) -> dict[str, Any]:
    return {each.name: getattr(of, each.name) for each in fields(of)}


def decode_memory(payload: bytes) -> Memory:
    memory: Memory = _MEMORY.decode(payload)
    return memory
