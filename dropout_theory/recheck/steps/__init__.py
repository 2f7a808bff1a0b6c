"""Proofs checked step by step, by code that knows neither SymPy nor a solver nor the rules that found them."""
