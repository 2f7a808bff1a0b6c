"""Appendix B, definition 30 to the end: what a hidden unit contributes, and the criterion in terms of one number."""

from __future__ import annotations

from typing import Any

from sympy import Abs, Min, Rational, S, Sum, diff, sqrt

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    NONNEGATIVE,
    POSITIVE,
    Notion,
    Relu,
    Scalar,
    both,
    equal,
    equivalent,
    implies,
    less,
    less_equal,
)
from dropout_theory.papers.helmbold2017.appendix_b import RARE, UNBIASED, unbiased
from dropout_theory.papers.helmbold2017.appendix_b_linear import CENTRED, forward
from dropout_theory.papers.helmbold2017.notation import K, n
from dropout_theory.papers.helmbold2017.s03_scaling import NOT_FINITE
from dropout_theory.papers.helmbold2017.s03_weight_decay import J_2, LEAST, W, degenerate, length
from dropout_theory.papers.helmbold2017.weight_decay import (
    Called,
    Shallow,
    V,
    j,
    k,
    lam,
    nonzero_input,
    on_x,
    own,
    square,
    w,
    weightless,
    x,
    x_entry,
)

claim = Section("helmbold2017", "B")

multiple, out = Scalar("alpha", NONNEGATIVE), Scalar("w")
unit = Relu(Sum(multiple * x_entry(k) * x_entry(k), (k, 1, K)))

claim("def30",
      title="A unit with weights alpha x has the value alpha x . x on x",
      statement=equal(unit, multiple * square()), kind="definition", source="appendix B, definition 30",
      reading="alpha is non-negative by lemma 25.")

claim("def31",
      title="A unit's contributions to the activation and to the penalty",
      statement=both(equal(out * unit, out * multiple * square()),
                     equal(lam / 2 * (out**2 + Sum((multiple * x_entry(k)) ** 2, (k, 1, K))),
                           lam / 2 * (out**2 + multiple**2 * square()))),
      kind="definition", source="appendix B, definition 31")

# --- lemma 32: one unit; s is x . x ------------------------------------------------------------------------------

s, alpha, budget = Scalar("s", POSITIVE), Scalar("alpha"), Scalar("B", NONNEGATIVE)
spent = equal(out**2 + alpha**2 * s, budget)
best_out, best_alpha, best_value = sqrt(budget / 2), sqrt(budget / (2 * s)), budget * sqrt(s) / 2
best = {s: 4, alpha: Rational(1, 2), out: 1, budget: 2}

claim("lem32",
      title="With squared weights B a unit contributes at most B |x|/2: w = sqrt(B/2), alpha = sqrt(B/(2 x . x))",
      statement=both(implies(spent, less_equal(out * alpha * s, best_value)),
                     equal(best_out**2 + best_alpha**2 * s, budget), equal(best_out * best_alpha * s, best_value)),
      kind="lemma", source="appendix B, lemma 32", reading="s is x . x > 0; node k is node j.", admissible=best)

other_out, other_alpha = Scalar("w'"), Scalar("alpha'")

claim("lem32-node",
      title="The squared weights of one unit bound the contribution of another",
      statement=implies(spent, less_equal(other_out * other_alpha * s, best_value)), kind="sentence",
      source="appendix B, lemma 32", reading="Literally: B is node j's, the contribution node k's.",
      erratum=Erratum("index", "typo", "Both must be those of the same hidden unit."))

claim("lem32-node.amended",
      title="The squared weights of a unit bound its own contribution",
      statement=implies(spent, less_equal(out * alpha * s, best_value)), source="appendix B, lemma 32",
      admissible=best)

LEM32_UNIQUE = claim("lem32-unique",
      title="The positive maximiser is the only one with alpha >= 0",
      statement=implies(both(spent, equal(out * alpha * s, best_value), less_equal(0, alpha)),
                        both(equal(out, best_out), equal(alpha, best_alpha))),
      kind="sentence", source="appendix B, lemma 32", admissible=best)

