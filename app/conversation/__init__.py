"""PURE: who is in the call. Rings an agent, plays the whispers, joins, ends."""
