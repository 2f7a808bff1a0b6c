"""Section 5: witnesses against theorem 2 and its readings, and the proof of the exact criterion."""

from __future__ import annotations

from functools import cache

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import REGISTRY, classical_fact, prove, witness
from dropout_theory.language import (
    UNIT,
    Converges,
    E,
    LargestOutcome,
    Scalar,
    Stirling2,
    SumsTo,
    both,
    equal,
    gates,
    implies,
    less,
    less_equal,
)
from dropout_theory.papers.schluter2019.notation import (
    beta,
    c,
    d,
    derivative,
    i,
    j,
    log_partition,
    score,
    strict_delta,
    x,
)
from dropout_theory.papers.schluter2019.s05_convergence import (
    bounded_statement,
    converges,
    even,
    growing,
    k,
    largest,
    largest_down,
    largest_up,
    noise,
    of_zeta,
    positive_score,
    reach,
    regulariser,
    single_gate,
    single_noisy,
    taylor_at,
    w,
)
from dropout_theory.proof import ORDER, PolePair, Theorem


def one_feature(weight: int, drop: sp.Rational) -> dict[object, object]:
    """One feature of value 1 with the given weight and dropout probability."""
    return {d: 1, strict_delta: drop, x: {(1,): sp.Integer(1)}, beta: {(1,): sp.Integer(weight)}}


half, three_quarters = sp.Rational(1, 2), sp.Rational(3, 4)
below, above = one_feature(2, three_quarters), one_feature(7, half)  # deviations 6 and -2; 7 and -7

for label in ("thm2", "thm2.1", "thm2-reading-all-kept"):
    witness(f"schluter2019:{label}", below)
for label in ("thm2", "thm2.2", "thm2-reading-all-kept"):
    witness(f"schluter2019:{label}", above)
witness("schluter2019:sec5-bounded-features", one_feature(1, sp.Rational(9, 10)))
witness("schluter2019:sec5-radius", {w: sp.Integer(4), positive_score: sp.Integer(1)})

# --- the poles of the logistic function -------------------------------------------------------------------------

small = sp.Rational(1, 20)


def distance(point: sp.Expr) -> sp.Expr:
    """From a real point to pi i."""
    return sp.sqrt(point**2 + sp.pi**2)


def next_distance(point: sp.Expr) -> sp.Expr:
    """From a real point to 3 pi i."""
    return sp.sqrt(point**2 + 9 * sp.pi**2)


def angle(point: sp.Expr) -> sp.Expr:
    """Argument of pi i - point."""
    return sp.pi / 2 + sp.atan(point / sp.pi)


def coefficient(point: sp.Expr, order: sp.Expr) -> sp.Expr:
    """Taylor coefficient of the log partition function."""
    return derivative(order, point) / sp.factorial(order)


leading = 2 * distance(c) ** (-ORDER) * sp.cos(ORDER * angle(c)) / ORDER
classical_fact(
    "mittag-leffler-log-partition",
    less_equal(sp.Abs(coefficient(c, ORDER) + leading), small * next_distance(c) ** (2 - ORDER) / ORDER),
    "NIST Digital Library of Mathematical Functions, 4.36.3 with tanh z = 2 coth 2z - coth z: Mittag-Leffler's "
    "expansion sigma(z) = 1/2 + sum over n >= 0 of 2z/(z^2 + (2n+1)^2 pi^2), differentiated; the "
    "poles from 3 pi i on are at least next_distance away and their inverse squares sum to at most "
    "(pi^2/8 - 1)/pi^2 < 1/40")
taylor = coefficient(c, j) * w**j
classical_fact(
    "abel-log-partition",
    implies(both(less_equal(sp.Abs(w), distance(c)), Converges(taylor, (j, 0))),
            SumsTo(taylor, (j, 0), log_partition(c + w))),
    "Rudin, Real and Complex Analysis, 3rd edition, theorem 10.16, inside the disc in which log(1 + exp z) is "
    "analytic; Abel's limit theorem on its boundary: Rudin, Principles of Mathematical Analysis, 3rd edition, "
    "theorem 8.2")


@cache
def poles(point: sp.Expr) -> PolePair:
    """The pair of poles at +-pi i seen from a real point."""
    between = both(less(0, angle(c)), less(angle(c), sp.pi))
    apart = both(less(0, distance(c)), less(distance(c), next_distance(c)))
    facts = [by.classical("mittag-leffler-log-partition"), by.arithmetic(between, by.arctangent_range(c / sp.pi)),
             by.arithmetic(apart)]
    if point != c:
        facts = [by.instance(fact, {c: point}) for fact in facts]
    return by.pole_pair(coefficient(point, ORDER), distance(point), angle(point), next_distance(point), small, *facts)


