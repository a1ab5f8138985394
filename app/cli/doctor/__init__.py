"""What a telecom engineer would check on a live system, each examination in a file of its kind."""
