"""Get customer input, by the telephone's keys."""

from app.domain.events import PlaybackFinished
from app.domain.instance import FlowType
from app.errors import Unavailable
from app.flow.block import INBOUND, Block, Legacy, block
from app.flow.branches import STAY, Move, OnError, Options, first_match
from app.flow.context import Context
from app.flow.params import Seconds, plain
from app.flow.prompts import PromptParameter


@block(
    "GetParticipantInput",
    group="Interact",
    title="Get customer input",
    legacy=Legacy(
        "GetUserInput",
        "Digits",
        older=("PlayAudioAndFetchInput",),
        fixed={"MaxDigits": "1"},
        order=("error", "no_match"),
    ),
    flows=INBOUND | {FlowType.CUSTOMER_QUEUE},
    fixed={"StoreInput": "False"},
    when=lambda action: plain(action.at("StoreInput")).lower() != "true",
    next_copies="no_match",
)
class GetCustomerInput(Block):
    """Plays a menu that a key interrupts and branches on the key. A key pressed before the menu began counts at once."""

    prompt = PromptParameter()
    timeout_s = Seconds(
        "Time to the first key", "InputTimeLimitSeconds", low=1, high=600, default="5", legacy="Timeout"
    )
    options = Options("Keys")
    timeout = OnError("Timeout", "InputTimeLimitExceeded", legacy="Timeout", otherwise="no_match")
    no_match = OnError("No match", "NoMatchingCondition", legacy="NoMatch", otherwise="error")
    error = OnError(otherwise="no_match")

    def enter(self, context: Context) -> Move:
        typed = context.take_typed(1)
        if typed:
            return self._choose(context, typed)
        if self.prompt is not None:
            context.play((self.prompt(context),))
        return STAY

    def on_digit(self, context: Context, digit: str) -> Move:
        return self._choose(context, digit)

    def on_playback_finished(self, context: Context, event: PlaybackFinished) -> Move:
        if event.failed:
            raise Unavailable(what="The prompt", why=event.reason, remedy="")
        context.start_timer("input", self.timeout_s(context))
        return STAY

    def on_timer(self, context: Context, name: str) -> Move:
        return self.timeout

    def _choose(self, context: Context, digit: str) -> Move:
        context.note("digit", digit)
        chosen = first_match(self.options, context, digit)
        if chosen is None:
            context.typed = ""
        return chosen or self.no_match
