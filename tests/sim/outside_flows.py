"""Flows that ask somebody outside, in a world with one number."""

from typing import Any

from app.domain.instance import FlowContent, FlowType
from app.sim.world import World
from tests.unit.calls.driving import END, content
from tests.unit.flow.driving import action
from tests.unit.instances import instance


def world_of(*actions: dict[str, Any]) -> World:
    """A world whose number is answered by these blocks; `end` hangs up."""
    written: FlowContent = content("inbound", FlowType.CONTACT, *actions, END)
    return World(instance(flows={written.flow_id: written}))


def say(identifier: str, text: str, to: str) -> dict[str, Any]:
    return action(identifier, "MessageParticipant", {"Text": text}, to=to, errors={"NoMatchingError": to})


def invoke(identifier: str, name: str, to: str, broken: str) -> dict[str, Any]:
    parameters = {"LambdaFunctionARN": name, "InvocationTimeLimitSeconds": "3"}
    return action(identifier, "InvokeLambdaFunction", parameters, to=to, errors={"NoMatchingError": broken})


def enter_card(certificate: str, to: str, broken: str) -> dict[str, Any]:
    parameters = {
        "StoreInput": "True",
        "Text": "Please enter your card number, then press the pound key.",
        "InputTimeLimitSeconds": "10",
        "InputEncryption": {"EncryptionKeyId": "card-key", "Key": certificate},
    }
    return action("card", "GetParticipantInput", parameters, to=to, errors={"NoMatchingError": broken})
