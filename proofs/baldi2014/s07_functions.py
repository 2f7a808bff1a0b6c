"""Arguments for section 7.1: the logarithm of the odds of a function of the class is affine."""

from __future__ import annotations

from typing import Any

from sympy import Integer, Lambda, Product, Rational, Sum, Symbol, exp, log

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import POSITIVE, PROBABILITY, Scalar, different, equal, less, less_equal, substitute
from dropout_theory.papers.baldi2014 import s07_functions as claims
from dropout_theory.papers.baldi2014.s07_functions import K, P, a, alpha, b, c, f, k, lam, m, r, sigma, u, v, x, y
from dropout_theory.proof import Theorem

# --- members --------------------------------------------------------------------------------------------------------


@prove("baldi2014:eq59.2")
def constants() -> Theorem:
    """Exponents add up to one, so the geometric means of K and 1 - K are K and 1 - K."""
    every = (k, 1, m)
    total = by.identity(Sum(P[k], every), 1)
    means = [by.rewrite(by.collected_power(base, P[k], every), total) for base in (K, 1 - K)]
    return by.arithmetic(claims.CONSTANT.statement, *means)


# --- functions with a zero or a one ---------------------------------------------------------------------------------


def mirrored(value: int) -> Theorem:
    """f(b) = value when f(a) = value: b is the midpoint of a and 2b - a, and one of G, G' vanishes for these two.

    That the other one does not vanish is the hypothesis that the equation is defined.
    """
    points = (a, 2 * b - a, Rational(1, 2))
    known = by.assume(equal(f(a), value))
    equation = by.rewrite(by.at(by.assume(claims.class_of_f.condition), *points), known)
    nonzero = by.rewrite(by.at(by.assume(claims.defined.condition), *points), known)
    bounded = by.at(by.assume(claims.in_range.condition), 2 * b - a)
    return by.arithmetic(equal(f(b), value), equation, nonzero, bounded)


@prove("baldi2014:eq59.3")
def zero_everywhere() -> Theorem:
    return mirrored(0)


@prove("baldi2014:eq59.4")
def one_everywhere() -> Theorem:
    return mirrored(1)


@prove("baldi2014:eq60")
def two_points() -> Theorem:
    """The defining equation for a distribution over two points, its sums and products written out.

    The hypotheses say that both sides are defined: f has values in [0, 1], and the two means are not both 0.
    """
    premise = claims.eq60.args[0]
    total = by.written_out(by.identity(Sum(claims.Q[k], (k, 1, 2)), 1))
    other = by.arithmetic(equal(claims.Q[2], 1 - claims.Q[1]), total)
    inside, apart = (by.assume(h.condition) for h in claims.EQ60.hypotheses)
    found = by.written_out(by.assume(premise), inside, by.written_out(apart, inside))
    return by.discharge(premise, by.restate(by.rewrite(found, other), claims.two_points))


def share_of(low: Any, high: Any, point: Any, *premises: Theorem) -> tuple[Any, tuple[Theorem, ...]]:
    """The p with point = p low + (1 - p) high, and that it is a probability."""
    share = (high - point) / (high - low)
    return share, (by.arithmetic(less_equal(0, share), *premises), by.arithmetic(less_equal(share, 1), *premises))


@prove("baldi2014:sec7-equal-values")
def constant_between() -> Theorem:
    """Both means of equal values are that value and its complement."""
    p = Scalar("p", PROBABILITY)
    equation = by.at(by.assume(claims.class_of_f.condition), u, v, p)
    same = by.rewrite(equation, by.arithmetic(equal(f(v), f(u)), by.assume(equal(f(u), f(v)))))
    bounded = by.at(by.assume(claims.in_range.condition), u)
    powers = [by.joined_power(base, p, 1 - p, bounded) for base in (f(u), 1 - f(u))]
    between = by.for_all(by.arithmetic(equal(f(p * u + (1 - p) * v), f(u)), same, *powers, bounded), p)
    order = [by.assume(h.condition) for h in claims.between]
    share, inside = share_of(u, v, x, *order)
    reached = by.arithmetic(equal(share * u + (1 - share) * v, x), *order)
    return by.rewrite(by.at(between, share, premises=(*inside, *order)), reached)


# --- the logarithm of the odds is affine ----------------------------------------------------------------------------


def affine() -> Theorem:
    """p log r(u) + (1 - p) log r(v) = log r(pu + (1 - p)v) for all u, v and p, from the two-point equation."""
    p = Scalar("p", PROBABILITY)
    equation = by.at(by.assume(claims.class_of_inside.condition), u, v, p)
    odds = by.arithmetic(equal(r(u) ** p * r(v) ** (1 - p), r(p * u + (1 - p) * v)), equation)
    logs = equal(p * log(r(u)) + (1 - p) * log(r(v)), log(r(p * u + (1 - p) * v)))
    return by.for_all(by.arithmetic(logs, by.increasing(log, odds)), u, v, p)


