"""Polynomials of atoms: terms that arithmetic does not take apart, under rational exponents.

A number and a sum in brackets are atoms only under powers that are not whole and positive. Arithmetic treats atoms as
unknowns: it cancels x/x, since what is undefined at x = 0 is not compared there.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from dropout_theory.recheck.steps.grammar import ZERO, Term, number
from dropout_theory.recheck.steps.polynomial import UNIT, Monomial, Polynomial, added, collected, limited, monomial


def atom(term: Term, exponent: Fraction | int = 1) -> Polynomial:
    """A power of an atom, simplified."""
    return product(Polynomial({((term, Fraction(exponent)),): Fraction(1)})) if exponent else UNIT


def product(*polynomials: Polynomial) -> Polynomial:
    """The product of normal forms, with powers of atoms taken apart."""
    result = UNIT
    for p in polynomials:
        result = collected((n, c * d) for m, c in (result * p).items() for n, d in _simplified(m).items())
    return result


@cache
def _simplified(m: Monomial) -> Polynomial:
    apart = [(t, *_taken_apart(t, e)) for t, e in m]
    rest = Polynomial({monomial((t, left) for t, _, left in apart): Fraction(1)})
    parts = [whole for _, whole, _ in apart if whole != UNIT]
    return product(*parts, rest) if parts else rest


def _taken_apart(t: Term, e: Fraction) -> tuple[Polynomial, Fraction]:
    """What a power of an atom is: a polynomial, times the atom to the exponent that is left."""
    if t.op in ("equal-indices", "bernoulli") or t.op == "entry" and t.terms[0].op == "gates":  # 0 or 1
        return UNIT, Fraction(1) if e > 0 else e
    if t.number is not None:
        return UNIT * power_of_number(t.number, e.numerator // e.denominator), e % 1
    if t.op == "^" and t.terms[0].number == -1 and e.denominator == 1:  # a power of -1, its exponent whole
        return UNIT, e % 2
    if t.op == "+" and e >= 1:
        return power(parsed(t), int(e)), e % 1
    if (t.op == "*" or t.op == "^" and t.terms[1].number is not None) and e.denominator == 1:  # a root, no longer
        return power(parsed(t), int(e)), Fraction(0)
    return UNIT, e


def power(p: Polynomial, exponent: int) -> Polynomial:
    """A whole power, of a sum of several terms a positive one."""
    if len(p) == 1:
        (m, c), = p.items()
        return product(UNIT * power_of_number(c, exponent), *[atom(t, e * exponent) for t, e in m])
    limited(exponent)
    return product(*[p] * exponent)


def power_of_number(value: Fraction, exponent: int) -> Fraction:
    limited(abs(exponent) if abs(value) != 1 else 0)
    return value**exponent


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
        return added(map(parsed, term.terms))
    coefficient, powers = Fraction(1), []
    for t in term.terms if term.op == "*" else (term,):
        if t.number is not None:
            coefficient = t.number
        else:
            e = t.terms[1].number if t.op == "^" else None
            powers.append((t, Fraction(1)) if e is None else (t.terms[0], e))
    return Polynomial({monomial(powers): coefficient})
