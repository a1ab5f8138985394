"""Set logging behavior."""

from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next
from app.flow.context import Context
from app.flow.params import Choice


@block("UpdateFlowLoggingBehavior", group="Set", title="Set logging behavior", legacy=Legacy("SetLoggingBehavior"))
class SetLoggingBehavior(Block):
    """Turns the flow log of the contact on or off: every block it goes through from here on, with its values (keys pressed, texts,
    attributes), in this flow and in all that follow. The contact's path and the reasons of errors are always kept."""

    behavior = Choice(
        "Logging",
        "FlowLoggingBehavior",
        {"Enabled": ("Enable", "Enable"), "Disabled": ("Disable", "Disable")},
        default="Enabled",
        legacy="LoggingBehavior",
    )
    done = Next()

    def enter(self, context: Context) -> Move:
        enabled = self.behavior == "Enabled"
        if context.contact.logging != enabled:
            context.change(logging=enabled)
        return self.done
