"""Encrypted customer input: the AWS Encryption SDK's message format with a raw RSA key, as Amazon Connect writes it.

The message holds a data key of its own, wrapped for the certificate's public key by RSA-OAEP (SHA-512, MGF1 with SHA-512), and
the input under AES-256-GCM with key commitment and signature. The key provider is `AmazonConnect`, the key's name the block's.
"""

import asyncio
import base64
import binascii
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from app.calls.ports import NotAnswered
from app.errors import BadInput

PROVIDER = "AmazonConnect"
LEAST_BITS = 2048


class CertificateKeys:
    """`calls.ports.Keys`. Encryption takes a few milliseconds and happens in a thread."""

    async def seal(self, entered: str, key_id: str, certificate: str) -> str:
        return await asyncio.to_thread(encrypt, entered, key_id, certificate)


def encrypt(entered: str, key_id: str, certificate: str) -> str:
    """The input as base64 text that only the certificate's private key opens. NotAnswered when the certificate cannot be used."""
    import aws_encryption_sdk

    try:
        public = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unusable(f"it cannot be read ({error})") from None
    if not isinstance(public, RSAPublicKey):
        raise _unusable("its key is no RSA key")
    if public.key_size < LEAST_BITS:
        raise _unusable(f"its key has {public.key_size} bits, fewer than {LEAST_BITS}")
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    message, _ = aws_encryption_sdk.EncryptionSDKClient().encrypt(
        source=entered.encode(), key_provider=_key(pem, key_id, private=False)
    )
    return base64.b64encode(message).decode()


def decrypt(sealed: str, key_id: str, private_key: bytes, password: bytes | None = None) -> str:
    """What was entered. BadInput when the text is no such message or the key (PEM) is not the one it was made for."""
    import aws_encryption_sdk
    from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError

    try:
        message = base64.b64decode(sealed, validate=True)
    except binascii.Error:
        raise BadInput(what="The encrypted input", why="it is not base64") from None
    try:
        private = serialization.load_pem_private_key(private_key, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadInput(what="The private key", why=f"it cannot be read ({error})") from None
    if not isinstance(private, RSAPrivateKey):
        raise BadInput(what="The private key", why="it is no RSA key")
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        plain, _ = aws_encryption_sdk.EncryptionSDKClient().decrypt(
            source=message, key_provider=_key(pem, key_id, private=True)
        )
    except (AWSEncryptionSDKClientError, ValueError) as error:
        why = f"this private key with the name {key_id!r} does not open it ({type(error).__name__})"
        raise BadInput(what="The encrypted input", why=why) from None
    return str(plain.decode())


def _key(pem: bytes, key_id: str, *, private: bool) -> Any:
    from aws_encryption_sdk.identifiers import EncryptionKeyType, WrappingAlgorithm
    from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
    from aws_encryption_sdk.key_providers.raw import RawMasterKey

    wrapping = WrappingKey(
        WrappingAlgorithm.RSA_OAEP_SHA512_MGF1,
        pem,
        EncryptionKeyType.PRIVATE if private else EncryptionKeyType.PUBLIC,
    )
    return RawMasterKey(provider_id=PROVIDER, key_id=key_id.encode(), wrapping_key=wrapping)


def _unusable(why: str) -> NotAnswered:
    return NotAnswered(who="Encryption with this certificate", why=why)
