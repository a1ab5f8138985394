"""The pure decision which agent gets which contact."""
