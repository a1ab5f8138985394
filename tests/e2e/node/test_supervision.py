"""The supervised Asterisk: it outlives the application, is adopted, revived, and named when something is in its way."""

import asyncio
import os
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.lines import NetworkSettings, Phone
from app.errors import Unavailable
from app.telephony.ari import AriClient, AriNode
from app.telephony.install import Engine
from app.telephony.node import process
from app.telephony.node.endpoints import remove_phone, sync_phones
from app.telephony.node.provisioning import provision
from app.telephony.node.supervisor import Supervisor, stop_asterisk
from tests.rig.ports import free_port
from tests.rig.provisioned import (
    PROJECT,
    VAR,
    Node,
    running,
    until,
)

pytestmark = pytest.mark.e2e


async def test_phones_are_synchronised_by_difference_and_survive_a_crash_of_asterisk(node: Node) -> None:
    alice, bob = Phone("alice", "secret-of-alice"), Phone("bob", "secret-of-bob", kind="webrtc")
    first = await sync_phones(node.ari, [alice, bob])
    assert (first.pushed, first.removed, first.unchanged) == (("alice", "bob"), (), 0)
    second = await sync_phones(node.ari, [alice, replace(bob, codecs=("ulaw",))])
    assert (second.pushed, second.removed, second.unchanged) == (("bob",), (), 1)
    third = await sync_phones(node.ari, [alice])
    assert (third.pushed, third.removed, third.unchanged) == ((), ("bob",), 1)
    await remove_phone(node.ari, "bob")

    before = node.supervisor.running
    assert before is not None
    await asyncio.sleep(1.2)  # Asterisk commits its database once a second
    os.kill(before.pid, signal.SIGKILL)

    async def revived() -> bool:
        return node.supervisor.running not in (None, before)

    await until(revived)
    fourth = await sync_phones(node.ari, [alice])
    assert (fourth.pushed, fourth.unchanged) == ((), 1)


PARENT = """
import asyncio, sys
from pathlib import Path
from app.domain.lines import NetworkSettings
from app.telephony.install import ensure_engine
from app.telephony.node.layout import Layout
from app.telephony.node.supervisor import Supervisor
async def main():
    settings = NetworkSettings(**eval(sys.argv[3]))
    supervisor = Supervisor(ensure_engine(Path(sys.argv[1])), Layout(Path(sys.argv[2])), settings)
    print((await supervisor.start()).pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_asterisk_and_its_call_outlive_a_killed_application_and_are_adopted(
    engine: Engine, settings: NetworkSettings, tmp_path: Path
) -> None:
    var = tmp_path / "v"
    provisioned = provision(settings, (), engine, var, "node1")
    ports = {name: getattr(settings, name) for name in ("sip_port", "http_port", "ami_port", "ari_port")}
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(VAR.resolve()), str(var), repr(ports),
        stdout=asyncio.subprocess.PIPE, cwd=PROJECT,
    )  # fmt: skip
    assert parent.stdout is not None
    while not (line := await asyncio.wait_for(parent.stdout.readline(), 20)).strip().isdigit():
        assert line
    pid = int(line)
    url = f"http://127.0.0.1:{settings.http_port}/ari"
    ari = AriClient(AriNode("node1", url, "trunkline", provisioned.secrets.ari_password), "trunkline")
    supervisor = Supervisor(engine, provisioned.layout, settings)
    try:
        await ari.channels.originate(
            endpoint="Local/tone440@trunkline-robot", extension="echo", context="trunkline-robot", priority=1
        )
        with pytest.raises(Unavailable, match="another process already looks after"):
            await supervisor.start()
        parent.kill()
        await parent.wait()
        assert process.is_ours(pid, provisioned.layout)
        adopted = await supervisor.start()
        assert (adopted.pid, adopted.adopted) == (pid, True)
        assert len(await ari.channels.list()) == 2
        await supervisor.stop()
        assert not process.is_ours(pid, provisioned.layout)
    finally:
        await ari.close()
        supervisor.release()
        await stop_asterisk(provisioned.layout)


async def test_a_taken_port_is_named_with_its_holder(engine: Engine, settings: NetworkSettings, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", settings.sip_port))
        with pytest.raises(Unavailable) as refused:
            async with running(engine, settings, tmp_path / "v"):
                pass
    assert f"UDP port {settings.sip_port}" in str(refused.value)
    assert f"(process {os.getpid()}) has it" in str(refused.value)
    assert "choose another port" in str(refused.value)


async def test_a_missing_certificate_is_named(engine: Engine, settings: NetworkSettings, tmp_path: Path) -> None:
    secure = replace(
        settings, sip_tls_port=free_port(), tls_certificate="/nowhere/c.pem", tls_private_key="/nowhere/k.pem"
    )
    with pytest.raises(Unavailable, match=r"certificate /nowhere/c\.pem is not there"):
        async with running(engine, secure, tmp_path / "v"):
            pass


async def test_asterisk_that_is_nobody_s_is_not_ended(
    tmp_path: Path, engine: Engine, settings: NetworkSettings
) -> None:
    layout = provision(settings, (), engine, tmp_path / "v", "node1").layout
    layout.pid_file.write_text(str(os.getpid()))
    assert process.find(layout) is None
    assert not await stop_asterisk(layout)


async def test_the_container_s_entrypoint_runs_what_the_application_wrote(
    engine: Engine, settings: NetworkSettings, tmp_path: Path
) -> None:
    var = tmp_path / "v"
    path = f"{engine.asterisk.parent}:{os.environ['PATH']}"
    container = await asyncio.create_subprocess_exec(
        PROJECT / "docker/asterisk-entrypoint.sh",
        env={"TRUNKLINE_VAR": str(var), "PATH": path},
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        assert container.stderr is not None
        assert b"Waiting for the application" in await asyncio.wait_for(container.stderr.readline(), 5)
        layout = provision(settings, (), engine, var, "node1").layout
        supervisor = Supervisor(engine, layout, settings, external=True)
        running = await supervisor.start()
        assert (running.pid, running.external) == (container.pid, True)
        assert "trunkline" in await supervisor.command("ari show apps")
        await supervisor.stop()
        assert container.returncode is None
    finally:
        container.terminate()
        assert await asyncio.wait_for(container.wait(), 5) is not None
