"""Tag contact."""

from app.errors import BadInput
from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.limits import within
from app.flow.params import Pairs

MOST_TAGS, NAME_LIMIT, VALUE_LIMIT = 50, 128, 256


@block("TagContact", group="Set", title="Tag contact", legacy=Legacy("TagContact", exported=False))
class TagContact(Block):
    """Adds tags to the contact, at most 50, which later blocks refer to as `$.Tags.name`."""

    tags = Pairs("Tags", "Tags", legacy="Tag")
    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        tags = dict(context.contact.tags)
        for name, value in self.tags:
            tags[within(name, NAME_LIMIT, "The name of a tag")] = within(value(context), VALUE_LIMIT, f"The tag {name}")
            context.note(name, tags[name])
        if len(tags) > MOST_TAGS:
            raise BadInput(what="The contact's tags", why=f"there are {len(tags)}, more than {MOST_TAGS}")
        context.change(tags=tags)
        return self.done
