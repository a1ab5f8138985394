"""The shell around the cores: one inbox, one writer, a journal, the dispatch of commands, recovery. It has no business rules."""
