"""A test call as a customer would make it: who calls, the path that is followed, and what is told about it in the end."""
