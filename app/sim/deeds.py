"""What people do at a contact centre, each deed at its moment and with a seed of its own: a plan of them makes the same day again, and
without some of them the others stay as they were."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from app.calls.engine import Engine
from app.calls.ports.asks.contacts import Transfer
from app.calls.services.contacts import CONTROLS, possible
from app.calls.services.desk import Desk
from app.calls.services.presence import Presence
from app.calls.services.scene import own_scene
from app.domain import call_control as control
from app.domain.agent import AVAILABLE, OFFLINE
from app.domain.call_control import Supervision
from app.domain.events import AgentStatusRequested, Event
from app.domain.ids import AgentId, ContactId, FlowId, NodeName
from app.errors import TrunklineError
from app.sim.administrator import change
from app.sim.office import BREAK, NUMBER, SALES, SUPPORT, TRAINING
from app.sim.office_flows import OUTSIDE
from app.sim.world import World
from app.telephony.fake.state import PHONE

BUTTONS = {name: (ask, fields) for ask, row in CONTROLS.items() for name, fields in row.buttons.items()}
REACHED, NOBODY = "+12065550123", "+12065550999"
"""An outside number where somebody is, and one where nobody is."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody does. `seed` decides who and how."""

    at_ms: int
    what: str
    seed: int


@dataclass(slots=True)
class Stage:
    """Where it happens. `refused` holds what was refused although it was possible; there is nobody to ask while the application is
    down."""

    world: World
    desk: Desk | None = None
    refused: list[str] = field(default_factory=list)
    presence: Presence | None = None
    panels: set[AgentId] = field(default_factory=set)
    """Whose panel is open."""

    def meet(self, engine: Engine) -> None:
        """A new process: the panels that were open connect again."""
        self.desk = Desk(engine, 0)
        self.presence = Presence(self.desk)
        again, self.panels = sorted(self.panels), set()
        for number, agent in enumerate(again):
            self.world.agenda.after(3_000 * number + 500, partial(self.open_panel, agent))

    def open_panel(self, agent: AgentId) -> None:
        if self.presence is not None and self.world.engine is not None and agent not in self.panels:
            self.panels.add(agent)
            self.presence.opened(agent)

    def post(self, event: Event) -> None:
        if self.world.engine is not None:
            self.world.engine.post(event)

    @property
    def contacts(self) -> list[ContactId]:
        """All that go on, in their order."""
        engine = self.world.engine
        return [key for live in engine.brain.memory.contacts.values() for key in live.contacts] if engine else []

    @property
    def node(self) -> NodeName:
        return next(iter(self.world.telephony.nodes()), NodeName("node1"))

    def agent(self, chance: random.Random) -> AgentId:
        return chance.choice(sorted(self.world.configurations.now.agents) or [AgentId("nobody")])


def call(stage: Stage, chance: random.Random) -> None:
    """Somebody calls, perhaps presses keys, and hangs up when they have had enough; some call again and again."""
    stays_ms = round(chance.choice((3_000, 20_000, 60_000, 90_000)) * (0.2 + chance.random()))
    script = [(chance.randint(100, 4_000), chance.choice("123456789#"))]
    if chance.random() < 0.3:
        script.append((chance.randint(4_000, 20_000), chance.choice(("1", "42#", "12345#"))))
    calling = f"+1206555{chance.choice((chance.randrange(100, 140), 123)):04d}"
    stage.world.telephony.call(NUMBER, calling, script=[*script, (stays_ms, "hang up")])


def button(stage: Stage, chance: random.Random) -> None:
    """An agent with a contact does something that their panel offers."""
    desk = stage.desk
    if desk is None or stage.world.engine is None:
        return
    agents = [agent for agent in desk.instance.agents if own_scene(desk, agent) is not None]
    if not agents:
        return
    agent_id = chance.choice(sorted(agents))
    scene = own_scene(desk, agent_id)
    assert scene is not None
    names = possible(scene)
    wanted = [name for name in names if name not in ("hang-up", "digits")] or list(names)
    if not names:
        return
    name = chance.choice(wanted if chance.random() < 0.9 else list(names))
    ask, fields = BUTTONS[name]
    if ask is Transfer:
        fields = {"quick_connect": chance.choice(sorted(desk.instance.quick_connects)), "blind": chance.random() < 0.3}
    try:
        event = CONTROLS[ask].event(desk, scene, ask(contact_id=scene.contact.contact_id, **fields))
    except TrunklineError as error:
        if ask is not Transfer:
            stage.refused.append(f"{name}: {error}")
        return
    stage.post(event)


