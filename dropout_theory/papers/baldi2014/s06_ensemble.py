"""Section 6: does combining the members of an ensemble by a mean of their outputs beat their average error?"""

from __future__ import annotations

from typing import Any

from sympy import Function, Lambda, Rational, S, Sum, Symbol, exp, log, oo

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    NONNEGATIVE,
    NWGM,
    OPEN_UNIT,
    POSITIVE,
    PROBABILITY,
    UNIT,
    E,
    ForAll,
    ForEach,
    G,
    Gc,
    Notion,
    Scalar,
    both,
    convexity,
    distribution,
    equivalent,
    family,
    implies,
    index,
    interval,
    less,
    less_equal,
    logistic,
    size,
    subnetwork,
)

claim = Section("baldi2014", "6")

m, k = size("m"), index("k")
P = distribution("P", m)
N = subnetwork("N", P)
O = family("O", OPEN_UNIT, m)  # outputs of the m predictors
t = Scalar("t", UNIT)  # target
x, y = Scalar("x", OPEN_UNIT), Scalar("y", OPEN_UNIT)
theta = Scalar("theta", PROBABILITY)


def squared(output: Any, target: Any = t) -> Any:
    """Squared error, eq. (55)."""
    return (target - output) ** 2 / 2


def entropy(output: Any, target: Any = t) -> Any:
    """Relative entropy error, eq. (55)."""
    return -target * log(output) - (1 - target) * log(1 - output)


Error = Function("Error", real=True)  # any error of an output at a target
convex_error = Hypothesis("convex error", convexity(Error(x, t), x), "the error is a convex function of the output")
_o, _t = Symbol("o", real=True), Symbol("t", real=True)
SQUARED = Lambda((_o, _t), (_t - _o) ** 2 / 2)
errors = {Error: (SQUARED, Lambda((_o, _t), (_t - _o) ** 2), Lambda((_o, _t), abs(_t - _o)),
                  Lambda((_o, _t), entropy(_o, _t)))}

two_points = theta * x + (1 - theta) * y

claim("sec6-convex-squared",
      title="The squared error is convex in the output",
      statement=less_equal(squared(two_points), theta * squared(x) + (1 - theta) * squared(y)),
      kind="sentence", source="section 6, the sentence after eq. (55) on convexity")

claim("sec6-convex-entropy",
      title="The relative entropy error is convex in the output",
      statement=less_equal(entropy(two_points), theta * entropy(x) + (1 - theta) * entropy(y)),
      kind="sentence", source="section 6, the sentence after eq. (55) on convexity")

mean_beats = less_equal(Error(E(O[N]), t), E(Error(O[N], t)))
geometric_beats = less_equal(Error(G(O[N]), t), E(Error(O[N], t)))
normalised_beats = less_equal(Error(NWGM(O[N]), t), E(Error(O[N], t)))

claim("eq56",
      title="The error of the mean output is at most the mean error, for every convex error",
      statement=mean_beats, kind="inequality", hypotheses=[convex_error], candidates=errors)

# --- the weighted geometric mean, eq. (57) ------------------------------------------------------------------------

claim("eq57",
      title="The error of the weighted geometric mean is at most the mean error, for every convex error",
      statement=geometric_beats, kind="inequality", hypotheses=[convex_error], candidates=errors,
      erratum=Erratum("overclaim", "major", "Fails already for the squared error with target one: the geometric mean "
                      "lies below the mean, and a convex error may grow there. It holds for the relative entropy."))

output = Scalar("o")
ERROR = Notion("Error", (output,), entropy(output), "relative entropy error of the output o at the target t",
               r"\operatorname{Error}")

claim("eq57.amended-entropy",
      title="The relative entropy error of the weighted geometric mean is at most the mean error",
      statement=less_equal(ERROR(G(O[N])), E(ERROR(O[N]))))

log_output, log_other = (Scalar(name, interval(-oo, 0, open_above=True)) for name in ("x", "y"))
convex_in_logarithm = Hypothesis("convex in the logarithm", convexity(Error(exp(log_output), t), log_output),
                                 "the error is a convex function of the logarithm of the output")
smooth_errors = {Error: (SQUARED, Lambda((_o, _t), _o**2), Lambda((_o, _t), -log(_o)), Lambda((_o, _t), _o + _t))}

claim("eq57.amended-composite",
      title="The geometric mean beats the mean error when the error is convex in the logarithm of the output",
      statement=geometric_beats, hypotheses=[convex_in_logarithm], candidates=smooth_errors)

claim("eq57.amended-squared-criterion",
      title="Exactly when the squared error of the weighted geometric mean is at most the mean squared error",
      statement=equivalent(less_equal(squared(G(O[N])), E(squared(O[N]))),
                           less_equal(2 * t * (E(O[N]) - G(O[N])), E(O[N] ** 2) - G(O[N]) ** 2)))

