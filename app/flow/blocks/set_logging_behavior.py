"""Set logging behavior."""

from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next
from app.flow.context import Context
from app.flow.params import Choice


@block("UpdateFlowLoggingBehavior", group="Set", title="Set logging behavior", legacy=Legacy("SetLoggingBehavior"))
class SetLoggingBehavior(Block):
    """Turns on or off that values (keys pressed, texts, attributes) are noted in the contact's path, in this flow and those it
    hands over to. The path itself and the reasons of errors are always noted."""

    behavior = Choice(
        "Logging",
        "FlowLoggingBehavior",
        {"Enabled": ("Enable", "Enable"), "Disabled": ("Disable", "Disable")},
        default="Enabled",
        legacy="LoggingBehavior",
    )
    done = Next()

    def enter(self, context: Context) -> Move:
        context.logging = self.behavior == "Enabled"
        return self.done