def wild(stage: Stage, chance: random.Random) -> None:
    """A wish that may not fit at all: of anybody, about any contact."""
    agent, contact = stage.agent(chance), chance.choice(stage.contacts or [ContactId("none")])
    kinds: list[Callable[[], Event]] = [
        lambda: control.HoldRequested(agent, contact, chance.random() < 0.5),
        lambda: control.ResumeRequested(agent, contact, chance.random() < 0.5),
        lambda: control.MuteRequested(agent, contact, chance.random() < 0.5),
        lambda: control.DigitsRequested(agent, contact, "1"),
        lambda: control.SwapRequested(agent, contact),
        lambda: control.JoinRequested(agent, contact),
        lambda: control.DropRequested(agent, contact),
        lambda: control.LeaveRequested(agent, contact),
        lambda: control.RecordingPauseRequested(agent, contact, chance.random() < 0.5),
        lambda: control.TransferRequested(agent, contact, to_agent=stage.agent(chance), blind=chance.random() < 0.5),
        lambda: control.TransferRequested(agent, contact, to_queue=chance.choice((SALES, SUPPORT))),
        lambda: control.TransferRequested(agent, contact, to_number=chance.choice((OUTSIDE, NOBODY)), blind=chance.random() < 0.5),
    ]  # fmt: skip
    stage.post(chance.choice(kinds)())


def status(stage: Stage, chance: random.Random) -> None:
    """An agent takes a break, comes back, signs out; mostly they want to work."""
    stage.post(
        AgentStatusRequested(
            stage.agent(chance), chance.choice((AVAILABLE, AVAILABLE, AVAILABLE, BREAK, TRAINING, OFFLINE))
        )
    )


def dial(stage: Stage, chance: random.Random) -> None:
    """An agent calls a customer, from the panel or on their phone."""
    agent_id, number = stage.agent(chance), chance.choice((REACHED, REACHED, OUTSIDE, NOBODY, "+12065550144"))
    agent = stage.world.configurations.now.agents.get(agent_id)
    if chance.random() < 0.6:
        node = stage.node
        stage.post(control.CallRequested(_new_id(chance), agent_id, number, node))
    elif agent is not None and stage.world.telephony.exchange.phones[agent.phone].registered:
        others = [each.phone for each in stage.world.configurations.now.agents.values()]
        stays = [(chance.randint(3_000, 30_000), "hang up")]
        called = chance.choice((number, chance.choice(others)))
        stage.world.telephony.call(called, agent.phone, "phone", agent.phone, script=stays)


def program(stage: Stage, chance: random.Random) -> None:
    """A program has somebody called."""
    node, number = stage.node, chance.choice((REACHED, OUTSIDE, NOBODY, "+12065550144"))
    stage.post(
        control.OutboundCallRequested(
            _new_id(chance), node, number, FlowId("campaign"), NUMBER, timeout_s=chance.choice((5, 30))
        )
    )


def give_up_callback(stage: Stage, chance: random.Random) -> None:
    stage.post(control.CallbackCancelRequested(chance.choice(stage.contacts or [ContactId("none")]), "boss"))


def supervise(stage: Stage, chance: random.Random) -> None:
    """Somebody listens, whispers, barges in, changes how, or leaves; two do, and one of them is an agent."""
    who, phone = chance.choice(((AgentId("user:boss"), "boss"), (stage.agent(chance), "")))
    agent = stage.world.configurations.now.agents.get(who)
    mode = chance.choice((*Supervision, None))
    contact = chance.choice(stage.contacts or [ContactId("none")])
    stage.post(control.SupervisionRequested(who, contact, mode, phone or (agent.phone if agent else "boss")))


