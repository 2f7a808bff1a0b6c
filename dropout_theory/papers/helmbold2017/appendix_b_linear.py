"""Appendix B, lemmas 25 to 29: an optimal network is linear along x, and as large on x as its penalty allows."""

from __future__ import annotations

from sympy import Rational, S, Sum

from dropout_theory.claims import Hypothesis, Section
from dropout_theory.language import ForEach, Relu, Scalar, both, equal, equivalent, family, implies, less, less_equal
from dropout_theory.papers.helmbold2017.appendix_b import UNBIASED, same_outputs, t, units
from dropout_theory.papers.helmbold2017.notation import K
from dropout_theory.papers.helmbold2017.s03_weight_decay import J_2, LEAST, W
from dropout_theory.papers.helmbold2017.weight_decay import (
    Called,
    Shallow,
    V,
    activation,
    b,
    balanced,
    j,
    k,
    nonzero_input,
    own,
    projection,
    square,
    w,
    x_entry,
)

claim = Section("helmbold2017", "B")

# --- lemmas 25 to 27: a linear function along x --------------------------------------------------------------------

forward = Hypothesis("v_j . x >= 0", ForEach(less_equal(0, W.projection(j)), units))
rectified = Shallow(lambda j_, k_: Relu(projection(own, j_)) / square() * x_entry(k_), lambda j_: S.Zero, own.out, b)

LEM25 = claim("lem25",
      title="Without hidden biases every v_j . x is non-negative at a minimiser",
      statement=implies(less_equal(UNBIASED.criterion, Called(rectified, "W''").criterion), forward.condition),
      hypotheses=[nonzero_input], kind="lemma", source="appendix B, lemma 25",
      reading="Already when the network is no worse than one with the weights max(0, v_j . x) x/(x . x).")

LEM25_ZERO = claim("lem25-step-zero",
      title="Zero weights do what a unit with v_j . x < 0 does",
      statement=both(equal(Relu(t), Relu(0)), less(0, t**2)), hypotheses=[Hypothesis("negative", less(t, 0))],
      kind="step", source="appendix B, proof of lemma 25", reading="t is v_j . x; t^2 > 0 needs a weight to be lost.")

EQ9 = claim("eq9",
      title="The network computes a linear function on x and on 0",
      statement=both(equal(UNBIASED.on_x, W.activation + b), equal(UNBIASED.on_zero, b)),
      hypotheses=[forward], kind="equation", source="appendix B, eq. (9)",
      reading="The input is x or 0, as in lemma 22.")

best_bias = (1 - activation(own)) / 2
centred = Shallow(own.into, lambda j_: S.Zero, own.out, best_bias)
CENTRED = Called(centred, "W''")

claim("lem26",
      title="The output bias of a minimiser is (1 - w . V x)/2",
      statement=both(less_equal(CENTRED.criterion, UNBIASED.criterion),
                     equivalent(less_equal(UNBIASED.criterion, CENTRED.criterion), equal(b, (1 - W.activation) / 2))),
      hypotheses=[forward], kind="lemma", source="appendix B, lemma 26", admissible=balanced)


def centred_form(scale: object) -> object:
    """1/2 + w . V (s x - x/2)."""
    along = Sum(own.into(j, k) * (scale * x_entry(k) - x_entry(k) / 2), (k, 1, K))  # type: ignore[operator]
    return Rational(1, 2) + Sum(own.out(j) * along, units)


EQ10 = claim("eq10",
      title="With the best bias the network computes 1/2 + w . V (input - x/2)",
      statement=both(equal(CENTRED.on_x, centred_form(S.One)), equal(CENTRED.on_zero, centred_form(S.Zero))),
      hypotheses=[forward], kind="equation", source="appendix B, eq. (10)", reading="The input is x or 0.")

EQ11 = claim("eq11",
      title="The outputs on 0 and on x sum to 1",
      statement=equal(CENTRED.on_zero, 1 - CENTRED.on_x), hypotheses=[forward], kind="equation",
      source="appendix B, eq. (11)")

EQ11_ALL = claim("eq11-every-minimiser",
      title="At every minimiser the outputs on 0 and on x sum to 1",
      statement=implies(equal(J_2, LEAST), equal(W.on_zero, 1 - W.on_x)), hypotheses=[nonzero_input],
      kind="sentence", source="appendix B, eq. (11)", reading="Hidden biases included.", admissible=balanced)

