"""The repositories keep values as they were given, on both engines."""

import asyncio
from dataclasses import replace

import pytest

from app.domain.contact import Contact, DisconnectReason, Handling, InitiationMethod, Recording, RecordingStatus
from app.domain.ids import AgentId, ChannelId, ContactId, FlowId, HoursId, NodeName, ProfileId, QueueId
from app.domain.instance import (
    Agent,
    AgentStatus,
    FlowType,
    Hours,
    OpenHours,
    OwnedNumber,
    ProfileQueue,
    Queue,
    RoutingProfile,
)
from app.domain.lines import Phone, Trunk
from app.domain.place import BOT, FUNCTION, Place
from app.domain.trace import TraceEntry
from app.errors import BadInput, NotFound
from app.store.db import Database
from app.store.repositories.accounts import Accounts, WebUser
from app.store.repositories.administration import Administration
from app.store.repositories.configurations import Configurations
from app.store.repositories.flows import Flows
from app.store.repositories.places import Places
from app.store.repositories.records import AgentEvents, Records
from app.store.repositories.settings import Settings
from app.store.repositories.sip import SipConfiguration

pytestmark = pytest.mark.contract

CONTENT = '{"Version":"2019-10-30","b":1,"a":"é\\u0000"}'


def contact(number: int = 1, recording: Recording | None = None) -> Contact:
    return Contact(
        contact_id=ContactId(f"contact-{number}"),
        node=NodeName("n1"),
        channel_id=ChannelId(f"n1-{number}"),
        initiation=InitiationMethod.INBOUND,
        customer_number="+15550100",
        system_number="+15550199",
        initiated_ms=1_000 * number,
        disconnected_ms=1_000 * number + 700,
        disconnect_reason=DisconnectReason.CUSTOMER,
        attributes={"name": "Zoë \u0000", "order": "7"},
        queued_in=QueueId("q1"),
        handling=Handling(AgentId("a1"), "ada", "p1", "Basic", connected_ms=1_000 * number + 200),
        recording=recording,
    )


RECORD: dict[str, object] = {"ContactId": "contact-1", "Queue": {"Name": "Sales"}, "Attributes": {"name": "Zoë \u0000"}}
TRACE = (TraceEntry(1, "block", "Play prompt", "done", {"text": "hé"}), TraceEntry(2, "call", "ended"))


async def test_a_record_is_written_once(db: Database) -> None:
    records = Records(db)
    recording = Recording(RecordingStatus.AVAILABLE, "2026/a.wav", 700, 11_244, "ab12")
    first = contact(recording=recording)
    await records.write(first, RECORD, TRACE)
    changed = replace(first, customer_number="+1999", recording=replace(recording, location="other.wav"))
    await asyncio.gather(*(records.write(changed, {"ContactId": "other"}, ()) for _ in range(5)))
    assert await records.count() == 1
    assert await records.read("contact-1") == RECORD
    assert await records.read_trace("contact-1") == TRACE
    assert await records.read_recording("contact-1") == recording


async def test_recent_records_come_newest_first(db: Database) -> None:
    records = Records(db)
    for number in range(1, 6):
        recording = Recording(RecordingStatus.AVAILABLE, f"{number}.wav") if number % 2 else None
        await records.write(contact(number, recording), RECORD, ())
    newest = await records.recent(limit=3)
    assert [view.contact_id for view in newest] == ["contact-5", "contact-4", "contact-3"]
    assert (newest[0].queue, newest[0].agent, newest[0].duration_ms) == ("Sales", "ada", 700)
    assert [view.recording and view.recording.location for view in newest] == ["5.wav", None, "3.wav"]
    older = await records.recent(before_ms=newest[-1].initiated_ms)
    assert [view.contact_id for view in older] == ["contact-2", "contact-1"]


