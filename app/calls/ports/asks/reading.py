"""What is asked about the installation as a whole, and about finished contacts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadStatus:
    """Shows lines, agents, contacts and queues at this moment."""


@dataclass(frozen=True, slots=True)
class Reload:
    """Takes over what administrators changed in the database: configuration, phones, trunks. Live calls are not touched."""


@dataclass(frozen=True, slots=True)
class ListRecords:
    """Lists finished contacts, newest first; at most 500."""

    limit: int = 50


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """Shows the contact trace record, with the guide's field names."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class ReadTrace:
    """Shows the contact's path so far, live or finished."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """Sends the contact's recording, whole or the range that a player asks for; `download` makes a browser save it."""

    contact_id: str
    download: bool = False
