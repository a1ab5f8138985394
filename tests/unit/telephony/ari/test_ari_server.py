"""Where Asterisk's websockets arrive: it ends cleanly, whoever is just calling."""

import asyncio
import socket

import pytest

from app.telephony.ari.server import AriServer

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("turns", range(6))
async def test_who_calls_while_it_closes_leaves_nothing_behind(turns: int) -> None:
    """The call has come so far: it waits at the door, is being let in, is known."""
    server = AriServer([], user="asterisk", password="secret")
    await server.start()
    with socket.create_connection(("127.0.0.1", server.port)):
        for _ in range(turns):
            await asyncio.sleep(0)
        await server.close()
        for _ in range(6):
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
