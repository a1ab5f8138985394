"""A folder of Debian packages that run beside any system, as any user, without a container.

The packages are unpacked, not installed, and every program is started by the loader of its own C library, so that the
machine's libraries need not be as new. The folder can be moved: nothing in it knows where it lies.
"""

import contextlib
import errno
import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from app.errors import Unavailable
from app.telephony.installation.debian_packages import Say, fetch

LAYOUT = 1
"""Raise it when a prefix of an earlier version can no longer be used: it is then built anew."""
MANIFEST = "prefix.json"
NEEDED_BYTES = 1_000_000_000

DROPPED = (
    "etc",
    "var",
    "usr/include",
    *(
        f"usr/share/{name}"
        for name in ("doc", "man", "locale", "lintian", "bug", "info", "perl5", "vim", "X11", "i18n")
    ),
    *(f"usr/lib/{name}" for name in ("init", "lsb", "mime", "ssl", "systemd", "sysusers.d", "tmpfiles.d")),
)
"""What the packages bring and no program here reads."""

WRAPPER = """\
#!/bin/sh
# Runs the program with the loader and the libraries of its own folder; the machine's need not be as new.
here=$(readlink -f -- "$0")
root=${{here%/{place}}}
{exports}exec "$root/{loader}" --library-path "{libraries}" --argv0 "$here" "$here{suffix}" "$@"
"""
SUFFIX = ".program"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a prefix is made of.

    `programs` are patterns relative to the prefix; each file found is started by `bin/NAME`. `without` is an expression:
    packages it matches are not fetched. `finish` completes the unpacked folder as the packages' own scripts would, and
    proves that it works; it raises `Unavailable` when it does not.
    """

    packages: tuple[str, ...]
    programs: tuple[str, ...]
    suites: tuple[str, ...]
    without: str
    finish: Callable[[Path], dict[str, str]]


def ensure_prefix(prefix: Path, recipe: Recipe, say: Say) -> dict[str, str]:
    """Builds the prefix unless it is there and whole; returns what `finish` found out when it was built.

    An interrupted build leaves nothing that is taken for a whole one: it takes place beside `prefix` and is renamed.
    """
    facts = read_facts(prefix, recipe)
    if facts is not None:
        return facts
    with _explained_disk_errors(prefix):
        prefix.parent.mkdir(parents=True, exist_ok=True)
        with _locked(prefix.with_name(f"{prefix.name}.lock")):
            facts = read_facts(prefix, recipe)
            if facts is not None:
                return facts
            work = prefix.with_name(f"{prefix.name}.new")
            try:
                return _build(prefix, recipe, work, say)
            finally:
                shutil.rmtree(work, ignore_errors=True)


def read_facts(prefix: Path, recipe: Recipe) -> dict[str, str] | None:
    """What is known of a whole prefix made by this recipe; None when it has to be built."""
    try:
        manifest = json.loads((prefix / MANIFEST).read_text())
        whole = manifest["layout"] == LAYOUT and manifest["packages"] == list(recipe.packages)
        if whole and all(os.access(prefix / file, os.X_OK) for file in manifest["files"]):
            return {str(key): str(value) for key, value in manifest["facts"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return None


def _build(prefix: Path, recipe: Recipe, work: Path, say: Say) -> dict[str, str]:
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    _demand_room(work)
    archives = fetch(recipe.packages, suites=recipe.suites, work=work, say=say, without=recipe.without)
    root = work / "root"
    root.mkdir()
    say(f"Unpacking {len(archives)} packages")
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(lambda archive: _unpack(archive, root), archives))
    for name in DROPPED:
        shutil.rmtree(root / name, ignore_errors=True)
    files = [file for pattern in recipe.programs for file in _wrap(root, pattern)]
    _drop_other_programs(root, set(files))
    facts = recipe.finish(root)
    manifest = {"layout": LAYOUT, "packages": recipe.packages, "files": files, "facts": facts}
    (root / MANIFEST).write_text(json.dumps(manifest, indent=1))
    old = prefix.with_name(f"{prefix.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if prefix.exists():
        prefix.rename(old)
    root.rename(prefix)
    shutil.rmtree(old, ignore_errors=True)
    return facts


def _demand_room(work: Path) -> None:
    free = shutil.disk_usage(work).free
    if free < NEEDED_BYTES:
        raise OSError(errno.ENOSPC, f"{free // 1_000_000} MB free")
    if os.statvfs(work).f_flag & os.ST_NOEXEC:
        raise Unavailable(
            what=f"The folder {work.parent}",
            why="its file system is mounted noexec, so that no program in it can be started",
            remedy="Set TRUNKLINE_VAR to a folder of another file system, or mount this one without noexec.",
        )


def _unpack(archive: Path, root: Path) -> None:
    done = subprocess.run(["dpkg-deb", "-x", archive, root], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        if "No space left" in done.stderr:
            raise OSError(errno.ENOSPC, archive.name)
        raise Unavailable(
            what=archive.name,
            why=f"it could not be unpacked ({(done.stderr.strip() or 'dpkg-deb did not say why').splitlines()[-1]})",
            remedy="Start again: it is then downloaded anew.",
        )
    archive.unlink()


def _wrap(root: Path, pattern: str) -> list[str]:
    """Puts a script in the place of each program that matches, and a link to it in bin/; returns both names.

    The script stands where the program stood because some (Postgres) look for their data and their siblings from there.
    """
    loader, libraries, exports = _surroundings(root)
    (root / "bin").mkdir(exist_ok=True)
    made: list[str] = []
    programs = sorted(root.glob(pattern))
    if not programs:
        raise _defect(pattern, "the package no longer holds it")
    for program in programs:
        place = program.relative_to(root)
        program.rename(program.with_name(program.name + SUFFIX))
        program.write_text(
            WRAPPER.format(place=place, loader=loader, libraries=libraries, exports=exports, suffix=SUFFIX)
        )
        program.chmod(0o755)
        (root / "bin" / program.name).symlink_to(Path("..") / place)
        complaint = _loader_complaint(root, loader, libraries, program.with_name(program.name + SUFFIX))
        if complaint:
            raise _defect(program.name, complaint)
        made += [f"bin/{program.name}", f"{place}{SUFFIX}"]
    return made


def _drop_other_programs(root: Path, kept: set[str]) -> None:
    """Nothing but the wrapped programs can be started from a prefix (some others would even be setuid for root)."""
    shutil.rmtree(root / "usr/libexec", ignore_errors=True)
    for folder in ("usr/bin", "usr/sbin"):
        for file in sorted((root / folder).glob("*")):
            name = f"{folder}/{file.name}"
            if name not in kept and f"{name}{SUFFIX}" not in kept:
                file.unlink()


def _surroundings(root: Path) -> tuple[str, str, str]:
    """The loader, the library path and the exports of every wrapper, the latter two relative to `$root`."""
    library_folder = next(iter(sorted(root.glob("usr/lib/*/libc.so.6"))), None)
    loaders = sorted([*root.glob("usr/lib/ld-linux-*.so.*"), *root.glob("usr/lib/*/ld-linux-*.so.*")])
    if library_folder is None or not loaders:
        raise _defect("the C library", "its files are not where they were")
    triplet = library_folder.parent.relative_to(root)
    folders = [triplet, *(triplet / name for name in ("pulseaudio", "systemd")), Path("usr/lib")]
    libraries = ":".join(f"$root/{folder}" for folder in folders if (root / folder).is_dir())
    settings = {
        "GCONV_PATH": triplet / "gconv",
        "OPENSSL_MODULES": triplet / "ossl-modules",
        "ESPEAK_DATA_PATH": triplet / "espeak-ng-data",
    }
    present = {name: folder for name, folder in settings.items() if (root / folder).is_dir()}
    exports = "".join(f'export {name}="$root/{folder}"\n' for name, folder in present.items())
    return str(loaders[0].relative_to(root)), libraries, exports


def _loader_complaint(root: Path, loader: str, libraries: str, program: Path) -> str:
    """Why the program cannot be started, in the loader's words (a library it misses); empty when it can."""
    command = [str(root / loader), "--library-path", libraries.replace("$root", str(root)), "--list", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr.strip().rpartition("loading shared libraries: ")[2] if done.returncode != 0 else ""


def _defect(what: str, why: str) -> Unavailable:
    return Unavailable(
        what=what,
        why=why,
        remedy="Debian's packages may be changing at this moment: start again in some hours, or install the program itself.",
    )


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    """One builder at a time; the others wait and then find the work done. The lock dies with its process."""
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _explained_disk_errors(prefix: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            why = f"there is not enough room in {prefix.parent} ({error.strerror})"
            remedy = f"Free {NEEDED_BYTES // 1_000_000_000} GB there, or set TRUNKLINE_VAR to a folder on another disk."
        else:
            why = f"{error.filename or prefix.parent}: {error.strerror}"
            remedy = "Give this user the right to write there, or set TRUNKLINE_VAR to a folder of its own."
        raise Unavailable(what=f"The folder {prefix}", why=why, remedy=remedy) from error
