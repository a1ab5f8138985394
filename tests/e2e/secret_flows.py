"""Flows in which a customer enters a card number that is encrypted: alone, and in the middle of a talk with an agent."""

from cryptography.hazmat.primitives.asymmetric import rsa

from tests.rig.blocks import Action, mark, remember, store
from tests.rig.certificates import certificate_of
from tests.rig.contents import END, HANG_UP, RECORD, action

ASK_HZ, CHOSEN_HZ = 600.0, 1100.0
KEY = rsa.generate_private_key(65537, 2048)
CARD = "4929123456"
ENCRYPTED = {
    "InputEncryption": {"EncryptionKeyId": "card-key", "Key": certificate_of(KEY)},
    "InputValidation": {"CustomValidation": {"MaximumLength": "20"}},
}
INTO_SALES = [
    action("Sales", "UpdateContactTargetQueue", {"QueueId": "sales"}, "To sales", NoMatchingError="Hang up"),
    action("To sales", "TransferContactToQueue", {}, "Hang up", QueueAtCapacity="Hang up", NoMatchingError="Hang up"),
    HANG_UP,
]
SECURE = [
    RECORD | {"Transitions": {"NextAction": "Card", "Errors": [], "Conditions": []}},
    store("Card", ASK_HZ, "Keep card", error="Hang up", **ENCRYPTED),
    remember("Keep card", "Account", card="$.StoredCustomerInput"),
    store("Account", ASK_HZ, "Keep account", error="Hang up"),
    remember("Keep account", "Sales", account="$.StoredCustomerInput"),
    *INTO_SALES,
]
TALKING = [RECORD | {"Transitions": {"NextAction": "Sales", "Errors": [], "Conditions": []}}, *INTO_SALES]


def hold(identifier: str, state: str, following: str) -> Action:
    """Hold customer or agent."""
    kind = "UpdatePreviousContactParticipantState"
    return action(identifier, kind, {"PreviousContactParticipantState": state}, following, NoMatchingError="Hang up")


WITH_AGENT = [
    hold("Agent waits", "AgentOnHold", "Card"),
    store("Card", ASK_HZ, "Keep card", error="Hang up", **ENCRYPTED | {"InputTimeLimitSeconds": "8"}),
    remember("Keep card", "Thanks", card="$.StoredCustomerInput"),
    mark("Thanks", CHOSEN_HZ, "Together"),
    hold("Together", "OffHold", "End"),
    END,
    HANG_UP,
]
