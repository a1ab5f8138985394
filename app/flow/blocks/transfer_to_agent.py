"""Transfer to agent."""

from app.domain.instance import FlowType
from app.domain.requests import TransferToAgent as RingAgent
from app.errors import Unavailable
from app.flow.block import Answer, Block, Legacy, block
from app.flow.branches import STAY, Move
from app.flow.context import Context


@block(
    "TransferContactToAgent",
    group="Terminate / Transfer",
    title="Transfer to agent",
    legacy=Legacy("Transfer", "Agent"),
    flows=frozenset({FlowType.AGENT_TRANSFER, FlowType.MODULE}),
)
class TransferToAgent(Block):
    """Ends a transfer to agent flow: the agent whom the transfer is for is rung. When that cannot be, the contact ends."""

    def enter(self, context: Context) -> Move:
        context.ask(lambda asked: RingAgent(context.contact.contact_id, context.state.execution_id, asked))
        return STAY

    def on_answer(self, context: Context, answer: Answer) -> Move:
        raise Unavailable(what="The agent", why=answer.reason or "the transfer was refused", remedy="")
