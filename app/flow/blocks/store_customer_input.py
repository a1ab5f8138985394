"""Store customer input, by the telephone's keys."""

from app.domain.events import PlaybackFinished
from app.domain.instance import FlowType
from app.domain.phone import to_e164
from app.errors import Unavailable
from app.flow.block import INBOUND, Block, Legacy, block
from app.flow.branches import STAY, Move, Next, OnError
from app.flow.context import Context
from app.flow.params import Digits, Number, Seconds, Switch, Text, plain
from app.flow.prompts import PromptParameter

NOTHING_ENTERED = "Timeout"
"""Stored when no key was pressed in time."""


@block(
    "GetParticipantInput",
    group="Interact",
    title="Store customer input",
    legacy=Legacy("StoreUserInput", older=("StoreCustomerInput",)),
    flows=INBOUND | {FlowType.CUSTOMER_QUEUE},
    fixed={"StoreInput": "True"},
    when=lambda action: plain(action.at("StoreInput")).lower() == "true",
)
class StoreCustomerInput(Block):
    """Plays a prompt that a key interrupts and stores the keys as `$.StoredCustomerInput`: `Timeout` without any key, a telephone
    number in E.164."""

    prompt = PromptParameter()
    timeout_s = Seconds(
        "Time to the first key", "InputTimeLimitSeconds", low=1, high=600, default="5", legacy="Timeout"
    )
    between_s = Seconds(
        "Time between keys", "DTMFConfiguration.InterdigitTimeLimitSeconds", low=1, high=20, default="5"
    )
    length = Number(
        "Most keys", "InputValidation.CustomValidation.MaximumLength", low=1, high=64, default="20", legacy="MaxDigits"
    )
    country = Text(
        "Country of the telephone number",
        "InputValidation.PhoneNumberValidation.CountryCode",
        legacy="CountryCode",
        help="Two letters. Makes the input a telephone number.",
    )
    terminator = Digits(
        "Keys that end the input", "DTMFConfiguration.InputTerminationSequence", default="#", legacy="TerminatorDigits"
    )
    no_cancel = Switch(
        "The * key does not clear the input",
        "DTMFConfiguration.DisableCancelKey",
        default="False",
        legacy="DisableCancel",
    )
    encryption = Text(
        "Encryption key",
        "InputEncryption.Key",
        legacy="EncryptionKey",
        help="Not supported yet: takes the error branch.",
    )
    done = Next()
    invalid = OnError("Invalid number", "InvalidPhoneNumber", legacy="InvalidNumber", otherwise="error", optional=True)
    error = OnError()

    def enter(self, context: Context) -> Move:
        if self.encryption(context):
            raise Unavailable(what="Encrypted input", why="keys cannot be encrypted yet", remedy="")
        context.locals = {"digits": ""}
        while context.typed:
            if (move := self._take(context, context.take_typed(1))) is not STAY:
                return move
        if context.locals["digits"]:
            return self._await_next(context)
        if self.prompt:
            context.play((self.prompt(context),))
        return STAY

    def on_playback_finished(self, context: Context, event: PlaybackFinished) -> Move:
        if event.failed:
            raise Unavailable(what="The prompt", why=event.reason, remedy="")
        context.start_timer("input", self.timeout_s(context))
        return STAY

    def on_digit(self, context: Context, digit: str) -> Move:
        context.stop_playback()
        move = self._take(context, digit)
        return self._await_next(context) if move is STAY else move

    def on_timer(self, context: Context, name: str) -> Move:
        return self._store(context)

    def _await_next(self, context: Context) -> Move:
        wait = self.between_s if context.locals["digits"] else self.timeout_s
        context.start_timer("input", wait(context))
        return STAY

    def _take(self, context: Context, digit: str) -> Move:
        """Adds one key; stays until the input is complete."""
        digits: str = context.locals["digits"] + digit
        if self.terminator and digits.endswith(self.terminator):
            context.locals["ended"] = True
            context.locals["digits"] = digits.removesuffix(self.terminator)
            return self._store(context)
        if digit == "*" and not self.no_cancel:
            digits = ""
        context.locals["digits"] = digits
        return self._store(context) if len(digits) >= self.length(context) else STAY

    def _store(self, context: Context) -> Move:
        digits: str = context.locals["digits"]
        context.note("keys", str(len(digits)))
        if not digits and not context.locals.get("ended"):
            context.change(stored_input=NOTHING_ENTERED)
            return self.done
        country = self.country(context)
        stored = to_e164(digits, country.upper()) if country else digits
        if stored is None:
            return self.invalid
        context.change(stored_input=stored)
        return self.done
