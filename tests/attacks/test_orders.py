"""Cause 9: an expansion where the expression is not smooth at zero for every instance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sympy as sp

from attacks.support import (
    FALSE,
    HALF,
    e,
    i,
    n,
    not_believed,
    q,
    r,
    refused,
    w,
    x,
)
from dropout_theory import referee
from dropout_theory.checkers.symbolic import accept
from dropout_theory.claims import Claim
from dropout_theory.language import (
    NWGM,
    OPEN_PROBABILITY,
    POSITIVE,
    SIZE,
    Cov,
    E,
    G,
    Gc,
    Relu,
    SameToOrder,
    Scalar,
    Var,
    different,
    equal,
    gates,
    interval,
    less_equal,
    logistic,
    normal,
    uniform,
)
from dropout_theory.proof import (
    Theorem,
    absolute,
    apply,
    arithmetic,
    assume,
    cases,
    combination,
    conjunction,
    discharge,
    identity,
    restate,
    satisfied,
    small_product,
    to_order,
)
from dropout_theory.recheck.witnesses import recheck_holds

SMOOTH = ("smooth|analytic|zero|vanish|positive|defined|scale|law|depend|order|coefficient|domain|hypothes|known"
          "|function|derivative")
s, y, o = Scalar("s", POSITIVE), Scalar("y", POSITIVE), Scalar("o", OPEN_PROBABILITY)
X = normal("X", 0, 1)
f = sp.Function("f", real=True)
moving = gates("moving", 1 - s / (s + 1), n)[1]


def near(left: sp.Expr, right: sp.Expr, order: int | sp.Expr = 0, scale: sp.Expr = s) -> SameToOrder:
    """left = right + o(scale^order)."""
    return SameToOrder(left, right, scale, order)


FALSE_NEAR_ZERO: dict[str, Callable[[], SameToOrder]] = {
    "x/(x + s) = 1, false at x = 0": lambda: near(x / (x + s), 1),
    "s/(s + x^2) = 0, false at x = 0": lambda: near(s / (s + x**2), 0),
    "sqrt(x^2 + s^2) = |x| to first order, false at x = 0": lambda: near(sp.sqrt(x**2 + s**2), sp.Abs(x), 1),
    "log(r + s) = log(r), false at r = 0": lambda: near(sp.log(r + s), sp.log(r)),
    "r^s = 1, false at r = 0": lambda: near(r**s, 1),
    "s log(s) = 0 to first order": lambda: near(s * sp.log(s), 0, 1),
    "sqrt(s) = 0 to first order": lambda: near(sp.sqrt(s + r) - sp.sqrt(r), 0, 1),
    "a sum over n of s/(s + w^2) = 0, false where a weight is 0": lambda: near(
        sp.Sum(s / (s + w[i] ** 2), (i, 1, n)), 0),
    "a product over n of w/(w + s) = 1, false where a weight is 0": lambda: near(
        sp.Product(w[i] / (w[i] + s), (i, 1, n)), 1),
    "E(s/(s^2 + X^2)) = 0, where it tends to sqrt(pi/2)": lambda: near(E(s / (s**2 + X**2)), 0),
    "E(s/(s + g)) = 0, where it is 1 - q": lambda: near(E(s / (s + e[1])), 0),
    "E(exp(s X^4)) = 1, where it is infinite": lambda: near(E(sp.exp(s * X**4)), 1),
    "E(1/(1 + s X)) = 1, which has no value": lambda: near(E(1 / (1 + s * X)), 1),
    "s/Var(g) = 0 for a keep probability that tends to 1": lambda: near(s / (s + 1) / Var(moving), 0),
    "s E(g)/2 = s for a keep probability that tends to 1": lambda: near(E(moving) * s / 2, s, 1),
    "f(s) = f(0) + s f'(0) for any function f": lambda: near(
        f(s), f(0) + s * sp.Subs(sp.Derivative(f(x), x), x, 0), 1),
    "f(s) = f(0) for any function f": lambda: near(f(s), f(0)),
    "exp(1/s) = 0": lambda: near(sp.exp(1 / s), 0, 1),
    "1/(exp(s) - 1) s = 1 to second order": lambda: near(s / (sp.exp(s) - 1), 1 - s / 2 + s**2, 2),
    "a logistic function with a pole at 0": lambda: near(logistic(s, -1) * s**2, 0, 1),
    "tan near its pole": lambda: near(s * sp.tan(sp.pi / 2 + x * s), 0),
    "x s/|s| = 0": lambda: near(x * s / sp.Abs(s), 0),
}


@pytest.mark.parametrize("name", FALSE_NEAR_ZERO)
def test_an_expansion_that_fails(name: str) -> None:
    """A statement of order that fails at one instance, as its name says."""
    with refused(SMOOTH):
        to_order(FALSE_NEAR_ZERO[name]())


@pytest.mark.parametrize("name", [name for place, name in enumerate(FALSE_NEAR_ZERO) if place % 3 == 0])
def test_the_referee_on_an_expansion_that_fails(name: str) -> None:
    """The same, by the referee."""
    not_believed(FALSE_NEAR_ZERO[name], methods=("admissible", "symbolic"))


@pytest.mark.parametrize("order", [-1, -2, sp.Rational(-1, 2), n], ids=str)
def test_an_order_that_is_none(order: sp.Expr) -> None:
    """1/s = o(1/s): no coefficient is looked at below order 0."""
    with pytest.raises(Exception, match="(?i)order|integer|natural|convert|analytic"):
        to_order(near(1 / s**2, 0, order))


@pytest.mark.parametrize("scale", [
    Scalar("v", interval(1, 2)), Scalar("v", SIZE), Scalar("v", interval(-1, 0)), sp.Integer(2), s + 1], ids=str)
def test_a_scale_that_does_not_tend_to_zero(scale: sp.Expr) -> None:
    """|v| = -v + o(v) as v falls to 0, for v that is negative by its domain; orders in what cannot be small."""
    with refused(SMOOTH):
        to_order(near(sp.Abs(scale) * x, -scale * x, int(scale.is_nonpositive is True), scale))


def test_a_product_that_is_not_small() -> None:
    """s/(s + x) times s is o(s): each factor seems to vanish at 0, but at x = 0 the first is 1."""
    with refused(SMOOTH):
        small_product(near(s / (s + x) * sp.sin(s), 0, 1), s / (s + x), sp.sin(s))


def test_an_absolute_value_that_is_not_small() -> None:
    """|s/(s + x)| |s| is o(s)."""
    whole = sp.Abs(s / (s + x)) * sp.Abs(sp.sin(s))
    with refused(SMOOTH):
        small_product(near(whole, 0, 1), sp.Abs(s / (s + x)), sp.Abs(sp.sin(s)))


def test_a_combination_with_a_factor_that_moves() -> None:
    """1 = o(1), as 1/s times s."""
    with refused(SMOOTH + "|rational"):
        combination(near(sp.S.One, 0), (1 / s, to_order(near(s, 0))))


def test_a_combination_with_a_logarithm_that_has_no_value() -> None:
    """log(-s) = log(-s) + o(s), for positive s, and s = o(1) beside it."""
    with refused("undefined"):
        combination(near(sp.log(-s), sp.log(-s), 1))
    with refused("undefined"):
        combination(near(s + sp.log(-s), sp.log(-s), 0), (1, to_order(near(s, 0))))


def test_a_combination_of_a_lower_order() -> None:
    """s = o(s), from s = o(1)."""
    with refused(SMOOTH):
        combination(near(s, 0, 1), (1, to_order(near(s, 0))))


def test_a_combination_in_another_scale() -> None:
    """y = o(1) as s -> 0, from y = o(1) as y -> 0."""
    with refused(SMOOTH):
        combination(near(y, 0), (1, to_order(near(y, 0, 0, y))))


def test_an_expansion_under_a_hypothesis_on_its_scale() -> None:
    """s >= 1 |- s = o(1), used as if s were fixed."""
    from dropout_theory.proof import for_all

    with refused(SMOOTH + "|restricts"):
        limited = arithmetic(less_equal(1, s), assume(less_equal(1, s)))
        for_all(conjunction(limited, to_order(near(s, 0))), s)


GOOD: dict[str, Callable[[], Theorem]] = {
    "an exponential": lambda: to_order(near(sp.exp(s * x), 1 + s * x, 1)),
    "a quotient that is defined at zero": lambda: to_order(near(y / (y + s), 1)),
    "a quotient to first order": lambda: to_order(near(1 / (1 + s * x**2), 1 - s * x**2, 1)),
    "a root of what is positive": lambda: to_order(near(sp.sqrt(y**2 + s), y)),
    "a logarithm": lambda: to_order(near(sp.log(1 + s * x**2), s * x**2, 1)),
    "a mean over gates": lambda: to_order(near(E(sp.exp(s * e[1])), 1 + s * q, 1)),
    "a finite sum": lambda: to_order(near(sp.Sum(sp.exp(s * w[i]), (i, 1, n)), n)),
    "a logistic function": lambda: to_order(near(logistic(s * x), sp.Rational(1, 2) + s * x / 4, 1)),
    "an absolute value": lambda: absolute(to_order(near(sp.exp(s * x), 1 + s * x, 1))),
    "a combination": lambda: combination(near(2 * s**2, 0, 1), (2, to_order(near(s**2, 0, 1)))),
    "a product of small factors": lambda: small_product(near(s * sp.sin(s), 0, 1), s, sp.sin(s)),
    "a geometric decay": lambda: to_order(near(s * o / (1 - o + s), 0)),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_uses(name: str) -> None:
    assert GOOD[name]().conclusion != FALSE


# --- laws with the scale in them ------------------------------------------------------------------------------------

eps, A = Scalar("eps", POSITIVE), Scalar("A")
kept, shut = gates("kept", 1 - eps, n), gates("shut", eps, n)  # keep -> 1 and keep -> 0
three = gates("three", 1 - eps, 3)
tilted, fading = gates("tilted", HALF + A * eps, n), gates("fading", 1 - w[i] ** 2 * eps, (i, 1, n))
S, T = sp.Sum(w[i] * kept[i], (i, 1, n)), sp.Sum(w[i] * shut[i], (i, 1, n))
W = sp.Sum(w[i], (i, 1, n))
SQUARES = sp.Sum(w[i] ** 2, (i, 1, n))
few = x * three[1] + y * three[2]


def limit(left: sp.Expr, right: sp.Expr, order: int = 0) -> SameToOrder:
    """left = right + o(eps^order)."""
    return near(left, right, order, eps)


TRUE_LIMITS: dict[str, Callable[[], SameToOrder]] = {
    "the variance of a sum, keep -> 1": lambda: limit(Var(S), eps * SQUARES, 1),
    "the variance of a sum, keep -> 0": lambda: limit(Var(T), eps * SQUARES, 1),
    "the variance to second order": lambda: limit(Var(S), (eps - eps**2) * SQUARES, 2),
    "the mean": lambda: limit(E(S), (1 - eps) * W, 3),
    "the squared mean": lambda: limit(E(T) ** 2, 0, 1),
    "a covariance with a part of the sum": lambda: limit(Cov(few, three[1]), eps * x, 1),
    "keep probabilities that differ": lambda: limit(Var(sp.Sum(fading[i], (i, 1, n))), eps * SQUARES, 1),
    "a ratio of a variance and its first order": lambda: limit(Var(kept[1]) / eps, 1, 0),
    "eps/Var -> 1": lambda: limit(eps / Var(kept[1]), 1, 0),
    "eps/Var to first order": lambda: limit((eps + eps**2) / Var(shut[1]), 1 + 2 * eps, 1),
    "inverted dropout": lambda: limit(Var(S / (1 - eps)), eps * SQUARES, 1),
    "around a half, whatever the sign of A": lambda: limit(Var(tilted[1]), sp.Rational(1, 4), 1),
    "an exponential over one gate": lambda: limit(E(sp.exp(x * shut[1])), 1 + eps * (sp.exp(x) - 1), 1),
    "E and NWGM of a logistic unit of two inputs": lambda: limit(E(logistic(few)), NWGM(logistic(few)), 0),
    "NWGM of a logistic unit is that of its mean": lambda: limit(NWGM(logistic(few)), logistic((1 - eps) * (x + y)), 2),
    "a geometric mean": lambda: limit(G(1 + shut[1]), 1 + eps * sp.log(2), 1),
    "a geometric mean with the outcome 0": lambda: limit(G(kept[1]), 0, 2),
    "a geometric mean of what is left": lambda: limit(Gc(shut[1] / 2), 1 - eps * sp.log(2), 1),
    "a rectifier over two gates": lambda: limit(E(Relu(few)), Relu(x + y), 0),
    "a law that depends on a mean over another": lambda: limit(Var(gates("by", E(kept[1]), n)[1]), eps, 1),
    "a quotient that no outcome makes undefined": lambda: limit(E(1 / (three[1] + eps)), 2),
    "a normal law whose deviation falls": lambda: limit(Var(normal("narrow", x, eps)), eps**2, 3),
    "a uniform law that shrinks": lambda: limit(E(uniform("short", 0, eps) ** 2), 0, 1),
    "a known logarithm": lambda: limit(sp.log(E(kept[1])), -eps, 1),
}


@pytest.mark.parametrize("name", TRUE_LIMITS)
def test_a_limit_of_the_keep_probability(name: str) -> None:
    """Proved automatically, with the obligation of the law discharged for small eps."""
    found = referee(TRUE_LIMITS[name](), methods=("admissible", "symbolic"))
    assert found.verdict.verdict == "proved", str(found)
    assert "small eps" in str(found) or "law" in name or "sign of A" in name


# each with a word of the reason that the rule gives, and what the referee says
FALSE_LIMITS: dict[str, tuple[Callable[[], SameToOrder], str, str]] = {
    "eps/Var -> 0, where it tends to 1": (lambda: limit(eps / Var(kept[1]), 0), "coefficient", "refuted"),
    "eps/Var(x g) -> 1/x^2, undefined at x = 0": (lambda: limit(eps / Var(x * kept[1]) * x**2, 1), "undefined", "open"),
    "1/Var -> 0, where it tends to infinity": (lambda: limit(1 / Var(kept[1]), 0), "smooth at 0", "open"),
    "1/E(S) = 1/W, where W may be 0": (lambda: limit(1 / E(S), 1 / W), "undefined", "open"),
    "a variance with twice its first order": (lambda: limit(Var(S), 2 * eps * SQUARES, 1), "coefficient", "refuted"),
    "a variance to too high an order": (lambda: limit(Var(S), eps * SQUARES, 2), "coefficient", "refuted"),
    "a variance without its weights": (lambda: limit(Var(S), eps * n, 1), "coefficient", "refuted"),
    "a mean that does not move": (lambda: limit(E(S), W, 1), "coefficient", "refuted"),
    "E - NWGM of second order": (lambda: limit(E(logistic(few)), NWGM(logistic(few)), 1), "coefficient", "refuted"),
    "a geometric mean as if 0 had no chance": (lambda: limit(G(kept[1]), 1), "coefficient", "refuted"),
    "sqrt(Var), not smooth": (lambda: limit(sp.sqrt(Var(kept[1])), 0, 1), "smooth at 0", "open"),
    "log E(g), keep -> 0": (lambda: limit(eps * sp.log(E(shut[1])), 0, 1), "smooth at 0", "open"),
    "a keep probability of 1 + A eps": (
        lambda: limit(E(gates("beyond", 1 + A * eps, n)[1]), 1), "law of beyond", "open"),
    "a keep probability below 0": (
        lambda: limit(E(gates("below", eps**2 - eps, n)[1]), 0), "law of below", "open"),
    "a keep probability that is one for large eps only": (
        lambda: limit(E(gates("large", eps - 1, n)[1]), -1), "law of large", "open"),
    "q + eps, none at q = 1": (lambda: limit(E(gates("more", q + eps, n)[1]), q), "law of more", "open"),
    "1 - eps/r, none at r = 0": (lambda: limit(E(gates("less", 1 - eps / r, n)[1]), 1), "r may be|law of less", "open"),
    "1 - i eps, none for the last of 2/eps gates": (
        lambda: limit(E(gates("crowd", 1 - i * eps, (i, 1, sp.floor(2 / eps)))[1]), 1), "law of crowd", "open"),
    "x - x, each by a law that is none": (
        lambda: limit(E(gates("large", eps - 1, n)[1]), E(gates("large", eps - 1, n)[1])), "law of large", "open"),
    "1/g, undefined where g is 0": (lambda: limit(E(1 / three[1]), 1), "undefined", "open"),
    "1/U for U uniform on (0, eps)": (lambda: limit(E(1 / uniform("short", 0, eps)), 0), "undefined", "open"),
    "many gates in an exponential": (lambda: limit(E(sp.exp(S)), sp.exp(W)), "by number", "open"),
    "outside of a mean": (lambda: limit(sp.Sum(kept[i], (i, 1, n)), n), "outside of means|random|law", "open"),
    "log(-eps), on both sides": (lambda: limit(sp.log(-eps), sp.log(-eps), 1), "undefined", "open"),
    "1/(x - x eps), on both sides": (lambda: limit(1 / (x - x * eps), 1 / (x - x * eps)), "undefined", "open"),
}


@pytest.mark.parametrize("name", FALSE_LIMITS)
def test_a_limit_that_is_none(name: str) -> None:
    """Refused by the rule for a reason that says why; refuted by the referee, or left open with the same reason."""
    build, why, said = FALSE_LIMITS[name]
    with refused(why):
        to_order(build())
    found = referee(build(), methods=("admissible", "symbolic"))
    assert found.verdict.verdict == said, str(found)


def test_a_limit_that_a_hypothesis_makes_one() -> None:
    """1 - A eps is a keep probability for small eps where A >= 0; a hypothesis about another eps says nothing."""
    down = gates("down", 1 - A * eps, n)[1]
    statement = limit(Var(down), A * eps, 1)
    for hypothesis, said in ((less_equal(0, A), "proved"), (less_equal(1, A), "proved"), (less_equal(A, 1), "open"),
                             (less_equal(0, A * eps), "open")):
        found = referee(statement, hypotheses=[hypothesis], methods=("admissible", "symbolic"))
        assert found.verdict.verdict == said, f"{hypothesis}: {found}"


def test_a_quotient_that_a_hypothesis_makes_one() -> None:
    """eps/Var(x g) = 1/x^2 + o(1), undefined at x = 0."""
    statement = limit(eps / Var(x * kept[1]), x**-2)
    for hypotheses, said in (((different(x, 0),), "proved"), ((), "open"), ((less_equal(0, x),), "open")):
        assert referee(statement, hypotheses=hypotheses, methods=("admissible", "symbolic")).verdict.verdict == said


def test_a_proof_of_what_is_left_of_a_statement() -> None:
    """(x^2 s + x s)/(x s) = x + 1 + o(1), false at x = 0, with the proof of x + 1 = x + 1 + o(1) registered for it."""
    claim = Claim("own:statement", "t", near((x**2 * s + x * s) / (x * s), x + 1), "-", "yours", "sentence")
    with refused("undefined|normal form|concludes|assumption|does not fit|differently"):
        accept(claim, to_order(near(x + 1, x + 1)), "proof")
    with refused("undefined|normal form|concludes|assumption|does not fit|differently"):
        accept(replace(claim, statement=equal((x**2 + x) / x, x + 1)), identity(x + 1, x + 1), "proof")


def test_rules_that_see_a_normal_form_of_an_order() -> None:
    """(x^2 s + x s)/(x s) = x + 1 + o(1) for every x, from x + 1 = x + 1 + o(1) or from what holds where x is not 0."""
    odd, plain, known = near((x**2 * s + x * s) / (x * s), x + 1), to_order(near(x + 1, x + 1)), different(x, 0)
    where = to_order(odd, assume(known))
    assert where.given == {known}
    for claim in (lambda: restate(plain, odd), lambda: cases(known, where, plain),
                  lambda: satisfied(assume(odd), plain), lambda: satisfied(absolute(assume(odd)), plain)):
        with refused("undefined|normal form|concludes|assumption|does not fit|differently"):
            claim()
    assert apply(discharge(known, where), assume(known)).conclusion == odd


@pytest.mark.parametrize(("statement", "status"), [
    (limit(Var(kept[1]), eps, 1), "confirmed"), (limit(Var(kept[1]), 2 * eps, 1), "contradicted"),
    (limit(eps / Var(shut[1]), 1), "confirmed"), (limit(eps / Var(shut[1]), 0), "contradicted"),
    (limit(E(logistic(3 * shut[1])), NWGM(logistic(3 * shut[1])), 0), "confirmed")], ids=str)
def test_a_limit_by_the_second_path(statement: SameToOrder, status: str) -> None:
    """Seen from numbers: eps a millionth and less."""
    claim = Claim("own:statement", "t", statement, "-", "yours", "sentence")
    assert recheck_holds(claim, lambda _: [{n: 1}]).status == status
