"""SIP phones and trunks: what Asterisk's configuration is rendered from."""

from dataclasses import dataclass, fields
from typing import Any, TypeVar

from app.errors import BadInput, NotFound
from app.store.db import Database
from app.store.models import configuration as tables
from app.store.repositories.rows import remove, upsert


@dataclass(frozen=True, slots=True)
class Phone:
    """A SIP endpoint: a `desk` phone or a browser's `webrtc`. `secret` is its SIP password, `codecs` in order of preference."""

    name: str
    kind: str
    secret: str
    codecs: tuple[str, ...] = ("ulaw", "alaw")
    description: str = ""


@dataclass(frozen=True, slots=True)
class Trunk:
    """A SIP trunk.

    `mode`: `ip` (the carrier knows our address) or `register`. `transport`: udp, tcp or tls. `srtp`: none or sdes.
    `match_addresses`: where the carrier's calls come from (addresses, networks or host names; `host` when empty).
    Trunks are tried in the order of `position`. `from_user`, `from_domain`, `outbound_caller_id`: what the carrier wants
    to see there, empty for the usual.
    """

    name: str
    mode: str
    host: str
    port: int = 5060
    transport: str = "udp"
    srtp: str = "none"
    username: str = ""
    secret: str = ""
    codecs: tuple[str, ...] = ("ulaw", "alaw")
    match_addresses: tuple[str, ...] = ()
    position: int = 0
    enabled: bool = True
    from_user: str = ""
    from_domain: str = ""
    outbound_caller_id: str = ""


Line = TypeVar("Line", Phone, Trunk)

_CHOICES = {
    "kind": ("desk", "webrtc"),
    "mode": ("ip", "register"),
    "transport": ("udp", "tcp", "tls"),
    "srtp": ("none", "sdes"),
}


class SipConfiguration:
    """Reads and writes phones and trunks. BadInput for a word that is not one of those an attribute knows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def phones(self) -> tuple[Phone, ...]:
        return await self._db.read(_phones)

    async def phone(self, name: str) -> Phone:
        return _named(await self.phones(), name, "phone")

    async def save_phone(self, phone: Phone) -> None:
        await self._db.run(upsert, tables.Phone, {"name": phone.name}, _values(phone))

    async def delete_phone(self, name: str) -> None:
        """An agent who had this phone has none then."""
        await self._db.run(remove, tables.Phone, name, "phone")

    async def trunks(self) -> tuple[Trunk, ...]:
        """In the order they are tried."""
        return await self._db.read(_trunks)

    async def trunk(self, name: str) -> Trunk:
        return _named(await self.trunks(), name, "trunk")

    async def save_trunk(self, trunk: Trunk) -> None:
        await self._db.run(upsert, tables.Trunk, {"name": trunk.name}, _values(trunk))

    async def delete_trunk(self, name: str) -> None:
        await self._db.run(remove, tables.Trunk, name, "trunk")


def _named(found: tuple[Line, ...], name: str, what: str) -> Line:
    for one in found:
        if one.name == name:
            return one
    raise NotFound(what=what, name=name)


def _values(line: Phone | Trunk) -> dict[str, Any]:
    if not line.name:
        raise BadInput(what=f"The {type(line).__name__.lower()}", why="it has no name")
    values = {field.name: getattr(line, field.name) for field in fields(line) if field.name != "name"}
    for name, choices in _CHOICES.items():
        if name in values and values[name] not in choices:
            raise BadInput(what=f"The {name} of {line.name}", why=f"{values[name]!r} is none of {', '.join(choices)}")
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _phones() -> tuple[Phone, ...]:
    rows = tables.Phone.select().order_by(tables.Phone.name)
    return tuple(Phone(row.name, row.kind, row.secret, tuple(row.codecs), row.description) for row in rows)


def _trunks() -> tuple[Trunk, ...]:
    rows = tables.Trunk.select().order_by(tables.Trunk.position, tables.Trunk.name)
    return tuple(Trunk(**{field.name: _plain(getattr(row, field.name)) for field in fields(Trunk)}) for row in rows)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
