"""Virtual callers, agents and faults over the production cores."""
