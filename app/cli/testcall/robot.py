"""The robot agent: Available for the time of a test call, so that somebody answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.cli.demo_content import ROBOT
from app.cli.running import Server
from app.domain.agent import AVAILABLE
from app.errors import NotFound, TrunklineError, Unavailable

READY_WITHIN_S = 5.0


async def _robot(server: Server) -> dict[str, Any]:
    for agent in (await server.status())["agents"]:
        if agent["phone"] == ROBOT.phone:
            found: dict[str, Any] = agent
            return found
    raise NotFound(what="agent with the robot's phone", name=f"{ROBOT.phone}; call with --no-robot")


@asynccontextmanager
async def robot_available(server: Server) -> AsyncIterator[None]:
    """Makes the robot Available, and gives it back the status it had. Unavailable when it does not become ready."""
    before = await _robot(server)
    if before["status"] != AVAILABLE:
        await server.set_agent_status(before["agent_id"], AVAILABLE)
    try:
        await _until_ready(server)
        yield
    finally:
        if before["status"] != AVAILABLE:
            try:
                await server.set_agent_status(before["agent_id"], before["status"])
            except TrunklineError:
                pass


async def _until_ready(server: Server) -> None:
    deadline = asyncio.get_running_loop().time() + READY_WITHIN_S
    while True:
        agent = await _robot(server)
        if agent["status"] == AVAILABLE and agent["activity"] == "idle" and agent["phone_reachable"]:
            return
        if asyncio.get_running_loop().time() > deadline:
            state = (
                f"{agent['status']}, {agent['activity']}, phone {'' if agent['phone_reachable'] else 'not '}reachable"
            )
            raise Unavailable(what="The robot agent", why=f"it is {state}", remedy="Try again in some seconds.")
        await asyncio.sleep(0.1)
