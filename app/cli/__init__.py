"""The command line: one file a group of commands. It may use every package, and nothing but `__main__` uses it."""
