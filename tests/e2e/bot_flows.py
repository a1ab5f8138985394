"""A bot in the installation's folder, and the flow that lets a caller talk to it."""

from pathlib import Path

from app.store.db import Database
from tests.e2e.secret_flows import CHOSEN_HZ
from tests.rig.blocks import mark, remember, say, tone
from tests.rig.contents import HANG_UP, action

PROMPT_HZ, ELSE_HZ = 700.0, 1400.0

BOT = """
greeting: Press 1.
sorry: Sorry.
intents:
  Balance:
    utterances: ["1"]
    slots:
      account: {type: digits, least: 4, most: 4, prompt: Please key in your account., retry: Four digits.}
    confirm: You want account {account}. Is that right?
    closing: One moment, please.
  Agent:
    utterances: ["2"]
"""
TO_BOT = [
    action(
        "Bot",
        "ConnectParticipantWithLexBot",
        {"PromptId": tone(PROMPT_HZ), "LexBot": {"Name": "Bank"}},
        NoMatchingCondition="Other",
        NoMatchingError="Other",
        _Agent="Other",
        _Balance="Chosen",
    ),
    mark("Other", ELSE_HZ, "Hang up"),
    mark("Chosen", CHOSEN_HZ, "Keep"),
    remember("Keep", "Balance", account="$.Lex.Slots.account", intent="$.Lex.IntentName"),
    say("Balance", "Hang up", Text="The balance of $.Lex.Slots.account."),
    HANG_UP,
]


async def bank(_database: Database, var: Path) -> None:
    """Writes the bot."""
    (var / "bots").mkdir()
    (var / "bots" / "Bank.yaml").write_text(BOT)