async def test_what_may_change_after_the_end(db: Database) -> None:
    records = Records(db)
    await records.write(contact(recording=Recording(RecordingStatus.AVAILABLE, "a.wav")), RECORD, TRACE)
    deleted = Recording(RecordingStatus.DELETED, reason="asked for by the customer")
    await records.set_recording("contact-1", deleted, {"Status": "DELETED"})
    await records.set_next_contact("contact-1", "contact-2")
    assert await records.read_recording("contact-1") == deleted
    expected = RECORD | {"Recording": {"Status": "DELETED"}, "NextContactId": "contact-2"}
    assert await records.read("contact-1") == expected
    with pytest.raises(NotFound, match="contact trace record named nobody"):
        await records.set_next_contact("nobody", "contact-2")


async def test_agent_events_are_written_once(db: Database) -> None:
    events = AgentEvents(db)
    for _ in range(2):
        await events.write("e1", 10, "a1", "LOGIN", {"type": "LOGIN"})
        await events.write("e2", 20, "a2", "LOGIN", {"type": "LOGIN", "agent": 2})
    assert len(await events.between(0, 100)) == 2
    assert await events.between(10, 20) == [{"type": "LOGIN"}]
    assert await events.between(0, 100, "a2") == [{"type": "LOGIN", "agent": 2}]


async def fill(db: Database) -> None:
    administration, flows, sip = Administration(db), Flows(db), SipConfiguration(db)
    hours = Hours(HoursId("h"), "Office", "Europe/Berlin", (OpenHours(0, 540, 1_020), OpenHours(6, 0, 1_440)))
    await administration.save_hours(hours)
    await administration.save_queue(Queue(QueueId("q1"), "Sales", HoursId("h"), capacity=5, outbound_name="Shop"))
    await administration.save_queue(Queue(QueueId("q2"), "Support", enabled=False))
    entries = (ProfileQueue(QueueId("q2"), 1, 0), ProfileQueue(QueueId("q1"), 2, 30))
    await administration.save_profile(RoutingProfile(ProfileId("p"), "Basic", entries))
    await sip.save_phone(Phone("desk1", "s3cret-desk"))
    await administration.save_agent(
        Agent(
            AgentId("a"),
            "ada",
            ProfileId("p"),
            "desk1",
            "Ada",
            available_when_registered=True,
            missed_return_s=9,
            auto_accept=True,
            missed_limit=3,
            missed_limit_status="Coaching",
            offline_when_lost_s=60,
        )
    )
    await administration.save_status(AgentStatus("Coaching", productive=True, description="with a colleague"))
    await flows.save("f", "Main", FlowType.CONTACT, CONTENT)
    await flows.publish({"f": CONTENT})
    await administration.save_number(OwnedNumber("+15550199", FlowId("f")), description="main line")
    await administration.save_prompt("pr", "welcome", "prompts/welcome.wav")
    await administration.set_default_flow(FlowType.CUSTOMER_QUEUE, "f")
    await Settings(db).put("country", "DE")


async def test_the_instance_is_whole_and_named_by_its_content(db: Database) -> None:
    configurations = Configurations(db)
    empty = await configurations.current()
    await fill(db)
    instance = await configurations.current()
    assert instance.instance_id == empty.instance_id
    assert instance.version != empty.version
    assert instance.country == "DE"
    assert instance.hours[HoursId("h")].spans == (OpenHours(0, 540, 1_020), OpenHours(6, 0, 1_440))
    assert instance.queues[QueueId("q1")] == Queue(
        QueueId("q1"), "Sales", HoursId("h"), capacity=5, outbound_name="Shop"
    )
    assert [entry.queue_id for entry in instance.profiles[ProfileId("p")].queues] == ["q2", "q1"]
    assert instance.agents[AgentId("a")].phone == "desk1"
    assert instance.agents[AgentId("a")].missed_limit_status == "Coaching"
    assert instance.statuses["Coaching"] == AgentStatus("Coaching", productive=True, description="with a colleague")
    assert set(instance.statuses) == {"Available", "Offline", "Coaching"}
    assert instance.flows[FlowId("f")].content == CONTENT
    assert instance.prompts == {"pr": "prompts/welcome.wav", "welcome": "prompts/welcome.wav"}
    assert instance.default_flows == {FlowType.CUSTOMER_QUEUE: "f"}
    assert (await configurations.current()).version == instance.version
    assert await configurations.load(instance.version) == instance
    assert await configurations.load(empty.version) == empty
    with pytest.raises(NotFound, match="configuration named unheard"):
        await configurations.load("unheard")


