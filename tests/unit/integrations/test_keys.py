"""Encrypted input: only the private key's holder reads it."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.calls.ports import NotAnswered
from app.errors import BadInput
from app.integrations.keys import CertificateKeys, decrypt, encrypt
from tests.rig.certificates import certificate_of, private_pem

pytestmark = pytest.mark.unit

KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
CERTIFICATE = certificate_of(KEY)
CARD = "4111111111111111"


async def test_the_private_key_opens_what_was_sealed() -> None:
    sealed = await CertificateKeys().seal(CARD, "card-key", CERTIFICATE)
    assert CARD.encode() not in base64.b64decode(sealed)
    assert decrypt(sealed, "card-key", private_pem(KEY)) == CARD


def test_the_same_input_never_looks_the_same() -> None:
    assert encrypt(CARD, "card-key", CERTIFICATE) != encrypt(CARD, "card-key", CERTIFICATE)


def test_the_message_names_its_key_as_connect_does() -> None:
    message = base64.b64decode(encrypt(CARD, "card-key", CERTIFICATE))
    assert message[0] == 2
    assert b"AmazonConnect" in message
    assert b"card-key" in message


@pytest.mark.parametrize(
    ("key", "key_id"), [(OTHER, "card-key"), (KEY, "another")], ids=["another key", "another name"]
)
def test_nobody_else_opens_it(key: rsa.RSAPrivateKey, key_id: str) -> None:
    with pytest.raises(BadInput, match="does not open it"):
        decrypt(encrypt(CARD, "card-key", CERTIFICATE), key_id, private_pem(key))


@pytest.mark.parametrize(
    ("sealed", "why"), [("no base64!", "not base64"), ("c29tZXRoaW5nIGVsc2U=", "does not open it"), ("", "open it")]
)
def test_what_is_no_message_is_said(sealed: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        decrypt(sealed, "card-key", private_pem(KEY))


def test_a_private_key_that_is_none_is_said() -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        decrypt(encrypt(CARD, "card-key", CERTIFICATE), "card-key", b"nonsense")


@pytest.mark.parametrize(
    ("certificate", "why"),
    [
        (certificate_of(ec.generate_private_key(ec.SECP256R1())), "no RSA key"),
        (certificate_of(rsa.generate_private_key(65537, 1024)), "1024 bits"),
        (CERTIFICATE.replace("M", "N", 1), "cannot be read"),
    ],
    ids=["elliptic", "short", "damaged"],
)
def test_a_certificate_that_cannot_be_used(certificate: str, why: str) -> None:
    with pytest.raises(NotAnswered, match=why) as refused:
        encrypt(CARD, "card-key", certificate)
    assert CARD not in str(refused.value)
