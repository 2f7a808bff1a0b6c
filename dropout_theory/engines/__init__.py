"""Numeric engines: moments of dropout networks by sampling and by exact computation; no evidence rests on them."""
