"""The operations of mailboxes.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

# ruff: noqa: N803

import builtins
from typing import Unpack

from app.telephony.ari.base import Repository
from app.telephony.ari.generated.mailboxes_parameters import MailboxesUpdateParameters
from app.telephony.ari.generated.objects import Mailbox
from app.telephony.ari.operation import Operation

LIST = Operation("mailboxes.list", "GET", "mailboxes")
GET = Operation("mailboxes.get", "GET", "mailboxes/{}")
UPDATE = Operation("mailboxes.update", "PUT", "mailboxes/{}", MailboxesUpdateParameters)
DELETE = Operation("mailboxes.delete", "DELETE", "mailboxes/{}")


class Mailboxes(Repository):
    """`client.mailboxes`"""

    __slots__ = ()

    async def list(self) -> builtins.list[Mailbox]:
        return [Mailbox(self._client, item) for item in await self._send(LIST)]

    async def get(self, mailboxName: str) -> Mailbox:
        return Mailbox(self._client, await self._send(GET, (mailboxName,)))

    async def update(self, mailboxName: str, **parameters: Unpack[MailboxesUpdateParameters]) -> None:
        await self._send(UPDATE, (mailboxName,), parameters)

    async def delete(self, mailboxName: str) -> None:
        await self._send(DELETE, (mailboxName,))
