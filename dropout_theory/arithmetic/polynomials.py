"""Polynomials as the checker of certificates has them, and what the search does with them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint

from dropout_theory.recheck.steps.arithmetic import Poly
from dropout_theory.recheck.steps.grammar import NotShown
from dropout_theory.recheck.steps.polynomial import Monomial as Powers
from dropout_theory.recheck.steps.polynomial import Polynomial

ONE: Poly = {(): Fraction(1)}


@dataclass
class Equality:
    """A polynomial that is 0: a combination of equalities by their places."""

    parts: dict[int, Poly]
    value: Poly


@dataclass
class Rule:
    """A variable and what it equals, by an equality divided by `factor`."""

    variable: int
    value: Poly
    source: Equality
    factor: Fraction


def multiply(p: Poly, q: Poly) -> Poly:
    return Polynomial(p) * Polynomial(q)


def plus(p: Poly, q: Poly) -> Poly:
    total = dict(p)
    for m, c in q.items():
        total[m] = total.get(m, Fraction(0)) + c
    return {m: c for m, c in total.items() if c}


def times(p: Poly, c: Fraction) -> Poly:
    return {m: d * c for m, d in p.items()} if c else {}


def quotient(m: Powers, n: Powers) -> Powers | None:
    powers = dict(m)
    for v, e in n:
        powers[v] = powers.get(v, 0) - e
    return tuple(sorted((v, e) for v, e in powers.items() if e))


def substituted(p: Poly, rule: Rule) -> tuple[Poly, Poly]:
    """The polynomial with the value of a rule for its variable, and what times (variable - value) was taken away."""
    v = rule.variable
    by_power: dict[int, Poly] = {}
    for m, c in p.items():
        e = dict(m).get(v, 0)
        by_power.setdefault(e, {})[tuple(x for x in m if x[0] != v)] = c
    if not any(by_power):
        return p, {}
    if min(by_power) < 0:
        raise NotShown("a variable that was used up in a denominator")
    result = by_power.pop(0, {})
    cofactor: Poly = {}
    sums: Poly = {}
    power, reached = ONE, 0  # value^reached, and the sum of variable^i * value^(reached - 1 - i)
    for e in sorted(by_power):
        while reached < e:
            sums = plus(multiply(sums, {((v, 1),): Fraction(1)}), power)
            power = multiply(power, rule.value)
            reached += 1
        result = plus(result, multiply(by_power[e], power))
        cofactor = plus(cofactor, multiply(by_power[e], sums))
    return result, cofactor


def derivative(p: Poly, v: int) -> Poly:
    total: Poly = {}
    for m, c in p.items():
        e = dict(m).get(v, 0)
        if e:
            key = tuple((w, x - (w == v)) for w, x in m if (w, x) != (v, 1))
            total[key] = total.get(key, Fraction(0)) + c * e
    return total


def factors(p: Poly) -> list[Poly]:
    """The factors of a polynomial that are no monomials, up to its denominators."""
    variables = sorted({v for m in p for v, _ in m})
    if len(p) < 2 or len(p) > 60 or len(variables) > 10:
        return []
    least = {v: min(0, *[dict(m).get(v, 0) for m in p]) for v in variables}
    ring = flint.fmpq_mpoly_ctx.get([f"v{v}" for v in variables], "lex")
    whole = ring.from_dict({tuple(dict(m).get(v, 0) - least[v] for v in variables):
                            flint.fmpq(c.numerator, c.denominator) for m, c in p.items()})
    found: list[Poly] = []
    for factor, _ in whole.factor()[1]:
        q = {tuple((v, int(e)) for v, e in zip(variables, powers, strict=True) if e): Fraction(int(c.p), int(c.q))
             for powers, c in factor.to_dict().items()}
        if len(q) > 1:
            found.append(q)
    return found


def listed(p: Poly) -> list[Any]:
    return [[str(c), [list(x) for x in m]] for m, c in sorted(p.items())]


__all__ = ["ONE", "Equality", "Rule", "derivative", "factors", "listed", "plus", "quotient", "substituted", "times"]
