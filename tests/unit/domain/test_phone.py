"""Telephone numbers as dialled, as carriers send them, and as people read them."""

import pytest

from app.domain.phone import display, require_e164, to_e164
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
