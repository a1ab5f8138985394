"""What the operations of sounds take besides ids.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from typing import NotRequired, TypedDict


class SoundsListParameters(TypedDict):
    lang: NotRequired[str | None]
    format: NotRequired[str | None]
