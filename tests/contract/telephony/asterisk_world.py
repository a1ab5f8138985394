"""The contract's world on a real Asterisk: callers and phones are Local channels into the rig's dialplan."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from app.domain.events import CallArrived, ChannelAnswered, ChannelEnded, DigitReceived
from app.domain.ids import ChannelId
from app.telephony.ami import AmiClient, AmiNode
from app.telephony.ari.client import AriClient
from app.telephony.ari.errors import AriError
from app.telephony.ari.node import AriNode
from app.telephony.asterisk import AsteriskTelephony, Listener
from app.telephony.audio import Samples, level_db, tone_level_db
from app.telephony.speech.cache import SpeechCache
from app.telephony.speech.espeak import EspeakEngine
from tests.contract.telephony.raw_manager import RawManager
from tests.contract.telephony.world import KEYS_NUMBER, NODE, Sink, fresh
from tests.rig.asterisk import AsteriskRig, engine
from tests.rig.configuration import MODULES

CALLER_HZ, PHONE_HZ = 440, 1004
AUDIBLE_DB = -40.0
MORE_MODULES = ("app_dial", "app_playback", "app_senddtmf", "func_strings", "func_logic")

EXTENSIONS = """
[from-trunk]
exten => h,1,NoOp()
exten => _[+0-9]!,1,Ringing()
 same => n,Stasis({application},trunk,carrier,${{EXTEN}})
 same => n,Hangup()
[person]
exten => _X!,1,Answer()
 same => n,MixMonitor(${{EAR}}.wav,r(${{EAR}}-heard.wav))
 same => n(again),Playback({home}/voices/${{EXTEN}})
 same => n,Goto(again)
exten => silent,1,Answer()
 same => n,Wait(3600)
[outside]
exten => +12065550111,1,Set(EAR={home}/ears/${{UNIQUEID}})
 same => n,Goto(person,1004,1)
exten => +12065550112,1,Ringing()
 same => n,Wait(3600)
exten => +12065550113,1,Hangup(17)
exten => +12065550114,1,Hangup(1)
exten => +12065550116,1,Progress()
 same => n,Playback({home}/voices/short,noanswer)
 same => n,Hangup(1)
exten => +12065550115,1,Dial(Local/${{EXTEN}}@from-trunk/n)
[trunkline-robot]
exten => _to[n]e-X!,1,Set(EAR={home}/ears/${{UNIQUEID}})
 same => n,Goto(person,${{FILTER(0-9,${{EXTEN}})}},1)
exten => wait,1,Ringing()
 same => n,Wait(3600)
exten => busy,1,Hangup(17)
"""

PJSIP = """
[global]
type = global
endpoint_identifier_order = username,ip,anonymous
[transport-udp]
type = transport
protocol = udp
bind = 127.0.0.1:{sip_port}
[desk9]
type = aor
max_contacts = 2
[desk9]
type = endpoint
aors = desk9
context = from-phone
disallow = all
allow = ulaw
"""


INDICATIONS = """
[general]
country = us
[us]
description = United States
ringcadence = 2000,4000
ring = 440+480/2000,0/4000
"""


def make_rig() -> AsteriskRig:
    """An Asterisk with the contract's people in its dialplan."""
    return AsteriskRig(
        node=NODE,
        modules=(*MODULES.split(), *MORE_MODULES),
        overrides={"extensions.conf": EXTENSIONS, "pjsip.conf": PJSIP, "indications.conf": INDICATIONS},
    )


@dataclass(slots=True)
class Person:
    """One end of a call as the tester holds it. `channel` is the application's end, `own` the person's, `ear` the file of what it heard."""

    channel: ChannelId
    own: str
    ear: Path


