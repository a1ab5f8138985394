"""Writes the typed client from Asterisk's own API description: names and types only, none of its prose."""
