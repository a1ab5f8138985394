"""Signed requests to AWS (Signature Version 4), on our own connections: nobody waits in a thread for an answer.

Credentials, region and other endpoints come from where AWS's own tools take them: the variables `AWS_ACCESS_KEY_ID`,
`AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL_LAMBDA` and their like, the files in `~/.aws`, the machine's role.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp

from app.calls.ports import NotAnswered
from app.integrations.http import Reply, post

SIGNING = 4
"""Requests signed at the same time; credentials may have to be fetched for that."""


class Aws:
    """Signs and sends. The session of botocore is made when it is first needed."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._http = session
        self._botocore: Any = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._alone = threading.Lock()
        self._threads = ThreadPoolExecutor(SIGNING, thread_name_prefix="aws")

    async def post(self, service: str, region: str, path: str, body: bytes, timeout_s: float) -> Reply:
        """POSTs JSON to a service (`lambda`, `lexv2-runtime`). NotAnswered when credentials or a region are missing."""
        loop = asyncio.get_running_loop()
        url, headers = await loop.run_in_executor(self._threads, self._sign, service, region, path, body)
        return await post(self._http, url, body, headers, timeout_s)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _sign(self, service: str, region: str, path: str, body: bytes) -> tuple[str, dict[str, str]]:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.exceptions import BotoCoreError

        try:
            with self._alone:
                client = self._client(service, region)
                credentials = self._botocore.get_credentials()
            if credentials is None:
                raise NotAnswered(who="AWS", why="there are no credentials; set AWS_ACCESS_KEY_ID or AWS_PROFILE")
            request = AWSRequest(
                "POST", client.meta.endpoint_url + path, data=body, headers={"Content-Type": "application/json"}
            )
            name, where = client.meta.service_model.signing_name, client.meta.region_name
            SigV4Auth(credentials.get_frozen_credentials(), name, where).add_auth(request)
        except BotoCoreError as error:
            raise NotAnswered(who="AWS", why=str(error)) from None
        return request.url, dict(request.headers.items())

    def _client(self, service: str, region: str) -> Any:
        """What botocore knows of a service: its endpoint and signing name. It sends nothing itself."""
        if self._botocore is None:
            import botocore.session

            self._botocore = botocore.session.Session()
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = self._botocore.create_client(service, region_name=region or None)
        return self._clients[key]
