"""What can be asked of the service layer: one dataclass each, whose docstring says what is done. `calls.ports.actions` lists them."""