above_half = Hypothesis("outputs at least half the target", ForEach(less_equal(t / 2, O[k]), (k, 1, m)))

claim("eq57.amended-squared-half",
      title="Outputs of at least half the target: the geometric mean's squared error is at most the mean squared error",
      statement=less_equal(squared(G(O[N])), E(squared(O[N]))), hypotheses=[above_half])

# --- the normalised weighted geometric mean, eq. (58) -------------------------------------------------------------

claim("eq58",
      title="The error of the normalised weighted geometric mean is at most the mean error, for every convex error",
      statement=normalised_beats, kind="inequality", hypotheses=[convex_error], candidates=errors,
      erratum=Erratum("overclaim", "major", "Fails already for the squared error with target one. It holds for the "
                      "relative entropy."))

claim("eq58.amended-entropy",
      title="The relative entropy error of the normalised weighted geometric mean is at most the mean error",
      statement=less_equal(ERROR(NWGM(O[N])), E(ERROR(O[N]))))

logit, other_logit = Scalar("x"), Scalar("y")
convex_in_logit = Hypothesis("convex in the logit", convexity(Error(logistic(logit), t), logit),
                             "the error is a convex function of the log-odds of the output")

claim("eq58.amended-composite",
      title="The normalised geometric mean beats the mean error when the error is convex in the log-odds of the output",
      statement=normalised_beats, hypotheses=[convex_in_logit],
      candidates={Error: (Lambda((_o, _t), -log(_o)), Lambda((_o, _t), -log(1 - _o)), Lambda((_o, _t), _t))})

claim("eq58.amended-squared-criterion",
      title="Exactly when the squared error of the normalised geometric mean is at most the mean squared error",
      statement=equivalent(less_equal(squared(NWGM(O[N])), E(squared(O[N]))),
                           less_equal(2 * t * (E(O[N]) - NWGM(O[N])), E(O[N] ** 2) - NWGM(O[N]) ** 2)))

near_one = family("O", interval(Rational(1, 3), 1, open_above=True), m)

claim("eq58.amended-squared-third",
      title="Target one and outputs of at least 1/3: the normalised mean's squared error is at most the mean error",
      statement=less_equal(squared(NWGM(near_one[N]), 1), E(squared(near_one[N], 1))))

claim("sec6-any-convex-error",
      title="Mean, geometric mean and normalised geometric mean all beat the mean of any convex error",
      statement=both(mean_beats, geometric_beats, normalised_beats),
      kind="sentence", source="section 6, the summary after eq. (58)", hypotheses=[convex_error], candidates=errors,
      erratum=Erratum("overclaim", "major", "True of the mean for any convex error; of the two geometric means for the "
                      "relative entropy, but not for the squared error."))

claim("sec6-any-convex-error.amended",
      title="All three means beat the mean relative entropy error",
      statement=both(less_equal(ERROR(E(O[N])), E(ERROR(O[N]))), less_equal(ERROR(G(O[N])), E(ERROR(O[N]))),
                     less_equal(ERROR(NWGM(O[N])), E(ERROR(O[N])))))

# several classes: K outputs that add up to one, a target distribution, and the normalised mean of eq. (44)
K, unit, other, other_class = size("K"), index("l"), index("l'"), index("l''")
activity = family("a", POSITIVE, (unit, 1, K), (k, 1, m))
target = distribution("t", K)


def share(class_: Any, predictor: Any) -> Any:
    """Output of a class as a share of the activities of all classes."""
    return activity[class_, predictor] / Sum(activity[other, predictor], (other, 1, K))


normalised_share = G(share(unit, N)) / Sum(G(share(other_class, N)), (other_class, 1, K))

several_classes = less_equal(-Sum(target[unit] * log(normalised_share), (unit, 1, K)),
                             E(-Sum(target[unit] * log(share(unit, N)), (unit, 1, K))))

claim("sec6-several-classes",
      title="With several classes the relative entropy of the normalised geometric mean is at most the mean error",
      statement=several_classes,
      kind="sentence", source="section 6, the sentence after eq. (55) on multiple outputs", limits={"max_size": 2})

# --- steps of the proof of eqs. (57) and (58) ---------------------------------------------------------------------

f, g = Function("f", real=True), Function("g", real=True)
u, a, b = Scalar("u"), Scalar("a"), Scalar("b")
lower, upper = Scalar("l"), Scalar("h")
_z = Symbol("z", real=True)
outer = (Lambda(_z, -_z), Lambda(_z, (1 - _z) ** 2 / 2), Lambda(_z, 2 * _z + 1), Lambda(_z, _z))
inner = (Lambda(_z, _z), Lambda(_z, _z**3), Lambda(_z, 2 * _z - 1))
f_convex = Hypothesis("f convex", convexity(f(u), u))
g_increasing = Hypothesis("g increasing", ForAll(implies(less(lower, upper), less(g(lower), g(upper))),
                                                 (lower,), (upper,)))
