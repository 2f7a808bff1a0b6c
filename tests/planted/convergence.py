"""Wrong and suspicious statements about the Taylor expansion of the dropout regulariser."""

import sympy as sp

from dropout_theory.claims import Hypothesis
from dropout_theory.language import (
              OPEN_PROBABILITY,
              Converges,
              E,
              ForEach,
              Scalar,
              Stirling2,
              equal,
              equivalent,
              implies,
              less,
              less_equal,
)
from dropout_theory.papers.schluter2019.notation import (
              beta,
              c,
              d,
              delta,
              derivative,
              deviation,
              explicit,
              i,
              j,
              k,
              noisy_score,
              p,
              score,
              slope,
              strict_delta,
              triangle,
              x,
)
from dropout_theory.papers.schluter2019.s03_noise import scaled, small, to_order
from dropout_theory.papers.schluter2019.s05_convergence import (
              alternating,
              converges,
              expansion,
              factorial,
              growing,
              growth,
              largest,
              largest_down,
              largest_up,
              reach,
)
from planted import Plant

PLANT = Plant("schluter2019")
q = Scalar("p", OPEN_PROBABILITY)
squares = sp.Sum((x[i] * beta[i]) ** 2, (i, 1, d))
second = E(deviation() ** 2)
of_coefficients = growth(derivative(growing, c) / factorial(growing), growing)

# moments of the deviation
PLANT.refuted("second-moment-lost-division", equal(second, squares * delta), by=("exact", "decide"))
PLANT.refuted("second-moment-keep-for-drop", equal(second, squares * (1 - delta) / delta), by=("exact",),
              hypotheses=[Hypothesis("some dropout", less(0, delta))])
PLANT.refuted("second-moment-square-of-sum", equal(second, score**2 * delta / (1 - delta)), by=("exact", "decide"))
PLANT.refuted("biased-score", equal(E(noisy_score()), score / (1 - delta)), by=("exact", "decide"))
PLANT.refuted("quadratic-regulariser-for-rare-dropout", to_order(scaled(sp.S.One, small), 1), by=("symbolic",))
PLANT.refuted("third-moment-zero", equal(E(deviation() ** 3), 0))

# derivatives
PLANT.refuted("explicit-sign", equal(derivative(k + 1, c), -explicit(k)), by=("exact", "property"))
PLANT.refuted("explicit-without-slope", equal(derivative(k + 1, c), explicit(k) / slope), by=("exact", "property"))
PLANT.refuted("explicit-one-minus-p", equal(derivative(k + 1, c), explicit(k, 1 - p)), by=("exact", "property"))
PLANT.refuted("stirling-for-triangle", equal(
    derivative(k + 1, c), slope * sp.Sum((-1) ** (j - 1) * p ** (j - 1) * Stirling2(k, j), (j, 1, k))),
    by=("exact", "property"))
PLANT.refuted("triangle-recurrence-without-factor", ForEach(equal(
    triangle(k + 1, j), triangle(k, j) + triangle(k, j - 1)), (j, 1, k + 1)), by=("exact", "property"))
PLANT.refuted("curvature-at-most-an-eighth", less_equal(derivative(2, c), sp.Rational(1, 8)), by=("exact", "property"))
PLANT.refuted("curvature-strictly-below-a-quarter", less(derivative(2, c), sp.Rational(1, 4)), by=("exact", "property"))
PLANT.refuted("row-sum-one", equal(alternating(factorial, sp.Integer(-1), k), 1), by=("exact", "property"))

# convergence
PLANT.refuted("radius-pi", equivalent(less_equal(sp.Max(largest_up, largest_down), sp.pi), converges),
              by=("exact", "property"))
PLANT.refuted("radius-difference", equivalent(
    less_equal(sp.Max(largest_up, largest_down) ** 2, sp.pi**2 - score**2), converges), by=("exact", "property"))
PLANT.refuted("only-upward-deviations", equivalent(less_equal(largest_up, reach), converges),
              by=("exact", "property"))
PLANT.refuted("always-converges", Converges(expansion, (j, 2)), by=("exact", "property"))
PLANT.refuted("never-converges", sp.Not(Converges(expansion, (j, 2)), evaluate=False),
              by=("exact", "property"))
PLANT.refuted("half-dropped-always-converges", implies(less_equal(strict_delta, sp.Rational(1, 2)), converges),
              by=("property",))
PLANT.refuted("growth-score", equal(of_coefficients, 1 / sp.Abs(c)), by=("exact",),
              hypotheses=[Hypothesis("score not zero", less(0, sp.Abs(c)))])
PLANT.refuted("growth-three-pi", equal(of_coefficients, 1 / sp.sqrt(c**2 + 9 * sp.pi**2)), by=("exact", "property"))

# true, though they do not look it
PLANT.holds("small-deviations-suffice", implies(less_equal(largest, sp.pi), converges))
PLANT.holds("criterion-below-the-score", implies(less_equal(largest, sp.Abs(score)), converges))
PLANT.holds("vanishing-score-moment", implies(equal(score, 0), equal(E(deviation()), 0)))
PLANT.holds("second-moment-does-not-see-signs", equal(second, sp.Sum(sp.Abs(x[i] * beta[i]) ** 2, (i, 1, d)) * delta
                                                      / (1 - delta)))
PLANT.holds("third-moment-odds", equal(E(deviation() ** 3), sp.Sum((x[i] * beta[i]) ** 3, (i, 1, d)) * delta
                                       * (2 * delta - 1) / (1 - delta) ** 2))
PLANT.holds("odd-derivatives-at-zero", equal(derivative(2 * k + 1, sp.S.Zero), 0))
PLANT.holds("growth-below-one-over-pi", less_equal(of_coefficients, 1 / sp.pi))
PLANT.holds("curvature-at-most-a-quarter", less_equal(derivative(2, c), sp.Rational(1, 4)))
PLANT.holds("explicit-through-the-complement", equal(explicit(k, q), -(1 - q) * alternating(factorial, -q, k)))
