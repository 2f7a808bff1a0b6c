"""The papers' simulated trainings."""
