"""What the doctor looks at: gathered once, so that every examination sees the same installation."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

from app.cli.running import server_of
from app.cli.serving import server_process
from app.config import Settings
from app.domain.lines import NetworkSettings, Phone, Trunk
from app.errors import TrunklineError
from app.main import network_of
from app.store.db import Database
from app.store.repositories.sip import SipConfiguration
from app.telephony.install import Engine, ensure_engine, system_asterisk
from app.telephony.node import process
from app.telephony.node.layout import Layout


@dataclass(frozen=True, slots=True)
class Examined:
    """One installation. What could not be had is None or empty, and the examination that needs it says so.

    `asterisk` and `server` are process ids. `server_answers`: its web port knows this installation's token.
    """

    settings: Settings
    network: NetworkSettings
    layout: Layout
    engine: Engine | None
    asterisk: int | None
    server: int | None
    server_answers: bool
    database: Database | None
    database_problem: str
    trunks: tuple[Trunk, ...]
    phones: tuple[Phone, ...]

    def ari_password(self) -> str:
        return self._secret("ari_password")

    def ami_password(self) -> str:
        return self._secret("ami_password")

    def _secret(self, name: str) -> str:
        try:
            return str(json.loads((self.settings.var / "secrets.json").read_text()).get(name, ""))
        except (OSError, ValueError, AttributeError):
            return ""


async def gather(settings: Settings) -> Examined:
    """Looks, and changes nothing but a database's schema that is behind this version."""
    layout = Layout(settings.var)
    database, problem = await asyncio.to_thread(_open, settings)
    trunks: tuple[Trunk, ...] = ()
    phones: tuple[Phone, ...] = ()
    if database is not None:
        sip = SipConfiguration(database)
        trunks, phones = await sip.trunks(), await sip.phones()
    return Examined(
        settings,
        network_of(settings),
        layout,
        await asyncio.to_thread(_engine, settings.var),
        process.find(layout),
        server_process(layout),
        await _answers(settings),
        database,
        problem,
        trunks,
        phones,
    )


def _open(settings: Settings) -> tuple[Database | None, str]:
    try:
        return Database.open(settings.url, settings.var), ""
    except TrunklineError as error:
        return None, str(error)


def _engine(var: Path) -> Engine | None:
    """The engine that is there: examining must not download one."""
    if not (var / "engine" / "bin" / "asterisk").exists() and system_asterisk() is None:
        return None
    try:
        return ensure_engine(var)
    except TrunklineError:
        return None


async def _answers(settings: Settings) -> bool:
    try:
        async with server_of(settings) as server:
            await server.status()
    except TrunklineError:
        return False
    return True
