"""What the walks of `test_kill` call: for each a number whose flow leads to its own agent, with tones that last until somebody acts."""

from collections.abc import Iterable

from app.domain.instance import FlowType
from tests.rig import contents
from tests.rig.blocks import Action, call_back, call_number, mark, menu, tone
from tests.rig.contents import END, HANG_UP, Fill, action, play

FAR_ADDRESS = "127.0.0.3"
SHOWN = "+12025550100"
"""The number that calls out show."""
LONG_S, WHISPER_S, GREETING_S = 90.0, 6.0, 6.0
RINGING_HZ = 440.0
AFTER_WORK_S = 30
PEOPLE = {"caller": 540.0, "agent": 1000.0, "second": 1250.0, "supervisor": 1450.0, "far": 1600.0}
STAFF = ("agent", "second", "supervisor")
LASTING = {
    "hold": 700.0,
    "agent hold": 760.0,
    "queue": 2150.0,
    "menu": 1950.0,
    "transfer flow": 1750.0,
    "secret": 2050.0,
    "back": 2450.0,
}
PASSING = {"agent whisper": 850.0, "customer whisper": 910.0, "outbound whisper": 2300.0, "greeting": 1850.0}
VOICES = PEOPLE | LASTING | PASSING
BRIEF_HZ = 3000.0


def dialled(walk: int) -> str:
    return f"+1202555{200 + walk:04d}"


def calling(walk: int) -> str:
    return f"+1206555{200 + walk:04d}"


def far(walk: int) -> str:
    return f"+1206555{300 + walk:04d}"


def loop(identifier: str, voice: str) -> Action:
    """The same tone over and over."""
    return action(identifier, "MessageParticipantIteratively", {"Messages": [{"PromptId": tone(VOICES[voice])}]})


def ask(identifier: str, voice: str, **keys: str) -> Action:
    """Sounds until a key is pressed."""
    return menu(identifier, VOICES[voice], timeout_s=60, late="End", other="End", **keys)


def hold(identifier: str, who: str, following: str) -> Action:
    kind, parameters = "UpdatePreviousContactParticipantState", {"PreviousContactParticipantState": who}
    return action(identifier, kind, parameters, following, NoMatchingError="End")


def number(walk: int, name: str) -> Fill:
    """The flow of a walk's number, by the name of the walk."""
    agent = {"AgentId": f"{name}-agent"}
    to_agent = [
        contents.RECORD | {"Transitions": {"NextAction": "Own", "Errors": [], "Conditions": []}},
        action("Own", "UpdateContactTargetQueue", agent, "Wait", NoMatchingError="Hang up"),
        action("Wait", "TransferContactToQueue", {}, "Hang up", QueueAtCapacity="Hang up", NoMatchingError="Hang up"),
        HANG_UP,
    ]
    return contents.flow(f"walk {name}", [*_first(name, far(walk)), *to_agent, END], number=dialled(walk))


def _first(name: str, number: str) -> list[Action]:
    """What a walk's caller meets before the agent."""
    hooks = {"EventHooks": {"AgentWhisper": "long agent whisper", "CustomerWhisper": "long customer whisper"}}
    return {
        "flow": [mark("Greeting", VOICES["greeting"], "Menu"), ask("Menu", "menu", _1="Record")],
        "queue": [action("Whispers", "UpdateContactEventHooks", hooks, "Record", NoMatchingError="Hang up")],
        "consult": [action("Whispers", "UpdateContactEventHooks", hooks, "Record", NoMatchingError="Hang up")],
        "flow-number": [
            call_number("Call", number, "Back", timeout_s=60),
            loop("Back", "back"),
        ],
        "callback": call_back(number, {"AgentId": f"{name}-agent"}, "Hang up"),
    }.get(name, [])


TRANSFER = [
    ask("Which", "transfer flow", _1="Agent", _2="Away"),
    action("Agent", "TransferContactToAgent", {}),
    hold("Away", "AgentOnHold", "Secret"),
    ask("Secret", "secret", _1="End"),
    END,
]


def default(name: str, type_: FlowType, *actions: Action) -> Fill:
    return contents.flow(name, actions, type_, default=True)


def whisper(name: str, type_: FlowType, tone_hz: float, **more: bool) -> Fill:
    return contents.flow(name, [play("Tone", tone(tone_hz), "End"), END], type_, **more)  # type: ignore[arg-type]


def everything(walks: Iterable[str], agents: list[str], far_port: int) -> tuple[Fill, ...]:
    """What the installation of all walks holds."""
    patient = ["after-work-agent"]
    return (
        contents.demo,
        contents.trunk,
        contents.far_trunk(FAR_ADDRESS, far_port, shown=SHOWN),
        contents.agents([each for each in agents if each not in patient], ring_timeout_s=60, after_contact_work_s=1),
        contents.agents(patient, ring_timeout_s=60, after_contact_work_s=AFTER_WORK_S),
        *(contents.tone_prompt(tone(hz), hz, LONG_S) for hz in LASTING.values()),
        *(contents.tone_prompt(tone(hz), hz, WHISPER_S) for hz in PASSING.values()),
        contents.tone_prompt(tone(BRIEF_HZ), BRIEF_HZ, 0.2),
        default("customer hold", FlowType.CUSTOMER_HOLD, loop("Hold", "hold")),
        default("agent hold", FlowType.AGENT_HOLD, loop("Hold", "agent hold")),
        default("customer queue", FlowType.CUSTOMER_QUEUE, loop("Wait", "queue")),
        default("agent transfer", FlowType.AGENT_TRANSFER, *TRANSFER),
        default(
            "outbound whisper",
            FlowType.OUTBOUND_WHISPER,
            contents.RECORD | {"Transitions": {"NextAction": "Tone", "Errors": [], "Conditions": []}},
            play("Tone", tone(VOICES["outbound whisper"]), "End"),
            END,
        ),
        whisper("short agent whisper", FlowType.AGENT_WHISPER, BRIEF_HZ, default=True),
        whisper("short customer whisper", FlowType.CUSTOMER_WHISPER, BRIEF_HZ, default=True),
        whisper("long agent whisper", FlowType.AGENT_WHISPER, VOICES["agent whisper"]),
        whisper("long customer whisper", FlowType.CUSTOMER_WHISPER, VOICES["customer whisper"]),
        *(number(position, name) for position, name in enumerate(walks)),
    )
