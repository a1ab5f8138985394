"""Journals of real calls, replayed: the same facts give the same commands, and a journal that was tampered with is told by its fact."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.calls.codec import UnreadableFact
from app.calls.replay import Differs, check, read_journal, replay
from app.cli.application import main
from app.errors import BadInput, TrunklineError
from tests.rig.installation import PROJECT

pytestmark = pytest.mark.unit

JOURNALS = sorted((PROJECT / "tests" / "journals").glob("*.json"))
Document = dict[str, Any]


def first_call() -> Document:
    document: Document = msgspec.json.decode((PROJECT / "tests/journals/first-call.json").read_bytes())
    return document


def fact(document: Document, kind: str) -> list[Any]:
    found: list[Any] = next(each for each in document["facts"] if each[2] == kind)
    return found


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: path.stem)
def test_a_recorded_journal_gives_the_same_commands(path: Path) -> None:
    journal = read_journal(path.read_bytes())
    assert check(journal) == sum(len(commands) for *_, commands in journal.facts) > 10


def test_the_recorded_journals_are_small() -> None:
    assert sum(path.stat().st_size for path in JOURNALS) < 200_000


def another_key(document: Document) -> None:
    fact(document, "DigitReceived")[3]["digit"] = "7"


def swapped(document: Document) -> None:
    """The agent answers before the key that puts the caller in the queue, each with a number and a moment that look right."""
    facts = document["facts"]
    one, other = (
        next(at for at, each in enumerate(facts) if each[2] == kind) for kind in ("DigitReceived", "ChannelAnswered")
    )
    facts[one][2:], facts[other][2:] = facts[other][2:], facts[one][2:]


def out_of_order(document: Document) -> None:
    facts = document["facts"]
    facts[6], facts[7] = facts[7], facts[6]


def lost(document: Document) -> None:
    del document["facts"][4]


def earlier(document: Document) -> None:
    document["facts"][9][1] -= 60_000


def damaged(document: Document) -> None:
    fact(document, "DigitReceived")[3] = {"channel_id": 7}


def unknown(document: Document) -> None:
    fact(document, "DigitReceived")[2] = "DigitDreamt"


def other_configuration(document: Document) -> None:
    fact(document, "ConfigurationChanged")[3]["version"] = "0" * 32


@pytest.mark.parametrize(
    ("plant", "error", "kind", "words"),
    [
        (another_key, Differs, "DigitReceived", "gave StartRecording|gave|nothing more"),
        (swapped, Differs, "ChannelAnswered", "gives nothing more and gave"),
        (out_of_order, Differs, "", "Fact 8 .* stands where fact 7 should be"),
        (lost, Differs, "", "Fact 6 .* stands where fact 5 should be"),
        (earlier, Differs, "", "Fact 10 .* older than the one before it"),
        (damaged, UnreadableFact, "DigitReceived", "cannot be read"),
        (unknown, UnreadableFact, "DigitDreamt", "no such event"),
        (other_configuration, Differs, "ConfigurationChanged", "which is not in the file"),
    ],
)
def test_a_bad_journal_fails_and_the_fact_is_named(
    plant: Callable[[Document], None], error: type[TrunklineError], kind: str, words: str
) -> None:
    document = first_call()
    plant(document)
    with pytest.raises(error, match=words) as caught:
        check(read_journal(msgspec.json.encode(document)))
    number = next((each[0] for each in document["facts"] if each[2] == kind), caught.value.details["seq"])
    assert f"act {number} " in str(caught.value)


def test_a_command_that_was_recorded_otherwise_is_shown_beside_the_one_of_today() -> None:
    document = first_call()
    fact(document, "CallArrived")[4][0][0] = "Hangup"
    with pytest.raises(Differs, match=r"gives Answer \{.*\} and gave Hangup \{.*\} when it was recorded"):
        check(read_journal(msgspec.json.encode(document)))


@pytest.mark.parametrize("text", [b"", b"{}", b'{"facts": []}', b"\xff"])
def test_what_is_no_journal_file_is_bad_input(text: bytes) -> None:
    with pytest.raises(BadInput, match="journal file"):
        read_journal(text)


def test_the_command_line_compares_and_prints(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = PROJECT / "tests/journals/first-call.json"
    count = len(list(replay(read_journal(file.read_bytes()))))
    assert main(["replay", str(file)]) == 0
    assert f"first-call.json: {count} facts give the same" in capfd.readouterr().out
    assert main(["replay", str(file), "--commands", str(tmp_path / "commands")]) == 0
    assert "    Answer {" in (tmp_path / "commands").read_text()
    document = first_call()
    another_key(document)
    (tmp_path / "bad.json").write_bytes(msgspec.json.encode(document))
    assert main(["replay", str(tmp_path)]) == 1
    assert "bad.json" in (said := capfd.readouterr().err)
    assert "(DigitReceived)" in said
    assert main(["replay", str(tmp_path / "none.json")]) == 2
