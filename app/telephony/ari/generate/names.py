"""Names and types: how Asterisk's become Python's."""

from app.telephony.ari.generate.description import Operation, Parameter

HEADER = '''"""{title}

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""
'''
PYTHON_TYPES = {
    "string": "str",
    "Date": "str",
    "int": "int",
    "long": "int",
    "double": "float",
    "boolean": "bool",
    "object": "dict[str, Any]",
    "binary": "bytes",
}
OBJECTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Application": ("applications/{}", ("name",)),
    "Bridge": ("bridges/{}", ("id",)),
    "Channel": ("channels/{}", ("id",)),
    "DeviceState": ("deviceStates/{}", ("name",)),
    "Endpoint": ("endpoints/{}/{}", ("technology", "resource")),
    "LiveRecording": ("recordings/live/{}", ("name",)),
    "Mailbox": ("mailboxes/{}", ("name",)),
    "Playback": ("playbacks/{}", ("id",)),
    "Sound": ("sounds/{}", ("id",)),
    "StoredRecording": ("recordings/stored/{}", ("name",)),
}
"""First-class objects: where they live and which of their fields make up their id."""
ENVELOPE = frozenset({"Message", "Event"})


def snake(name: str) -> str:
    """deviceStates -> device_states"""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def upper_first(name: str) -> str:
    """startMoh -> StartMoh, transfer_progress -> TransferProgress"""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def constant(operation: Operation) -> str:
    """startMoh -> START_MOH"""
    return snake(operation.nickname.replace("DTMF", "Dtmf")).upper()


def python_type(name: str) -> str:
    """Asterisk's type as Python's; the names of models stay."""
    if name.startswith("List["):
        return f"list[{python_type(name[5:-1])}]"
    return PYTHON_TYPES.get(name, name)


def parameters_name(operation: Operation) -> str:
    return f"{upper_first(operation.resource)}{upper_first(operation.nickname)}Parameters"


def parameter_type(parameter: Parameter) -> str:
    if parameter.type == "containers" and parameter.name == "variables":
        return "Mapping[str, str]"
    if parameter.type == "containers":
        return "Sequence[Mapping[str, str]]"
    kind = "Mapping[str, object]" if parameter.type == "object" else python_type(parameter.type)
    return f"{kind} | Sequence[{kind}]" if parameter.multiple else kind


def item_type(response: str) -> str:
    """List[Channel] -> Channel"""
    return response.removeprefix("List[").removesuffix("]")


def object_module(name: str) -> str:
    """The generated module in which a first-class object's class lies."""
    return "channel_object" if name == "Channel" else "objects"


def event_module(name: str) -> str:
    """The generated module in which an event's type lies."""
    return "channel_events" if name.startswith("Channel") else "other_events"
