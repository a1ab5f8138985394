"""Flows from import to rollback over the real store: drafts, versions, the map of resources, and what a database of before becomes."""

import json
from pathlib import Path

import pytest

from app.calls.publishing import Publishing, Unpublishable
from app.domain.ids import QueueId
from app.domain.instance import FlowType, Queue, ResourceKind
from app.errors import BadInput, NotFound
from app.store import migrate
from app.store.db import Database
from app.store.models.base import current
from app.store.repositories.administration import Administration
from app.store.repositories.configurations import Configurations
from app.store.repositories.flows import Flows
from app.store.repositories.resources import ResourceMap
from tests.contract.store.conftest import Opener
from tests.unit.flow.driving import action, say

pytestmark = pytest.mark.contract


def exported(name: str, *actions: dict[str, object], type_: str = "contactFlow") -> str:
    end = action("end", "DisconnectParticipant")
    content = {
        "Version": "2019-10-30",
        "StartAction": actions[0]["Identifier"],
        "Metadata": {"name": name, "type": type_},
        "Actions": [*actions, end],
    }
    return json.dumps(content)


def greeting(words: str, name: str = "Main") -> str:
    return exported(name, say("a", words, to="end"))


def transfer(name: str, to: str) -> str:
    return exported(name, action("a", "TransferToFlow", {"ContactFlowId": to}, errors={"NoMatchingError": "end"}))


def to_queue(queue: str) -> str:
    choose = action("a", "UpdateContactTargetQueue", {"QueueId": queue}, to="end", errors={"NoMatchingError": "end"})
    return exported("Queued", choose)


@pytest.fixture
def flows(db: Database) -> Publishing:
    return Publishing(Flows(db), ResourceMap(db), Configurations(db))


async def test_a_draft_waits_and_a_version_never_changes(db: Database, flows: Publishing) -> None:
    first = await flows.import_flow(greeting("one"), by="ada")
    flow_id = first.flow.flow_id
    assert (first.flow.name, first.flow.published_version, first.flow.draft_by) == ("Main", None, "ada")
    assert (await Configurations(db).current()).flows == {}
    assert await flows.publish("Main", by="bob") == {flow_id: 1}
    assert (await Configurations(db).current()).flows[flow_id].content == greeting("one")
    assert await flows.publish("Main", by="bob") == {flow_id: 1}, "nothing is new"

    for words in ("two", "three"):
        saved = await flows.save_draft("Main", greeting(words), by="cat")
    assert (saved.flow.draft_by, saved.flow.published_version) == ("cat", 1)
    assert (await Configurations(db).current()).flows[flow_id].version == 1
    assert (await flows.export("Main")).content == greeting("three")
    assert (await flows.export("Main", 1)).content == greeting("one")
    assert await flows.publish(flow_id, by="dan") == {flow_id: 2}
    (listed,) = await flows.list()
    assert (listed.draft_ms, listed.published_version) == (None, 2)
    history = [(each.version, each.published_by, each.restored_from) for each in await flows.versions("Main")]
    assert history == [(2, "dan", None), (1, "bob", None)]


async def test_a_rollback_is_a_new_version_and_leaves_the_draft(db: Database, flows: Publishing) -> None:
    flow_id = (await flows.import_flow(greeting("one"), by="ada")).flow.flow_id
    await flows.publish("Main", by="ada")
    await flows.save_draft("Main", greeting("two"), by="ada")
    await flows.publish("Main", by="ada")
    await flows.save_draft("Main", greeting("three"), by="ada")
    assert await flows.rollback("Main", 1, by="eve") == 3
    assert (await Configurations(db).current()).flows[flow_id].content == greeting("one")
    assert (await flows.export("Main")).content == greeting("three")
    newest = (await flows.versions("Main"))[0]
    assert (newest.version, newest.published_by, newest.restored_from) == (3, "eve", 1)
    with pytest.raises(NotFound, match="version 9 of the flow named Main"):
        await flows.rollback("Main", 9, by="eve")


