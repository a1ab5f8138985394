"""Who may sign in to the web, and who is signed in."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WebSession:
    """Somebody who is signed in. `role` is one of `calls.ports.ROLES`. Times are milliseconds since the epoch; `seen_ms`: last active."""

    username: str
    role: str
    created_ms: int
    seen_ms: int
    expires_ms: int
    agent_id: str | None = None


class Accounts(Protocol):
    """Who may sign in, and who is. Sessions are kept under the SHA-256 of their token, so what the store holds opens no door."""

    async def verify_password(self, username: str, password: str) -> bool:
        """False for a wrong password and for an unknown user alike, after the same work. Never computes on the event loop."""
        ...

    async def create_session(self, token_hash: str, username: str, at_ms: int, expires_ms: int) -> None: ...

    async def lookup_session(self, token_hash: str) -> WebSession | None:
        """None when it was never there, was revoked, or its user is disabled or gone; expiry is judged by the caller."""
        ...

    async def touch_session(self, token_hash: str, at_ms: int) -> None:
        """Moves `seen_ms`; a session that is gone stays gone."""
        ...

    async def revoke_session(self, token_hash: str) -> None: ...
