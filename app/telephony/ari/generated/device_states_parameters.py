"""What the operations of deviceStates take besides ids.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from typing import TypedDict


class DeviceStatesUpdateParameters(TypedDict):
    deviceState: str
