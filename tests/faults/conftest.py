"""One installation for each fault test: it is broken on purpose."""

import pytest

from app.telephony.install import TestTools
from tests.rig.installation import test_tools


@pytest.fixture(scope="session")
def tools() -> TestTools:
    return test_tools()
