"""An Asterisk with a carrier that says no, a phone that does and one that does not."""

from collections.abc import AsyncIterator, Iterator

import pytest

from app.telephony.ami import AmiClient, AmiEvent, AmiNode
from tests.rig.asterisk import AsteriskRig
from tests.rig.configuration import TEMPLATES

PHONES = """
[carrier]
type = registration
server_uri = sip:127.0.0.1:{sip_port}
client_uri = sip:me@127.0.0.1:9
retry_interval = 60
max_random_initial_delay = 1
[here]
type = endpoint
aors = here
disallow = all
allow = ulaw
[here]
type = aor
contact = sip:here@127.0.0.1:{sip_port}
qualify_frequency = 1
[gone]
type = endpoint
aors = gone
disallow = all
allow = ulaw
[gone]
type = aor
contact = sip:gone@127.0.0.1:9
qualify_frequency = 1
qualify_timeout = 0.5
"""


@pytest.fixture(scope="module")
def rig() -> Iterator[AsteriskRig]:
    with AsteriskRig(overrides={"pjsip.conf": TEMPLATES["pjsip.conf"] + PHONES}) as running:
        yield running


def node(rig: AsteriskRig, secret: str | None = None) -> AmiNode:
    return AmiNode(rig.node, "127.0.0.1", rig.ami_port, rig.ami_user, rig.ami_password if secret is None else secret)


@pytest.fixture
def told() -> list[AmiEvent]:
    return []


@pytest.fixture
async def client(rig: AsteriskRig, told: list[AmiEvent]) -> AsyncIterator[AmiClient]:
    async with AmiClient(node(rig), sink=lambda _, event: told.append(event)) as connected:
        yield connected