async def test_an_import_keeps_to_the_type_of_the_flow_it_replaces(flows: Publishing) -> None:
    flow_id = (await flows.import_flow(greeting("one"), by="ada")).flow.flow_id
    hold = exported("Hold", say("a", "x", to="end"), type_="customerHold")
    with pytest.raises(
        BadInput, match="not of the same type as the flow that it is imported into: Main is a contactFlow"
    ):
        await flows.import_flow(hold, by="ada", replace="Main")
    with pytest.raises(BadInput, match="not of the same type"):
        await flows.save_draft("Main", hold, by="ada")
    replaced = await flows.import_flow(greeting("two", "Other name"), by="ada", replace=flow_id)
    assert (replaced.flow.flow_id, replaced.flow.name) == (flow_id, "Main")
    with pytest.raises(BadInput, match="there is a flow of this name"):
        await flows.import_flow(greeting("two"), by="ada")
    with pytest.raises(BadInput, match="it is not JSON"):
        await flows.import_flow("{", by="ada")
    with pytest.raises(BadInput, match="type 'agentDance' is not valid: it is none of contactFlow"):
        await flows.import_flow(exported("X", say("a", "x", to="end"), type_="agentDance"), by="ada")
    with pytest.raises(BadInput, match="has no name"):
        await flows.import_flow(greeting("x", ""), by="ada")
    named = await flows.import_flow(
        exported("", say("a", "x", to="end"), type_=""), by="ada", file_name="menu", flow_type=FlowType.CUSTOMER_HOLD
    )
    assert (named.flow.name, named.flow.type) == ("menu", FlowType.CUSTOMER_HOLD)


async def test_flows_that_name_one_another_are_published_together(flows: Publishing) -> None:
    one = (await flows.import_flow(transfer("One", "Two"), by="ada")).flow.flow_id
    two = (await flows.import_flow(transfer("Two", one), by="ada")).flow.flow_id
    with pytest.raises(Unpublishable, match="there is no published flow Two"):
        await flows.publish("One", by="ada")
    assert await flows.publish("One", "Two", by="ada") == {one: 1, two: 1}


async def test_an_unresolved_resource_is_saved_but_not_published_until_it_is_mapped(
    db: Database, flows: Publishing
) -> None:
    await Administration(db).save_queue(Queue(QueueId("q1"), "Sales"))
    saved = await flows.import_flow(to_queue("arn:x/queue/77"), by="ada")
    assert [(finding.severity, finding.block, finding.title) for finding in saved.findings] == [
        ("error", "a", "Set working queue")
    ]
    with pytest.raises(Unpublishable, match="there is no queue arn:x/queue/77"):
        await flows.publish("Queued", by="ada")
    with pytest.raises(NotFound, match="queue of ours named Verkauf"):
        await flows.map_resource("queue", "arn:x/queue/77", "Verkauf")
    with pytest.raises(BadInput, match="choose queue, flow"):
        await flows.map_resource("door", "a", "b")
    await flows.map_resource("queue", "arn:x/queue/77", "Sales")
    assert (await Configurations(db).current()).resources == {ResourceKind.QUEUE: {"arn:x/queue/77": "Sales"}}
    (use,) = await flows.resources("Queued")
    assert (use.block, use.kind, use.how, use.resource_id) == ("a", "queue", "map", "q1")
    await flows.publish("Queued", by="ada")
    await flows.unmap_resource("queue", "arn:x/queue/77")
    assert await flows.resource_map() == ()
    with pytest.raises(NotFound, match="queue in the map"):
        await flows.unmap_resource("queue", "arn:x/queue/77")
    with pytest.raises(Unpublishable):
        await flows.rollback("Queued", 1, by="ada")


async def test_a_deleted_flow_takes_its_history_along(flows: Publishing) -> None:
    await flows.import_flow(greeting("one"), by="ada")
    await flows.publish("Main", by="ada")
    await flows.save_draft("Main", greeting("two"), by="ada")
    await flows.delete("Main")
    assert await flows.list() == ()
    with pytest.raises(NotFound, match=r"flow named Main \(there are none\)"):
        await flows.versions("Main")


async def test_saved_versions_of_before_become_drafts(
    opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "only-the-first"
    first.mkdir()
    (first / "0001_first.py").write_text((migrate.MIGRATIONS / "0001_first.py").read_text())
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "MIGRATIONS", first)
        opener().run_now(_fill_as_before)
    flows = Flows(opener())
    assert (await flows.content("f")).content == "newest"
    assert [(each.version, each.published_by) for each in await flows.versions("f")] == [(2, "ada")]
    assert [each.draft_ms for each in await flows.list()] == [3, None]
    assert await flows.publish({"f": "newest"}, by="bob") == {"f": 3}
    assert (await flows.content("g")).content == "only"


def _fill_as_before() -> None:
    for flow_id, published in (("f", 2), ("g", 1)):
        values = f"('{flow_id}', 'Flow {flow_id}', 'contactFlow', '', {published})"
        current.execute_sql(
            f"INSERT INTO contact_flow (id, name, type, description, published_version) VALUES {values}"
        )
    for flow_id, version, content, state in (
        ("f", 1, "never published", "saved"),
        ("f", 2, "serves", "published"),
        ("f", 3, "newest", "saved"),
        ("g", 1, "only", "published"),
    ):
        values = f"('{flow_id}', {version}, '{content}', '{state}', {version}, 'ada')"
        columns = "flow_id, version, content, state, created_ms, created_by"
        current.execute_sql(f"INSERT INTO flow_version ({columns}) VALUES {values}")
