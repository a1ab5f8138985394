"""Telephone numbers as dialled, as carriers send them, and as people read them."""

import pytest

from app.domain.phone import display, require_e164, to_e164, why_not_called
from app.errors import BadInput

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+12025550100", "DE", "+12025550100"),
        ("2025550100", "US", "+12025550100"),
        ("12025550100", "US", "+12025550100"),
        ("030 901820", "DE", "+4930901820"),
        ("anonymous", "US", None),
        ("", "US", None),
        ("12", "US", None),
    ],
)
def test_to_e164(text: str, country: str, number: str | None) -> None:
    assert to_e164(text, country) == number


def test_what_is_no_number_is_told() -> None:
    with pytest.raises(BadInput, match="write it as"):
        require_e164("sales", "US")


def test_numbers_of_the_own_country_are_shown_without_its_code() -> None:
    assert display("+12025550100", "US") == "(202) 555-0100"
    assert display("+4930901820", "US").startswith("+49")
    assert display("anonymous", "US") == "anonymous"


@pytest.mark.parametrize(
    ("number", "destinations", "words"),
    [
        ("+12065550111", (), ""),
        ("+442079460123", (), "calls to GB are not allowed"),
        ("+442079460123", ("+44",), ""),
        ("+18095551234", (), "calls to DO are not allowed"),
        ("+19005550199", (), "premium rate"),
        ("+19005550199", ("+1",), "premium rate"),
        ("+19005550199", ("+1", "+1900"), ""),
        ("+449098790001", ("+44",), "premium rate"),
        ("+881612345678", (), "satellite"),
        ("+881612345678", ("+8",), "satellite"),
        ("+881612345678", ("+8816",), ""),
        ("nobody", (), "is no telephone number"),
    ],
)
def test_which_numbers_are_called(number: str, destinations: tuple[str, ...], words: str) -> None:
    refused = why_not_called(number, "US", destinations)
    assert words in refused
    assert bool(words) == bool(refused)
