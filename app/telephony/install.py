"""Finds the telephony engine on this machine, or unpacks Debian's into a private folder: nothing is installed, no root.

python -m app.telephony.install            Asterisk, its sounds and music, the speech synthesiser
python -m app.telephony.install --tests    also SIPp, baresip and Postgres, which only the tests need
"""

import argparse
import functools
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from app.errors import TrunklineError, Unavailable
from app.telephony.installation.debian_packages import Say
from app.telephony.installation.private_prefix import Recipe, ensure_prefix

OLDEST_ASTERISK = (22, 5)
"""The first that opens the persistent ARI websocket by itself."""
NEEDED_MODULES = ("app_stasis", "app_mixmonitor", "chan_pjsip", "res_ari", "res_websocket_client")

SUITES = ("forky", "sid")
"""Debian 12 and 13 hold no Asterisk; the next one does, and unstable when it should have been dropped there for a while."""
NEVER_NEEDED = (
    r"perl|libperl|debconf|passwd|login|adduser|base-passwd|gnupg|gpg|dirmngr|pinentry|python3|libpython3|systemd|locales"
    r"|procps|ucf|libpam-|libsemanage|sysvinit|openssl$|media-types|netbase|ssl-cert|asterisk-config|libc-l10n"
)
"""Packages for installing on a system, which nothing started from a private folder reads."""
MODULES_NEVER_LOADED = r"|libicu|libical|libcodec2|libsnmp|libjack|libgmime|libgpgme"
"""Libraries of calendars, SNMP and the like: of modules of Asterisk that Trunkline does not load."""

SYSTEM_DATA = (Path("/usr/share/asterisk"), Path("/var/lib/asterisk"))
SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin")


@dataclass(frozen=True, slots=True)
class Engine:
    """Where the parts of the telephony engine lie. All paths are absolute; the programs run by being executed.

    `modules` is Asterisk's astmoddir and `data` its astdatadir (sounds, documentation, rest-api); `moh` holds music as
    8 kHz WAV files; `espeak` is espeak-ng.
    """

    asterisk: Path
    version: str
    modules: Path
    data: Path
    moh: Path
    espeak: Path
    source: Literal["system", "private"]


@dataclass(frozen=True, slots=True)
class TestTools:
    """What the tests call, dial and store with. All paths are absolute; the programs run by being executed.

    `baresip_modules` is baresip's module_path. Postgres refuses root: put `postgres_user` before `initdb` and `postgres`
    (it is empty for an ordinary user) and let `postgres_uid` own the data folder.
    """

    __test__: ClassVar[bool] = False  # no test case, whatever its name says to pytest

    sipp: Path
    baresip: Path
    baresip_modules: Path
    initdb: Path
    postgres: Path
    postgres_user: tuple[str, ...]
    postgres_uid: int


def _silent(_: str) -> None:
    pass


def ensure_engine(var: Path, say: Say = _silent) -> Engine:
    """The machine's own Asterisk (22.5 or newer) and espeak-ng where there are, else private ones in `var`/engine.

    Quick when everything is there, so that every start can call it. Raises `Unavailable` in a sentence with the remedy.
    """
    prefix = var.resolve() / "engine"
    system = system_asterisk(say)
    espeak = _program("espeak-ng")
    if system is not None and espeak is not None:
        return Engine(*system, espeak=espeak, source="system")
    packages: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    if system is None:
        packages += ("asterisk", "asterisk-core-sounds-en-wav", "asterisk-moh-opsound-wav")
        programs += ("usr/sbin/asterisk",)
    if espeak is None:
        packages += ("espeak-ng",)
        programs += ("usr/bin/espeak-ng",)
    recipe = Recipe(packages, programs, SUITES, NEVER_NEEDED + MODULES_NEVER_LOADED, _finish_engine)
    facts = ensure_prefix(prefix, recipe, say)
    espeak = espeak or prefix / "bin/espeak-ng"
    if system is not None:
        return Engine(*system, espeak=espeak, source="system")
    data = prefix / "usr/share/asterisk"
    modules = prefix / facts["modules"]
    return Engine(prefix / "bin/asterisk", facts["version"], modules, data, data / "moh", espeak, "private")