LEM32_ROOT = claim("lem32-step-root",
      title="The contribution as a function of alpha",
      statement=both(equal(out, sqrt(budget - alpha**2 * s)),
                     equal(out * alpha * s, alpha * s * sqrt(budget - alpha**2 * s))),
      hypotheses=[Hypothesis("squared weights", spent), Hypothesis("w is not negative", less_equal(0, out))],
      kind="step", source="appendix B, proof of lemma 32",
      reading="For the maximum w may be taken non-negative, as alpha is.",
      admissible={out: 1, alpha: 1, s: 1, budget: 2}, not_applicable={"property": RARE})

positive_budget = Scalar("B", POSITIVE)
contribution = alpha * s * sqrt(positive_budget - alpha**2 * s)
stationary = sqrt(positive_budget / (2 * s))

LEM32_SLOPE = claim("lem32-step-derivative",
      title="The derivative in alpha vanishes exactly at plus and minus sqrt(B/(2 x . x))",
      statement=equivalent(equal(diff(contribution, alpha), 0), equal(alpha**2, stationary**2)),
      hypotheses=[Hypothesis("inside the budget", less(alpha**2 * s, positive_budget))],
      kind="step", source="appendix B, proof of lemma 32", reading="B is positive; the square says both signs.",
      admissible={s: 4, alpha: Rational(1, 2), positive_budget: 2})

LEM32_NEGATIVE = claim("lem32-step-negative",
      title="With a negative multiple of x the unit outputs 0",
      statement=equal(Relu(alpha * s), 0), hypotheses=[Hypothesis("negative", less(alpha, 0))], kind="step",
      source="appendix B, proof of lemma 32")

claim("lem32-step-value",
      title="The largest contribution",
      statement=equal(sqrt(budget / 2) * sqrt(budget / (2 * s)) * s, budget * sqrt(s) / 2), kind="step",
      source="appendix B, proof of lemma 32")

# --- lemma 33: the smallest weights with a given activation ---------------------------------------------------------

A = Scalar("A", NONNEGATIVE)
share = sqrt(A / (n * length))
shared = Shallow(lambda j_, k_: share / length * x_entry(k_), lambda j_: S.Zero, lambda j_: share, S.Zero)
reached = on_x(unbiased) - unbiased.last

SHARED = Called(shared, "W''")
no_less = less_equal(2 * (UNBIASED.on_x - unbiased.last) / length, UNBIASED.size)
as_little = both(equal(SHARED.on_x, A), equal(SHARED.size, 2 * A / length))

claim("lem33.1",
      title="A network without hidden biases and with activation A has at least 2A/|x| squared weights",
      statement=no_less, hypotheses=[nonzero_input], kind="lemma", source="appendix B, lemma 33",
      admissible={K: 1, n: 1, V: {(1, 1): 1}, w: {(1,): 1}, x: {(1,): 1}})

claim("lem33.2",
      title="2A/|x| squared weights are enough for every activation A >= 0 and every number of hidden units",
      statement=as_little, hypotheses=[nonzero_input], kind="lemma", source="appendix B, lemma 33",
      reading="A is not negative, as in the proof of theorem 7. The note after the lemma: the value is free of n.")

claim("lem33",
      title="The least sum of squared weights for an activation A is 2A/|x|, whatever the number of hidden units",
      statement=both(no_less, as_little), hypotheses=[nonzero_input], kind="lemma", source="appendix B, lemma 33",
      reading="A is not negative, as in the proof of theorem 7.")

ANY_SIGN = claim("lem33-any-sign",
      title="For an activation of any sign, and with hidden biases, at least 2|A|/|x| squared weights are needed",
      statement=less_equal(2 * Abs(W.on_x - W.on_zero) / length, W.size), hypotheses=[nonzero_input],
      kind="sentence", source="appendix B, lemma 33",
      reading="A sharper form: the activation is the difference between the outputs on x and on 0.")

# --- the proof of theorem 7 -----------------------------------------------------------------------------------------

least_size = Hypothesis("least weights", equal(W.size, 2 * W.activation / length))


def halves(value: Any) -> Any:
    """The right side of (12) for an activation."""
    return Rational(1, 2) * (((1 - value) / 2) ** 2 + ((1 + value) / 2 - 1) ** 2 + lam * 2 * value / length)


