"""The pytest plugin: a test per claim and method."""
