"""Runs of evidence: which checks, in which processes, and what all of it amounts to."""
