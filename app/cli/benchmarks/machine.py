"""The machine under a benchmark: which processor each process runs on, what it used of it, and free ports."""

import contextlib
import os
import platform
import resource
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

OPEN_FILES = 65_536
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def cores() -> tuple[int, int]:
    """The core of the telephones and the core of the application; the same one on a machine that has only one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[1 % len(usable)]


def start(
    command: Sequence[str | Path],
    *,
    on: Sequence[int],
    log: Path,
    folder: Path,
    environment: Mapping[str, str] | None = None,
) -> "subprocess.Popen[bytes]":
    """Starts a program that may use only the cores `on`; all it says goes to `log`."""
    pinned = ["taskset", "-c", ",".join(map(str, sorted(set(on))))] if shutil.which("taskset") else []
    with log.open("ab") as output:
        return subprocess.Popen(
            [*pinned, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )


def end(process: "subprocess.Popen[bytes]", patience_s: float = 8.0) -> None:
    """Asks the program to end, and kills it when it does not."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience_s)
    if process.poll() is None:
        process.kill()
    process.wait()


def cpu_s(pid: int) -> float:
    """Processor time that a process used, with all its threads and those of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS_A_SECOND


def free_ports(count: int, kind: socket.SocketKind = socket.SOCK_STREAM, address: str = "127.0.0.1") -> list[int]:
    """Ports of a loopback address that nobody uses now, all different."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket(socket.AF_INET, kind)) for _ in range(count)]
        for probe in probes:
            probe.bind((address, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def raise_open_files() -> None:
    """Lets this process and all that it starts open as many files as hundreds of calls need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def description(asterisk: str) -> dict[str, object]:
    """What the figures were measured on."""
    load = os.getloadavg()[0]
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load_before": round(load, 2),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "asterisk": asterisk,
    }


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
