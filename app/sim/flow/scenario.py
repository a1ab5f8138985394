"""A scenario: one caller's visit and the world around it, in plain values. A YAML file holds some; `reading` reads and writes them."""

from typing import Any

from msgspec import Struct, field

from app.domain.contact import InitiationMethod

ANY = "*"
"""Stands for every name that the scenario does not mention."""


class Act(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Something the caller does: press keys or hang up.

    `at_s` seconds after the call began, when a prompt with the words `hears` is played, or at the prompt number `prompt`; else when
    the flow next asks for input. An answer begins when the prompt is over, with `barge_in` while it plays.
    """

    press: str = ""
    hang_up: bool = False
    at_s: float | None = None
    hears: str = ""
    prompt: int = 0
    barge_in: bool = False


class FunctionAnswer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a function answers: the object `value`, or the failure `error`."""

    value: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    after_s: float = 0.1


class BotAnswer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a bot replies; `state` is the dialog's, as `BotReplied` has it."""

    state: str = "ReadyForFulfillment"
    message: str = ""
    intent: str = ""
    slots: dict[str, str | None] = field(default_factory=dict)
    session_attributes: dict[str, str] = field(default_factory=dict)
    error: str = ""
    after_s: float = 0.1


class Transfer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a call to a number goes: `success`, `call failure`, `timeout` or `error`; a success lasts `talks_s`."""

    result: str = "success"
    talks_s: float = 30.0


class QueueSetting(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A queue and its figures. Without a word about it, one agent is there and free, and nobody waits."""

    contacts_in_queue: int = 0
    oldest_contact_age_s: float = 0.0
    agents_online: int = 1
    agents_staffed: int = 1
    agents_available: int = 1
    position: int = 1
    estimated_wait_s: float | None = None
    capacity: int | None = None
    enabled: bool = True
    hours: str = ""


class AgentSetting(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An agent, who takes contacts of `queues` (empty: all) after they waited `answers_after_s`, talks, and hangs up first."""

    answers_after_s: float | None = None
    talks_s: float = 60.0
    queues: list[str] = field(default_factory=list)
    first_name: str = ""
    last_name: str = ""


class Chaos(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What goes wrong by chance (0 to 1): events that come twice, timers that fire late or after they were cancelled, prompts that
    cannot be played. `cancel_at_s` ends the run from outside."""

    duplicates: float = 0.0
    late: float = 0.0
    prompt_failures: float = 0.0
    cancel_at_s: float | None = None


class Called(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A function that must have been called, with these parameters among others."""

    name: str
    parameters: dict[str, str] = field(default_factory=dict)


class Expectation(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What must be true of a walk.

    `heard` and `path` are in order, with anything in between; an entry of `path` is a block's id or title, or `block -> branch`.
    `contact` compares facts of the contact by their names, for example `priority`.
    """

    heard: list[str] = field(default_factory=list)
    not_heard: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    not_visited: list[str] = field(default_factory=list)
    ends: str = ""
    within_s: float | None = None
    attributes: dict[str, str | None] = field(default_factory=dict)
    contact: dict[str, str | None] = field(default_factory=dict)
    functions: list[Called] = field(default_factory=list)


class Scenario(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything that decides a walk: the same scenario always gives the same one.

    `now` is local to `time_zone`. `hours` maps the name of hours of operation to `open`, `closed` or spans such as
    `Mon-Fri 09:00-17:00, Sat 10:00-12:00`. `prompts` maps words of a prompt to the seconds it lasts, or to `fails`. `draws` are the
    first random numbers. `refuses` names the requests (`HoldParty`, `TransferToAgent`,
    `QueueCallback`, `DialCustomer`, `SealInput`) that fail.
    A contact that waits in a queue or on hold is watched for `waits_s`; the walk ends after `limit_s` in any case.
    """

    name: str = ""
    flow: str = ""
    others: list[str] = field(default_factory=list)
    """Files of further flows that the flow hands over to."""
    start: str = ""
    """The id of the block at which the walk begins, in place of the flow's own start."""
    caller_number: str = "+12025550123"
    called_number: str = "+12025550100"
    caller: list[str | Act] = field(default_factory=list)
    """What the caller does; a text alone is the keys pressed when the flow next asks for input, empty for silence."""
    now: str = "2026-03-02 10:00"
    time_zone: str = "UTC"
    country: str = "US"
    initiation: InitiationMethod = InitiationMethod.INBOUND
    queue: str = ""
    """The working queue at the beginning."""
    attributes: dict[str, str] = field(default_factory=dict)
    hours: dict[str, str] = field(default_factory=dict)
    queues: dict[str, QueueSetting] = field(default_factory=dict)
    agents: dict[str, AgentSetting] = field(default_factory=dict)
    whispers: bool = True
    functions: dict[str, list[FunctionAnswer]] = field(default_factory=dict)
    bots: dict[str, list[BotAnswer]] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    refuses: list[str] = field(default_factory=list)
    prompts: dict[str, str] = field(default_factory=dict)
    draws: list[float] = field(default_factory=list)
    seed: int = 0
    waits_s: float = 60.0
    limit_s: float = 600.0
    chaos: Chaos = Chaos()
    expect: Expectation = Expectation()