def line(low: Any, high: Any, point: Any, *premises: Theorem) -> Theorem:
    """(high - low) log r(point) = (high - point) log r(low) + (point - low) log r(high), for a point between."""
    share, inside = share_of(low, high, point, *premises)
    logs = by.at(affine(), low, high, share, premises=(*inside, *premises))
    reached = by.arithmetic(equal(share * low + (1 - share) * high, point), *premises)
    return by.arithmetic(chord(low, high, point), by.rewrite(logs, reached), *premises)


def chord(low: Any, high: Any, point: Any) -> Any:
    """The statement that log r at a point is on its chord between two others."""
    return equal((high - low) * log(r(point)), (high - point) * log(r(low)) + (point - low) * log(r(high)))


ordered = by.assume(less(u, v))


def everywhere() -> Theorem:
    """The same for any point of the line: whichever of u, v and x lies between the other two is a mean of them."""
    below, above = by.assume(less(x, u)), by.assume(less(v, x))
    not_below, not_above = by.assume(by.negation(less(x, u))), by.assume(by.negation(less(v, x)))
    wanted = chord(u, v, x)
    left = by.arithmetic(wanted, line(x, v, u, below, ordered))
    right = by.arithmetic(wanted, line(u, x, v, above, ordered))
    middle = line(u, v, x, not_below, not_above, ordered)
    return by.cases(less(x, u), left, by.cases(less(v, x), right, middle))


def solved(target: Any, whole_line: Theorem, order: Theorem = ordered) -> Theorem:
    """The odds at x as powers of the odds at u and v, and with them a statement about 1/(1 + r(x))."""
    logs = by.arithmetic(equal(log(r(x)), (v - x) / (v - u) * log(r(u)) + (x - u) / (v - u) * log(r(v))),
                         whole_line, order)
    return by.arithmetic(target, by.increasing(exp, logs))


@prove("baldi2014:sec7-continuation")
def continuation() -> Theorem:
    """The chord of log r through u and v, in exponentials."""
    return solved(equal(claims.inside(x), claims.from_ends), everywhere())


@prove("baldi2014:eq61")
def from_two_ends() -> Theorem:
    return continuation()


@prove("baldi2014:eq62")
def logistic_between() -> Theorem:
    """The chord of log r through u and v, in exponentials: log r is affine, r an exponential."""
    return solved(equal(claims.inside(x), claims.eq62.args[1]), everywhere())


@prove("baldi2014:eq62.amended-everywhere")
def logistic_everywhere() -> Theorem:
    """As between two points; where v < u, the chord through v and u is the one through u and v."""
    differ, target = by.assume(claims.DIFFERENT_ENDS.condition), claims.EVERYWHERE.statement
    below, not_below = less(u, v), by.negation(less(u, v))
    above = by.arithmetic(less(v, u), differ, by.assume(not_below))
    mirrored = by.satisfied(by.instance(everywhere(), {u: v, v: u}), above)
    return by.cases(below, solved(target, everywhere()), solved(target, mirrored, differ))


@prove("baldi2014:eq59.5")
def only_logistic() -> Theorem:
    """log r on its chord through 0 and 1, in exponentials."""
    whole = by.instance(everywhere(), {u: 0, v: 1})
    known = by.satisfied(whole, by.arithmetic(less(0, 1)))
    logs = by.arithmetic(equal(log(r(x)), log(r(0)) - (log(r(0)) - log(r(1))) * x), known)
    return by.arithmetic(claims.only_logistic, by.increasing(exp, logs))


@prove("baldi2014:eq59")
def whole_class() -> Theorem:
    """Both kinds of members, and the three cases of a function of the class."""
    extreme = []
    for statement, theorem in ((claims.if_zero, zero_everywhere()), (claims.if_one, one_everywhere())):
        premise = statement.args[0]
        known = by.assume(premise)
        parts = [by.component(known, part) for part in premise.args]
        extreme.append(by.discharge(premise, by.satisfied(theorem, *parts)))
    members = by.identity(*claims.LOGISTIC.statement.args), constants()
    return by.conjunction(*members, *extreme, by.discharge(claims.class_of_inside.condition, only_logistic()))


