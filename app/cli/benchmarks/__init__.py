"""Benchmarks: each brings its own Asterisk and its baseline, runs both in turns in the same minutes, and tells ratios."""
