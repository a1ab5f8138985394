"""An agent's phone in the browser has no lasting password: each page that connects gets one of its own."""

import secrets
from collections.abc import Awaitable, Callable

from app.calls.ports import Actor, Outcome, PhoneBook, SoftphoneAccess
from app.calls.ports.asks.agents import ConnectSoftphone
from app.calls.services.desk import Desk
from app.domain.ice import IceServers
from app.domain.ids import AgentId
from app.domain.lines import Phone, softphone_of
from app.errors import BadInput

PASSWORD_BYTES = 24

Admit = Callable[[Phone, str], Awaitable[None]]
"""Makes Asterisk know the phone, by this password from now on. Unavailable when there is no Asterisk."""


class Softphones:
    """The agents' phones in browsers. A phone is made when its agent first connects one."""

    def __init__(self, book: PhoneBook, admit: Admit, ice: IceServers | None = None) -> None:
        self._book, self._admit, self._ice = book, admit, ice or IceServers()

    async def connect(self, desk: Desk, actor: Actor, ask: ConnectSoftphone) -> Outcome:
        agent = desk.instance.agents[desk.agent_of(actor)]
        phone = await self._phone(agent.agent_id, agent.phone)
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        await self._admit(phone, password)
        servers = self._ice.of_page(agent.agent_id, desk.now_ms)
        chosen = agent.outside_number or agent.phone
        return Outcome(SoftphoneAccess(phone.name, password, chosen, servers, self._ice.lasts_s))

    async def _phone(self, agent_id: AgentId, chosen: str) -> Phone:
        """The one that rings for the agent when that is a browser's, else the one that is kept for them."""
        known = {phone.name: phone for phone in await self._book.phones()}
        if chosen in known and known[chosen].kind == "webrtc":
            return known[chosen]
        name = softphone_of(agent_id)
        if name not in known:
            phone = Phone(name, secrets.token_urlsafe(PASSWORD_BYTES), "webrtc")
            await self._book.save_phone(phone)
            return phone
        if known[name].kind != "webrtc":
            raise BadInput(what=f"The phone {name}", why="a desk phone has the name of your browser's: have it renamed")
        return known[name]
