"""What connects people to the contact centre: trunks, phones, and the network that Asterisk listens on.

Every value is checked when it is made, because it ends in Asterisk's configuration: what passes here cannot break out of the line
that it is written on. Each refusal names the field and says what to write instead.
"""

import hashlib
import ipaddress
import re
from dataclasses import dataclass

from app.errors import BadInput

CODECS = ("opus", "g722", "alaw", "ulaw", "gsm")
TRANSPORTS = ("udp", "tcp", "tls")
PRIVATE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_HOST = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?"
)
_SIP_USER = re.compile(r"[A-Za-z0-9_.+~!*@%-]{1,128}")
_SECRET = re.compile(r"[!-~]([ -~]{0,126}[!-~])?")
_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_PATH = re.compile(r"/[^\x00-\x1f\x7f]*")


def _refuse(what: str, why: str) -> BadInput:
    return BadInput(what=what, why=why)


def _matches(pattern: re.Pattern[str], text: str, what: str, why: str) -> None:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise _refuse(f"{what} {text!r}", why)


def _choice(text: str, choices: tuple[str, ...], what: str) -> None:
    if text not in choices:
        raise _refuse(f"{what} {text!r}", f"choose one of {', '.join(choices)}")


def _port(number: int, what: str) -> None:
    if not isinstance(number, int) or not 1 <= number <= 65535:
        raise _refuse(f"{what} {number!r}", "a port is a whole number from 1 to 65535")


def _codecs(codecs: tuple[str, ...], what: str) -> None:
    if not codecs:
        raise _refuse(what, f"name at least one of {', '.join(CODECS)}, the preferred first")
    for codec in codecs:
        _choice(codec, CODECS, what)


def _network(text: str, what: str) -> None:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise _refuse(f"{what} {text!r}", "write an IP address or a network such as 198.51.100.0/24") from None


def _name(text: str, what: str) -> None:
    if not isinstance(text, str) or len(text) > 40 or not _NAME.fullmatch(text):
        raise _refuse(
            f"{what} {text!r}", "use up to 40 small letters, digits and single hyphens, beginning with a letter"
        )