f_nondecreasing = Hypothesis("f non-decreasing", ForAll(implies(less_equal(lower, upper),
                                                                less_equal(f(lower), f(upper))), (lower,), (upper,)))
g_convex = Hypothesis("g convex", convexity(g(u), u))
composed = less_equal(f(g(theta * a + (1 - theta) * b)), theta * f(g(a)) + (1 - theta) * f(g(b)))

claim("eq57-step-composition",
      title="A convex function of an increasing function is convex",
      statement=composed, kind="step", source="section 6, first sentences of the proof of eqs. (57) and (58)",
      hypotheses=[f_convex, g_increasing], candidates={f: outer, g: inner},
      erratum=Erratum("invalid-step", "major", "False: -x is convex and x^3 increasing, but -x^3 is not convex. The "
                      "outer function must be non-decreasing and the inner one convex."))

claim("eq57-step-composition.amended",
      title="A convex non-decreasing function of a convex function is convex",
      statement=composed, hypotheses=[f_convex, f_nondecreasing, g_convex],
      candidates={f: outer, g: (*inner, Lambda(_z, _z**2), Lambda(_z, 1 - _z))})

l, h = Scalar("l", interval(-oo, 0, open_above=True)), Scalar("h", interval(-oo, 0, open_above=True))
along_logarithm = theta * l + (1 - theta) * h
along_logit = theta * a + (1 - theta) * b

claim("eq57-step-exponential",
      title="A convex error of the exponential of its argument is convex",
      statement=less_equal(Error(exp(along_logarithm), t),
                           theta * Error(exp(l), t) + (1 - theta) * Error(exp(h), t)),
      kind="step", source="section 6, proof of eq. (57)", hypotheses=[convex_error], candidates=errors,
      erratum=Erratum("invalid-step", "major", "Fails for the squared error: it is not convex in the logarithm of the "
                      "output where the output is below half the target."))

entropy_of_exponential = less_equal(entropy(exp(along_logarithm)),
                                    theta * entropy(exp(l)) + (1 - theta) * entropy(exp(h)))

claim("eq57-step-exponential.amended",
      title="The relative entropy error is convex in the logarithm of the output",
      statement=entropy_of_exponential)

claim("eq58-step-logistic",
      title="A convex error of the logistic function of its argument is convex",
      statement=less_equal(Error(logistic(along_logit), t),
                           theta * Error(logistic(a), t) + (1 - theta) * Error(logistic(b), t)),
      kind="step", source="section 6, proof of eq. (58)", hypotheses=[convex_error], candidates=errors,
      erratum=Erratum("invalid-step", "major", "Fails for the squared error, which is not convex in the log-odds."))

entropy_of_logistic = less_equal(entropy(logistic(along_logit)),
                                 theta * entropy(logistic(a)) + (1 - theta) * entropy(logistic(b)))

claim("eq58-step-logistic.amended",
      title="The relative entropy error is convex in the log-odds of the output",
      statement=entropy_of_logistic)

# --- outputs equal to zero or one ---------------------------------------------------------------------------------

closed = family("O", UNIT, m)
below_one = family("O", interval(0, 1, open_above=True), m)

claim("sec6-boundary-outputs",
      title="The normalised weighted geometric mean is defined also when some outputs are zero or one",
      statement=less(S.Zero, G(closed[N]) + Gc(closed[N])),
      kind="sentence", source="section 6, end of the proof of eqs. (57) and (58)",
      reading="The text says that outputs of zero and one can be handled directly; eq. (58) then needs its left side.",
      erratum=Erratum("overclaim", "minor", "An ensemble with an output zero and an output one, both possible, has "
                      "both geometric means zero, and the normalised one is 0/0."))

claim("sec6-boundary-outputs.amended",
      title="The normalised weighted geometric mean is defined when outputs may be zero but not one",
      statement=less(S.Zero, G(below_one[N]) + Gc(below_one[N])))

c_printed, c_positive, lam, s = Scalar("c", NONNEGATIVE), Scalar("c", POSITIVE), Scalar("lambda"), Scalar("S")

claim("sec6-logistic-inside",
      title="The output of a logistic unit is never exactly zero or one",
      statement=both(less(0, logistic(s, c_printed, lam)), less(logistic(s, c_printed, lam), 1)),
      kind="sentence", source="section 6, end of the proof, with c >= 0 as required with eq. (27)",
      erratum=Erratum("missing-hypothesis", "minor", "With c = 0, which the definition of the logistic unit admits, "
                      "the output is one; c > 0 is needed."))

claim("sec6-logistic-inside.amended",
      title="The output of a logistic unit with positive c lies strictly between zero and one",
      statement=both(less(0, logistic(s, c_positive, lam)), less(logistic(s, c_positive, lam), 1)))
