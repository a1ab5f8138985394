"""The doctor's examinations, on installations that are ill in a known way."""

import os
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from app.calls.ports import Fact
from app.cli.doctor import asterisk, lines, machine, network, storage
from app.cli.doctor.certificates import certificates, examine_pair
from app.cli.doctor.examined import Examined
from app.cli.doctoring import examination
from app.cli.findings import Finding, exit_code, ok, warning
from app.config import load_settings
from app.domain.lines import Phone, Trunk
from app.main import network_of
from app.store.lines import line_of
from app.telephony.node.layout import Layout

pytestmark = pytest.mark.unit

Examination = Callable[[Examined], AsyncIterator[Finding]]
CARRIER = Trunk("acme", "sip.example.com")


def installation(var: Path, trunks: tuple[Trunk, ...] = (), **settings: object) -> Examined:
    """An installation where nothing runs."""
    chosen = load_settings(var=var, **settings)
    phones = (Phone("bob", "a-secret-of-bob"),)
    return Examined(
        chosen, network_of(chosen), Layout(chosen.var), None, None, None, False, None, "gone", trunks, phones
    )


async def found(examine: Examination, examined: Examined) -> list[Finding]:
    return [finding async for finding in examine(examined)]


async def test_a_port_that_another_program_has_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        findings = await found(network.ports, installation(tmp_path, http_port=port))
    (bad,) = [finding for finding in findings if finding.severity == "error" and str(port) in finding.words]
    assert f"process {os.getpid()}" in bad.words
    assert bad.remedy


async def test_an_address_of_another_machine_cannot_be_bound(tmp_path: Path) -> None:
    findings = await found(network.ports, installation(tmp_path, bind_address="203.0.113.9"))
    assert any("cannot be bound to 203.0.113.9" in finding.words for finding in findings)


async def test_a_private_address_with_an_outside_trunk_is_a_warning(tmp_path: Path) -> None:
    inside = {"bind_address": "192.168.7.7"}
    (finding,) = await found(network.addresses, installation(tmp_path, (CARRIER,), **inside))
    assert finding.severity == "warning"
    assert "acme" in finding.words
    (finding,) = await found(
        network.addresses, installation(tmp_path, (CARRIER,), external_address="198.51.100.7", **inside)
    )
    assert finding.severity == "ok"
    (finding,) = await found(network.addresses, installation(tmp_path, (), **inside))
    assert finding.severity == "ok"


async def test_few_audio_ports_are_a_warning(tmp_path: Path) -> None:
    (finding,) = await found(network.rtp_range, installation(tmp_path, rtp_start=20000, rtp_end=20039))
    assert finding.severity == "warning"
    assert "10 calls" in finding.words
    findings = await found(network.rtp_range, installation(tmp_path, rtp_start=5000, rtp_end=9000))
    assert findings[-1].severity == "error"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    names = ("certificate.pem", "key.pem")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=pbx -addext subjectAltName=DNS:pbx.example.com"
    )
    subprocess.run(
        [*command.split(), "-out", folder / names[0], "-keyout", folder / names[1]], check=True, capture_output=True
    )
    return folder / names[0], folder / names[1]


def test_a_good_certificate_tells_its_days(pair: tuple[Path, Path]) -> None:
    finding = examine_pair(*pair, time.time())
    assert finding.severity == "ok"
    assert "pbx.example.com is good for another 89 days" in finding.words


def test_a_certificate_that_ends_soon_is_a_warning(pair: tuple[Path, Path]) -> None:
    assert examine_pair(*pair, time.time() + 80 * 86_400).severity == "warning"


def test_a_key_of_another_certificate_is_found(pair: tuple[Path, Path], tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    subprocess.run(["openssl", "genrsa", "-out", other, "2048"], check=True, capture_output=True)
    finding = examine_pair(pair[0], other, time.time())
    assert finding.severity == "error"
    assert "belong together" in finding.remedy


def test_an_expired_certificate_is_found(pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        error = ssl.SSLCertVerificationError(1, "certificate verify failed")
        error.verify_message = "certificate has expired"
        raise error

    monkeypatch.setattr("app.cli.doctor.certificates._presented", refuse)
    finding = examine_pair(*pair, time.time())
    assert finding.severity == "error"
    assert "has expired" in finding.words


async def test_a_missing_certificate_is_named(pair: tuple[Path, Path], tmp_path: Path) -> None:
    examined = installation(tmp_path, tls_certificate=pair[0], tls_private_key=tmp_path / "none.pem")
    (finding,) = await found(certificates, examined)
    assert finding.severity == "error"
    assert "none.pem" in finding.words


async def test_what_does_not_run_is_told_with_the_remedy(tmp_path: Path) -> None:
    for examine in (asterisk.installed, asterisk.running, asterisk.ari, asterisk.ami, storage.database):
        (finding,) = await found(examine, installation(tmp_path, http_port=1, ami_port=2))
        assert finding.severity == "error"
    (finding,) = await found(lines.phones, installation(tmp_path))
    assert finding.severity == "warning"


def test_a_codec_that_nothing_transcodes_is_found(tmp_path: Path) -> None:
    examined = installation(tmp_path, (Trunk("acme", "sip.example.com", codecs=("opus", "alaw")),))
    (finding,) = asterisk.codec_findings(examined, {"codec_alaw", "codec_ulaw", "codec_g722"})
    assert "want opus" in finding.words
    (finding,) = asterisk.codec_findings(examined, {"codec_alaw", "codec_ulaw", "codec_g722", "codec_opus_open_source"})
    assert finding.severity == "ok"


def test_contacts_are_read_from_what_asterisk_says() -> None:
    said = """
  Contact:  <Aor/ContactUri..............................> <Hash....> <Status> <RTT(ms)..>
==========================================================================================

  Contact:  alice/sip:alice@192.0.2.7:5062;ob              0f2a7b1c34 Avail         1.201
  Contact:  bob/sip:bob@192.0.2.8:5062                     1f2a7b1c34 Unavail         nan

Objects found: 2
"""
    states = lines.contact_states(said)
    assert (states["alice"], states["bob"]) == ("Avail", "Unavail")


def test_the_newest_fact_of_a_torn_spool_is_found(tmp_path: Path) -> None:
    spool = tmp_path / "00000000000000000001.jsonl"
    whole = [line_of(Fact(seq, 1, "CallArrived", None, b"{}")) for seq in (1, 2, 3)]
    spool.write_bytes(b"".join(whole) + whole[0][:20])
    assert storage.newest_in(tmp_path) == 3
    assert storage.newest_in(tmp_path / "none") == 0


async def test_an_examination_that_fails_is_a_finding(tmp_path: Path) -> None:
    async def broken(_: Examined) -> AsyncIterator[Finding]:
        yield ok("x", "fine.")
        raise ZeroDivisionError("oh")

    findings = await examination("x", broken, installation(tmp_path))
    assert [finding.severity for finding in findings] == ["ok", "error"]
    assert "could not be examined" in findings[1].words


def test_the_exit_code_is_that_of_the_worst() -> None:
    assert exit_code([]) == 0
    assert exit_code([ok("a", "b"), warning("a", "b", "c")]) == 1


async def test_disk_clock_and_files_can_always_be_told(tmp_path: Path) -> None:
    for examine in (machine.disk, machine.clock, machine.open_files, machine.time_zones):
        assert await found(examine, installation(tmp_path))
