"""What blocks ask of other cores, and runs that are inside a module, in a whole call."""

from dataclasses import replace

import pytest

from app.conversation.state import Phase
from app.domain.contact import Hook
from app.domain.events import ChannelAnswered, ConfigurationChanged, DigitReceived
from app.domain.instance import FlowContent, FlowType, Instance
from tests.unit.calls.driving import CALLER, END, STOP, Drive, centre, content, said
from tests.unit.flow.driving import action
from tests.unit.instances import ANN, SALES, SUPPORT

pytestmark = pytest.mark.unit


def having(*flows: FlowContent) -> Instance:
    made = centre()
    return replace(made, flows=made.flows | {flow.flow_id: flow for flow in flows})


def to_queue(drive: Drive) -> None:
    drive.arrive()
    drive.finish_playbacks()
    drive.tell(DigitReceived(CALLER, "1"))


def test_a_waiting_contact_changes_its_queue_and_its_flow_goes_on() -> None:
    errors = {"NoMatchingError": "stop", "QueueAtCapacity": "stop"}
    moving = content(
        "queue-flow",
        FlowType.CUSTOMER_QUEUE,
        action("first", "MessageParticipant", {"Text": "Please wait."}, to="move", errors={"NoMatchingError": "stop"}),
        action("move", "DequeueContactAndTransferToQueue", {"QueueId": "q-support"}, to="then", errors=errors),
        action("then", "MessageParticipant", {"Text": "Moved."}, to="stop", errors={"NoMatchingError": "stop"}),
        STOP,
    )
    drive = Drive(having(moving))
    to_queue(drive)
    assert drive.brain.routing.figures(SALES, drive.now_ms).contacts_in_queue == 1
    assert said(drive.finish_playbacks()) == ["Moved."]
    assert drive.brain.routing.figures(SALES, drive.now_ms).contacts_in_queue == 0
    assert drive.brain.routing.figures(SUPPORT, drive.now_ms).contacts_in_queue == 1
    assert (drive.live.contact.queued_in, drive.live.contact.enqueued_ms) == (SUPPORT, drive.now_ms)
    assert drive.live.conversation.phase is Phase.QUEUED


def test_a_flow_sets_the_status_that_its_agent_will_have() -> None:
    whisper = content(
        "agent-whisper",
        FlowType.AGENT_WHISPER,
        action("set", "UpdateAgentStatus", {"Status": "Offline"}, to="stop", errors={"NoMatchingError": "stop"}),
        STOP,
    )
    drive = Drive(having(whisper))
    drive.ready()
    to_queue(drive)
    leg = drive.live.conversation.agent
    assert leg is not None
    drive.tell(ChannelAnswered(leg.channel_id))
    assert drive.brain.memory.routing.agents[ANN].next_status == "Offline"


def test_no_flow_runs_for_an_event_that_was_silenced() -> None:
    silent = content(
        "inbound",
        FlowType.CONTACT,
        action(
            "hush",
            "UpdateContactEventHooks",
            {"EventHooksConfiguration": {"CustomerQueue": {"DisableExecution": "True"}}},
            to="q",
        ),
        action("q", "UpdateContactTargetQueue", {"QueueId": "q-sales"}, to="go", errors={"NoMatchingError": "end"}),
        action("go", "TransferContactToQueue", to="end", errors={"NoMatchingError": "end", "QueueAtCapacity": "end"}),
        END,
    )
    drive = Drive(having(silent))
    assert said(drive.arrive()) == []
    assert drive.live.contact.hooks == {Hook.CUSTOMER_QUEUE: "none"}
    assert drive.live.conversation.phase is Phase.QUEUED
    assert not drive.live.runs


def test_a_module_returns_to_the_version_that_invoked_it_over_a_restart() -> None:
    def calling(version: int, text: str) -> FlowContent:
        invoke = action("in", "InvokeFlowModule", {"FlowModuleId": "m"}, to="after", errors={"NoMatchingError": "end"})
        say = action("after", "MessageParticipant", {"Text": text}, to="end", errors={"NoMatchingError": "end"})
        return replace(content("inbound", FlowType.CONTACT, invoke, say, END), version=version)

    module = content(
        "m",
        FlowType.MODULE,
        action("say", "MessageParticipant", {"Text": "In the module."}, to="back", errors={"NoMatchingError": "back"}),
        action("back", "EndFlowModuleExecution"),
    )
    drive = Drive(having(calling(1, "Old."), module))
    assert said(drive.arrive()) == ["In the module."]
    drive.instance = replace(having(calling(2, "New."), module), version="v2")
    drive.tell(ConfigurationChanged("v2"))
    drive.restart()
    assert said(drive.finish_playbacks()) == ["Old."]
