"""Section 7.2: rectified linear units whose sum is normal: mean output against output at the mean."""

from __future__ import annotations

from typing import Any

from sympy import Abs, Rational, erf, exp, log, pi, sqrt

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    POSITIVE,
    E,
    Relu,
    Scalar,
    both,
    different,
    distribution,
    equal,
    index,
    less,
    less_equal,
    normal,
    size,
    subnetwork,
    weights,
)

claim = Section("baldi2014", "7.2")

lam = Scalar("lambda")  # slope of the rectified linear function; the text names no sign
mu, deviation = Scalar("mu"), Scalar("sigma", POSITIVE)
S = normal("S", mu, deviation)
centred = normal("S", 0, deviation)


def rectified(argument: Any, slope: Any = lam, threshold: Any = 0) -> Any:
    """The rectified linear function, eq. (69)."""
    return slope * Relu(argument - threshold)


def cumulative(argument: Any) -> Any:
    """Distribution function of the standard normal."""
    return (1 + erf(argument / sqrt(2))) / 2


z = mu / deviation
mean_output = lam * mu * cumulative(z) + lam * deviation / sqrt(2 * pi) * exp(-(mu**2) / (2 * deviation**2))
NORMAL = {"montecarlo": "the rectified normal is unbounded: no interval valid at finite n"}

m, k = size("m"), index("k")
P = distribution("P", m)
N = subnetwork("N", P)
sums = weights("S", m)
slope, intercept = Scalar("a"), Scalar("b")

claim("eq68",
      title="Affine functions commute with the mean",
      statement=equal(E(slope * sums[N] + intercept), slope * E(sums[N]) + intercept),
      reading="Eq. (68) is what a transfer function should satisfy; the text adds that linear functions do.")

threshold = Scalar("t")
shifted = normal("T", mu - threshold, deviation)
same_threshold = equal(E(rectified(S, lam, threshold)), E(rectified(shifted)))

claim("sec7-threshold-zero",
      title="A threshold may be moved into the sum",
      statement=same_threshold,
      kind="sentence", source="section 7.2, before eq. (70)", not_applicable=NORMAL)

claim("eq72",
      title="Mean output of a rectified linear unit with a normal sum",
      statement=equal(E(rectified(S)), mean_output), not_applicable=NORMAL,
      reading="The undecorated deviation in the second term is that of the sum.")

q = Scalar("x", POSITIVE)


def density(argument: Any) -> Any:
    """Density of the standard normal."""
    return exp(-(argument**2) / 2) / sqrt(2 * pi)


tail_below = less((1 - 1 / q**2) * density(q) / q, 1 - cumulative(q))
tail_above = less(1 - cumulative(q), density(q) / q)

claim("eq73",
      title="The tail of the standard normal is its density over the argument, for large arguments",
      statement=both(tail_below, tail_above), kind="approximation",
      reading="The approximation is given no order in the text; here its relative error is below 1/x^2 for all x > 0.")

gap_at_zero = equal(Abs(E(rectified(centred)) - rectified(0)), lam * deviation / sqrt(2 * pi))

claim("eq74",
      title="Error of a rectified linear unit whose normal sum has mean zero",
      statement=gap_at_zero, not_applicable=NORMAL,
      erratum=Erratum("missing-hypothesis", "minor", "The slope must not be negative; otherwise its absolute value "
                      "belongs on the right."))

claim("eq74.amended",
      title="Error of a rectified linear unit of non-negative slope whose normal sum has mean zero",
      statement=gap_at_zero, hypotheses=[Hypothesis("slope not negative", less_equal(0, lam))], not_applicable=NORMAL)

any_slope = equal(Abs(E(rectified(centred)) - rectified(0)), Abs(lam) * deviation / sqrt(2 * pi))

claim("eq74.amended-any-slope",
      title="Error of a rectified linear unit of any slope whose normal sum has mean zero",
      statement=any_slope, not_applicable=NORMAL)

error = equal(E(rectified(S)) - rectified(mu),
              lam * deviation * (density(z) - Abs(z) * cumulative(-Abs(z))))

claim("sec7-relu-error",
      title="Error of a rectified linear unit with a normal sum, for every mean",
      statement=error,
      kind="sentence", source="section 7.2, after eq. (73): the error in all cases", not_applicable=NORMAL,
      reading="One closed form for the three cases of the text, positive, zero and negative mean.")

size_of_error = Abs(E(rectified(S)) - rectified(mu))
bound_off_centre = Abs(lam) * deviation**3 / mu**2 * density(z)
off_centre = less_equal(size_of_error, bound_off_centre)

claim("eq75",
      title="Away from zero the error of a rectified linear unit vanishes with the deviation of its sum",
      statement=off_centre, kind="approximation", hypotheses=[Hypothesis("mean is not zero", different(mu, 0))],
      not_applicable=NORMAL,
      reading="Close to zero is read as a bound that vanishes, with the deviation, faster than any power of it; the "
              "text has negative means here and mentions positive ones after.")

constant = Scalar("c")
claim("eq75-best-constant",
      title="No constant below 1 will do in the bound of the error away from zero: far from it the error is larger",
      statement=less(constant * bound_off_centre, size_of_error), kind="sentence",
      source="section 7.2, eq. (75), with its best constant", not_applicable=NORMAL,
      hypotheses=[Hypothesis("slope is not zero", different(lam, 0)),
                  Hypothesis("mean is far from zero", less_equal(3 * deviation**2, (1 - constant) * mu**2))],
      admissible={constant: Rational(2, 3), lam: 1, mu: -3, deviation: 1},
      reading="For every constant below 1 there are such means, so that eq75 has the best one.")

# a population of units whose mean sums are normal around zero: the sums then have the deviation sqrt(sigma^2 + tau^2)
tau = Scalar("tau", POSITIVE)
of_means = normal("M", 0, tau)
of_sums = normal("S", 0, sqrt(deviation**2 + tau**2))

claim("sec7-error-around-zero",
      title="Errors of units whose mean sums are normal around zero average to zero",
      statement=equal(E(Relu(of_sums)) - E(Relu(of_means)), 0),
      kind="sentence", source="section 7.2, the remark on a hierarchical model before eq. (76)", not_applicable=NORMAL,
      reading="A distribution that is approximately normal around zero has mean zero; the mean of the error is taken "
              "over a normal distribution of mean sums centred at zero, slope one.",
      erratum=Erratum("overclaim", "minor", "A rectified linear function is convex, so its error is never negative; "
                      "its mean over the units is positive."))

claim("sec7-error-around-zero.amended",
      title="The error of a rectified linear unit is never negative, whatever the distribution of its sum",
      statement=less_equal(Relu(E(sums[N])), E(Relu(sums[N]))))

rate, point = Scalar("lambda", POSITIVE), Scalar("S")
logistic_value = 1 / (1 + exp(-rate * point))
soft = log(1 + exp(rate * point)) / rate
soft_above, soft_below = less_equal(Relu(point), soft), less_equal(soft, Relu(point) + log(2) / rate)

claim("eq76",
      title="The integral of a logistic function approximates a rectified linear function of slope one",
      statement=both(soft_above, soft_below), kind="approximation",
      reading="The integral in closed form; the approximation is read as a gap between zero and log(2)/lambda.")

claim("sec7-soft-curvature",
      title="The slope of a logistic function is at most a quarter of its parameter",
      statement=less_equal(rate * logistic_value * (1 - logistic_value), rate / 4),
      kind="sentence", source="section 7.2, after eq. (76)")
