"""Hold customer or agent."""

from app.domain.instance import FlowType
from app.domain.requests import HoldParty
from app.flow.answers import require_success
from app.flow.block import INBOUND, Answer, Block, Legacy, block
from app.flow.branches import STAY, Move, Next, OnError
from app.flow.context import Context
from app.flow.params import Choice


@block(
    "UpdatePreviousContactParticipantState",
    group="Interact",
    title="Hold customer or agent",
    legacy=Legacy("HoldParticipants"),
    flows=INBOUND | {FlowType.OUTBOUND_WHISPER},
)
class HoldCustomerOrAgent(Block):
    """In a flow that an agent has started: puts the agent on hold while the customer goes through the flow, or the customer, or
    joins the two again."""

    state = Choice(
        "Who is on hold",
        "PreviousContactParticipantState",
        {
            "AgentOnHold": ("Agent on hold, customer on call", "AgentOnHold"),
            "CustomerOnHold": ("Customer on hold, agent on call", "CustomerOnHold"),
            "OffHold": ("Agent and customer on call", "OffHold"),
        },
        legacy="ParticipantState",
    )
    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        context.ask(lambda asked: HoldParty(context.contact.contact_id, context.state.execution_id, asked, self.state))
        return STAY

    def on_answer(self, context: Context, answer: Answer) -> Move:
        require_success(answer, "Hold")
        return self.done