def ensure_test_tools(var: Path, say: Say = _silent) -> TestTools:
    """The machine's own SIPp, baresip and Postgres server where there are, else private ones in `var`/test-tools."""
    prefix = var.resolve() / "test-tools"
    sipp, postgres = _program("sipp"), _system_postgres()
    baresip, modules = _system_baresip()
    packages: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    if sipp is None:
        packages, programs = (*packages, "sip-tester"), (*programs, "usr/bin/sipp")
    if baresip is None or modules is None:
        packages, programs = (*packages, "baresip-core"), (*programs, "usr/bin/baresip")
    if postgres is None:
        packages = (*packages, "postgresql")
        programs += tuple(f"usr/lib/postgresql/*/bin/{name}" for name in ("initdb", "postgres", "pg_ctl", "psql"))
    if packages:
        ensure_prefix(prefix, Recipe(packages, programs, SUITES, NEVER_NEEDED, _finish_test_tools), say)
    if baresip is None or modules is None:
        baresip, modules = prefix / "bin/baresip", prefix / "usr/lib/baresip/modules"
    postgres = postgres or prefix / "bin"
    user, uid = _ordinary_user(postgres / "postgres")
    return TestTools(
        sipp=sipp or prefix / "bin/sipp",
        baresip=baresip,
        baresip_modules=modules,
        initdb=postgres / "initdb",
        postgres=postgres / "postgres",
        postgres_user=user,
        postgres_uid=uid,
    )


def system_asterisk(say: Say = _silent) -> tuple[Path, str, Path, Path, Path] | None:
    """The machine's Asterisk as program, version, modules, data and music; None when it lacks something needed."""
    program = _program("asterisk")
    if program is None:
        return None
    version = _asterisk_version(program)
    modules = _first_folder(
        "/usr/lib/*/asterisk/modules", "/usr/lib/asterisk/modules", "/usr/local/lib/asterisk/modules"
    )
    data = next((folder for folder in SYSTEM_DATA if (folder / "sounds/en").is_dir()), None)
    missing = [name for name in NEEDED_MODULES if modules is None or not (modules / f"{name}.so").exists()]
    if _is_too_old(version):
        say(f"{program} is {version}; Trunkline needs 22.5 or newer and takes its own")
    elif modules is None or missing:
        say(f"{program} has no module {missing[0]}; Trunkline takes its own")
    elif data is None or not (data / "moh").is_dir():
        say(f"{program} has no English sounds or no music; Trunkline takes its own")
    else:
        return program, version, modules, data, data / "moh"
    return None


def _finish_engine(root: Path) -> dict[str, str]:
    if not (root / "bin/asterisk").exists():
        return {}
    sounds = root / "usr/share/asterisk/sounds"
    for link in ("custom", "recordings", "priv-callerintros"):
        (sounds / link).unlink(missing_ok=True)
    voice = next(iter(sorted(sounds.glob("en_*"))), None)
    if voice is not None and not (sounds / "en").exists():
        (sounds / "en").symlink_to(voice.name)
    modules = next(iter(root.glob("usr/lib/*/asterisk/modules")), None)
    lacking = [name for name in NEEDED_MODULES if modules is None or not (modules / f"{name}.so").exists()]
    version = _asterisk_version(root / "bin/asterisk")
    if modules is None or lacking or not (sounds / "en").is_dir() or _is_too_old(version):
        raise Unavailable(
            what=f"Debian's Asterisk {version}",
            why=f"it lacks {lacking[0] if lacking else 'its sounds or its age'}",
            remedy="Install Asterisk 22.5 or newer yourself so that `asterisk` is found in PATH.",
        )
    return {"version": version, "modules": str(modules.relative_to(root))}


def _finish_test_tools(root: Path) -> dict[str, str]:
    return {name: _output(root / "bin" / name, "--version") for name in ("postgres",) if (root / "bin" / name).exists()}


