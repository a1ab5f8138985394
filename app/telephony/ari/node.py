"""Which Asterisk a client talks to."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AriNode:
    """One Asterisk node. `base_url` is where its ARI answers over HTTP, as in `http://127.0.0.1:8088/ari`.

    `name` is the last part of the path to which this Asterisk opens its websocket, and the first part of our channel ids.
    """

    name: str
    base_url: str
    user: str
    password: str = field(repr=False)
