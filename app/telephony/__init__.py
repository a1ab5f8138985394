"""The only package that knows Asterisk."""
