"""What is kept: the journal, the records and the configuration, in SQLite or Postgres behind one interface."""
