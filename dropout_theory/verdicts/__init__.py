"""Evidence, the derivation of verdicts, fingerprints and records: the small part that must be right."""
