"""Polynomials: rational multiples of products of powers of variables, and their arithmetic.

Equal polynomials are one mapping from monomials to coefficients. In certificates variables are numbers and nothing is
known of them. In normal forms a variable is an atom, a term that arithmetic does not take apart, and exponents are
rational; a prime number and a sum in brackets are atoms only under powers that are not whole and positive.

Arithmetic treats atoms as unknowns: it cancels x/x, since what is undefined at x = 0 is not compared there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from dropout_theory.recheck.steps.grammar import ZERO, NotShown, Term, number

Monomial: TypeAlias = tuple[tuple[Any, Any], ...]  # variables with exponents that are not 0, in their order
Polynomial: TypeAlias = dict[Monomial, Fraction]

MAX_TERMS = 20_000
UNIT: Polynomial = {(): Fraction(1)}


class TooLarge(NotShown):
    """There are more terms than is worth the work."""


def constant(value: Fraction | int) -> Polynomial:
    return {(): Fraction(value)} if value else {}


def alone(variable: Any, exponent: Fraction | int = 1) -> Polynomial:
    return {((variable, exponent),): Fraction(1)}


def monomial(powers: Mapping[Any, Any]) -> Monomial:
    return tuple(sorted((v, e) for v, e in powers.items() if e))


def add(*polynomials: Polynomial) -> Polynomial:
    total: Polynomial = {}
    for p in polynomials:
        for m, c in p.items():
            total[m] = total.get(m, Fraction(0)) + c
    return {m: c for m, c in total.items() if c}


def scale(p: Polynomial, factor: Fraction | int) -> Polynomial:
    return {m: c * factor for m, c in p.items()} if factor else {}


def subtract(p: Polynomial, q: Polynomial) -> Polynomial:
    return add(p, scale(q, -1))


def multiply(p: Polynomial, q: Polynomial) -> Polynomial:
    """The product, of variables of which nothing is known."""
    if len(p) * len(q) > MAX_TERMS:
        raise TooLarge(f"a product of {len(p)} and {len(q)} terms")
    total: Polynomial = {}
    for m, c in p.items():
        for n, d in q.items():
            powers = dict(m)
            for v, e in n:
                powers[v] = powers.get(v, 0) + e
            key = monomial(powers)
            total[key] = total.get(key, Fraction(0)) + c * d
    return {m: c for m, c in total.items() if c}


# --- atoms ----------------------------------------------------------------------------------------------------------


def atom(term: Term, exponent: Fraction | int = 1) -> Polynomial:
    """A power of an atom, simplified."""
    return product(alone(term, Fraction(exponent))) if exponent else UNIT


def product(*polynomials: Polynomial) -> Polynomial:
    """The product of normal forms, with powers of atoms taken apart."""
    result = UNIT
    for p in polynomials:
        result = add(*[scale(_simplified(m), c) for m, c in multiply(result, p).items()])
    return result


@cache
def _simplified(m: Monomial) -> Polynomial:
    parts, kept = [], {}
    for t, e in m:
        whole, kept[t] = _taken_apart(t, e)
        if whole != UNIT:
            parts.append(whole)
    rest: Polynomial = {monomial(kept): Fraction(1)}
    return product(*parts, rest) if parts else rest


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


def power(p: Polynomial, exponent: int) -> Polynomial:
    """A whole power, of a sum of several terms a positive one."""
    if len(p) == 1:
        (m, c), = p.items()
        return product(constant(power_of_number(c, exponent)), *[atom(t, e * exponent) for t, e in m])
    if exponent > MAX_TERMS:
        raise TooLarge(f"a power of {len(p)} terms to the {exponent}")
    return product(*[p] * exponent)


def power_of_number(value: Fraction, exponent: int) -> Fraction:
    if abs(exponent) > MAX_TERMS and abs(value) != 1:
        raise TooLarge(f"{value}^{exponent}")
    return value**exponent


# --- as terms -------------------------------------------------------------------------------------------------------


def as_term(p: Polynomial) -> Term:
    """The one term that writes a polynomial."""
    parts = sorted(term_of(m, c) for m, c in p.items())
    return ZERO if not parts else parts[0] if len(parts) == 1 else Term("+", *parts)


def term_of(m: Monomial, coefficient: Fraction = Fraction(1)) -> Term:
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


def primes(value: Fraction) -> Iterator[tuple[Term, Fraction]]:
    """The prime factors of a positive number with their exponents. Raises TooLarge for what has large ones."""
    for n, sign in ((value.numerator, 1), (value.denominator, -1)):
        q = 2
        while n > 1:
            if q * q > n:
                q = n
            if q > 100_000 and q != n:
                raise TooLarge(f"the factors of {value}")
            if n % q == 0:
                n //= q
                yield number(q), Fraction(sign)
            else:
                q += 1
