"""Blocks that do not run here: those of what Trunkline does not offer, unknown ones, and those whose settings cannot be used.

Each stays visible with all its branches and takes its error branch in a call, with the reason in the contact's path.
"""

from app.errors import BadInput
from app.flow.block import Block
from app.flow.branches import Exit, Move, OnError
from app.flow.context import Context
from app.flow.formats.language import Action

TITLES = {
    "ShowView": "Show view",
    "CreateTask": "Create task",
    "CreateContact": "Create contact",
    "CreatePersistentContactAssociation": "Create persistent contact association",
    "ResumeContact": "Resume contact",
    "StartOutboundChatContact": "Send message",
    "StartOutboundEmailContact": "Send email",
    "RenderMessageTemplate": "Message template",
    "GetCustomerProfile": "Customer profiles: get",
    "GetCustomerProfileObject": "Customer profiles: get object",
    "CreateCustomerProfile": "Customer profiles: create",
    "UpdateCustomerProfile": "Customer profiles: update",
    "AssociateContactToCustomerProfile": "Customer profiles: associate contact",
    "GetCalculatedAttributesForCustomerProfile": "Customer profiles: calculated attributes",
    "CheckSegmentMembershipForCustomerProfile": "Customer profiles: check segment",
    "CreateCase": "Cases: create",
    "GetCase": "Cases: get",
    "UpdateCase": "Cases: update",
    "StartVoiceIdStream": "Set Voice ID",
    "CheckVoiceId": "Check Voice ID",
    "UpdateContactMediaStreamingBehavior": "Start or stop media streaming",
    "CreateWisdomSession": "Assistant session",
    "UpdateContactRoutingCriteria": "Set routing criteria",
    "CheckOutboundCallStatus": "Check call progress",
}
"""Blocks that exports have and Trunkline does not, by their type in the flow language."""


class Unusable(Block):
    """Stands for a block that cannot run: it fails on entry, with the reason."""

    error = OnError()

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def enter(self, context: Context) -> Move:
        raise BadInput(what="The block", why=self.reason)


Unusable.error.__set_name__(Unusable, "error")


class Unsupported(Unusable):
    """Stands for a block of a type that does not run here. `exits` are its branches as written."""

    def __init__(self, action: Action) -> None:
        self.title = TITLES.get(action.type, action.type)
        super().__init__(f"{self.title or 'a block without a type'} is not supported")
        self.edges: dict[str, str] = {}
        exits: list[Exit] = []
        for key, label, target in _ways_out(action):
            way_out = Exit(label)
            way_out.key = key
            exits.append(way_out)
            if target:
                self.edges[key] = target
        self.exits = tuple(exits)


def _ways_out(action: Action) -> list[tuple[str, str, str | None]]:
    """Key, label and target of every transition. The one that is taken has the key `error`."""
    found: list[tuple[str, str, str | None]] = []
    for error, target in action.errors:
        usual = error == "NoMatchingError"
        found.append(("error", "Error", target) if usual else (f"error.{error}", error, target))
    for index, condition in enumerate(action.conditions):
        words = " ".join(str(operand) for operand in condition.operands)
        found.append((f"condition.{index}", f"{condition.operator} {words}", condition.target))
    if action.next_action:
        found.append(("next", "Success", action.next_action))
    return found
