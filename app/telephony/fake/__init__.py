"""Telephony in memory and in virtual time. It ships: the simulator and `flow test` run the production cores on it."""

from app.telephony.fake.agenda import Agenda
from app.telephony.fake.faults import EventFault, Faults, RequestFault
from app.telephony.fake.sound import Heard
from app.telephony.fake.state import Phone
from app.telephony.fake.telephony import Caller, FakeTelephony, reading_time_ms

__all__ = [
    "Agenda",
    "Caller",
    "EventFault",
    "FakeTelephony",
    "Faults",
    "Heard",
    "Phone",
    "RequestFault",
    "reading_time_ms",
]
