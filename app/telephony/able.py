"""When a node that has opened its websocket is able to take calls: Asterisk opens it before it can do anything else."""

import asyncio

import structlog

from app.telephony.ami import AmiClient, AmiError
from app.telephony.ari.client import AriClient
from app.telephony.ari.errors import AriError, AriRequestFailed
from app.telephony.inbound import INBOUND

log = structlog.get_logger(__name__)

ANSWER = "RESTResponse"
"""What answers to requests are called; a filter of events keeps them back too."""
BOOTING = 503
NOT_LOADED = 404
"""What Asterisk answers for a while before it says that it boots: the module that would answer is not there yet."""
BOOT_POLL_S = 0.1
LOADING_S = 10.0
MANAGER_WAIT_S = 3.0
"""For so long calls wait for the manager connection, without which nothing is recorded and no phone's log-in is noticed."""


async def able(client: AriClient, manager: AmiClient, application: str) -> None:
    """Returns once the node has booted, sends only the events that are read, and takes the manager's requests."""
    polls = 0
    while not await _reads_only_what_is_understood(client, application, polls * BOOT_POLL_S < LOADING_S):
        polls += 1
        await asyncio.sleep(BOOT_POLL_S)
    try:
        await manager.ready(MANAGER_WAIT_S)
    except AmiError as error:
        log.warning("calls are taken without recording", node=client.node.name, reason=str(error))


async def _reads_only_what_is_understood(client: AriClient, application: str, may_be_loading: bool) -> bool:
    """False while Asterisk boots. Asterisk forgets this when it restarts; without it all goes well, only slower."""
    allowed = [{"type": kind} for kind in (*INBOUND, ANSWER)]
    try:
        await client.applications.filter(application, filter={"allowed": allowed, "disallowed": []})
    except AriRequestFailed as error:
        if error.status_code == BOOTING or (error.status_code == NOT_LOADED and may_be_loading):
            return False
        log.warning("Asterisk sends more events than needed", node=client.node.name, reason=str(error))
    except AriError as error:
        log.warning("Asterisk sends more events than needed", node=client.node.name, reason=str(error))
    return True
