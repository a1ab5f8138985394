"""One POST with a limit on everything: time, size, and where it may lead."""

import ssl
from dataclasses import dataclass

import aiohttp
from multidict import CIMultiDictProxy

from app.calls.ports import ANSWER_LIMIT, NotAnswered
from app.integrations.addresses import Allowed, AllowedResolver

SAME_HOST = 64
"""Connections to one host at the same time."""
_PIECE = 8192


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


def open_session(allowed: Allowed | None, trust: ssl.SSLContext | None = None) -> aiohttp.ClientSession:
    """A session without cookies and proxies. `allowed` None asks any address, for services that the operator chose."""
    connector = aiohttp.TCPConnector(
        resolver=AllowedResolver(allowed) if allowed is not None else None,
        limit=0,
        limit_per_host=SAME_HOST,
        ssl=trust if trust is not None else True,
    )
    return aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, trust_env=False
    )


async def post(
    session: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str], timeout_s: float
) -> Reply:
    """The answer, whatever its status. NotAnswered when there is none, when it is larger than `ANSWER_LIMIT`, or when it is a
    redirect: where it leads was not chosen by the operator."""
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    headers = {"Accept-Encoding": "identity", **headers}
    who = url.partition("?")[0]
    try:
        async with session.post(url, data=body, headers=headers, timeout=timeout, allow_redirects=False) as response:
            if 300 <= response.status < 400:
                raise NotAnswered(who=who, why=f"it redirects ({response.status}); name the address it leads to")
            received = bytearray()
            while piece := await response.content.read(_PIECE):
                received += piece
                if len(received) > ANSWER_LIMIT:
                    raise NotAnswered(who=who, why=f"it answered with more than {ANSWER_LIMIT // 1024} KB")
            return Reply(response.status, response.headers, bytes(received))
    except TimeoutError:
        raise NotAnswered(who=who, why=f"nothing came within {timeout_s:g} s") from None
    except (aiohttp.ClientError, OSError) as error:
        raise NotAnswered(who=who, why=f"{type(error).__name__}: {error}") from None
