"""Play prompt."""

from app.domain.events import PlaybackFinished
from app.errors import Unavailable
from app.flow.block import Block, Legacy, block
from app.flow.branches import STAY, Move, Next, OnError
from app.flow.context import Context
from app.flow.prompts import PromptParameter


@block(
    "MessageParticipant",
    group="Interact",
    title="Play prompt",
    legacy=Legacy("PlayPrompt", older=("PlayAudio",)),
)
class PlayPrompt(Block):
    """Plays a prompt to its end: speech from text or audio of the prompt library. Keys pressed meanwhile are kept for the next
    block that asks for input."""

    prompt = PromptParameter()
    done = Next("Okay")
    error = OnError(otherwise="done")

    def enter(self, context: Context) -> Move:
        if self.prompt is not None:
            context.play((self.prompt(context),))
        return STAY

    def on_playback_finished(self, context: Context, event: PlaybackFinished) -> Move:
        if event.failed:
            raise Unavailable(what="The prompt", why=event.reason, remedy="")
        return self.done
