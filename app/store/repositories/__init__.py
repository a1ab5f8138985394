"""What the store offers: each class takes and returns values and hides the tables behind it."""
