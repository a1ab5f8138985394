"""Contact flows over the JSON API, from import to rollback, with the service layer and a store behind it."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from app.calls.ports import LoggedBlock
from app.calls.publishing import Publishing
from app.store.db import Database
from app.store.repositories.configurations import Configurations
from app.store.repositories.flow_logs import FlowLogs
from app.store.repositories.flows import Flows
from app.store.repositories.resources import ResourceMap
from app.web.flows import LARGEST_FLOW
from tests.unit.flow.driving import action, say
from tests.unit.web.conftest import SignIn
from tests.unit.web.fakes import FakeOperations

pytestmark = pytest.mark.contract


class Changes:
    """How often the configuration was told to be another one."""

    def __init__(self) -> None:
        self.count = 0

    async def told(self) -> None:
        self.count += 1


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open("", tmp_path)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def flow_operations(operations: FakeOperations, database: Database, changes: Changes) -> None:
    parts = (Flows(database), ResourceMap(database), Configurations(database), FlowLogs(database))
    operations.flows = Publishing(*parts, changed=changes.told)  # type: ignore[attr-defined]


def exported(words: str = "Hello.", queue: str = "", type_: str = "contactFlow") -> str:
    after = "choose" if queue else "end"
    choose = action(
        "choose", "UpdateContactTargetQueue", {"QueueId": queue}, to="end", errors={"NoMatchingError": "end"}
    )
    content = {
        "Version": "2019-10-30",
        "StartAction": "greet",
        "Metadata": {"name": "Main menu", "type": type_},
        "Actions": [
            say("greet", words, to=after),
            *([choose] if queue else []),
            action("end", "DisconnectParticipant"),
        ],
    }
    return json.dumps(content)


async def test_a_flow_is_imported_published_changed_and_rolled_back(program: ClientSession, changes: Changes) -> None:
    answer = await program.post("/api/flows", data=exported("one"))
    assert answer.status == 201
    saved = await answer.json()
    flow_id = saved["flow"]["flow_id"]
    assert (saved["flow"]["name"], saved["flow"]["draft_by"], saved["findings"]) == ("Main menu", "api", [])
    answer = await program.post("/api/flows/publish", json={"names": ["Main menu"]})
    assert await answer.json() == {"versions": {flow_id: 1}}
    assert changes.count == 1
    await program.put(f"/api/flows/{flow_id}/draft", data=exported("two"))
    assert (await (await program.get("/api/flows/Main%20menu")).text()) == exported("two")
    await program.post("/api/flows/publish", json={"names": [flow_id]})
    answer = await program.post(f"/api/flows/{flow_id}/rollback", json={"version": 1})
    assert await answer.json() == {"version": 3}
    versions = await (await program.get(f"/api/flows/{flow_id}/versions")).json()
    assert [(each["version"], each["restored_from"]) for each in versions] == [(3, 1), (2, None), (1, None)]
    assert (await (await program.get(f"/api/flows/{flow_id}?version=2")).text()) == exported("two")
    legacy = await (await program.get(f"/api/flows/{flow_id}?format=legacy")).json()
    assert [module["type"] for module in legacy["modules"]] == ["PlayPrompt", "Disconnect"]
    assert (await program.delete(f"/api/flows/{flow_id}")).status == 200
    assert await (await program.get("/api/flows")).json() == []


async def test_what_keeps_a_flow_from_being_published_is_told_and_mended_by_the_map(program: ClientSession) -> None:
    saved = await (await program.post("/api/flows?name=Second", data=exported(queue="theirs"))).json()
    (finding,) = saved["findings"]
    assert (finding["severity"], finding["block"], finding["title"]) == ("error", "choose", "Set working queue")
    answer = await program.post("/api/flows/publish", json={"names": ["Second"]})
    assert answer.status == 409
    assert (await answer.json())["error"] == "Unpublishable"
    (resource,) = await (await program.get("/api/flows/Second/resources")).json()
    assert (resource["block"], resource["how"]) == ("choose", "unresolved")
    missing = {"kind": "queue", "imported": "theirs", "own": "Sales"}
    assert (await program.put("/api/resources", json=missing)).status == 404
    assert (await program.put("/api/resources", json={"kind": "function", "imported": "arn", "own": "f"})).status == 200
    assert await (await program.get("/api/resources")).json() == [{"kind": "function", "imported": "arn", "own": "f"}]
    assert (await program.delete("/api/resources", json={"kind": "function", "imported": "arn"})).status == 200
    (finding,) = await (await program.get("/api/flows/Second/findings")).json()
    assert finding["remedy"].startswith("Create or choose one, or map it")


async def test_what_is_not_right_is_refused_in_words(program: ClientSession) -> None:
    await program.post("/api/flows", data=exported())
    for path, body, status in (
        ("/api/flows", b"{", 400),
        ("/api/flows", b"\xff\xfe", 400),
        ("/api/flows", exported().encode(), 400),
        ("/api/flows?type=door", exported().encode(), 400),
        ("/api/flows?replace=Main%20menu", exported(type_="customerHold").encode(), 400),
        ("/api/flows", b" " * (LARGEST_FLOW + 1), 413),
        ("/api/flows/publish", b'{"names": ["Nothing"]}', 404),
        ("/api/flows/publish", b'{"names": 3}', 400),
        ("/api/flows/Main%20menu/rollback", b'{"version": 7}', 404),
    ):
        answer = await program.post(path, data=io.BytesIO(body))
        assert answer.status == status, await answer.text()
        assert (await answer.json())["message"]
    assert (await program.get("/api/flows/Main%20menu?version=x")).status == 400


async def test_a_large_flow_may_be_imported(program: ClientSession) -> None:
    assert (await program.post("/api/flows", data=exported("x" * 300_000))).status == 201


async def test_a_contacts_flow_log(program: ClientSession, database: Database) -> None:
    logs = FlowLogs(database)
    logs.append(LoggedBlock(1, 0, 0, "c-1", {"ContactId": "c-1", "ContactFlowModuleType": "PlayPrompt"}))
    await logs.flush()
    answer = await program.get("/api/contacts/c-1/log")
    assert await answer.json() == [{"ContactId": "c-1", "ContactFlowModuleType": "PlayPrompt"}]


async def test_flows_are_for_administrators(browser: ClientSession, sign_in: SignIn) -> None:
    token = await sign_in("anna", "battery staple")
    headers = {"X-CSRF-Token": token, "Accept": "application/json"}
    assert (await browser.get("/api/flows", headers=headers)).status == 403
    assert (await browser.get("/api/contacts/c-1/log", headers=headers)).status == 403
    assert (await browser.post("/api/flows", data=exported(), headers=headers)).status == 403
    assert (await browser.put("/api/resources", json={}, headers=headers)).status == 403
