"""What the operations of playbacks take besides ids.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from typing import TypedDict


class PlaybacksControlParameters(TypedDict):
    operation: str
