"""What kind of input Store customer input takes, which the older export says beside the settings of that kind."""

from typing import Any

from app.flow.formats.given import Given
from app.flow.formats.language import Action
from app.flow.params import Text


class Country(Text):
    """The country; in the older export what kind of input it is goes with it."""

    legacy_namespaced = False

    def from_legacy(self, given: Given) -> dict[str, Any]:
        given.take("CustomerInputType")
        return super().from_legacy(given)

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        is_number = action.at("InputValidation.PhoneNumberValidation") is not None
        kind = {"name": "CustomerInputType", "value": "PhoneNumber" if is_number else "Custom"}
        return [kind, *super().to_legacy(action)]


class Certificate(Text):
    """The key; in the older export whether the input is encrypted goes with it, unless that is a telephone number."""

    def from_legacy(self, given: Given) -> dict[str, Any]:
        given.take("EncryptEntry")
        return super().from_legacy(given)

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        if action.at("InputValidation.PhoneNumberValidation") is not None:
            return super().to_legacy(action)
        encrypted = {"name": "EncryptEntry", "value": action.at("InputEncryption") is not None}
        return [encrypted, *super().to_legacy(action)]