async def test_saving_again_changes_and_breaks_nothing_that_refers_to_it(db: Database) -> None:
    await fill(db)
    administration, configurations = Administration(db), Configurations(db)
    await administration.save_queue(Queue(QueueId("q1"), "Sales 2"))
    await administration.save_profile(RoutingProfile(ProfileId("p"), "Basic", (ProfileQueue(QueueId("q1")),)))
    await SipConfiguration(db).save_phone(Phone("desk1", "other-secret", "webrtc"))
    instance = await configurations.current()
    assert instance.queues[QueueId("q1")] == Queue(QueueId("q1"), "Sales 2")
    assert instance.profiles[ProfileId("p")].queues == (ProfileQueue(QueueId("q1")),)
    assert instance.agents[AgentId("a")].phone == "desk1"


async def test_an_agent_has_one_phone_of_three_and_keeps_the_desk_phone(db: Database) -> None:
    await fill(db)
    administration, configurations = Administration(db), Configurations(db)

    async def rings(*chosen: str) -> tuple[str, str, str, str]:
        await administration.choose("a", *chosen)
        agent = (await configurations.current()).agents[AgentId("a")]
        await administration.save_agent(agent)
        assert (await configurations.current()).agents[AgentId("a")] == agent
        return agent.phone_kind, agent.phone, agent.outside_number, agent.desk_phone

    assert await rings("web-a", "") == ("softphone", "web-a", "", "desk1")
    assert await rings("", "+12065550111") == ("outside number", "web-a", "+12065550111", "desk1")
    assert await rings("desk1", "") == ("desk phone", "desk1", "", "desk1")
    for agent_id, phone in (("a", "moon"), ("moon", "web-moon")):
        with pytest.raises(NotFound, match="moon"):
            await administration.choose(agent_id, phone, "")


async def test_names_are_unique_and_what_is_used_stays(db: Database) -> None:
    await fill(db)
    administration = Administration(db)
    with pytest.raises(BadInput, match="there already"):
        await administration.save_queue(Queue(QueueId("q3"), "Sales"))
    for delete, what in (
        (administration.delete_queue, "q1"),
        (administration.delete_hours, "h"),
        (administration.delete_profile, "p"),
        (Flows(db).delete, "f"),
    ):
        with pytest.raises(BadInput, match="still in use"):
            await delete(what)
    await administration.delete_agent("a")
    await administration.delete_profile("p")
    await administration.delete_queue("q1")
    with pytest.raises(NotFound, match="queue named q1"):
        await administration.delete_queue("q1")


async def test_statuses_that_every_instance_has_stay_as_they_are(db: Database) -> None:
    administration = Administration(db)
    with pytest.raises(BadInput, match="every instance has it"):
        await administration.save_status(AgentStatus("Offline"))
    with pytest.raises(NotFound, match="custom status named Lunch"):
        await administration.delete_status("Lunch")


