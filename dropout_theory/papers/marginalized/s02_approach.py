"""Section 2: the second-order expansion of a loss under noise, and the curvature of the cross-entropy.

Noise is x + epsilon (v_N - E v_N): any finite law with unbiased noise has this form. A loss or score along a fixed
direction is its Taylor polynomial at x, plus a remainder where one is stated.
"""

from typing import Any

import sympy as sp

from dropout_theory.claims import Section
from dropout_theory.language import (
    NONNEGATIVE,
    POSITIVE,
    REAL,
    Cov,
    E,
    Exists,
    ForEach,
    Named,
    Notion,
    SameToOrder,
    Scalar,
    both,
    distribution,
    equal,
    family,
    index,
    interval,
    less,
    less_equal,
    notion,
    size,
    subnetwork,
    weights,
)

claim = Section("marginalized", "2.2")

D, K, outcomes = size("D"), size("K"), size("m")
i, j, k, l, r = (index(name) for name in "ijklr")
scale = Scalar("epsilon", POSITIVE)

# --- equation (3): any smooth loss --------------------------------------------------------------------------------
P = distribution("P", outcomes)
N = subnetwork("N", P)
v = weights("v", outcomes, D)
loss, gradient, hessian = Scalar("ell", REAL), weights("J", D), weights("H", D, D)
third = weights("R", outcomes)


def noise(n: Any, a: Any) -> Any:
    """Unbiased noise of input a at outcome n, before scaling."""
    return v[n, a] - E(v[N, a])


def trace(matrix: Any) -> Any:
    """tr(matrix Sigma) with Sigma the covariance of the scaled noise; `matrix` is written in i and j."""
    return sp.Sum(matrix * Cov(scale * v[N, i], scale * v[N, j]), (i, 1, D), (j, 1, D))


def perturbed(remainder: Any) -> Any:
    """The loss at x + epsilon noise: value, slope, curvature and epsilon^3 times a remainder."""
    return (loss + scale * sp.Sum(gradient[i] * noise(N, i), (i, 1, D))
            + scale**2 / 2 * sp.Sum(hessian[i, j] * noise(N, i) * noise(N, j), (i, 1, D), (j, 1, D))
            + scale**3 * remainder)


H_SIGMA = notion("tr(HΣ)", trace(hessian[i, j]), "trace of Hessian times covariance of the noise",
                r"\operatorname{tr}(H \Sigma_x)")


def perturbed_loss(remainder: Any) -> Named:
    """The perturbed loss under its name."""
    return notion("ℓ~", perturbed(remainder), "perturbed loss: value, slope, curvature and a remainder",
                 r"\tilde{\ell}")


EQ3 = claim("eq3", title="Unbiased noise adds half the trace of Hessian times covariance, to second order in its scale",
            statement=SameToOrder(E(perturbed_loss(third[N])), loss + H_SIGMA / 2, scale, 2),
            kind="approximation", limits={"max_size": 2},
            reading="no order is printed: read as equality up to o(epsilon^2) when the noise is epsilon times a fixed "
                    "unbiased noise with finitely many values, as a mask is; a heavy-tailed noise of the same "
                    "covariance may leave the left side infinite")

bound, share = Scalar("B", NONNEGATIVE), family("tau", interval(-1, 1), outcomes)
PERTURBED = perturbed_loss(bound * share[N])
REMAINDER = claim(
    "sec2.2-remainder", title="The error of the second-order expansion is at most a third-order bound times epsilon^3",
    statement=both(less_equal(E(PERTURBED) - (loss + H_SIGMA / 2), bound * scale**3),
                   less_equal(-bound * scale**3, E(PERTURBED) - (loss + H_SIGMA / 2))),
    kind="inequality", limits={"max_size": 2},
    reading="the Taylor remainder of a three times differentiable loss lies within B epsilon^3 along every direction "
            "of a bounded noise; this makes the order of equation (3) quantitative")

# --- equation (4): the Hessian of the cross-entropy ---------------------------------------------------------------
step = Scalar("t", REAL)
a, y = weights("a", K), distribution("y", K)
jacobian, curvature, direction = weights("J", K, D), weights("A", K, D, D), weights("u", D)


def over_classes(term: Any) -> Any:
    """Sum over the classes; `term` is written in k."""
    return sp.Sum(term, (k, 1, K))


