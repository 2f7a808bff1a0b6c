"""Confidence intervals for a mean that hold at every finite sample size.

No normal approximation anywhere. For independent samples of a variable with values in [low, high]:

* Hoeffding's theorem 1 (JASA 58, 1963) in its relative entropy form; the familiar sqrt(log(2/d) / 2n) is its weaker
  consequence and serves here as a bracket.
* The empirical Bernstein inequality of Maurer and Pontil (COLT 2009), as a union of three events: Bernstein's bound on
  either side and their bound on the standard deviation.
* Clopper and Pearson (Biometrika 26, 1934) for a variable known beforehand to be 0 or 1.

Which method is used depends on nothing but what was declared before sampling. Where two are combined, each gets half
of the error probability, so that their intersection is paid for.

Rounding. Every function takes ``slack``: a bound on |computed sample mean - exact sample mean of the exact values|. It
also bounds the shift of the root mean square deviation up to sqrt(n/(n-1)) (triangle inequality). The arithmetic of
the bounds themselves is covered by a relative widening of 2^-30.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

_OUTWARD = 1.0 + 2.0**-30


@dataclass(frozen=True)
class MeanInterval:
    """An interval that contains the mean except with probability ``error_probability``.

    ``mean`` and ``variance`` (divisor n - 1) are those of the sample; ``widening`` is what was added on each side for
    rounding and for the resolution of the gates. ``error_probability`` is this interval's own share.
    """

    samples: int
    mean: float
    variance: float
    lower: float
    upper: float
    method: str
    error_probability: float
    widening: float = 0.0

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.upper - self.lower) / 2


def check_error_probability(value: float, name: str = "error_probability") -> float:
    """Return a probability strictly between 0 and 1; raises ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.0 < value < 1.0:
        raise ValueError(f"{name} must be strictly between 0 and 1, not {value!r}")
    return float(value)


def _check_size(n: int, least: int = 1) -> int:
    if isinstance(n, bool) or int(n) != n or n < least:
        raise ValueError(f"n must be an integer of at least {least}, not {n!r}")
    return int(n)


def _check_range(low: float, high: float, slack: float, *means: float) -> None:
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValueError(f"low and high must be finite with low <= high, not {low!r} and {high!r}")
    if not 0.0 <= slack < math.inf:
        raise ValueError(f"slack must be finite and at least 0, not {slack!r}")
    room = slack + 2.0**-40 * max(abs(low), abs(high))
    for mean in means:
        if not low - room <= mean <= high + room:
            raise ValueError(f"mean must be within [{low!r}, {high!r}], not {mean!r}")


def _bernoulli_divergence(m: float, t: float) -> float:
    """Relative entropy KL(m, m + t) for 0 ≤ m < m + t ≤ 1, in a form that keeps its digits for small t."""
    rest = 1.0 - m
    left = -m * math.log1p(t / m) if m > 0.0 else 0.0
    if t >= rest:
        return math.inf if rest > 0.0 else left
    return left - rest * math.log1p(-t / rest)


def _entropy_excess(m: float, budget: float) -> float:
    """Return (rounded up) the largest t ≤ 1 - m with KL(m, m + t) ≤ budget."""
    above = min(1.0 - m, math.sqrt(budget / 2.0) * _OUTWARD)  # KL ≥ 2 t² is Pinsker's inequality
    below = 0.0
    raised = budget * (1.0 + 1e-7)
    for _ in range(200):
        middle = 0.5 * (below + above)
        if not below < middle < above:
            break
        if _bernoulli_divergence(m, middle) > raised:
            above = middle
        else:
            below = middle
    return above


