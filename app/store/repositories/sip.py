"""SIP phones and trunks: what Asterisk's configuration is rendered from."""

from typing import Any

from app.domain.lines import Phone, Trunk
from app.errors import NotFound
from app.store.db import Database
from app.store.models import configuration as tables
from app.store.repositories.rows import remove, upsert


class SipConfiguration:
    """Reads and writes phones and trunks."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def phones(self) -> tuple[Phone, ...]:
        """By name."""
        return await self._db.read(_phones)

    async def phone(self, name: str) -> Phone:
        for phone in await self.phones():
            if phone.name == name:
                return phone
        raise NotFound(what="phone", name=name)

    async def save_phone(self, phone: Phone) -> None:
        await self._db.run(_save_phone, phone)

    async def delete_phone(self, name: str) -> None:
        """An agent who had this phone has none then."""
        await self._db.run(remove, tables.Phone, name, "phone")

    async def trunks(self) -> tuple[Trunk, ...]:
        """In the order they are tried."""
        return await self._db.read(_trunks)

    async def trunk(self, name: str) -> Trunk:
        for trunk in await self.trunks():
            if trunk.name == name:
                return trunk
        raise NotFound(what="trunk", name=name)

    async def save_trunk(self, trunk: Trunk) -> None:
        await self._db.run(_save_trunk, trunk)

    async def delete_trunk(self, name: str) -> None:
        """A number that came in by this trunk only comes in by any then."""
        await self._db.run(remove, tables.Trunk, name, "trunk")


_SAME = (
    "host",
    "mode",
    "port",
    "transport",
    "srtp",
    "username",
    "secret",
    "enabled",
    "from_user",
    "from_domain",
    "outbound_caller_id",
    "tls_verify",
    "media_timeout_s",
)
"""What a trunk's value and its row call alike, lists apart."""


def _save_phone(phone: Phone) -> None:
    values = {
        "secret": phone.secret,
        "kind": phone.kind,
        "codecs": list(phone.codecs),
        "transport": phone.transport,
    }
    upsert(tables.Phone, {"name": phone.name}, values)


def _phones() -> tuple[Phone, ...]:
    rows = tables.Phone.select().order_by(tables.Phone.name)
    return tuple(Phone(row.name, row.secret, row.kind, tuple(row.codecs), row.transport) for row in rows)


def _save_trunk(trunk: Trunk) -> None:
    values: dict[str, Any] = {name: getattr(trunk, name) for name in _SAME}
    values |= {"codecs": list(trunk.codecs), "match_addresses": list(trunk.match), "position": trunk.order}
    upsert(tables.Trunk, {"name": trunk.name}, values)


def _trunks() -> tuple[Trunk, ...]:
    rows = tables.Trunk.select().order_by(tables.Trunk.position, tables.Trunk.name)
    return tuple(map(_trunk, rows))


def _trunk(row: tables.Trunk) -> Trunk:
    same: dict[str, Any] = {name: getattr(row, name) for name in _SAME}
    return Trunk(name=row.name, codecs=tuple(row.codecs), match=tuple(row.match_addresses), order=row.position, **same)