def phone_away(stage: Stage, chance: random.Random) -> None:
    """A phone is lost for a while."""
    phones = stage.world.telephony.exchange.phones
    name = chance.choice(sorted(phones))
    stage.world.telephony.register(name, False)
    stage.world.agenda.after(chance.randint(100, 25_000), lambda: stage.world.telephony.register(name, True))


def panel(stage: Stage, chance: random.Random) -> None:
    """An agent opens the panel, loads it again, or loses it for a while."""
    agent, presence = stage.agent(chance), stage.presence
    if presence is not None and stage.world.engine is not None and agent in stage.panels:
        stage.panels.discard(agent)
        presence.closed(agent, lost=chance.random() < 0.5)
    stage.world.agenda.after(chance.choice((1_000, 8_000, 20_000)), partial(stage.open_panel, agent))


def hang_up(stage: Stage, chance: random.Random) -> None:
    """Anybody hangs up: a caller, a phone, a number outside."""
    channels = stage.world.telephony.exchange.channels
    if channels:
        stage.world.telephony.hang_up(chance.choice(list(channels)), chance.choice((16, 16, 16, 17, 21, 34, 0)))


def keys(stage: Stage, chance: random.Random) -> None:
    """Anybody presses keys."""
    channels = stage.world.telephony.exchange.channels
    for digit in chance.choice(("1", "42#", "*", "0")) if channels else ():
        stage.world.telephony.press(chance.choice(list(channels)), digit)


def phone_keys(stage: Stage, chance: random.Random) -> None:
    """The hold and transfer keys of an agent's phone."""
    exchange = stage.world.telephony.exchange
    channels = [c for c in exchange.channels.values() if c.in_application and (c.side == PHONE or c.origin == "phone")]
    if not channels:
        return
    channel = chance.choice(channels)
    lines = [c.channel_id for c in channels if c is not channel and _phone(c) == _phone(channel)]
    kinds: list[Event] = [
        control.PhoneHeld(channel.channel_id, True),
        control.PhoneHeld(channel.channel_id, False),
        control.PhoneTransferred(channel.channel_id, chance.choice((OUTSIDE, stage.agent(chance), NOBODY))),
        *(control.PhoneLinesJoined(channel.channel_id, other) for other in lines),
    ]
    stage.world.telephony.tell(channel.node, chance.choice(kinds))


def second_line(stage: Stage, chance: random.Random) -> None:
    """An agent who has a customer dials on another line of their phone."""
    telephony = stage.world.telephony
    busy = [c for c in telephony.exchange.channels.values() if c.side == PHONE and c.in_application]
    if busy:
        phone = chance.choice(busy).phone
        others = [each.phone for each in stage.world.configurations.now.agents.values()]
        called = chance.choice((OUTSIDE, NOBODY, chance.choice(others)))
        telephony.call(called, phone, "phone", phone, script=[(chance.randint(2_000, 30_000), "hang up")])


def configure(stage: Stage, chance: random.Random) -> None:
    """An administrator changes something; while the application is down it finds that when it starts."""
    change(stage.world.configurations, chance)
    engine = stage.world.engine
    if engine is not None:
        stage.world.later(engine.configure)


def _phone(channel: object) -> str:
    return getattr(channel, "phone", "") or getattr(channel, "origin_name", "")


def _new_id(chance: random.Random) -> ContactId:
    return ContactId(f"{chance.getrandbits(64):016x}")


DEEDS: dict[str, tuple[int, Callable[[Stage, random.Random], None]]] = {
    "call": (0, call),
    "button": (40, button),
    "wild": (8, wild),
    "status": (12, status),
    "dial": (5, dial),
    "program": (3, program),
    "callback": (1, give_up_callback),
    "supervise": (6, supervise),
    "phone away": (3, phone_away),
    "panel": (4, panel),
    "hang up": (3, hang_up),
    "keys": (3, keys),
    "phone keys": (6, phone_keys),
    "second line": (4, second_line),
    "configure": (4, configure),
}
"""What there is to do, how often beside the rest, and who does it. Calls and kills are counted by the setting."""
