"""Arguments behind the claims of Schluter (2019)."""
