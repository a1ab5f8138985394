"""Bots of Amazon Lex V2: one turn of a talk, asked of a stand-in."""

from typing import Any

import pytest
from aiohttp import web

from app.calls.ports import NotAnswered
from app.domain.ids import ContactId, InvocationId
from app.domain.place import BOT, Place
from app.domain.questions import AskBot
from app.integrations.integrations import Integrations
from tests.contract.functions.conftest import Serve

pytestmark = pytest.mark.contract

ARN = "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/TSTALIASID"


def question(text: str) -> AskBot:
    return AskBot(
        ContactId("c"), InvocationId("c.f1.i1"), "Bank", "", "", text, "c.f1", {"tier": "gold"}, {}, language="en-GB"
    )


@pytest.fixture
def lex(monkeypatch: pytest.MonkeyPatch, integrations: Integrations) -> Integrations:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    integrations.know([Place(BOT, "Bank", "lex", ARN)])
    return integrations


async def test_a_turn_of_a_talk(lex: Integrations, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str, Any]] = []

    async def recognises(request: web.Request) -> web.Response:
        seen.append((request.path, request.headers["Authorization"], await request.json()))
        intent = {"name": "Balance", "state": "ReadyForFulfillment", "slots": {}}
        return web.json_response({"sessionState": {"dialogAction": {"type": "Close"}, "intent": intent}})

    monkeypatch.setenv("AWS_ENDPOINT_URL_LEX_RUNTIME_V2", (await serve(recognises)).rstrip("/"))
    assert (await lex.bots.ask(question(""))).state == "ElicitIntent"
    assert seen == []
    reply = await lex.bots.ask(question("1"))
    assert (reply.state, reply.intent) == ("ReadyForFulfillment", "Balance")
    ((path, signed, body),) = seen
    assert path == "/bots/ABCDEFGHIJ/botAliases/TSTALIASID/botLocales/en_GB/sessions/c.f1/text"
    assert "/us-east-1/lex/aws4_request" in signed
    assert body == {"text": "1", "sessionState": {"sessionAttributes": {"tier": "gold"}}}


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [(403, b'{"message": "no"}', "says 403"), (200, b"<html>", "cannot be read"), (200, b"[]", "cannot be read")],
)
async def test_what_lex_cannot_say(
    lex: Integrations, serve: Serve, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, why: str
) -> None:
    async def refuses(request: web.Request) -> web.Response:
        return web.Response(status=status, body=body)

    monkeypatch.setenv("AWS_ENDPOINT_URL_LEX_RUNTIME_V2", (await serve(refuses)).rstrip("/"))
    with pytest.raises(NotAnswered, match=why):
        await lex.bots.ask(question("1"))