def _asterisk_version(program: Path) -> str:
    """Major, minor and patch as in `22.10.1`."""
    found = re.search(r"(\d+\.\d+(?:\.\d+)?)", _output(program, "-V"))
    return found.group(1) if found else "0.0"


def _is_too_old(version: str) -> bool:
    return tuple(map(int, version.split(".")[:2])) < OLDEST_ASTERISK


def _output(program: Path, *arguments: str) -> str:
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(
            what=program.name,
            why=f"{program} does not start ({error})",
            remedy=f"Run `{program} {' '.join(arguments)}` to see why; reinstall it, or remove it from PATH.",
        ) from error
    return done.stdout


def _program(name: str) -> Path | None:
    """A program of the machine; Debian keeps some in folders that are not in an ordinary user's PATH."""
    found = shutil.which(name) or shutil.which(name, path=":".join(SYSTEM_FOLDERS))
    return Path(found).resolve() if found else None


def _first_folder(*patterns: str) -> Path | None:
    found = (
        folder for pattern in patterns for folder in sorted(Path("/").glob(pattern.lstrip("/"))) if folder.is_dir()
    )
    return next(found, None)


def _system_baresip() -> tuple[Path | None, Path | None]:
    """The machine's baresip and its modules, when it can write what it hears into a file in real time (Debian 12's cannot)."""
    program = _program("baresip")
    modules = _first_folder("/usr/local/lib/baresip/modules", "/usr/lib/baresip/modules", "/usr/lib/*/baresip/modules")
    if program is None or modules is None or not (modules / "aufile.so").exists():
        return None, None
    writes = b"auplay_register" in (modules / "aufile.so").read_bytes()
    return (program, modules) if writes else (None, None)


def _system_postgres() -> Path | None:
    """The folder of the newest Postgres server of the machine."""
    versions = {int(folder.parent.name): folder for folder in Path("/usr/lib/postgresql").glob("[0-9]*/bin")}
    folders = [versions[number] for number in sorted(versions, reverse=True)]
    initdb = shutil.which("initdb")
    folders += [Path(initdb).resolve().parent] if initdb else []
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


@functools.cache
def _ordinary_user(postgres: Path) -> tuple[tuple[str, ...], int]:
    """How root starts Postgres as somebody else, and as whom.

    The account `nobody` keeps one right of root's, to enter folders that only root may enter: the repository and the
    tests' data may well lie in one.
    """
    if os.geteuid() != 0:
        return (), os.geteuid()
    nobody = 65534
    account = ("setpriv", f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups")
    entering = ("--securebits=+no_setuid_fixup", "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override")
    for prefix in ((*account, *entering), account):
        if subprocess.run([*prefix, postgres, "--version"], capture_output=True, check=False).returncode == 0:
            return prefix, nobody
    raise Unavailable(
        what="Postgres for the tests",
        why=f"it refuses to run as root, and no other user can reach {postgres}",
        remedy="Clone the repository into a folder that everybody can enter, or run the tests as an ordinary user.",
    )


def _timed(title: str, step: Callable[[Path, Say], Engine | TestTools], var: Path) -> Engine | TestTools:
    started, said = time.monotonic(), False

    def say(line: str) -> None:
        nonlocal said
        said = True
        print(line, flush=True)

    result = step(var, say)
    if said:
        print(f"{title} ready after {time.monotonic() - started:.0f} s", flush=True)
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints one line a step, and nothing but where the engine is when all is there."""
    parser = argparse.ArgumentParser(prog="python -m app.telephony.install", description=__doc__)
    parser.add_argument("--tests", action="store_true", help="also what only the tests need")
    options = parser.parse_args(arguments)
    var = Path(os.environ.get("TRUNKLINE_VAR", "var"))
    try:
        engine = _timed("The telephony engine is", ensure_engine, var)
        if options.tests:
            _timed("The tools of the tests are", ensure_test_tools, var)
    except TrunklineError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    assert isinstance(engine, Engine)
    print(f"Asterisk {engine.version} ({engine.source}): {engine.asterisk}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
