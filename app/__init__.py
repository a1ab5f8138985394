"""Trunkline: a contact centre on your own Asterisk."""

__version__ = "0.1.0"
