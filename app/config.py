"""Settings of one installation: from the environment (`TRUNKLINE_WEB_PORT=8443`) or from `var/trunkline.env`, one name a line.

What an administrator changes while the system runs (trunks, phones, queues, flows) is not here but in the database.
"""

import os
from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.domain.ice import IceServers, named
from app.errors import BadInput

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every setting has a default that works on one machine."""

    model_config = SettingsConfigDict(env_prefix="TRUNKLINE_", extra="ignore")

    var: Path = Path("var")
    """Where everything that is written lies."""
    database_url: str = ""
    """Empty: SQLite in `var`. Otherwise postgresql://user:password@host/name."""
    country: str = "US"
    node: str = "node1"
    """This Asterisk's name; every channel id begins with it."""

    web_host: str = "0.0.0.0"
    web_port: int = 8080
    tls_certificate: Path | None = None
    tls_private_key: Path | None = None

    bind_address: str = "0.0.0.0"
    sip_port: int = 5060
    sip_tls_port: int | None = None
    http_port: int = 8088
    ami_port: int = 5038
    ari_port: int = 8081
    rtp_start: int = 10000
    rtp_end: int = 20000
    external_address: str | None = None
    stun: str = ""
    """Servers that tell browsers and Asterisk their public addresses, such as stun:stun.example.net:3478. Commas between several."""
    turn: str = ""
    """Servers that pass browsers' sound on, such as turn:turn.example.net:3478,turns:turn.example.net:5349?transport=tcp."""
    turn_secret: str = ""
    """Shared with the TURN servers: each page gets a log-in of its own that ends. Without it the two below are everybody's."""
    turn_username: str = ""
    turn_password: str = ""
    overflow_number: str = ""
    fallback_wait_s: int = 60

    function_networks: str = ""
    """Private networks in which functions may be asked over HTTPS, such as 10.1.0.0/16,127.0.0.1. Empty: none."""
    function_plain_http: bool = False
    """Whether a function's address may begin with http://."""
    function_memory_mb: int = 512
    """What one process of a function in Python may use."""

    asterisk: str = "embedded"
    """`embedded`: this application runs Asterisk as its child. `external`: somebody else runs it with the configuration that
    `python -m app asterisk render` writes."""
    flow_log_days: int = 90
    """For how many days the flow log is kept; 0 keeps none."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.var / 'trunkline.db'}"

    @property
    def ice(self) -> IceServers:
        """What helps browsers' sound through. BadInput names what does not fit."""
        login = self.turn_secret, self.turn_username, self.turn_password
        return IceServers(named(self.stun), named(self.turn), *login)


def load_settings(**overrides: object) -> Settings:
    """The settings of this process. BadInput names the variable and what is wrong with it."""
    var = Path(str(overrides.get("var") or os.environ.get("TRUNKLINE_VAR") or "var")).resolve()
    try:
        return Settings(_env_file=var / "trunkline.env", **{**overrides, "var": var})  # type: ignore[call-arg, arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "TRUNKLINE_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadInput(what=f"The setting {name}={first['input']!r}", why=first["msg"]) from None
