"""The flow core: runs contact flows as pure functions of state, event and time."""
