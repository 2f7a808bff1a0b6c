"""The exact value or ball of an expression, and the truth of a statement, at an instance."""
