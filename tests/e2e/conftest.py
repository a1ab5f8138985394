"""Installations that the end-to-end tests share: starting one costs seconds, so a module's tests use one."""

from collections.abc import Iterator

import pytest

from app.telephony.install import TestTools
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, desk_phone, trunk_caller
from tests.rig.installation import test_tools
from tests.rig.waiting import until

CALLER_HZ, OTHER_CALLER_HZ, ALICE_HZ, BOB_HZ = 440.0, 540.0, 1000.0, 1250.0
RING_TIMEOUT_S = 5


@pytest.fixture(scope="session")
def tools() -> TestTools:
    return test_tools()


@pytest.fixture(scope="module")
def centre() -> Iterator[ApplicationRig]:
    """The demo, a trunk, and two agents: alice and bob. Afterwards nothing may be left in Asterisk, and every contact has its record."""
    with ApplicationRig() as rig:
        rig.fill(contents.demo, contents.trunk, contents.agents(["alice", "bob"], ring_timeout_s=RING_TIMEOUT_S))
        rig.start()
        yield rig
        rig.check()
        stopped = rig.command("stop")
        assert stopped.returncode == 0, stopped.stderr
        assert rig.asterisk_pid() is None


@pytest.fixture
def caller(centre: ApplicationRig, tools: TestTools) -> Iterator[Baresip]:
    """A customer in the telephone network."""
    with trunk_caller(tools, tone_hz=CALLER_HZ) as phone:
        yield phone
        _all_over(centre, phone)


@pytest.fixture
def other_caller(centre: ApplicationRig, tools: TestTools) -> Iterator[Baresip]:
    """A second customer, with a number of their own."""
    with trunk_caller(tools, "+12065550124", tone_hz=OTHER_CALLER_HZ) as phone:
        yield phone
        _all_over(centre, phone)


@pytest.fixture
def alice(centre: ApplicationRig, tools: TestTools) -> Iterator[Baresip]:
    yield from _agents_phone(centre, tools, "alice", ALICE_HZ)


@pytest.fixture
def bob(centre: ApplicationRig, tools: TestTools) -> Iterator[Baresip]:
    yield from _agents_phone(centre, tools, "bob", BOB_HZ)


def _agents_phone(centre: ApplicationRig, tools: TestTools, name: str, tone_hz: float) -> Iterator[Baresip]:
    """The agent's phone, logged in and Available. Afterwards the agent is Offline, so that the next test begins afresh."""
    with desk_phone(tools, name, contents.secret_of(name), centre.sip_port, tone_hz=tone_hz) as phone:
        phone.wait_registered()
        until(lambda: centre.agent(name)["phone_reachable"], f"the phone of {name} is reachable")
        centre.set_agent_status(name, "Available")
        centre.wait_agent(name, "idle", status="Available")
        yield phone
        _all_over(centre, phone)
        centre.set_agent_status(name, "Offline")
        centre.wait_agent(name, "idle", status="Offline")


def _all_over(centre: ApplicationRig, phone: Baresip) -> None:
    """Ends what a test, failed or not, has left."""
    if phone.crashed:
        for channel in centre.channels():
            centre.ari_delete(f"channels/{channel['id']}")
    elif phone.in_call:
        phone.hang_up()
    if centre.running:
        centre.wait_idle()
