"""Functions that are AWS Lambda's."""

import json
from urllib.parse import quote

from app.calls.ports import NotAnswered
from app.domain.place import Place, lambda_of
from app.integrations.aws import Aws


class Lambdas:
    """Asks AWS Lambda and waits for the answer."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    async def invoke(self, place: Place, event: bytes, timeout_s: float) -> bytes:
        region, name, alias = lambda_of(place.target)
        path = f"/2015-03-31/functions/{quote(name, safe='')}/invocations"
        if alias:
            path += f"?Qualifier={quote(alias, safe='')}"
        reply = await self._aws.post("lambda", region, path, event, timeout_s)
        if reply.status != 200:
            raise NotAnswered(who=place.target, why=f"AWS Lambda says {reply.status}: {_message(reply.body)}")
        if "X-Amz-Function-Error" in reply.headers:
            raise NotAnswered(who=place.target, why=f"it failed: {_message(reply.body)}")
        return reply.body


def _message(body: bytes) -> str:
    """What AWS says went wrong."""
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    return str(said.get("errorMessage") or said.get("message") or said.get("Message") or "")[:500]
