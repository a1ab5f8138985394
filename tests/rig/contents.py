"""What test installations hold: the demo, a trunk from the telephone network, agents with phones of known secrets, whispers of tones."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.cli.demo import ensure_demo
from app.domain.ids import AgentId, FlowId, ProfileId, QueueId
from app.domain.instance import Agent, FlowType, OwnedNumber
from app.domain.lines import Phone, Trunk, softphone_of
from app.store.db import Database
from app.store.repositories.accounts import Accounts, WebUser
from app.store.repositories.administration import Administration
from app.store.repositories.configurations import Configurations
from app.store.repositories.flows import Flows
from app.store.repositories.sip import SipConfiguration
from app.telephony.audio import write_tone
from app.telephony.install import ensure_engine
from tests.rig.installation import TRUNK_ADDRESS

Fill = Callable[[Database, Path], Awaitable[None]]

NUMBER = "+12025550100"
"""The demo's number, with its greeting and menu."""
PROFILE = ProfileId("basic")
BEEP_HZ = 880.0
"""What the demo's customer whisper is."""


def secret_of(name: str) -> str:
    return f"secret-of-{name}"


def phone_of(name: str) -> Phone:
    return Phone(name, secret_of(name))


async def demo(database: Database, var: Path) -> None:
    """What `serve` puts into an empty database."""
    await ensure_demo(database, var, ensure_engine(var).moh)


async def trunk(database: Database, var: Path) -> None:
    """A carrier whose calls come from TRUNK_ADDRESS."""
    await SipConfiguration(database).save_trunk(Trunk("carrier", TRUNK_ADDRESS, port=5999))


def agents(
    names: Sequence[str], *, ring_timeout_s: int = 10, after_contact_work_s: int = 2, signs_in_by_phone: bool = True
) -> Fill:
    """Agents in the demo's routing profile; `signs_in_by_phone`: their desk phone's registration is their login."""

    async def fill(database: Database, var: Path) -> None:
        sip, administration = SipConfiguration(database), Administration(database)
        for name in names:
            await sip.save_phone(phone_of(name))
            agent = Agent(
                AgentId(name),
                name,
                PROFILE,
                name,
                first_name=name.title(),
                ring_timeout_s=ring_timeout_s,
                after_contact_work_s=after_contact_work_s,
                available_when_registered=signs_in_by_phone,
            )
            await administration.save_agent(agent)

    return fill


def far_trunk(address: str, port: int, shown: str | None = None) -> Fill:
    """A second carrier, which is tried first; calls out from the queue sales show the number `shown`."""

    async def fill(database: Database, _var: Path) -> None:
        await SipConfiguration(database).save_trunk(Trunk("far", address, port=port, order=0))
        if shown is not None:
            queue = (await Configurations(database).current()).queues[QueueId("sales")]
            await Administration(database).save_queue(replace(queue, outbound_number=shown))

    return fill


def softphone_agent(name: str, *, auto_accept: bool = False) -> Fill:
    """An agent whose phone is the browser, with a user of the same name who may sign in."""

    async def fill(database: Database, var: Path) -> None:
        phone = Phone(softphone_of(name), "never-used-to-log-in", "webrtc")
        await SipConfiguration(database).save_phone(phone)
        agent = Agent(
            AgentId(name),
            name,
            PROFILE,
            phone.name,
            first_name=name.title(),
            ring_timeout_s=10,
            after_contact_work_s=1,
            auto_accept=auto_accept,
        )
        await Administration(database).save_agent(agent)
        await Accounts(database).save_user(WebUser(name, "agent", name), secret_of(name))

    return fill


def tone_prompt(prompt_id: str, hz: float, seconds: float) -> Fill:
    """A prompt of the library that is one tone."""

    async def fill(database: Database, var: Path) -> None:
        path = var / "prompts" / f"{prompt_id}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_tone(path, hz, int(seconds * 1000))
        await Administration(database).save_prompt(prompt_id, f"{prompt_id}.wav", str(path))

    return fill


def flow(
    flow_id: str,
    actions: Sequence[dict[str, Any]],
    flow_type: FlowType = FlowType.CONTACT,
    *,
    number: str | None = None,
    default: bool = False,
) -> Fill:
    """A published flow that begins with its first action; answers `number`, or becomes its type's default."""
    document = {
        "Version": "2019-10-30",
        "StartAction": actions[0]["Identifier"],
        "Metadata": {
            "name": flow_id,
            "type": flow_type.value,
            "entryPointPosition": {"x": 0, "y": 0},
            "ActionMetadata": {},
        },
        "Actions": list(actions),
    }

    async def fill(database: Database, var: Path) -> None:
        flows, administration = Flows(database), Administration(database)
        await flows.save(flow_id, flow_id, flow_type, json.dumps(document), by="test")
        await flows.publish({flow_id: json.dumps(document)}, by="test")
        if number is not None:
            await administration.save_number(OwnedNumber(number, FlowId(flow_id)))
        if default:
            await administration.set_default_flow(flow_type, flow_id)

    return fill


def action(identifier: str, kind: str, parameters: dict[str, Any], following: str = "", **more: str) -> dict[str, Any]:
    """An action of the flow language. `more` are its branches: NoMatchingError="End", or a condition's value="..." as `_1`."""
    errors = [{"NextAction": where, "ErrorType": name} for name, where in more.items() if not name.startswith("_")]
    conditions = [
        {"NextAction": where, "Condition": {"Operator": "Equals", "Operands": [name[1:]]}}
        for name, where in more.items()
        if name.startswith("_")
    ]
    transitions: dict[str, Any] = {"Errors": errors, "Conditions": conditions}
    if following:
        transitions["NextAction"] = following
    return {"Identifier": identifier, "Type": kind, "Parameters": parameters, "Transitions": transitions}


def play(identifier: str, prompt_id: str, following: str) -> dict[str, Any]:
    """Plays a prompt of the library."""
    parameters = {"PromptId": f"arn:trunkline:connect::instance/default/prompt/{prompt_id}"}
    return action(identifier, "MessageParticipant", parameters, following, NoMatchingError=following)


END = {"Identifier": "End", "Type": "EndFlowExecution", "Parameters": {}, "Transitions": {}}
HANG_UP = {"Identifier": "Hang up", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}
RECORD = action(
    "Record", "UpdateContactRecordingBehavior", {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}}
)


def whispers(seconds: float, agent_hz: float, customer_hz: float) -> tuple[Fill, ...]:
    """Whispers that are tones, long enough to be interrupted."""
    return (
        tone_prompt("agent-whisper", agent_hz, seconds),
        tone_prompt("customer-whisper", customer_hz, seconds),
        flow("test_agent_whisper", [play("Tone", "agent-whisper", "End"), END], FlowType.AGENT_WHISPER, default=True),
        flow(
            "test_customer_whisper",
            [play("Tone", "customer-whisper", "End"), END],
            FlowType.CUSTOMER_WHISPER,
            default=True,
        ),
    )
