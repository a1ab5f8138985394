"""The application on Postgres: a call from end to end, with a kill -9 in the middle of the talk."""

import time
from collections.abc import Iterator

import pytest

from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, dial
from tests.rig.contents import NUMBER
from tests.rig.postgres import PostgresServer
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def centre() -> Iterator[ApplicationRig]:
    server = PostgresServer()
    try:
        with ApplicationRig(database_url=server.new_database()) as rig:
            rig.fill(contents.demo, contents.trunk, contents.agents(["alice"], after_contact_work_s=1)).start()
            yield rig
            rig.check(1)
            rig.terminate()
    finally:
        server.close()


def test_a_call_on_postgres(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> None:
    dial(caller, NUMBER, centre.sip_port)
    caller.wait_established()
    until(lambda: [each["block"] for each in centre.contacts()] == ["Menu"], "the menu", 20, tell=centre.contacts)
    time.sleep(0.3)
    caller.press("1")
    alice.wait_ringing()
    alice.answer()
    contact_id = centre.wait_contact("connected")["contact_id"]
    centre.kill9()
    centre.start()
    centre.wait_contact("connected")
    caller.hang_up()
    alice.wait_ended()
    record = centre.wait_record(contact_id)
    assert (record["Agent"]["Username"], record["Recording"]["Status"]) == ("alice", "AVAILABLE")
