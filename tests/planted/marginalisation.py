"""Wrong and suspicious statements about the marginalisation regulariser."""

import sympy as sp

from dropout_theory.language import (
              POSITIVE,
              Cov,
              E,
              SameToOrder,
              Scalar,
              Var,
              equal,
              gates,
              interval,
              less,
              less_equal,
              weights,
)
from dropout_theory.papers.marginalized.s02_approach import (
              C,
              D,
              K,
              N,
              cross_entropy,
              hessian,
              i,
              j,
              jacobian,
              k,
              o,
              output,
              over_classes,
              penalty,
              perturbed,
              scale,
              score_along,
              spread,
              step,
              third,
              trace,
              v,
              y,
)
from dropout_theory.papers.marginalized.s02_approach import a as scores
from dropout_theory.papers.marginalized.s02_approach import direction as u
from dropout_theory.papers.marginalized.s02_approach import loss as value
from planted import Plant

PLANT = Plant("marginalized")
SMALL = {"max_size": 2}

# --- the expansion ------------------------------------------------------------------------------------------------
expanded = E(perturbed(third[N]))
PLANT.refuted("expansion-without-half", SameToOrder(expanded, value + trace(hessian[i, j]), scale, 2),
              by=("symbolic",), limits=SMALL)
PLANT.refuted("expansion-sign", SameToOrder(expanded, value - trace(hessian[i, j]) / 2, scale, 2),
              by=("symbolic",), limits=SMALL)
PLANT.refuted("expansion-to-third-order", SameToOrder(expanded, value + trace(hessian[i, j]) / 2, scale, 3),
              by=("symbolic",), limits=SMALL)
PLANT.refuted("expansion-of-biased-noise", SameToOrder(E(value + scale * sp.Sum(u[i] * v[N, i], (i, 1, D))), value,
                                                       scale, 1), by=("symbolic",), limits=SMALL)
dropped = Scalar("epsilon", POSITIVE)  # 1 - q: the third power of one rescaled input against its expansion
PLANT.refuted("dropout-noise-is-not-a-small-scale",
              SameToOrder((1 - dropped) * (1 / (1 - dropped)) ** 3, 1 + 3 * dropped / (1 - dropped), dropped, 1),
              by=("symbolic",))

# --- the Hessian --------------------------------------------------------------------------------------------------
along = cross_entropy(score_along(step, lambda n: u[n]))
slope = over_classes((output - y[k]) * sp.Sum(jacobian[k, i] * u[i], (i, 1, D)))


# one input keeps the failing case small
steep = weights("J_1", K)
line = cross_entropy(scores[k] + step * steep[k])
tangent = cross_entropy(scores[k]) + step * over_classes((output - y[k]) * steep[k])
PLANT.refuted("hessian-lost-square", SameToOrder(line, tangent + step**2 / 2 * over_classes(output * steep[k] ** 2),
                                                 step, 2), by=("symbolic",), limits=SMALL)
bent = cross_entropy(scores[k] + step**2 / 2 * steep[k])
PLANT.refuted("hessian-lost-curvature", SameToOrder(bent, cross_entropy(scores[k]), step, 2), by=("symbolic",),
              limits=SMALL)
labels = weights("y", K)
PLANT.refuted("gradient-without-normalised-labels",
              SameToOrder(along.xreplace({y: labels}),
                          cross_entropy(scores[k]).xreplace({y: labels}) + step * slope.xreplace({y: labels}), step, 1),
              by=("symbolic",), limits=SMALL)

# --- the regulariser ----------------------------------------------------------------------------------------------
loose = weights("Sigma", D, D)
PLANT.refuted("covariance-not-semidefinite", less_equal(0, sp.Sum(spread * loose[i, j], (i, 1, D), (j, 1, D))),
              by=("exact", "decide"), limits=SMALL)
PLANT.refuted("penalty-strictly-positive", less(0, penalty), by=("exact", "property"), limits=SMALL)
PLANT.refuted("variance-with-squares-inside", equal(
    over_classes(o[k] * jacobian[k, 1] ** 2 - (o[k] * jacobian[k, 1]) ** 2), Var(jacobian[C, 1])),
              by=("exact", "property"), limits=SMALL)
PLANT.holds("uncentred-second-moment",
            less_equal(0, sp.Sum(spread.xreplace({j: i}) * E(v[N, i] ** 2), (i, 1, 1))), limits=SMALL)
shift = Scalar("g", interval(-5, 5))
PLANT.holds("common-gradient-does-not-matter", equal(Cov(jacobian[C, 1] + shift, jacobian[C, 1] - shift),
                                                     Var(jacobian[C, 1])), limits=SMALL)
PLANT.holds("rank-one-noise", less_equal(0, Var(jacobian[C, 1]) * Var(v[N, 1])), limits=SMALL)

# --- the retain rate ----------------------------------------------------------------------------------------------
q, x = Scalar("q", interval(0, 1, True, True)), Scalar("x", interval(-5, 5))
gate = gates("delta", q, 1)
rescaled, masked = gate[1] * x / q, gate[1] * x
PLANT.refuted("rate-inverted", equal(Var(rescaled) / 2, q / (2 * (1 - q)) * x**2), by=("exact", "decide"))
PLANT.refuted("rate-lost-half", equal(Var(rescaled), (1 - q) / (2 * q) * x**2), by=("exact", "decide"))
PLANT.refuted("rate-of-plain-masking", equal(Var(masked) / 2, (1 - q) / (2 * q) * x**2), by=("exact", "decide"))
PLANT.refuted("plain-masking-unbiased", equal(E(masked), x), by=("exact", "decide"))
PLANT.holds("plain-masking-variance", equal(Var(masked) / 2, q * (1 - q) / 2 * x**2))
PLANT.holds("smallest-variance-at-half", less_equal(Var(masked), Var(rescaled)))

# --- table 3 ------------------------------------------------------------------------------------------------------
ratio = [sp.Mul(sp.Rational(s), 1 / sp.Rational(m), evaluate=False)
         for s, m in (("274.08", "665.91"), ("202.74", "141.42"))]
PLANT.refuted("relative-variation-of-sampling", less(ratio[1], ratio[0]), by=("exact", "decide"))
PLANT.holds("total-just-above-a-tie", less(12350, sp.Mul(sp.Rational("229.02"), sp.Rational("53.93"), evaluate=False)))
