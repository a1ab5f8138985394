"""Set event flow, for events that a telephone call does not have."""

from app.domain.contact import Hook
from app.errors import BadInput
from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.event_hooks import names_any
from app.flow.params import Text

_of_calls = names_any(*Hook)


@block(
    "UpdateContactEventHooks",
    group="Set",
    title="Set event flow",
    legacy=Legacy("SetEventHook"),
    when=lambda action: not _of_calls(action),
)
class SetEventFlow(Block):
    """Names flows for a guide on the agent's screen, or for tasks that are paused and resumed. A call has no such events: the block
    goes on, and nothing runs these flows."""

    agent_ui = Text("Agent screen", "EventHooks.DefaultAgentUI", legacy="ContactFlowId[Type=DefaultAgentUI]")
    disconnect_ui = Text(
        "Agent screen after disconnect",
        "EventHooks.DisconnectAgentUI",
        legacy="ContactFlowId[Type=DisconnectAgentUI]",
    )
    pause = Text("Pause", "EventHooks.PauseContact", legacy="ContactFlowId[Type=PauseContact]")
    resume = Text("Resume", "EventHooks.ResumeContact", legacy="ContactFlowId[Type=ResumeContact]")
    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        if not any(flow(context) for flow in (self.agent_ui, self.disconnect_ui, self.pause, self.resume)):
            raise BadInput(what="The block", why="it names no flow")
        context.note("ignored", "a call has no such event")
        return self.done
