"""Whose panels are open. A panel that is closed or lost tells routing, which lets nobody be offered a contact who would not see it."""

from collections import Counter

from app.calls.services.desk import Desk
from app.domain.agent import Panel
from app.domain.events import PanelClosed, PanelOpened
from app.domain.ids import AgentId

RELOAD_S = 5
"""A page that said goodbye: it is loaded again by then."""
RESTART_S = 10
"""The application began anew: pages connect again by then."""


class Presence:
    """Counts each agent's open panels: the first and the last matter."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._open: Counter[AgentId] = Counter()
        for state in desk.brain.memory.routing.agents.values():
            if state.panel in (Panel.OPEN, Panel.CLOSED):
                desk.engine.post(PanelClosed(state.agent_id, RESTART_S))

    def opened(self, agent_id: str) -> None:
        who = AgentId(agent_id)
        self._open[who] += 1
        if self._open[who] == 1:
            self._desk.engine.post(PanelOpened(who))

    def closed(self, agent_id: str, *, lost: bool) -> None:
        """`lost`: the page did not say goodbye, so that nobody is waited for."""
        who = AgentId(agent_id)
        self._open[who] -= 1
        if not self._open[who]:
            del self._open[who]
            self._desk.engine.post(PanelClosed(who, 0 if lost else RELOAD_S))
