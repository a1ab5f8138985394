"""Everybody outside that flows can ask, put together."""

import ssl
from collections.abc import Iterable
from pathlib import Path

from app.calls.ports import Helpers
from app.domain.place import Place
from app.integrations.addresses import Allowed
from app.integrations.aws import Aws
from app.integrations.bots import MapOfBots
from app.integrations.bots.files import FileBots
from app.integrations.bots.lex import LexBots
from app.integrations.functions import MapOfFunctions
from app.integrations.functions.aws_lambda import Lambdas
from app.integrations.functions.endpoint import Endpoints
from app.integrations.functions.workers import MEMORY_BYTES, Workers
from app.integrations.http import open_session
from app.integrations.keys import CertificateKeys


class Integrations:
    """Made on the event loop that uses it. `networks` and `plain_http` say what endpoints may be besides public and encrypted."""

    def __init__(
        self,
        var: Path,
        *,
        networks: str = "",
        plain_http: bool = False,
        memory_bytes: int = MEMORY_BYTES,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        allowed = Allowed.of(networks)
        self._sessions = (open_session(allowed, trust), open_session(None))
        self._aws = Aws(self._sessions[1])
        self.workers = Workers(var / "functions", memory_bytes)
        endpoints = Endpoints(self._sessions[0], allowed, plain_http=plain_http)
        self.functions = MapOfFunctions(self.workers, {"https": endpoints, "lambda": Lambdas(self._aws)})
        self.bots = MapOfBots(FileBots(var / "bots"), {"lex": LexBots(self._aws)})

    def helpers(self) -> Helpers:
        return Helpers(self.functions, self.bots, CertificateKeys())

    def know(self, places: Iterable[Place]) -> None:
        """Takes over the map of functions and bots."""
        known = tuple(places)
        self.functions.know(known)
        self.bots.know(known)

    async def close(self) -> None:
        await self.workers.close()
        for session in self._sessions:
            await session.close()
        self._aws.close()
