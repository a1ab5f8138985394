"""Python handlers in real processes: what each of them does, it does to itself."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
import structlog

from app.calls.ports import NotAnswered
from app.integrations.functions import process
from app.integrations.integrations import Integrations
from tests.rig.waiting import eventually

pytestmark = pytest.mark.contract

EVENT: dict[str, Any] = {"Details": {"Parameters": {"who": "Ann"}}}


def write(integrations: Integrations, name: str, text: str) -> Path:
    path = integrations.workers._folder / f"{name}.py"
    path.write_text(text)
    return path


async def ask(integrations: Integrations, name: str, timeout_s: float = 3.0, event: dict[str, Any] = EVENT) -> Any:
    return json.loads(await integrations.functions.invoke(name, event, timeout_s))


async def test_a_handler_gets_the_event_and_a_context(integrations: Integrations) -> None:
    write(
        integrations,
        "hello",
        "def handler(event, context):\n"
        "    assert 0 < context.get_remaining_time_in_millis() <= 3000\n"
        "    return {'hello': event['Details']['Parameters']['who'], 'arn': context.invoked_function_arn}\n",
    )
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:hello:live"
    assert await ask(integrations, arn) == {"hello": "Ann", "arn": arn}
    assert await ask(integrations, "hello") == {"hello": "Ann", "arn": "hello"}


async def test_a_process_is_used_again_until_its_file_changes(integrations: Integrations) -> None:
    text = "import os\ndef handler(event, context):\n    return {'pid': os.getpid()}\n"
    write(integrations, "who", text)
    first = await ask(integrations, "who")
    assert await ask(integrations, "who") == first
    write(integrations, "who", text + "# changed\n")
    assert await ask(integrations, "who") != first
    await eventually(lambda: not _alive(first["pid"]), "the process of the older file ends")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("raise ValueError('no such customer')", "ValueError: no such customer"),
        ("return {'a': object()}", "TypeError"),
        ("return 'a' * 40000", "more than 32 KB"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import os; os._exit(3)", "its process ended"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "its process ended"),
        ("return len(bytearray(400_000_000))", "MemoryError"),
        ("return [0] * 10**9", "MemoryError"),
    ],
)
async def test_a_handler_that_fails(integrations: Integrations, body: str, why: str) -> None:
    write(integrations, "bad", f"def handler(event, context):\n    {body}\n")
    for _ in range(2):
        with pytest.raises(NotAnswered, match=why):
            await ask(integrations, "bad")
    write(integrations, "bad", "def handler(event, context):\n    return {'mended': True}\n")
    assert await ask(integrations, "bad") == {"mended": True}


@pytest.mark.parametrize(
    ("text", "why"),
    [("def handler(event", "SyntaxError"), ("import nothing_of_this_name", "ModuleNotFoundError"), ("", "handler")],
)
async def test_a_file_that_cannot_be_loaded(integrations: Integrations, text: str, why: str) -> None:
    write(integrations, "broken", text)
    with pytest.raises(NotAnswered, match=why):
        await ask(integrations, "broken")


@pytest.mark.parametrize("name", ["none", "../secrets", "<<lookupArn>>", "", "a/b", "."])
async def test_what_is_not_there(integrations: Integrations, name: str) -> None:
    with pytest.raises(NotAnswered, match="no such name"):
        await ask(integrations, name)


ENDLESS = """
import os, subprocess, sys
def handler(event, context):
    with open(event['pids'], 'w') as pids:
        child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
        pids.write(f'{os.getpid()} {child.pid}')
    while True:
        pass
"""


async def test_an_endless_handler_is_killed_with_all_it_started(integrations: Integrations, tmp_path: Path) -> None:
    write(integrations, "endless", ENDLESS)
    with pytest.raises(NotAnswered, match="did not return within 1 s"):
        await ask(integrations, "endless", 1.0, {"pids": str(tmp_path / "pids")})
    for pid in map(int, (tmp_path / "pids").read_text().split()):
        await eventually(lambda pid=pid: not _alive(pid), "the process is gone")  # type: ignore[misc]


async def test_slow_and_noisy_handlers_slow_nobody_else(integrations: Integrations) -> None:
    write(integrations, "slow", "import time\ndef handler(event, context):\n    time.sleep(60)\n")
    write(integrations, "noisy", "def handler(event, context):\n    while True:\n        print('x' * 1000)\n")
    write(integrations, "quick", "def handler(event, context):\n    return {}\n")
    await ask(integrations, "quick")
    others = [asyncio.create_task(ask(integrations, name, 1.5)) for name in ["slow", "noisy"] * 10]
    await asyncio.sleep(0.5)
    loop = asyncio.get_running_loop()
    took_ms = []
    for _ in range(30):
        started_s = loop.time()
        await ask(integrations, "quick")
        took_ms.append((loop.time() - started_s) * 1000)
    assert sorted(took_ms)[15] < 50
    answers = await asyncio.gather(*others, return_exceptions=True)
    assert all(isinstance(answer, NotAnswered) for answer in answers)


async def test_what_a_handler_prints_is_in_the_log(integrations: Integrations, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a logger of its own: one that was used under an earlier test's configuration is not captured."""
    monkeypatch.setattr(process, "log", structlog.get_logger())
    write(
        integrations,
        "talk",
        "import os\nprint('loaded')\ndef handler(event, context):\n    print('hello')\n    os.system('echo from a child')\n"
        "    print('\\n'.join(map(str, range(1000))))\n    return {}\n",
    )
    with structlog.testing.capture_logs() as logs:
        assert await ask(integrations, "talk") == {}
        await eventually(lambda: len(logs) >= 100, "the lines are logged")
    words = [entry["words"] for entry in logs if entry["event"] == "function said"]
    assert {"loaded", "hello", "from a child"} <= set(words)
    assert len(words) == 100


async def test_handlers_know_nothing_of_the_application(
    integrations: Integrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUNKLINE_DATABASE_URL", "postgresql://secret@host/name")
    write(integrations, "nosy", "import os\ndef handler(event, context):\n    return dict(os.environ)\n")
    assert not [name for name in await ask(integrations, "nosy") if name.startswith("TRUNKLINE")]


async def test_processes_end_with_the_application(integrations: Integrations) -> None:
    write(integrations, "who", "import os\ndef handler(event, context):\n    return {'pid': os.getpid()}\n")
    pid = (await ask(integrations, "who"))["pid"]
    assert _alive(pid)
    await integrations.workers.close()
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
