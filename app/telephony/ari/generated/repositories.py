"""All repositories, as attributes of a client.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from typing import TYPE_CHECKING

from app.telephony.ari.generated.applications import Applications
from app.telephony.ari.generated.asterisk import Asterisk
from app.telephony.ari.generated.bridges import Bridges
from app.telephony.ari.generated.channels import Channels
from app.telephony.ari.generated.device_states import DeviceStates
from app.telephony.ari.generated.endpoints import Endpoints
from app.telephony.ari.generated.events import Events
from app.telephony.ari.generated.mailboxes import Mailboxes
from app.telephony.ari.generated.playbacks import Playbacks
from app.telephony.ari.generated.recordings import Recordings
from app.telephony.ari.generated.sounds import Sounds

if TYPE_CHECKING:
    from app.telephony.ari.client import AriClient


class Repositories:
    """`client.channels`, `client.bridges` and so on."""

    def _add_repositories(self, client: "AriClient") -> None:
        self.applications = Applications(client)
        self.asterisk = Asterisk(client)
        self.bridges = Bridges(client)
        self.channels = Channels(client)
        self.deviceStates = DeviceStates(client)
        self.endpoints = Endpoints(client)
        self.events = Events(client)
        self.mailboxes = Mailboxes(client)
        self.playbacks = Playbacks(client)
        self.recordings = Recordings(client)
        self.sounds = Sounds(client)
