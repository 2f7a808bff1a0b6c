"""Arguments for the claims of Bouthillier, Konda, Vincent and Memisevic (2015)."""
