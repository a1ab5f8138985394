"""The spool keeps what was appended, finds what was torn, and belongs to one process."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.calls.ports import Fact
from app.errors import Unavailable
from app.store.lines import line_of
from app.store.spool import Position, Spool

pytestmark = pytest.mark.unit

Opener = Callable[[], Spool]


def fact(seq: int) -> Fact:
    return Fact(seq, 1_000 + seq, "DigitReceived", f"contact-{seq % 3}", b'{"digit":"5"}')


def fill(spool: Spool, first: int, last: int) -> None:
    for seq in range(first, last + 1):
        spool.append(seq, line_of(fact(seq)))


def numbers(spool: Spool) -> list[int]:
    return [fact.seq for fact in spool.read(Position(), 10_000)[0]]


@pytest.fixture
def opener(tmp_path: Path) -> Iterator[Opener]:
    """Opens the spool as the next process would: what an earlier one left open is let go without ceremony."""
    opened: list[Spool] = []

    def open_spool() -> Spool:
        while opened:
            opened.pop().close()
        opened.append(Spool(tmp_path, sync_interval_s=None, segment_bytes=1_000))
        return opened[-1]

    yield open_spool
    for spool in opened:
        spool.close()


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def test_facts_are_read_back_in_order_over_segments(opener: Opener, tmp_path: Path) -> None:
    spool = opener()
    fill(spool, 1, 100)
    assert len(segments(tmp_path)) > 3
    assert spool.read(Position(), 1_000)[0] == [fact(seq) for seq in range(1, 101)]
    assert numbers(opener()) == list(range(1, 101))


def test_reading_goes_on_from_a_position(opener: Opener) -> None:
    spool = opener()
    fill(spool, 1, 30)
    seen: list[int] = []
    position = Position()
    while True:
        facts, position = spool.read(position, 7)
        if not facts:
            break
        seen += [fact.seq for fact in facts]
    fill(spool, 31, 35)
    seen += [fact.seq for fact in spool.read(position, 100)[0]]
    assert seen == list(range(1, 36))


def test_finished_segments_are_removed_and_the_last_never(opener: Opener, tmp_path: Path) -> None:
    spool = opener()
    fill(spool, 1, 100)
    _, position = spool.read(Position(), 1_000)
    spool.remove(spool.finished(position))
    assert len(segments(tmp_path)) == 1
    fill(spool, 101, 110)
    assert numbers(spool)[-10:] == list(range(101, 111))


@pytest.mark.parametrize("cut", [1, 10, 40])
def test_a_torn_last_line_is_dropped(opener: Opener, tmp_path: Path, cut: int) -> None:
    fill(opener(), 1, 5)
    last = segments(tmp_path)[-1]
    os.truncate(last, last.stat().st_size - cut)
    spool = opener()
    assert numbers(spool) == [1, 2, 3, 4]
    assert spool.last_seq == 4
    assert spool.dropped_bytes == len(line_of(fact(5))) - cut
    fill(spool, 5, 6)
    assert numbers(opener()) == [1, 2, 3, 4, 5, 6]


def test_a_damaged_line_is_skipped_and_told(opener: Opener, tmp_path: Path) -> None:
    fill(opener(), 1, 5)
    path = segments(tmp_path)[0]
    data = bytearray(path.read_bytes())
    data[len(line_of(fact(1))) + 20] ^= 1
    path.write_bytes(data)
    spool = opener()
    assert numbers(spool) == [1, 3, 4, 5]
    assert (spool.damaged_lines, spool.dropped_bytes) == (1, 0)


def test_a_write_that_fails_half_way_leaves_nothing(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = opener()
    fill(spool, 1, 2)
    write = os.write
    answers = iter([lambda descriptor, data: write(descriptor, data[:10]), _no_space])
    monkeypatch.setattr(os, "write", lambda descriptor, data: next(answers)(descriptor, data))
    with pytest.raises(OSError, match="No space left"):
        fill(spool, 3, 3)
    monkeypatch.undo()
    fill(spool, 3, 4)
    assert numbers(opener()) == [1, 2, 3, 4]


def _no_space(_descriptor: int, _data: bytes) -> int:
    raise OSError(28, "No space left on device")


def test_a_second_owner_is_refused_by_name(opener: Opener, tmp_path: Path) -> None:
    opener()
    with pytest.raises(Unavailable, match=f"process {os.getpid()} is using it. Stop that process first"):
        Spool(tmp_path)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be written"):
        Spool(tmp_path / "file")
