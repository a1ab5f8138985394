"""What is asked about an agent's own working life."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadPanel:
    """Shows the agent who asks what their panel shows: their state, their contact, their queues, and what they can do now."""


@dataclass(frozen=True, slots=True)
class ChooseStatus:
    """Sets an agent's status: Available, Offline or one of the instance's own. While a contact is with the agent it is the next
    status and holds afterwards. Agents set their own, supervisors anybody's."""

    agent_id: str
    status: str


@dataclass(frozen=True, slots=True)
class ChoosePhone:
    """Makes a phone the one that rings for the agent who asks: their browser (`softphone`), a desk phone by name, or an outside number.
    It holds from the next call on. The desk phone stays theirs while another rings."""

    phone: str = ""
    number: str = ""
    softphone: bool = False


@dataclass(frozen=True, slots=True)
class ConnectSoftphone:
    """Lets a page of the agent who asks be their phone: gives it a SIP log-in for `/ws/sip`. The log-in before it is void at once."""


@dataclass(frozen=True, slots=True)
class EndAfterContactWork:
    """Ends after contact work for the contact; the agent takes the next status when one was chosen."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class ClearContact:
    """Clears a contact that the agent missed, or that could not reach them: the agent can be offered contacts again."""


@dataclass(frozen=True, slots=True)
class ListQuickConnects:
    """Lists the quick connects of the queues in the agent's routing profile, by name."""
