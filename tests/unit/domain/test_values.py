"""Values made anew with something changed."""

from dataclasses import replace

import pytest

from app.conversation.state import Conversation, Phase
from app.domain.contact import Contact, InitiationMethod
from app.domain.ids import ChannelId, ContactId, NodeName, QueueId
from app.domain.values import changed

pytestmark = pytest.mark.unit

CONTACT = Contact(
    ContactId("c"), NodeName("node1"), ChannelId("ch"), InitiationMethod.INBOUND, "+12025550100", "+12025550101", 1
)


def test_it_is_what_the_standard_library_makes() -> None:
    facts = {"queue_id": QueueId("sales"), "attributes": {"a": "b"}, "finished_ms": 7}
    assert changed(CONTACT, **facts) == replace(CONTACT, **facts)  # type: ignore[arg-type]
    assert CONTACT.queue_id is None


def test_without_a_change_it_is_a_copy() -> None:
    conversation = Conversation(ContactId("c"), NodeName("node1"), Phase.FLOW, 1)
    copied = changed(conversation)
    copied.serial += 1
    assert (conversation.serial, copied.serial) == (0, 1)


def test_a_field_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        changed(CONTACT, colour="red")
