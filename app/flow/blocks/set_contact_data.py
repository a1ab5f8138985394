"""Set contact data."""

from typing import Any

from app.domain.contact import Reference
from app.errors import BadInput
from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.formats.given import Given
from app.flow.formats.language import Action
from app.flow.formats.legacy import Parameter
from app.flow.formats.namespaces import namespaced
from app.flow.limits import within
from app.flow.params import Choice, Text
from app.flow.typed_pairs import TypedPairs

NAME_LIMIT, DESCRIPTION_LIMIT, CUSTOMER_LIMIT, REFERENCES_LIMIT = 512, 4096, 128, 32 * 1024


class Datum(Text):
    """One thing that is known of a contact. The older export has it as a key of an entry `ContactData`."""

    def from_legacy(self, given: Given) -> dict[str, Any]:
        name, _, key = self.legacy.partition(".")
        for each in given.parameters:
            value = each.rest.get(key) if each.name == name else None
            if isinstance(value, str) and len(each.rest.keys() - {"namespace"}) == 1:
                given.discard(each)
                return {self.path: Parameter(key, value, each.namespace).text}
        return {}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        name, _, key = self.legacy.partition(".")
        value = action.at(self.path)
        if not isinstance(value, str):
            return []
        namespace, text = namespaced(value)
        return [{"name": name, "namespace": namespace or None, key: text}]


@block("UpdateContactData", group="Set", title="Set contact data", legacy=Legacy("SetContactData"))
class SetContactData(Block):
    """Keeps what the contact is called, its description, references for the agent, the customer's id or the language with the
    contact. A setting that is left out changes nothing; those for recognising voices and for assistants do nothing in Trunkline."""

    name = Text("Name", "Name")
    description = Text("Description", "Description")
    references = TypedPairs("References", "References")
    customer_id = Datum("Customer id", "CustomerId", legacy="ContactData.customerId")
    language = Datum("Language", "LanguageCode", legacy="ContactData.languageCode", help="Such as `en-US`.")
    contact = Choice(
        "Of which contact",
        "TargetContact",
        {"Current": ("This contact", ""), "Related": ("The contact this one came from", "")},
        default="Current",
        help="Related contacts cannot be changed: takes the error branch.",
    )
    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        if self.contact != "Current":
            raise BadInput(what="The contact whose data are set", why="only the present contact's can be")
        changes: dict[str, str] = {}
        for field, text, limit in (
            ("name", self.name, NAME_LIMIT),
            ("description", self.description, DESCRIPTION_LIMIT),
            ("customer_id", self.customer_id, CUSTOMER_LIMIT),
            ("language", self.language, CUSTOMER_LIMIT),
        ):
            if text.text and (value := text(context)):
                changes[field] = within(value, limit, f"The contact's {field.replace('_', ' ')}")
                context.note(field, value)
        references = dict(context.contact.references)
        for name, kind, template in self.references:
            references[name] = Reference(template(context), kind)
        within(
            "".join(name + each.value for name, each in references.items()),
            REFERENCES_LIMIT,
            "The contact's references",
        )
        context.change(references=references, **changes)
        return self.done
