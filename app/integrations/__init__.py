"""Functions, bots, streams and storage outside Trunkline."""
