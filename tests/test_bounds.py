"""What shape alone shows of an expression's values, against values at random instances."""

from __future__ import annotations

import random

import pytest
import sympy as sp

from dropout_theory.language import (
    NONNEGATIVE,
    OPEN_UNIT,
    POSITIVE,
    PROBABILITY,
    REAL,
    UNIT,
    Domain,
    Relu,
    Scalar,
    Sigma,
    family,
    index,
    interval,
    size,
)
from dropout_theory.language.bounds import lies_in

n, i = size("n"), index("i")
q, r, s, x = Scalar("q", PROBABILITY), Scalar("r", NONNEGATIVE), Scalar("s", POSITIVE), Scalar("x", REAL)
v = Scalar("v", interval(-2, 1, open_below=True))
RANGES = ((i, 1, n),)
p = family("p", PROBABILITY, (i, 1, n))
ATOMS = [q, r, s, x, v, n, i, sp.Integer(1), sp.Integer(-1), sp.Rational(1, 2), sp.Integer(3)]
DOMAINS = [UNIT, OPEN_UNIT, NONNEGATIVE, POSITIVE, interval(-1, 1), interval(-sp.oo, 0), interval(0, 2, True, True)]


def drawn(choose: random.Random, depth: int) -> sp.Expr:
    """A random expression in the atoms."""
    if depth == 0:
        return choose.choice(ATOMS)
    a, b = drawn(choose, depth - 1), drawn(choose, depth - 1)
    return choose.choice([a + b, a - b, a * b, a / (1 + s), a / (n + 1), a**2, a**3, 1 - a, Relu(a), sp.exp(-a),
                          a * i / n, q * a + (1 - q) * b, 1 / (1 + r), a / n])


def instance(choose: random.Random) -> dict[sp.Basic, sp.Rational]:
    """Values in the domains, the ends that belong to them among these."""
    def some(*ends: int) -> sp.Rational:
        return choose.choice([*map(sp.Integer, ends), sp.Rational(choose.randint(1, 11), 12)])

    count = choose.randint(1, 5)
    return {q: some(0, 1), r: some(0, 7), s: some(5), x: some(-4, 0, 4), v: some(-1, 1), n: sp.Integer(count),
            i: sp.Integer(choose.randint(1, count))}


@pytest.mark.parametrize("seed", range(60))
def test_what_lies_in_a_domain_by_its_shape_does_so_at_instances(seed: int) -> None:
    choose = random.Random(seed)
    expr = drawn(choose, 2)
    shown = [domain for domain in DOMAINS if lies_in(expr, domain, RANGES)]
    for _ in range(12 if shown else 0):
        values = instance(choose)
        value = expr.xreplace(values)
        while value.has(Relu):
            value = value.xreplace({node: sp.Max(node.args[0], 0) for node in value.atoms(Relu)
                                    if not node.args[0].has(Relu)})
        for domain in shown:
            assert domain.contains(value), f"{expr} is {value} at {values}, not in {domain}"


@pytest.mark.parametrize("expr", [
    q, 1 - q, q * p[i], q * (1 - q), (1 + q) / 2, 1 / n, 1 - i / (2 * n), (n - i) / n, q * p[1] + (1 - q) * p[2],
    1 - (1 - q) * (1 - p[i]), sp.exp(-r), s / (1 + s), x**2 / (1 + x**2), Sigma(x, 1, 1), sp.sqrt(q),
    sp.Sum(p[i], (i, 1, n)) / n], ids=str)
def test_keep_probabilities_of_many_shapes(expr: sp.Expr) -> None:
    assert lies_in(expr, UNIT, RANGES)


@pytest.mark.parametrize(("expr", "domain"), [
    (2 * q, UNIT), (q - sp.S.Half, UNIT), (q + p[1], UNIT), (1 / (n - 1), UNIT), (sp.Sum(p[i], (i, 1, n)), UNIT),
    (p[i] - p[1] + 1, UNIT), (-Relu(-q), POSITIVE), (q, OPEN_UNIT), (r, POSITIVE), (x / x**2, NONNEGATIVE),
    (q / 2, Domain("bit", 0, 1, integer=True))], ids=str)
def test_what_may_lie_elsewhere(expr: sp.Expr, domain: Domain) -> None:
    assert not lies_in(expr, domain, RANGES)
