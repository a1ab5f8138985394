"""Set callback number."""

from app.domain.phone import is_dialable, to_e164
from app.errors import BadInput
from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.params import Text


@block("UpdateContactCallbackNumber", group="Set", title="Set callback number", legacy=Legacy("SetCallBackNumber"))
class SetCallbackNumber(Block):
    """Chooses the number that a callback calls: E.164, or as it is dialled in the country of the instance."""

    number = Text("Callback number", "CallbackNumber", legacy="CallBackNumber")
    done = Next()
    invalid = OnError("Invalid number", "InvalidCallbackNumber", legacy="InvalidPhoneNumber")
    not_dialable = OnError("Not dialable", "CallbackNumberNotDialable", legacy="NonDialableNumber", otherwise="invalid")

    def enter(self, context: Context) -> Move:
        try:
            written = self.number(context)
        except BadInput:
            return self.invalid
        number = to_e164(written, context.instance.country)
        context.note("number", number or written)
        if number is None:
            return self.invalid
        if not is_dialable(number):
            return self.not_dialable
        context.change(callback_number=number)
        return self.done
