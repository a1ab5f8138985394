"""In what order the tests run."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of real calls come first: two workers that take file by file are then done within seconds of each other."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)
