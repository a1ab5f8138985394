"""The walks of `test_kill`: what happens in each call, with a kill wherever one stops. The third kill is followed by another one in the
middle of the recovery, and at the fourth somebody hangs up while nobody is there."""

from collections.abc import Callable

from tests.e2e import kill_flows
from tests.e2e.kill_flows import AFTER_WORK_S, PASSING, WHISPER_S
from tests.e2e.kill_records import judged
from tests.e2e.killing import LAST_MOMENT, Steps, Stop, Walk
from tests.rig.listening import tone_heard_s

TALK = {"caller": {"agent"}, "agent": {"caller"}}
HANDED_OVER = {"caller": {"second"}, "second": {"caller"}}
CONSULTING = {"caller": {"hold"}, "agent": {"second"}, "second": {"agent"}}
THREE = {"caller": {"agent", "second"}, "agent": {"caller", "second"}, "second": {"caller", "agent"}}
OUT = {"far": {"agent"}, "agent": {"far"}}


def flow(walk: Walk) -> Steps:
    """A greeting and a menu; the agent answers while nobody is there."""
    yield LAST_MOMENT
    walk.dial()
    walk.phones["caller"].wait_established()
    yield Stop("in flow", {"caller": {"greeting"}}, after={"caller": {"menu"}})
    assert whole(walk, "caller", "greeting")
    yield Stop("in flow", {"caller": {"menu"}})
    walk.phones["caller"].press("1")
    walk.ringing("agent")
    yield Stop("ringing", {"caller": {"queue"}}, away=lambda: walk.pick_up("agent"), after=TALK)
    yield Stop("connected", TALK, away=lambda: walk.hang_up("caller"), after={})
    walk.ended("agent")
    judged(walk, "agent", by="customer")


def queue(walk: Walk) -> Steps:
    """Waits, rings, hears the whispers, talks."""
    walk.centre.set_agent_status(walk.agent("agent"), "Offline")
    walk.dial()
    walk.until_state("in queue")
    yield Stop("in queue", {"caller": {"queue"}})
    walk.centre.set_agent_status(walk.agent("agent"), "Available")
    walk.ringing("agent")
    yield Stop("ringing", {"caller": {"queue"}})
    yield LAST_MOMENT
    walk.pick_up("agent")
    yield Stop("whisper", {"caller": {"customer whisper"}, "agent": {"agent whisper"}}, after=TALK)
    assert whole(walk, "caller", "customer whisper")
    assert whole(walk, "agent", "agent whisper")
    yield Stop("connected", TALK)
    walk.hang_up("caller")
    walk.ended("agent")
    judged(walk, "agent", by="customer")


def hold(walk: Walk) -> Steps:
    """On hold, muted, not recorded, and on hold again when the customer leaves."""
    walk.talk()
    walk.ask("hold")
    yield Stop("on hold", {"caller": {"hold"}, "agent": {"agent hold"}})
    walk.ask("resume")
    walk.ask("mute", {"muted": True})
    yield Stop("connected", {"caller": set(), "agent": {"caller"}})
    walk.ask("mute", {"muted": False})
    walk.ask("recording-pause", {"paused": True})
    yield Stop("connected", TALK)
    walk.ask("recording-pause", {"paused": False})
    walk.ask("hold")
    yield Stop("on hold", {"caller": {"hold"}}, away=lambda: walk.hang_up("caller"), after={})
    walk.ended("agent")
    judged(walk, "agent", by="customer", holds=(2,), gaps=1)


def consult(walk: Walk) -> Steps:
    """The transfer flow, the second agent's phone, whisper and talk; the first agent hangs up while nobody is there."""
    walk.talk()
    walk.ask("transfer", {"agent": walk.agent("second")})
    yield Stop("consulting", {"caller": {"hold"}, "agent": {"transfer flow"}})
    walk.phones["agent"].press("1")
    walk.ringing("second")
    yield Stop("consulting", {"caller": {"hold"}, "agent": {"queue"}})
    yield LAST_MOMENT
    walk.pick_up("second")
    yield Stop("consulting", {"caller": {"hold"}, "second": {"agent whisper"}}, after=CONSULTING)
    assert whole(walk, "second", "agent whisper")
    yield Stop("consulting", CONSULTING, away=lambda: walk.hang_up("agent"), after=HANDED_OVER)
    walk.until_state("connected")
    walk.hang_up("caller")
    walk.ended("second")
    judged(walk, "agent", "second", by="customer", holds=(1, 0))


