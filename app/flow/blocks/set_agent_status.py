"""Set agent status."""

from app.domain.requests import SetAgentStatus as ChangeStatus
from app.errors import Unavailable
from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.params import Text


@block("UpdateAgentStatus", group="Set", title="Set agent status", legacy=Legacy("SetAgentStatus", exported=False))
class SetAgentStatus(Block):
    """Sets the status of the agent whom the contact is with, as if they had chosen it; while the contact is with them it holds
    afterwards. The guide names this block, but no export of one is known: its name in both formats is Trunkline's own."""

    status = Text("Status", "Status", required=True, legacy="Status")
    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        agent, status = context.view.agent, self.status(context).strip()
        if agent is None:
            raise Unavailable(what="The agent's status", why="the contact is with no agent", remedy="")
        if not status:
            raise Unavailable(what="The agent's status", why="the status is empty for this contact", remedy="")
        context.note("status", status)
        context.tell(ChangeStatus(context.contact.contact_id, agent.agent_id, status))
        return self.done
