"""Makes the plugin known when the package runs from the checkout without being installed."""

pytest_plugins = ["dropout_theory.pytest_plugin"]
