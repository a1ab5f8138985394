"""What every capability of the service layer works with: the engine, the moment something changes, and who is looked for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from app.calls.brain import Brain
from app.calls.engine import Engine
from app.calls.ports import Actor
from app.domain.agent import AgentState
from app.domain.events import Event
from app.domain.ids import AgentId, NodeName
from app.domain.instance import Instance
from app.errors import Denied, NotFound, Unavailable

PATIENCE_S = 2.0
"""How long an action waits at most for its effect to show."""


class Desk:
    """The engine as the capabilities use it. `patience_s` 0 never waits for effects."""

    def __init__(self, engine: Engine, patience_s: float = PATIENCE_S) -> None:
        self.engine = engine
        self.revision = 0
        self._patience_s = patience_s
        self._changed = asyncio.Event()
        engine.listeners.append(self.touch)

    @property
    def brain(self) -> Brain:
        return self.engine.brain

    @property
    def instance(self) -> Instance:
        return self.engine.brain.instance

    @property
    def now_ms(self) -> int:
        return self.engine.clock.now_ms()

    # -- changes -----------------------------------------------------------------------------------------------------------

    def touch(self) -> None:
        """Something changed that people can see."""
        self.revision += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def revisions(self) -> AsyncIterator[int]:
        """The revision now, then again after changes. A slow reader gets the newest next."""
        seen = -1
        while True:
            if self.revision == seen:
                await self._changed.wait()
            seen = self.revision
            yield seen

    async def post(self, event: Event, effect: Callable[[], object]) -> bool:
        """Puts the event in the inbox and waits until `effect()` is another than before; False when that takes too long.

        What the cores decide shows at once; what a phone has to do first (to hang up) shows when it has told so.
        """
        before = effect()
        self.engine.post(event)
        if effect() != before:
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience_s):
                async for _ in self.revisions():
                    if effect() != before:
                        return True
        return False

    # -- who and where -----------------------------------------------------------------------------------------------------

    def agent_of(self, actor: Actor) -> AgentId:
        """The agent who asks. Denied for a user who is none."""
        agent_id = AgentId(actor.agent_id or "")
        if agent_id not in self.instance.agents:
            raise Denied(what="do this: your user is no agent")
        return agent_id

    def state(self, agent_id: str) -> AgentState:
        """The agent now. NotFound for one who is not configured."""
        state = self.brain.memory.routing.agents.get(AgentId(agent_id))
        if state is None or AgentId(agent_id) not in self.instance.agents:
            raise NotFound(what="agent", name=agent_id)
        return state

    def node(self) -> NodeName:
        """A node that is connected, for a call that begins. Unavailable when there is none."""
        nodes = self.engine.telephony.nodes()
        if not nodes:
            raise Unavailable(
                what="Calling", why="no Asterisk node is connected", remedy="See the nodes on the status page."
            )
        return nodes[0]
