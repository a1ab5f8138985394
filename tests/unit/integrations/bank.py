"""The bot that the manual shows, and a larger one."""

from typing import Any

import yaml

from app.integrations.bots.definition import Bot, make_bot

BANK = """
greeting: Press 1 for your balance, 2 to speak to somebody.
sorry: Sorry.
retries: 2
intents:
  Balance:
    utterances: ["1", My balance!, "balance of account {account}"]
    slots:
      account: {type: digits, least: 4, most: 4, prompt: "Your account?", retry: Four digits please.}
    confirm: Account {account}?
    declined: Then not.
    closing: One moment, {account}.
  Agent:
    utterances: ["2", speak to somebody]
  Visit:
    utterances: [visit, "visit on {day}"]
    slots:
      day: {type: date, prompt: "Which day?"}
      branch: {type: list, prompt: "Which branch?", values: {North: ["1", the north], South: ["2"]}}
      note: {type: text, prompt: "Anything else?", required: "false"}
"""


def written() -> dict[str, Any]:
    made: dict[str, Any] = yaml.load(BANK, yaml.BaseLoader)
    return made


def bank() -> Bot:
    return make_bot(written(), "bank")
