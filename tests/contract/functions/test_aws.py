"""Functions of AWS Lambda: signed as AWS wants it, asked of a stand-in."""

import re
from typing import Any

import pytest
from aiohttp import web
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from app.calls.ports import NotAnswered
from app.domain.place import FUNCTION, Place
from app.integrations.integrations import Integrations
from tests.contract.functions.conftest import Serve

pytestmark = pytest.mark.contract

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:lookup:live"
KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG"
EVENT: dict[str, Any] = {"Name": "ContactFlowEvent"}


class StandIn:
    """Answers as AWS Lambda does, to requests that are signed with the right secret."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.reply = web.Response(body=b'{"name": "Ann"}')

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.paths.append(request.path_qs)
        given = re.fullmatch(
            rf"AWS4-HMAC-SHA256 Credential={KEY}/\d{{8}}/(?P<region>[\w-]+)/lambda/aws4_request, "
            r"SignedHeaders=(?P<names>[\w;-]+), Signature=(?P<signature>[0-9a-f]{64})",
            request.headers["Authorization"],
        )
        assert given is not None
        again = AWSRequest("POST", str(request.url), data=body)
        for name in given["names"].split(";"):
            if name != "host":
                again.headers[name] = request.headers[name]
        again.context["timestamp"] = request.headers["X-Amz-Date"]
        signer = SigV4Auth(Credentials(KEY, SECRET), "lambda", given["region"])
        signature = signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again)
        if signature != given["signature"]:
            return web.json_response({"message": "The request signature does not match."}, status=403)
        return self.reply


@pytest.fixture
async def lambdas(serve: Serve, monkeypatch: pytest.MonkeyPatch, integrations: Integrations) -> StandIn:
    stand_in = StandIn()
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", (await serve(stand_in.answer)).rstrip("/"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    integrations.know([Place(FUNCTION, "lookup", "lambda", ARN)])
    return stand_in


async def test_a_function_of_lambda_is_asked(integrations: Integrations, lambdas: StandIn) -> None:
    assert await integrations.functions.invoke("lookup", EVENT, 3.0) == b'{"name": "Ann"}'
    assert lambdas.paths == ["/2015-03-31/functions/lookup/invocations?Qualifier=live"]


async def test_a_wrong_secret_is_said(
    integrations: Integrations, lambdas: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(NotAnswered, match="403: The request signature does not match"):
        await integrations.functions.invoke("lookup", EVENT, 3.0)


async def test_a_function_that_raised_has_not_answered(integrations: Integrations, lambdas: StandIn) -> None:
    lambdas.reply = web.Response(
        body=b'{"errorMessage": "no such customer"}', headers={"X-Amz-Function-Error": "Unhandled"}
    )
    with pytest.raises(NotAnswered, match="it failed: no such customer"):
        await integrations.functions.invoke("lookup", EVENT, 3.0)


async def test_without_credentials_it_is_said(
    integrations: Integrations, lambdas: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(NotAnswered, match="no credentials"):
        await integrations.functions.invoke("lookup", EVENT, 3.0)


async def test_without_a_region_it_is_said(
    integrations: Integrations, lambdas: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_LAMBDA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    integrations.know([Place(FUNCTION, "lookup", "lambda", "lookup")])
    with pytest.raises(NotAnswered, match="region"):
        await integrations.functions.invoke("lookup", EVENT, 3.0)
