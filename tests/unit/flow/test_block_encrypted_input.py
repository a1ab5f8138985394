"""Encrypted entries: the run counts keys and never knows them."""

from typing import Any

import pytest

from app.domain.events import CONCEALED, InputSealed
from app.domain.questions import SealInput
from app.flow.graph import Library
from app.flow.interpreter import Interpreter
from app.flow.secrecy import Secrecy
from tests.unit.flow.driving import Run, action, flow, instance, say

pytestmark = pytest.mark.unit

BODY = "MIIBszCCARygAwIBAgIU" * 7
PEM = f"-----BEGIN CERTIFICATE-----\n{BODY[:64]}\n{BODY[64:128]}\n{BODY[128:]}\n-----END CERTIFICATE-----\n"


def store(*, key: str = PEM, before: bool = False, to: str = "stored", **changes: Any) -> Run:
    parameters = {
        "StoreInput": "True",
        "Text": "Your card number.",
        "InputTimeLimitSeconds": "5",
        "InputValidation": {"CustomValidation": {"MaximumLength": "20"}},
        "InputEncryption": {"EncryptionKeyId": "key-1", "Key": key},
    } | changes
    written = flow(
        *([say("hello", "Hello", to="s")] if before else []),
        action("s", "GetParticipantInput", parameters, to=to, errors={"NoMatchingError": "broken"}),
        say("stored", "Stored $.StoredCustomerInput", to="stored"),
        say("broken", "Broken", to="broken"),
    )
    return Run(written, world=instance(written))


def secrecy(run: Run, key: str) -> Secrecy:
    return Interpreter(Library()).secrecy(run.state, key, run.world)


def sealing(run: Run) -> SealInput:
    return [command for command in run.every if isinstance(command, SealInput)][-1]


def answer(run: Run, value: str, reason: str = "", *, lost: bool = False) -> Run:
    assert run.state.invocation_id is not None
    return run.send(InputSealed(run.contact.contact_id, run.state.invocation_id, value, reason, lost))


def test_what_was_entered_is_asked_for_encrypted() -> None:
    run = store().press("xxxx*xxx#")
    command = sealing(run)
    assert (command.keys, command.key_id, command.certificate) == ("xxx", "key-1", PEM)
    assert command.channel_id == run.contact.channel_id
    assert answer(run, "c2VhbGVk").heard == ["Stored c2VhbGVk"]
    assert run.contact.stored_input == "c2VhbGVk"


@pytest.mark.parametrize("damage", ["\\n", " ", "\r\n"])
def test_a_certificate_is_read_however_its_lines_came(damage: str) -> None:
    run = store(key=PEM.replace("\n", damage)).press("xx#")
    assert sealing(run).certificate == PEM


@pytest.mark.parametrize("key", ["", "Certificate to use for encryption should be provided here.", "$.Attributes.none"])
def test_without_a_certificate_nobody_is_asked_for_a_number(key: str) -> None:
    assert store(key=key).heard == ["Broken"]


def test_nothing_entered_is_a_timeout_and_only_the_ending_key_is_empty() -> None:
    assert store().played().ring_out().heard == ["Stored Timeout"]
    assert store().press("#").contact.stored_input == ""


def test_a_failed_encryption_is_an_error() -> None:
    assert answer(store().press("xx#"), "", "The certificate holds no RSA key.").heard == ["Broken"]


def test_what_a_restart_has_forgotten_is_asked_for_again() -> None:
    run = answer(store().press("xxxx#"), "", lost=True)
    assert run.heard == ["Your card number."]
    assert run.state.locals["digits"] == ""
    assert sealing(run.press("xxx#")).keys == "xxx"
    assert answer(run, "c2VhbGVk").heard == ["Stored c2VhbGVk"]


def test_asking_again_has_an_end() -> None:
    run = store()
    for _ in range(4):
        answer(run.press("x#"), "", lost=True)
    assert run.heard == ["Broken"]


def test_keys_pressed_while_it_is_encrypted_change_nothing() -> None:
    run = store().press("xx#")
    before = run.state
    run.press("x#*")
    assert run.state.locals == before.locals
    assert run.state.typed == ""
    assert answer(run, "c2VhbGVk").heard == ["Stored c2VhbGVk"]


def test_every_key_is_secret_but_those_that_steer() -> None:
    run = store()
    assert {key for key in "0123456789*#ABCD" if secrecy(run, key) is Secrecy.KEPT} == set("0123456789ABCD")
    kept_star = store(DTMFConfiguration={"DisableCancelKey": "True"})
    assert secrecy(kept_star, "*") is Secrecy.KEPT


def test_keys_that_nobody_asks_for_are_thrown_away_in_such_a_flow() -> None:
    run = store(before=True)
    assert secrecy(run, "4") is Secrecy.UNHEARD
    run.press(CONCEALED * 3)
    assert run.state.typed == ""
    assert run.played().heard == ["Your card number."]
    open_flow = flow(say("hello", "Hello", to="hello"))
    assert secrecy(Run(open_flow, world=instance(open_flow)), "4") is Secrecy.OPEN


def test_an_ending_key_that_would_have_to_be_shown_is_refused() -> None:
    assert store(DTMFConfiguration={"InputTerminationSequence": "9"}).heard == ["Broken"]