@cache
def at_fixed(point: sp.Expr) -> Theorem:
    """The Taylor series at a real point sums to log(1 + exp(point + w)), given |w| <= distance.

    It converges up to the distance of the poles, that distance included, and Abel's theorem says to what.
    """
    near = by.assume(less_equal(sp.Abs(w), distance(point)))
    series = by.converges_within(poles(point), w, near, j, 0)
    abel = by.classical("abel-log-partition")
    return by.apply(abel if point == c else by.instance(abel, {c: point}), by.conjunction(near, series))


# --- the criterion ----------------------------------------------------------------------------------------------

gate = gates("xi", 1 - strict_delta, d)[i]
contribution = x[i] * beta[i] * (gate / (1 - strict_delta) - 1)


@prove("schluter2019:thm2.amended-largest-deviation")
@cache
def largest_deviation() -> Theorem:
    """max |D| is the larger of max D and max -D, and a deviation is a sum over independent gates.

    Such a sum is largest where each of its terms is, with its gate open or shut.
    """
    pieces = [by.largest_absolute(noise)]
    for sign, wanted in ((1, largest_up), (-1, largest_down)):
        mask_by_mask = by.largest_of_sum(sign * contribution, (i, 1, d), gate)
        same_terms = equal(mask_by_mask.conclusion.rhs.function, wanted.function)
        pieces += [mask_by_mask, by.termwise(by.arithmetic(same_terms), (i, 1, d))]
    return by.arithmetic(equal(largest, sp.Max(largest_up, largest_down)), *pieces)


@prove("schluter2019:thm2.amended")
def criterion() -> Theorem:
    """Every deviation is within the distance to the poles +-pi i, or the largest is beyond it.

    Within, the Taylor series sums for every mask, and its mean is a finite mixture of these sums. Beyond, the mean
    powers of the deviation outgrow the coefficients: the terms do not tend to zero, and there is no sum.
    """
    within = less_equal(sp.Max(largest_up, largest_down), reach)
    biggest = largest_deviation()
    bound = by.arithmetic(less_equal(largest, reach), biggest, by.assume(within))
    inside = by.same_value(by.mixture(at_fixed(score), w, noise, reach, bound, 2), regulariser)
    beyond = less(reach, largest)
    outside = by.no_sum(by.diverges_beyond(poles(score), noise, by.assume(beyond), j, 2), regulariser)
    back = by.arithmetic(within, by.discharge(beyond, outside), biggest, by.assume(converges))
    return by.iff(inside, back, within, converges)


@prove("schluter2019:thm2.amended-one-feature")
def one_feature_always_converges() -> Theorem:
    """The deviations are c delta/(1 - delta) and -c: at most |c| in size, less than the distance to the poles.

    Half dropped at most means delta/(1 - delta) <= 1. Then the series sums for both masks, hence in the mean.
    """
    drop, kept = strict_delta, single_gate[1]
    noise_of_one = single_noisy - c
    at_most_half = by.assume(less_equal(drop, half))
    ratio = by.arithmetic(less_equal(drop / (1 - drop), 1), at_most_half)
    both_masks = [by.largest_absolute(noise_of_one), by.largest_of_gate(noise_of_one, kept),
                  by.largest_of_gate(-noise_of_one, kept)]
    shrunk = Scalar("u", UNIT)
    both_signs = both(less_equal(c * shrunk, sp.Abs(c)), less_equal(-c * shrunk, sp.Abs(c)))
    product = by.in_letters(both_signs, {shrunk: drop / (1 - drop)}, domains=(ratio,))
    size = by.arithmetic(less_equal(LargestOutcome(sp.Abs(noise_of_one)), sp.Abs(c)), product, *both_masks)
    bound = by.arithmetic(less_equal(LargestOutcome(sp.Abs(noise_of_one)), distance(c)), size,
                          by.arithmetic(less_equal(sp.Abs(c), distance(c))))
    series = by.mixture(at_fixed(c), w, noise_of_one, distance(c), bound, 2)
    return by.same_value(series, E(log_partition(single_noisy)) - log_partition(c))


@prove("schluter2019:sec5-radius.amended")
def radius() -> Theorem:
    """Within the distance to the poles Abel's theorem gives the sum, from which orders 0 and 1 are taken.

    Beyond it the terms do not tend to zero.
    """
    point = positive_score
    within, beyond = less_equal(sp.Abs(w), distance(point)), less(distance(point), sp.Abs(w))
    inside = by.same_value(by.later_start(at_fixed(point), 2), taylor_at.args[2])
    outside = by.no_sum(by.diverges_beyond(poles(point), w, by.assume(beyond), j, 2), taylor_at.args[2])
    back = by.arithmetic(within, by.discharge(beyond, outside), by.assume(taylor_at))
    return by.iff(inside, back, within, taylor_at)


