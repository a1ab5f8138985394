"""kill -9 in each state that a call can be in, on a real Asterisk: nobody is dropped, everybody hears on whom they heard, panels show
what they showed, buttons work, and each contact has one right record. `tests/sim/test_kill_facts.py` kills at every fact of a talk."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from app.telephony.install import TestTools
from tests.e2e import kill_flows
from tests.e2e.kill_flows import FAR_ADDRESS, PEOPLE
from tests.e2e.kill_walks import WALKS
from tests.e2e.killing import AWAY_S, Board, Party, Walk
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, desk_phone, trunk_caller
from tests.rig.network import TelephoneNetwork
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e

CONNECTED = "Asterisk connected"
RECONCILED = "node reconciled"


def kill(centre: ApplicationRig, away: Callable[[], None]) -> None:
    """Dead for a while, then there again."""
    centre.kill9()
    away()
    time.sleep(AWAY_S)
    centre.start()


def kill_twice(centre: ApplicationRig, away: Callable[[], None]) -> None:
    """The next process is killed while it compares what it remembers with what Asterisk holds."""
    centre.kill9()
    away()
    told = len(centre.log())
    centre.start(wait=False)
    until(lambda: CONNECTED in centre.log()[told:], "Asterisk is connected", 20, every_s=0.002)
    centre.kill9()
    assert RECONCILED not in centre.log()[told:], "the recovery was over before the kill"
    centre.start()


@pytest.fixture(scope="module")
def walks(tools: TestTools) -> Iterator[dict[str, Walk]]:
    """Every walk, at its end: its `trouble` says whether it got there."""
    with ExitStack() as stack:
        centre = stack.enter_context(ApplicationRig())
        phones = {name: _phones(tools, centre, number, name) for number, name in enumerate(WALKS)}
        far = {kill_flows.far(number): own["far"] for number, own in enumerate(phones.values()) if "far" in own}
        network = stack.enter_context(
            TelephoneNetwork(FAR_ADDRESS, {number: phone.sip_port for number, phone in far.items()})
        )
        agents = [name for own in phones.values() for name in _agents(own)]
        centre.fill(*kill_flows.everything(WALKS, agents, network.port))
        everybody = [phone for own in phones.values() for phone in own.values()]
        for phone in everybody:
            stack.callback(phone.close)
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(Baresip.start, [phone for phone in everybody if phone in far.values()]))
            centre.start()
            list(pool.map(Baresip.start, [phone for phone in everybody if phone not in far.values()]))
        centre.wait_trunk("far")
        until(lambda: not _missing(centre, agents), "all are Available", 40, 0.2, lambda: _missing(centre, agents))
        board = Board(centre)
        found = {name: Walk(centre, board, name, number, phones[name]) for number, name in enumerate(WALKS)}
        Party(centre, {WALKS[name][0]: walk for name, walk in found.items()}).go([kill, kill, kill_twice, kill])
        yield found
        if not any(walk.trouble for walk in found.values()):
            centre.check()


@pytest.mark.parametrize("name", WALKS)
def test_killed_at_each_stop(walks: dict[str, Walk], name: str) -> None:
    if walks[name].trouble:
        pytest.fail(walks[name].trouble, pytrace=False)


def _phones(tools: TestTools, centre: ApplicationRig, number: int, name: str) -> dict[str, Baresip]:
    """The phones of one walk's people."""
    phones = {}
    for role in WALKS[name][1].split():
        hz, agent = PEOPLE[role], f"{name}-{role}"
        if role == "caller":
            phones[role] = trunk_caller(tools, kill_flows.calling(number), tone_hz=hz)
        elif role == "far":
            account = (
                f"<sip:{kill_flows.far(number)}@{FAR_ADDRESS}:{{phone.sip_port}}>;regint=0;audio_codecs=PCMA/8000/1"
            )
            phones[role] = Baresip(tools, account, FAR_ADDRESS, hz)
        else:
            phones[role] = desk_phone(tools, agent, contents.secret_of(agent), centre.sip_port, tone_hz=hz)
    return phones


def _agents(phones: dict[str, Baresip]) -> list[str]:
    return [
        phone.account.removeprefix("<sip:").partition("@")[0]
        for role, phone in phones.items()
        if role in kill_flows.STAFF
    ]


def _missing(centre: ApplicationRig, agents: list[str]) -> dict[str, object]:
    """The agents who are not Available yet, and whether their phones are there."""
    found = {agent["agent_id"]: agent for agent in centre.status()["agents"]}
    missing = [found[agent] for agent in agents if found[agent]["status"] != "Available"]
    return {str(agent["agent_id"]): (agent["status"], agent["phone_reachable"]) for agent in missing}
