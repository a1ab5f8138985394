"""Asterisk's configuration files, rendered from the instance's settings and written without a half file ever being seen."""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.domain.lines import NetworkSettings, Trunk, require_node_name
from app.errors import BadInput
from app.telephony.node import tones
from app.telephony.node.layout import EnginePaths, Layout
from app.telephony.node.module_list import MODULES
from app.telephony.node.secrets import NodeSecrets

TEMPLATES = Path(__file__).resolve().parents[3] / "asterisk-conf"
OPEN_FILES = 65536
FALLBACK_RING_S = 4
"""For how long a caller hears ringing before the fallback answers with music: a restart of the application costs no answered call."""
ABSENT = '$["${TRUNKLINE_ALIVE}" != "" & ${EPOCH} - 0${TRUNKLINE_ALIVE} > 6]'
"""The dialplan's question whether the application has given no sign of life for 6 s (never, if it has given none at all)."""

_RELOADS = {
    "pjsip_trunks.conf": (
        "res_pjsip",
        "res_pjsip_endpoint_identifier_ip",
        "res_pjsip_outbound_registration",
    ),
    "pjsip.conf": ("res_pjsip", "res_pjsip_endpoint_identifier_ip", "res_pjsip_outbound_registration"),
    "extensions.conf": ("pbx_config",),
    "musiconhold.conf": ("res_musiconhold",),
    "rtp.conf": ("res_rtp_asterisk",),
    "http.conf": ("http",),
    "manager.conf": ("manager",),
    "logger.conf": ("logger",),
    "indications.conf": ("indications",),
    "cdr.conf": ("cdr",),
    "cel.conf": ("cel",),
    "websocket_client.conf": ("res_websocket_client",),
    "ari.conf": ("res_ari",),
}
_RESTARTS = frozenset({"asterisk.conf", "modules.conf", "sorcery.conf", "http.conf", "pjsip.conf"})
"""Files of which at least a part is read at the start only: listening addresses above all."""


def _escape(value: object) -> str:
    """Any expression of a template made safe: `;` begins a comment in Asterisk's files, a new line begins a new setting."""
    text = str(value)
    if not text.isprintable():
        raise BadInput(
            what=f"The configuration value {text!r}", why="it contains a character that cannot be printed; remove it"
        )
    return text.replace(";", "\\;")


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    finalize=_escape,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def render(
    settings: NetworkSettings,
    trunks: Sequence[Trunk],
    engine: EnginePaths,
    var: Path,
    node: str,
    secrets: NodeSecrets,
    own_address: str = "",
) -> dict[str, str]:
    """Every configuration file of one node, by file name. Pure but for reading the templates. BadInput names what cannot be written.

    `own_address` is this machine's; browsers are told the external address in its place.
    """
    enabled = sorted((trunk for trunk in trunks if trunk.enabled), key=lambda trunk: (trunk.order, trunk.name))
    _check_trunks(enabled, settings)
    values = {
        "settings": settings,
        "trunks": enabled,
        "transports": {trunk.name: _transport(trunk, settings) for trunk in enabled},
        "engine": engine,
        "layout": Layout(var),
        "node": require_node_name(node),
        "secrets": secrets,
        "own_address": own_address,
        "modules": MODULES,
        "open_files": OPEN_FILES,
        "ring_s": FALLBACK_RING_S,
        "absent": ABSENT,
        "tone_zone": tones.zone_of(settings.country),
        "tone_zones": tones.ZONES,
        "bind": _uri_host(settings.bind_address),
        "uri_host": _uri_host,
        "uri_user": lambda user: quote(user, safe="+!~*._-"),
    }
    names = _ENVIRONMENT.list_templates(filter_func=lambda name: name.endswith(".conf.j2"))
    return {name.removesuffix(".j2"): _ENVIRONMENT.get_template(name).render(values) for name in names}


def _uri_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _transport(trunk: Trunk, settings: NetworkSettings) -> str:
    if trunk.transport != "tls":
        return f"transport-{trunk.transport}"
    if settings.sip_tls_port is None:
        raise BadInput(
            what=f"The transport of trunk {trunk.name}",
            why="SIP over TLS is off; set the SIP TLS port and its certificate, or choose udp or tcp",
        )
    return "transport-tls-verified" if trunk.tls_verify else "transport-tls"


def _check_trunks(trunks: Sequence[Trunk], settings: NetworkSettings) -> None:
    names = [trunk.name for trunk in trunks]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(what=f"The trunk's name {name!r}", why="two trunks have it; rename one of them")
    for trunk in trunks:
        if ":" in trunk.host and ":" not in settings.bind_address:
            raise BadInput(
                what=f"The host {trunk.host} of trunk {trunk.name}",
                why=f"it is an IPv6 address and SIP listens on {settings.bind_address} only; bind to :: or use an IPv4 address",
            )


def write_if_changed(files: dict[str, str], directory: Path) -> set[str]:
    """Makes `directory` hold exactly these .conf files, each replaced in one step; returns the names that changed, came or went.

    The files hold passwords: only their owner can read them.
    """
    directory.mkdir(parents=True, exist_ok=True)
    changed = set()
    for name, text in files.items():
        path = directory / name
        if path.exists() and path.read_text() == text:
            continue
        beside = path.with_name(f".{name}.{os.getpid()}")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        os.replace(beside, path)
        changed.add(name)
    for path in directory.glob("*.conf"):
        if path.name not in files:
            path.unlink()
            changed.add(path.name)
    return changed


def reloads_for(changed: set[str]) -> list[str]:
    """The Asterisk modules to reload, in order, so that changed files count. Calls that are up go on through all of them."""
    modules: list[str] = []
    for name, reloads in _RELOADS.items():
        modules.extend(module for module in reloads if name in changed and module not in modules)
    return modules


def restart_needed(changed: set[str]) -> list[str]:
    """Those changed files of which Asterisk reads a part only when it starts."""
    return sorted(changed & _RESTARTS)
