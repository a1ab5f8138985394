"""Asterisk's manager interface, for the little that only it can do. panoramisk carries it; see `connection`."""

from app.telephony.ami.client import AmiClient, AmiNode
from app.telephony.ami.errors import AmiDisconnected, AmiError, AmiLoginRefused, AmiRequestFailed, AmiTimeout
from app.telephony.ami.values import (
    AmiEvent,
    ContactStatusChanged,
    Module,
    PhoneContact,
    Registration,
    RegistrationChanged,
    SecurityEvent,
)

__all__ = [
    "AmiClient",
    "AmiDisconnected",
    "AmiError",
    "AmiEvent",
    "AmiLoginRefused",
    "AmiNode",
    "AmiRequestFailed",
    "AmiTimeout",
    "ContactStatusChanged",
    "Module",
    "PhoneContact",
    "Registration",
    "RegistrationChanged",
    "SecurityEvent",
]
