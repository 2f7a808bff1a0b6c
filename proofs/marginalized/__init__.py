"""Arguments for the claims of the marginalisation study."""
