"""Scenarios by chance: callers, clocks and faults as wild as a year of calls, made from a seed and from what the flow compares with."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from app.flow.graph import Graph
from app.sim.flow.scenario import (
    ANY,
    Act,
    AgentSetting,
    BotAnswer,
    Chaos,
    FunctionAnswer,
    QueueSetting,
    Scenario,
    Transfer,
)

KEYS = "0123456789*#"
ANYWHERE = 0.3
"""How many walks begin at any block: what stands behind blocks that nobody passes is explored too."""
ASKS = 12
"""Answers a caller is good for; later they stay silent."""
LONGEST_CALL_S = 240.0
"""Then the caller hangs up at the latest."""
ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Australia/Sydney", "Asia/Kolkata")
ODD_NUMBERS = ("", "anonymous", "+", "0", "+493012345678", "12025550123", "+1202555012301234567890")
ODD_TEXTS = ("", "0", "-1", "1e400", "nan", "x" * 2_000, "<speak>", "$.Attributes.a", "\u202e\u0000'\"<&", "日本語")
REFUSED = ("HoldParty", "TransferToAgent", "QueueCallback", "DialCustomer", "SealInput")
STATES = ("ReadyForFulfillment", "Fulfilled", "Failed", "ElicitIntent", "ElicitSlot", "ConfirmIntent", "")
_DAY = datetime(2026, 1, 1, tzinfo=UTC)


class Vocabulary:
    """What a flow compares: keys of its menus, and by name the values of attributes, results of functions and bots' intents."""

    def __init__(self, graph: Graph) -> None:
        self.blocks = list(graph.nodes)
        self.keys: list[str] = []
        self.intents: list[str] = ["Help"]
        self.values: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for node in graph.nodes.values():
            operands = [str(operand) for condition in node.action.conditions for operand in condition.operands]
            self.keys += [operand for operand in operands if len(operand) == 1 and operand in KEYS]
            self.intents += [operand for operand in operands if len(operand) > 1]
            root, _, name = str(node.action.at("ComparisonValue") or "").removeprefix("$.").partition(".")
            if name:
                self.values[root][name] += operands


def random_scenario(words: Vocabulary, name: str, seed: int) -> Scenario:
    """The same for the same name and seed."""
    chance = Random(f"{name} {seed}")
    wild = chance.random() < 0.5
    moment = _DAY + timedelta(minutes=chance.randrange(365 * 24 * 60))
    return Scenario(
        name=f"{name} seed {seed}",
        seed=seed,
        start=chance.choice(words.blocks) if words.blocks and chance.random() < ANYWHERE else "",
        now=f"{moment:%Y-%m-%d %H:%M}",
        time_zone=chance.choice(ZONES),
        caller_number=chance.choice(ODD_NUMBERS) if chance.random() < 0.2 else "+12025550123",
        caller=list(_caller(chance, words)),
        attributes=_pick(chance, words.values["Attributes"]),
        hours={ANY: chance.choice(("open", "open", "closed", "Mon-Fri 09:00-17:00"))},
        queue=chance.choice(("", "", "Anything")),
        queues={ANY: _queue(chance)},
        agents={"somebody": AgentSetting(chance.choice((None, 0.0, 20.0, 90.0)), chance.choice((0.0, 30.0)))},
        functions={ANY: [_function(chance, words) for _ in range(3)]},
        bots={ANY: [_bot(chance, words) for _ in range(3)]},
        transfers={
            ANY: Transfer(chance.choice(("success", "call failure", "timeout", "error")), chance.choice((0.0, 40.0)))
        },
        refuses=[name for name in REFUSED if chance.random() < 0.2],
        chaos=_chaos(chance) if wild else Chaos(),
        limit_s=LONGEST_CALL_S + 60,
    )


def _caller(chance: Random, words: Vocabulary) -> Iterable[str | Act]:
    for _ in range(ASKS):
        luck = chance.random()
        if luck < 0.65 and words.keys:
            press = chance.choice(words.keys)
        elif luck < 0.85:
            press = "".join(chance.choice(KEYS) for _ in range(chance.randrange(1, 12))) + chance.choice(("", "#"))
        else:
            press = ""
        yield Act(press=press, barge_in=True) if chance.random() < 0.3 else press
    for _ in range(chance.choice((0, 0, 1, 5))):
        yield Act(press=chance.choice(KEYS), at_s=round(chance.uniform(0, 60), 1))
    hangs_up_s = chance.uniform(0, 60) if chance.random() < 0.15 else chance.uniform(60, LONGEST_CALL_S)
    yield Act(hang_up=True, at_s=round(hangs_up_s, 1))


def _pick(chance: Random, values: dict[str, list[str]]) -> dict[str, str]:
    """For every name a value that the flow knows, a strange one, or none."""
    found = {}
    for name, operands in values.items():
        luck = chance.random()
        if luck < 0.75 and operands:
            found[name] = chance.choice(operands)
        elif luck < 0.9:
            found[name] = chance.choice(ODD_TEXTS)
    return found


def _function(chance: Random, words: Vocabulary) -> FunctionAnswer:
    if chance.random() < 0.25:
        return FunctionAnswer(error="it broke", after_s=chance.choice((0.0, 1.0, 20.0)))
    value: dict[str, Any] = dict(_pick(chance, words.values["External"]))
    if chance.random() < 0.2:
        value["more"] = chance.choice((None, "1", {"deep": ["1", {"er": "x"}]}, "y" * 40_000))
    return FunctionAnswer(value, after_s=chance.choice((0.0, 0.2, 3.0, 9.0)))


def _bot(chance: Random, words: Vocabulary) -> BotAnswer:
    if chance.random() < 0.2:
        return BotAnswer(error="it is away")
    return BotAnswer(
        chance.choice(STATES),
        chance.choice(("", "What else?", "<speak>Yes</speak>")),
        chance.choice(words.intents),
        {name: chance.choice(("1", None, "x")) for name in ("first", "second")},
        {"mood": chance.choice(ODD_TEXTS)},
        after_s=chance.choice((0.1, 2.0, 12.0)),
    )


def _queue(chance: Random) -> QueueSetting:
    agents = chance.choice((0, 0, 1, 30))
    return QueueSetting(
        contacts_in_queue=chance.choice((0, 0, 3, 500)),
        oldest_contact_age_s=chance.choice((0.0, 59.0, 3_600.0)),
        agents_online=agents,
        agents_staffed=agents,
        agents_available=chance.choice((0, agents)),
        position=chance.choice((1, 7)),
        estimated_wait_s=chance.choice((None, 0.0, 640.0)),
        capacity=chance.choice((None, None, 3)),
        enabled=chance.random() > 0.1,
        hours=chance.choice(("", "", "Queue hours")),
    )


def _chaos(chance: Random) -> Chaos:
    return Chaos(
        duplicates=chance.choice((0.0, 0.3)),
        late=chance.choice((0.0, 0.3)),
        prompt_failures=chance.choice((0.0, 0.1, 0.5, 1.0)),
        cancel_at_s=round(chance.uniform(0, 60), 1) if chance.random() < 0.1 else None,
    )