def hoeffding_interval(n: int, mean: float, low: float, high: float, error_probability: float,
                       slack: float = 0.0) -> tuple[float, float]:
    """Return Hoeffding's interval for the mean of n samples in [low, high], in relative entropy form.

    Valid for any distribution on [low, high]. Raises ValueError for an empty range, a mean outside it or a bad n.
    """
    _check_size(n)
    check_error_probability(error_probability)
    _check_range(low, high, slack, mean)
    width = high - low
    if width == 0.0:
        return low, high
    budget = math.log(2.0 / error_probability) / n
    room = slack + 2.0**-50 * max(abs(low), abs(high))  # the subtractions below round
    top = min(1.0, max(0.0, (mean + room - low) / width))
    bottom = min(1.0, max(0.0, (high - mean + room) / width))
    upper = mean + room + width * _entropy_excess(top, budget) * _OUTWARD
    lower = mean - room - width * _entropy_excess(bottom, budget) * _OUTWARD
    return max(low, lower), min(high, upper)


def _bernstein_width(n: int, deviation: float, width: float, events: float, error_probability: float) -> float:
    # Bennett: |mean - E| ≤ s sqrt(2L/n) + RL/(3n); Maurer and Pontil, theorem 10: s ≤ s_n + R sqrt(2L/(n-1)).
    budget = math.log(events / error_probability)
    sigma = min(deviation + width * math.sqrt(2.0 * budget / (n - 1)), width / 2.0)
    return (sigma * math.sqrt(2.0 * budget / n) + width * budget / (3.0 * n)) * _OUTWARD


def empirical_bernstein_interval(n: int, mean: float, variance: float, low: float, high: float,
                                 error_probability: float, slack: float = 0.0) -> tuple[float, float]:
    """Return Maurer and Pontil's interval from the sample mean and variance (divisor n - 1) of n ≥ 2 samples.

    Valid for any distribution on [low, high]. Raises ValueError for a negative variance, a bad range or a bad n.
    """
    _check_size(n, 2)
    check_error_probability(error_probability)
    _check_range(low, high, slack, mean)
    if not 0.0 <= variance < math.inf:
        raise ValueError(f"variance must be finite and at least 0, not {variance!r}")
    deviation = (math.sqrt(variance) + 2.0 * slack) * _OUTWARD
    half = _bernstein_width(n, deviation, high - low, 3.0, error_probability) + slack
    half += 2.0**-50 * max(abs(low), abs(high))  # the subtractions below round
    return max(low, mean - half), min(high, mean + half)


def clopper_pearson_interval(n: int, successes: int, error_probability: float) -> tuple[float, float]:
    """Return Clopper and Pearson's interval for a probability after ``successes`` among n independent trials.

    Raises ValueError for a number of successes outside 0 … n.
    """
    _check_size(n)
    check_error_probability(error_probability)
    if int(successes) != successes or not 0 <= successes <= n:
        raise ValueError(f"successes must be an integer from 0 to n = {n}, not {successes!r}")
    k, tail = int(successes), error_probability / 2.0
    # The complement of the upper limit keeps digits where that limit is near one.
    lower, rest = _beta_quantile_below(k, n - k + 1, tail), _beta_quantile_below(n - k, k + 1, tail)
    return lower, 1.0 - rest if rest < 2.0**-60 else min(1.0, math.nextafter(1.0 - rest, 2.0))


def _beta_quantile_below(a: int, b: int, tail: float) -> float:
    """Return a lower bound, close by, of the quantile of the beta distribution at ``tail``; 0 for a = 0."""
    from scipy.special import betainc, betaincinv

    if a == 0:
        return 0.0
    step = 2.0**-33
    quantile = float(betaincinv(a, b, tail)) * (1.0 - step)
    while not math.isnan(quantile) and float(betainc(a, b, quantile)) > tail * (1.0 - 2.0**-33) and step < 1.0:
        quantile *= 1.0 - step  # the inverse was less exact than the function
        step *= 2.0
    return quantile if step < 1.0 and quantile > 0.0 else 0.0


