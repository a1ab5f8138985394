"""The pure definitions of every metric and record."""
