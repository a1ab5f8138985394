"""`python -m tests.journals.record [NAME...]`: records the journals in this folder anew, from real calls.

Facts and configurations are the installation's own, the commands are those that its engine gave. Names of folders are made the
same for all machines, and resources that the calls do not need are left out.
"""

import asyncio
import json
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from app.calls.ports import Fact
from app.calls.replay import WrittenCommand, check, read_journal, write_journal
from app.cli.replay import journal_of
from app.domain.instance import Instance
from app.errors import TrunklineError
from app.store.db import Database
from tests.journals.calls import FAR_ADDRESS, STORIES, Stage, Story, far_phone
from tests.journals.looking_on import FILE
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.installation import test_tools
from tests.rig.waiting import until

FOLDER = Path(__file__).parent
VAR = "/srv/trunkline"
Steps = list[tuple[Fact, list[WrittenCommand]]]


def record(name: str, story: Story) -> None:
    """Plays the story and writes its journal."""
    tools = test_tools()
    with ExitStack() as phones, ApplicationRig(module="tests.journals.looking_on") as rig:
        stage = Stage(rig, tools, phones)
        rig.fill(*story.contents)
        if story.far:
            stage.far = phones.enter_context(far_phone(tools))
            rig.fill(contents.far_trunk(FAR_ADDRESS, stage.far.sip_port))
        rig.start()
        story.play(stage)
        until(
            lambda: all(agent["activity"] in ("idle", "missed") for agent in rig.status()["agents"]), "work is done", 20
        )
        rig.check()
        phones.close()
        assert rig.command("stop").returncode == 0
        steps, configurations = _lived(rig)
        written = write_journal(story.about, next(iter(configurations)), configurations, steps)
    journal = read_journal(written.replace(str(rig.var).encode(), VAR.encode()))
    needed = _only_needed(story.about, journal.version, journal.configurations, _steps_of(journal.facts))
    (FOLDER / f"{name}.json").write_bytes(needed)
    print(f"{name}: {len(steps)} facts, {len(needed)} bytes")


def _lived(rig: ApplicationRig) -> tuple[Steps, dict[str, Instance]]:
    """The installation's facts with the commands that its engine gave, and its configurations."""
    database = Database.open(rig.url, rig.var)
    try:
        facts, configurations = asyncio.run(journal_of(database))
    finally:
        database.close()
    return _with_commands(facts, rig.var / FILE), configurations


def _with_commands(facts: list[Fact], file: Path) -> Steps:
    told: list[tuple[str, list[WrittenCommand]]] = [
        msgspec.json.decode(line, type=tuple[str, list[WrittenCommand]]) for line in file.read_bytes().splitlines()
    ]
    assert [fact.kind for fact in facts] == [kind for kind, _ in told], "the journal and what was seen are not the same"
    return [(fact, commands) for fact, (_, commands) in zip(facts, told, strict=True)]


def _steps_of(facts: list[tuple[int, int, str, dict[str, Any], list[WrittenCommand]]]) -> Steps:
    return [
        (Fact(seq, at_ms, kind, None, msgspec.json.encode(payload)), commands)
        for seq, at_ms, kind, payload, commands in facts
    ]


def _only_needed(about: str, version: str, configurations: dict[str, Instance], steps: Steps) -> bytes:
    """The smallest file that tells the same."""
    best = write_journal(about, version, configurations, steps)
    check(read_journal(best))
    for table in ("flows", "prompts", "agents", "queues", "numbers"):
        for key in {key for instance in configurations.values() for key in getattr(instance, table)}:
            fewer = {name: _without(instance, table, key) for name, instance in configurations.items()}
            tried = write_journal(about, version, fewer, steps)
            if _tells_the_same(tried):
                best, configurations = tried, fewer
    plainer = {name: _without_positions(instance) for name, instance in configurations.items()}
    tried = write_journal(about, version, plainer, steps)
    return tried if _tells_the_same(tried) else best


def _without_positions(instance: Instance) -> Instance:
    """Where the editor draws the blocks is nothing to a call."""
    flows = {}
    for flow_id, flow in instance.flows.items():
        content = json.loads(flow.content)
        for about in content["Metadata"].get("ActionMetadata", {}).values():
            about.pop("position", None)
        flows[flow_id] = replace(flow, content=json.dumps(content, separators=(",", ":")))
    return replace(instance, flows=flows)


def _without(instance: Instance, table: str, key: str) -> Instance:
    return replace(
        instance, **{table: {name: value for name, value in getattr(instance, table).items() if name != key}}
    )


def _tells_the_same(text: bytes) -> bool:
    try:
        check(read_journal(text))
    except TrunklineError:
        return False
    return True


if __name__ == "__main__":
    for chosen in sys.argv[1:] or list(STORIES):
        record(chosen, STORIES[chosen])
