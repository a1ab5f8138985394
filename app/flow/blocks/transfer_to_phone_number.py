"""Transfer to phone number."""

from typing import Any

from app.domain.instance import FlowType
from app.domain.phone import require_e164
from app.domain.requests import CallNumber
from app.errors import BadInput, Unavailable
from app.flow.answers import result_of
from app.flow.block import INBOUND, Answer, Block, Legacy, block
from app.flow.branches import STAY, Move, Next, OnError
from app.flow.context import Context
from app.flow.formats.given import Given
from app.flow.formats.language import Action
from app.flow.params import Seconds, Switch, Text, plain

MOST_KEYS = 50


class Resume(Switch):
    """Whether the flow goes on. Older exports say the opposite, or nothing at all."""

    def from_legacy(self, given: Given) -> dict[str, Any]:
        return {self.path: "False"} | super().from_legacy(given)


def _resumes(action: Action) -> bool:
    return plain(action.at("ContinueFlowExecution")).lower() == "true"


@block(
    "TransferParticipantToThirdParty",
    group="Terminate / Transfer",
    title="Transfer to phone number",
    legacy=Legacy("Transfer", "PhoneNumber", goes_on=_resumes),
    flows=INBOUND | {FlowType.CUSTOMER_QUEUE},
    next_copies="error",
)
class TransferToPhoneNumber(Block):
    """Connects the customer with a number outside. With Resume the flow goes on when the other end hangs up, or could not be
    reached; without, the flow is over once the call is placed."""

    number = Text("Phone number", "ThirdPartyPhoneNumber", required=True, legacy="PhoneNumber")
    time_limit_s = Seconds(
        "Time limit to answer",
        "ThirdPartyConnectionTimeLimitSeconds",
        low=1,
        high=600,
        default="30",
        legacy="TimeLimit",
    )
    resume = Resume("Resume flow after disconnect", "ContinueFlowExecution", default="False", legacy="!BlindTransfer")
    caller_number = Text(
        "Caller ID number", "CallerId.Number", legacy="SourceNumber", help="Empty: the number that the customer called."
    )
    caller_name = Text("Caller ID name", "CallerId.Name", legacy="SourceName")
    digits = Text(
        "Keys to send",
        "ThirdPartyDTMFDigits",
        help="Once the other end has answered; a comma is a pause of half a second.",
    )
    done = Next()
    call_failed = OnError("Call failed", "CallFailed", legacy="CallFailure", otherwise="error", optional=True)
    timeout = OnError("Timeout", "ConnectionTimeLimitExceeded", legacy="Timeout", otherwise="error", optional=True)
    error = OnError()

    def enter(self, context: Context) -> Move:
        contact, country = context.contact, context.instance.country
        number = require_e164(self.number(context), country)
        shown = self.caller_number(context)
        caller_number = require_e164(shown, country) if shown else ""
        caller_name, digits, limit_s = self.caller_name(context), self.digits(context), self.time_limit_s(context)
        if set(digits.upper()) - set("0123456789*#ABCD,") or len(digits) > MOST_KEYS:
            raise BadInput(
                what=f"The keys to send {digits[:80]!r}",
                why=f"up to {MOST_KEYS} of 0 to 9, *, #, A to D and the comma may be sent",
            )
        context.note("number", number)
        context.ask(
            lambda asked: CallNumber(
                contact.contact_id, context.state.execution_id, asked, number, limit_s, caller_number, caller_name,
                digits.upper(), self.resume,
            )
        )  # fmt: skip
        return STAY

    def on_answer(self, context: Context, answer: Answer) -> Move:
        result = result_of(answer)
        context.note("result", result)
        if self.resume and (branch := _RESULTS.get(result)) is not None:
            return branch
        raise Unavailable(what="The call", why=answer.reason or result, remedy="")


_RESULTS = {
    "success": TransferToPhoneNumber.done,
    "call failure": TransferToPhoneNumber.call_failed,
    "timeout": TransferToPhoneNumber.timeout,
}
