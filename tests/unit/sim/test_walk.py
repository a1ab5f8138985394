"""A walk: one caller through the production interpreter in virtual time."""

from dataclasses import replace

import pytest

from app.domain.instance import FlowType
from app.errors import BadInput, NotFound
from app.sim.flow.path import End
from app.sim.flow.scenario import Act, AgentSetting, Chaos, QueueSetting, Scenario
from tests.unit.flow.driving import action, flow, say
from tests.unit.sim.flows import DEMO, GO, MUSIC, QUEUE, walk, way

pytestmark = pytest.mark.unit


def test_a_key_at_the_menu_leads_to_the_queue() -> None:
    walked = walk(Scenario(caller=["1"]))
    assert way(walked) == [
        "hello -> Okay",
        "menu -> 1",
        "Caller pressed -> 1",
        "queue -> Success",
        "go -> Transferred to queue",
        "Waits in queue -> Sales",
        "music -> Cancelled",
    ]
    assert walked.ending.words == "queue Sales"
    assert walked.heard[:2] == ("Welcome", "Press 1 or 2")
    assert walked.contact.queued_in == "Sales"


def test_silence_and_a_wrong_key() -> None:
    walked = walk(Scenario(caller=["7", ""]))
    assert way(walked)[1:] == [
        "menu -> No match",
        "Caller pressed -> 7",
        "sorry -> Okay",
        "menu -> Timeout",
        "end -> Disconnect",
    ]
    assert walked.ending.kind is End.DISCONNECT


def test_a_caller_who_does_nothing_hears_everything() -> None:
    walked = walk(Scenario())
    assert walked.heard == ("Welcome", "Press 1 or 2")
    assert walked.ending.kind is End.DISCONNECT


def test_keys_come_after_the_prompt_or_while_it_plays() -> None:
    prompts = {"Welcome": "2", "Press": "10"}
    after = walk(Scenario(caller=["2"], prompts=prompts))
    assert [visit.at_ms for visit in after.path if visit.title == "Caller pressed"] == [12_500]
    during = walk(Scenario(caller=[Act(press="2", barge_in=True)], prompts=prompts))
    assert [visit.at_ms for visit in during.path if visit.title == "Caller pressed"] == [2_500]


@pytest.mark.parametrize("act", [Act(press="1", hears="Press 1"), Act(press="1", prompt=2), Act(press="1", at_s=4)])
def test_keys_come_at_a_prompt_or_at_a_moment(act: Act) -> None:
    assert walk(Scenario(caller=[act])).ending.words == "queue Sales"


def test_the_caller_hangs_up() -> None:
    walked = walk(Scenario(caller=[Act(hang_up=True, at_s=1)], prompts={"Welcome": "3"}))
    assert walked.ending.kind is End.CALLER
    assert walked.took_ms == 1_000
    assert way(walked) == ["hello -> Cancelled"]


def test_a_flow_that_is_not_at_hand_is_where_the_walk_ends() -> None:
    walked = walk(Scenario(caller=["2"]))
    assert walked.ending.words == "flow n-1"
    (changed,) = [visit.changed for visit in walked.path if visit.block == "topic"]
    assert changed == {"$.Attributes.topic": "news"}
    assert walked.contact.attributes == {"topic": "news"}


def test_a_flow_that_is_at_hand_goes_on() -> None:
    news = flow(say("news", "No news today", to="end"), flow_id="n-1")
    walked = walk(Scenario(caller=["2"]), DEMO, news)
    assert walked.heard[-1] == "No news today"
    assert walked.ending.kind is End.DISCONNECT


def test_a_module_that_is_not_at_hand_returns_at_once() -> None:
    invoke = action(
        "invoke", "InvokeFlowModule", {"FlowModuleId": "arn:x/flow-module/m-1"}, to="back",
        errors={"NoMatchingError": "end"},
    )  # fmt: skip
    walked = walk(Scenario(), flow(invoke, say("back", "Here we are", to="end")))
    assert walked.heard == ("Here we are",)
    assert walked.ending.kind is End.DISCONNECT


def test_a_full_queue() -> None:
    queues = {"Sales": QueueSetting(contacts_in_queue=5, capacity=5)}
    assert walk(Scenario(caller=["1"], queues=queues)).heard[-1] == "We are full"


