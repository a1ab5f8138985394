"""The hands of the contract's people: manager actions that the application itself never sends, as pressing a key."""

import asyncio
from collections.abc import Mapping

from app.errors import Unavailable


class RawManager:
    """Logs in on `start`; `action` waits for its answer."""

    def __init__(self, port: int, user: str, password: str) -> None:
        self._address = ("127.0.0.1", port)
        self._login = {"Username": user, "Secret": password}
        self._waiting: dict[str, asyncio.Future[dict[str, str]]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        reader, self._writer = await asyncio.open_connection(*self._address)
        await reader.readline()
        self._reader = asyncio.create_task(self._read(reader))
        await self.action("Login", self._login)

    async def close(self) -> None:
        if self._writer is not None and self._reader is not None:
            self._writer.close()
            self._reader.cancel()
            self._waiting.clear()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def action(self, name: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        if self._writer is None or self._writer.is_closing():
            raise Unavailable(what="The manager interface", why="it is not connected", remedy="")
        number = str(len(self._waiting))
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        lines = {"Action": name, "ActionID": number, **fields}
        self._writer.write("".join(f"{key}: {value}\r\n" for key, value in lines.items()).encode() + b"\r\n")
        got: dict[str, str] = await asyncio.wait_for(answer, 5)
        if got["Response"] != "Success":
            raise Unavailable(what=f"{name}", why=got.get("Message", "refused"), remedy="")
        return got

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while block := await reader.readuntil(b"\r\n\r\n"):
            pairs = (line.partition(": ") for line in block.decode().splitlines() if line)
            message = {key: value for key, _, value in pairs}
            if "Response" in message:
                self._waiting[message["ActionID"]].set_result(message)
