"""What is wrong with an installation is said in one clear sentence with its remedy, never in a stack trace, and nothing is lost."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.telephony.install import TestTools
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import dial, trunk_caller
from tests.rig.contents import NUMBER
from tests.rig.ports import free_port
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def installation() -> Iterator[ApplicationRig]:
    """The demo. Nothing that these tests do brings a server up, so one serves them all."""
    with ApplicationRig() as made:
        made.fill(contents.demo)
        yield made


@pytest.fixture
def rig(installation: ApplicationRig, monkeypatch: pytest.MonkeyPatch) -> ApplicationRig:
    """Its settings and its database are this test's to choose."""
    monkeypatch.setattr(installation, "settings", {})
    monkeypatch.setattr(installation, "database_url", "")
    return installation


@pytest.fixture(scope="module")
def served() -> Iterator[ApplicationRig]:
    """A server that goes on through what is wrong."""
    with ApplicationRig() as made:
        made.fill(contents.demo)
        yield made.start()
        made.check(0)


def said(rig: ApplicationRig, *arguments: str) -> str:
    """What a command that cannot succeed says: exit code not 0, one line of plain words on standard error."""
    done = rig.command(*arguments)
    assert done.returncode not in (0, 70), f"{done.returncode}: {done.stdout}{done.stderr}"
    return one_sentence(done)


def one_sentence(done: "subprocess.CompletedProcess[str]") -> str:
    assert "Traceback" not in done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith(("{", "20"))]
    assert len(lines) == 1, f"more than one sentence: {done.stderr}"
    return lines[0]


def held(port: int, address: str = "127.0.0.1", kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
    """Somebody else's socket on that port."""
    other = socket.socket(socket.AF_INET, kind)
    other.bind((address, port))
    if kind == socket.SOCK_STREAM:
        other.listen()
    return other


@pytest.mark.parametrize(
    ("port", "kind"),
    [
        ("web_port", socket.SOCK_STREAM),
        ("ari_port", socket.SOCK_STREAM),
        ("http_port", socket.SOCK_STREAM),
        ("ami_port", socket.SOCK_STREAM),
        ("sip_port", socket.SOCK_DGRAM),
    ],
)
def test_a_port_in_use(rig: ApplicationRig, port: str, kind: socket.SocketKind) -> None:
    """The port is named, and Asterisk is not left running half."""
    number = getattr(rig, port)
    with closing(held(number, kind=kind)):
        words = said(rig, "serve")
    assert str(number) in words
    assert "another port" in words
    assert rig.asterisk_pid() is None


def test_a_missing_certificate(rig: ApplicationRig) -> None:
    missing = rig.var / "no-such.pem"
    rig.settings |= {"TLS_CERTIFICATE": str(missing), "TLS_PRIVATE_KEY": str(missing)}
    words = said(rig, "serve")
    assert str(missing) in words
    assert rig.asterisk_pid() is None


def test_a_missing_certificate_of_sip(rig: ApplicationRig) -> None:
    missing = rig.var / "no-such.pem"
    rig.settings |= {"SIP_TLS_PORT": str(free_port()), "TLS_CERTIFICATE": str(missing), "TLS_PRIVATE_KEY": str(missing)}
    assert str(missing) in said(rig, "serve")
    assert rig.asterisk_pid() is None


def test_a_setting_that_is_no_number(rig: ApplicationRig) -> None:
    rig.settings |= {"WEB_PORT": "eighty"}
    words = said(rig, "serve")
    assert "TRUNKLINE_WEB_PORT" in words
    assert "eighty" in words


def test_a_database_that_is_not_there(rig: ApplicationRig) -> None:
    port = free_port()
    rig.database_url = f"postgresql://trunkline:some-password@127.0.0.1:{port}/trunkline"
    words = said(rig, "serve")
    assert "127.0.0.1" in words
    assert "Start Postgres" in words
    assert "some-password" not in words
    assert rig.asterisk_pid() is None


def test_a_database_folder_that_cannot_be_written(rig: ApplicationRig, tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("")
    rig.database_url = f"sqlite:///{tmp_path}/file/trunkline.db"
    assert str(tmp_path / "file") in said(rig, "serve")


def test_a_wrong_trunk_address_is_refused(rig: ApplicationRig) -> None:
    for host in ("no such host", "sip.example.com; exten", "300.1.2.3", ""):
        assert "host of trunk carrier" in said(rig, "trunk", "add", "carrier", "--host", host)
    assert "carrier" not in rig.command("trunk", "list").stdout


def test_serving_twice(served: ApplicationRig) -> None:
    """A second server on the same installation refuses to start, and the first one goes on."""
    assert "Stop that process first" in said(served, "serve")
    assert served.running
    assert served.ask("GET", "/health")["state"] == "ok"


def test_a_trunk_that_answers_nowhere_is_shown(served: ApplicationRig) -> None:
    """An address where nobody is: saved, in force at once, and the status says so in words, while calls of others go on."""
    added = served.command("trunk", "add", "carrier", "--host", "127.0.0.77", "--port", str(free_port()))
    assert (added.returncode, "In force now" in added.stdout) == (0, True), added

    def warned() -> dict[str, str] | None:
        lines = [line for line in served.status()["lines"] if (line["kind"], line["name"]) == ("trunk", "carrier")]
        return lines[0] if lines and lines[0]["state"] != "ok" and "unknown" not in lines[0]["words"] else None

    line = until(warned, "the trunk's state is shown", 20, tell=served.status)
    assert line is not None
    assert line["words"]
    assert served.ask("GET", "/health")["state"] == "degraded"


def test_an_unreadable_prompt(tools: TestTools) -> None:
    """The flow takes the block's error branch, the caller is not dropped, and the contact's path says which prompt it was."""
    flow = contents.flow(
        "broken",
        [
            contents.action(
                "Broken",
                "MessageParticipant",
                {"PromptId": "arn:trunkline:connect::instance/default/prompt/broken"},
                "Hang up",
                NoMatchingError="Sorry",
            ),
            contents.action("Sorry", "MessageParticipant", {"Text": "Sorry."}, "Hang up", NoMatchingError="Hang up"),
            contents.HANG_UP,
        ],
        number=NUMBER,
    )
    with ApplicationRig() as rig:
        rig.fill(contents.demo, contents.trunk, contents.tone_prompt("broken", 500.0, 1.0), flow)
        (rig.var / "prompts" / "broken.wav").write_bytes(b"this is no sound")
        rig.start()
        with trunk_caller(tools) as caller:
            dial(caller, NUMBER, rig.sip_port)
            caller.wait_established()
            caller.wait_ended(15)
        contact_id = until(rig.records, "the record")[0]["contact_id"]
        trace = rig.trace(contact_id)
        assert any("Sorry" in str(entry) for entry in trace), trace
        assert any("prompts/broken.wav" in str(entry) for entry in trace), trace
        rig.check(1)