async def test_phones_and_trunks(db: Database) -> None:
    sip = SipConfiguration(db)
    second = Trunk("b", "192.0.2.1", match=("192.0.2.0/24",), order=2, enabled=False, media_timeout_s=30)
    first = Trunk(
        name="c",
        host="sip.example.com",
        mode="register",
        port=5061,
        transport="tls",
        srtp="sdes",
        username="user",
        secret="pass word",
        codecs=("opus", "alaw"),
        from_user="4930",
        from_domain="example.com",
        outbound_caller_id="+15550100",
        tls_verify=False,
    )
    await sip.save_trunk(second)
    await sip.save_trunk(first)
    assert await sip.trunks() == (first, second)
    await sip.save_trunk(replace(second, order=0))
    assert await sip.trunks() == (replace(second, order=0), first)
    await sip.delete_trunk("b")
    with pytest.raises(NotFound, match="trunk named b"):
        await sip.trunk("b")
    phone = Phone("desk1", "long-secret", "webrtc", ("opus",), "tls")
    await sip.save_phone(phone)
    await sip.save_phone(Phone("adesk", "long-secret"))
    assert await sip.phone("desk1") == phone
    assert await sip.phones() == (Phone("adesk", "long-secret"), phone)
    with pytest.raises(NotFound, match="phone named desk2"):
        await sip.phone("desk2")


async def test_sign_in(db: Database) -> None:
    accounts = Accounts(db)
    await accounts.save_user(WebUser("ada", "admin", agent_id="a1"), "correct horse")
    assert await accounts.verify_password("ada", "correct horse")
    assert not await accounts.verify_password("ada", "wrong")
    assert not await accounts.verify_password("eve", "correct horse")
    (user,) = await accounts.users()
    assert user.last_login_ms is not None
    await accounts.save_user(WebUser("ada", "admin", disabled=True))
    assert not await accounts.verify_password("ada", "correct horse")
    with pytest.raises(NotFound, match="user named eve"):
        await accounts.save_user(WebUser("eve", "agent"))
    with pytest.raises(BadInput, match="shorter than 8"):
        await accounts.save_user(WebUser("eve", "agent"), "short")


async def test_sessions_end_with_their_user(db: Database) -> None:
    accounts = Accounts(db)
    await accounts.save_user(WebUser("ada", "agent", agent_id="a1"), "correct horse")
    await accounts.create_session("hash1", "ada", at_ms=100, expires_ms=900)
    await accounts.touch_session("hash1", 300)
    await accounts.touch_session("hash1", 200)
    session = await accounts.lookup_session("hash1")
    assert session is not None
    assert (session.username, session.role, session.seen_ms, session.agent_id) == ("ada", "agent", 300, "a1")
    await accounts.create_session("hash2", "ada", at_ms=1_000, expires_ms=2_000)
    assert await accounts.lookup_session("hash1") is None, "it was over when the next one began"
    await accounts.revoke_session("hash2")
    assert await accounts.lookup_session("hash2") is None
    await accounts.create_session("hash3", "ada", 1_000, 2_000)
    await accounts.save_user(WebUser("ada", "agent", disabled=True))
    assert await accounts.lookup_session("hash3") is None
    with pytest.raises(BadInput, match="does not exist"):
        await accounts.create_session("hash4", "nobody", 1_000, 2_000)


async def test_settings(db: Database) -> None:
    settings = Settings(db)
    assert await settings.get("rtp", {"from": 1}) == {"from": 1}
    assert await settings.put_if_absent("rtp", [1, 2]) == [1, 2]
    assert await settings.put_if_absent("rtp", [3]) == [1, 2]
    await settings.put("rtp", None)
    assert await settings.get("rtp", 5) is None


async def test_the_map_of_functions_and_bots(db: Database) -> None:
    places = Places(db)
    lookup = Place(FUNCTION, "lookup", "https", "https://example.org/lookup", "hush")
    bot = Place(BOT, "lookup", "file", "Bank")
    for place in (lookup, bot, replace(lookup, target="https://example.org/other")):
        await places.save(place)
    assert await places.all() == (bot, replace(lookup, target="https://example.org/other"))
    await places.delete(FUNCTION, "lookup")
    assert await places.all() == (bot,)
    with pytest.raises(NotFound, match="function in the map named lookup"):
        await places.delete(FUNCTION, "lookup")
