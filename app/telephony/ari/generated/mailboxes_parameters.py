"""What the operations of mailboxes take besides ids.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

from typing import TypedDict


class MailboxesUpdateParameters(TypedDict):
    oldMessages: int
    newMessages: int
