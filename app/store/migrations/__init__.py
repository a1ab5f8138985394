"""Numbered schema changes. A file here never changes once it was released."""
