"""Phones pushed to a running Asterisk over ARI: no file, no reload, usable at once, and there again after a restart of Asterisk.

A phone is three objects of Asterisk (auth, aor, endpoint) under the phone's name. The endpoint carries a digest of all three, in a
field that nothing else uses, so that a comparison is one small request and an unchanged phone is left alone.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.domain.lines import Phone
from app.errors import TrunklineError
from app.telephony.dialling import ROBOT

_CLASS = "res_pjsip"
_DIGEST_FIELD = "message_context"
PHONES_AT_ONCE = 16
BROWSER_SILENT_S = 20
"""A browser that is gone without a word takes its call with it after so long. One that is there sends audio all the time."""


class _Asterisk(Protocol):
    async def getObject(self, configClass: str, objectType: str, id: str) -> Sequence[Mapping[str, object]]: ...  # noqa: N802, N803
    async def updateObject(self, configClass: str, objectType: str, id: str, *, fields: Any) -> object: ...  # noqa: N802, N803
    async def deleteObject(self, configClass: str, objectType: str, id: str) -> None: ...  # noqa: N802, N803


class _EndpointJson(Protocol):
    @property
    def json(self) -> Any: ...


class _Endpoints(Protocol):
    async def listByTech(self, tech: str) -> Sequence[_EndpointJson]: ...  # noqa: N802


class _WithEndpoints(Protocol):
    @property
    def endpoints(self) -> _Endpoints: ...


class ObjectStore(_WithEndpoints, Protocol):
    """What of an ARI client is used here."""

    @property
    def asterisk(self) -> _Asterisk: ...


@dataclass(frozen=True, slots=True)
class Synchronised:
    """What a synchronisation did, by phone names."""

    pushed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


def objects_of(phone: Phone) -> dict[str, dict[str, str]]:
    """The fields of a phone's auth, aor and endpoint, in the order in which they are to be pushed."""
    auth = {"auth_type": "digest", "username": phone.name, "password": phone.secret}
    aor = {
        "max_contacts": "1",
        "remove_existing": "yes",
        "remove_unavailable": "yes",
        "minimum_expiration": "30",
        "default_expiration": "120",
        "maximum_expiration": "3600",
        "qualify_frequency": "10",
        "qualify_timeout": "3.0",
        "support_path": "no",
    }
    endpoint = {
        "context": "from-phone",
        "auth": phone.name,
        "aors": phone.name,
        "identify_by": "username",
        "disallow": "all",
        "allow": ",".join(phone.offered_codecs),
        "callerid": f"<{phone.name}>",
        "trust_id_inbound": "no",
        "send_pai": "yes",
        "send_connected_line": "no",
        "direct_media": "no",
        "rtp_symmetric": "yes",
        "force_rport": "yes",
        "rewrite_contact": "yes",
        "dtmf_mode": "rfc4733",
        "allow_subscribe": "no",
        "sdp_session": "-",
    }
    if phone.kind == "webrtc":
        endpoint |= {
            "webrtc": "yes",
            "rtp_timeout": str(BROWSER_SILENT_S),
            "deny": "0.0.0.0/0,::/0",
            "permit": "127.0.0.1/32",
        }
    elif phone.transport != "any":
        endpoint |= {"transport": f"transport-{phone.transport}"}
    if phone.transport == "tls":
        endpoint |= {"media_encryption": "sdes", "media_encryption_optimistic": "yes"}
    objects = {"auth": auth, "aor": aor, "endpoint": endpoint}
    endpoint[_DIGEST_FIELD] = hashlib.sha256(json.dumps(objects, sort_keys=True).encode()).hexdigest()[:32]
    return objects


async def push_phone(ari: ObjectStore, phone: Phone) -> bool:
    """Makes the phone usable as it is described. False when it was so already."""
    objects = objects_of(phone)
    if await _digest(ari, phone.name) == objects["endpoint"][_DIGEST_FIELD]:
        return False
    for kind, fields in objects.items():
        tuples = [{"attribute": name, "value": value} for name, value in fields.items()]
        await ari.asterisk.updateObject(_CLASS, kind, phone.name, fields=tuples)
    return True


async def admit_phone(ari: ObjectStore, phone: Phone, password: str) -> None:
    """The phone is known, and logs in with this password from now on, until it is another's turn or the phone is changed."""
    await push_phone(ari, phone)
    fields = objects_of(phone)["auth"] | {"password": password}
    tuples = [{"attribute": name, "value": value} for name, value in fields.items()]
    await ari.asterisk.updateObject(_CLASS, "auth", phone.name, fields=tuples)


async def remove_phone(ari: ObjectStore, name: str) -> None:
    """The phone can no longer register, call or be called; a call that it is in goes on. One that is not there is no error."""
    for kind in ("endpoint", "aor", "auth"):
        try:
            await ari.asterisk.deleteObject(_CLASS, kind, name)
        except TrunklineError as error:
            if getattr(error, "status_code", None) != 404:
                raise


async def sync_phones(ari: ObjectStore, phones: Iterable[Phone]) -> Synchronised:
    """Makes Asterisk know exactly these phones, touching only those that differ. To be called on every connect of a node."""
    wanted = {phone.name: phone for phone in phones}
    known = [str(endpoint.json["resource"]) for endpoint in await sip_endpoints(ari)]
    removed = [name for name in known if name not in wanted and not name.startswith("trunk-")]
    for name in removed:
        await remove_phone(ari, name)
    gate = asyncio.Semaphore(PHONES_AT_ONCE)

    async def differed(phone: Phone) -> bool:
        async with gate:
            return await push_phone(ari, phone)

    differing = await asyncio.gather(*map(differed, wanted.values()))
    pushed = tuple(name for name, differed in zip(wanted, differing, strict=True) if differed)
    return Synchronised(pushed, tuple(removed), len(wanted) - len(pushed))


async def reachable_phones(ari: _WithEndpoints) -> frozenset[str]:
    """The phones that can be rung now: those registered, and the robot, which needs no registration."""
    online = (str(each.json["resource"]) for each in await sip_endpoints(ari) if each.json.get("state") == "online")
    return frozenset(name for name in online if not name.startswith("trunk-")) | {ROBOT}


async def sip_endpoints(ari: _WithEndpoints) -> Sequence[_EndpointJson]:
    """Every SIP endpoint. An Asterisk that has none yet says that it does not know SIP at all."""
    try:
        return await ari.endpoints.listByTech("PJSIP")
    except TrunklineError as error:
        if getattr(error, "status_code", None) == 404:
            return ()
        raise


async def _digest(ari: ObjectStore, name: str) -> str | None:
    try:
        fields = await ari.asterisk.getObject(_CLASS, "endpoint", name)
    except TrunklineError as error:
        if getattr(error, "status_code", None) == 404:
            return None
        raise
    return next((str(field["value"]) for field in fields if field["attribute"] == _DIGEST_FIELD), None)
