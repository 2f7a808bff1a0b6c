"""A second, independently written path to every exact witness: fractions and mpmath where the first uses Arb."""
