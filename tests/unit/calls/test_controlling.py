"""An agent's wishes in words: each becomes one event, or is refused in one sentence that says why."""

import pytest

from app.calls import controlling
from app.domain.call_control import CallRequested, DigitsRequested, HoldRequested, MuteRequested, TransferRequested
from app.domain.events import ChannelAnswered, DigitReceived
from app.domain.ids import NodeName
from app.errors import TrunklineError
from tests.unit.calls.driving import CALLER, CONTACT, Drive
from tests.unit.instances import ANN, BOB, SUPPORT

pytestmark = pytest.mark.unit

NODES = (NodeName("node1"),)


@pytest.fixture
def drive() -> Drive:
    """Ann talks with a customer."""
    drive = Drive()
    drive.ready()
    drive.arrive()
    drive.finish_playbacks()
    drive.tell(DigitReceived(CALLER, "1"))
    agent = drive.live.conversation.agent
    assert agent is not None
    drive.tell(ChannelAnswered(agent.channel_id))
    drive.finish_playbacks()
    return drive


def test_a_wish_is_an_event_of_the_agents_contact(drive: Drive) -> None:
    def wish(action: str, **details: str) -> object:
        return controlling.by_agent(drive.brain, ANN, action, details)

    assert wish("hold") == HoldRequested(ANN, CONTACT)
    assert wish("hold", everybody="true") == HoldRequested(ANN, CONTACT, everybody=True)
    assert wish("mute") == MuteRequested(ANN, CONTACT, True)
    assert wish("digits", digits="1a#") == DigitsRequested(ANN, CONTACT, "1A#")
    assert wish("transfer", queue=SUPPORT) == TransferRequested(ANN, CONTACT, to_queue=SUPPORT)
    assert wish("transfer", number="(206) 555-0111") == TransferRequested(ANN, CONTACT, to_number="+12065550111")


@pytest.mark.parametrize(
    ("action", "details", "words"),
    [
        ("dance", {}, "choose one of digits, drop, hold"),
        ("digits", {"digits": "12x"}, "may be sent"),
        ("transfer", {}, "one agent, one queue or one number"),
        ("transfer", {"queue": "q-none"}, "no queue named q-none"),
        ("transfer", {"number": "+19005550100"}, "premium rate"),
        ("transfer", {"number": "nobody"}, "cannot be read as a number"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    drive: Drive, action: str, details: dict[str, str], words: str
) -> None:
    with pytest.raises(TrunklineError, match=words):
        controlling.by_agent(drive.brain, ANN, action, details)


def test_dialling_is_for_agents_without_a_call(drive: Drive) -> None:
    with pytest.raises(TrunklineError, match="has one already"):
        controlling.dialled(drive.brain, NODES, ANN, "+12065550111")
    with pytest.raises(TrunklineError, match="calls to GB are not allowed"):
        controlling.dialled(drive.brain, NODES, BOB, "+442079460123")
    with pytest.raises(TrunklineError, match="bob has none"):
        controlling.by_agent(drive.brain, BOB, "hold", {})
    event = controlling.dialled(drive.brain, NODES, BOB, "2065550111", SUPPORT)
    assert isinstance(event, CallRequested)
    assert (event.number, event.agent_id, event.queue_id) == ("+12065550111", BOB, SUPPORT)
