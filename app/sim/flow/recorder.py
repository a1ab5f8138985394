"""Writes down what a run does: one visit a block, with what was heard in it and what it changed of the contact."""

from dataclasses import fields

from app.domain.contact import Contact
from app.domain.ids import FlowId
from app.domain.prompt import Prompt
from app.flow.context import Context
from app.flow.graph import Node
from app.flow.interpreter import EXCEPTION
from app.sim.flow.path import Fault, Visit

_FACTS = tuple(each.name for each in fields(Contact) if each.name != "attributes")


class Recorder:
    """`watch` is for the interpreter. Times count from `start_ms`."""

    def __init__(self, start_ms: int, contact: Contact) -> None:
        self._start_ms = start_ms
        self._contact = contact
        self._pending: tuple[str, ...] = ()
        self.path: list[Visit] = []
        self.heard: list[str] = []
        self.faults: list[Fault] = []

    def watch(self, context: Context, node: Node | None, result: str, branch: str) -> None:
        flow = context.instance.flows.get(context.flow_id)
        flow_name = flow.name if flow else context.flow_id
        block = node.id if node else ""
        self.path.append(
            Visit(
                at_ms=context.entered_ms - self._start_ms,
                took_ms=context.now_ms - context.entered_ms,
                flow_id=context.flow_id,
                flow=flow_name,
                block=block,
                title=node.title if node else "Flow",
                branch=result,
                key=branch,
                heard=self._pending,
                changed=changes(self._contact, context.contact),
                notes=dict(context.notes),
            )
        )
        self._contact, self._pending = context.contact, ()
        if EXCEPTION in context.notes:
            self.faults.append(Fault(flow_name, block, context.notes["reason"], context.notes[EXCEPTION]))

    def plays(self, prompts: tuple[Prompt, ...]) -> None:
        """A prompt was begun in the block that waits now."""
        words = tuple(prompt.value for prompt in prompts)
        self._pending += words
        self.heard += words

    def happens(self, now_ms: int, what: str, result: str = "") -> None:
        """Something around the flow."""
        at_ms = now_ms - self._start_ms
        self.path.append(Visit(at_ms, 0, FlowId(""), "", "", what, result))

    def knows(self, contact: Contact) -> None:
        """The contact was changed by somebody else than a block."""
        self._contact = contact


def changes(before: Contact, after: Contact) -> dict[str, str]:
    """What is different: attributes by `$.Attributes.name`, other facts by their name."""
    if before is after:
        return {}
    old, new = before.attributes, after.attributes
    found = {f"$.Attributes.{name}": value for name, value in new.items() if old.get(name) != value}
    found |= {f"$.Attributes.{name}": "" for name in old if name not in new}
    for name in _FACTS:
        value = getattr(after, name)
        if value != getattr(before, name):
            found[name] = words_of(value)
    return found


def words_of(value: object) -> str:
    """A fact of the contact as text: absent is empty, a mapping is `name=value` in order."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{name}={item}" for name, item in sorted(value.items()))
    return str(value)
