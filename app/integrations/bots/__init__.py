"""The other end of Get customer input from a bot: bots of the instance's files, Amazon Lex V2."""

from app.integrations.bots.bots import MapOfBots

__all__ = ["MapOfBots"]
