"""Polynomials: rational multiples of products of powers of variables, and their arithmetic.

Equal polynomials are one mapping from monomials to coefficients. In certificates variables are numbers and nothing is
known of them; in normal forms they are terms, of which `atoms` knows more.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TypeAlias

from dropout_theory.recheck.steps.grammar import NotShown

Monomial: TypeAlias = tuple[tuple[Any, Any], ...]  # variables with exponents that are not 0, in their order

MAX_TERMS = 20_000


class TooLarge(NotShown):
    """There are more terms than is worth the work."""


def limited(work: int) -> None:
    if work > MAX_TERMS:
        raise TooLarge(f"{work} terms; allowed: {MAX_TERMS}")


class Polynomial(dict[Monomial, Fraction]):
    """A mapping from monomials to coefficients that are not 0. Products are of variables of which nothing is known."""

    def __add__(self, other: Polynomial) -> Polynomial:
        return collected([*self.items(), *other.items()])

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + other * -1

    def __mul__(self, other: Polynomial | Fraction | int) -> Polynomial:
        if not isinstance(other, Polynomial):
            return Polynomial({m: c * other for m, c in self.items()} if other else {})
        limited(len(self) * len(other))
        return collected([(monomial([*m, *n]), c * d) for m, c in self.items() for n, d in other.items()])

    @property
    def constant(self) -> Fraction:
        return self.get((), Fraction(0))


def collected(terms: Iterable[tuple[Monomial, Fraction]]) -> Polynomial:
    """The sum of monomials with coefficients."""
    total: dict[Monomial, Fraction] = {}
    for m, c in terms:
        total[m] = total.get(m, Fraction(0)) + c
    return Polynomial({m: c for m, c in total.items() if c})


def added(polynomials: Iterable[Polynomial]) -> Polynomial:
    return collected(term for p in polynomials for term in p.items())


def monomial(powers: Iterable[tuple[Any, Any]]) -> Monomial:
    """The product of powers of variables."""
    total: dict[Any, Any] = {}
    for v, e in powers:
        total[v] = total.get(v, 0) + e
    return tuple(sorted((v, e) for v, e in total.items() if e))


def alone(variable: Any, exponent: Any = 1) -> Polynomial:
    return Polynomial({((variable, exponent),): Fraction(1)})


UNIT = Polynomial({(): Fraction(1)})
