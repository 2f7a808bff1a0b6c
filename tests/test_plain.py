"""Plain-text statements and the list of what their symbols stand for."""

from __future__ import annotations

import pytest
import sympy as sp

from dropout_theory import language as lang
from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.language import POSITIVE, PROBABILITY, REAL, Expr, Statement, latex, plain
from dropout_theory.language import statements as st
from dropout_theory.report.glossary import glossary

n, k, i = lang.size("n"), lang.index("k"), lang.index("i")
lam, x = lang.Scalar("lambda", REAL), lang.Scalar("x", POSITIVE)
t = sp.Symbol("t", real=True)
p = lang.family("p", PROBABILITY, n)
w, delta = lang.weights("w", n), lang.gates("delta", p, n)
P = lang.distribution("P", n)
N = lang.subnetwork("N", P)
f, sigma = sp.Function("f", real=True), sp.Function("sigma", real=True)
p_, total = lang.Scalar("p", PROBABILITY), sp.Sum(w[i], (i, 1, n))


@pytest.mark.parametrize("expr,text", [
    (st.equal(x**2, lam), "x^2 = λ"),
    (st.less_equal(sp.Sum(w[i], (i, 1, n)), x), "Σ[i=1..n](w[i]) ≤ x"),
    (st.equal(lang.NWGM(lang.logistic(w[N], x, lam)), lang.E(w[N])), "NWGM(σ(w[N])) = E(w[N])"),
    (lang.logistic(x), "σ(x)"),
    (lang.Gc(x), "G'(x)"),
    (st.both(st.less(0, x), st.different(x, 1)), "0 < x and x ≠ 1"),
    (st.implies(st.less(0, x), st.less(0, lam)), "0 < x ⟹ 0 < λ"),
    (st.equivalent(st.less(0, x), st.less(0, lam)), "0 < x ⟺ 0 < λ"),
    (st.ForEach(st.less(0, w[k]), (k, 1, n)), "for all k=1..n: 0 < w[k]"),
    (st.Exists(st.less(x, lam), (x,)), "there is x ∈ (0, ∞): x < λ"),
    (st.SameToOrder(sp.exp(x), 1 + x, x, 1), "exp(x) = x + 1 + o(x)"),
    (lang.Largest(w[k], (k, 1, n)), "max[k=1..n](w[k])"),
    (sp.Abs(lam) * sp.pi, "π*|λ|"),
    (sp.factorial(n) + sp.factorial(n + 1), "n! + (n + 1)!"),
    (total**2 / (1 - x), "(Σ[i=1..n](w[i]))^2/(1 - x)"),
    (total / n + x * total, "x*Σ[i=1..n](w[i]) + (Σ[i=1..n](w[i]))/n"),
    (lang.E(w[N])**2 - lang.Var(w[N]), "(E(w[N]))^2 - Var(w[N])"),
    (sp.Product(x, (i, 1, n))**(1 / n), "(Π[i=1..n](x))^(1/n)"),
    (lang.Largest(w[k], (k, 1, n)) * sp.exp(lam) / 2, "exp(λ)*(max[k=1..n](w[k]))/2"),
    (lang.E(w[N]**2) - lam * (1 - lang.E(w[N])) * lang.E(w[N]), "E(w[N]^2) - λ*E(w[N])*(1 - E(w[N]))"),
    (lang.DerivativeAt(sp.exp(t), t, lam, n + 1), "(d/dt)^(n + 1)(exp(t) at t=λ)"),
    (lang.DerivativeAt(sp.exp(t), t, lam, 1), "(d/dt)(exp(t) at t=λ)"),
    (sp.Sum(w[i] * p[k], (k, i + 1, n), (i, 1, n)), "Σ[i=1..n, k=i+1..n](p[k]*w[i])"),
    (lang.Relu(x + sp.Sum(0, (i, 1, n))), "Relu(x)"),
    (sp.Sum(w[i] * (1 - sp.KroneckerDelta(i, k)), (i, 1, n)), "Σ[i=1..n](w[i]*1[i ≠ k])"),
    (lang.E(sp.Piecewise((0, st.equal(x, 1)), (1, True))), "E(1[not x = 1])"),
    (st.both(st.equal(x, lam), st.less_equal(lam, 2), st.less(2, n)), "x = λ ≤ 2 < n"),
    (st.both(st.less(0, x), st.less(lam, 1)), "0 < x and λ < 1"),
    (st.implies(st.both(st.less(0, x), st.less(x, 1)), st.both(st.less(0, lam), st.less(x, 1))),
     "0 < x < 1 ⟹ (0 < λ and x < 1)"),
    (st.both(st.ForEach(st.equal(w[k], x), (k, 1, n)), st.ForEach(st.less(x, p[k]), (k, 1, n))),
     "for all k=1..n: w[k] = x < p[k]"),
    (st.ForAll(st.less(x * lam, p_), (x,), (lam,), (p_,)), "for all x ∈ (0, ∞); λ ∈ ℝ; p ∈ [0, 1]: λ*x < p"),
    (st.equal(lang.logistic(x, 1, 2), lang.logistic(0, x, lam)), "σ(x; 1, 2) = σ(0; x, λ)"),
])
def test_plain(expr: Expr | Statement, text: str) -> None:
    assert plain(expr) == text


