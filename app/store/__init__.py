"""The journal, the records and the configuration in a database."""
