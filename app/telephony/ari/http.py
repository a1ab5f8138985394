"""Requests to one Asterisk node over pooled keep-alive HTTP: for those that may wait, and for all when no socket is connected."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import aiohttp
import msgspec

from app.telephony.ari.errors import AriDisconnected, AriRequestFailed, AriTimeout
from app.telephony.ari.gate import Gate
from app.telephony.ari.node import AriNode
from app.telephony.ari.operation import Request
from app.telephony.ari.wire import Pool

KEEPALIVE_S = 10.0
"""Shorter than the 15 s after which Asterisk closes an idle connection, so that no request meets a dying one."""
_decode = msgspec.json.decode


class AriHttp:
    """A pool of connections to one node, opened at the first request."""

    def __init__(self, node: AriNode, gate: Gate) -> None:
        self._node = node
        self._gate = gate
        self._pool = Pool(node.base_url, aiohttp.encode_basic_auth(node.user, node.password), KEEPALIVE_S)

    async def request(self, request: Request, timeout_s: float) -> Any:
        """The decoded answer, or None for an answer without a body. AriRequestFailed, AriTimeout, AriDisconnected."""
        operation = request.operation
        left_s = await self._gate.enter(operation, timeout_s)
        try:
            status, reason, body = await self._exchange(request, left_s)
        except TimeoutError:
            raise AriTimeout(operation=operation.name, node=self._node.name, timeout_s=timeout_s) from None
        except OSError as error:
            reason = str(error) or type(error).__name__
            raise AriDisconnected(operation=operation.name, node=self._node.name, reason=reason) from error
        finally:
            self._gate.leave()
        if status >= 400:
            reason = explain(body, reason)
            raise AriRequestFailed(operation=operation.name, node=self._node.name, status_code=status, reason=reason)
        if operation.binary:
            return body
        return _decode(body) if body else None

    async def close(self) -> None:
        """Closes all connections; requests on their way end with AriDisconnected."""
        self._pool.close()

    async def _exchange(self, request: Request, timeout_s: float) -> tuple[int, str, bytes]:
        target = f"{request.uri}?{urlencode(request.query)}" if request.query else request.uri
        async with asyncio.timeout(timeout_s):
            answer = await self._pool.exchange(request.operation.method, target, request.body)
        return answer.status, answer.reason, answer.body


def explain(body: bytes | str, reason: str) -> str:
    """Asterisk's own words from the body of a refusal, else the status line's reason."""
    if not body:
        return reason
    try:
        answer = _decode(body)
    except msgspec.DecodeError:
        return reason
    message = answer.get("message") or answer.get("error") if isinstance(answer, dict) else None
    return str(message) if message else reason
