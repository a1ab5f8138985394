"""`key`: encrypted customer input."""

import datetime
import sys
from pathlib import Path

import typer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from app.cli.output import say
from app.errors import BadInput
from app.integrations.keys import decrypt

group = typer.Typer(help="Encrypted customer input: makes keys, opens what was entered.", no_args_is_help=True)

BITS = 4096
YEARS = 10


@group.command("make")
def make(
    name: str = typer.Argument(help="The key's name, as the block's setting says it."),
    folder: Path = typer.Option(Path(), help="Where the two files go. Keep the private one off this machine."),
) -> None:
    """Makes a private key and the certificate for the block Store customer input."""
    private, certificate = folder / f"{name}.private.pem", folder / f"{name}.certificate.pem"
    for path in (private, certificate):
        if path.exists():
            raise BadInput(what=f"The file {path}", why="it is there already")
    key = rsa.generate_private_key(65537, BITS)
    try:
        private.touch(mode=0o600)
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        certificate.write_bytes(_certificate(key, name).public_bytes(serialization.Encoding.PEM))
    except OSError as error:
        raise BadInput(what=f"The folder {folder}", why=str(error)) from None
    say(f"{certificate}: put its text into the block's setting Encrypt for.")
    say(f"{private}: opens what was entered. Give it to those who may, and keep it nowhere else.")


@group.command("decrypt")
def decrypt_input(
    private_key: Path = typer.Argument(help="The private key, PEM."),
    key: str = typer.Option(help="The key's name, as in the block."),
    sealed: str = typer.Argument("-", help="The stored input in base64; - reads it from standard input."),
    password: str = typer.Option(
        "", help="The private key's password, if it has one.", envvar="TRUNKLINE_KEY_PASSWORD"
    ),
) -> None:
    """Prints what a customer entered."""
    try:
        pem = private_key.read_bytes()
    except OSError as error:
        raise BadInput(what=f"The private key {private_key}", why=str(error.strerror)) from None
    text = sys.stdin.read() if sealed == "-" else sealed
    say(decrypt("".join(text.split()), key, pem, password.encode() or None))


def _certificate(key: rsa.RSAPrivateKey, name: str) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=365 * YEARS))
        .sign(key, hashes.SHA256())
    )
