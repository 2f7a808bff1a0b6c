"""Normal forms: an expression as a sum of rational multiples of products of powers of atoms.

Atoms are terms that arithmetic does not take apart, their arguments in normal form. Exponents are rational: of
exponentials any, of what may be negative only those that were written. A sum in brackets is an atom only where its
power is not a whole positive number. Two expressions with one normal form are equal wherever both are defined.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import TypeAlias

from dropout_theory.recheck.steps.grammar import ONE, ZERO, Term, number

Monomial: TypeAlias = tuple[tuple[Term, Fraction], ...]  # sorted by the digests of the atoms
Polynomial: TypeAlias = Mapping[Monomial, Fraction]

MAX_TERMS = 5_000


class TooLarge(ValueError):
    """A normal form has more terms than is worth the work."""


def constant(value: Fraction | int) -> Polynomial:
    return {(): Fraction(value)} if value else {}


def atom(term: Term, exponent: Fraction | int = 1) -> Polynomial:
    return {((term, Fraction(exponent)),): Fraction(1)}


def add(*polynomials: Polynomial) -> Polynomial:
    total: dict[Monomial, Fraction] = {}
    for p in polynomials:
        for monomial, coefficient in p.items():
            total[monomial] = total.get(monomial, Fraction(0)) + coefficient
    return {m: c for m, c in total.items() if c}


def scale(p: Polynomial, factor: Fraction | int) -> Polynomial:
    return {m: c * factor for m, c in p.items()} if factor else {}


def subtract(p: Polynomial, q: Polynomial) -> Polynomial:
    return add(p, scale(q, -1))


def multiply(p: Polynomial, q: Polynomial) -> Polynomial:
    if len(p) * len(q) > MAX_TERMS:
        raise TooLarge(f"a product of {len(p)} and {len(q)} terms")
    return add(*[scale(_joined(m, n), c * d) for m, c in p.items() for n, d in q.items()])


def _joined(m: Monomial, n: Monomial) -> Polynomial:
    """The product of two monomials; a sum in brackets that gets a whole positive power is multiplied out."""
    powers = dict(m)
    for t, e in n:
        powers[t] = powers.get(t, Fraction(0)) + e
    result: Polynomial = {tuple(sorted(((t, e) for t, e in powers.items() if e and not _whole(t, e)),
                                       key=lambda p: p[0].digest)): Fraction(1)}
    for t, e in powers.items():
        if e and _whole(t, e):
            result = multiply(result, power(normal(t), int(e)))
    return result


def _whole(t: Term, exponent: Fraction) -> bool:
    """Whether a power of an atom is to be taken apart: of a bracket or a power, to a whole positive exponent."""
    return t.op in ("+", "*", "^") and exponent.denominator == 1 and exponent > 0 and normal(t) != atom(t)


def power(p: Polynomial, exponent: int) -> Polynomial:
    result = constant(1)
    for _ in range(exponent):
        result = multiply(result, p)
    return result


@cache
def normal(term: Term) -> Polynomial:
    """The normal form of an expression. Raises TooLarge."""
    op, args = term.op, term.terms
    if term.number is not None:
        return constant(term.number)
    if op == "+":
        return add(*map(normal, args))
    if op == "*":
        result = constant(1)
        for a in args:
            result = multiply(result, normal(a))
        return result
    if op == "^":
        return _power(*args)
    if op == "exp":
        return _exponential(normal(args[0]))
    return atom(_with_normal_arguments(term))


def _power(base: Term, exponent: Term) -> Polynomial:
    inner, e = normal(base), exponent.number
    if e is not None and e.denominator == 1 and e >= 0:
        return power(inner, int(e))
    if e is not None and len(inner) == 1:
        (monomial, coefficient), = inner.items()
        if e.denominator == 1:
            return {tuple((t, x * e) for t, x in monomial): coefficient ** int(e)}
        if coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1:
            return {((monomial[0][0], e),): Fraction(1)}
    if e is not None and inner:
        return atom(as_term(inner), e)
    return atom(Term("^", as_term(inner), as_term(normal(exponent))))


def _exponential(exponent: Polynomial) -> Polynomial:
    """exp of a sum: each term for itself, its coefficient the exponent."""
    return {tuple(sorted(((Term("exp", as_term({m: Fraction(1)})), c) for m, c in exponent.items()),
                         key=lambda p: p[0].digest)): Fraction(1)}


def _with_normal_arguments(term: Term) -> Term:
    return Term(term.op, *[a if isinstance(a, str) or a.sort != "E" else as_term(normal(a)) for a in term.args]) \
        if term.op not in ("index", "variable", "scalar", "subnetwork", "normal", "uniform", "bernoulli") else term


def as_term(p: Polynomial) -> Term:
    """The one term that writes a normal form."""
    parts = sorted((_product(m, c) for m, c in p.items()), key=lambda t: t.digest)
    return ZERO if not parts else parts[0] if len(parts) == 1 else Term("+", *parts)


def _product(monomial: Monomial, coefficient: Fraction) -> Term:
    factors = [t if e == 1 else Term("^", t, number(e)) for t, e in monomial]
    if coefficient != 1 or not factors:
        factors.insert(0, number(coefficient))
    return factors[0] if len(factors) == 1 else Term("*", *factors)


def vanishes(p: Polynomial) -> bool:
    """Whether a normal form is 0 once its brackets in denominators are multiplied up."""
    for _ in range(20):
        below = {t: e for m in p for t, e in m if e < 0 and t.op == "+"}
        if not p or not below:
            break
        t = min(below, key=lambda t: t.digest)
        least = min(e for m in p for u, e in m if u is t and e < 0)
        p = multiply(p, atom(t, -least) if least.denominator != 1 else power(normal(t), int(-least)))
    return not p


def same(left: Term, right: Term) -> bool:
    """Whether two expressions are equal wherever both are defined, by normal form. False decides nothing."""
    return left is right or vanishes(subtract(normal(left), normal(right)))


__all__ = ["Monomial", "ONE", "Polynomial", "TooLarge", "add", "as_term", "atom", "constant", "multiply", "normal",
           "power", "same", "scale", "subtract", "vanishes"]
