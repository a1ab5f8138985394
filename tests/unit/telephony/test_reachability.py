"""Which phones can be rung, while lists and single words about them pass one another."""

import pytest

from app.telephony.reachability import Reachability

pytestmark = pytest.mark.unit


def test_what_changes_is_news_once() -> None:
    phones = Reachability()
    assert phones.told("desk1", True)
    assert not phones.told("desk1", True)
    assert phones.told("desk1", False)
    assert not phones.told("desk1", False)


def test_a_phone_that_comes_or_goes_while_the_list_is_fetched_is_as_it_was_told() -> None:
    phones = Reachability()
    phones.looked(frozenset({"desk1", "desk2"}))
    phones.looking()
    phones.told("desk1", False)
    phones.told("desk3", True)
    assert phones.looked(frozenset({"desk1", "desk2"})) == {"desk2", "desk3"}
    assert not phones.told("desk3", True)
    assert phones.told("desk1", True)


def test_what_was_told_before_the_list_was_asked_for_is_older() -> None:
    phones = Reachability()
    phones.told("desk1", True)
    phones.looking()
    assert phones.looked(frozenset()) == frozenset()
    assert phones.told("desk1", True)
