"""Asterisk's configuration: its templates render with everything switched on and off, and nothing in the result is dangerous."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.domain.lines import NetworkSettings, Trunk
from app.telephony.node.configuration import render, write_if_changed
from app.telephony.node.hardening import dangerous_findings
from app.telephony.node.secrets import NodeSecrets

SAMPLE_SECRETS = NodeSecrets("sample-of-an-ari-password-long-enough", "sample-of-an-ami-password-long-enough")


@dataclass(frozen=True, slots=True)
class SampleEngine:
    """An installed Asterisk as far as templates name it."""

    asterisk: Path = Path("/opt/asterisk/bin/asterisk")
    modules: Path = Path("/opt/asterisk/modules")
    data: Path = Path("/opt/asterisk/data")
    moh: Path = Path("/opt/asterisk/data/moh")


PLAIN = NetworkSettings()
FULL = NetworkSettings(
    sip_tls_port=5061,
    tls_certificate="/etc/trunkline/certificate.pem",
    tls_private_key="/etc/trunkline/key.pem",
    external_address="198.51.100.7",
    stun_server="stun.example.net:3478",
    overflow_number="+12025550199",
    country="DE",
)
TRUNKS = (
    Trunk("carrier", "sip.example.com", match=("198.51.100.0/24",), outbound_caller_id="+12025550100"),
    Trunk("backup", "203.0.113.5", mode="register", username="alice", secret="a;long secret", order=2),
    Trunk("secure", "sips.example.com", port=5061, transport="tls", srtp="sdes", codecs=("opus", "alaw"), order=3),
)


def dangerous_configuration() -> Iterator[str]:
    for words, settings, trunks in (("plain", PLAIN, ()), ("with all options", FULL, TRUNKS)):
        try:
            files = render(settings, trunks, SampleEngine(), Path("/srv/trunkline"), "node1", SAMPLE_SECRETS)
        except Exception as error:
            yield f"The templates ({words}) do not render: {type(error).__name__}: {error}"
            continue
        with tempfile.TemporaryDirectory() as folder:
            write_if_changed(files, Path(folder))
            for finding in dangerous_findings(Path(folder)):
                yield f"Rendered {words}: {finding}"
