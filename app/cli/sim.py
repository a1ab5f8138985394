"""`sim`: a contact centre in virtual time. A shift straight through routing; the whole application under faults; the exact formulas."""

import time
from dataclasses import asdict, replace
from typing import Any

import typer

from app.cli.output import complain, print_json, print_table, say
from app.errors import BadInput
from app.sim import chaos, seeds, truth
from app.sim.shift import Call, Result, Setting, Shift

WITHIN_MS = 20_000
BROKEN = 1

group = typer.Typer(help="Simulates a contact centre in virtual time.", invoke_without_command=True)


@group.callback()
def sim(
    context: typer.Context,
    agents: int | None = typer.Option(None, min=1, help="Who takes calls: 20, or 3 with --faults."),
    calls: int | None = typer.Option(None, min=1, help="How many come: 10000, or 12 a seed with --faults."),
    seed: int = typer.Option(1, help="The same seed gives the same day, to the millisecond."),
    calls_per_hour: float = typer.Option(300.0, min=0.1, help="How fast they come."),
    talk: float = typer.Option(180.0, min=0.1, help="Mean seconds of a talk."),
    work: int = typer.Option(30, min=0, help="Seconds of after contact work."),
    patience: float = typer.Option(120.0, min=0, help="Mean seconds until a caller gives up; 0: never."),
    queues: int = typer.Option(1, min=1, help="Queues; every agent serves all."),
    faults: str = typer.Option(
        "", help=f"Runs the whole application with these faults: all, none, or some of {', '.join(chaos.FAULTS)}."
    ),
    count: int = typer.Option(1, "--seeds", min=1, help="With --faults: how many seeds, from --seed on."),
    kills: int = typer.Option(0, min=0, help="With --faults: how often the application is killed on the way."),
    only: str = typer.Option("", help="With --faults: of what the seed plans only the deeds of these numbers."),
    shorten: bool = typer.Option(
        False, "--shrink", help="With --faults: tells the first failing seed as a short story."
    ),
    processes: int = typer.Option(1, min=1, help="With --faults: seeds run side by side."),
    as_json: bool = typer.Option(False, "--json", help="For machines."),
) -> None:
    """A shift of seeded callers and agents through the production routing core; with --faults, the whole application."""
    if context.invoked_subcommand is not None:
        return
    if faults:
        setting = chaos.Setting(seed, faults=_faults(faults), kills=kills, only=_numbers(only))
        setting = replace(setting, agents=agents or setting.agents, calls=calls or setting.calls)
        raise typer.Exit(_chaos(setting, count, processes, shorten, as_json))
    _shift(
        Setting(
            agents=agents or 20,
            calls=calls or 10_000,
            calls_per_hour=calls_per_hour,
            talk_s=talk,
            work_s=work,
            patience_s=patience or None,
            queues=queues,
            seed=seed,
        ),
        as_json,
    )


@group.command("erlang")
def erlang(
    batches: int = typer.Option(40, help=f"Batches of a point: {', '.join(str(n + 1) for n in truth.STUDENT_99)}."),
    batch: int = typer.Option(1_000, min=10, help="Calls in a batch."),
    seed: int = typer.Option(1, help="The same seed gives the same answer."),
    as_json: bool = typer.Option(False, "--json", help="For machines."),
) -> None:
    """Holds the simulation to Erlang C and A at twenty loads, to a Markov chain at two of two skills, and to routing that looks at
    everything: are the exact values within its 99 % intervals?"""
    if batches - 1 not in truth.STUDENT_99:
        raise BadInput(what=f"The number of batches {batches}", why="choose one that the help names")
    verdicts = []
    for verdict in truth.judge(truth.POINTS, batches, batch, seed):
        verdicts.append(verdict)
        complain(f"point {len(verdicts)} of {len(truth.POINTS)} {'holds' if verdict.holds else 'DOES NOT HOLD'}")
    skills = list(truth.judge_skills(truth.SKILLS, batches, batch, seed))
    same = [truth.as_naive(delay_s, seed) for delay_s in truth.DELAYS_S]
    holds = sum(verdict.holds for verdict in verdicts)
    if as_json:
        told = {"points": [_verdict(each) for each in verdicts], "hold": holds, "of": len(verdicts)}
        print_json(told | {"skills": [_verdict(each) for each in skills], "as_naive": same})
        return
    rows = [
        (
            "C" if verdict.point.patience_s is None else "A",
            str(verdict.point.agents),
            f"{verdict.point.load:g}",
            *_compared(verdict),
        )
        for verdict in verdicts
    ]
    print_table(("Erlang", "Agents", "Load", *truth.NAMES, "Holds"), rows, "")
    say(f"{holds} of {len(verdicts)} points hold. Each figure: simulated (half of the 99 % interval) exact.")
    agents = [(f"{each.skills.sell} for sales, {each.skills.help} for both", each.queue_id) for each in skills]
    told_of = [(*who, *_compared(each)) for who, each in zip(agents, skills, strict=True)]
    print_table(("Agents", "Queue", *truth.SKILL_NAMES, "Holds"), told_of, "")
    words = ", ".join(
        f"{delay_s} s: {'yes' if each else 'NO'}" for delay_s, each in zip(truth.DELAYS_S, same, strict=True)
    )
    say(f"Every call fares as with routing that looks at everything, by the delay of the overflow: {words}.")


