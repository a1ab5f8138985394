"""Values only: what a contact, an agent, a queue, an event and a command are."""
