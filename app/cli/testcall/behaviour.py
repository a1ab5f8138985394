"""How the caller behaves: presses a key when one is asked for, says hello to an agent, hangs up when the time is over."""

import asyncio
from dataclasses import dataclass, field

from app.cli.testcall.caller import Caller
from app.cli.testcall.path import MANY_KEYS, ONE_KEY, Path, Visit

LOOK_EVERY_S = 0.15
BETWEEN_KEYS_S = 0.4
CONNECTED = "connected"


@dataclass(slots=True)
class Behaviour:
    """A patient caller. `unpressed` are the keys that nobody has asked for yet."""

    caller: Caller
    path: Path
    unpressed: str
    pause_s: float
    """From the moment a block asks for a key until it is pressed."""
    seconds: float
    """How long the call lasts at most once it is answered."""
    greeted: bool = False
    _due_s: float | None = None
    _served: Visit | None = field(default=None)

    async def live(self) -> bool:
        """Lives through the call; False when it was never answered."""
        await self._until_answered()
        if not self.caller.answered.is_set():
            await self.path.look()
            return False
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.seconds
        while not self.caller.ended.is_set() and loop.time() < deadline:
            await self.path.look()
            await self._react(loop.time())
            await self._wait(LOOK_EVERY_S)
        if not self.caller.ended.is_set():
            self.path.say("         the caller hangs up")
            await self.caller.hang_up()
            await self._wait(2.0)
        await self.path.look()
        return True

    async def _until_answered(self) -> None:
        waits = {asyncio.ensure_future(event.wait()) for event in (self.caller.answered, self.caller.ended)}
        while not any(wait.done() for wait in waits):
            await self.path.look()
            await asyncio.wait(waits, timeout=LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.caller.ended.wait()
        except TimeoutError:
            pass

    async def _react(self, now_s: float) -> None:
        if self.path.state == CONNECTED and not self.greeted:
            self.greeted = True
            self.path.say('         the caller says "Hello world"')
            await self.caller.say_hello()
        visit = self.path.visit()
        asked = visit is not None and visit.title in (ONE_KEY, MANY_KEYS) and bool(self.unpressed)
        if not asked or visit == self._served:
            self._due_s = None
        elif self._due_s is None:
            self._due_s = now_s + self.pause_s
        elif now_s >= self._due_s and visit is not None:
            await self._press(visit)

    async def _press(self, visit: Visit) -> None:
        """One key for a block that takes one, the keys up to # for one that takes many."""
        self._due_s, self._served = None, visit
        end = 1 if visit.title == ONE_KEY else (self.unpressed.find("#") + 1 or len(self.unpressed))
        keys, self.unpressed = self.unpressed[:end], self.unpressed[end:]
        for number, key in enumerate(keys):
            if number:
                await self._wait(BETWEEN_KEYS_S)
            if self.caller.ended.is_set():
                return
            self.path.say(f"         the caller presses {key}")
            await self.caller.press(key)
