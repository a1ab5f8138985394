"""Encrypted entries: the run knows how many keys were pressed and asks for their ciphertext; it never knows the keys."""

import re

from app.domain.questions import SealInput
from app.errors import BadInput
from app.flow.branches import STAY, Move
from app.flow.context import Context

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
_LINE = 64


def read_certificate(text: str) -> str:
    """The certificate as PEM in lines, however its line breaks came through the form it was pasted into. BadInput when it is none."""
    found = _PEM.search(text.replace("\\n", "\n"))
    if found is None:
        raise BadInput(what="The certificate of the encrypted input", why="it is no X.509 certificate in PEM")
    body = "".join(found.group(1).split())
    lines = [body[start : start + _LINE] for start in range(0, len(body), _LINE)]
    return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""))


def seal(context: Context, keys: str, key_id: str, certificate: str) -> Move:
    """Asks for the encryption of what was entered; waits for the answer."""
    context.cancel_timer("input")
    contact_id, channel_id = context.contact.contact_id, context.state.channel_id
    context.ask(lambda invocation: SealInput(contact_id, invocation, channel_id, key_id, certificate, keys))
    return STAY
