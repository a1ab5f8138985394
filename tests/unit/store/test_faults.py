"""What a driver says becomes one sentence that helps and gives nothing away."""

from pathlib import Path

import peewee
import pytest

from app.errors import BadInput, Unavailable
from app.store.faults import explained
from app.store.location import Location, locate

pytestmark = pytest.mark.unit

POSTGRES = locate("postgres://ada:hush%21@db.example:5433/trunk", Path("var"))
SQLITE = locate("", Path("var"))


def test_locations_are_named_without_their_password() -> None:
    assert POSTGRES.place == "the Postgres database trunk on db.example"
    assert POSTGRES.parameters["password"] == "hush!"
    assert SQLITE.place == "the database var/trunkline.db"
    assert locate("sqlite:///data/a%20b.db", Path("var")).path == Path("data/a b.db")
    assert locate("sqlite:////srv/x.db", Path("var")).path == Path("/srv/x.db")


@pytest.mark.parametrize(
    ("words", "location", "expected"),
    [
        ('connection failed: FATAL: role "ada" does not exist', POSTGRES, "it has no user ada. Create the user"),
        ('FATAL: database "trunk" does not exist', POSTGRES, "CREATE DATABASE trunk OWNER ada;"),
        ("FATAL: sorry, too many clients already", POSTGRES, "no free connection. Raise max_connections"),
        ("connection timeout expired", POSTGRES, "lets port 5433 through"),
        ("terminating connection due to administrator command", POSTGRES, "Start Postgres again"),
        ("database or disk is full", SQLITE, "its disk is full. Free some space"),
        ("disk I/O error", SQLITE, "its disk reports errors. Check the disk"),
        ("database disk image is malformed", SQLITE, "its file is damaged. Restore it from a backup"),
        ("attempt to write a readonly database", SQLITE, "it may not be written. Give this user write permission"),
    ],
)
def test_known_troubles_have_a_remedy(words: str, location: Location, expected: str) -> None:
    error = explained(peewee.OperationalError(words), location)
    assert isinstance(error, Unavailable)
    assert expected in str(error)
    assert str(error).startswith("T" + location.place[1:] + " is not available: ")


def test_an_unknown_trouble_is_passed_on_in_one_line_without_the_password() -> None:
    error = explained(peewee.OperationalError("odd\nthing with hush! in it"), POSTGRES)
    assert str(error).startswith("The Postgres database trunk on db.example is not available: it reports: odd thing")
    assert "hush!" not in str(error)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("UNIQUE constraint failed: queue.name", "there already (queue.name)"),
        ('duplicate key value violates unique constraint "queue_name" DETAIL: Key (name)=(x)', "there already"),
        ("FOREIGN KEY constraint failed", "still in use"),
        ("NOT NULL constraint failed: queue.name", "a value is missing (queue.name)"),
    ],
)
def test_refused_data_is_the_callers_matter(words: str, expected: str) -> None:
    error = explained(peewee.IntegrityError(words), SQLITE)
    assert isinstance(error, BadInput)
    assert expected in str(error)