def _compared(verdict: truth.Verdict | truth.SkillVerdict) -> tuple[str, ...]:
    figures = (f"{each.mean:.3f} ({each.half:.3f}) {each.exact:.3f}" for each in verdict.measured)
    return *figures, "yes" if verdict.holds else "NO"


def _faults(given: str) -> tuple[str, ...]:
    if given in ("all", "none"):
        return tuple(chaos.FAULTS) if given == "all" else ()
    names = tuple(name.strip() for name in given.split(",") if name.strip())
    if unknown := [name for name in names if name not in chaos.FAULTS]:
        known = ", ".join(chaos.FAULTS)
        raise BadInput(
            what=f"The fault {unknown[0]}", why=f"there is none of that name; choose all, none or of {known}"
        )
    return names


def _shift(setting: Setting, as_json: bool) -> None:
    begun, begun_cpu = time.perf_counter(), time.process_time()
    result = Shift(setting).run()
    took_s, cpu_s = time.perf_counter() - begun, time.process_time() - begun_cpu
    told = figures(result) | {"took_s": round(took_s, 3), "processor_s": round(cpu_s, 3)}
    if as_json:
        print_json({"setting": asdict(setting)} | told)
        return
    rows = [
        ("calls", f"{told['calls']:,}"),
        ("answered", f"{told['answered']:,}"),
        ("gave up", f"{told['gave_up']:,}"),
        ("had to wait", f"{told['waited']:.1%}"),
        ("mean wait", f"{told['mean_wait_s']:.1f} s"),
        ("95 % waited at most", f"{told['p95_wait_s']:.1f} s"),
        ("answered within 20 s", f"{told['service_level']:.1%}"),
        ("offers that rang out", f"{told['missed']:,}"),
        ("virtual time", f"{told['virtual_hours']:.1f} h"),
        ("events of routing", f"{told['events']:,}"),
        ("took", f"{took_s:.2f} s ({cpu_s:.2f} s of one processor)"),
    ]
    print_table((f"{setting.agents} agents", f"seed {setting.seed}"), rows, "")


def figures(result: Result) -> dict[str, Any]:
    """What a supervisor would ask of the shift."""
    calls = result.calls
    waits = sorted(call.wait_ms for call in calls)
    return {
        "calls": len(calls),
        "answered": sum(call.answered_ms is not None for call in calls),
        "gave_up": sum(call.answered_ms is None for call in calls),
        "waited": sum(call.waited for call in calls) / len(calls),
        "mean_wait_s": round(sum(waits) / len(waits) / 1_000, 3),
        "p95_wait_s": waits[len(waits) * 95 // 100] / 1_000,
        "service_level": sum(map(_in_time, calls)) / len(calls),
        "missed": result.misses,
        "virtual_hours": round(result.virtual_s / 3_600, 3),
        "events": result.events,
    }


def _in_time(call: Call) -> bool:
    return call.answered_ms is not None and call.wait_ms <= WITHIN_MS


def _chaos(setting: chaos.Setting, count: int, processes: int, shorten: bool, as_json: bool) -> int:
    begun = time.perf_counter()
    results = []
    for result in seeds.run_all((setting.of_seed(setting.seed + number) for number in range(count)), processes):
        results.append(result)
        if len(results) % 100 == 0:
            complain(f"{len(results)} of {count} seeds")
    broken = [each for each in results if each.broken]
    if as_json:
        print_json({"setting": asdict(setting), "results": [asdict(each) for each in results]})
        return BROKEN if broken else 0
    rows = [
        ("seeds", f"{count:,}"),
        ("calls", f"{sum(each.calls for each in results):,}"),
        ("contacts, with their records", f"{sum(each.contacts for each in results):,}"),
        ("answered by agents", f"{sum(each.answered for each in results):,}"),
        ("never heard of", f"{sum(each.unheard for each in results):,}"),
        ("events, everything checked after each", f"{sum(each.steps for each in results):,}"),
        ("mended by reconciliation", f"{sum(each.mended for each in results):,}"),
        ("took", f"{time.perf_counter() - begun:.1f} s"),
        ("seeds with something broken", f"{len(broken):,}"),
    ]
    print_table((f"faults: {', '.join(setting.faults) or 'none'}", ""), rows, "")
    for each in broken[:10]:
        say(f"seed {each.setting.seed}: {each.broken[0]} ({len(each.broken)} in all). Again: {each.setting.command}")
    if broken and shorten:
        short = seeds.shrink(broken[0].setting)
        say("\n".join((f"In short, with {short.command}", *seeds.story(short), *seeds.run_one(short).broken[:3])))
    return BROKEN if broken else 0


def _numbers(given: str) -> tuple[int, ...] | None:
    if not given:
        return None
    try:
        return tuple(int(each) for each in given.split(","))
    except ValueError:
        raise BadInput(what=f"The numbers {given!r}", why="write them as 3,7,12") from None


def _verdict(verdict: truth.Verdict | truth.SkillVerdict) -> dict[str, Any]:
    return {**asdict(verdict), "holds": verdict.holds}
