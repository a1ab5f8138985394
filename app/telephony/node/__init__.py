"""One Asterisk node: how it is configured, started, watched and kept running."""
