"""Rules about normal variables: the mean of the positive part, affine functions, bounds of the tail."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.claims import need
from dropout_theory.language import POSITIVE
from dropout_theory.language import statements as st
from dropout_theory.normal_form import is_positive, same
from dropout_theory.proof.algebra import _sides
from dropout_theory.proof.scope import require_every_number
from dropout_theory.proof.theorem import Theorem, certify


def positive_part_mean(variable: lang.RandomScalar, antiderivative: Any, s: lang.Scalar) -> Theorem:
    """E(relu(X)) = F(oo) - F(0) for a normal X with positive deviation, where F'(s) = s * density of X at s.

    F is a combination of one erf and one exp in s, with coefficients free of s; its limit at infinity is read off.
    Raises ProofError.
    """
    need(isinstance(variable, lang.RandomScalar) and variable.law[0] == "normal", f"{variable} is not normal")
    require_every_number(s)
    need(s.domain.lower <= 0 and s.domain.upper == sp.oo and not s.domain.integer, f"{s} is not any positive number")
    mean, deviation = variable.law[1:]
    need(not lang.is_random(mean) and not lang.is_random(deviation), f"the law of {variable} is random")
    need(is_positive(deviation), f"the deviation {deviation} is not known to be positive")
    need(not lang.depends_on([mean, deviation], s), f"{s} occurs in the law of {variable}")
    density = sp.exp(-((s - mean) ** 2) / (2 * deviation**2)) / (deviation * sp.sqrt(2 * sp.pi))
    need(same(sp.diff(antiderivative, s), s * density), f"the derivative of {antiderivative} is not {s * density}")
    gain = _at_infinity(antiderivative, s) - lang.substitute(antiderivative, {s: sp.S.Zero})
    return certify("integral over a normal", st.equal(lang.E(lang.Relu(variable)), gain))


def _at_infinity(expr: Any, s: Any) -> Any:
    """Limit of a combination of erf and exp terms with coefficients free of s."""
    names: dict[Any, Any] = {}
    limits: dict[Any, Any] = {}
    for node in expr.atoms(sp.erf, sp.exp):
        if not lang.depends_on(node, s):
            continue
        lead = _leading(node, s)
        rising = isinstance(node, sp.erf)
        need(is_positive(lead) if rising else is_positive(-lead), f"the limit of {node} is not known")
        names[node] = sp.Dummy()
        limits[names[node]] = sp.S.One if rising else sp.S.Zero
    combination = expr.xreplace(names)
    need(not lang.depends_on(combination, s) and combination.is_polynomial(*limits), f"{expr} is not a combination")
    return combination.xreplace(limits)


def _leading(node: Any, x: Any) -> Any:
    """The leading coefficient of the polynomial in an erf or exp. Raises ProofError for one that does not move."""
    need(node.args[0].is_polynomial(x), f"{node} is not of a polynomial")
    polynomial = sp.Poly(node.args[0], x)
    need(polynomial.degree() > 0, f"{node} does not move with {x}")
    return polynomial.LC()


def moved_normal(expr: Any, target: lang.RandomScalar, source: lang.RandomScalar, factor: Any, shift: Any) -> Theorem:
    """E(expr of T) = E(expr of factor X + shift) when T has the law of factor X + shift, X normal, factor positive.

    Raises ProofError.
    """
    for variable in (target, source):
        need(isinstance(variable, lang.RandomScalar) and variable.law[0] == "normal", f"{variable} is not normal")
    factor, shift = sp.sympify(factor), sp.sympify(shift)
    mean, deviation = source.law[1:]
    need(is_positive(factor), f"{factor} is not known to be positive")
    need(same(target.law[1], factor * mean + shift) and same(target.law[2], factor * deviation),
         f"{target} has not the law of {factor * source + shift}")
    need(not expr.has(lang.Operator), f"{expr} contains an expectation")
    need(not lang.random_atoms([expr, factor, shift, mean, deviation]) - {target}, "another random atom occurs")
    moved = lang.substitute(expr, {target: factor * source + shift})
    return certify("normal law", st.equal(lang.E(expr), lang.E(moved)))


def falling_to_zero(f: Any, x: lang.Scalar, slope: Theorem) -> Theorem:
    """0 < f (or <=) for every positive x, because f falls and tends to zero at infinity.

    `slope` concludes 0 < -f'(x) (or <=). f is a polynomial, without constant term, in factors exp(q) and 1 - erf(l)
    that vanish at infinity faster than any power, with coefficients rational in x whose denominators are positive.
    Raises ProofError.
    """
    require_every_number(x)
    need(x.domain == POSITIVE, f"{x} does not range over the positive reals")
    need(not lang.depends_on(slope.given, x), f"an assumption restricts {x}")
    need(x not in lang.hidden_dependencies(f), f"a law in {f} depends on {x}")
    kind, left, right = _sides(slope.conclusion)
    need(kind in (sp.Le, sp.Lt) and same(right - left, -sp.diff(f, x)), "the slope theorem is not about this function")
    tails: dict[Any, Any] = {}
    for node in f.atoms(sp.erf, sp.exp):
        if lang.depends_on(node, x):
            lead = _leading(node, x)
            rising = isinstance(node, sp.erf)
            need(is_positive(lead if rising else -lead), f"the limit of {node} is not known")
            tail = sp.Dummy()
            tails[node] = (1 - tail if rising else tail), tail
    plain = f.xreplace({node: value for node, (value, _) in tails.items()})
    names = [tail for _, tail in tails.values()]
    for node in plain.atoms(sp.Pow):
        if lang.depends_on(node, x):
            rational = bool(node.exp.is_Integer) and (node.exp > 0 or is_positive(node.base))
            need(rational, f"{node} is not rational in {x}")
    need(plain.is_polynomial(*names) and plain.is_rational_function(x), f"{f} is not of the form required")
    need(same(plain.xreplace(dict.fromkeys(names, sp.S.Zero)), sp.S.Zero), f"{f} does not tend to zero")
    return certify("falling to zero", kind(sp.S.Zero, f, evaluate=False), [slope])
