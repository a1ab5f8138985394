"""Many calls at once on one installation, each on a walk through states of its own; at each stop one kill -9 for all of them."""

import asyncio
import json
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession

from tests.e2e import kill_flows
from tests.e2e.kill_flows import PEOPLE, RINGING_HZ, VOICES
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, dial
from tests.rig.listening import goes_on, longest_without_s, tone_heard_s
from tests.rig.waiting import until

EAR_S, GAP_S, AWAY_S = 0.6, 0.6, 0.3
RINGING_EVERY_S = 6.2
Ears = Mapping[str, set[str]]
View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a walk stands when the application is killed: the contact's state as people see it, and who hears whom.

    `away` happens while nobody is there. With `after` it is another ear than before that is wanted once somebody is there again.
    """

    state: str
    ears: Ears
    away: Callable[[], object] | None = None
    after: Ears | None = None

    @property
    def lasting(self) -> bool:
        """True when nothing may have changed afterwards."""
        return self.away is None and self.after is None


LAST_MOMENT = "once all others are where they should be"
"""A walk yields this before it does what will not last long."""
Steps = Iterator[Stop | str]


class Board:
    """What the application shows of all contacts; asked for all walks together."""

    def __init__(self, centre: ApplicationRig) -> None:
        self._centre, self._lock, self._at_s = centre, threading.Lock(), 0.0
        self._contacts: list[dict[str, Any]] = []

    def contacts(self) -> list[dict[str, Any]]:
        with self._lock:
            if time.monotonic() - self._at_s > 0.1:
                self._contacts, self._at_s = self._centre.contacts(), time.monotonic()
            return self._contacts


@dataclass(slots=True)
class Walk:
    """One call: its people with their phones, what they do, and what is known of it."""

    centre: ApplicationRig
    board: Board
    name: str
    number: int
    phones: dict[str, Baresip]
    rung: dict[str, int] = field(default_factory=dict)
    trouble: str = ""

    # -- what its people do ------------------------------------------------------------------------------------------------

    def dial(self) -> None:
        dial(self.phones["caller"], kill_flows.dialled(self.number), self.centre.sip_port)

    def ringing(self, role: str) -> None:
        """The phone rings once more."""
        self.rung[role] = self.rung.get(role, 0) + 1
        self.phones[role].wait_ringing(15, self.rung[role])

    def answer(self, role: str) -> None:
        self.ringing(role)
        self.pick_up(role)

    def pick_up(self, role: str) -> None:
        """Answers the phone that rings."""
        self.phones[role].answer()
        self.phones[role].wait_established(times=self.rung[role])

    def hang_up(self, role: str) -> None:
        """Returns when the phone knows that its call is over."""
        ended = len(self.phones[role].times("CALL_CLOSED"))
        self.phones[role].hang_up()
        self.phones[role].wait_ended(5, ended + 1)

    def talk(self) -> None:
        self.dial()
        self.answer("agent")
        self.until_state("connected")
        self.until_hears(caller={"agent"}, agent={"caller"})

    def consult(self) -> None:
        """The agent consults the second one."""
        self.ask("transfer", {"agent": self.agent("second")})
        self.until_hears(agent={"transfer flow"})
        self.phones["agent"].press("1")
        self.answer("second")
        self.until_hears(agent={"second"}, second={"agent"})

    def ask(self, wish: str, details: dict[str, object] | None = None, role: str = "agent") -> None:
        """What an agent wants with the contact."""
        contact_id = self.centre.agent(self.agent(role))["contact_id"]
        self.centre.api("POST", f"/api/contacts/{contact_id}/{wish}", details or {}, agent=self.agent(role))

    def supervise(self, mode: str) -> None:
        contact_id = self.contact()["contact_id"]
        self.centre.api(
            "POST", f"/api/contacts/{contact_id}/supervision", {"mode": mode}, agent=self.agent("supervisor")
        )

    # -- what is known of it -----------------------------------------------------------------------------------------------

    def agent(self, role: str) -> str:
        return f"{self.name}-{role}"

    @property
    def agents(self) -> list[str]:
        return [self.agent(role) for role in self.phones if role in ("agent", "second", "supervisor")]

    def contact(self) -> dict[str, Any]:
        """The newest contact of this walk that is not finished; empty without one."""
        own = (kill_flows.calling(self.number), kill_flows.far(self.number))
        return next((each for each in reversed(self.board.contacts()) if each["customer_number"] in own), {})

    def until_state(self, state: str) -> None:
        until(
            lambda: self.contact().get("state") == state, f"{self.name} is {state}", 15, every_s=0.1, tell=self.contact
        )

    def hears(self, role: str) -> set[str]:
        """Whose tones were in an ear in the last moments."""
        self.phones[role].wait_established()
        heard = self.phones[role].heard(EAR_S)
        found = {name for name, hz in VOICES.items() if goes_on(heard, hz)}
        rings = tone_heard_s(self.phones[role].heard(RINGING_EVERY_S), RINGING_HZ) > 1
        return found or ({"ringing"} if rings else set())

    def until_hears(self, timeout_s: float = 12.0, **ears: set[str]) -> None:
        """Waits until each hears exactly these, and then that it stays so."""

        def so() -> bool:
            return all(self.hears(role) == voices for role, voices in ears.items())

        def tell() -> str:
            return str({role: self.hears(role) for role in ears})

        until(so, f"{self.name}: {ears}", timeout_s, every_s=0.2, tell=tell)
        time.sleep(EAR_S)
        assert so(), f"{ears} for a moment only: {tell()}"

    def ended(self, *roles: str) -> None:
        """These phones are in no call any more, soon."""
        for role in roles:
            until(lambda role=role: not self.phones[role].in_call, f"{self.name}: {role} is hung up", 10)  # type: ignore[misc]

    def calls(self) -> dict[str, tuple[int, int, int]]:
        """How often each phone rang, was answered and was hung up: it does not change when nobody is dropped or rung again."""
        whats = ("CALL_INCOMING", "CALL_ESTABLISHED", "CALL_CLOSED")
        return {
            role: tuple(len(phone.times(what)) for what in whats)  # type: ignore[misc]
            for role, phone in self.phones.items()
        }

    def heard_on(self, role: str, voices: set[str], since_s: float) -> None:
        """People's voices were there all the time since then."""
        for voice in voices & PEOPLE.keys():
            heard = self.phones[role].heard(time.time() - since_s)
            silent_s = longest_without_s(heard, PEOPLE[voice])
            assert silent_s < GAP_S, f"{role} did not hear {voice} for {silent_s:.1f} s"


