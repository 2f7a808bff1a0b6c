"""Section 3.4: what weight decay does to a network with one hidden layer, theorem 7 and footnote 2."""

from __future__ import annotations

from sympy import Min, Rational, S, Sum, sqrt

from dropout_theory.claims import Hypothesis, Section
from dropout_theory.language import (
    NONNEGATIVE,
    POSITIVE,
    ForEach,
    Scalar,
    both,
    equal,
    equivalent,
    family,
    implies,
    less,
    less_equal,
    notion,
)
from dropout_theory.papers.helmbold2017.notation import K, n
from dropout_theory.papers.helmbold2017.s03_scaling import NOT_FINITE
from dropout_theory.papers.helmbold2017.weight_decay import (
    Called,
    Shallow,
    V,
    b,
    balanced,
    best_activation,
    criterion_of,
    j,
    k,
    lam,
    nonzero_input,
    on_x,
    on_zero,
    optimum,
    own,
    size_of,
    square,
    w,
    weightless,
    x_entry,
)

claim = Section("helmbold2017", "3.4")

length = sqrt(square())
closed_form = Min(Rational(1, 4), lam**2 / square())
least = (1 - best_activation()) ** 2 / 4 + lam / length * best_activation()
criterion = criterion_of(own)
LEAST = notion("J_2*", least, "closed form of the least L2 criterion, see sec34-closed-form", "J_2^*")
W = Called(own)
J_2, R, aversion = W.criterion, W.risk, W.aversion

THEOREM_7 = claim("thm7",
      title="The weight-decay aversion of P_(x,1) is min(1/4, lambda^2/(x . x))",
      statement=equal(aversion, closed_form), hypotheses=[nonzero_input], kind="theorem",
      source="section 3.4, theorem 7", not_applicable=NOT_FINITE,
      reading="One hidden layer of n units. The quotient says that x is not zero.")

silent_input = Hypothesis("x is zero", ForEach(equal(x_entry(k), 0), (k, 1, K)))

ZERO_INPUT = claim("thm7-zero-input",
      title="For x = 0, which the closed form excludes, the aversion is 0 and not the 1/4 of the limit",
      statement=equal(aversion, 0), hypotheses=[silent_input], kind="sentence",
      source="section 3.4, theorem 7", not_applicable=NOT_FINITE,
      reading="Both examples then have the same input, and no network has a risk below 1/4.")

BOUND = claim("thm7-lower-bound",
      title="No network has a smaller weight-decay criterion than the closed form",
      statement=less_equal(least, J_2), hypotheses=[nonzero_input], kind="step",
      source="section 3.4, before theorem 7",
      reading="A global bound over all weights and biases, hidden biases included.")

CLOSED = claim("sec34-closed-form",
      title="An optimiser of the non-convex criterion in closed form",
      statement=equal(Called(optimum(), "W'").criterion, least), hypotheses=[nonzero_input], kind="sentence",
      source="section 3.4, before theorem 7",
      reading="The optimiser whose hidden units contribute equally.")

EVERY = claim("sec34-every-optimiser",
      title="Every optimiser has risk min(1/4, lambda^2/(x . x)), so each is an aversion witness",
      statement=implies(equal(J_2, LEAST), equal(J_2 - lam / 2 * W.size, closed_form)),
      hypotheses=[nonzero_input], kind="sentence", source="section 3.4, definition of the aversion",
      admissible=balanced)

# --- scaling of the inputs ---------------------------------------------------------------------------------------

factor = Scalar("c", POSITIVE)


def scaled_entry(k_: object) -> object:
    """The k-th input times c."""
    return factor * x_entry(k_)


SCALING = claim("sec34-depends-on-scale",
      title="Unlike the dropout aversion, the weight-decay aversion changes with the scale of the inputs",
      statement=less(Called(own, point="cx", inputs=scaled_entry).aversion, aversion),
      hypotheses=[Hypothesis("larger inputs", less(1, factor)),
                  Hypothesis("signal left", less(2 * lam, factor * length))],
      kind="sentence", source="section 3.4, after theorem 7", not_applicable=NOT_FINITE)

# --- beyond the threshold ----------------------------------------------------------------------------------------

strong = Hypothesis("strong decay", less(length, 2 * lam))
no_into, no_out = ForEach(equal(V[j, k], 0), (j, 1, n), (k, 1, K)), ForEach(equal(w[j], 0), (j, 1, n))
no_weights = both(no_into, no_out)
half, one = equal(b, Rational(1, 2)), equal(b, 1)
degenerate = both(no_into, no_out, half)
single_optimum = both(less_equal(Rational(1, 4), J_2), equivalent(equal(J_2, Rational(1, 4)), degenerate))

claim("sec34-single-optimum",
      title="Beyond the threshold the only optimum has all weights zero and output bias 1/2",
      statement=single_optimum, hypotheses=[strong], kind="sentence", source="section 3.4, after theorem 7",
      reading="Up to the hidden biases, as footnote 2 says. x may be zero.", admissible=weightless)

