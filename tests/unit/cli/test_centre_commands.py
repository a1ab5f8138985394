"""Quick connects, settings and the audit from the command line."""

import asyncio
import getpass
import json
from pathlib import Path

import pytest

from app.calls.ports import AuditEntry
from app.domain.ids import QueueId
from app.domain.instance import Queue
from app.store.db import Database
from app.store.repositories.administration import Administration
from app.store.repositories.audit import AuditLog
from app.store.repositories.configurations import Configurations
from tests.unit.cli.conftest import Type

pytestmark = pytest.mark.unit


@pytest.fixture
def database(var: Path) -> Database:
    """An installation with the queues Sales and Support."""
    database = Database.open(f"sqlite:///{var / 'trunkline.db'}", var)
    for name in ("Sales", "Support"):
        asyncio.run(Administration(database).save_queue(Queue(QueueId(name.lower()), name)))
    return database


def test_a_quick_connect_is_added_changed_listed_and_removed(trunkline: Type, database: Database) -> None:
    added = trunkline(
        "quick-connect", "add", "Pager", "--description", "On call", "--number", "(206) 555-0111", "--of", "Sales"
    )
    assert (added.code, "Agents of 1 queue(s) can transfer to Pager." in added.out) == (0, True)
    instance = asyncio.run(Configurations(database).current())
    assert [queue.quick_connects for queue in instance.queues.values()] == [("Pager",), ()]
    trunkline("quick-connect", "add", "Pager", "--description", "On call", "--number", "+12065550112")
    trunkline("quick-connect", "add", "Help", "--description", "Support", "--queue", "Support")
    listed = json.loads(trunkline("quick-connect", "list", "--json").out)
    assert [(each["name"], each["type"], each["number"], each["queue_id"], each["queues"]) for each in listed] == [
        ("Help", "queue", "", "support", "Sales, Support"),
        ("Pager", "external", "+12065550112", None, "Sales, Support"),
    ]
    assert "Support" in trunkline("quick-connect", "list").out
    assert trunkline("quick-connect", "remove", "Help").code == 0
    assert trunkline("quick-connect", "remove", "Help").code == 2
    database.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("quick-connect", "add", "X", "--description", "x"), "say one of --agent, --queue and --number"),
        (("quick-connect", "add", "X", "--description", "x", "--queue", "Moon"), "There is no queue named Moon."),
        (("quick-connect", "add", "X", "--description", " ", "--queue", "Sales"), "it needs a name and a description"),
        (("quick-connect", "add", "X", "--description", "x", "--number", "12"), "cannot be read as a number"),
        (
            ("quick-connect", "add", "X", "--description", "x", "--queue", "Sales", "--flow", "F"),
            "no published flow named F",
        ),
        (("setting", "set", "colour", "red"), "There is no setting named colour; there are"),
        (("setting", "set", "destinations", "44"), "say prefixes such as +44,+49, or none"),
        (("setting", "set", "calls_out_a_day", "many"), "say a whole number, or none for no limit"),
        (("setting", "set", "listen_without_recording", "maybe"), "say yes or no"),
    ],
)
def test_what_is_not_right_is_one_sentence(
    trunkline: Type, database: Database, arguments: tuple[str, ...], words: str
) -> None:
    said = trunkline(*arguments)
    assert (said.code, words in said.err) == (2, True), said
    database.close()


def test_settings_become_part_of_the_instance(trunkline: Type, database: Database) -> None:
    for name, value in (
        ("destinations", "+44, +49"),
        ("calls_out_at_once", "5"),
        ("calls_out_a_day", "none"),
        ("listen_without_recording", "yes"),
    ):
        assert trunkline("setting", "set", name, value).code == 0
    instance = asyncio.run(Configurations(database).current())
    assert (instance.destinations, instance.calls_out_at_once, instance.calls_out_a_day) == (("+44", "+49"), 5, None)
    assert instance.listen_without_recording
    assert "+44, +49" in trunkline("setting", "list").out
    assert json.loads(trunkline("setting", "list", "--json").out)["calls_out_at_once"] == 5
    database.close()


def test_the_audit_is_listed_newest_first(trunkline: Type, database: Database) -> None:
    async def note() -> None:
        audit = AuditLog(database)
        audit.note(AuditEntry(1_750_000_000_000, "ann", "agent", "hold", "c-1", {"everybody": True}, "done"))
        audit.note(
            AuditEntry(1_750_000_001_000, "sue", "supervisor", "supervise", "c-1", {"mode": "listen"}, "refused")
        )
        await audit.flush()

    asyncio.run(note())
    said = trunkline("audit", "list").out.splitlines()
    assert ["supervise" in said[1], "mode listen" in said[1], "everybody True" in said[2]] == [True] * 3
    (entry,) = json.loads(trunkline("audit", "list", "--json", "--by", "ann").out)
    assert (entry["action"], entry["target"], entry["details"]) == ("hold", "c-1", {"everybody": True})
    assert "Nothing was done" in trunkline("audit", "list", "--target", "c-2").out
    database.close()


def test_what_is_done_to_users_is_in_the_audit(trunkline: Type) -> None:
    trunkline("user", "add", "sue", "--role", "supervisor", "--random")
    trunkline("user", "password", "sue", "--random")
    trunkline("user", "disable", "sue")
    trunkline("user", "disable", "sue", "--enable")
    trunkline("user", "delete", "sue")
    assert trunkline("user", "delete", "sue").code == 2
    found = json.loads(trunkline("audit", "list", "--target", "sue", "--json").out)[::-1]
    done = ["add user", "change password", "disable user", "enable user", "delete user"]
    assert [(each["action"], each["outcome"]) for each in found[:5]] == [(action, "done") for action in done]
    assert found[0]["details"] == {"role": "supervisor"}
    assert found[0]["by"] == getpass.getuser()
