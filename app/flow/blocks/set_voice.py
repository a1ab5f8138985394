"""Set voice."""

from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.params import Carried
from app.flow.voices import Voice


@block("UpdateContactTextToSpeechVoice", group="Set", title="Set voice", legacy=Legacy("SetVoice"))
class SetVoice(Block):
    """Chooses the voice, and with it the language, in which text is spoken from here on."""

    voice = Voice("Voice", "TextToSpeechVoice", default="Joanna", legacy="GlobalVoice")
    engine = Carried("Engine", "TextToSpeechEngine", legacy="GlobalEngine")
    style = Carried("Style", "TextToSpeechStyle", legacy="SpeakingStyle")
    done = Next()
    error = OnError(otherwise="done")

    def enter(self, context: Context) -> Move:
        voice, language = self.voice(context)
        context.change(voice=voice, language=language)
        context.note("voice", voice)
        return self.done
