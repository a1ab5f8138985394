"""Callers who waited in the dialplan get their own order back."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.events import CallArrived, ChannelEnded, Event
from app.domain.ids import ChannelId, ContactId, NodeName
from app.telephony import late_arrivals
from app.telephony.late_arrivals import LateArrivals, burst_over, dated

pytestmark = pytest.mark.unit


def arrival(name: str) -> CallArrived:
    return CallArrived(ContactId(name), NodeName("node1"), ChannelId(name), "trunk", "carrier", "+1", "+2")


def told(called_s: int, entered_s: int) -> dict[str, object]:
    return {
        "timestamp": f"2026-11-20T18:00:{entered_s:02d}.000+0000",
        "channel": {"creationtime": f"2026-11-20T18:00:{called_s:02d}.000+0000"},
    }


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    monkeypatch.setattr(late_arrivals, "ALL_COME_S", 0.0)
    return []


async def test_a_call_that_was_not_kept_goes_on_at_once(released: list[Event]) -> None:
    late = LateArrivals(released.append)
    assert not late.keep(arrival("new"), told(30, 31))
    assert late.kept == ()


async def test_who_called_first_goes_first(released: list[Event]) -> None:
    late = LateArrivals(released.append)
    for name, called_s in (("second", 12), ("third", 20), ("first", 3)):
        assert late.keep(arrival(name), told(called_s, 40))
    assert released == []
    async with asyncio.timeout(5):
        while late.kept:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert [event.contact_id for event in released if isinstance(event, CallArrived)] == ["first", "second", "third"]


async def test_the_end_of_a_call_that_is_kept_comes_after_its_arrival(released: list[Event]) -> None:
    late = LateArrivals(released.append)
    late.keep(arrival("gone"), told(3, 40))
    end = ChannelEnded(ChannelId("gone"), 16)
    assert not late.keep(end, {})
    assert released == [arrival("gone")]
    assert late.kept == ()
    late.close()


def test_an_end_that_asterisk_kept_says_how_long_ago_it_was() -> None:
    end = ChannelEnded(ChannelId("gone"), 16)
    long_ago = dated(end, {"timestamp": "2024-05-01T12:00:00.000+0200"})
    assert isinstance(long_ago, ChannelEnded)
    assert long_ago.late_ms == pytest.approx(
        (datetime.now(UTC) - datetime(2024, 5, 1, 10, tzinfo=UTC)).total_seconds() * 1000, abs=60_000
    )
    ahead = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    assert dated(end, {"timestamp": ahead}) == end
    assert dated(end, {}) == end


async def test_what_asterisk_kept_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_arrivals, "BURST_QUIET_S", 0)
    held: list[Event] = []

    async def tell() -> None:
        for number in range(4):
            held.append(ChannelEnded(ChannelId(str(number)), 16))
            await asyncio.sleep(0)

    telling = asyncio.create_task(tell())
    await asyncio.sleep(0)
    await burst_over(held)
    assert len(held) == 4
    await telling