class AsteriskWorld:
    """Real time, real audio. `tester` is a second ARI client without a websocket: it is the people."""

    def __init__(self, rig: AsteriskRig, var_dir: Path) -> None:
        self.rig = rig
        self.var_dir = var_dir
        self.sink = Sink()
        self.prompts: dict[str, Path] = {}
        self.people: dict[ChannelId, Person] = {}
        self.tester = AriClient(AriNode(NODE, rig.base_url, rig.ari_user, rig.ari_password), "tester")
        self.hands = RawManager(rig.ami_port, rig.ami_user, rig.ami_password)
        self.speech = SpeechCache(var_dir, EspeakEngine.find(engine().espeak))
        self.restarting: asyncio.Task[None] | None = None
        self.telephony = self._new_telephony()

    def _new_telephony(self) -> AsteriskTelephony:
        rig = self.rig
        access = AriNode(NODE, rig.base_url, rig.ari_user, rig.ari_password)
        manager = self.manager = AmiClient(AmiNode(NODE, "127.0.0.1", rig.ami_port, rig.ami_user, rig.ami_password))
        listener = Listener("127.0.0.1", rig.listener_port, rig.listener_user, rig.listener_password)
        return AsteriskTelephony(
            [(access, manager)],
            listener,
            speech=self.speech,
            library=self.prompts.get,
            var_dir=self.var_dir,
            trunks=lambda: ["Local/{number}@outside/n"],
        )

    async def open(self) -> None:
        (self.rig.home / "ears").mkdir(exist_ok=True)
        await asyncio.to_thread(self._record_voices)
        await self.hands.start()
        await self.telephony.start(self.sink)
        await self.until(lambda: self.sink.connected and self.manager.connected)

    def _record_voices(self) -> None:
        """Voices are files, not Playtones: two generators at the two ends of a Local channel silence each other."""
        (self.rig.home / "voices").mkdir(exist_ok=True)
        for hz in (CALLER_HZ, PHONE_HZ):
            wave = 0.25 * np.sin(2 * np.pi * hz * np.arange(80_000) / 8_000)
            soundfile.write(self.rig.home / "voices" / f"{hz}.wav", wave, 8_000, subtype="PCM_16")
        soundfile.write(self.rig.home / "voices" / "short.wav", wave[:8_000], 8_000, subtype="PCM_16")

    async def close(self) -> None:
        """Hangs up whoever is left; afterwards the node must be empty. Bridges are the test's own to destroy, which takes a moment."""
        if self.restarting is not None:
            await self.restarting
        channels, bridges = await self._left()
        for _ in range(60):
            if not (channels or bridges):
                break
            for channel in channels:
                await self._gone(channel)
            await asyncio.sleep(0.05)
            channels, bridges = await self._left()
        await self.telephony.stop()
        await self.hands.close()
        await self.tester.close()
        await self.speech.close()
        assert (channels, bridges) == ([], [])

    async def _left(self) -> tuple[list[str], list[str]]:
        """The channels and bridges that are there."""
        channels, bridges = await asyncio.gather(self.tester.channels.list(), self.tester.bridges.list())
        return [channel.id for channel in channels], [bridge.id for bridge in bridges]

    async def _gone(self, channel: str) -> None:
        try:
            await self.tester.channels.hangup(channel)
        except AriError:
            return

    def now_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    async def until(self, condition: Callable[[], object], within_ms: int = 10_000) -> None:
        deadline_ms = self.now_ms() + within_ms
        while not condition():
            assert self.now_ms() < deadline_ms, f"not within {within_ms} ms; events: {self.sink.events}"
            await asyncio.sleep(0.01)

    async def wait(self, duration_ms: int) -> None:
        await asyncio.sleep(duration_ms / 1_000)

    async def call(self, called: str = "+15550123", calling: str = "+15550100") -> CallArrived:
        channel = await self._dial(called, calling)
        await self.until(lambda: any(event.channel_id == channel for event in self.sink.of(CallArrived)))
        return next(event for event in self.sink.of(CallArrived) if event.channel_id == channel)

    async def dial(self, called: str) -> None:
        """Returns when the call has come as far as it can without an application: calls arrive in the order they were dialled."""
        channel = await self._dial(called, "+15550100")
        for _ in range(500):
            if (await self.tester.channels.get(channel)).json["dialplan"]["app_name"] == "Stasis":
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{channel} never came to the application")

    async def _dial(self, called: str, calling: str) -> ChannelId:
        """The caller makes a tone once answered, except on lines where silence is to be heard: then it is told by its number."""
        own, channel = fresh("caller").replace("-tl-", "-caller-"), fresh("in").replace("-tl-", "-in-")
        ear = self.rig.home / "ears" / own
        await self.tester.channels.originateWithId(
            own,
            endpoint=f"Local/{called}@from-trunk/n",
            otherChannelId=channel,
            context="person",
            extension=str(CALLER_HZ),
            priority=1,
            callerId=f"<{calling}>",
            timeout=-1,
            variables={"EAR": str(ear)},
        )
        self.people[ChannelId(channel)] = Person(ChannelId(channel), own, ear.with_name(f"{own}-heard.wav"))
        return ChannelId(channel)

    def _person(self, channel: ChannelId) -> Person:
        """A caller, or the robot behind a phone's channel."""
        far = f"{channel};2"
        phone = Person(channel, far, self.rig.home / "ears" / f"{far}-heard.wav")
        return self.people.get(channel, phone)

    async def press(self, channel: ChannelId, digits: str) -> None:
        for digit in digits:
            await self.hands.action(
                "PlayDTMF", {"Channel": self._person(channel).own, "Digit": digit, "Duration": "100"}
            )
            await asyncio.sleep(0.15)

    async def keys_heard(self, channel: ChannelId) -> str:
        """The far end of a call to KEYS_NUMBER is a caller of our own: what it tells is what it heard."""
        far = next(event.channel_id for event in self.sink.of(CallArrived) if event.called == KEYS_NUMBER)
        return "".join(event.digit for event in self.sink.of(DigitReceived) if event.channel_id == far)

    async def hang_up(self, channel: ChannelId) -> None:
        await self._gone(self._person(channel).own)

    async def voices_heard(self, channel: ChannelId) -> set[ChannelId]:
        others = {known for known in self._everybody() if known != channel}
        hz = {other: CALLER_HZ if other in self.people else PHONE_HZ for other in others}
        samples, rate = self._heard(channel)
        return {other for other in others if tone_level_db(samples, rate, hz[other]) > AUDIBLE_DB}

    async def heard_something(self, channel: ChannelId) -> bool:
        return level_db(self._heard(channel)[0]) > AUDIBLE_DB

    def _heard(self, channel: ChannelId) -> tuple[Samples, int]:
        samples, rate = soundfile.read(self._person(channel).ear, dtype="float64")
        return samples, rate

    def _everybody(self) -> set[ChannelId]:
        """Callers of this test, phones that answered, and whoever was called and is gone."""
        told = (*self.sink.of(ChannelAnswered), *self.sink.of(ChannelEnded))
        return set(self.people) | {event.channel_id for event in told}

    async def application_away(self) -> None:
        await self.telephony.stop()

    async def restart_application(self) -> None:
        await self.telephony.stop()
        self.sink = Sink()
        self.telephony = self._new_telephony()
        await self.telephony.start(self.sink)

    async def break_connection(self) -> None:
        """Cuts the websocket as a network does: without a closing handshake. Asterisk dials again by itself."""
        socket = self.telephony.client(NODE)._socket
        assert socket is not None
        socket.abort("cut by the test")

    async def restart_node(self) -> None:
        await asyncio.gather(self.tester.close(), self.hands.close())
        await asyncio.to_thread(self.rig.kill)
        self.restarting = asyncio.create_task(self._start_again())

    async def _start_again(self) -> None:
        await asyncio.sleep(0.5)
        await asyncio.to_thread(self.rig.start)
        self.tester = AriClient(AriNode(NODE, self.rig.base_url, self.rig.ari_user, self.rig.ari_password), "tester")
        await self.hands.start()
