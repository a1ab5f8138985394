"""The operations of events.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

# ruff: noqa: N802, N803

from typing import Unpack

from app.telephony.ari.base import Repository
from app.telephony.ari.generated.events_parameters import EventsClaimChannelParameters, EventsUserEventParameters
from app.telephony.ari.operation import Operation

USER_EVENT = Operation("events.userEvent", "POST", "events/user/{}", EventsUserEventParameters, body="variables")
CLAIM_CHANNEL = Operation("events.claimChannel", "POST", "events/claim", EventsClaimChannelParameters)


class Events(Repository):
    """`client.events`"""

    __slots__ = ()

    async def userEvent(self, eventName: str, **parameters: Unpack[EventsUserEventParameters]) -> None:
        await self._send(USER_EVENT, (eventName,), parameters)

    async def claimChannel(self, **parameters: Unpack[EventsClaimChannelParameters]) -> None:
        await self._send(CLAIM_CHANNEL, (), parameters)