def cross_entropy(score: Any) -> Any:
    """- sum of y_k log o_k with o the softmax of the scores, which are written in k."""
    total = sp.Sum(sp.exp(score.xreplace({k: l})), (l, 1, K))
    return -over_classes(y[k] * sp.log(sp.exp(score) / total))


output = sp.exp(a[k]) / sp.Sum(sp.exp(a[l]), (l, 1, K))


def score_along(t: Any, u: Any) -> Any:
    """Score of class k at x + t u, to second order; u is a function of the input index."""
    return (a[k] + t * sp.Sum(jacobian[k, i] * u(i), (i, 1, D))
            + t**2 / 2 * sp.Sum(curvature[k, i, j] * u(i) * u(j), (i, 1, D), (j, 1, D)))


def hessian_of_cross_entropy(o: Any) -> Any:
    """The right side of (4) at entry (i, j), for outputs `o` written in k."""
    return (over_classes(o * jacobian[k, i] * jacobian[k, j])
            - over_classes(o * jacobian[k, i]) * over_classes(o * jacobian[k, j])
            + over_classes((o - y[k]) * curvature[k, i, j]))


OUTPUT = Notion("o_%s", (k,), output, "softmax output of a class", "o_{%s}")
H = Notion("H_%s%s", (i, j), hessian_of_cross_entropy(OUTPUT(k)), "right side of (4) at an entry", "H_{%s%s}")
LOSS, LOSS_ALONG = (notion(name, cross_entropy(score), meaning, latex) for name, score, meaning, latex in (
    ("ℓ", a[k], "cross-entropy", r"\ell"),
    ("ℓ(x+tu)", score_along(step, lambda n: direction[n]), "cross-entropy at x + t u", r"\ell(x+tu)")))

EQ4 = claim("eq4", title="Hessian of the softmax cross-entropy in the inputs",
            statement=SameToOrder(
                LOSS_ALONG,
                LOSS + step * over_classes((OUTPUT(k) - y[k]) * sp.Sum(jacobian[k, i] * direction[i],
                                                                                   (i, 1, D)))
                + step**2 / 2 * sp.Sum(H(i, j) * direction[i] * direction[j],
                                       (i, 1, D), (j, 1, D)),
                step, 2),
            limits={"max_size": 2},
            reading="a symmetric matrix is fixed by its quadratic form, so the entries are stated through the second "
                    "Taylor coefficient along an arbitrary direction u; needs the printed sum of y_k = 1")

# --- equation (5): the regulariser --------------------------------------------------------------------------------
o = distribution("o", K)
C = subnetwork("k", o)
spread = over_classes(o[k] * jacobian[k, i] * jacobian[k, j]) \
    - over_classes(o[k] * jacobian[k, i]) * over_classes(o[k] * jacobian[k, j])
penalty = trace(spread) / 2

EQ5 = claim("eq5", title="The first two Hessian terms are the covariance of the score gradients under the outputs",
            statement=ForEach(equal(spread, Cov(jacobian[C, i], jacobian[C, j])), (i, 1, D), (j, 1, D)),
            limits={"max_size": 2},
            reading="the equation defines a regularised loss; what can be checked is that the variance it names, taken "
                    "over classes k drawn with probability o_k, is the part of (4) that is kept")

NONNEGATIVE_PENALTY = claim("sec2.2-nonnegative", title="The regulariser is never negative", kind="inequality",
                            statement=less_equal(0, penalty), limits={"max_size": 2})

# --- the term that is left out -------------------------------------------------------------------------------------
o1, y1 = Scalar("o_1", interval(0, 1)), Scalar("y_1", interval(0, 1))
convex, concave = Scalar("A_1", REAL), Scalar("A'_1", REAL)


def left_out(second: Any) -> Any:
    """sum of (o_k - y_k) a_k'' for two classes and one input, the second score being affine."""
    return (o1 - y1) * second + ((1 - o1) - (1 - y1)) * 0


INDEFINITE = claim("sec2.2-indefinite", title="The discarded term takes both signs",
                   statement=Exists(both(less(left_out(convex), 0), less(0, left_out(concave))),
                                    (o1,), (y1,), (convex,), (concave,)), kind="sentence")
