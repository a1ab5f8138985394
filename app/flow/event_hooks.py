"""What the blocks have in common that give a contact flows of its own for its whispers, holds, queue and disconnect.

One action of the flow language may name flows for any of these events, together; the block that it belongs to sets them all.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.contact import NO_FLOW, Hook
from app.domain.ids import FlowId
from app.errors import BadInput
from app.flow.attributes import Template
from app.flow.block import Block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.formats.given import Given
from app.flow.formats.language import Action
from app.flow.formats.legacy import Parameter
from app.flow.params import Param, plain
from app.flow.references import FlowRef, Resource, Wanted


def take_event(given: Given, event: str) -> Parameter | None:
    """The entry `ContactFlowId` that goes with the entry `Type` of this event in the older export; an empty one when it is missing."""
    if not any(each.name == "Type" and each.text == event for each in given.parameters):
        return None
    types, flows = given.take_all("Type"), given.take_all("ContactFlowId")
    place = next(index for index, each in enumerate(types) if each.text == event)
    given.put_back(types[:place] + types[place + 1 :] + flows[:place] + flows[place + 1 :])
    return flows[place] if place < len(flows) else Parameter("ContactFlowId")


class HookFlow(FlowRef):
    """The flow for one event. The name that older metadata keep belongs to a flow that the action does name.

    The older export has it as two entries, the event as `Type` and the flow as `ContactFlowId`.
    """

    def __init__(self, label: str, event: str) -> None:
        super().__init__(label, f"EventHooks.{event}", legacy=f"ContactFlowId[Type={event}]")
        self.event = event

    def from_legacy(self, given: Given) -> dict[str, Any]:
        found = take_event(given, self.event)
        return {} if found is None else {self.path: ""} | self.read_entry(given, found)

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        value = action.at(self.path)
        if value is None:
            return []
        return [{"name": "Type", "value": self.event}, self.write_entry(action, "ContactFlowId", value)]

    def compile(self, action: Action) -> "Resource[Any]":
        return super().compile(action) if action.at(self.path) is not None else Resource(self.kind, Template(""), ())


def flow_for(hook: Hook, label: str) -> HookFlow:
    """The parameter that names the flow for one hook."""
    return HookFlow(label, hook.value)


class Further:
    """A flow for another event than the block's own."""

    def __init__(self, hook: Hook, flow: "Resource[Any]") -> None:
        self.hook, self.flow = hook, flow

    @property
    def wanted(self) -> Wanted | None:
        return self.flow.wanted


class FurtherFlows(Param[tuple[Further, ...]]):
    """The flows for all events but those the block has a setting for."""

    widget = "none"

    def __init__(self, *own: Hook) -> None:
        super().__init__("Further events", "EventHooks", help="Any of the events of the other blocks that set a flow.")
        self.hooks = tuple(hook for hook in Hook if hook not in own)

    def compile(self, action: Action) -> tuple[Further, ...]:
        named = [hook for hook in self.hooks if action.at(f"{self.path}.{hook.value}") is not None]
        return tuple(Further(hook, flow_for(hook, "").compile(action)) for hook in named)

    def schema(self) -> dict[str, dict[str, Any]]:
        return {f"{self.path}.{hook.value}": {"type": "string", "title": hook.value} for hook in self.hooks}

    def words(self) -> str:
        return ", ".join(f"`{hook.value}`" for hook in self.hooks)


def names_any(*events: str) -> Callable[[Action], bool]:
    """True of actions that name one of these events."""

    def names(action: Action) -> bool:
        written = [action.at(path) for path in ("EventHooks", "EventHooksConfiguration")]
        return any(isinstance(each, Mapping) and event in each for each in written for event in events)

    return names


class SetFlowForEvent(Block):
    """Keeps the flows it names with the contact. Its parameters are made with `flow_for`, and one is FurtherFlows."""

    further: FurtherFlows
    done = Next()
    error = OnError(otherwise="done")

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        paths = {hook: f"EventHooksConfiguration.{hook.value}.DisableExecution" for hook in Hook}
        self.silenced = [hook for hook, path in paths.items() if plain(action.at(path)).lower() == "true"]

    def enter(self, context: Context) -> Move:
        named: dict[Hook, FlowId] = {}
        own = {name: param for name, param in self.definition.params.items() if isinstance(param, HookFlow)}
        flows = [(Hook(param.path.rpartition(".")[2]), self.__dict__[name]) for name, param in own.items()]
        for hook, resource in (*flows, *((each.hook, each.flow) for each in self.__dict__["further"])):
            flow = resource(context)
            if flow is not None:
                named[hook] = flow.flow_id
                context.note(hook.value, flow.name)
        for hook in self.silenced:
            named[hook] = NO_FLOW
            context.note(hook.value, "none")
        if not named:
            raise BadInput(what="The block", why="it names no flow")
        context.change(hooks=context.contact.hooks | named)
        return self.done
