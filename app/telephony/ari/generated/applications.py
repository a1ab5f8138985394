"""The operations of applications.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

# ruff: noqa: N803

import builtins
from typing import Unpack

from app.telephony.ari.base import Repository
from app.telephony.ari.generated.applications_parameters import (
    ApplicationsFilterParameters,
    ApplicationsSubscribeParameters,
    ApplicationsUnsubscribeParameters,
)
from app.telephony.ari.generated.objects import Application
from app.telephony.ari.operation import Operation

LIST = Operation("applications.list", "GET", "applications")
GET = Operation("applications.get", "GET", "applications/{}")
SUBSCRIBE = Operation("applications.subscribe", "POST", "applications/{}/subscription", ApplicationsSubscribeParameters)
UNSUBSCRIBE = Operation(
    "applications.unsubscribe", "DELETE", "applications/{}/subscription", ApplicationsUnsubscribeParameters
)
FILTER = Operation(
    "applications.filter",
    "PUT",
    "applications/{}/eventFilter",
    ApplicationsFilterParameters,
    body="filter",
    whole_body=True,
)


class Applications(Repository):
    """`client.applications`"""

    __slots__ = ()

    async def list(self) -> builtins.list[Application]:
        return [Application(self._client, item) for item in await self._send(LIST)]

    async def get(self, applicationName: str) -> Application:
        return Application(self._client, await self._send(GET, (applicationName,)))

    async def subscribe(
        self, applicationName: str, **parameters: Unpack[ApplicationsSubscribeParameters]
    ) -> Application:
        return Application(self._client, await self._send(SUBSCRIBE, (applicationName,), parameters))

    async def unsubscribe(
        self, applicationName: str, **parameters: Unpack[ApplicationsUnsubscribeParameters]
    ) -> Application:
        return Application(self._client, await self._send(UNSUBSCRIBE, (applicationName,), parameters))

    async def filter(self, applicationName: str, **parameters: Unpack[ApplicationsFilterParameters]) -> Application:
        return Application(self._client, await self._send(FILTER, (applicationName,), parameters))
