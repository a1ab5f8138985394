"""Finding and unpacking the telephony engine: what is taken, what a failure says, and that half a prefix is never used."""

import errno
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import Unavailable
from app.telephony import install
from app.telephony.installation import debian_packages, private_prefix
from app.telephony.installation.private_prefix import Recipe, ensure_prefix, read_facts

pytestmark = pytest.mark.unit


def silent(_: str) -> None:
    pass


# -- where packages come from --------------------------------------------------------------------------------------


def test_mirrors_are_the_machines_own_main_archives(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text(
        "deb [arch=amd64] https://mirror.example/debian/ bookworm main\n"
        "# deb http://commented.example/debian bookworm main\n"
        "deb http://security.example/debian-security bookworm-security main\n"
        "deb cdrom:[Debian 12]/ bookworm main\n"
    )
    (tmp_path / "sources.list.d" / "debian.sources").write_text(
        "Types: deb\nURIs: http://deb.debian.org/debian http://second.example/debian\nSuites: bookworm\n"
    )
    (tmp_path / "sources.list.d" / "readme.txt").write_text("http://ignored.example/debian")
    assert debian_packages.machine_mirrors(tmp_path) == [
        "https://mirror.example/debian",
        "http://second.example/debian",
    ]


class FakeApt:
    """Stands in for subprocess.run: answers each apt-get command by its verb and remembers what was asked."""

    def __init__(self, answer: Callable[[str, str], tuple[int, str, str]]) -> None:
        self.answer, self.asked = answer, []

    def __call__(self, command: list[str], cwd: Path | None = None, **_: object) -> subprocess.CompletedProcess[str]:
        work = Path(command[1].removeprefix("--config-file=")).parent
        suite = (work / "sources.list").read_text().split()[-2]
        verb = command[2]
        self.asked.append((suite, verb))
        code, out, err = self.answer(suite, verb)
        if verb == "download" and code == 0 and cwd is not None:
            for name in command[4:]:
                (cwd / f"{name}.deb").write_text("")
        return subprocess.CompletedProcess(command, code, out, err)


@pytest.fixture
def fake_apt(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str, str], tuple[int, str, str]]], FakeApt]:
    def put(answer: Callable[[str, str], tuple[int, str, str]]) -> FakeApt:
        fake = FakeApt(answer)
        monkeypatch.setattr(debian_packages.subprocess, "run", fake)
        monkeypatch.setattr(debian_packages, "_demand_tools", silent)
        monkeypatch.setattr(debian_packages, "KEYRINGS", (Path("/"),))
        monkeypatch.setattr(debian_packages, "machine_mirrors", list)
        return fake

    return put


def test_a_package_that_one_suite_lacks_is_taken_from_the_next(
    tmp_path: Path, fake_apt: Callable[..., FakeApt]
) -> None:
    def answer(suite: str, verb: str) -> tuple[int, str, str]:
        if verb != "install":
            return 0, "", ""
        if suite == "forky":
            return 100, "", "E: Unable to locate package asterisk\n"
        return 0, "Inst libc6 (2.43 Debian)\nInst perl-base (5)\nInst asterisk (22)\nConf asterisk\n", ""

    fake = fake_apt(answer)
    files = debian_packages.fetch(["asterisk"], suites=("forky", "sid"), work=tmp_path, say=silent, without="perl")
    assert [file.name for file in files] == ["asterisk.deb", "libc6.deb"]
    assert [verb for suite, verb in fake.asked if suite == "sid"] == ["update", "install", "download"]


@pytest.mark.parametrize(
    ("stderr", "why", "remedy"),
    [
        ("E: Failed to fetch http://x  Temporary failure resolving 'x'", "could not be reached", "Check the network"),
        ("E: GPG error: http://x InRelease: NO_PUBKEY 6ED0", "could not be verified", "debian-archive-keyring"),
        ("E: Write error - write (28: No space left on device)", "is full", "TRUNKLINE_VAR"),
        ("E: Something new", "Something new", "found in PATH"),
    ],
)
def test_a_failure_of_apt_is_one_sentence_with_the_remedy(
    tmp_path: Path, fake_apt: Callable[..., FakeApt], stderr: str, why: str, remedy: str
) -> None:
    fake_apt(lambda *_: (100, "", stderr + "\n"))
    with pytest.raises(Unavailable) as raised:
        debian_packages.fetch(["asterisk"], suites=("forky",), work=tmp_path, say=silent)
    assert why in str(raised.value)
    assert remedy in str(raised.value)


def test_a_network_that_is_down_is_not_asked_for_the_second_suite(
    tmp_path: Path, fake_apt: Callable[..., FakeApt]
) -> None:
    fake = fake_apt(lambda *_: (100, "", "E: Could not connect to deb.debian.org\n"))
    with pytest.raises(Unavailable):
        debian_packages.fetch(["asterisk"], suites=("forky", "sid"), work=tmp_path, say=silent)
    assert fake.asked == [("forky", "update")]


# -- the prefix ----------------------------------------------------------------------------------------------------


