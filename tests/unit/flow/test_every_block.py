"""What every block keeps, whatever its settings, the world and what happens: each from its own definition, none named here."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.flow.block import Block, block
from app.flow.branches import Move, Next, OnError, Options
from app.flow.context import Context
from app.flow.graph import Library
from app.flow.interpreter import EXCEPTION, Interpreter
from app.flow.registry import Registry, all_blocks
from tests.unit.flow.exploring import Trial, described, through_json

pytestmark = pytest.mark.unit

BLOCKS = all_blocks().classes
every_block = pytest.mark.parametrize("cls", BLOCKS, ids=lambda cls: cls.__name__)
TRIALS = 1_500
"""Tries in which each branch of a block must be taken at least once; most blocks need a few dozen."""
thorough = settings(
    max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def branches_not_reached(cls: type[Block], registry: Registry | None = None) -> tuple[set[str], set[str]]:
    """The branches that no trial took, and those that were taken although the block says they never are."""
    wanted = {key for key, branch in cls.definition.branches.items() if not branch.never}
    wanted |= {name for name, param in cls.definition.params.items() if isinstance(param, Options)}
    reached: set[str] = set()
    for seed in range(TRIALS):
        trial = Trial(cls, Random(seed), registry).go()
        reached |= trial.reached
        if wanted <= reached and (wanted or trial.state.ended):
            break
    else:
        assert wanted or cls.definition.terminal, "the block neither leads on nor ends the run"
    return wanted - reached, reached - wanted


@every_block
def test_every_branch_can_be_reached(cls: type[Block]) -> None:
    assert branches_not_reached(cls) == (set(), set())


def test_a_branch_that_is_never_taken_is_found() -> None:
    @block("Planted", group="Set", title="Planted")
    class Planted(Block):
        """Has a branch that it never takes, and takes one that it says is never taken."""

        done = Next()
        error = OnError()
        odd = OnError("Odd", "Odd", never="it says so")

        def enter(self, context: Context) -> Move:
            return self.odd if context.contact.stored_input else self.done

    assert branches_not_reached(Planted, Registry((Planted,))) == ({"error"}, {"odd"})


@every_block
@thorough
@given(rng=st.randoms(use_true_random=False))
def test_a_run_can_be_cancelled_or_resumed_at_any_point(cls: type[Block], rng: Random) -> None:
    trial = Trial(cls, rng)
    another = Interpreter(Library())
    for _ in range(8):
        if trial.state.ended:
            break
        state = through_json(trial.state)
        assert state == trial.state
        cancelled = trial.interpreter.cancel(trial.state, trial.view, trial.now_ms)
        assert cancelled.state.ended
        assert trial.ledger.copy().take(cancelled).endings == 0
        trial.tell(rng.choice(trial.events()))
        _, event, view, now_ms, step = trial.steps[-1]
        assert event is not None
        another.start(trial.state.execution_id, trial.state.channel_id, trial.flow, view, now_ms)
        assert another.step(state, event, view, now_ms) == step, described(trial)
    assert trial.ledger.endings == trial.state.ended, described(trial)
    mistakes = [
        entry.details[EXCEPTION] for *_, step in trial.steps for entry in step.trace if EXCEPTION in entry.details
    ]
    assert not mistakes, described(trial)
