"""Blocks that are converted as Amazon Connect converts them, although they do not run here: they take their error branch."""

from typing import Any

from app.flow.block import Block, Legacy, block
from app.flow.branches import Next, OnError
from app.flow.formats.given import Given
from app.flow.formats.language import Action
from app.flow.params import Param, Text, plain

_DIRECTIONS = {"FromCustomer": "From", "ToCustomer": "To"}


class Tracks(Param[None]):
    """Which of the customer's media are streamed."""

    def from_legacy(self, given: Given) -> dict[str, Any]:
        given.take("ParticipantTypes")
        tracks = [_DIRECTIONS.get(plain(each.text), plain(each.text)) for each in given.take_all("Track")]
        return {self.path: [{"ParticipantType": "Customer", "MediaDirections": tracks or ["From"]}]}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        participants = action.at(self.path)
        first = participants[0] if isinstance(participants, list) and participants else {}
        directions = first.get("MediaDirections") if isinstance(first, dict) else None
        names = {direction: track for track, direction in _DIRECTIONS.items()}
        return [
            {"name": "Track", "value": names.get(plain(each), plain(each))}
            for each in (directions if isinstance(directions, list) else ())
        ]


def _streaming(state: str, legacy: str, title: str) -> type[Block]:
    def is_mine(action: Action) -> bool:
        return plain(action.at("MediaStreamingState")) == state

    @block(
        "UpdateContactMediaStreamingBehavior",
        group="Integrate",
        title=title,
        legacy=Legacy(legacy),
        fixed={"MediaStreamingState": state},
        when=is_mine,
    )
    class Streaming(Block):
        """Live media to a video stream."""

        media = Text("Media", "MediaStreamType", legacy="MediaStreamTypes")
        tracks = Tracks("Participants", "Participants")
        done = Next()
        error = OnError()

    return Streaming


OUTSIDE: tuple[type[Block], ...] = (
    _streaming("Enabled", "StartMediaStreaming", "Start media streaming"),
    _streaming("Disabled", "StopMediaStreaming", "Stop media streaming"),
)
