"""Every benchmark runs to its end, with sizes that prove nothing, and says what it promises to say. Times are not judged."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli.benchmarks.measure import NEVER_MS

pytestmark = pytest.mark.bench

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 240


def told(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "app", "bench", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_client_is_measured_against_a_bare_socket_and_http() -> None:
    result = told("ari", "--quick")
    assert {"raw_together", "socket_together", "http_together"} <= result["figures"].keys()
    assert result["ratios"]["socket_to_raw_together"] > 0
    assert all(isinstance(reached, bool) for reached in result["goals"].values())
    assert result["machine"]["asterisk"]


def test_calls_are_measured_on_all_three_targets() -> None:
    result = told("call", "--rounds", "1", "--seconds", "1", "--agents", "6", "--rate", "2", "--no-search")
    figures = result["figures"]
    assert list(figures) == ["app_queue", "stasis_script", "trunkline"]
    for name, one in figures.items():
        assert one["failed"] == 0, (name, result["steps"][name])
        assert one["ring_ms"]["p50"]["median"] < NEVER_MS
        assert one["asterisk_cpu_ms_a_call"]["median"] >= 0
    assert figures["trunkline"]["application_cpu_ms_a_call"]["median"] >= 0
    (step,) = result["steps"]["trunkline"]["common"]
    assert step["findings"]["unhandled"] == 0
    assert step["findings"]["contacts_left"] == 0


def test_dispatch_is_measured_on_all_three_targets() -> None:
    result = told("dispatch", "--seconds", "2", "--cases", "2x5")
    figures = result["figures"]["2 agents, 5 waiting"]
    assert list(figures) == ["app_queue", "stasis_script", "trunkline"]
    for name, one in figures.items():
        assert one["dispatched"] > 0, name
        assert one["unserved"] == 0, name
        assert 0 < one["p50"]["median"] <= one["p99"]["median"] < NEVER_MS
    assert result["ratios"]["2 agents, 5 waiting"].keys() == {"to_app_queue", "to_stasis_script"}
    assert all(isinstance(reached, bool) for reached in result["goals"].values())
    assert len(result["goals"]) == 4
    assert sum(figures["trunkline"]["turns"].values()) > 0
    assert result["findings"]["trunkline"]["unhandled"] == 0
    assert result["findings"]["trunkline"]["contacts_left"] == 0


def test_routing_is_measured_against_both_scans() -> None:
    result = told("routing", "--quick", "--agents", "50", "--queues", "10", "--waiting", "200")
    assert list(result["figures"]) == ["trunkline", "agents_first_scan", "naive_scan"]
    assert all(one["per_second"] > 0 for one in result["figures"].values())


def test_the_interpreter_is_measured_against_a_bare_generator() -> None:
    result = told("flow", "--quick", "--calls", "20")
    assert list(result["figures"]) == ["call", "talk", "call_states", "talk_states", "call_bare", "talk_bare"]
    assert result["setting"]["facts"] == {"call": 2, "talk": 20}
    assert 0 < result["ratios"]["call_to_bare"] < 1
    assert all(isinstance(reached, bool) for reached in result["goals"].values())


def test_the_search_tells_the_highest_clean_rate() -> None:
    arguments = ("--rounds", "1", "--seconds", "1", "--agents", "4", "--rate", "1", "--start-rate", "1")
    result = told("call", *arguments, "--targets", "app_queue,stasis_script")
    for name in ("app_queue", "stasis_script"):
        (steps,) = result["steps"][name]["search"]
        rate = result["figures"][name]["highest_clean_rate"]["median"]
        assert rate == max((step["rate"] for step in steps if step["clean"]), default=0.0)


def test_the_event_loop_is_measured_with_what_is_done_now_and_then() -> None:
    result = told("loop", "--quick", "--contacts", "60", "--agents", "5")
    assert list(result["figures"]) == ["calls", "reconciliation", "snapshot", "status", "look at all garbage"]
    assert all(0 < one["longest_ms"] <= one["ever_ms"] for one in result["figures"].values())
    assert len(result["goals"]) == 4