@prove("schluter2019:sec5-bounded-features.amended")
def bounded_features() -> Theorem:
    """Each of the d terms of a largest deviation is at most pi/d, and every score is at least pi from the poles."""
    every = bounded_statement.args[0]
    at_i = by.specialise(by.assume(every), i)
    sums = [by.termwise(by.arithmetic(less_equal(up.function, sp.pi / d), at_i), (i, 1, d))
            for up in (largest_up, largest_down)]
    bound = by.arithmetic(less_equal(sp.Max(largest_up, largest_down), reach), *sums)
    return by.discharge(every, by.arithmetic(converges, by.cite(REGISTRY["schluter2019:thm2.amended"]), bound))


# --- the chain of the proof -------------------------------------------------------------------------------------

@prove("schluter2019:eq14.amended")
def limit_of_roots() -> Theorem:
    return by.growth(poles(c), growing, even)


@prove("schluter2019:thm2-step-even-orders")
def even_orders() -> Theorem:
    """Both upper limits are 1/sqrt(c^2 + pi^2)."""
    every, second = by.growth(poles(c), growing, growing), by.growth(poles(c), growing, even)
    return by.arithmetic(equal(every.conclusion.lhs, second.conclusion.lhs), every, second)


@prove("schluter2019:thm2-step-root")
def roots_of_zeta() -> Theorem:
    return by.zeta_growth(of_zeta.args[0], growing, even, 2 * sp.pi)


@prove("schluter2019:thm2-step-one.amended")
def alternating_row() -> Theorem:
    """Induction on the row: the sum changes its sign with every row, from the recurrence of the Stirling numbers.

    Summed over row k + 1 it gives the sums over row k of j a_j and, moved by one place, of -(j + 1) a_j, where a_j is
    (-1)^j j! S2(k, j): together the sum over row k with its sign turned.
    """

    def entry(row: sp.Expr, column: sp.Expr) -> sp.Expr:
        """a_j, the entry of a row in a column with its alternating sign."""
        return (-1) ** column * sp.factorial(column) * Stirling2(row, column)

    def whole(row: sp.Expr) -> sp.Sum:
        """The alternating sum over a row."""
        return sp.Sum(entry(row, j), (j, 1, row))

    statement = equal(whole(k), (-1) ** k)
    one = by.without_last(whole(sp.S.One))
    base = by.arithmetic(equal(whole(sp.S.One), -1), one, by.empty(sp.Sum(one.conclusion.lhs.function, (j, 1, 0))),
                         by.stirling_edge(1, 1))
    weight = (-1) ** j * sp.factorial(j)
    by_recurrence = by.weighted(by.stirling_recurrence(k, j), weight, (j, 1, k + 1))
    own, neighbour = (sp.Sum(weight * f, (j, 1, k + 1)) for f in (j * Stirling2(k, j), Stirling2(k, j - 1)))
    moved = by.shifted(sp.Sum(neighbour.function, (j, 2, k + 1)), -1)
    stepped = equal(moved.conclusion.rhs.function, -(j + 1) * entry(k, j))
    reordered = by.termwise(by.arithmetic(stepped, by.factorial_step(j + 1, by.assume(less_equal(1, j)))), (j, 1, k))
    ends = by.without_last(own), by.stirling_outside(k, k + 1), by.without_first(neighbour), by.stirling_outside(k, 0)
    step = by.arithmetic(equal(whole(k + 1), -((-1) ** k)), by_recurrence, *ends, moved, reordered,
                         by.assume(statement))
    return by.induction(k, statement, base, step)


classical_fact("stirling-bernoulli", REGISTRY["schluter2019:thm2-step-bernoulli.amended"].statement,
               "NIST Digital Library of Mathematical Functions, 24.15.6: Bernoulli numbers from Stirling numbers of "
               "the second kind; also Graham, Knuth & Patashnik, Concrete Mathematics, 2nd edition, section 6.5")
classical_fact("euler-zeta", REGISTRY["schluter2019:thm2-step-zeta.amended"].statement,
               "NIST Digital Library of Mathematical Functions, 25.6.2: Euler's formula for zeta at even integers")


@prove("schluter2019:thm2-step-bernoulli.amended")
def bernoulli_numbers() -> Theorem:
    return by.classical("stirling-bernoulli")


@prove("schluter2019:thm2-step-zeta.amended")
def zeta_at_even_integers() -> Theorem:
    return by.classical("euler-zeta")
