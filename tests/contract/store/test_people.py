"""Quick connects, agents' phones and the audit, on both engines."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.calls.ports import AuditEntry
from app.domain.ids import AgentId, FlowId, ProfileId, QueueId, QuickConnectId
from app.domain.instance import Agent, FlowType, Queue, RoutingProfile
from app.domain.lines import Phone
from app.domain.quick_connect import QuickConnect, QuickConnectType
from app.errors import BadInput, NotFound
from app.store.db import Database
from app.store.repositories.administration import Administration
from app.store.repositories.audit import UNKNOWN, AuditLog, audited
from app.store.repositories.configurations import Configurations
from app.store.repositories.flows import Flows
from app.store.repositories.quick_connects import QuickConnects
from app.store.repositories.sip import SipConfiguration

pytestmark = pytest.mark.contract

TO_QUEUE = QuickConnect(
    QuickConnectId("qc-1"), "Sales", QuickConnectType.QUEUE, "They sell", queue_id=QueueId("sales"), flow_id=FlowId("f")
)
TO_ANN = QuickConnect(QuickConnectId("qc-2"), "Ann", QuickConnectType.AGENT, "Knows", agent_id=AgentId("ann"))
OUTSIDE = QuickConnect(QuickConnectId("qc-3"), "Pager", QuickConnectType.EXTERNAL, "At night", number="+12065550111")


@pytest.fixture
async def filled(db: Database) -> Database:
    """A queue, an agent with a phone, and a transfer flow."""
    administration = Administration(db)
    for name in ("sales", "support"):
        await administration.save_queue(Queue(QueueId(name), name.title()))
    await administration.save_profile(RoutingProfile(ProfileId("p"), "P", ()))
    for name in ("ann-desk", "ann-browser"):
        await SipConfiguration(db).save_phone(Phone(name, "a-long-secret"))
    await administration.save_agent(Agent(AgentId("ann"), "ann", ProfileId("p"), "ann-desk"))
    await Flows(db).save("f", "To queue", FlowType.QUEUE_TRANSFER, "{}")
    return db


async def test_quick_connects_belong_to_queues_and_to_the_instance(filled: Database) -> None:
    kept = QuickConnects(filled)
    await kept.save(TO_QUEUE, ("sales", "support"))
    await kept.save(TO_ANN, ("sales",))
    await kept.save(OUTSIDE, ())
    instance = await Configurations(filled).current()
    assert set(instance.quick_connects.values()) == {TO_QUEUE, TO_ANN, OUTSIDE}
    assert instance.queues[QueueId("sales")].quick_connects == ("qc-1", "qc-2")
    await kept.save(replace(TO_QUEUE, description="They sell a lot"), ("support",))
    await kept.save(replace(TO_ANN, name="Ann K."))
    await kept.delete("qc-3")
    changed = await Configurations(filled).current()
    assert {each.name for each in changed.quick_connects.values()} == {"Sales", "Ann K."}
    assert changed.queues[QueueId("sales")].quick_connects == ("qc-2",)
    assert (await Configurations(filled).load(changed.version)) == changed
    with pytest.raises(NotFound):
        await kept.delete("qc-3")
    with pytest.raises(BadInput):
        await Administration(filled).delete_agent("ann")


@pytest.mark.parametrize(
    ("quick_connect", "words"),
    [
        (replace(TO_ANN, description=""), "needs a name and a description"),
        (replace(TO_ANN, number="+12065550111"), "leads to one agent, one queue or one number"),
        (replace(TO_ANN, agent_id=None), "leads to one agent, one queue or one number"),
        (replace(OUTSIDE, number="206"), "no telephone number in the form"),
        (replace(OUTSIDE, flow_id=FlowId("f")), "an external one has no flow"),
        (replace(TO_ANN, flow_id=FlowId("f")), "it is a queueTransfer; the quick connect Ann needs a agentTransfer"),
        (replace(TO_ANN, agent_id=AgentId("bob")), "not exist"),
    ],
)
async def test_a_quick_connect_fits_together(filled: Database, quick_connect: QuickConnect, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        await QuickConnects(filled).save(quick_connect, ())
    assert (await Configurations(filled).current()).quick_connects == {}


async def test_an_agent_chooses_a_phone_and_it_stays_chosen(filled: Database) -> None:
    phones = Administration(filled)

    async def agent() -> Agent:
        return (await Configurations(filled).current()).agents[AgentId("ann")]

    await phones.choose("ann", "", "+12065550111")
    assert ((await agent()).phone, (await agent()).outside_number) == ("ann-desk", "+12065550111")
    await phones.choose("ann", "ann-browser", "")
    assert ((await agent()).phone, (await agent()).outside_number) == ("ann-browser", "")
    for agent_id, phone in (("ann", "nowhere"), ("bob", "ann-desk")):
        with pytest.raises(NotFound):
            await phones.choose(agent_id, phone, "")


async def test_the_audit_keeps_who_did_what(db: Database) -> None:
    audit = AuditLog(db)
    entries = [
        AuditEntry(
            1_000 + number, ("ann", "sue")[number % 2], "agent", "hold", f"c-{number % 3}", {"n": number}, "done"
        )
        for number in range(6)
    ]
    for entry in entries:
        audit.note(entry)
    await audit.flush()
    assert await audit.recent(100) == tuple(reversed(entries))
    assert [entry.details["n"] for entry in await audit.recent(2)] == [5, 4]
    assert [entry.details["n"] for entry in await audit.recent(9, target="c-0")] == [3, 0]
    assert [entry.details["n"] for entry in await audit.recent(9, target="c-0", by="ann")] == [0]
    assert not asyncio.all_tasks() - {asyncio.current_task()}


async def test_what_was_begun_when_the_process_was_killed_is_in_the_audit(db: Database, tmp_path: Path) -> None:
    """What ended is there with its outcome, what did not with words that say so; a line cut short is none."""
    file = tmp_path / "audit"
    killed = AuditLog(db, file)
    hold, swap = (AuditEntry(at_ms, "ann", "agent", name, "c-1", {}, "") for at_ms, name in ((1, "hold"), (2, "swap")))
    killed.end(killed.begin(hold), replace(hold, outcome="done"))
    killed.begin(swap)
    await killed.flush()
    with file.open("ab") as cut_short:
        cut_short.write(b'{"id": "3", "entry": {"at')
    told = [("swap", UNKNOWN), ("hold", "done")]
    for _ in range(2):
        audit = await asyncio.to_thread(AuditLog, db, file)
        assert [(each.action, each.outcome) for each in await audit.recent(9)] == told
    audit.end(audit.begin(swap), replace(swap, outcome="done"))
    await audit.flush()
    await asyncio.sleep(0)
    assert file.read_bytes() == b""


async def test_a_command_is_in_the_audit_however_it_ends(db: Database) -> None:
    about = AuditEntry(1, "root", "command line", "add user", "ann", {"role": "agent"}, "")

    def act(fails: bool) -> None:
        with audited(db, about):
            if fails:
                raise NotFound(what="agent", name="ann")

    await asyncio.to_thread(act, False)
    with pytest.raises(NotFound):
        await asyncio.to_thread(act, True)
    outcomes = {entry.outcome for entry in await AuditLog(db).recent(9)}
    assert outcomes == {"done", str(NotFound(what="agent", name="ann"))}
