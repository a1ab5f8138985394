"""What a function is told of a contact: the event of Amazon Connect, letter by letter."""

from typing import Any

from app.flow.context import Context

TELEPHONE = "TELEPHONE_NUMBER"


def function_event(context: Context, parameters: dict[str, str]) -> dict[str, Any]:
    """The event that a function receives. What a contact does not have is null."""
    contact = context.contact
    return {
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                "Attributes": dict(contact.attributes),
                "Channel": "VOICE",
                "ContactId": contact.contact_id,
                "CustomerEndpoint": _endpoint(contact.customer_number),
                "InitialContactId": contact.initial_contact_id or contact.contact_id,
                "InitiationMethod": contact.initiation.value,
                "InstanceARN": context.instance.arn("", "").removesuffix("//"),
                "LanguageCode": contact.language,
                "MediaStreams": {"Customer": {"Audio": None}},
                "PreviousContactId": contact.previous_contact_id or contact.contact_id,
                "Queue": _queue(context),
                "SystemEndpoint": _endpoint(contact.system_number),
            },
            "Parameters": parameters,
        },
    }


def _endpoint(number: str) -> dict[str, str] | None:
    return {"Address": number, "Type": TELEPHONE} if number else None


def _queue(context: Context) -> dict[str, Any] | None:
    """The working queue."""
    queue = context.instance.queue(context.contact.queue_id) if context.contact.queue_id else None
    if queue is None:
        return None
    return {
        "ARN": context.instance.arn("queue", queue.queue_id),
        "Name": queue.name,
        "OutboundCallerId": _endpoint(queue.outbound_number or ""),
    }
