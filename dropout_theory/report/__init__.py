"""Ledger, citations and terminal tables: what a run leaves behind and how it is shown."""
