"""What an agent asks about a live contact of their own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dial:
    """Calls a customer: the agent's phone rings first, then the number, or the outside number of a quick connect, is called with the
    caller id of the queue (`queue_id`; else the first of the agent's routing profile that has one)."""

    number: str = ""
    quick_connect: str = ""
    queue_id: str = ""


@dataclass(frozen=True, slots=True)
class Decline:
    """Declines the contact that rings: it is offered to the next agent, and counts as missed."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """Ends the agent's call with the contact."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Puts the customer on hold; with `everybody` all parties."""

    contact_id: str
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Resume:
    """Brings the customer back from hold; with `everybody` all parties."""

    contact_id: str
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Mute:
    """Mutes the agent towards all parties, or with `muted` false lets them be heard again."""

    contact_id: str
    muted: bool = True


@dataclass(frozen=True, slots=True)
class SendDigits:
    """Sends keys to the far end: 0 to 9, *, #, A to D, and a comma for a pause of half a second. The audit does not keep them."""

    contact_id: str
    digits: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Begins a transfer: through a quick connect (by id or name), to an outside number, or to an agent or a queue by id. The customer is
    put on hold and the agent consults the other end. With `blind` the agent leaves at once."""

    contact_id: str
    quick_connect: str = ""
    number: str = ""
    agent: str = ""
    queue: str = ""
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Swap:
    """Talks with the one who was on hold, customer or consulted party, and puts the other on hold."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class Join:
    """Joins customer, agent and consulted party in a conference."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Lets the consulted party go, or cancels the transfer however far it has come: the customer is with the agent again."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Leaves a transfer: the customer goes on with the consulted party."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class PauseRecording:
    """Pauses the recording, or with `paused` false lets it go on. The gap is told in the contact's record."""

    contact_id: str
    paused: bool = True
