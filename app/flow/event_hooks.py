"""What the blocks have in common that give a contact flows of its own for its whispers, holds, queue and disconnect."""

from collections.abc import Callable

from app.domain.contact import Hook
from app.domain.ids import FlowId
from app.errors import BadInput
from app.flow.block import Block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.formats.language import Action
from app.flow.references import FlowRef


def flow_for(hook: Hook, label: str) -> FlowRef:
    """The parameter that names the flow for one hook."""
    return FlowRef(label, f"EventHooks.{hook.value}", legacy=f"ContactFlowId[Type={hook.value}]")


def names_any(*hooks: Hook) -> Callable[[Action], bool]:
    """True of actions that set one of these hooks."""
    return lambda action: any(action.at(f"EventHooks.{hook.value}") is not None for hook in hooks)


class SetFlowForEvent(Block):
    """Keeps the flows it names with the contact. Its parameters are all made with `flow_for`."""

    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        named: dict[Hook, FlowId] = {}
        for name, param in self.definition.params.items():
            flow = self.__dict__[name](context)
            if flow is not None:
                hook = Hook(param.path.rpartition(".")[2])
                named[hook] = flow.flow_id
                context.note(hook.value, flow.name)
        if not named:
            raise BadInput(what="The block", why="it names no flow")
        context.change(hooks=context.contact.hooks | named)
        return self.done
