"""Polynomials of normal forms: rational multiples of products of rational powers of atoms, and their arithmetic.

An atom is a term that arithmetic does not take apart; a prime number and a sum in brackets are atoms only under powers
that are not whole and positive. Equal polynomials are one mapping from monomials to coefficients. Arithmetic treats
atoms as unknowns: it cancels x/x, since what is undefined at x = 0 is not compared there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import TypeAlias

from dropout_theory.recheck.steps.grammar import ZERO, Term, number

Monomial: TypeAlias = tuple[tuple[Term, Fraction], ...]  # sorted by the digests of the atoms
Polynomial: TypeAlias = Mapping[Monomial, Fraction]

MAX_TERMS = 5_000
UNIT: Polynomial = {(): Fraction(1)}


class TooLarge(ValueError):
    """A normal form has more terms than is worth the work."""


def constant(value: Fraction | int) -> Polynomial:
    return {(): Fraction(value)} if value else {}


def monomial(powers: Mapping[Term, Fraction]) -> Monomial:
    return tuple(sorted(((t, e) for t, e in powers.items() if e), key=lambda p: p[0].digest))


def atom(term: Term, exponent: Fraction | int = 1) -> Polynomial:
    """A power of an atom, simplified as in a product."""
    return _joined(((term, Fraction(exponent)),), ()) if exponent else UNIT


def add(*polynomials: Polynomial) -> Polynomial:
    total: dict[Monomial, Fraction] = {}
    for p in polynomials:
        for m, coefficient in p.items():
            total[m] = total.get(m, Fraction(0)) + coefficient
    return {m: c for m, c in total.items() if c}


def scale(p: Polynomial, factor: Fraction | int) -> Polynomial:
    return {m: c * factor for m, c in p.items()} if factor else {}


def subtract(p: Polynomial, q: Polynomial) -> Polynomial:
    return add(p, scale(q, -1))


def multiply(*polynomials: Polynomial) -> Polynomial:
    result = UNIT
    for p in polynomials:
        if len(p) * len(result) > MAX_TERMS:
            raise TooLarge(f"a product of {len(result)} and {len(p)} terms")
        result = add(*[scale(_joined(m, n), c * d) for m, c in result.items() for n, d in p.items()])
    return result


def power(p: Polynomial, exponent: int) -> Polynomial:
    """A whole power, of a sum of several terms a positive one."""
    if len(p) == 1:
        (m, c), = p.items()
        return multiply(constant(power_of_number(c, exponent)), *[atom(t, e * exponent) for t, e in m])
    if exponent > MAX_TERMS:
        raise TooLarge(f"a power of {len(p)} terms to the {exponent}")
    return multiply(*[p] * exponent)


def power_of_number(value: Fraction, exponent: int) -> Fraction:
    if abs(exponent) > MAX_TERMS and abs(value) != 1:
        raise TooLarge(f"{value}^{exponent}")
    return value**exponent


def _joined(m: Monomial, n: Monomial) -> Polynomial:
    """The product of two monomials."""
    powers = dict(m)
    for t, e in n:
        powers[t] = powers.get(t, Fraction(0)) + e
    kept: dict[Term, Fraction] = {}
    result: Polynomial = UNIT
    for t, e in powers.items():
        whole, kept[t] = _taken_apart(t, e)
        if whole != UNIT:
            result = multiply(result, whole)
    rest: Polynomial = {monomial(kept): Fraction(1)}
    return rest if result == UNIT else multiply(result, rest)


def _taken_apart(t: Term, e: Fraction) -> tuple[Polynomial, Fraction]:
    """What a power of an atom is: a polynomial, times the atom to the exponent that is left."""
    if is_idempotent(t):
        return UNIT, Fraction(1) if e > 0 else e
    if t.number is not None:
        return constant(power_of_number(t.number, e.numerator // e.denominator)), e % 1
    if t.op == "^" and t.terms[0].number == -1 and e.denominator == 1:  # a power of -1, its exponent whole
        return UNIT, e % 2
    if t.op == "+" and e >= 1:
        return power(parsed(t), int(e)), e % 1
    if (t.op == "*" or t.op == "^" and t.terms[1].number is not None) and e.denominator == 1:  # a root, no longer
        return power(parsed(t), int(e)), Fraction(0)
    return UNIT, e


def is_idempotent(t: Term) -> bool:
    """Whether an atom is 0 or 1, whatever else is known of it."""
    return t.op == "entry" and t.terms[0].op == "gates" or t.op in ("equal-indices", "bernoulli")


def as_term(p: Polynomial) -> Term:
    """The one term that writes a polynomial."""
    parts = sorted((product(m, c) for m, c in p.items()), key=lambda t: t.digest)
    return ZERO if not parts else parts[0] if len(parts) == 1 else Term("+", *parts)


def product(m: Monomial, coefficient: Fraction = Fraction(1)) -> Term:
    factors = [t if e == 1 else Term("^", t, number(e)) for t, e in m]
    if coefficient != 1 or not factors:
        factors.insert(0, number(coefficient))
    return factors[0] if len(factors) == 1 else Term("*", *factors)


@cache
def parsed(term: Term) -> Polynomial:
    """The polynomial that `as_term` wrote."""
    if term.op == "+":
        return add(*map(parsed, term.terms))
    factors: dict[Term, Fraction] = {}
    coefficient = Fraction(1)
    for t in term.terms if term.op == "*" else (term,):
        if t.number is not None:
            coefficient *= t.number
        elif t.op == "^" and (e := t.terms[1].number) is not None:
            factors[t.terms[0]] = e
        else:
            factors[t] = Fraction(1)
    return scale({monomial(factors): Fraction(1)}, coefficient)


def content(p: Polynomial, whole: bool, splits: Mapping[Term, bool]) -> tuple[Fraction, Monomial, Polynomial]:
    """A polynomial of several terms as a number times a monomial times what then has neither in common.

    The number is positive unless the exponent is `whole`; of atoms only those are taken out that `splits` allows.
    """
    common: dict[Term, Fraction] = {}
    for t in {t for m in p for t, _ in m if splits[t]}:
        least = min(dict(m).get(t, Fraction(0)) for m in p)
        if least and not is_idempotent(t):
            common[t] = least
    rest = multiply(p, {monomial({t: -e for t, e in common.items()}): Fraction(1)}) if common else p
    if not rest:
        return Fraction(1), (), p
    lead = rest[min(rest, key=lambda m: [(t.digest, e) for t, e in m])]
    factor = lead if whole else abs(lead)
    return factor, monomial(common), scale(rest, 1 / factor)


def primes(value: Fraction) -> Iterator[tuple[int, int]]:
    """The prime factors of a positive number with their exponents. Raises TooLarge for what has large ones."""
    for n, sign in ((value.numerator, 1), (value.denominator, -1)):
        q = 2
        while n > 1:
            if q * q > n:
                q = n
            if q > 100_000 and q != n:
                raise TooLarge(f"the factors of {value}")
            e = 0
            while n % q == 0:
                n, e = n // q, e + 1
            if e:
                yield q, sign * e
            q += 1