def three(walk: Walk) -> Steps:
    """Consulting, swapped, a conference, handed over; the second agent hangs up while nobody is there."""
    walk.talk()
    walk.consult()
    yield Stop("consulting", CONSULTING)
    walk.ask("swap")
    yield Stop("consulting", TALK)
    walk.ask("join")
    yield Stop("conference", THREE)
    walk.ask("leave")
    walk.ended("agent")
    yield Stop("connected", HANDED_OVER, away=lambda: walk.hang_up("second"), after={})
    walk.ended("caller")
    judged(walk, "agent", "second", by="agent", holds=(1, 0))


def conference(walk: Walk) -> Steps:
    """Of three the customer is on hold, then everybody; who was consulted leaves while nobody is there, and then the agent."""
    walk.talk()
    walk.consult()
    walk.ask("join")
    walk.ask("hold")
    yield Stop("consulting", CONSULTING)
    walk.ask("hold", {"everybody": True})
    yield Stop("consulting", {"caller": {"hold"}, "agent": {"agent hold"}})
    walk.ask("resume", {"everybody": True})
    yield Stop("conference", THREE, away=lambda: walk.hang_up("second"), after=TALK)
    yield Stop("connected", TALK, away=lambda: walk.hang_up("agent"), after={})
    walk.ended("caller")
    judged(walk, "agent", "second", by="agent", holds=(2, 0), chained=False, last=0)


def blind(walk: Walk) -> Steps:
    """The flow puts the agent on hold and asks the customer; then a transfer that the agent does not wait for."""
    walk.talk()
    walk.ask("transfer", {"agent": walk.agent("second")})
    walk.until_hears(agent={"transfer flow"})
    walk.phones["agent"].press("2")
    yield Stop("consulting", {"caller": {"secret"}, "agent": {"agent hold"}})
    walk.phones["caller"].press("1")
    walk.until_hears(**TALK)
    walk.ask("transfer", {"agent": walk.agent("second"), "blind": True})
    walk.until_hears(agent={"transfer flow"})
    walk.phones["agent"].press("1")
    walk.ended("agent")
    walk.ringing("second")
    yield Stop("ringing", {"caller": {"queue"}})
    walk.pick_up("second")
    yield Stop("connected", HANDED_OVER)
    yield Stop("connected", HANDED_OVER, away=lambda: walk.hang_up("caller"), after={})
    walk.ended("second")
    judged(walk, "agent", None, "second", by="customer", holds=(2, 0, 0), chained=False)


def number(walk: Walk) -> Steps:
    """Consults an outside number, joins it, hands over to it; it hangs up while nobody is there."""
    walk.talk()
    walk.ask("transfer", {"number": kill_flows.far(walk.number)})
    walk.ringing("far")
    yield Stop("consulting", {"caller": {"hold"}, "agent": {"ringing"}})
    walk.pick_up("far")
    yield Stop("consulting", {"caller": {"hold"}, "agent": {"far"}, "far": {"agent"}})
    walk.ask("join")
    yield Stop("conference", {"caller": {"agent", "far"}, "agent": {"caller", "far"}, "far": {"caller", "agent"}})
    walk.ask("leave")
    walk.ended("agent")
    yield Stop("outside call", {"caller": {"far"}, "far": {"caller"}}, away=lambda: walk.hang_up("far"), after={})
    walk.ended("caller")
    (record,) = judged(walk, "agent", by="agent", holds=(1,))
    assert record["TransferredToEndpoint"]["Address"] == kill_flows.far(walk.number)


def flow_number(walk: Walk) -> Steps:
    """A flow calls an outside number, which hangs up while nobody is there; the flow goes on."""
    walk.dial()
    walk.ringing("far")
    yield Stop("outside call", {"caller": {"ringing"}})
    walk.pick_up("far")
    talking = {"caller": {"far"}, "far": {"caller"}}
    yield Stop("outside call", talking)
    yield Stop("outside call", talking, away=lambda: walk.hang_up("far"), after={"caller": {"back"}})
    yield Stop("in flow", {"caller": {"back"}}, away=lambda: walk.hang_up("caller"), after={})
    judged(walk, None, by="customer")


def supervised(walk: Walk) -> Steps:
    """Somebody listens, whispers, barges in, and leaves while nobody is there."""
    walk.talk()
    walk.supervise("listen")
    walk.answer("supervisor")
    yield Stop("connected", {**TALK, "supervisor": {"caller", "agent"}})
    walk.supervise("whisper")
    yield Stop("connected", {"caller": {"agent"}, "agent": {"caller", "supervisor"}, "supervisor": {"caller", "agent"}})
    walk.supervise("barge")
    everybody = {"caller", "agent", "supervisor"}
    yield Stop("connected", {role: everybody - {role} for role in everybody})
    walk.supervise("listen")
    listening = {**TALK, "supervisor": {"caller", "agent"}}
    yield Stop("connected", listening, away=lambda: walk.hang_up("supervisor"), after=TALK)
    walk.hang_up("caller")
    walk.ended("agent")
    judged(walk, "agent", by="customer")


