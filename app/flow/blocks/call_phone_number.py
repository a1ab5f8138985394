"""Call phone number."""

from app.domain.instance import FlowType
from app.domain.phone import is_e164
from app.domain.requests import DialCustomer
from app.flow.answers import require_success
from app.flow.block import Answer, Block, Legacy, block
from app.flow.branches import STAY, Move, Next
from app.flow.context import Context
from app.flow.params import Text


@block(
    "CompleteOutboundCall",
    group="Interact",
    title="Call phone number",
    legacy=Legacy("Dial"),
    flows=frozenset({FlowType.OUTBOUND_WHISPER}),
)
class CallPhoneNumber(Block):
    """Places the agent's call to the customer; what the flow plays after this block the customer hears. A caller ID that is not
    written in E.164 is not used: the queue's is shown. A call that cannot be placed ends the contact."""

    caller_number = Text(
        "Caller ID number",
        "CallerId.Number",
        legacy="CallerIdNumber",
        help="Empty: the outbound caller ID of the queue.",
    )
    caller_name = Text("Caller ID name", "CallerId.Name", legacy="CallerIdName")
    done = Next()

    def enter(self, context: Context) -> Move:
        shown, name = self.caller_number(context), self.caller_name(context)
        number = shown if is_e164(shown) else ""
        context.note("caller id", number)
        context.ask(
            lambda asked: DialCustomer(context.contact.contact_id, context.state.execution_id, asked, number, name)
        )
        return STAY

    def on_answer(self, context: Context, answer: Answer) -> Move:
        require_success(answer, "The call")
        return self.done
