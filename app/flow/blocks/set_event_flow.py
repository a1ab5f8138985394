"""Set event flow, for events that a telephone call does not have."""

from typing import Any

from app.domain.contact import Hook
from app.errors import BadInput
from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.event_hooks import names_any, take_event
from app.flow.formats.given import Given
from app.flow.formats.language import Action
from app.flow.formats.legacy import entry
from app.flow.params import Text
from app.flow.references import display_names


class EventFlow(Text):
    """The flow for one event, never looked up. The older export has it as two entries, `Type` and `ContactFlowId`."""

    def __init__(self, label: str, event: str) -> None:
        super().__init__(label, f"EventHooks.{event}", legacy=f"ContactFlowId[Type={event}]")
        self.event = event

    def from_legacy(self, given: Given) -> dict[str, Any]:
        found = take_event(given, self.event)
        if found is None:
            return {}
        if found.resource_name:
            given.names[self.path] = found.resource_name
        return {self.path: "" if found.text is None else found.text}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        value = action.at(self.path)
        if value is None:
            return []
        names = display_names(action, self.path, ("contactFlow", "ContactFlow"))
        flow = entry("ContactFlowId", value, resource_name=next(iter(names), ""))
        return [{"name": "Type", "value": self.event}, flow]


_of_calls, _of_others = (
    names_any(*Hook),
    names_any("DefaultAgentUI", "DisconnectAgentUI", "PauseContact", "ResumeContact"),
)


@block(
    "UpdateContactEventHooks",
    group="Set",
    title="Set event flow",
    legacy=Legacy("SetEventHook"),
    when=lambda action: _of_others(action) and not _of_calls(action),
)
class SetEventFlow(Block):
    """Names flows for a guide on the agent's screen, or for tasks that are paused and resumed. A call has no such events: the block
    goes on, and nothing runs these flows."""

    agent_ui = EventFlow("Agent screen", "DefaultAgentUI")
    disconnect_ui = EventFlow("Agent screen after disconnect", "DisconnectAgentUI")
    pause = EventFlow("Pause", "PauseContact")
    resume = EventFlow("Resume", "ResumeContact")
    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        if not any(flow(context) for flow in (self.agent_ui, self.disconnect_ui, self.pause, self.resume)):
            raise BadInput(what="The block", why="it names no flow")
        context.note("ignored", "a call has no such event")
        return self.done
