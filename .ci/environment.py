"""Makes the Python environment that the Makefile uses: `python3 .ci/environment.py FOLDER [--tests]`.

Nothing is installed on the machine and no root is needed: where Debian's python3-venv is missing, its pip is fetched as a
package and unpacked under TRUNKLINE_VAR. Ends in one sentence with the remedy when something cannot be had.
"""

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

OLDEST_PYTHON = (3, 11)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tests", action="store_true")
    options = parser.parse_args()
    if sys.version_info < OLDEST_PYTHON:
        return _fail(
            f"Trunkline needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}. "
            "Install a newer one and name it: make PYTHON=/path/to/python3 run"
        )
    from app.errors import TrunklineError  # only a Python that is new enough can read it

    folder = options.folder.absolute()
    python = folder / "bin/python"
    try:
        if not _has_pip(python):
            print(f"Making a Python environment in {folder}", flush=True)
            _make(folder, python)
        print("Installing the Python packages that setup.cfg names", flush=True)
        return _install(python, f"{ROOT}[test]" if options.tests else str(ROOT))
    except TrunklineError as error:
        return _fail(str(error), error.exit_code)


def _has_pip(python: Path) -> bool:
    return python.exists() and subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0


def _make(folder: Path, python: Path) -> None:
    from app.errors import Unavailable

    shutil.rmtree(folder, ignore_errors=True)
    bundled = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    command = [sys.executable, "-m", "venv", folder, *([] if bundled else ["--without-pip"])]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Unavailable(
            what="A Python environment",
            why=(done.stdout + done.stderr).strip().splitlines()[-1],
            remedy="Install the package python3-venv and start again.",
        )
    if not bundled:
        work = Path(os.environ.get("TRUNKLINE_VAR", "var")).absolute() / "python"
        wheel = _pip_of_debian(work)
        done = subprocess.run([python, f"{wheel}/pip", "install", "-q", "--no-index", wheel])
        shutil.rmtree(work, ignore_errors=True)
        if done.returncode != 0:
            raise Unavailable(what="pip", why=f"{wheel} does not run", remedy="Install the package python3-venv.")


def _pip_of_debian(work: Path) -> Path:
    """pip as a wheel, from the Debian that this machine runs."""
    from app.errors import Unavailable
    from app.telephony.installation.debian_packages import fetch

    release = dict(re.findall(r'^(\w+)="?([^"\n]*)', Path("/etc/os-release").read_text(), re.MULTILINE))
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    suites = (release.get("VERSION_CODENAME") or "stable",)
    archives = fetch(["python3-pip-whl"], suites=suites, work=work, say=_say, dependencies=False)
    for archive in archives:
        subprocess.run(["dpkg-deb", "-x", archive, work / "root"], check=True)
    wheels = sorted((work / "root").glob("usr/share/python-wheels/pip-*.whl"))
    if not wheels:
        raise Unavailable(what="pip", why="Debian's package holds none", remedy="Install the package python3-venv.")
    return wheels[-1]


def _install(python: Path, target: str) -> int:
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--editable", target]
    done = subprocess.run(pip, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    if done.returncode == 0:
        return 0
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line] or done.stderr.splitlines()[-1:]
    reason = errors[0].removeprefix("ERROR: ") if errors else "pip did not say why"
    return _fail(
        f"The Python packages could not be installed: {reason}\n"
        "Check the network (pip takes a proxy from https_proxy and a mirror from PIP_INDEX_URL) and the room on the disk, "
        "then start again."
    )


def _say(line: str) -> None:
    print(line, flush=True)


def _fail(sentence: str, code: int = 3) -> int:
    print(sentence, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
