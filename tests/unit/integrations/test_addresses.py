"""Which addresses functions may live at."""

import pytest

from app.errors import BadInput
from app.integrations.addresses import Allowed

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "52.94.236.248", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_the_public_internet_is_allowed(address: str) -> None:
    assert Allowed().allows(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0",
        "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::", "nonsense", "",
    ],
)  # fmt: skip
def test_private_and_special_addresses_are_not(address: str) -> None:
    assert not Allowed().allows(address)


def test_what_the_configuration_names_is_allowed() -> None:
    allowed = Allowed.of(" 10.1.0.0/16, ::1 ")
    assert allowed.allows("10.1.2.3")
    assert allowed.allows("::ffff:10.1.2.3")
    assert allowed.allows("::1")
    assert not allowed.allows("10.2.0.1")
    assert not allowed.allows("127.0.0.1")


@pytest.mark.parametrize("text", ["10.1.0.0/40", "local", "10.1.2.3/16"])
def test_what_is_no_network_is_said(text: str) -> None:
    with pytest.raises(BadInput, match="The network"):
        Allowed.of(text)
