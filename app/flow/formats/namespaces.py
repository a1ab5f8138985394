"""References to attributes in both formats: namespace and key in the older export, a path in the flow language."""

import re

_ROOTS = {"User Defined": "Attributes"}
"""Namespaces whose root in the flow language has another name."""
_SYSTEM = {
    "Stored customer input": "StoredCustomerInput",
    "Dialed Number": "SystemEndpoint.Address",
    "Customer Number": "CustomerEndpoint.Address",
    "Customer callback number": "CallbackNumber",
}
"""Keys of the namespace System whose path has another name; the others are the path: `Queue.Name`, `ContactId`, `Channel`."""
_NAMESPACES = ("Lex.SessionAttributes", "Lex.Slots", "External")
_SYSTEM_ROOTS = frozenset(
    {
        "Agent",
        "CallbackNumber",
        "Channel",
        "ContactId",
        "CustomerEndpoint",
        "CustomerId",
        "Description",
        "InitialContactId",
        "InitiationMethod",
        "InstanceARN",
        "LanguageCode",
        "Lex",
        "MediaStreams",
        "Metrics",
        "Name",
        "PreviousContactId",
        "Queue",
        "StoredCustomerInput",
        "SystemEndpoint",
        "TextToSpeechVoiceId",
    }
)
"""Where a path of the namespace System begins."""
_PLAIN_KEY = re.compile(r"\w(?:[\w.-]*\w)?")
_PATH = re.compile(r"\$\.(\w+)(?:\.(\w(?:[\w.-]*\w)?)|\.?\['([^'\"]+)'\])?")


def path_of(namespace: str, key: str) -> str:
    """The path of a namespace's key: `User Defined`, `plan` is `$.Attributes.plan`."""
    if namespace == "System":
        return f"$.{_SYSTEM.get(key, key)}"
    root = _ROOTS.get(namespace, namespace)
    return f"$.{root}.{key}" if _PLAIN_KEY.fullmatch(key) else f"$.{root}['{key}']"


def namespaced(text: str) -> tuple[str, str]:
    """Namespace and key of a text that is one reference; no namespace and the text itself when it is anything else."""
    match = _PATH.fullmatch(text)
    if match is None:
        return "", text
    for namespace in (*_NAMESPACES, "User Defined"):
        head = f"$.{_ROOTS.get(namespace, namespace)}"
        if text.startswith((f"{head}.", f"{head}[")):
            key = text[len(head) + 1 :] if match[3] is None else match[3]
            return (namespace, key) if path_of(namespace, key) == text else ("", text)
    path = text.removeprefix("$.")
    if match[1] in _SYSTEM_ROOTS and match[3] is None:
        return "System", next((key for key, other in _SYSTEM.items() if other == path), path)
    return "", text