first_line = equal(CENTRED.criterion, Rational(1, 2) * ((1 - W.activation) / 2 - 0) ** 2
                   + Rational(1, 2) * (CENTRED.on_x - 1) ** 2 + lam / 2 * CENTRED.size)
second_line = equal(CENTRED.criterion, halves(W.activation))

claim("eq12.1",
      title="The criterion of a network with the best output bias and without hidden biases",
      statement=first_line, kind="equation", source="appendix B, eq. (12)",
      reading="Both sides with the rectifiers of the network: linear it is taken to be in the second line only.")

SMALL = {K: 1, n: 1, lam: 1, own.into(j, k).family: {(1, 1): 1}, own.out(j).family: {(1,): 1},
         x_entry(k).family: {(1,): 1}}

claim("eq12.2",
      title="The criterion as a function of the activation alone",
      statement=second_line, hypotheses=[nonzero_input, forward, least_size], kind="equation",
      source="appendix B, eq. (12)", reading="With the least squared weights for the activation, by lemmas 29 and 33.",
      admissible=SMALL, not_applicable={"property": RARE})

claim("eq12",
      title="The criterion of an optimal network as a function of its activation",
      statement=both(first_line, second_line), hypotheses=[nonzero_input, forward, least_size], kind="equation",
      source="appendix B, eq. (12)", admissible=SMALL, not_applicable={"property": RARE})

below = Hypothesis("at most the threshold", less_equal(2 * lam / length, 1))
above = Hypothesis("above the threshold", less(1, 2 * lam / length))
at = 1 - 2 * lam / length

J_2_OF = Notion("J_2", (A,), halves(A), "right side of (12): the criterion of an optimal network with activation A")

BELOW = claim("thm7-step-below",
      title="Up to the threshold (12) is least exactly at A = 1 - 2 lambda/|x|, which is not negative",
      statement=both(less_equal(0, at), less_equal(J_2_OF(at), J_2_OF(A)),
                     equivalent(equal(J_2_OF(A), J_2_OF(at)), equal(A, at))),
      hypotheses=[nonzero_input, below], kind="step", source="appendix B, proof of theorem 7",
      admissible={K: 1, lam: Rational(1, 2), x: {(1,): 2}, A: Rational(1, 2)})

ABOVE = claim("thm7-step-above",
      title="Above the threshold (12) is least exactly at A = 0",
      statement=both(less_equal(J_2_OF(0), J_2_OF(A)), equivalent(equal(J_2_OF(A), J_2_OF(0)), equal(A, 0))),
      hypotheses=[nonzero_input, above], kind="step", source="appendix B, proof of theorem 7")

DEAD = claim("thm7-step-zero",
      title="A minimiser with activation 0 has zero weights and output bias 1/2",
      statement=implies(both(equal(J_2, LEAST), equal(W.on_x, W.on_zero)), degenerate),
      hypotheses=[nonzero_input], kind="step", source="appendix B, proof of theorem 7",
      reading="Up to the hidden biases.", admissible=weightless)

RISK = claim("thm7-step-risk",
      title="The risk part of (12) is (1 - A)^2/4, which is lambda^2/(x . x) at A = 1 - 2 lambda/|x|",
      statement=both(equal(Rational(1, 2) * (((1 - A) / 2) ** 2 + ((1 + A) / 2 - 1) ** 2), (1 - A) ** 2 / 4),
                     equal((1 - at) ** 2 / 4, lam**2 / square())),
      hypotheses=[nonzero_input], kind="step", source="appendix B, proof of theorem 7")


def one(_: Any) -> Any:
    """Every input is 1."""
    return S.One


INPUTS = claim("appB-number-of-inputs",
      title="For K inputs that are all 1 the aversion is min(1/4, lambda^2/K): it depends on the number of inputs",
      statement=equal(Called(own, point="1", inputs=one).aversion, Min(Rational(1, 4), lam**2 / K)), kind="sentence",
      source="appendix B, first paragraph", not_applicable=NOT_FINITE,
      reading="It depends on K through x . x only: an input that is 0 changes nothing.")

