"""Who may sign in to the web, and who is signed in. Passwords are kept as argon2 hashes only."""

import asyncio
import time
from dataclasses import dataclass

import argon2

from app.calls.ports import ROLES, WebSession
from app.errors import BadInput, NotFound
from app.store.db import Database
from app.store.models import configuration as tables
from app.store.repositories.rows import remove, upsert

HASHES_AT_ONCE = 2
"""A hash takes 64 MiB and a processor for some 150 ms: a burst of sign-ins waits its turn."""
SHORTEST_PASSWORD = 8


@dataclass(frozen=True, slots=True)
class WebUser:
    """Somebody who may sign in, without their password."""

    username: str
    role: str
    agent_id: str | None = None
    disabled: bool = False
    must_change_password: bool = False
    created_ms: int = 0
    last_login_ms: int | None = None


class Accounts:
    """The `Accounts` port, and what administrators and the command line need of users."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._hasher = argon2.PasswordHasher()
        self._turn = asyncio.Semaphore(HASHES_AT_ONCE)
        self._nobody = ""

    async def verify_password(self, username: str, password: str) -> bool:
        """False for a wrong password and for an unknown or disabled user alike, after the same work."""
        user = await self._db.read(_credentials, username)
        if not self._nobody:
            self._nobody = await self._hash("nobody has this password")
        stored = user[0] if user is not None else self._nobody
        async with self._turn:
            right = await asyncio.to_thread(self._matches, stored, password)
        if not right or user is None or user[1]:
            return False
        renewed = await self._hash(password) if self._hasher.check_needs_rehash(stored) else stored
        await self._db.run(_signed_in, username, renewed)
        return True

    async def create_session(self, token_hash: str, username: str, at_ms: int, expires_ms: int) -> None:
        """Keeps a session; those that are over are forgotten at the same time."""
        await self._db.run(_create_session, token_hash, username, at_ms, expires_ms)

    async def lookup_session(self, token_hash: str) -> WebSession | None:
        """None when it was never there, was revoked, or its user is disabled or gone; expiry is judged by the caller."""
        return await self._db.read(_lookup_session, token_hash)

    async def touch_session(self, token_hash: str, at_ms: int) -> None:
        """Moves `seen_ms` forwards; a session that is gone stays gone."""
        await self._db.run(_touch_session, token_hash, at_ms)

    async def revoke_session(self, token_hash: str) -> None:
        await self._db.run(_revoke, tables.WebSession.token_hash, token_hash)

    async def revoke_sessions_of(self, username: str) -> None:
        """Signs a user out everywhere."""
        await self._db.run(_revoke, tables.WebSession.user, username)

    async def users(self) -> tuple[WebUser, ...]:
        return await self._db.read(_users)

    async def save_user(self, user: WebUser, password: str | None = None) -> None:
        """Adds or changes a user; a new one needs a password. A new password or a disabled user ends all their sessions."""
        if user.role not in ROLES:
            raise BadInput(what=f"The role of {user.username}", why=f"{user.role!r} is none of {', '.join(ROLES)}")
        if password is not None and len(password) < SHORTEST_PASSWORD:
            raise BadInput(what="The password", why=f"it is shorter than {SHORTEST_PASSWORD} characters")
        hashed = None if password is None else await self._hash(password)
        await self._db.run(_save_user, user, hashed)

    async def delete_user(self, username: str) -> None:
        """Removes a user and ends all their sessions."""
        await self._db.run(remove, tables.WebUser, username, "user")

    async def _hash(self, password: str) -> str:
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False


def _credentials(username: str) -> tuple[str, bool] | None:
    row = tables.WebUser.get_or_none(tables.WebUser.username == username)
    return None if row is None else (row.password_hash, bool(row.disabled))


def _signed_in(username: str, password_hash: str) -> None:
    changes = {"last_login_ms": time.time_ns() // 1_000_000, "password_hash": password_hash}
    tables.WebUser.update(**changes).where(tables.WebUser.username == username).execute()


def _create_session(token_hash: str, username: str, at_ms: int, expires_ms: int) -> None:
    session = tables.WebSession
    session.delete().where(session.expires_ms <= at_ms).execute()
    session.insert(
        token_hash=token_hash, user=username, created_ms=at_ms, seen_ms=at_ms, expires_ms=expires_ms
    ).execute()


def _lookup_session(token_hash: str) -> WebSession | None:
    session, user = tables.WebSession, tables.WebUser
    row = session.select(session, user).join(user).where(session.token_hash == token_hash, ~user.disabled).first()
    if row is None:
        return None
    return WebSession(row.user.username, row.user.role, row.created_ms, row.seen_ms, row.expires_ms, row.user.agent_id)


def _touch_session(token_hash: str, at_ms: int) -> None:
    session = tables.WebSession
    session.update(seen_ms=at_ms).where(session.token_hash == token_hash, session.seen_ms < at_ms).execute()


def _revoke(column: object, value: str) -> None:
    tables.WebSession.delete().where(column == value).execute()


def _users() -> tuple[WebUser, ...]:
    return tuple(
        WebUser(
            username=row.username,
            role=row.role,
            agent_id=row.agent_id,
            disabled=row.disabled,
            must_change_password=row.must_change_password,
            created_ms=row.created_ms,
            last_login_ms=row.last_login_ms,
        )
        for row in tables.WebUser.select().order_by(tables.WebUser.username)
    )


def _save_user(user: WebUser, password_hash: str | None) -> None:
    table = tables.WebUser
    known = table.get_or_none(table.username == user.username)
    kept = password_hash or (known.password_hash if known is not None else "")
    if not kept:
        raise NotFound(what="user", name=user.username)
    upsert(
        table,
        {"username": user.username},
        {
            "role": user.role,
            "agent_id": user.agent_id,
            "disabled": user.disabled,
            "must_change_password": user.must_change_password,
            "password_hash": kept,
            "created_ms": known.created_ms if known is not None else time.time_ns() // 1_000_000,
        },
    )
    if password_hash is not None or user.disabled:
        _revoke(tables.WebSession.user, user.username)
