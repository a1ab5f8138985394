"""`bench`: what it costs and how fast it is, beside a baseline of the same minutes. JSON on stdout, words on stderr. Judges nothing:
goals are told as reached or not."""

import re
from dataclasses import replace
from typing import Any

import typer

from app.cli import context
from app.cli.benchmarks import ari as ari_benchmark
from app.cli.benchmarks import call as call_benchmark
from app.cli.benchmarks import dispatch as dispatch_benchmark
from app.cli.benchmarks import flow as flow_benchmark
from app.cli.benchmarks import loop as loop_benchmark
from app.cli.benchmarks import routing as routing_benchmark
from app.cli.benchmarks.call import Options
from app.cli.output import complain, print_json
from app.errors import BadInput

group = typer.Typer(help="Measures, and prints figures as JSON.", no_args_is_help=True)

ROUNDS = typer.Option(None, "--rounds", min=1, max=50, help="How often everything is measured; the median is told.")
SECONDS = typer.Option(10.0, "--seconds", min=1.0, max=300.0, help="How long calls are placed at each rate.")
QUICK = typer.Option(False, "--quick", help="A first look: one short round. Its figures prove nothing.")
CASES = ",".join(f"{agents}x{waiting}" for agents, waiting in dispatch_benchmark.DEFAULT_CASES)
ARI_ROUNDS, CALL_ROUNDS, ROUTING_ROUNDS, FLOW_ROUNDS, LOOP_ROUNDS = 5, 3, 5, 5, 5


@group.command("ari")
def ari(rounds: int | None = ROUNDS, quick: bool = QUICK) -> None:
    """The ARI client against a bare socket and against HTTP, on an Asterisk of its own that is gone afterwards."""
    print_json(_ari(rounds, quick))


@group.command("call")
def call(
    rounds: int | None = ROUNDS,
    seconds: float = SECONDS,
    quick: bool = QUICK,
    agents: int = typer.Option(400, "--agents", min=2, max=2000, help="How many agents take calls."),
    rate: float = typer.Option(15.0, "--rate", min=0.1, help="Calls a second at which processor time is compared."),
    start_rate: float = typer.Option(30.0, "--start-rate", min=0.5, help="Calls a second at which the search begins."),
    search: bool = typer.Option(True, "--search/--no-search", help="Look for the highest clean rate."),
    targets: str = typer.Option(",".join(call_benchmark.TARGETS), "--targets", help="Who is measured."),
    profile: bool = typer.Option(False, "--profile", help="The application profiles itself (it is slower then)."),
) -> None:
    """Whole calls: greeting, queue, agent, recording; against app_queue and a minimal Stasis script on the same Asterisk."""
    options = Options(
        rounds or CALL_ROUNDS, seconds, agents, rate, start_rate, search, tuple(filter(None, targets.split(",")))
    )
    print_json(_call(_quick(options) if quick else options, profile))


@group.command("dispatch")
def dispatch(
    rounds: int | None = ROUNDS,
    quick: bool = QUICK,
    seconds: float = typer.Option(20.0, "--seconds", min=1.0, max=300.0, help="How long each case is measured."),
    cases: str = typer.Option(CASES, "--cases", help="Agents who hang up x contacts that wait."),
    rate: float = typer.Option(10.0, "--rate", min=0.1, help="How many agents become free in a second."),
    fill_rate: float = typer.Option(60.0, "--fill-rate", min=1.0, help="Calls a second until enough wait."),
    targets: str = typer.Option(",".join(call_benchmark.TARGETS), "--targets", help="Who is measured."),
) -> None:
    """An agent's hang-up to their next contact's INVITE; against app_queue and a minimal Stasis script on the same Asterisk."""
    options = dispatch_benchmark.Options(rounds or 1, seconds, _cases(cases), rate, fill_rate)
    options = replace(options, targets=tuple(filter(None, targets.split(","))))
    print_json(_dispatch(_smaller(options) if quick else options))


@group.command("routing")
def routing(
    rounds: int | None = ROUNDS,
    quick: bool = QUICK,
    agents: int = typer.Option(1_000, "--agents", min=1, help="How many agents serve the queues."),
    queues: int = typer.Option(50, "--queues", min=1, help="How many queues there are."),
    waiting: int = typer.Option(10_000, "--waiting", min=1, help="How many contacts wait all the time."),
) -> None:
    """The routing core with every agent busy and every queue long, against routers that look at everybody."""
    print_json(_routing(rounds, quick, routing_benchmark.Options(agents, queues, waiting)))


