"""A shift in virtual time is what queueing theory says of it, and the same seed gives the same shift."""

from dataclasses import replace

import pytest

from app.sim.erlang import erlang_a, erlang_c
from app.sim.naive import NaiveRouting
from app.sim.shift import Setting, Shift
from app.sim.skills import SALES, SUPPORT, Skills, expected
from app.sim.truth import POINTS, SKILLS, Measured, Point, Verdict, as_naive, judge, judge_skills, skilled_shift

pytestmark = pytest.mark.sim


def test_every_call_of_a_shift_is_answered_or_gives_up() -> None:
    result = Shift(Setting(calls=2_000)).run()
    assert len(result.calls) == 2_000
    assert all((call.answered_ms is None) != (call.left_ms is None) for call in result.calls)
    assert result.misses > 0
    assert sum(call.waited for call in result.calls) > 100


def test_a_seed_decides_everything() -> None:
    setting = Setting(calls=500, queues=3)
    assert Shift(setting).run() == Shift(setting).run()
    assert Shift(setting).run() != Shift(Setting(calls=500, queues=3, seed=2)).run()


def test_the_formulas_give_known_values() -> None:
    """Erlang C of 10 agents and 8 Erlang waits with 40.92 % (tables); with patience of no end, Erlang A is Erlang C."""
    exact = erlang_c(10, 8 / 180, 180, 20)
    assert exact.waits == pytest.approx(0.4092, abs=5e-5)
    assert exact.mean_wait_s == pytest.approx(0.4092 * 180 / 2, abs=0.01)
    patient = erlang_a(10, 8 / 180, 180, 20, 1e7)
    assert patient.waits == pytest.approx(exact.waits, rel=1e-3)
    assert patient.mean_wait_s == pytest.approx(exact.mean_wait_s, rel=1e-3)
    assert patient.service_level == pytest.approx(exact.service_level, rel=1e-3)


def test_one_agent_and_a_patience_as_long_as_a_talk_is_known_without_a_formula() -> None:
    """With patience and talk equal, each call in the house leaves at one rate: their number is Poisson."""
    exact = erlang_a(1, 1 / 60, 60, 0.0, 60)
    nobody = 2.718281828459045**-1
    assert exact.waits == pytest.approx(1 - nobody)
    assert exact.service_level == pytest.approx(nobody)
    assert exact.abandons == pytest.approx(nobody)


@pytest.mark.parametrize("point", [POINTS[3], POINTS[13]])
def test_the_simulation_agrees_with_erlang(point: Point) -> None:
    (verdict,) = judge([point], 20, 500, seed=3)
    assert verdict.holds, verdict


def test_the_chain_of_two_skills_is_erlang_a_when_everybody_has_both() -> None:
    """Who waits is the same in any order of service; together the queues wait as one."""
    exact = expected(Skills(0, 4, 2.0 / 120, 1.5 / 120, 120, 90), longest=30)
    one = erlang_a(4, 3.5 / 120, 120, 20, 90)
    assert {round(each.waits, 8) for each in exact.values()} == {round(one.waits, 8)}
    together_s = (2.0 * exact[SALES].mean_wait_s + 1.5 * exact[SUPPORT].mean_wait_s) / 3.5
    assert together_s == pytest.approx(one.mean_wait_s, rel=1e-6)
    assert exact[SALES].mean_wait_s > exact[SUPPORT].mean_wait_s


def test_overflow_by_priority_agrees_with_the_markov_chain() -> None:
    verdicts = list(judge_skills(SKILLS[:1], 20, 300, seed=3))
    assert [each.queue_id for each in verdicts] == [SALES, SUPPORT]
    assert all(each.holds for each in verdicts), verdicts


@pytest.mark.parametrize("delay_s", [0, 10, 30])
def test_every_call_fares_as_with_routing_that_looks_at_everything(delay_s: int) -> None:
    assert as_naive(delay_s, seed=delay_s, calls=2_000)


def test_naive_routing_is_no_mirror_of_ours() -> None:
    """With another delay calls fare otherwise, so that the comparison could fail."""
    shifts = [skilled_shift(replace(SKILLS[0], delay_s=delay_s), 500, 1, NaiveRouting) for delay_s in (0, 30)]
    assert shifts[0].run().calls != shifts[1].run().calls


def test_after_contact_work_and_missed_offers_fare_alike_too() -> None:
    setting = Setting(calls=2_000, agents=8, queues=2, calls_per_hour=140)
    assert Shift(setting).run().calls == Shift(setting, NaiveRouting).run().calls


def test_what_does_not_agree_is_told() -> None:
    wrong = Measured("P(wait)", 0.5, 0.01, 0.52)
    assert not wrong.holds
    assert not Verdict(POINTS[0], (wrong,)).holds
