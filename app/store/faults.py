"""Turns what a database driver raises into one sentence with its remedy. Passwords never get in."""

import peewee

from app.errors import BadInput, TrunklineError, Unavailable
from app.store.location import Location

# What the driver's message contains -> what is so, and what to do. Connection failures carry no SQLSTATE, only words.
_KNOWN: tuple[tuple[str, str, str], ...] = (
    ("password authentication failed", "it refused the password of user {user}", "Correct the password in the URL."),
    ("no password supplied", "it asks for a password and the URL has none", "Put user:password@ into the URL."),
    (
        "no pg_hba.conf entry",
        "it does not admit user {user} from this machine",
        "Admit it in the server's pg_hba.conf.",
    ),
    (
        "peer authentication failed",
        "it does not admit this Unix user as {user}",
        "Use a host and a password in the URL.",
    ),
    ('role "', "it has no user {user}", "Create the user: CREATE ROLE {user} LOGIN PASSWORD '...';"),
    ('database "', "there is no database of that name", "Create it: CREATE DATABASE {dbname} OWNER {user};"),
    ("connection refused", "nothing listens there", "Start Postgres, or correct host and port in the URL."),
    (
        "no such file or directory",
        "no Postgres listens on that socket",
        "Start Postgres, or correct the host in the URL.",
    ),
    ("resolve host", "its host name cannot be resolved", "Correct the host in the URL, or the machine's name service."),
    ("translate host name", "its host name cannot be resolved", "Correct the host in the URL, or the name service."),
    ("timeout expired", "it does not answer", "Check that the host is up and the network lets port {port} through."),
    ("starting up", "it is starting up", "Wait a few seconds."),
    ("shutting down", "it is shutting down", "Start Postgres again."),
    ("administrator command", "its administrator closed the connection", "Start Postgres again."),
    ("too many", "it has no free connection", "Raise max_connections of Postgres or close other programs."),
    ("could not extend", "its disk is full", "Free some space on the database's disk."),
    ("database or disk is full", "its disk is full", "Free some space on the database's disk."),
    ("database is locked", "another program holds it locked", "Close the other program that writes to it."),
    ("readonly database", "it may not be written", "Give this user write permission to the file and its folder."),
    (
        "permission denied",
        "user {user} lacks a permission on it",
        "Make it the owner: ALTER DATABASE {dbname} OWNER TO {user};",
    ),
    ("unable to open", "its file cannot be opened", "Check that its folder exists and this user may write there."),
    ("not a database", "its file is not a SQLite database", "Move the file away, or set another database URL."),
    ("malformed", "its file is damaged", "Restore it from a backup, or move it away to begin anew."),
    ("disk i/o error", "its disk reports errors", "Check the disk and its mount, then start again."),
)


def explained(error: peewee.PeeweeException, location: Location) -> TrunklineError:
    """The error as ours: BadInput for what the data may not be, Unavailable for everything that the database suffers."""
    words = " ".join(str(error).split())
    if isinstance(error, (peewee.IntegrityError, peewee.DataError)):
        return BadInput(what="This change", why=_integrity(words))
    lowered = words.lower()
    names = {"user": "?", "dbname": "?", "port": "5432"} | {
        name: str(value) for name, value in location.parameters.items() if name in ("user", "dbname", "port")
    }
    for sign, why, remedy in _KNOWN:
        if sign in lowered and (not sign.endswith(' "') or "does not exist" in lowered):
            return unavailable(location, why.format_map(names), remedy.format_map(names))
    password = str(location.parameters.get("password") or "")
    if password:
        words = words.replace(password, "***")
    return unavailable(location, f"it reports: {words[:200].rstrip('.')}", "See the database's own log.")


def unavailable(location: Location, why: str, remedy: str) -> Unavailable:
    """`The database ... is not available: <why>. <remedy>`"""
    return Unavailable(what=location.place[0].upper() + location.place[1:], why=why, remedy=remedy)


def _integrity(words: str) -> str:
    lowered = words.lower()
    if "unique" in lowered or "duplicate" in lowered:
        return f"something of that name or id is there already ({_subject(words)})"
    if "foreign key" in lowered:
        return "it names something that does not exist, or removes something that is still in use"
    if "not null" in lowered or "null value" in lowered:
        return f"a value is missing ({_subject(words)})"
    return f"the database refuses a value ({_subject(words)})"


def _subject(words: str) -> str:
    return words.partition(" DETAIL: ")[0].rpartition(": ")[2][:120]
