"""How the two export formats name a bot: by name, alias and region, or (Lex V2) by the ARN of its alias."""

from typing import Any

from app.flow.formats.given import Given
from app.flow.formats.language import Action
from app.flow.params import Text


class BotText(Text):
    """Something of a bot that the older export writes without a namespace."""

    legacy_namespaced = False


class BotArn(Text):
    """The ARN; in the older export the version of Lex goes with it."""

    def from_legacy(self, given: Given) -> dict[str, Any]:
        given.take("LexVersion")
        return super().from_legacy(given)

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        entries = super().to_legacy(action)
        return [*entries, {"name": "LexVersion", "value": "V2"}] if entries else []
