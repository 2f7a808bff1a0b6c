"""Makes the plugin known where the package is not installed, and pytest's own tester for the tests of the plugin."""

pytest_plugins = ["dropout_theory.testing.pytest_plugin", "pytester"]