def followed(walk: Walk) -> Steps:
    """A supervisor's phone rings, and they follow the contact through a consultation to the second agent."""
    walk.talk()
    walk.supervise("listen")
    walk.ringing("supervisor")
    yield Stop("connected", TALK)
    walk.pick_up("supervisor")
    walk.until_hears(supervisor={"caller", "agent"})
    walk.consult()
    yield Stop("consulting", {**CONSULTING, "supervisor": {"agent", "second"}})
    walk.ask("leave")
    walk.ended("agent")
    yield Stop("connected", {**HANDED_OVER, "supervisor": {"caller", "second"}})
    yield Stop("connected", HANDED_OVER, away=lambda: walk.hang_up("caller"), after={})
    walk.ended("second", "supervisor")
    judged(walk, "agent", "second", by="customer", holds=(1, 0))


def outbound(walk: Walk) -> Steps:
    """An agent calls somebody: the own phone rings, the customer's does, the whisper, the talk. Nobody is there when the agent hangs up."""
    details = {"number": kill_flows.far(walk.number), "queue_id": "sales"}
    walk.centre.api("POST", "/api/panel/calls", details, agent=walk.agent("agent"))
    walk.ringing("agent")
    yield Stop("ringing", {})
    walk.pick_up("agent")
    walk.ringing("far")
    yield Stop("dialling", {"agent": {"ringing"}})
    yield LAST_MOMENT
    walk.pick_up("far")
    yield Stop("whisper", {"far": {"outbound whisper"}}, after=OUT)
    assert whole(walk, "far", "outbound whisper")
    yield Stop("connected", OUT, away=lambda: walk.hang_up("agent"), after={})
    walk.ended("far")
    judged(walk, "agent", by="agent", customer="far")


def callback(walk: Walk) -> Steps:
    """Planned, the agent's phone rings, the customer's does, they talk; the customer hangs up while nobody is there."""
    walk.centre.set_agent_status(walk.agent("agent"), "Offline")
    walk.dial()
    walk.phones["caller"].wait_ended(10)
    walk.until_state("callback")
    yield Stop("callback", {})
    walk.centre.set_agent_status(walk.agent("agent"), "Available")
    walk.ringing("agent")
    yield Stop("ringing", {})
    walk.pick_up("agent")
    walk.ringing("far")
    yield Stop("dialling", {"agent": {"ringing"}})
    walk.pick_up("far")
    walk.until_hears(**OUT)
    yield Stop("connected", OUT, away=lambda: walk.hang_up("far"), after={})
    walk.ended("agent")
    _, record = judged(walk, None, "agent", by="customer", customer="far")
    assert record["InitiationMethod"] == "CALLBACK"


def after_work(walk: Walk) -> Steps:
    """After contact work ends when it would have."""
    walk.talk()
    yield LAST_MOMENT
    walk.hang_up("caller")
    walk.ended("agent")
    yield Stop("after contact work", {})
    walk.centre.wait_agent(walk.agent("agent"), "idle", 30)
    (record,) = judged(walk, "agent", by="customer")
    assert abs(record["Agent"]["AfterContactWorkDuration"] - AFTER_WORK_S) <= 1


def whole(walk: Walk, role: str, voice: str) -> bool:
    """The tone was heard from its beginning to its end, once."""
    return abs(tone_heard_s(walk.phones[role].heard(), PASSING[voice]) - WHISPER_S) < 1


WALKS: dict[str, tuple[Callable[[Walk], Steps], str]] = {
    "flow": (flow, "caller agent"),
    "queue": (queue, "caller agent"),
    "hold": (hold, "caller agent"),
    "consult": (consult, "caller agent second"),
    "three": (three, "caller agent second"),
    "conference": (conference, "caller agent second"),
    "blind": (blind, "caller agent second"),
    "number": (number, "caller agent far"),
    "flow-number": (flow_number, "caller far"),
    "supervised": (supervised, "caller agent supervisor"),
    "followed": (followed, "caller agent second supervisor"),
    "outbound": (outbound, "agent far"),
    "callback": (callback, "caller agent far"),
    "after-work": (after_work, "caller agent"),
}
"""By name: the walk, and whose phones it needs."""
