"""What must never be in Asterisk's configuration: ways to run commands, interfaces open to the network, passwords that can be guessed."""

import re
from collections.abc import Iterator
from pathlib import Path

_DANGEROUS = """
app_system app_externalivr app_festival app_exec app_originate app_voicemail app_disa app_chanspy app_adsiprog
app_reload app_minivm app_dictate res_agi res_ael_share res_clioriginate res_config_curl res_curl
res_phoneprov res_http_post res_pjsip_history res_stasis_test func_shell func_env func_curl func_odbc
func_realtime func_export func_lock func_db pbx_spool pbx_lua pbx_ael pbx_dundi pbx_realtime chan_iax2
chan_unistim chan_motif
"""
DANGEROUS_MODULES = frozenset(_DANGEROUS.split())
"""Modules that run programs or scripts, write files or open ports that nothing here needs."""

_DANGEROUS_CALLS = re.compile(
    r"\b(System|TrySystem|AGI|EAGI|ExternalIVR|SHELL|FILE|ENV|EVAL|CURL|Exec|TryExec)\s*\(", re.IGNORECASE
)
_GUESSED = frozenset(
    ("", "secret", "password", "asterisk", "admin", "amp111", "mysecret", "changeme", "1234", "12345678")
)
_SHORTEST_SECRET = 16
_LOOPBACK = re.compile(r"127(\.\d{1,3}){3}|::1|localhost")


def dangerous_findings(directory: Path) -> list[str]:
    """Everything dangerous in the rendered configuration of one Asterisk, each in one sentence; empty when there is nothing."""
    return [
        *_process_findings(directory),
        *_module_findings(directory),
        *_listener_findings(directory),
        *_secret_findings(directory),
        *_dialplan_findings(directory),
    ]


def _read(directory: Path, name: str) -> list[tuple[str, str, str]]:
    """(section, key, value) for every setting of a file; nothing when it is not there."""
    path = directory / name
    section, settings = "", []
    for line in path.read_text().splitlines() if path.exists() else ():
        text = re.split(r"(?<!\\);", line, maxsplit=1)[0].strip()
        if text.startswith("["):
            section = text[1:].split("]")[0]
        elif "=" in text:
            key, _, value = text.partition("=")
            settings.append((section, key.strip().lower(), value.lstrip("> ").strip().replace("\\;", ";")))
    return settings


def _value(settings: list[tuple[str, str, str]], key: str) -> str | None:
    return next((value for _, found, value in reversed(settings) if found == key), None)


def _process_findings(directory: Path) -> Iterator[str]:
    settings = _read(directory, "asterisk.conf")
    if _value(settings, "live_dangerously") != "no":
        yield "asterisk.conf does not say live_dangerously = no: dialplan functions could reach the shell and files."
    if _value(settings, "execincludes") not in (None, "no"):
        yield "asterisk.conf allows #exec: a configuration file could run programs."


def _module_findings(directory: Path) -> Iterator[str]:
    settings = _read(directory, "modules.conf")
    if _value(settings, "autoload") != "no":
        yield "modules.conf does not say autoload = no: every module that is installed would be loaded."
    for _, key, value in settings:
        name = value.removesuffix(".so")
        if key in ("load", "preload", "require", "preload-require") and name in DANGEROUS_MODULES:
            yield f"modules.conf loads {name}, which is not needed and can be abused."


def _listener_findings(directory: Path) -> Iterator[str]:
    for name, what in (("http.conf", "HTTP server (ARI)"), ("manager.conf", "manager interface")):
        settings = _read(directory, name)
        if _value(settings, "enabled") != "yes":
            continue
        address = _value(settings, "bindaddr") or "0.0.0.0"
        if not _LOOPBACK.fullmatch(address):
            yield f"{name} binds the {what} to {address}; it must listen on 127.0.0.1 only."
        if _value(settings, "tlsenable") == "yes":
            yield f"{name} opens a TLS port of the {what} to the network; the application's web port serves browsers."
    if _value(_read(directory, "manager.conf"), "webenabled") == "yes":
        yield "manager.conf opens the manager interface over HTTP; say webenabled = no."
    for _, key, value in _read(directory, "manager.conf"):
        granted = {part.strip() for part in value.split(",")}
        if key == "write" and granted & {"all", "command", "config", "originate"}:
            yield f"manager.conf lets the manager interface write {value}; command, config and originate are never needed."


def _secret_findings(directory: Path) -> Iterator[str]:
    for name, keys in (
        ("ari.conf", ("password",)),
        ("manager.conf", ("secret",)),
        ("websocket_client.conf", ("password",)),
    ):
        for section, key, value in _read(directory, name):
            if key in keys and (value.lower() in _GUESSED or len(value) < _SHORTEST_SECRET):
                yield f"{name} has a {key} in [{section}] that can be guessed; remove var/secrets.json to have a new one made."
        path = directory / name
        if path.exists() and path.stat().st_mode & 0o077:
            yield f"{name} can be read by other users of this machine; give it mode 0600."


def _dialplan_findings(directory: Path) -> Iterator[str]:
    for section, _, value in _read(directory, "extensions.conf"):
        found = _DANGEROUS_CALLS.search(value)
        if found:
            yield f"extensions.conf uses {found.group(1)}() in [{section}], which can run commands or evaluate what a caller sent."
