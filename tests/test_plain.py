"""Plain-text statements and the list of what their symbols stand for."""

from __future__ import annotations

import pytest
import sympy as sp

from dropout_theory import language as lang
from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.language import POSITIVE, PROBABILITY, REAL, Expr, Statement, plain
from dropout_theory.language import statements as st
from dropout_theory.report.glossary import glossary

n, k, i = lang.size("n"), lang.index("k"), lang.index("i")
lam, x = lang.Scalar("lambda", REAL), lang.Scalar("x", POSITIVE)
p = lang.family("p", PROBABILITY, n)
w, delta = lang.weights("w", n), lang.gates("delta", p, n)
P = lang.distribution("P", n)
N = lang.subnetwork("N", P)
f = sp.Function("f", real=True)


@pytest.mark.parametrize("expr,text", [
    (st.equal(x**2, lam), "x^2 = λ"),
    (st.less_equal(sp.Sum(w[i], (i, 1, n)), x), "Σ[i=1..n](w[i]) ≤ x"),
    (st.equal(lang.NWGM(lang.logistic(w[N], x, lam)), lang.E(w[N])), "NWGM(σ(w[N]; c=x, λ=λ)) = E(w[N])"),
    (lang.logistic(x), "σ(x)"),
    (lang.Gc(x), "G'(x)"),
    (st.both(st.less(0, x), st.different(x, 1)), "0 < x and x ≠ 1"),
    (st.implies(st.less(0, x), st.less(0, lam)), "0 < x ⟹ 0 < λ"),
    (st.equivalent(st.less(0, x), st.less(0, lam)), "0 < x ⟺ 0 < λ"),
    (st.ForEach(st.less(0, w[k]), (k, 1, n)), "for all k=1..n: 0 < w[k]"),
    (st.Exists(st.less(x, lam), (x,)), "there is x: x < λ"),
    (st.SameToOrder(sp.exp(x), 1 + x, x, 1), "exp(x) = x + 1 + o(x^1)"),
    (lang.Largest(w[k], (k, 1, n)), "max[k=1..n](w[k])"),
    (sp.Abs(lam) * sp.pi, "π*|λ|"),
    (sp.factorial(n) + sp.factorial(n + 1), "n! + (n + 1)!"),
])
def test_plain(expr: Expr | Statement, text: str) -> None:
    assert plain(expr) == text


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