def panels(centre: ApplicationRig, agents: Iterable[str]) -> dict[str, View]:
    """What the panels of these agents show first when they are opened now; without what a restart counts anew."""
    token = json.loads((centre.var / "secrets.json").read_text())["api_token"]
    url = f"http://127.0.0.1:{centre.web_port}/ws/panel"

    async def read(session: ClientSession, agent: str) -> View:
        async with session.ws_connect(url, headers={"X-Agent": agent}) as socket, asyncio.timeout(10):
            while (frame := await socket.receive_json())["type"] != "panel":
                pass
            return {name: frame["panel"][name] for name in ("agent", "actions", "contacts", "supervising", "callbacks")}

    async def read_all() -> dict[str, View]:
        async with ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
            names = list(agents)
            return dict(zip(names, await asyncio.gather(*(read(session, name) for name in names)), strict=True))

    return asyncio.run(read_all())


class Party:
    """All walks, side by side. After `go` each one's `trouble` says what was wrong with it, if anything."""

    def __init__(self, centre: ApplicationRig, walks: Mapping[Callable[[Walk], Steps], Walk]) -> None:
        self._centre = centre
        self._steps = {walk.name: steps(walk) for steps, walk in walks.items()}
        self._walks = {walk.name: walk for walk in walks.values()}
        self._stops: dict[str, Stop | str] = {}

    def go(self, kills: Iterable[Callable[[ApplicationRig, Callable[[], None]], None]]) -> None:
        """From stop to stop, with a kill at each; and after the last kill to the end."""
        for kill in kills:
            self._walk_on()
            self._kill(kill)
        self._walk_on()
        assert not self._stops, f"walks with more stops than there are kills: {self._stops}"

    def _walk_on(self) -> None:
        """Everybody to the next stop; those whose state passes soon at last."""
        self._stops.clear()
        self._side_by_side(self._next, list(self._steps))
        self._side_by_side(self._next, [name for name, stop in self._stops.items() if stop == LAST_MOMENT])

    def _next(self, name: str) -> None:
        self._stops.pop(name, None)
        stop = next(self._steps[name], None)
        if stop is None:
            del self._steps[name]
        else:
            self._stops[name] = stop

    def _kill(self, kill: Callable[[ApplicationRig, Callable[[], None]], None]) -> None:
        stops = {name: stop for name, stop in self._stops.items() if isinstance(stop, Stop)}
        self._side_by_side(lambda name: self._as_said(name, stops[name]), stops)
        names = [name for name in stops if not self._walks[name].trouble]
        everybody = [agent for name in names for agent in self._walks[name].agents]
        views = panels(self._centre, everybody)
        calls = {name: self._walks[name].calls() for name in names}
        killed_s = time.time() - 0.5
        leaving = [name for name in names if stops[name].away is not None]
        kill(self._centre, lambda: self._side_by_side(lambda name: stops[name].away(), leaving))  # type: ignore[misc]
        lasting = {agent for name in names if stops[name].lasting for agent in self._walks[name].agents}
        shown = self._panels_again({agent: view for agent, view in views.items() if agent in lasting})

        def judge(name: str) -> None:
            walk, stop = self._walks[name], stops[name]
            if stop.lasting:
                assert walk.calls() == calls[name], "somebody was dropped, or rung again"
                for agent in walk.agents:
                    assert shown[agent] == views[agent], f"the panel of {agent} shows something else"
            walk.until_hears(**(stop.ears if stop.after is None else stop.after))
            for role, voices in stop.ears.items():
                walk.heard_on(
                    role, voices & (stop.ears if stop.after is None else stop.after).get(role, set()), killed_s
                )

        self._side_by_side(judge, names)

    def _as_said(self, name: str, stop: Stop) -> None:
        walk = self._walks[name]
        walk.until_hears(**stop.ears)
        walk.until_state(stop.state)

    def _panels_again(self, views: dict[str, View]) -> dict[str, View]:
        """The panels once they show the same again; or what they show instead, after a while."""
        deadline_s = time.monotonic() + 5
        while (shown := panels(self._centre, views)) != views and time.monotonic() < deadline_s:
            time.sleep(0.1)
        return shown

    def _side_by_side(self, do: Callable[[str], object], names: Iterable[str]) -> None:
        """For all these walks at once. One that fails is left where it is, and out of what follows."""

        def guarded(name: str) -> None:
            try:
                do(name)
            except Exception:
                self._walks[name].trouble = traceback.format_exc()
                self._steps.pop(name, None)
                self._stops.pop(name, None)

        going = [name for name in names if not self._walks[name].trouble]
        with ThreadPoolExecutor(max(len(going), 1)) as pool:
            list(pool.map(guarded, going))