@prove("baldi2014:eq63")
def factor() -> Theorem:
    """The exponents of c add up to one, those of the exponentials to zero."""
    logs = by.arithmetic(equal(v / (v - u) * (log(c) - lam * u) - u / (v - u) * (log(c) - lam * v), log(c)), ordered)
    plain = by.restate(by.increasing(exp, logs), equal((c * exp(-lam * u)) ** (v / (v - u))
                                                       * (c * exp(-lam * v)) ** (-u / (v - u)), c))
    back = [by.identity(c * exp(-lam * w), claims.odds_of(w)) for w in (u, v)]
    return by.rewrite(plain, *back)


@prove("baldi2014:eq64")
def slope() -> Theorem:
    """The quotient of the odds at u and v is e^(lambda (v - u))."""
    argument = claims.odds_of(u) * (sigma(v) / (1 - sigma(v)))
    ratio = by.increasing(log, by.identity(argument, exp(lam * (v - u))))
    return by.arithmetic(equal(log(argument) / (v - u), lam), ratio, ordered)


@prove("baldi2014:eq65.2.amended")
def half_point() -> Theorem:
    """At that point c e^(-lambda x) = 1, so that value and complement agree."""
    known = by.assume(equal(lam * x, log(c)))
    balanced = by.increasing(exp, by.arithmetic(equal(log(c) - lam * x, 0), known))
    half = by.arithmetic(equal(sigma(x), Rational(1, 2)), balanced)
    return by.conjunction(by.assume(claims.sloped.condition), by.discharge(known.conclusion, half))


@prove("baldi2014:eq65.amended")
def value_and_half_point() -> Theorem:
    return by.conjunction(by.arithmetic(claims.at_zero), half_point())


@prove("baldi2014:sec7-parameterization.amended")
def parameters() -> Theorem:
    """Equal values at zero give equal factors, whose logarithm is not zero."""
    c1, c2 = claims.c1, claims.c2
    premise = claims.same_parameters.args[0]
    known = by.assume(premise)
    not_one = by.assume(different(c1, 1))
    slopes = [by.assume(h.condition) for h in claims.sloped_both]
    factors = by.arithmetic(equal(c1, c2), known, *slopes)
    logs = by.increasing(log, factors)
    back = by.discharge(equal(log(c1), 0), by.increasing(exp, by.assume(equal(log(c1), 0))))
    return by.discharge(premise, by.arithmetic(claims.same_parameters.args[1], known, logs, back, not_one, *slopes))


@prove("baldi2014:eq66")
def opposite_points() -> Theorem:
    """Zero is the midpoint of -v and v, where log r is the mean of its values at both."""
    logs = by.at(affine(), -v, v, Rational(1, 2))
    return by.restate(by.increasing(exp, logs), claims.eq66)


@prove("baldi2014:eq67")
def fraction_of_point() -> Theorem:
    """log r is affine on the line through 0 and v, on which alpha v lies; for v = 0 nothing is left to show."""
    right, left = less(0, v), less(v, 0)
    wanted = equal(log(r(alpha * v)), (1 - alpha) * log(r(0)) + alpha * log(r(v)))
    ahead = by.arithmetic(wanted, by.instance(everywhere(), {u: 0, x: alpha * v}), by.assume(right))
    behind = by.arithmetic(wanted, by.instance(everywhere(), {u: v, v: 0, x: alpha * v}), by.assume(left))
    nowhere = by.arithmetic(equal(v, 0), by.assume(by.negation(right)), by.assume(by.negation(left)))
    still = by.at_value(wanted, nowhere, by.identity(log(r(0)), (1 - alpha) * log(r(0)) + alpha * log(r(0))))
    equation = by.cases(right, ahead, by.cases(left, behind, still))
    return by.arithmetic(claims.eq67, by.increasing(exp, equation))


# --- shape ----------------------------------------------------------------------------------------------------------

rising, falling = less(0, lam), by.negation(less(0, lam))
x_before_y = by.assume(claims.ordered.condition)


@prove("baldi2014:sec7-monotone")
def monotone() -> Theorem:
    """e^(-lambda y) - e^(-lambda x) has the sign opposite to lambda."""
    up = by.increasing(exp, by.arithmetic(less_equal(-lam * y, -lam * x), by.assume(rising), x_before_y))
    down = by.increasing(exp, by.arithmetic(less_equal(-lam * x, -lam * y), by.assume(falling), x_before_y))
    wanted = less_equal(0, lam * (sigma(y) - sigma(x)))
    return by.cases(rising, by.arithmetic(wanted, up, by.assume(rising)),
                    by.arithmetic(wanted, down, by.assume(falling)))


