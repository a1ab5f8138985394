"""Every attribute that a flow can refer to: its name, its JSONPath, its spelling in the older export, what it is (guide, p. 47 to 51).

The documentation and the lists of the editor come from here; `SYSTEM` is how the values are read that are known of every contact.
What the table has without a reader is found by its path: results of blocks lie in the run's memory under their root's name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.domain.instance import Queue
from app.flow.context import Context

Reader = Callable[[Context], str]
SYSTEM_NAMESPACE, USER, EXTERNAL, SLOTS, SESSION = (
    "System",
    "User Defined",
    "External",
    "Lex.Slots",
    "Lex.SessionAttributes",
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A row. `namespace` and `key` are the older export's (empty: it has none); a path that ends in `name` stands for any name."""

    group: str
    label: str
    path: str
    meaning: str
    key: str = ""
    namespace: str = SYSTEM_NAMESPACE
    read: Reader | None = None


def _contact(field: str) -> Reader:
    return lambda context: getattr(context.contact, field) or ""


def _agent(field: str) -> Reader:
    return lambda context: getattr(context.view.agent, field) if context.view.agent else ""


def _agent_arn(context: Context) -> str:
    return context.instance.arn("agent", context.view.agent.agent_id) if context.view.agent else ""


def _queue(read: Callable[[Queue], str | None]) -> Reader:
    def of_working_queue(context: Context) -> str:
        queue_id = context.contact.queue_id
        queue = context.instance.queue(queue_id) if queue_id else None
        return (read(queue) or "") if queue else ""

    return of_working_queue


def _queue_arn(context: Context) -> str:
    return context.instance.arn("queue", context.contact.queue_id) if context.contact.queue_id else ""


def _always(value: str) -> Reader:
    return lambda context: value


def _callback_number(context: Context) -> str:
    return context.contact.callback_number or context.contact.customer_number


def _initial_contact(context: Context) -> str:
    return context.contact.initial_contact_id or context.contact.contact_id


def _telephone(read: Reader) -> Reader:
    return lambda context: "TELEPHONE_NUMBER" if read(context) else ""


_OUTBOUND = _queue(lambda queue: queue.outbound_number)
_SYSTEM = "System"
_CONTACT = "Contact data"
_METRICS = "Queue metrics"
_STREAMS = "Media streams"


def _known(group: str, label: str, path: str, meaning: str, read: Reader, key: str = "") -> Attribute:
    return Attribute(group, label, f"$.{path}", meaning, key or path, read=read)


def _metric(label: str, path: str, meaning: str) -> Attribute:
    return Attribute(_METRICS, label, f"$.Metrics.{path}", meaning, f"Metrics.{path}")


def _stream(label: str, path: str) -> Attribute:
    return _known(_STREAMS, label, f"MediaStreams.Customer.Audio.{path}", "empty: media is not streamed", _always(""))


