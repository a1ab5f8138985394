"""The circuit breaker of an endpoint."""

import pytest

from app.integrations.functions.circuit import FAILURES, OPEN_S, Circuit

pytestmark = pytest.mark.unit


def broken(times: int = FAILURES) -> Circuit:
    circuit = Circuit()
    for _ in range(times):
        circuit.failed(100.0)
    return circuit


def test_it_opens_after_failures_in_a_row() -> None:
    assert broken(FAILURES - 1).wait_s(100.0) == 0
    assert broken().wait_s(101.0) == OPEN_S - 1
    circuit = broken(FAILURES - 1)
    circuit.succeeded()
    circuit.failed(100.0)
    assert circuit.wait_s(100.0) == 0


def test_after_the_pause_one_tries_and_the_others_wait() -> None:
    circuit = broken()
    now_s = 100.0 + OPEN_S
    assert circuit.wait_s(now_s) == 0
    assert circuit.wait_s(now_s) == OPEN_S
    circuit.succeeded()
    assert circuit.wait_s(now_s) == 0


def test_a_trial_that_fails_opens_it_again() -> None:
    circuit = broken()
    now_s = 100.0 + OPEN_S
    circuit.wait_s(now_s)
    circuit.failed(now_s + 3)
    assert circuit.wait_s(now_s + 3) == OPEN_S