projected = Shallow(lambda j_, k_: projection(own, j_) / square() * x_entry(k_), own.bias, own.out, b)
along_x = ForEach(equal(V[j, k], W.projection(j) / square() * x_entry(k)), units, (k, 1, K))
PROJECTED = Called(projected, "W'")

LEM27 = claim("lem27",
      title="At a minimiser the weights into a hidden unit are a multiple of x",
      statement=implies(less_equal(J_2, PROJECTED.criterion), along_x),
      hypotheses=[nonzero_input], kind="lemma", source="appendix B, lemma 27",
      reading="Already when the network is no worse than the one with its weights projected on x.")

claim("lem27-step-projection",
      title="Projecting the weights on x changes no output and does not increase the penalty",
      statement=both(*same_outputs(PROJECTED), less_equal(PROJECTED.size, W.size)),
      hypotheses=[nonzero_input], kind="step", source="appendix B, proof of lemma 27", reading="The input is x or 0.")

# --- lemmas 28 and 29: as large as the penalty allows ----------------------------------------------------------------

LEM28 = claim("lem28",
      title="The output of a minimiser on x is at most 1",
      statement=implies(equal(J_2, LEAST), less_equal(W.on_x, 1)), hypotheses=[nonzero_input],
      kind="lemma", source="appendix B, lemma 28", admissible=balanced)

scale = (1 + activation(own)) / (2 * activation(own))
scaled_down = Shallow(own.into, lambda j_: S.Zero, lambda j_: scale * w[j_], best_bias)
SCALED_DOWN = Called(scaled_down, "W'")

claim("lem28-step-scaling",
      title="An output above 1 is below 0 on the other input, and smaller output weights reduce loss and penalty",
      statement=both(less(CENTRED.on_zero, 0), equal(SCALED_DOWN.on_x, 1), equal(SCALED_DOWN.on_zero, CENTRED.on_zero),
                     less(SCALED_DOWN.size, CENTRED.size)),
      hypotheses=[forward, Hypothesis("output above 1", less(1, W.activation))], kind="step",
      source="appendix B, proof of lemma 28", reading="w . V x > 1 says that the output on x is above 1.")

other_into, other_out = family("V'", V.domain, units, (k, 1, K)), family("w'", w.domain, units)
other = Shallow(lambda j_, k_: other_into[j_, k_], lambda j_: S.Zero, lambda j_: other_out[j_], b)
OTHER = Called(other, "W'")

LEM29 = claim("lem29",
      title="A minimiser has the largest output on x among networks of the form (10) with its penalty",
      statement=implies(both(equal(J_2, LEAST), equal(OTHER.size, W.size)),
                        less_equal((1 + OTHER.activation) / 2, W.on_x)),
      hypotheses=[nonzero_input], kind="lemma", source="appendix B, lemma 29",
      reading="The other network's output on x is (1 + w . V x)/2 by its form.",
      admissible={**balanced, other_out: balanced[w], other_into: balanced[V]},
      not_applicable={"decide": "products of the weights of two networks are beyond the solver"})

value, larger = Scalar("t"), Scalar("s")

LEM29_ERROR = claim("lem29-step-error",
      title="An output on x nearer to 1 has a smaller error",
      statement=less(Rational(1, 2) * (larger - 1) ** 2 + Rational(1, 2) * (1 - larger) ** 2,
                     Rational(1, 2) * (value - 1) ** 2 + Rational(1, 2) * (1 - value) ** 2),
      hypotheses=[Hypothesis("larger", less(value, larger)), Hypothesis("at most 1", less_equal(larger, 1))],
      kind="step", source="appendix B, proof of lemma 29", reading="By (11) the output on 0 is 1 - t.")

fitted = Shallow(own.into, lambda j_: S.Zero, lambda j_: w[j_] / activation(own), S.Zero)
FITTED = Called(fitted, "W'")

claim("lem29-step-scaling",
      title="Output weights scaled down to the output 1 have a smaller penalty and no error",
      statement=both(equal(FITTED.activation, 1), less(FITTED.size, W.size)),
      hypotheses=[Hypothesis("output above 1", less(1, W.activation))], kind="step",
      source="appendix B, proof of lemma 29", reading="The form (10) with w . V x = 1 has the outputs 1 and 0.")