def test_an_agent_answers_after_the_whisper_and_leaves_first() -> None:
    survey = flow(say("survey", "How was it?", to="end"), flow_id="survey")
    hook = action(
        "hook", "UpdateContactEventHooks", {"EventHooks": {"CustomerRemaining": "survey"}}, to="queue",
        errors={"NoMatchingError": "end"},
    )  # fmt: skip
    demo = flow(hook, QUEUE, GO, say("full", "We are full", to="end"), flow_id="with-survey")
    agents = {"alice": AgentSetting(answers_after_s=20, talks_s=90)}
    walked = walk(Scenario(agents=agents), demo, survey)
    assert way(walked)[4:] == [
        "music -> Cancelled",
        "Agent answered -> alice",
        "name -> Okay",
        "over -> Ended",
        "Connected -> alice",
        "Agent hung up -> alice",
        "survey -> Okay",
        "end -> Disconnect",
    ]
    assert walked.contact.handling is not None
    assert walked.contact.handling.username == "alice"


def test_an_agent_ends_the_walk_when_there_is_no_disconnect_flow() -> None:
    scenario = Scenario(caller=["1"], agents={"alice": AgentSetting(answers_after_s=20, talks_s=90)}, whispers=False)
    walked = walk(scenario)
    assert walked.ending.words == "agent alice"
    assert "name -> Okay" not in way(walked)


def test_a_queue_flow_begins_in_the_queue_and_a_hold_flow_on_hold() -> None:
    assert walk(Scenario(queue="Sales"), MUSIC).ending.words == "queue Sales"
    assert walk(Scenario(), replace(MUSIC, type=FlowType.CUSTOMER_HOLD)).ending.kind is End.HOLD


def test_hours_are_as_the_scenario_says() -> None:
    check = action(
        "check", "CheckHoursOfOperation", {"HoursOfOperationId": "Office"}, to="end",
        errors={"NoMatchingError": "end"}, equals={"True": "open", "False": "closed"},
    )  # fmt: skip
    office = flow(check, say("open", "We are here", to="end"), say("closed", "We are not here", to="end"))

    def heard(now: str, hours: str) -> str:
        return walk(Scenario(now=now, time_zone="Europe/Berlin", hours={"Office": hours}), office).heard[0]

    assert heard("2026-03-02 10:00", "closed") == "We are not here"
    assert heard("2026-03-02 10:00", "Mon-Fri 09:00-17:00, Sat 10:00-12:00") == "We are here"
    assert heard("2026-03-07 11:59", "Mon-Fri 09:00-17:00, Sat 10:00-12:00") == "We are here"
    assert heard("2026-03-07 12:00", "Mon-Fri 09:00-17:00, Sat 10:00-12:00") == "We are not here"
    with pytest.raises(BadInput, match="Mon-Fri 09:00-17:00"):
        heard("2026-03-07 12:00", "weekdays")


def test_the_same_scenario_gives_the_same_walk() -> None:
    scenario = Scenario(caller=["7", "1"], seed=3, chaos=Chaos(duplicates=0.5, late=0.5, prompt_failures=0.3))
    assert walk(scenario) == walk(scenario)
    assert any(
        walk(scenario) != walk(Scenario(caller=["7", "1"], seed=seed, chaos=scenario.chaos)) for seed in range(9)
    )


def test_a_prompt_that_fails_takes_the_error_branch() -> None:
    walked = walk(Scenario(prompts={"Press": "fails"}))
    assert way(walked) == ["hello -> Okay", "menu -> Error", "end -> Disconnect"]


def test_a_walk_may_begin_at_any_block() -> None:
    assert way(walk(Scenario(start="full"))) == ["full -> Okay", "end -> Disconnect"]
    with pytest.raises(NotFound, match="block named nowhere"):
        walk(Scenario(start="nowhere"))


def test_cancelling_ends_a_walk_in_silence() -> None:
    walked = walk(Scenario(chaos=Chaos(cancel_at_s=0.1)))
    assert walked.ending.kind is End.CANCELLED
    assert way(walked) == ["hello -> Cancelled"]


def test_a_circle_that_the_caller_never_leaves_ends_when_time_is_up() -> None:
    walked = walk(Scenario(limit_s=60), flow(say("again", "And again", to="again")))
    assert walked.ending.kind is End.TIME
    assert walked.took_ms == 60_000
