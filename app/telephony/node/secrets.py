"""The passwords between the application and its Asterisk: random, made once, readable by their owner only."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from app.errors import Unavailable


@dataclass(frozen=True, slots=True, repr=False)
class NodeSecrets:
    """No one types these. Letters, digits, - and _ only."""

    ari_password: str
    ami_password: str


def load_or_create(var: Path) -> NodeSecrets:
    """The secrets in `var`/secrets.json, made on the first call. Other keys of that file are left alone."""
    path = var / "secrets.json"
    stored = _read(path)
    made = NodeSecrets(
        ari_password=stored.get("ari_password") or secrets.token_urlsafe(32),
        ami_password=stored.get("ami_password") or secrets.token_urlsafe(32),
    )
    if stored | asdict(made) != stored:
        _write(path, stored | asdict(made))
    return made


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text())
        if not isinstance(found, dict):
            raise ValueError("no JSON object")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as reason:
        raise Unavailable(
            what=f"The secrets file {path}",
            why=str(reason),
            remedy="Restore it, or remove it and restart Asterisk to have new secrets made.",
        ) from None
    return found


def _write(path: Path, content: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def api_token(var: Path) -> str:
    """The bearer token with which programs on this machine use the API as an administrator; made on the first call."""
    path = var / "secrets.json"
    stored = _read(path)
    if "api_token" not in stored:
        stored["api_token"] = secrets.token_urlsafe(32)
        _write(path, stored)
    return stored["api_token"]
