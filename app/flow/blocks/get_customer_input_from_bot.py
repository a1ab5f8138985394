"""Get customer input, from a talk with a bot."""

from typing import Any

from app.domain.instance import FlowType
from app.domain.prompt import Prompt
from app.errors import BadInput
from app.flow.block import INBOUND, Legacy, block
from app.flow.bot_keys import LONGEST_S, SILENCE_S
from app.flow.bot_talk import BotTalk
from app.flow.branches import Move, OnError, Options, first_match
from app.flow.context import Context
from app.flow.formats.language import Action, find
from app.flow.kinds_of_bot import BotArn, BotText
from app.flow.params import Number, Pairs
from app.flow.prompts import PromptParameter

FALLBACK = "FallbackIntent"
"""What a bot that did not understand calls it."""


@block(
    "ConnectParticipantWithLexBot",
    group="Interact",
    title="Get customer input from a bot",
    legacy=Legacy("GetUserInput", "Lex"),
    flows=INBOUND | {FlowType.CUSTOMER_QUEUE},
    next_copies="error",
)
class GetCustomerInputFromBot(BotTalk):
    """Plays a prompt that a key interrupts, lets the caller talk to a bot by keys, and branches on the intent that the bot found. Intent,
    slots and session attributes are `$.Lex.IntentName`, `$.Lex.Slots.name` and `$.Lex.SessionAttributes.name` then."""

    prompt = PromptParameter(required=False, help="Without one the bot's own greeting is played.")
    name = BotText("Bot", "LexBot.Name", legacy="BotName", help="Where it lives says the instance's map of bots.")
    alias = BotText("Alias of the bot", "LexBot.Alias", legacy="BotAlias")
    region = BotText("Region of the bot", "LexBot.Region", legacy="BotRegion")
    arn = BotArn("Bot of Lex V2", "LexV2Bot.AliasArn", legacy="BotAliasArn", help="ARN of the bot's alias.")
    session = Pairs("Session attributes", "LexSessionAttributes", legacy="Parameter")
    limit_s = Number(
        "Seconds to the first key",
        "LexTimeoutSeconds.Text",
        low=1,
        high=604_800,
        optional=True,
        help="5 where nothing is said; 60 at most.",
    )
    options = Options("Intents")
    timeout = OnError("Timeout", "InputTimeLimitExceeded", legacy="Timeout", otherwise="no_match", optional=True)
    no_match = OnError("No match", "NoMatchingCondition", legacy="NoMatch", otherwise="error")
    error = OnError(otherwise="no_match")

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        self.called = _display_name(action)

    def enter(self, context: Context) -> Move:
        return self.begin(context, {name: value(context) for name, value in self.session})

    def question(self, context: Context) -> dict[str, Any]:
        bot = self.arn(context).strip() or self.name(context).strip()
        if not (bot or self.called):
            raise BadInput(what="The bot", why="its name is empty for this contact")
        return {
            "bot": bot or self.called,
            "name": self.called,
            "alias": self.alias(context),
            "region": self.region(context),
            "language": context.contact.language,
        }

    def opening(self, context: Context) -> Prompt | None:
        return self.prompt(context) if self.prompt is not None else None

    def silence_s(self, context: Context) -> float:
        return min(self.limit_s(context) or SILENCE_S, LONGEST_S)

    def understood(self, context: Context, intent: str, state: str) -> Move:
        context.note("intent", intent)
        chosen = first_match(self.options, context, intent) if state != "Failed" or intent == FALLBACK else None
        return chosen or self.no_match

    def silent(self, context: Context) -> Move:
        return self.timeout


def _display_name(action: Action) -> str:
    """The name that the editor's metadata keep of a bot that is named by ARN."""
    for place in ("lexV2BotName", "parameters.LexV2Bot.AliasArn.lexV2BotName", "LexV2Bot.text"):
        if isinstance(name := find(action.metadata, place), str) and name:
            return name
    return ""