@group.command("loop")
def loop(
    rounds: int | None = ROUNDS,
    quick: bool = QUICK,
    contacts: int = typer.Option(1_000, "--contacts", min=1, help="How many contacts wait all the time."),
    agents: int = typer.Option(200, "--agents", min=1, help="How many agents talk."),
) -> None:
    """How long the application's own work keeps its event loop from a phone that is to ring."""
    print_json(_loop(rounds, quick, loop_benchmark.Options(contacts, agents)))


@group.command("flow")
def flow(
    rounds: int | None = ROUNDS,
    quick: bool = QUICK,
    calls: int = typer.Option(3_000, "--calls", min=1, help="How many calls a round has."),
) -> None:
    """The interpreter with the journal's facts, in blocks a second, against a bare generator."""
    print_json(_flow(rounds, quick, calls))


@group.command("all")
def everything(rounds: int | None = ROUNDS, seconds: float = SECONDS, quick: bool = QUICK) -> None:
    """All measurements, one after the other."""
    options = Options(rounds=rounds or CALL_ROUNDS, seconds=seconds)
    told = {
        "routing": _routing(rounds, quick, routing_benchmark.Options()),
        "loop": _loop(rounds, quick, loop_benchmark.Options()),
        "flow": _flow(rounds, quick, flow_benchmark.Options().calls),
        "ari": _ari(rounds, quick),
    }
    dispatch_options = dispatch_benchmark.Options(rounds or 1)
    told |= {"dispatch": _dispatch(_smaller(dispatch_options) if quick else dispatch_options)}
    print_json(told | {"call": _call(_quick(options) if quick else options, False)})


def _quick(options: Options) -> Options:
    return replace(options, rounds=1, seconds=3.0, agents=min(options.agents, 40), rate=4.0, start_rate=8.0)


def _smaller(options: dispatch_benchmark.Options) -> dispatch_benchmark.Options:
    return replace(options, rounds=1, seconds=2.0, cases=((1, 10), (3, 10)))


def _cases(text: str) -> tuple[tuple[int, int], ...]:
    found = [re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", part.strip()) for part in text.split(",")]
    if not all(found):
        raise BadInput(what=f"--cases {text}", why=f"agents and waiting contacts are expected, such as {CASES}")
    return tuple((int(each[1]), int(each[2])) for each in found if each)


def _ari(rounds: int | None, quick: bool) -> dict[str, Any]:
    told = ari_benchmark.run(context.folder(), 1 if quick else rounds or ARI_ROUNDS)
    return _summed_up(ari_benchmark.summary(told), told)


def _routing(rounds: int | None, quick: bool, options: routing_benchmark.Options) -> dict[str, Any]:
    options = replace(options, rounds=1 if quick else rounds or ROUTING_ROUNDS)
    told = routing_benchmark.run(replace(options, events=20_000, scanned=300, naive=5) if quick else options)
    return _summed_up(routing_benchmark.summary(told), told)


def _loop(rounds: int | None, quick: bool, options: loop_benchmark.Options) -> dict[str, Any]:
    options = replace(options, rounds=1 if quick else rounds or LOOP_ROUNDS)
    told = loop_benchmark.run(replace(options, repetitions=2) if quick else options)
    return _summed_up(loop_benchmark.summary(told), told)


def _flow(rounds: int | None, quick: bool, calls: int) -> dict[str, Any]:
    told = flow_benchmark.run(
        flow_benchmark.Options(min(calls, 300) if quick else calls, 1 if quick else rounds or FLOW_ROUNDS)
    )
    return _summed_up(flow_benchmark.summary(told), told)


def _dispatch(options: dispatch_benchmark.Options) -> dict[str, Any]:
    told = dispatch_benchmark.run(context.folder(), options, complain)
    return _summed_up(dispatch_benchmark.summary(told), told)


def _call(options: Options, profile: bool) -> dict[str, Any]:
    told = call_benchmark.run(context.folder(), options, complain, profile)
    return _summed_up(call_benchmark.summary(told), told)


def _summed_up(summary: list[str], told: dict[str, Any]) -> dict[str, Any]:
    for line in summary:
        complain(line)
    return told
