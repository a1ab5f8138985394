"""Blocks made by chance from their own definitions: parameters that may be there or not, branches that lead somewhere or not."""

from typing import Any

from hypothesis import strategies as st

from app.flow.block import Block
from app.flow.blocks.distribute_by_percentage import Shares
from app.flow.branches import Next, OnError, OnResult, Options
from app.flow.formats.language import put
from app.flow.params import Choice, Members, Number, Pairs, Param, Switch
from app.flow.prompts import PromptList, PromptParameter

WORDS = st.sampled_from(
    ["Hello.", "Two  spaces", "$.Attributes.plan", "$.External['two words']", "$.Queue.Name", "Dear $.Attributes.name!", "Ä \"1\" <b>",
     "arn:aws:connect:eu-west-1:1:instance/i/queue/q", "5", "true", "$.FlowAttributes.x", "$.StoredCustomerInput"]
)  # fmt: skip
TARGETS = st.sampled_from(["a", "b", "c"])


def value_of(param: Param[Any]) -> st.SearchStrategy[Any] | None:
    """Values as the flow language has them; None for what cannot be made by chance."""
    if isinstance(param, PromptParameter):
        return None
    if isinstance(param, PromptList):
        return st.lists(message(), min_size=1, max_size=3)
    if isinstance(param, Number):
        numbers = st.integers(param.low, param.high).map(str)
        return st.one_of(numbers, st.just("$.Attributes.number"))
    if isinstance(param, Choice):
        return st.sampled_from(sorted(param.choices))
    if isinstance(param, Switch):
        return st.sampled_from(["True", "False"])
    if isinstance(param, Members):
        return st.sampled_from([list(param.choices), [], *([each] for each in param.choices)])
    if isinstance(param, Pairs):
        return st.dictionaries(st.sampled_from(["one", "two words", "thr.ee"]), WORDS, min_size=1)
    if param.path.endswith(("References", "EventHooks")):
        return None
    return st.just(["CustomerReturned"]) if param.path == "Events" else WORDS


def message() -> st.SearchStrategy[dict[str, str]]:
    spoken = st.builds(lambda text: {"Text": text}, WORDS)
    markup = st.builds(lambda text: {"SSML": f"<speak>{text}</speak>"}, WORDS)
    return st.one_of(spoken, markup, st.builds(lambda text: {"PromptId": text}, WORDS))


@st.composite
def actions(draw: st.DrawFn, cls: type[Block]) -> dict[str, Any]:
    """An action that is this block's, as JSON."""
    definition = cls.definition
    parameters: dict[str, Any] = {}
    for path, fixed in definition.fixed.items():
        put(parameters, path, fixed)
    for param in definition.params.values():
        if isinstance(param, PromptParameter):
            parameters |= draw(message())
        elif not isinstance(param, Options) and (value := value_of(param)) is not None and draw(st.booleans()):
            put(parameters, param.path, draw(value))
    return {
        "Identifier": "it",
        "Type": definition.type,
        "Parameters": parameters,
        "Transitions": draw(transitions(cls)),
    }


@st.composite
def transitions(draw: st.DrawFn, cls: type[Block]) -> dict[str, Any]:
    errors, conditions = [], []
    next_action = ""
    for key, branch in cls.definition.branches.items():
        edge = {"NextAction": draw(TARGETS)} if draw(st.booleans()) else {}
        if isinstance(branch, Next):
            next_action = edge.get("NextAction", "")
            continue
        if isinstance(branch, OnResult):
            conditions.append({"Condition": {"Operator": branch.operator, "Operands": [branch.operand]}} | edge)
        elif isinstance(branch, OnError) and (edge or draw(st.booleans())):
            errors.append({"ErrorType": branch.error} | edge)
        if key == cls.definition.next_copies and not next_action:
            next_action = edge.get("NextAction", "")
    for param in cls.definition.params.values():
        if isinstance(param, Options):
            conditions += draw(options(param))
    made: dict[str, Any] = {"Errors": errors, "Conditions": conditions} if cls.definition.branches else {}
    return {"NextAction": next_action} | made if next_action else made


@st.composite
def options(draw: st.DrawFn, param: Options) -> list[dict[str, Any]]:
    if isinstance(param, Shares):
        limits = sorted(draw(st.sets(st.integers(2, 100), max_size=4)))
        written = [("NumberLessThan", str(limit)) for limit in limits]
    else:
        written = draw(st.lists(st.tuples(st.sampled_from(param.operators), WORDS), max_size=3))
    return [
        {"NextAction": draw(TARGETS), "Condition": {"Operator": operator, "Operands": [operand]}}
        for operator, operand in written
    ]
