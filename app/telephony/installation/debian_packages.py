"""Fetches Debian packages into a folder, as any user, without touching what is installed on the machine.

apt itself does the work, with a state of its own: it resolves the dependencies against an empty system and verifies the
archive's signature and every package's checksum. The standard library alone is used, because this also runs before the
application's own environment exists.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from app.errors import Unavailable

Say = Callable[[str], None]

FALLBACK_MIRROR = "http://deb.debian.org/debian"
KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)
NETWORK = re.compile(
    r"could not resolve|temporary failure|could not connect|cannot initiate|timed? ?out|unreachable|connection (failed|refused)"
    r"|unable to connect|failed to fetch .* (50\d|403)|network",
    re.IGNORECASE,
)
KEYS = re.compile(r"NO_PUBKEY|EXPKEYSIG|not signed|couldn't be verified|Missing key", re.IGNORECASE)
PACKAGES_FOLDER = "packages"


def fetch(
    packages: Sequence[str],
    *,
    suites: Sequence[str],
    work: Path,
    say: Say,
    dependencies: bool = True,
    without: str = r"(?!)",
) -> list[Path]:
    """Downloads `packages`, with what they depend on, into `work`/packages and returns the files.

    The first of `suites` that has them all is taken, from the machine's own mirror, else from deb.debian.org. Packages
    whose name matches the expression `without` are left out. Raises `Unavailable` in a sentence that names the remedy.
    """
    _demand_tools(packages[0])
    failure: Unavailable | None = None
    for mirror in [*machine_mirrors(), FALLBACK_MIRROR]:
        for suite in suites:
            apt = _Apt(work, mirror, suite)
            try:
                apt.prepare()
                say(f"Reading the package list of Debian {suite} from {mirror}")
                apt.run("update", "-qq")
                names = apt.closure(packages) if dependencies else list(packages)
                names = [name for name in names if not re.match(without, name)]
                say(f"Downloading {len(names)} packages of Debian {suite}")
                return apt.download(names)
            except Unavailable as error:
                failure = failure or error
                if error.details.get("cause") == "network":
                    break
    assert failure is not None
    raise failure


def machine_mirrors(folder: Path = Path("/etc/apt")) -> list[str]:
    """The Debian archives this machine takes its packages from, as `http://host/debian`, in its own order."""
    texts: list[str] = []
    for file in [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]:
        if file.suffix in (".list", ".sources") and file.is_file() and os.access(file, os.R_OK):
            lines = file.read_text(errors="replace").splitlines()
            texts += [line for line in lines if not line.lstrip().startswith("#")]
    mirrors: list[str] = []
    for address in re.findall(r"\bhttps?://\S+", "\n".join(texts)):
        mirror = address.rstrip("/")
        if urlsplit(mirror).path.endswith("/debian") and mirror not in mirrors and mirror != FALLBACK_MIRROR:
            mirrors.append(mirror)
    return mirrors


def _demand_tools(wanted: str) -> None:
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise Unavailable(
            what=wanted,
            why="it is not installed, and this machine has no apt to fetch it from Debian with",
            remedy=f"Install {wanted} with this system's own means so that it is found in PATH (Asterisk: 22.5 or newer), "
            "or run Trunkline on Debian 12 or newer.",
        )
    if not any(keyring.exists() for keyring in KEYRINGS):
        raise Unavailable(
            what=wanted,
            why="Debian's signing keys are missing, so that nothing downloaded could be trusted",
            remedy="Install the package debian-archive-keyring, or install the program itself so that it is found in PATH.",
        )


class _Apt:
    """apt over one suite of one mirror, with lists, cache and configuration under `work`."""

    def __init__(self, work: Path, mirror: str, suite: str) -> None:
        self._work, self._mirror, self._suite = work, mirror, suite
        self._folder = work / "apt"
        self._packages = work / PACKAGES_FOLDER

    def prepare(self) -> None:
        for name in ("state/lists/partial", "cache/archives/partial"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._packages, ignore_errors=True)
        self._packages.mkdir(parents=True)
        (self._folder / "status").write_text("")
        keyring = next(file for file in KEYRINGS if file.exists())
        source = f"deb [signed-by={keyring}] {self._mirror} {self._suite} main\n"
        (self._folder / "sources.list").write_text(source)
        (self._folder / "apt.conf").write_text(_configuration(self._folder))

    def run(self, *arguments: str, cwd: Path | None = None) -> str:
        command = ["apt-get", f"--config-file={self._folder / 'apt.conf'}", *arguments]
        environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise self._explained(done.stderr)
        return done.stdout

    def closure(self, packages: Iterable[str]) -> list[str]:
        """The packages and everything they depend on, computed as if nothing at all were installed."""
        plan = self.run("install", "--simulate", "--no-install-recommends", *packages)
        return re.findall(r"^Inst (\S+)", plan, re.MULTILINE)

    def download(self, names: Sequence[str]) -> list[Path]:
        self.run("download", "-qq", *names, cwd=self._packages)
        files = sorted(self._packages.glob("*.deb"))
        if len(files) < len(names):
            raise self._explained(f"E: {len(names)} packages were asked for and {len(files)} came")
        return files

    def _explained(self, stderr: str) -> Unavailable:
        errors = [line for line in stderr.splitlines() if line.startswith(("E:", "Err:", "W:"))]
        detail = (errors or stderr.splitlines() or ["apt-get failed and did not say why"])[0].split(":", 1)[-1].strip()
        what = f"Debian {self._suite}"
        if re.search("no space left", stderr, re.IGNORECASE):
            return Unavailable(
                what=what,
                why=f"the disk that holds {self._work} is full",
                remedy="Free at least 1 GB, or set TRUNKLINE_VAR to a folder on another disk, and start again.",
                cause="disk",
            )
        if KEYS.search(stderr):
            return Unavailable(
                what=what,
                why=f"its signature could not be verified ({detail})",
                remedy="Update the package debian-archive-keyring and start again.",
                cause="keys",
            )
        if NETWORK.search(stderr):
            return Unavailable(
                what=what,
                why=f"{self._mirror} could not be reached ({detail})",
                remedy="Check the network, the name service and apt's proxy (Acquire::http::Proxy), then start again.",
                cause="network",
            )
        return Unavailable(
            what=what,
            why=detail,
            remedy="Start again later; if it stays so, install the program itself so that it is found in PATH.",
            cause="apt",
        )


def _configuration(folder: Path) -> str:
    """Proxies of the machine's own configuration stay in force; its hooks, pins and foreign architectures do not."""
    cleared = [
        "APT::Update::Post-Invoke",
        "APT::Update::Post-Invoke-Success",
        "APT::Default-Release",
        "APT::Architectures",
    ]
    settings = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State": folder / "state",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
        "APT::Update::Error-Mode": "any",
        "APT::Get::AllowUnauthenticated": "false",
        "Acquire::AllowInsecureRepositories": "false",
        "Acquire::Check-Valid-Until": "false",  # a mirror may lag behind; the signature is checked all the same
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "Acquire::http::Timeout": "20",
        "Acquire::https::Timeout": "20",
    }
    return "".join(f"#clear {name};\n" for name in cleared) + "".join(f'{k} "{v}";\n' for k, v in settings.items())
