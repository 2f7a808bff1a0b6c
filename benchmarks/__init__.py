"""Timings against what a user would write today; not part of the installed package."""