THRESHOLD = claim("sec34-single-optimum-at-threshold",
      title="The same at the threshold itself",
      statement=single_optimum, hypotheses=[Hypothesis("decay", less_equal(length, 2 * lam))],
      kind="sentence", source="section 3.4, after theorem 7",
      reading="A sharper form: the printed condition is strict.", admissible=weightless)

AWAY = claim("sec34-signal-regularised-away",
      title="A finite lambda makes weight decay ignore the input altogether",
      statement=equal(aversion, Rational(1, 4)), hypotheses=[nonzero_input, strong], kind="sentence",
      source="section 3.4, after theorem 7", not_applicable=NOT_FINITE)

alpha = 1 / (square() + 2 * lam)

ONE_LAYER = claim("sec34-one-layer",
      title="A single linear layer never gives up the signal: some non-zero weights beat zero weights for every lambda",
      statement=less(Rational(1, 2) * (alpha * square() + (1 - alpha * square()) / 2 - 1) ** 2
                     + Rational(1, 2) * ((1 - alpha * square()) / 2) ** 2
                     + lam / 2 * Sum((alpha * x_entry(k)) ** 2, (k, 1, K)), Rational(1, 4)),
      hypotheses=[nonzero_input], kind="sentence", source="section 3.4, after theorem 7",
      reading="Weights x/(x . x + 2 lambda) and the best bias; zero weights reach 1/4 at best.")

plain_biases = Shallow(own.into, lambda j_: S.Zero, own.out, own.last)

IRRELEVANT = claim("fn2-hidden-biases",
      title="With all weights zero the hidden biases change nothing",
      statement=implies(no_weights, equal(J_2, Called(plain_biases, "W'").criterion)),
      kind="sentence", source="section 3.4, footnote 2", admissible=weightless)


def opposite(k_: object) -> object:
    """The k-th entry of -x."""
    return -x_entry(k_)


on_opposite = Called(own, point="-x", inputs=opposite).on_x
two_sided = Rational(1, 2) * (W.on_x - 1) ** 2 + Rational(1, 2) * (on_opposite - 1) ** 2 + lam / 2 * W.size

two_sided_optimum = both(no_into, no_out, one)

claim("fn2-opposite-inputs",
      title="Equal weight on x and -x, both with label 1: the only optimum has zero weights and output bias 1",
      statement=both(less_equal(0, two_sided), equivalent(equal(two_sided, 0), two_sided_optimum)),
      kind="sentence", source="section 3.4, footnote 2",
      reading="For every number n of hidden units, every x and every lambda; the printed example has n = 2.",
      admissible={**weightless, b: 1})

# --- moving weights ----------------------------------------------------------------------------------------------

level, c = Scalar("M", POSITIVE), factor
first = Sum(V[j, k] ** 2, (k, 1, K), (j, 1, n))

VERTICAL = claim("sec34-vertical",
      title="Scaling one layer up by enough drives the penalty above any level, the other layer scaled down",
      statement=less(level, lam / 2 * (Sum((c * V[j, k]) ** 2, (k, 1, K), (j, 1, n))
                                       + Sum((w[j] / c) ** 2, (j, 1, n)))),
      hypotheses=[Hypothesis("c large enough", less(2 * level, lam * c**2 * first))],
      kind="sentence", source="section 3.4, last paragraph",
      reading="The layer scaled up has a weight that is not zero; the network of zeros stays as it is.")

shares = family("s", NONNEGATIVE, (j, 1, n))
horizontal = Shallow(lambda j_, k_: sqrt(shares[j_]) / length * x_entry(k_), lambda j_: S.Zero,
                     lambda j_: sqrt(shares[j_]), b)

shifted_parts = (equal(on_x(horizontal), length * Sum(shares[j], (j, 1, n)) + b), equal(on_zero(horizontal), b),
                 equal(size_of(horizontal), 2 * Sum(shares[j], (j, 1, n))))

claim("sec34-horizontal",
      title="Shifting contributions between hidden units changes neither the outputs nor the penalty",
      statement=both(*shifted_parts),
      hypotheses=[nonzero_input], kind="sentence", source="section 3.4, last paragraph",
      reading="Unit j has output weight sqrt(s_j) and weights sqrt(s_j) x/|x|: only the sum of the s_j matters, "
              "so that any portion can be shifted.")

PROPORTIONAL = claim("sec34-proportional",
      title="At every optimiser each unit's contribution to the output is |x|/2 times its squared weights",
      statement=implies(equal(J_2, LEAST), ForEach(equal(w[j] * (W.unit_on_x(j) - W.unit_on_zero(j)),
                                                         length / 2 * W.unit_size(j)), (j, 1, n))),
      hypotheses=[nonzero_input], kind="sentence", source="section 3.4, last paragraph",
      reading="The contribution is to the difference between the outputs on x and on 0, so that optimisers with hidden "
              "biases are included. The constant depends on the input only.", admissible=balanced)
