import os

import pytest

from app.calls.ports import ACTIONS
from app.config import PROJECT
from app.web.manual import page

pytestmark = pytest.mark.unit


def test_the_manual_is_up_to_date() -> None:
    """With TRUNKLINE_WRITE_DOCS set, writes the API's page instead."""
    path, written = PROJECT / "docs" / "api.md", page()
    if os.environ.get("TRUNKLINE_WRITE_DOCS"):
        path.write_text(written)
    assert path.read_text() == written, "docs/api.md: run this test with TRUNKLINE_WRITE_DOCS=1"


def test_every_action_says_what_it_does() -> None:
    for ask, action in ACTIONS.items():
        words = ask.__doc__ or ""
        assert words
        assert not words.startswith(f"{ask.__name__}("), ask
        assert action.method in ("GET", "POST", "DELETE")
        assert (action.method == "GET") or action.audited, f"{ask.__name__} changes something and is not audited"