def mean_interval(n: int, mean: float, variance: float, low: float, high: float, error_probability: float, *,
                  successes: int | None = None, slack: float = 0.0, bias: float = 0.0) -> MeanInterval:
    """Return the interval this project uses for a mean of n samples in [low, high].

    With ``successes`` (the number of ones of a variable declared beforehand to be 0 or 1) Clopper and Pearson at the
    full error probability; otherwise the intersection of Hoeffding's and the empirical Bernstein interval at half of it
    each (Hoeffding's alone, at the full one, for n = 1). ``slack`` is described in the module's docstring; ``bias``
    bounds the total variation distance between the sampled and the nominal distribution and adds bias (high - low).
    """
    shift = bias * (high - low) * _OUTWARD
    if successes is not None:
        lower, upper = clopper_pearson_interval(n, successes, error_probability)
        method, slack = "clopper-pearson", 0.0
    elif n == 1:
        lower, upper = hoeffding_interval(n, mean, low, high, error_probability, slack)
        method = "hoeffding"
    else:
        share = error_probability / 2.0
        first = hoeffding_interval(n, mean, low, high, share, slack)
        second = empirical_bernstein_interval(n, mean, variance, low, high, share, slack)
        lower, upper = max(first[0], second[0]), min(first[1], second[1])
        method = "hoeffding+empirical-bernstein"
    lower, upper = max(low, lower - shift), min(high, upper + shift)
    return MeanInterval(n, mean, variance, lower, upper, method, error_probability, slack + shift)


def smallest_detectable_deviation(n: int, variance: float, range: float, error_probability: float,  # noqa: A002
                                  power: float = 0.99) -> float:
    """Return a deviation that ``mean_interval`` excludes with at least the given power, at any finite n.

    ``variance`` is the true variance and ``range`` is high - low. If a claimed value is off the true mean by this much
    or more, the interval misses the claimed value with probability at least ``power``. The figure is sufficient, not
    sharp. Raises ValueError for a bad n, a variance outside [0, range²/4], or probabilities outside (0, 1).
    """
    _check_size(n)
    check_error_probability(error_probability)
    check_error_probability(power, "power")
    if not 0.0 <= range < math.inf:
        raise ValueError(f"range must be finite and at least 0, not {range!r}")
    if not 0.0 <= variance <= range * range / 4.0 * _OUTWARD:
        raise ValueError(f"variance must be in [0, range²/4] = [0, {range * range / 4.0!r}], not {variance!r}")
    share = error_probability / 2.0 if n > 1 else error_probability
    half = range * math.sqrt(math.log(2.0 / share) / (2.0 * n))
    luck = math.log(2.0 / (1.0 - power))  # one event for the mean, one for the sample variance
    sigma = math.sqrt(variance)
    if n > 1:
        seen = min(sigma + range * math.sqrt(2.0 * luck / (n - 1)), range / math.sqrt(2.0))
        half = min(half, _bernstein_width(n, seen, range, 3.0, share))
    drift = min(sigma * math.sqrt(2.0 * luck / n) + range * luck / (3.0 * n), range * math.sqrt(luck / (2.0 * n)))
    return half + drift


def samples_needed(deviation: float, variance: float, range: float, error_probability: float,  # noqa: A002
                   power: float = 0.99) -> int:
    """Return the least n ≤ 2^50 whose smallest detectable deviation is at most the given one.

    Meant for fixing a sample size before sampling. Raises ValueError where the deviation is not positive or too small.
    """
    if not deviation > 0.0:
        raise ValueError(f"deviation must be greater than 0, not {deviation!r}")

    def enough(n: int) -> bool:
        return smallest_detectable_deviation(n, variance, range, error_probability, power) <= deviation

    return _least(enough, 1 << 50, deviation)


def _least(enough: Callable[[int], bool], limit: int, deviation: float) -> int:
    below, above = 0, 1
    while not enough(above):
        below, above = above, 2 * above
        if above > limit:
            raise ValueError(f"deviation must be large enough for 2^50 samples to show it, not {deviation!r}")
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (below, middle) if enough(middle) else (middle, above)
    return above
