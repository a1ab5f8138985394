"""The operations of endpoints.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

# ruff: noqa: N802

import builtins
from typing import Unpack

from app.telephony.ari.base import Repository
from app.telephony.ari.generated.endpoints_parameters import (
    EndpointsReferParameters,
    EndpointsReferToEndpointParameters,
    EndpointsSendMessageParameters,
    EndpointsSendMessageToEndpointParameters,
)
from app.telephony.ari.generated.objects import Endpoint
from app.telephony.ari.operation import Operation

LIST = Operation("endpoints.list", "GET", "endpoints")
SEND_MESSAGE = Operation(
    "endpoints.sendMessage", "PUT", "endpoints/sendMessage", EndpointsSendMessageParameters, body="variables"
)
REFER = Operation("endpoints.refer", "POST", "endpoints/refer", EndpointsReferParameters, body="variables")
LIST_BY_TECH = Operation("endpoints.listByTech", "GET", "endpoints/{}")
GET = Operation("endpoints.get", "GET", "endpoints/{}/{}")
SEND_MESSAGE_TO_ENDPOINT = Operation(
    "endpoints.sendMessageToEndpoint",
    "PUT",
    "endpoints/{}/{}/sendMessage",
    EndpointsSendMessageToEndpointParameters,
    body="variables",
)
REFER_TO_ENDPOINT = Operation(
    "endpoints.referToEndpoint", "POST", "endpoints/{}/{}/refer", EndpointsReferToEndpointParameters, body="variables"
)


class Endpoints(Repository):
    """`client.endpoints`"""

    __slots__ = ()

    async def list(self) -> builtins.list[Endpoint]:
        return [Endpoint(self._client, item) for item in await self._send(LIST)]

    async def sendMessage(self, **parameters: Unpack[EndpointsSendMessageParameters]) -> None:
        await self._send(SEND_MESSAGE, (), parameters)

    async def refer(self, **parameters: Unpack[EndpointsReferParameters]) -> None:
        await self._send(REFER, (), parameters)

    async def listByTech(self, tech: str) -> builtins.list[Endpoint]:
        return [Endpoint(self._client, item) for item in await self._send(LIST_BY_TECH, (tech,))]

    async def get(self, tech: str, resource: str) -> Endpoint:
        return Endpoint(self._client, await self._send(GET, (tech, resource)))

    async def sendMessageToEndpoint(
        self, tech: str, resource: str, **parameters: Unpack[EndpointsSendMessageToEndpointParameters]
    ) -> None:
        await self._send(SEND_MESSAGE_TO_ENDPOINT, (tech, resource), parameters)

    async def referToEndpoint(
        self, tech: str, resource: str, **parameters: Unpack[EndpointsReferToEndpointParameters]
    ) -> None:
        await self._send(REFER_TO_ENDPOINT, (tech, resource), parameters)
