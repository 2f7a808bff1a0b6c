"""Ways to take an expectation: enumeration, the Fourier form, Monte Carlo."""