def _host(text: str, what: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        _matches(_HOST, text, what, "write a host name such as sip.example.com or an IP address")
        if set(text) <= set("0123456789."):
            raise _refuse(f"{what} {text!r}", "it is neither a host name nor an IP address") from None


def softphone_of(agent_id: str) -> str:
    """The name of the agent's phone in the browser: `web-` and the agent's id, or a digest of an id that cannot be a phone's name."""
    name = f"web-{agent_id}"
    if len(name) <= 40 and _NAME.fullmatch(name):
        return name
    return f"web-x{hashlib.sha256(agent_id.encode()).hexdigest()[:16]}"


def require_node_name(name: str) -> str:
    """`name` when it can name an Asterisk node: it begins every channel's id and is written into file names and addresses."""
    _name(name, "The node's name")
    return name


@dataclass(frozen=True, slots=True)
class Trunk:
    """A line to the telephone network.

    `mode` is `ip` (the carrier knows our address, we know theirs) or `register` (we log in with `username` and `secret`).
    Trunks are tried by ascending `order` for outgoing calls. `match` are the addresses that the carrier's calls come from, `host` is
    always one of them. `media_timeout_s` ends a call whose audio has stopped for so long; 0 never does (a carrier that suppresses
    silence needs that).
    """

    name: str
    host: str
    mode: str = "ip"
    port: int = 5060
    transport: str = "udp"
    srtp: str = "none"
    username: str = ""
    secret: str = ""
    codecs: tuple[str, ...] = ("alaw", "ulaw")
    match: tuple[str, ...] = ()
    order: int = 1
    enabled: bool = True
    from_user: str = ""
    from_domain: str = ""
    outbound_caller_id: str = ""
    tls_verify: bool = True
    media_timeout_s: int = 0

    def __post_init__(self) -> None:
        _name(self.name, "The trunk's name")
        what = f"The {{}} of trunk {self.name}".format
        _choice(self.mode, ("ip", "register"), what("mode"))
        _host(self.host, what("host"))
        _port(self.port, what("port"))
        _choice(self.transport, TRANSPORTS, what("transport"))
        _choice(self.srtp, ("none", "sdes"), what("SRTP option"))
        if self.srtp == "sdes" and self.transport != "tls":
            raise _refuse(what("SRTP option"), "SDES sends its keys in the signalling, so it needs the transport tls")
        _codecs(self.codecs, what("codecs"))
        for address in self.match:
            _network(address, what("match address"))
        if self.mode == "register" and not (self.username and self.secret):
            raise _refuse(
                what("log-in"), "a registering trunk needs the username and the secret that the carrier gave you"
            )
        for label, text in (("username", self.username), ("From user", self.from_user)):
            if text:
                _matches(_SIP_USER, text, what(label), "use letters, digits and . _ + ~ ! * @ % - only")
        if self.secret:
            _matches(
                _SECRET,
                self.secret,
                what("secret"),
                "use 1 to 128 printable ASCII characters without a space at either end",
            )
        if self.own_domain:
            _host(self.own_domain, what("From domain"))
        if self.outbound_caller_id:
            _matches(
                _NUMBER, self.outbound_caller_id, what("outbound caller id"), "write a number such as +15551234567"
            )
        if not 0 <= self.media_timeout_s <= 3600:
            raise _refuse(what("media timeout"), "choose 0 (off) to 3600 seconds")

    @property
    def endpoint(self) -> str:
        """The name of the trunk's SIP endpoint in Asterisk; no phone can be called so."""
        return f"trunk-{self.name}"

    @property
    def own_user(self) -> str:
        """Our user part in the carrier's eyes: the From user, else what stands before the @ of a registering trunk's username."""
        return self.from_user or (self.username.partition("@")[0] if self.mode == "register" else "")

    @property
    def own_domain(self) -> str:
        """Our domain in the carrier's eyes: the From domain, else what stands after the @ of the username; may be empty."""
        return self.from_domain or (self.username.partition("@")[2] if self.mode == "register" else "")


@dataclass(frozen=True, slots=True)
class Phone:
    """An agent's phone. `kind` is `desk` (SIP) or `webrtc` (a browser). `transport` `any` lets the phone choose.

    The name is the SIP user. It begins with a letter, so that no caller's number is ever taken for a phone.
    """

    name: str
    secret: str
    kind: str = "desk"
    codecs: tuple[str, ...] = ()
    transport: str = "any"

    def __post_init__(self) -> None:
        _name(self.name, "The phone's name")
        if self.name.startswith("trunk-") or self.name in ("system", "global", "anonymous"):
            raise _refuse(
                f"The phone's name {self.name!r}",
                "names that begin with trunk- and the words system, global, anonymous are taken",
            )
        what = f"The {{}} of phone {self.name}".format
        _choice(self.kind, ("desk", "webrtc"), what("kind"))
        _matches(
            _SECRET,
            self.secret,
            what("secret"),
            "use printable ASCII characters, at most 128, without a space at either end",
        )
        if len(self.secret) < 8:
            raise _refuse(what("secret"), "use at least 8 characters: phones are what scanners try first")
        if self.codecs:
            _codecs(self.codecs, what("codecs"))
        _choice(self.transport, ("any", *TRANSPORTS), what("transport"))

    @property
    def offered_codecs(self) -> tuple[str, ...]:
        """The phone's codecs, or what its kind usually speaks. Calls without transcoding cost least, hence telephone codecs first."""
        return self.codecs or (("opus", "alaw", "ulaw") if self.kind == "webrtc" else ("alaw", "ulaw", "g722"))


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """Where Asterisk listens and how it is seen from outside. `http_port` and `ami_port` listen on this machine only.

    `external_address` is the public address when Asterisk stands behind NAT; `local_networks` are reached without it. `stun_server`
    (host:port) is asked for that address when none is given.
    `ari_port` is the application's port that Asterisk opens its websocket to. When no application answers a caller for
    `fallback_wait_s` seconds, the call goes to `overflow_number` over the trunks, or is ended with a spoken regret without one.
    """

    sip_port: int = 5060
    sip_tls_port: int | None = None
    tls_certificate: str = ""
    tls_private_key: str = ""
    http_port: int = 8088
    ami_port: int = 5038
    ari_port: int = 8081
    rtp_start: int = 10000
    rtp_end: int = 20000
    bind_address: str = "0.0.0.0"
    external_address: str | None = None
    stun_server: str = ""
    local_networks: tuple[str, ...] = PRIVATE_NETWORKS
    country: str = "US"
    fallback_wait_s: int = 60
    overflow_number: str = ""

    def __post_init__(self) -> None:
        ports = {"SIP": self.sip_port, "HTTP": self.http_port, "AMI": self.ami_port, "ARI": self.ari_port}
        if self.sip_tls_port is not None:
            ports |= {"SIP TLS": self.sip_tls_port, "outgoing SIP TLS (the SIP TLS port + 1)": self.sip_tls_port + 1}
            for label, path in (("certificate", self.tls_certificate), ("private key", self.tls_private_key)):
                _matches(_PATH, path, f"The TLS {label}", "SIP over TLS needs the full path of a PEM file")
        for label, number in ports.items():
            _port(number, f"The {label} port")
        for number in set(ports.values()):
            holders = [label for label, taken in ports.items() if taken == number]
            if len(holders) > 1:
                raise _refuse(f"The {' and the '.join(holders)} port {number}", "each needs a port of its own")
        _port(self.rtp_start, "The first RTP port")
        _port(self.rtp_end, "The last RTP port")
        if self.rtp_end - self.rtp_start < 3:
            raise _refuse(
                f"The RTP range {self.rtp_start}-{self.rtp_end}",
                "a call needs four ports; give it some thousands, such as 10000-20000",
            )
        _network(self.bind_address, "The bind address")
        if self.external_address is not None:
            _host(self.external_address, "The external address")
        if self.stun_server:
            host, _, port = self.stun_server.rpartition(":")
            _host(host.strip("[]"), "The STUN server")
            _port(int(port) if port.isdigit() else -1, "The STUN server's port")
        for network in self.local_networks:
            _network(network, "The local network")
        _matches(_COUNTRY, self.country, "The country", "write its two letters, such as US or DE")
        if not 5 <= self.fallback_wait_s <= 3600:
            raise _refuse(f"The fallback wait {self.fallback_wait_s!r}", "choose 5 to 3600 seconds")
        if self.overflow_number:
            _matches(_NUMBER, self.overflow_number, "The overflow number", "write a number such as +15551234567")