@prove("baldi2014:sec7-strict-if-constant.amended")
def strictly_monotone() -> Theorem:
    """e^(-lambda y) - e^(-lambda x) has the sign opposite to lambda, which is not zero."""
    sloped = by.assume(claims.sloped.condition)
    up = by.increasing(exp, by.arithmetic(less(-lam * y, -lam * x), by.assume(rising), x_before_y))
    down = by.increasing(exp, by.arithmetic(less(-lam * x, -lam * y), by.assume(falling), sloped, x_before_y))
    wanted = less(0, lam * (sigma(y) - sigma(x)))
    return by.cases(rising, by.arithmetic(wanted, up, by.assume(rising)),
                    by.arithmetic(wanted, down, by.assume(falling), sloped))


@prove("baldi2014:sec7-limits-exist")
def exponentially_close() -> Theorem:
    """1 - sigma(x) = sigma(x) c e^(-lambda x) is at most c e^(-lambda x), and at most one.

    With slope zero the exponential is one everywhere.
    """
    rises, falls = (by.discharge(part.args[0], by.arithmetic(part.args[1])) for part in (claims.to_one, claims.to_zero))
    flat, constant = claims.level.args
    value = by.identity(substitute(constant.args[0], {lam: Integer(0)}), constant.args[1])
    return by.conjunction(rises, falls, by.discharge(flat, by.at_value(constant, by.assume(flat), value)))


@prove("baldi2014:sec7-limits-zero-or-one.amended")
def limit_of_sloped() -> Theorem:
    """The clause on a slope of zero plays no part."""
    whole = by.assume(claims.limit.condition)
    ends = [by.component(whole, clause) for clause in claims.limit.condition.args[:2]]
    return by.arithmetic(claims.zero_or_one, *ends, by.assume(claims.sloped.condition))


@prove("baldi2014:eq67-step-limit.amended")
def fixed_limit() -> Theorem:
    """(1 - alpha)(log r0 - log l) = 0 and alpha < 1; a power of zero is zero, which l is not."""
    start, ell = Scalar("R", POSITIVE), claims.ell
    known = by.assume(substitute(claims.fixed, {claims.r0: start}))
    logs = by.arithmetic(equal(log(ell), log(start)), by.increasing(log, known))
    inside = by.discharge(known.conclusion, by.restate(by.increasing(exp, logs), equal(ell, start)))
    above = by.arithmetic(less(0, claims.r0), by.assume(different(claims.r0, 0)))
    zero = by.assume(equal(claims.r0, 0))
    only = Product(claims.r0 ** (1 - alpha), (k, 1, 1))
    power = by.arithmetic(equal(claims.r0 ** (1 - alpha), 0), by.last_split(only), by.vanishing_factor(only, 1, zero))
    wanted = by.discharge(claims.fixed, by.arithmetic(equal(ell, claims.r0), by.assume(claims.fixed), power))
    return by.cases(zero.conclusion, wanted, by.instance(inside, {start: claims.r0}, above))


@prove("baldi2014:sec7-same-logistic")
def adjacent() -> Theorem:
    """The value between u1 and u3 is the one on their chord, so that the two slopes are the slope of the chord."""
    u1, u2, u3 = claims.u1, claims.u2, claims.u3
    order = [by.assume(h.condition) for h in claims.ascending]
    on_chord = line(u1, u3, u2, *order)
    slopes = by.arithmetic(equal(claims.slope_between(u1, u2), claims.slope_between(u2, u3)), on_chord, *order)

    def log_factor(low: Any, high: Any) -> Any:
        """The logarithm of `factor_between`."""
        return high / (high - low) * log(r(low)) - low / (high - low) * log(r(high))

    logs = by.arithmetic(equal(log_factor(u1, u2), log_factor(u2, u3)), on_chord, *order)
    factors = by.restate(by.increasing(exp, logs), equal(claims.factor_between(u1, u2), claims.factor_between(u2, u3)))
    return by.conjunction(slopes, factors)


# --- counterexamples ------------------------------------------------------------------------------------------------

z = Symbol("z", real=True)
witness("baldi2014:sec7-positive-values", {K: 0})
witness("baldi2014:eq65.2", {lam: 0, c: 2, x: 0})
witness("baldi2014:sec7-parameterization", {claims.c1: 1, claims.c2: 1, claims.lam1: 1, claims.lam2: 2})
witness("baldi2014:sec7-strict-if-constant", {f: Lambda(z, Rational(1, 2)), x: 0, y: 1})
witness("baldi2014:sec7-limits-zero-or-one", {claims.L: Rational(1, 2), lam: 0, c: 1})
witness("baldi2014:eq67-step-limit", {claims.r0: 1, claims.ell: 1, alpha: Rational(1, 2)})
