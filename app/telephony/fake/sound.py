"""Who heard what, when: the fake's audio. Tests ask this where a test on a real Asterisk would look for tones."""

from dataclasses import dataclass

from app.domain.ids import ChannelId

SAY = "say:"
MUSIC = "music:"
RINGING = "ringing"
VOICE = "voice:"


@dataclass(frozen=True, slots=True)
class Heard:
    """A span of sound at one party, in virtual milliseconds since the epoch.

    `source` is `say:<the prompt's value>`, `music:<class>`, `ringing` or `voice:<the other party's channel id>`.
    """

    start_ms: int
    end_ms: int
    source: str


@dataclass(slots=True)
class _Span:
    start_ms: int
    end_ms: int | None
    source: str


class Timeline:
    """Everything each channel heard, kept after the channel is gone."""

    def __init__(self) -> None:
        self._spans: dict[ChannelId, list[_Span]] = {}

    def add(self, channel_id: ChannelId, start_ms: int, end_ms: int, source: str) -> None:
        """A sound whose end is planned; `stop` may cut it short."""
        self._spans.setdefault(channel_id, []).append(_Span(start_ms, end_ms, source))

    def begin(self, channel_id: ChannelId, now_ms: int, source: str) -> None:
        """A sound without a planned end. One that goes on already goes on."""
        spans = self._spans.setdefault(channel_id, [])
        if not any(span.source == source and span.end_ms is None for span in spans):
            spans.append(_Span(now_ms, None, source))

    def stop(self, channel_id: ChannelId, now_ms: int, source_prefix: str = "") -> None:
        """Ends every sound of this kind (of any kind) at this channel; what has not begun will not."""
        spans = self._spans.get(channel_id, [])
        for span in spans:
            if span.source.startswith(source_prefix) and (span.end_ms is None or span.end_ms > now_ms):
                span.end_ms = now_ms
        spans[:] = [span for span in spans if span.end_ms is None or span.start_ms < span.end_ms]

    def heard(self, channel_id: ChannelId, now_ms: int) -> list[Heard]:
        """What this channel heard until now, by its beginning."""
        spans = [
            Heard(span.start_ms, now_ms if span.end_ms is None else min(span.end_ms, now_ms), span.source)
            for span in self._spans.get(channel_id, [])
            if span.start_ms < now_ms
        ]
        return sorted(spans, key=lambda span: (span.start_ms, span.end_ms))
