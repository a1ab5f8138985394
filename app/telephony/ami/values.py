"""What Asterisk's manager tells, as values, and how its headers become them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Headers = Mapping[str, str]
Direction = Literal["read", "write", "both"]
"""Seen from Asterisk: `read` is what the channel's phone says, `write` what it hears."""


@dataclass(frozen=True, slots=True)
class Registration:
    """An outbound registration of ours with a carrier. `status` is Registered, Unregistered, Rejected or Stopped."""

    name: str
    server_uri: str
    client_uri: str
    status: str
    next_in_s: int


@dataclass(frozen=True, slots=True)
class PhoneContact:
    """Where an endpoint can be reached. `status`: Reachable, Unreachable, NonQualified, Created, Removed, Updated.

    `round_trip_us` is None when unknown; `expires_at_s` is a Unix time, None for an address that is configured.
    """

    endpoint: str
    aor: str
    uri: str
    status: str
    round_trip_us: int | None
    user_agent: str = ""
    via_address: str = ""
    expires_at_s: int | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """A module that Asterisk has loaded."""

    name: str
    use_count: int
    running: bool


@dataclass(frozen=True, slots=True)
class ContactStatusChanged:
    """A phone came, went, or answers faster or slower."""

    contact: PhoneContact


@dataclass(frozen=True, slots=True)
class RegistrationChanged:
    """A registration with a carrier succeeded or failed. `cause` is the carrier's answer, when it said no."""

    client_uri: str
    server_uri: str
    status: str
    cause: str


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """Somebody logged in, or tried to. `kind` is Asterisk's name; `failed` is False for what is harmless.

    `service` is PJSIP, AMI or ARI; `remote_address` is `PROTOCOL/TRANSPORT/ADDRESS/PORT` with Asterisk's words.
    """

    kind: str
    service: str
    account: str
    remote_address: str
    failed: bool

    @property
    def remote_ip(self) -> str:
        """The address alone."""
        parts = self.remote_address.split("/")
        return parts[2] if len(parts) == 4 else self.remote_address


AmiEvent = ContactStatusChanged | RegistrationChanged | SecurityEvent

HARMLESS_SECURITY_EVENTS = frozenset({"SuccessfulAuth", "ChallengeSent"})
SECURITY_EVENTS = HARMLESS_SECURITY_EVENTS | {
    "AuthMethodNotAllowed",
    "ChallengeResponseFailed",
    "FailedACL",
    "InvalidAccountID",
    "InvalidPassword",
    "InvalidTransport",
    "LoadAverageLimit",
    "MemoryLimit",
    "RequestBadFormat",
    "RequestNotAllowed",
    "RequestNotSupported",
    "SessionLimit",
    "UnexpectedAddress",
}


def registration(headers: Headers) -> Registration:
    return Registration(
        name=headers["ObjectName"],
        server_uri=headers.get("ServerUri", ""),
        client_uri=headers.get("ClientUri", ""),
        status=headers.get("Status", ""),
        next_in_s=number(headers.get("NextReg", "")) or 0,
    )


def phone_contact(headers: Headers) -> PhoneContact:
    """From a ContactStatus event or a ContactStatusDetail of an endpoint."""
    status = headers.get("Status") or headers.get("ContactStatus", "")
    return PhoneContact(
        endpoint=headers.get("EndpointName", ""),
        aor=headers.get("AOR", ""),
        uri=headers.get("URI", ""),
        status=status,
        round_trip_us=number(headers.get("RoundtripUsec", "")) if status == "Reachable" else None,
        user_agent=headers.get("UserAgent", ""),
        via_address=headers.get("ViaAddress", ""),
        expires_at_s=number(headers.get("RegExpire", "")) or None,
    )


def modules(lines: list[str]) -> tuple[Module, ...]:
    """From the console's `module show`: the name first, then, after free text, count, status and support level."""
    found = []
    for line in lines:
        words = line.split()
        if not words or not words[0].endswith(".so"):
            continue
        running = "Running" in words and "Not" not in words
        before = words[: words.index("Running") - (0 if running else 1)] if "Running" in words else words
        found.append(Module(words[0], number(before[-1]) or 0, running))
    return tuple(found)


def number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _contact_status(headers: Headers) -> AmiEvent:
    return ContactStatusChanged(phone_contact(headers))


def _registry(headers: Headers) -> AmiEvent:
    return RegistrationChanged(
        client_uri=headers.get("Username", ""),
        server_uri=headers.get("Domain", ""),
        status=headers.get("Status", ""),
        cause=headers.get("Cause", ""),
    )


def _security(headers: Headers) -> AmiEvent:
    return SecurityEvent(
        kind=headers["Event"],
        service=headers.get("Service", ""),
        account=headers.get("AccountID", ""),
        remote_address=headers.get("RemoteAddress", ""),
        failed=headers["Event"] not in HARMLESS_SECURITY_EVENTS,
    )


EVENTS: dict[str, Callable[[Headers], AmiEvent]] = {
    "ContactStatus": _contact_status,
    "Registry": _registry,
    **dict.fromkeys(SECURITY_EVENTS, _security),
}
"""Name of the event -> what makes a value of it; other events are not read."""