@pytest.mark.parametrize("expr,text", [
    (st.both(st.equal(x, lam), st.less_equal(lam, 2)), r"x = \lambda \leq 2"),
    (st.both(st.less(x, 2), st.equivalent(st.less(0, x), st.less(0, lam))),
     r"x < 2 \wedge \left(0 < x \iff 0 < \lambda\right)"),
    (lang.E(w[N])**2, r"\mathbb{E}\left[{w}_{N}\right]^{2}"),
    (total**2, r"\left(\sum_{i=1}^{n} {w}_{i}\right)^{2}"),
    (sp.Sum(-w[i], (i, 1, n)), r"\sum_{i=1}^{n} \left(- {w}_{i}\right)"),
    (lang.Relu(x + sp.Sum(0, (i, 1, n))), r"\operatorname{relu}\left(x\right)"),
    (lang.notion("J_D(W_neg)", x, "m", r"J_{D}(\mathcal{W}_neg)"), r"J_{D}(\mathcal{W}_{\mathrm{neg}})"),
    (lang.notion("penalty", x, "m"), r"\operatorname{penalty}"),
    (lang.Scalar("phi(x+d)", REAL), r"\phi(x+d)"),
    (sp.KroneckerDelta(i, k), r"\mathbf{1}\left[i = k\right]"),
    (st.ForAll(st.less(x, lam), (x,), (lam,)), r"\forall x \in (0, \infty); \lambda \in \mathbb{R}:\ x < \lambda"),
])
def test_latex(expr: Expr | Statement, text: str) -> None:
    assert latex(expr) == text


def test_a_shape_is_told_where_statements_read_together_have_two() -> None:
    one, other = st.less(0, lang.logistic(x, lam, x)), st.less(0, lang.logistic(x))
    assert plain(one) == "0 < σ(x)" and plain(one, [other]) == "0 < σ(x; λ, x)" and plain(other, [one]) == "0 < σ(x)"


def test_glossary_explains_functions_and_leaves_out_what_is_bound() -> None:
    convex = Hypothesis("convex", st.convexity(sigma(x), x))
    shaped = Claim("toy:eq1", "t", st.less(sigma(lang.NWGM(lang.logistic(w[N], lam, x))), 1), "1", "s",
                   hypotheses=(convex,))
    found = {s["symbol"]: s["meaning"] for s in glossary(shaped)}
    assert found["σ"] == "any real function; hypotheses: convex"
    assert found["σ(s)"] == "logistic function 1/(1 + λ*exp(-x*s))"
    assert {"NWGM(X)", "G(X)", "G'(X)"} <= set(found) and not {"ξ", "η", "ω"} & set(found)


def test_glossary_follows_what_symbols_refer_to() -> None:
    statement = st.equal(lang.E(delta[1] * w[N]), x)
    claim = Claim("toy:eq1", "t", statement, "1", "s", hypotheses=(Hypothesis("h", st.less(lam, 1)),))
    assert {s["symbol"]: s["meaning"] for s in glossary(claim)} == {
        "n": "positive integer", "x": "positive real", "λ": "real", "w[i]": "real; i = 1..n",
        "p[i]": "probability; i = 1..n", "δ[i]": "independent gates, 1 with probability p[i], else 0; i = 1..n",
        "P[i]": "probability, summing to one; i = 1..n",
        "N": "random index, equal to k with probability P[k], k = 1..n",
    }


def test_no_statement_no_symbols() -> None:
    assert glossary(Claim("toy:eq1", "t", None, "1", "s")) == []
