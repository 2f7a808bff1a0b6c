"""The command `dropout-theory`."""
