"""Section 5: witnesses against theorem 2 and its readings, and the proof of the exact criterion."""

from __future__ import annotations

from functools import cache

import sympy as sp

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
from dropout_theory.proof import (
    ORDER,
    PolePair,
    Theorem,
    apply,
    arctangent_range,
    arithmetic,
    assume,
    cite,
    classical,
    conjunction,
    converges_within,
    discharge,
    diverges_beyond,
    empty,
    factorial_step,
    growth,
    iff,
    induction,
    instance,
    largest_absolute,
    largest_of_gate,
    largest_of_sum,
    later_start,
    mixture,
    no_sum,
    pole_pair,
    same_value,
    shifted,
    specialise,
    stirling_edge,
    stirling_outside,
    stirling_recurrence,
    termwise,
    weighted,
    without_first,
    without_last,
    zeta_growth,
)


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
    "Mittag-Leffler's expansion sigma(z) = 1/2 + sum over n >= 0 of 2z/(z^2 + (2n+1)^2 pi^2), differentiated; the "
    "poles from 3 pi i on are at least next_distance away and their inverse squares sum to at most "
    "(pi^2/8 - 1)/pi^2 < 1/40")
taylor = coefficient(c, j) * w**j
classical_fact(
    "abel-log-partition",
    implies(both(less_equal(sp.Abs(w), distance(c)), Converges(taylor, (j, 0))),
            SumsTo(taylor, (j, 0), log_partition(c + w))),
    "Taylor's theorem inside the disc in which log(1 + exp z) is analytic, Abel's limit theorem on its boundary")


@cache
def poles(point: sp.Expr) -> PolePair:
    """The pair of poles at +-pi i seen from a real point."""
    between = both(less(0, angle(c)), less(angle(c), sp.pi))
    apart = both(less(0, distance(c)), less(distance(c), next_distance(c)))
    facts = [classical("mittag-leffler-log-partition"), arithmetic(between, arctangent_range(c / sp.pi)),
             arithmetic(apart)]
    if point != c:
        facts = [instance(fact, {c: point}) for fact in facts]
    return pole_pair(coefficient(point, ORDER), distance(point), angle(point), next_distance(point), small, *facts)


@cache
def at_fixed(point: sp.Expr) -> Theorem:
    """The Taylor series at a real point sums to log(1 + exp(point + w)), given |w| <= distance."""
    near = assume(less_equal(sp.Abs(w), distance(point)))
    series = converges_within(poles(point), w, near, j, 0)
    abel = classical("abel-log-partition")
    return apply(abel if point == c else instance(abel, {c: point}), conjunction(near, series))


# --- the criterion ----------------------------------------------------------------------------------------------

gate = gates("xi", 1 - strict_delta, d)[i]
contribution = x[i] * beta[i] * (gate / (1 - strict_delta) - 1)


@prove("schluter2019:thm2.amended-largest-deviation")
@cache
def largest_deviation() -> Theorem:
    pieces = [largest_absolute(noise)]
    for sign, wanted in ((1, largest_up), (-1, largest_down)):
        mask_by_mask = largest_of_sum(sign * contribution, (i, 1, d), gate)
        same_terms = equal(mask_by_mask.conclusion.rhs.function, wanted.function)
        pieces += [mask_by_mask, termwise(arithmetic(same_terms), (i, 1, d))]
    return arithmetic(equal(largest, sp.Max(largest_up, largest_down)), *pieces)


@prove("schluter2019:thm2.amended")
def criterion() -> Theorem:
    within = less_equal(sp.Max(largest_up, largest_down), reach)
    biggest = largest_deviation()
    bound = arithmetic(less_equal(largest, reach), biggest, assume(within))
    inside = same_value(mixture(at_fixed(score), w, noise, reach, bound, 2), regulariser)
    beyond = less(reach, largest)
    outside = no_sum(diverges_beyond(poles(score), noise, assume(beyond), j, 2), regulariser)
    back = arithmetic(within, discharge(beyond, outside), biggest, assume(converges))
    return iff(inside, back, within, converges)


@prove("schluter2019:thm2.amended-one-feature")
def one_feature_always_converges() -> Theorem:
    drop, kept = strict_delta, single_gate[1]
    noise_of_one = single_noisy - c
    at_most_half = assume(less_equal(drop, half))
    ratio = arithmetic(less_equal(drop / (1 - drop), 1), at_most_half)
    both_masks = [largest_absolute(noise_of_one), largest_of_gate(noise_of_one, kept),
                  largest_of_gate(-noise_of_one, kept)]
    shrunk = Scalar("u", UNIT)
    product = instance(arithmetic(both(less_equal(c * shrunk, sp.Abs(c)), less_equal(-c * shrunk, sp.Abs(c)))),
                       {shrunk: drop / (1 - drop)}, ratio)
    size = arithmetic(less_equal(LargestOutcome(sp.Abs(noise_of_one)), sp.Abs(c)), product, *both_masks)
    bound = arithmetic(less_equal(LargestOutcome(sp.Abs(noise_of_one)), distance(c)), size,
                       arithmetic(less_equal(sp.Abs(c), distance(c))))
    series = mixture(at_fixed(c), w, noise_of_one, distance(c), bound, 2)
    return same_value(series, E(log_partition(single_noisy)) - log_partition(c))


