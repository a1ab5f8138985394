"""The pure interpreter of contact flows."""
