"""Demo content for an empty database: enough to call a number, hear a menu, wait to music and talk to an agent."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.cli import demo_content as demo
from app.cli.passwords import new_password, new_secret
from app.domain.instance import OwnedNumber
from app.domain.lines import Phone
from app.errors import Unavailable
from app.store.db import Database
from app.store.repositories.accounts import Accounts, WebUser
from app.store.repositories.administration import Administration
from app.store.repositories.configurations import Configurations
from app.store.repositories.flows import Flows
from app.store.repositories.settings import Settings as InstanceSettings
from app.store.repositories.sip import SipConfiguration
from app.telephony.audio import tone, write_wav
from app.telephony.speech import import_prompt

MARK = "demo"
BEGUN, DONE = "begun", "done"
ADMINISTRATOR = "admin"
BEEP_HZ, BEEP_MS = 880, 200
_FADE_MS = 10


@dataclass(frozen=True, slots=True)
class DemoCredentials:
    """What somebody needs for the first call. The password is nowhere else; secrets of phones can be looked up again."""

    username: str
    password: str
    phones: tuple[Phone, ...]
    number: str


async def ensure_demo(database: Database, var: Path, moh: Path) -> DemoCredentials | None:
    """Fills an empty database once; None when there is something in it. `moh` is the engine's folder of music.

    Interrupted half-way it is completed by the next call. Unavailable when there is no music, or a file cannot be written.
    """
    marks = InstanceSettings(database)
    mark = await marks.get(MARK)
    if mark == DONE or (mark != BEGUN and not await _empty(database)):
        return None
    await marks.put(MARK, BEGUN)
    await _save_prompts(Administration(database), var / "prompts", moh)
    phones = [await _phone(SipConfiguration(database), name) for name in (*demo.PHONES, demo.ROBOT.phone)]
    await _save_content(database)
    password = new_password()
    await Accounts(database).save_user(WebUser(ADMINISTRATOR, "admin"), password)
    await marks.put(MARK, DONE)
    shown = tuple(phone for phone in phones if phone.name in demo.PHONES)
    return DemoCredentials(ADMINISTRATOR, password, shown, demo.NUMBER)


async def _empty(database: Database) -> bool:
    instance = await Configurations(database).current()
    sip = SipConfiguration(database)
    return not (
        instance.queues
        or instance.agents
        or instance.profiles
        or instance.hours
        or instance.numbers
        or await Flows(database).list()
        or await Accounts(database).users()
        or await sip.phones()
        or await sip.trunks()
    )


async def _save_content(database: Database) -> None:
    """In the order in which one refers to another."""
    administration, flows = Administration(database), Flows(database)
    await administration.save_hours(demo.HOURS)
    for queue in demo.QUEUES:
        await administration.save_queue(queue)
    await administration.save_profile(demo.PROFILE)
    for agent in demo.AGENTS:
        await administration.save_agent(agent)
    shipped = demo.shipped_flows()
    for flow in shipped:
        await flows.save(flow.flow_id, flow.name, flow.type, flow.content, by="demo")
    await flows.publish({flow.flow_id: flow.content for flow in shipped}, by="demo")
    for flow_type, flow_id in demo.default_flows(shipped).items():
        await administration.set_default_flow(flow_type, flow_id)
    await administration.save_number(OwnedNumber(demo.NUMBER, demo.NUMBER_FLOW), description="Demo number")


async def _phone(sip: SipConfiguration, name: str) -> Phone:
    """The phone as it is, or a new one with a secret of its own."""
    for phone in await sip.phones():
        if phone.name == name:
            return phone
    made = Phone(name, new_secret())
    await sip.save_phone(made)
    return made


async def _save_prompts(administration: Administration, folder: Path, moh: Path) -> None:
    music = await import_prompt(_longest(moh.glob("*.wav"), moh), demo.MUSIC, folder)
    beep = folder / f"{demo.BEEP}.wav"
    await asyncio.to_thread(_write_beep, beep)
    for prompt_id, path in ((demo.MUSIC, music.path), (demo.BEEP, beep.absolute())):
        await administration.save_prompt(prompt_id, f"{prompt_id}.wav", str(path))


def _longest(files: Iterable[Path], moh: Path) -> Path:
    """The longest piece of music, so that it begins anew as seldom as can be."""
    sizes = {path: path.stat().st_size for path in files}
    if not sizes:
        raise Unavailable(
            what="Music on hold",
            why=f"there is no WAV file in {moh}",
            remedy="Install the package asterisk-moh-opsound-wav, or let `make run` fetch Trunkline's own engine.",
        )
    return max(sorted(sizes), key=lambda path: sizes[path])


def _write_beep(path: Path) -> None:
    """A tone that fades in and out: without that it would begin and end with a click."""
    samples = tone(BEEP_HZ, BEEP_MS, level_dbfs=-16.0)
    ramp = np.linspace(0, 1, 8 * _FADE_MS)
    samples[: ramp.size] *= ramp
    samples[-ramp.size :] *= ramp[::-1]
    write_wav(path, samples)
