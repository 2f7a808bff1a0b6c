"""Cause 2: laws, ranges and definitions depend on scalars unseen; whoever binds or replaces these must see it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
import sympy as sp

from attacks.support import (
    FALSE,
    HALF,
    HIDDEN,
    O,
    P,
    c,
    contradiction,
    d,
    e,
    i,
    k,
    m,
    moving,
    n,
    not_believed,
    p,
    q,
    refused,
    w,
    x,
    y,
)
from dropout_theory import proof
from dropout_theory.language import (
    INTEGER,
    PROBABILITY,
    SIZE,
    Aversion,
    DerivativeAt,
    E,
    ForAll,
    Largest,
    Scalar,
    Smallest,
    convexity,
    equal,
    gates,
    index,
    less_equal,
    normal,
    placeholder,
    recursion,
    uniform,
)
from dropout_theory.proof import (
    Theorem,
    arithmetic,
    assume,
    at,
    at_instance,
    collected_power,
    constant_sum,
    entry_below_sum,
    extreme_attained,
    for_all,
    generalise,
    generalise_offset,
    identity,
    in_range,
    induction,
    instance,
    minimum_bound,
    mirrored_sum,
    reparametrised,
    restate,
    rewrite,
    satisfied,
    shifted,
    sift,
    specialise,
    termwise,
    weighted,
    written_out,
)

other, size_h = Scalar("other", PROBABILITY), Scalar("h", SIZE)
z = Scalar("z", INTEGER)
swinging = gates("swinging", 1 / (1 + z**2), (i, 1, 1))[1]
l = index("l")  # noqa: E741
layers = ((l, 0, n),)
slot = placeholder("unit", layers)
unit = recursion("unit", layers, x, 2 * slot[l - 1])
Z = normal("Z", x, 1)


def said(number: int) -> Theorem:
    """E(gate) = 1/number, which holds for one n only."""
    return specialise(generalise(identity(E(moving), 1 / n), (n, 1, 5)), sp.Integer(number))


def test_a_size_that_moves_a_keep_probability() -> None:
    """1 = 1/2: the mean of a gate kept with probability 1/n, at n = 1 and n = 2."""
    with refused(HIDDEN):
        contradiction(said(1), said(2))


def test_a_keep_probability_renamed_under_for_all() -> None:
    """E(g) = 0 and E(g) = 1, from "for every q, E(g) = q" with q renamed but in the law."""
    with refused(HIDDEN):
        every = restate(for_all(identity(E(e[1]), q), q), ForAll(equal(E(e[1]), other), (other,)))
        contradiction(at(every, sp.S.Zero), at(every, sp.S.One))


@pytest.mark.parametrize("order", [1, 2])
def test_a_derivative_in_what_a_law_hides(order: int) -> None:
    """d E(Z)^2/dx = 0 at x = 1/2, since E(Z) does not show the x that it depends on."""
    not_believed(equal(DerivativeAt(E(Z) ** 2, x, HALF, order), 0))


def test_a_normal_mean_renamed_under_for_all() -> None:
    """E(Z) = 0 and E(Z) = 1, from "for every x, E(Z) = x" renamed."""
    with refused(HIDDEN):
        every = restate(for_all(identity(E(Z), x), x), ForAll(equal(E(Z), y), (y,)))
        contradiction(at(every, sp.S.Zero), at(every, sp.S.One))


def test_a_recursion_renamed_under_for_all() -> None:
    """unit[0] = 0 and unit[0] = 1, from the definition unit[0] = x renamed."""
    from dropout_theory.proof import unfolded

    with refused(HIDDEN):
        every = restate(for_all(unfolded(unit[0]), x), ForAll(equal(unit[0], y), (y,)))
        contradiction(at(every, sp.S.Zero), at(every, sp.S.One))


def test_the_length_of_a_distribution_renamed() -> None:
    """P[1] = 1 for a distribution over 1..m, from "the probabilities sum to one" for every m, renamed, at 1."""
    total = sp.Sum(P[k], (k, 1, m))
    with refused(HIDDEN):
        every = restate(for_all(identity(total, 1), m), ForAll(equal(sp.Sum(P[k], (k, 1, size_h)), 1), (size_h,)))
        first = written_out(at(every, sp.S.One))
        assert first.conclusion == equal(P[1], 1)


def test_entries_of_a_family_in_a_keep_probability() -> None:
    """1/3 = 1: the mean of a gate with keep probability p[1], at two values of p[1]."""
    with refused(HIDDEN):
        contradiction(*[at_instance(identity(E(d[1]), p[1]), {n: 1, p: {(1,): value}})
                        for value in (sp.Rational(1, 3), sp.S.One)])


def test_entries_of_a_family_in_a_recursion() -> None:
    """0 = 1: the first entry of a recursion that starts at w[1], at two values of w[1]."""
    from dropout_theory.proof import unfolded

    start = recursion("start", ((l, 0, n),), w[1], placeholder("start", ((l, 0, n),))[l - 1])
    with refused(HIDDEN):
        contradiction(*[at_instance(unfolded(start[0]), {n: 1, w: {(1,): value}}) for value in (0, 1)])


def test_entries_of_a_family_in_a_law() -> None:
    """0 = 1: the mean of a normal variable around w[1], at two values of w[1]."""
    with refused(HIDDEN):
        contradiction(*[at_instance(identity(E(normal("Y", w[1], 1)), w[1]), {n: 1, w: {(1,): value}})
                        for value in (0, 1)])


def test_a_sum_of_what_seems_constant() -> None:
    """3/2 = 2/n for every n: the sum of E(g) over n = 1..2 taken as twice one of them."""
    whole = sp.Sum(E(moving), (n, 1, 2))
    with refused(HIDDEN):
        twice = constant_sum(E(moving), (n, 1, 2))
        inside = written_out(identity(whole, sp.Sum(1 / n, (n, 1, 2))))
        assert inside.conclusion != twice.conclusion


def test_a_power_of_what_seems_constant() -> None:
    """1/2 = 1: the product of E(g) over n = 1..2 as the square of one of them, at n = 1."""
    with refused(HIDDEN):
        collected_power(E(moving), 1, (n, 1, 2))


def test_an_entry_sifted_out() -> None:
    """E(g) at n = 2 is E(g) at any n."""
    with refused(HIDDEN):
        found = sift(E(moving), (n, 1, 5), 2)
        restate(found, equal(found.conclusion.args[0], E(moving)))


def test_an_entry_below_a_sum() -> None:
    """1/n <= 1/3 + 1/4 at n = 1: a term of the sum over n = 3..4, which shows no n to be replaced."""
    with refused(HIDDEN):
        restate(entry_below_sum(E(moving), (n, 3, 4), 3), less_equal(E(moving), sp.Sum(E(moving), (n, 3, 4))))


def test_the_smallest_of_what_seems_constant() -> None:
    """1/5 = min over n = 1..5 <= E(g) = 1/10 at n = 10."""
    with refused(HIDDEN):
        least = Smallest(E(moving), (n, 1, 5))
        restate(satisfied(minimum_bound(least, 2), *between(2, 1, 5)), less_equal(least, E(moving)))


def between(value: int, low: int, high: int) -> tuple[Theorem, Theorem]:
    first, last = in_range(sp.Integer(value), sp.Integer(low), sp.Integer(high))
    return arithmetic(first), arithmetic(last)


def test_the_largest_bounded_by_what_seems_constant() -> None:
    """1 = max over n = 1..5 <= E(g) = 1/2 at n = 2."""
    with refused(HIDDEN):
        extreme_attained(Largest(E(moving), (n, 1, 5)), arithmetic(less_equal(E(moving), E(moving))), n)


def test_a_shifted_sum() -> None:
    """1/2 + 1/5 = 1/5 + 1/10: the sum of E(g) over z = 1..2 shifted to 2..3, with no z to be seen."""
    with refused(HIDDEN):
        whole, moved = (sp.Sum(E(swinging), (z, first, first + 1)) for first in (1, 2))
        restate(shifted(whole, 1), equal(whole, moved))


def test_a_mirrored_sum() -> None:
    """1/2 + 1/5 = 1/5 + 1/10: the sum of E(g) over z = 1..2 mirrored about 4."""
    with refused(HIDDEN):
        whole, moved = (sp.Sum(E(swinging), (z, first, first + 1)) for first in (1, 2))
        restate(mirrored_sum(whole, 4), equal(whole, moved))


def test_induction_over_a_hidden_size() -> None:
    """E(g) = 1 for every n, because E(g) = 1 at n = 1 and E(g) does not seem to move."""
    with refused(HIDDEN):
        first = specialise(generalise(identity(E(moving), 1 / n), (n, 1, 5)), sp.S.One)
        induction(n, equal(E(moving), 1), first, assume(equal(E(moving), 1)))


def test_a_value_for_a_hidden_scalar() -> None:
    """0 = 1: the mean of a gate kept with probability q, at q = 0 and q = 1."""
    with refused(HIDDEN):
        contradiction(*[instance(identity(E(e[1]), q), {q: value}) for value in (sp.S.Zero, sp.S.One)])


def test_offsets_of_a_hidden_scalar() -> None:
    """E(g) = 1 at every index, for a gate whose law depends on the offset."""
    hidden = gates("offset", 1 / (1 + c), (i, 1, 1))[1]
    with refused(HIDDEN):
        generalise_offset(identity(E(hidden), 1 / (1 + c)), c, equal(E(hidden), 1 / (1 + k)), (k, 0, n))


def test_the_ends_of_a_uniform_law() -> None:
    """0 = 1/2: the mean of a variable uniform on (0, x), at x = 0 and x = 1."""
    with refused(HIDDEN):
        contradiction(*[instance(identity(E(uniform("U", 0, x)), x / 2), {x: v}) for v in (sp.S.Zero, sp.S.One)])


def test_parameters_in_a_law() -> None:
    """An excess risk that changes when the parameter it is minimised over is only renamed v + 1, but not in a law."""
    v = Scalar("v")
    noise = normal("noise", v, 1)
    whole = Aversion((E(noise) - 2 * v) ** 2, v**2, (v,))
    with refused(HIDDEN + "|parameter"):
        reparametrised(whole, {v: v + 1}, {v: v - 1})


def test_gates_above_a_recursion_that_hides_them() -> None:
    """E(g[1] r[1]) = E(g[1]) E(r[1]) where r[1] = h[0], and h[0] is kept where g[1] is: 1/2 against 1/4."""
    g = gates("below", HALF, (k, 0, n))
    h = gates("hiding", g[k + 1], (k, 0, n))
    r = recursion("r", ((k, 0, n),), 0, h[k - 1])
    with refused("differ"):
        identity(E(g[1] * r[1]), E(g[1]) * E(r[1]))


def test_gates_above_a_recursion_of_numbers_with_a_common_law() -> None:
    """E(g[1] r[1]) = E(g[1]) E(r[1]) where both vary with U: 1/3 against 1/4."""
    u = uniform("U", 0, 1)
    v, g = normal("V", u, 1), gates("shared", u, (k, 0, n))
    r = recursion("r", ((k, 0, n),), v, v)
    with refused("differ"):
        identity(E(g[1] * r[1]), E(g[1]) * E(r[1]))


def test_a_parameter_in_a_range() -> None:
    """Keep probability 1/n with n bound by a sum: the sum of E(g) over n = 1..2, weighted, then read at n = 7."""
    with refused(HIDDEN):
        whole = weighted(identity(E(moving), 1 / n), 1, (n, 1, 2))
        contradiction(written_out(whole), instance(identity(E(moving), 1 / n), {n: sp.Integer(7)}))


def test_terms_of_a_sum_that_depend_on_its_index() -> None:
    """2/n = 1 + 1/2 at n = 1: the sum of E(g) over n = 1..2 written out as E(g) + E(g)."""
    with refused(HIDDEN):
        whole = written_out(termwise(identity(E(moving), 1 / n), (n, 1, 2)))
        contradiction(instance(rewrite(whole, identity(E(moving), 1 / n)), {n: sp.S.One}))


def test_convexity_in_a_keep_probability() -> None:
    """-q E(g) = -q^2 is convex in q, the keep probability of g."""
    not_believed(lambda: convexity(-q * E(e[1]), q))


GOOD: dict[str, Callable[[], Theorem]] = {
    "the mean of a gate": lambda: identity(E(e[1]), q),
    "a keep probability that moves": lambda: identity(E(moving), 1 / n),
    "a value for another scalar": lambda: instance(identity(E(x * e[1]), x * q), {x: sp.Integer(3)}),
    "every value of another scalar": lambda: at(for_all(identity(E(x * e[1]), x * q), x), sp.Integer(3)),
    "every index of a family": lambda: specialise(generalise(identity(E(d[i]), p[i]), (i, 1, n)), n),
    "numbers for what no law depends on": lambda: at_instance(
        identity(w[1] * (w[1] + 1), w[1] ** 2 + w[1]), {n: 1, w: {(1,): 2}}),
    "a sum over another index": lambda: constant_sum(E(e[1]), (k, 1, n)),
    "entries over a distribution": lambda: identity(sp.Sum(P[k] * (O[k] + 1), (k, 1, m)),
                                                    1 + sp.Sum(P[k] * O[k], (k, 1, m))),
    "induction over a size that no law depends on": lambda: induction(
        n, less_equal(E(e[1]), n), arithmetic(less_equal(E(e[1]), 1)),
        arithmetic(less_equal(E(e[1]), n + 1))),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE


@pytest.mark.parametrize("path", sorted(Path(proof.__file__).parent.glob("*.py")), ids=lambda path: str(path.name))
def test_no_rule_goes_by_what_an_expression_shows(path: Path) -> None:
    """Rules ask `depends_on` and `is_random`, which see laws and definitions; `free_symbols` and `has` do not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Attribute) and node.attr == "free_symbols"), f"line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "has":
            assert not any("RANDOM" in ast.unparse(a) for a in node.args), f"line {node.lineno}"