def a_recipe(finish: Callable[[Path], dict[str, str]] = lambda _: {"version": "1"}) -> Recipe:
    return Recipe(("tool",), ("usr/bin/tool",), ("forky",), r"(?!)", finish)


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An archive of one package that brings a program, another program and documentation."""

    def unpack(_: Path, root: Path) -> None:
        for name in ("usr/bin/tool", "usr/bin/other", "usr/share/doc/tool/copyright", "usr/lib/any/libc.so.6"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(name)
        (root / "usr/lib/any/ld-linux-any.so.2").write_text("")

    monkeypatch.setattr(private_prefix, "fetch", lambda *_, **__: [tmp_path / "tool.deb"])
    monkeypatch.setattr(private_prefix, "_unpack", unpack)
    monkeypatch.setattr(private_prefix, "_loader_complaint", lambda *_: "")
    monkeypatch.setattr(private_prefix, "NEEDED_BYTES", 0)


@pytest.mark.usefixtures("archive")
def test_a_prefix_holds_the_wrapped_program_and_nothing_else_to_run(tmp_path: Path) -> None:
    prefix = tmp_path / "engine"
    assert ensure_prefix(prefix, a_recipe(), silent) == {"version": "1"}
    assert sorted(file.name for file in (prefix / "usr/bin").iterdir()) == ["tool", "tool.program"]
    assert not (prefix / "usr/share/doc").exists()
    assert (prefix / "bin/tool").resolve() == prefix / "usr/bin/tool"
    script = (prefix / "bin/tool").read_text()
    assert 'exec "$root/usr/lib/any/ld-linux-any.so.2"' in script
    assert str(tmp_path) not in script
    assert sorted(file.name for file in tmp_path.iterdir()) == ["engine", "engine.lock"]


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    "damage",
    [
        lambda prefix: (prefix / "usr/bin/tool.program").unlink(),
        lambda prefix: (prefix / "prefix.json").write_text('{"layout": 1'),
        lambda prefix: (prefix / "prefix.json").write_text(json.dumps({"layout": 0})),
        lambda prefix: (prefix / "prefix.json").write_text(json.dumps(["no", "manifest"])),
    ],
)
def test_a_damaged_prefix_is_built_anew(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    prefix, recipe = tmp_path / "engine", a_recipe()
    ensure_prefix(prefix, recipe, silent)
    (prefix / "usr/bin/tool.program").chmod(0o755)
    assert read_facts(prefix, recipe) is not None
    damage(prefix)
    assert read_facts(prefix, recipe) is None
    ensure_prefix(prefix, recipe, silent)
    assert (prefix / "usr/bin/tool.program").read_text() == "usr/bin/tool"


@pytest.mark.usefixtures("archive")
def test_a_build_that_fails_leaves_the_old_prefix_and_no_rest(tmp_path: Path) -> None:
    def refuse(_: Path) -> dict[str, str]:
        raise OSError(errno.ENOSPC, "No space left on device")

    prefix = tmp_path / "engine"
    prefix.mkdir()
    (prefix / "kept").write_text("")
    with pytest.raises(Unavailable, match="not enough room"):
        ensure_prefix(prefix, a_recipe(refuse), silent)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["engine", "engine.lock"]
    assert (prefix / "kept").exists()


@pytest.mark.usefixtures("archive")
def test_too_little_room_is_said_before_anything_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_prefix, "NEEDED_BYTES", 10**18)
    monkeypatch.setattr(private_prefix, "fetch", lambda *_, **__: pytest.fail("fetched"))
    with pytest.raises(Unavailable, match="TRUNKLINE_VAR"):
        ensure_prefix(tmp_path / "engine", a_recipe(), silent)


# -- which engine --------------------------------------------------------------------------------------------------


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with Asterisk 22.5.0, its modules, sounds and music, all in one folder, and with espeak-ng."""
    modules, data = tmp_path / "modules", tmp_path / "data"
    modules.mkdir()
    for name in install.NEEDED_MODULES:
        (modules / f"{name}.so").write_text("")
    (data / "sounds/en").mkdir(parents=True)
    (data / "moh").mkdir()
    monkeypatch.setattr(install, "_program", lambda name: tmp_path / name)
    monkeypatch.setattr(install, "_asterisk_version", lambda _: "22.5.0")
    monkeypatch.setattr(install, "_first_folder", lambda *_: modules)
    monkeypatch.setattr(install, "SYSTEM_DATA", (data,))
    monkeypatch.setattr(install, "ensure_prefix", lambda *_: {"version": "22.10.1", "modules": "usr/lib/m"})
    return tmp_path


def test_the_machines_own_asterisk_is_used(machine: Path) -> None:
    engine = install.ensure_engine(machine / "var")
    assert engine.source == "system"
    assert (engine.asterisk, engine.espeak) == (machine / "asterisk", machine / "espeak-ng")


@pytest.mark.parametrize(
    ("lack", "said"),
    [
        (lambda machine, patch: patch.setattr(install, "_asterisk_version", lambda _: "20.18.2"), "20.18.2"),
        (lambda machine, patch: patch.setattr(install, "_asterisk_version", lambda _: "22.4.1"), "22.4.1"),
        (lambda machine, patch: (machine / "modules/res_ari.so").unlink(), "res_ari"),
        (lambda machine, patch: (machine / "data/moh").rmdir(), "no music"),
    ],
)
def test_a_system_asterisk_that_lacks_something_is_left_alone(
    machine: Path,
    monkeypatch: pytest.MonkeyPatch,
    lack: Callable[[Path, pytest.MonkeyPatch], object],
    said: str,
) -> None:
    lack(machine, monkeypatch)
    lines: list[str] = []
    engine = install.ensure_engine(machine / "var", lines.append)
    assert engine.source == "private"
    assert engine.asterisk == machine / "var/engine/bin/asterisk"
    assert engine.modules == machine / "var/engine/usr/lib/m"
    assert engine.version == "22.10.1"
    assert said in lines[0]


def test_a_failure_ends_with_its_sentence_and_a_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> install.Engine:
        raise Unavailable(what="Debian forky", why="no network", remedy="Check it.")

    monkeypatch.setattr(install, "ensure_engine", refuse)
    assert install.main([]) == Unavailable.exit_code
    assert capsys.readouterr().err == "Debian forky is not available: no network. Check it.\n"
