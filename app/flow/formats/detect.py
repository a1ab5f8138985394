"""Which format a text is in: its content decides, never its name."""

from app.errors import BadInput
from app.flow.formats import language, legacy
from app.flow.formats.views import load, same

Document = language.Document | legacy.Document


def read(text: str) -> Document:
    """Reads a flow in either format. BadInput when it is in neither."""
    content = load(text)
    if isinstance(content, dict) and isinstance(content.get("modules"), list) and "Actions" not in content:
        return legacy.document_of(content)
    if isinstance(content, dict) and isinstance(content.get("Actions"), list):
        return language.document_of(content)
    raise BadInput(what="The flow", why='it has neither "Actions" nor "modules"; is it an export of a contact flow?')


def claims_to_be_flow(text: str) -> bool:
    """Whether a text that may be anything looks like a flow, so that a reader should say why it is none."""
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return False
    return language.VERSION in text or '"StartAction"' in text or ('"modules"' in text and '"branches"' in text)


def format_of(document: Document) -> str:
    """`language` or `legacy`."""
    return "language" if isinstance(document, language.Document) else "legacy"


def serialise(document: Document) -> str:
    """The flow as JSON text, put together from its views."""
    return language.serialise(document) if isinstance(document, language.Document) else legacy.serialise(document)


def round_trip(document: Document) -> bool:
    """Whether what is written is what was read, the order of keys aside."""
    return same(document.written(), document.content)