ATTRIBUTES = (
    _known(_SYSTEM, "Customer number", "CustomerEndpoint.Address", "the customer's number", _contact("customer_number"), "Customer Number"),
    _known(_SYSTEM, "Customer endpoint type", "CustomerEndpoint.Type", "`TELEPHONE_NUMBER`", _always("TELEPHONE_NUMBER")),
    _known(_SYSTEM, "Dialed number", "SystemEndpoint.Address", "the number that was called", _contact("system_number"), "Dialed Number"),
    _known(_SYSTEM, "System endpoint type", "SystemEndpoint.Type", "`TELEPHONE_NUMBER`", _always("TELEPHONE_NUMBER")),
    _known(
        _SYSTEM, "Customer callback number", "CallbackNumber",
        "the number that a callback calls: set by Set callback number, else the customer's", _callback_number, "Customer callback number",
    ),
    _known(
        _SYSTEM, "Stored customer input", "StoredCustomerInput",
        "what Store customer input stored last; `Timeout` when nothing was pressed", _contact("stored_input"), "Stored customer input",
    ),
    _known(_SYSTEM, "Queue name", "Queue.Name", "the working queue; of an agent's own the user name", _queue(lambda queue: queue.name)),
    _known(_SYSTEM, "Queue ARN", "Queue.ARN", "the working queue", _queue_arn),
    _known(_SYSTEM, "Queue outbound caller ID number", "Queue.OutboundCallerId.Address", "what the queue shows in calls", _OUTBOUND),
    _known(_SYSTEM, "Queue outbound caller ID number type", "Queue.OutboundCallerId.Type", "`TELEPHONE_NUMBER`", _telephone(_OUTBOUND)),
    _known(_SYSTEM, "Text to speech voice", "TextToSpeechVoiceId", "the voice that speaks", _contact("voice")),
    _known(_SYSTEM, "Language", "LanguageCode", "the language that is spoken, such as `en-US`", _contact("language")),
    _known(_SYSTEM, "Contact id", "ContactId", "this contact", _contact("contact_id")),
    _known(_SYSTEM, "Initial contact id", "InitialContactId", "the first of a chain of contacts", _initial_contact),
    _known(_SYSTEM, "Previous contact id", "PreviousContactId", "the contact before a transfer", _contact("previous_contact_id")),
    _known(_SYSTEM, "Channel", "Channel", "`VOICE`", _always("VOICE")),
    _known(_SYSTEM, "Instance ARN", "InstanceARN", "this instance", lambda context: context.instance.arn("", "").removesuffix("//")),
    _known(
        _SYSTEM, "Initiation method", "InitiationMethod",
        "`INBOUND`, `OUTBOUND`, `TRANSFER`, `CALLBACK`, `API` or `QUEUE_TRANSFER`", _contact("initiation"),
    ),
    _known(_CONTACT, "Name", "Name", "set by Set contact data", _contact("name")),
    _known(_CONTACT, "Description", "Description", "set by Set contact data", _contact("description")),
    _known(_CONTACT, "Customer id", "CustomerId", "set by Set contact data", _contact("customer_id")),
    Attribute(_CONTACT, "Reference", "$.References.name", "a reference of the contact; `$.References.name.Type` is its type"),
    Attribute(_CONTACT, "Tag", "$.Tags.name", "set by Tag contact"),
    _known("Agent", "Agent user name", "Agent.UserName", "the agent whom the contact is with", _agent("username")),
    _known("Agent", "Agent first name", "Agent.FirstName", "the agent whom the contact is with", _agent("first_name")),
    _known("Agent", "Agent last name", "Agent.LastName", "the agent whom the contact is with", _agent("last_name")),
    _known("Agent", "Agent ARN", "Agent.ARN", "the agent whom the contact is with", _agent_arn),
    _metric("Queue name", "Queue.Name", "the queue that Get queue metrics looked at last"),
    _metric("Queue ARN", "Queue.ARN", "that queue"),
    _metric("Metrics queue size", "Queue.Size", "contacts in that queue"),
    _metric("Oldest contact in queue", "Queue.OldestContactAge", "seconds that the contact waits that waits longest"),
    _metric("Estimated wait time (queue)", "Queue.EstimatedWaitTime", "seconds that somebody would wait who came now; empty: not known"),
    _metric("Position in queue", "Contact.PositionInQueue", "the contact's place in that queue, or the place it would get; 1 is next"),
    _metric("Estimated wait time (contact)", "Contact.EstimatedWaitTime", "seconds that it will still wait; empty: not known"),
    _metric("Agents online", "Agents.Online.Count", "agents of that queue in any status but Offline"),
    _metric("Agents available", "Agents.Available.Count", "those who can be offered a contact now"),
    _metric("Agents staffed", "Agents.Staffed.Count", "those available, on a contact or in after contact work"),
    _metric("Agents in After contact work", "Agents.AfterContactWork.Count", "those in after contact work"),
    _metric("Agents busy", "Agents.Busy.Count", "those on a contact"),
    _metric("Agents missed count", "Agents.Missed.Count", "those who missed a contact"),
    _metric("Agents in non-productive state", "Agents.NonProductive.Count", "those in a custom status that is not productive"),
    Attribute("User-defined", "User-defined attribute", "$.Attributes.name", "set by Set contact attributes", "name", USER),
    Attribute("External", "External attribute", "$.External.name", "what the last function returned", "name", EXTERNAL),
    Attribute("Bot", "Intent name", "$.Lex.IntentName", "what the customer wants, as the bot understood", "Lex.IntentName"),
    Attribute("Bot", "Slot", "$.Lex.Slots.name", "a detail that the bot asked for", "name", SLOTS),
    Attribute("Bot", "Session attribute", "$.Lex.SessionAttributes.name", "what the bot keeps of the talk", "name", SESSION),
    Attribute("Bot", "Dialog state", "$.Lex.DialogState", "`Fulfilled` when the bot is done", "Lex.DialogState"),
    Attribute("Flow", "Flow attribute", "$.FlowAttributes.name", "set by Set flow attributes; gone when another flow or module begins"),
    Attribute("Modules", "Module result", "$.Modules.Result", "how the last module ended"),
    Attribute("Modules", "Module result data", "$.Modules.ResultData.name", "what the last module returned"),
    _stream("Customer audio stream ARN", "StreamARN"),
    _stream("Customer audio start timestamp", "StartTimestamp"),
    _stream("Customer audio stop timestamp", "StopTimestamp"),
    _stream("Customer audio start fragment number", "StartFragmentNumber"),
)  # fmt: skip
"""In the order of the guide's tables."""

SYSTEM: dict[str, Reader] = {row.path.removeprefix("$."): row.read for row in ATTRIBUTES if row.read is not None}
"""By path, without its `$.`."""


def contact_data(root: str, context: Context) -> Any:
    """What lies under a root that is kept with the contact and has names of its own; None for every other root."""
    if root == "References":
        return {
            name: {"": reference.value, "Value": reference.value, "Type": reference.type}
            for name, reference in context.contact.references.items()
        }
    return context.contact.tags if root == "Tags" else None


def attribute_pages() -> str:
    """The table for the manual, as Markdown."""
    lines = ["| Attribute | Reference | In the older export | Value |", "|---|---|---|---|"]
    for group in dict.fromkeys(row.group for row in ATTRIBUTES):
        lines.append(f"| **{group}** | | | |")
        for row in ATTRIBUTES:
            if row.group == group:
                older = f"{row.namespace}: `{row.key}`" if row.key else "none"
                lines.append(f"| {row.label} | `{row.path}` | {older} | {row.meaning} |")
    return "\n".join(lines) + "\n"
