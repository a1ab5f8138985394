"""The caller of a scenario: presses keys when asked, at a moment or at a prompt, and hangs up."""

from collections import deque
from collections.abc import Callable, Sequence

from app.sim.flow.agenda import Agenda
from app.sim.flow.scenario import Act

REACTION_MS = 500
BETWEEN_KEYS_MS = 200


class Caller:
    """Does what the scenario says. `press` and `hang_up` are how it reaches the line."""

    def __init__(
        self, acts: Sequence[str | Act], agenda: Agenda, press: Callable[[str], None], hang_up: Callable[[], None]
    ) -> None:
        self._agenda, self._press, self._hang_up = agenda, press, hang_up
        self._answers: deque[Act] = deque()
        self._at_prompts: list[Act] = []
        self._prompts = 0
        self.silence_ms = 0
        """When the prompt that plays now is over."""
        for item in acts:
            act = Act(press=item) if isinstance(item, str) else item
            if act.at_s is not None:
                self._do(act, agenda.now_ms + act.at_s * 1000)
            elif act.hears or act.prompt:
                self._at_prompts.append(act)
            else:
                self._answers.append(act)

    def hears(self, text: str, until_ms: int) -> None:
        """A prompt begins to play."""
        self._prompts += 1
        self.silence_ms = until_ms
        for act in tuple(self._at_prompts):
            if act.prompt == self._prompts or (act.hears and act.hears in text):
                self._at_prompts.remove(act)
                self._react(act)

    def is_asked(self) -> None:
        """The flow waits for keys."""
        if self._answers:
            self._react(self._answers.popleft())

    def _react(self, act: Act) -> None:
        begins_ms = self._agenda.now_ms if act.barge_in else max(self._agenda.now_ms, self.silence_ms)
        self._do(act, begins_ms + REACTION_MS)

    def _do(self, act: Act, at_ms: float) -> None:
        for index, key in enumerate(act.press):
            self._agenda.at(at_ms + index * BETWEEN_KEYS_MS, lambda key=key: self._press(key))  # type: ignore[misc]
        if act.hang_up:
            self._agenda.at(at_ms + len(act.press) * BETWEEN_KEYS_MS, self._hang_up)
