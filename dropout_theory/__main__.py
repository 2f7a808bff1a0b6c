"""`python -m dropout_theory` is the command line."""

from dropout_theory.cli.main import entry

entry()
