"""Set contact attributes."""

from typing import Any

from app.errors import BadInput
from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.formats.given import Given
from app.flow.params import Choice, Pairs

SIZE_LIMIT = 32 * 1024
"""Bytes of all attributes of a contact, names and values."""


class Attributes(Pairs):
    """Names and values; the block of 2017 has one of them, as entries `key` and `value`."""

    def from_legacy(self, given: Given) -> dict[str, Any]:
        if given.module.type != "SetScreenPop":
            return super().from_legacy(given)
        key, value = given.take("key"), given.take("value")
        if key is None or not isinstance(key.value, str) or value is None:
            return {}
        return {self.path: {key.value: "" if value.text is None else value.text}}


@block(
    "UpdateContactAttributes",
    group="Set",
    title="Set contact attributes",
    legacy=Legacy("SetAttributes", older=("SetScreenPop",)),
)
class SetContactAttributes(Block):
    """Stores names and values with the contact: later blocks refer to them as `$.Attributes.name`, the agent sees them and the
    contact trace record keeps them."""

    attributes = Attributes("Attributes", "Attributes", legacy="Attribute")
    contact = Choice(
        "Of which contact",
        "TargetContact",
        {"Current": ("This contact", ""), "Related": ("The contact this one came from", "")},
        default="Current",
        help="Related contacts are not supported yet: takes the error branch.",
    )
    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        if self.contact != "Current":
            raise BadInput(what="The contact whose attributes are set", why="only the present contact's can be")
        attributes = dict(context.contact.attributes)
        for name, value in self.attributes:
            attributes[name] = value(context)
            context.note(name, attributes[name])
        size = sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())
        if size > SIZE_LIMIT:
            raise BadInput(
                what="The contact's attributes", why=f"together they have {size} bytes, more than {SIZE_LIMIT}"
            )
        context.change(attributes=attributes)
        return self.done
