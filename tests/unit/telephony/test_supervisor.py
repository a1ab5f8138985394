"""When Asterisk is adopted, started, ended or waited for: the supervisor over a process that is only said to be there."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.domain.lines import NetworkSettings
from app.errors import Unavailable
from app.telephony.node import console, preflight, process, supervisor
from app.telephony.node.layout import Layout
from app.telephony.node.module_list import MODULES
from app.telephony.node.supervisor import Supervisor, stop_asterisk

pytestmark = pytest.mark.unit


@dataclass
class World:
    """What the machine would say. `runs` is the process of our Asterisk; `boots` says whether one that is started gets ready."""

    runs: int | None = None
    answers: bool = True
    boots: list[bool] = field(default_factory=lambda: [True] * 9)
    trouble: Unavailable | None = None
    spawned: int = 0
    ended: list[int] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    pauses_s: list[float] = field(default_factory=list)
    watches: list["Watch"] = field(default_factory=list)
    last_words: str = ""


class Watch:
    def __init__(self, pid: int, ended) -> None:
        self.pid, self.ended, self.open = pid, ended, True

    def close(self) -> None:
        self.open = False


@dataclass(frozen=True)
class PlainEngine:
    asterisk: Path = Path("/opt/engine/bin/asterisk")
    modules: Path = Path("/opt/engine/modules")
    data: Path = Path("/opt/engine/data")
    moh: Path = Path("/opt/engine/data/moh")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, layout: Layout) -> World:
    made = World()
    real_sleep = asyncio.sleep

    def spawn(engine: object, where: Layout) -> int:
        made.spawned += 1
        made.runs = 1000 + made.spawned
        made.answers = made.boots.pop(0)
        where.console_log.write_text(made.last_words)
        return made.runs

    async def booted(_: Path, timeout_s: float) -> console.Answer | None:
        return console.Answer("fully booted", made.runs or 0, "22.10.1") if made.answers else None

    async def end(pid: int, _: Layout, patience_s: float = 5.0) -> None:
        made.ended.append(pid)
        made.runs = None

    async def command(_: Path, text: str, timeout_s: float = 5.0) -> console.Answer:
        made.commands.append(text)
        return console.Answer("Module reloaded successfully." if "bad" not in text else "No such module", 1, "22")

    def check(engine: object, settings: object) -> None:
        if made.trouble is not None:
            raise made.trouble

    def watch(pid: int, ended) -> Watch:
        made.watches.append(Watch(pid, ended))
        return made.watches[-1]

    async def sleep(delay_s: float) -> None:
        made.pauses_s.append(delay_s)
        await real_sleep(0)

    monkeypatch.setattr(process, "find", lambda _: made.runs)
    monkeypatch.setattr(process, "spawn", spawn)
    monkeypatch.setattr(process, "end", end)
    monkeypatch.setattr(process, "Watch", watch)
    monkeypatch.setattr(preflight, "check", check)
    monkeypatch.setattr(console, "wait_until_booted", booted)
    monkeypatch.setattr(console, "command", command)
    monkeypatch.setattr(supervisor.asyncio, "sleep", sleep)
    return made


def made(layout: Layout, **options) -> Supervisor:
    return Supervisor(PlainEngine(), layout, NetworkSettings(), **options)


async def until_idle() -> None:
    for _ in range(30):
        await asyncio.to_thread(lambda: None)


async def test_a_running_asterisk_is_adopted_and_none_started(world: World, layout: Layout) -> None:
    world.runs = 77
    one = made(layout)
    running = await one.start()
    assert (running.pid, running.adopted, world.spawned) == (77, True, 0)
    one.release()
    assert world.ended == []


async def test_without_one_it_is_started(world: World, layout: Layout) -> None:
    one = made(layout)
    running = await one.start()
    assert (running.pid, running.adopted, world.spawned) == (1001, False, 1)
    assert one.running == running
    one.release()


async def test_one_that_does_not_answer_is_ended_before_another_is_started(world: World, layout: Layout) -> None:
    world.runs, world.answers = 77, False
    one = made(layout)
    assert (await one.start()).pid == 1001
    assert world.ended == [77]
    one.release()


async def test_letting_go_ends_nothing_and_another_may_take_over(world: World, layout: Layout) -> None:
    first, second = made(layout), made(layout)
    await first.start()
    with pytest.raises(Unavailable, match="another process already looks after"):
        await second.start()
    first.release()
    assert (await second.start()).adopted
    assert world.ended == []
    second.release()


async def test_stopping_ends_it(world: World, layout: Layout) -> None:
    one = made(layout)
    await one.start()
    await one.stop()
    assert world.ended == [1001]
    assert one.running is None
    assert not await stop_asterisk(layout)


async def test_a_start_that_fails_tells_asterisk_s_last_words_and_leaves_nothing(world: World, layout: Layout) -> None:
    world.boots = [False, True]
    world.last_words = "[1] NOTICE: fine\n[2] ERROR[1]: the disk is full\nbye\n"
    one = made(layout)
    with pytest.raises(Unavailable, match="the disk is full"):
        await one.start()
    assert world.ended == [1001]
    assert (await one.start()).pid == 1002
    one.release()


async def test_a_taken_port_is_told_and_nothing_started(world: World, layout: Layout) -> None:
    world.trouble = Unavailable(what="Port 5060", why="nc has it", remedy="End it.")
    with pytest.raises(Unavailable, match="nc has it"):
        await made(layout).start()
    assert world.spawned == 0


async def test_one_that_dies_is_started_again_with_growing_pauses(world: World, layout: Layout) -> None:
    told: list[str] = []
    one = made(layout, ended=told.append)
    await one.start()
    world.boots = [False, False, False, False, False, True]
    world.runs = None
    world.watches[-1].ended("it was ended by SIGKILL")
    assert one.running is None
    await until_idle()
    assert told == ["it was ended by SIGKILL"]
    assert [pause for pause in world.pauses_s if pause >= 0.5] == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]
    assert one.running is not None
    one.release()
    assert not world.watches[-1].open


async def test_an_external_one_is_waited_for_and_never_ended(world: World, layout: Layout) -> None:
    world.runs = 77
    one = made(layout, external=True)
    assert (await one.start()).external
    await one.stop()
    assert (world.ended, world.spawned, world.watches) == ([], 0, [])


async def test_an_external_one_that_is_not_there_is_asked_for(world: World, layout: Layout) -> None:
    world.answers = False
    with pytest.raises(Unavailable, match="Start it on the configuration in"):
        await made(layout, external=True).start()


async def test_reloading_asks_for_the_modules_of_what_changed(world: World, layout: Layout) -> None:
    one = made(layout)
    await one.start()
    modules = await one.reload({"pjsip_trunks.conf"})
    assert world.commands == [f"module reload {module}" for module in modules]
    assert await one.reload(set()) == []
    one.release()


def test_missing_modules_are_named(tmp_path: Path) -> None:
    program = tmp_path / "asterisk"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for module in MODULES[1:]:
        (tmp_path / f"{module}.so").touch()
    with pytest.raises(Unavailable) as refused:
        preflight.check(PlainEngine(asterisk=program, modules=tmp_path), NetworkSettings())
    assert f"its modules {MODULES[0]} are not in" in str(refused.value)


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be run"):
        preflight.check(PlainEngine(asterisk=tmp_path / "asterisk"), NetworkSettings())
