"""The demo content: made once in an empty database, completed when it was interrupted, never put over anything else."""

from pathlib import Path

import pytest

from app.cli import demo, demo_content
from app.domain.lines import Phone
from app.flow.checks import publish_findings
from app.flow.registry import all_blocks
from app.store.db import Database
from app.store.repositories.accounts import Accounts
from app.store.repositories.configurations import Configurations
from app.store.repositories.sip import SipConfiguration
from app.telephony.audio import read_wav, tone, tone_level_db, write_wav

pytestmark = pytest.mark.unit


@pytest.fixture
def moh(tmp_path: Path) -> Path:
    folder = tmp_path / "moh"
    folder.mkdir()
    write_wav(folder / "short.wav", tone(400, 500))
    write_wav(folder / "long.wav", tone(600, 1500))
    return folder


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database.open("", tmp_path)


async def test_an_empty_database_is_filled_once(database: Database, tmp_path: Path, moh: Path) -> None:
    made = await demo.ensure_demo(database, tmp_path, moh)
    assert made is not None
    assert [phone.name for phone in made.phones] == ["alice", "customer"]
    assert await Accounts(database).verify_password(made.username, made.password)
    instance = await Configurations(database).current()
    assert instance.numbers[made.number].flow_id == "sample_inbound"
    assert {agent.username for agent in instance.agents.values()} == {"alice", "robot"}
    assert {phone.name for phone in await SipConfiguration(database).phones()} == {"alice", "customer", "robot"}
    assert await demo.ensure_demo(database, tmp_path, moh) is None
    database.close()


async def test_every_flow_of_the_demo_runs_on_what_the_demo_has(database: Database, tmp_path: Path, moh: Path) -> None:
    await demo.ensure_demo(database, tmp_path, moh)
    instance = await Configurations(database).current()
    database.close()
    assert len(instance.flows) == len(demo_content.shipped_flows()) > 0
    for flow in instance.flows.values():
        assert publish_findings(flow, instance, all_blocks()) == ()
    for path in instance.prompts.values():
        assert read_wav(Path(path))[1] == 8000
    music, rate = read_wav(Path(instance.prompts["CustomerQueue"]))
    assert tone_level_db(music, rate, 600) > -20


async def test_a_database_with_something_in_it_is_left_alone(database: Database, tmp_path: Path, moh: Path) -> None:
    await SipConfiguration(database).save_phone(Phone("bob", "a-secret-of-bob"))
    assert await demo.ensure_demo(database, tmp_path, moh) is None
    assert (await Configurations(database).current()).queues == {}
    database.close()


async def test_an_interrupted_demo_is_completed(
    database: Database, tmp_path: Path, moh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(_: Database) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(demo, "_save_content", killed)
        with pytest.raises(KeyboardInterrupt):
            await demo.ensure_demo(database, tmp_path, moh)
    before = await SipConfiguration(database).phone("alice")
    made = await demo.ensure_demo(database, tmp_path, moh)
    assert made is not None
    assert made.phones[0] == before
    assert (await Configurations(database).current()).numbers
    database.close()