@prove("schluter2019:sec5-radius.amended")
def radius() -> Theorem:
    point = positive_score
    within, beyond = less_equal(sp.Abs(w), distance(point)), less(distance(point), sp.Abs(w))
    inside = same_value(later_start(at_fixed(point), 2), taylor_at.args[2])
    outside = no_sum(diverges_beyond(poles(point), w, assume(beyond), j, 2), taylor_at.args[2])
    back = arithmetic(within, discharge(beyond, outside), assume(taylor_at))
    return iff(inside, back, within, taylor_at)


@prove("schluter2019:sec5-bounded-features.amended")
def bounded_features() -> Theorem:
    every = bounded_statement.args[0]
    at_i = specialise(assume(every), i)
    sums = [termwise(arithmetic(less_equal(up.function, sp.pi / d), at_i), (i, 1, d))
            for up in (largest_up, largest_down)]
    bound = arithmetic(less_equal(sp.Max(largest_up, largest_down), reach), *sums)
    return discharge(every, arithmetic(converges, cite(REGISTRY["schluter2019:thm2.amended"]), bound))


# --- the chain of the proof -------------------------------------------------------------------------------------

@prove("schluter2019:eq14.amended")
def limit_of_roots() -> Theorem:
    return growth(poles(c), growing, even)


@prove("schluter2019:thm2-step-even-orders")
def even_orders() -> Theorem:
    every, second = growth(poles(c), growing, growing), growth(poles(c), growing, even)
    return arithmetic(equal(every.conclusion.lhs, second.conclusion.lhs), every, second)


@prove("schluter2019:thm2-step-root")
def roots_of_zeta() -> Theorem:
    return zeta_growth(of_zeta.args[0], growing, even, 2 * sp.pi)


@prove("schluter2019:thm2-step-one.amended")
def alternating_row() -> Theorem:
    """By induction on the row, from the recurrence of the Stirling numbers."""
    def entry(row: sp.Expr, column: sp.Expr) -> sp.Expr:
        return (-1) ** column * sp.factorial(column) * Stirling2(row, column)

    def whole(row: sp.Expr) -> sp.Sum:
        return sp.Sum(entry(row, j), (j, 1, row))

    statement = equal(whole(k), (-1) ** k)
    one = without_last(whole(sp.S.One))
    base = arithmetic(equal(whole(sp.S.One), -1), one, empty(sp.Sum(one.conclusion.lhs.function, (j, 1, 0))),
                      stirling_edge(1, 1))
    weight = (-1) ** j * sp.factorial(j)
    by_recurrence = weighted(stirling_recurrence(k, j), weight, (j, 1, k + 1))
    own, neighbour = (sp.Sum(weight * f, (j, 1, k + 1)) for f in (j * Stirling2(k, j), Stirling2(k, j - 1)))
    moved = shifted(sp.Sum(neighbour.function, (j, 2, k + 1)), -1)
    stepped = equal(moved.conclusion.rhs.function, -(j + 1) * entry(k, j))
    reordered = termwise(arithmetic(stepped, factorial_step(j + 1, assume(less_equal(1, j)))), (j, 1, k))
    step = arithmetic(equal(whole(k + 1), -((-1) ** k)), by_recurrence, without_last(own), without_first(neighbour),
                      moved, reordered, stirling_outside(k, k + 1), stirling_outside(k, 0), assume(statement))
    return induction(k, statement, base, step)


classical_fact("stirling-bernoulli", REGISTRY["schluter2019:thm2-step-bernoulli.amended"].statement,
               "Bernoulli numbers from Stirling numbers of the second kind, e.g. Graham, Knuth & Patashnik, Concrete "
               "Mathematics, chapter 6")
classical_fact("euler-zeta", REGISTRY["schluter2019:thm2-step-zeta.amended"].statement,
               "Euler's formula for zeta at even integers")


@prove("schluter2019:thm2-step-bernoulli.amended")
def bernoulli_numbers() -> Theorem:
    return classical("stirling-bernoulli")


@prove("schluter2019:thm2-step-zeta.amended")
def zeta_at_even_integers() -> Theorem:
    return classical("euler-zeta")
