"""PURE: which agent takes which contact, and the agents' working states."""
