"""Store customer input, by the telephone's keys."""

from app.domain.events import InputSealed
from app.domain.instance import FlowType
from app.domain.phone import to_e164
from app.errors import BadInput, Unavailable
from app.flow.block import INBOUND, Answer, Legacy, block
from app.flow.branches import STAY, Move, Next, OnError
from app.flow.context import Context
from app.flow.entry import KeypadEntry
from app.flow.formats.language import Action
from app.flow.kinds_of_input import Certificate, Country
from app.flow.params import Choice, Text, plain
from app.flow.sealing import read_certificate, seal

NOTHING_ENTERED = "Timeout"
"""Stored when no key was pressed in time."""
ASKED_AGAIN = 3
"""How often an encrypted entry is asked for again after a restart has forgotten it."""


@block(
    "GetParticipantInput",
    group="Interact",
    title="Store customer input",
    legacy=Legacy("StoreUserInput", older=("StoreCustomerInput",)),
    flows=INBOUND | {FlowType.CUSTOMER_QUEUE},
    fixed={"StoreInput": "True"},
    when=lambda action: plain(action.at("StoreInput")).lower() == "true",
)
class StoreCustomerInput(KeypadEntry):
    """Plays a prompt that a key interrupts and stores the keys as `$.StoredCustomerInput`: `Timeout` without any key, a telephone
    number in E.164. With a certificate it stores what only the private key's holder can read, and the keys are kept nowhere."""

    country = Country(
        "Country of the telephone number",
        "InputValidation.PhoneNumberValidation.CountryCode",
        legacy="CountryCode",
        help="Two letters. Makes the input a telephone number.",
    )
    number_format = Choice(
        "The telephone number is",
        "InputValidation.PhoneNumberValidation.NumberFormat",
        {"Local": ("as it is dialled in the country", "Local"), "E164": ("international, without its +", "E164")},
        default="Local",
        legacy="PhoneNumberFormat",
    )
    certificate = Certificate(
        "Encrypt for",
        "InputEncryption.Key",
        legacy="EncryptionKey",
        help="An X.509 certificate (PEM). Keys pressed ahead of the prompt do not count then.",
    )
    key_id = Text("Name of the encryption key", "InputEncryption.EncryptionKeyId", legacy="EncryptionKeyId")
    done = Next()
    invalid = OnError("Invalid number", "InvalidPhoneNumber", legacy="InvalidNumber", otherwise="error", optional=True)
    error = OnError()

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        self.encrypts = bool(self.certificate.text or self.key_id.text)
        if self.encrypts and set(self.terminator) - set("*#"):
            raise BadInput(what="Keys that end the input", why="only * and # can end an encrypted input")

    def hides(self, key: str) -> bool:
        clears = key == "*" and not self.no_cancel
        return self.encrypts and key not in self.terminator and not clears

    def enter(self, context: Context) -> Move:
        if self.encrypts:
            read_certificate(self.certificate(context))
            context.typed = ""
        return super().enter(context)

    def on_answer(self, context: Context, answer: Answer) -> Move:
        """The input is encrypted; or a restart has forgotten it, and it is asked for again."""
        if not isinstance(answer, InputSealed):
            return STAY
        again = context.locals.get("again", 0)
        if answer.lost and again < ASKED_AGAIN:
            context.locals = {"digits": "", "again": again + 1}
            return self.invite(context)
        if not answer.value:
            raise Unavailable(what="The encrypted input", why=answer.reason.removesuffix("."), remedy="")
        context.change(stored_input=answer.value)
        return self.done

    def entered(self, context: Context) -> Move:
        digits: str = context.locals["digits"]
        context.note("keys", str(len(digits)))
        if not digits and not context.locals.get("ended"):
            context.change(stored_input=NOTHING_ENTERED)
            return self.done
        if self.encrypts and digits:
            return seal(context, digits, self.key_id(context), read_certificate(self.certificate(context)))
        country = self.country(context)
        international = self.number_format == "E164"
        number = f"+{digits}" if international else digits
        stored = to_e164(number, country.upper() or "ZZ") if country or international else digits
        if stored is None:
            return self.invalid
        context.change(stored_input=stored)
        return self.done
