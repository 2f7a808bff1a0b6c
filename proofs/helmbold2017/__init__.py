"""Arguments for the claims of helmbold2017."""
