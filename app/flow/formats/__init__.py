"""The written forms of a contact flow."""
