"""Exact expectations by enumeration: every mask of the gates, every outcome of a distribution.

Continuous laws (uniform, normal) are integrated rigorously with Arb, innermost over them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sympy as sp
from flint import acb, arb, fmpq

from dropout_theory import language as lang
from dropout_theory.evaluation.gaussian import piecewise_polynomial_mean
from dropout_theory.evaluation.rules import outside_masks, power, rule
from dropout_theory.evaluation.values import Undefined, Unsupported, masked, quotient
from dropout_theory.language import Expr

MAX_MASKS = 1 << 16


def support(ev: Any, expr: Expr, bound: dict[Any, Any]) -> list[Any]:
    """Random atoms (RandomScalar, RandomIndex, or (Gates, indices)) that `expr` depends on, parents first."""
    found: dict[Any, bool] = {}
    _collect(ev, expr, bound, found)
    return [atom for atom, is_random in found.items() if is_random]


def _collect(ev: Any, expr: Expr, bound: dict[Any, Any], found: dict[Any, bool]) -> None:
    """Add random atoms, as True, and entries of recursions, as False: one look at each of these is enough."""
    if isinstance(expr, (lang.RandomScalar, lang.RandomIndex)):
        if expr not in bound and expr not in found:
            for parameter in getattr(expr, "law", ())[1:] if isinstance(expr, lang.RandomScalar) else ():
                _collect(ev, parameter, bound, found)
            found[expr] = True
        return
    if isinstance(expr, lang.Element):
        if any(isinstance(a, lang.RandomIndex) for i in expr.indices for a in i.free_symbols):
            for i in expr.indices:
                _collect(ev, i, bound, found)
            return
        indices = tuple(ev.integer(i, bound) for i in expr.indices)
        family = expr.family
        if isinstance(family, lang.Gates) and (family, indices) not in bound and (family, indices) not in found:
            _collect(ev, family.keep_at([sp.Integer(i) for i in indices]), bound, found)
            found[family, indices] = True
        elif isinstance(family, lang.Recursion):
            if (family, indices) not in found:
                found[family, indices] = False
                _collect(ev, ev.unfold(family, indices, bound), bound, found)
        elif isinstance(family, lang.Abstract):
            raise Unsupported(f"{family.name} has no law to enumerate")
        return
    if isinstance(expr, lang.Operator):
        return  # a nested expectation is a number
    limits = lang.bound_limits(expr)  # sums, products and extremes over an index
    if limits:
        _collect_over(ev, expr.args[0], [tuple(limit) for limit in limits], bound, found)
        return
    for a in expr.args:
        if isinstance(a, sp.Basic):
            _collect(ev, a, bound, found)


def _collect_over(ev: Any, body: Expr, limits: list[Any], bound: dict[Any, Any], found: dict[Any, bool]) -> None:
    if not limits:
        _collect(ev, body, bound, found)
        return
    *inner, outer = limits
    for k in ev.range(outer, bound):
        _collect_over(ev, body, inner, {**bound, outer[0]: k}, found)


def outcomes(ev: Any, atom: Any, bound: dict[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """(value, probability) of a discrete random atom given `bound`; zero probabilities left out.

    An atom without a law has one outcome, an `Undefined` that is raised where the atom is read: what guards it may not
    hold. Raises Unsupported where it cannot be told whether there is a law.
    """
    if isinstance(atom, lang.RandomIndex):
        for k in range(1, ev.integer(atom.size, bound) + 1):
            probability = ev.value(atom.probabilities[k], bound)
            if not (isinstance(probability, fmpq) and probability == 0):
                yield k, probability
        return
    if isinstance(atom, tuple):
        family, indices = atom
        chance = family.keep_at([sp.Integer(i) for i in indices])
    elif atom.law[0] == "bernoulli":
        family, chance = atom, atom.law[1]
    else:
        raise Unsupported(f"{atom} is continuous")
    try:
        keep = ev.value(chance, bound)
        _require_chance(keep, family)
    except Undefined as error:
        yield error, fmpq(1)
        return
    for value, probability in ((fmpq(0), 1 - keep), (fmpq(1), keep)):
        if not (isinstance(probability, fmpq) and probability == 0):
            yield value, probability


def _require_chance(keep: Any, atom: Any) -> None:
    """Raise Undefined for a probability outside [0, 1], Unsupported where neither that nor its shape tells."""
    if keep < 0 or keep > 1:
        raise Undefined(f"{keep} for a keep probability", atom)
    if not (keep >= 0 and keep <= 1) and lang.law_conditions(atom):
        raise Unsupported(f"cannot tell whether the keep probability of {atom} lies in [0, 1]")


def expectation(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    """E(expr), exactly over masks; raises Unsupported above MAX_MASKS or for laws it cannot integrate."""
    atoms = support(ev, expr, bound)
    continuous = [a for a in atoms if isinstance(a, lang.RandomScalar) and a.law[0] != "bernoulli"]
    if 1 << (len(atoms) - len(continuous)) > MAX_MASKS:
        raise Unsupported(f"{len(atoms)} random atoms: more than {MAX_MASKS} masks")
    if not continuous:
        return _enumerate(ev, expr, atoms, dict(bound))
    if len(continuous) > 1:
        raise Unsupported("more than one continuous variable in an expectation")
    return _integrate(ev, expr, atoms, continuous[0], bound)


def _enumerate(ev: Any, expr: Expr, atoms: list[Any], bound: dict[Any, Any]) -> Any:
    if not atoms:
        return ev.value(expr, dict(bound))
    atom, rest = atoms[0], atoms[1:]
    total: Any = fmpq(0)
    for value, probability in outcomes(ev, atom, bound):
        with _only_if_possible(probability):
            part = _enumerate(ev, expr, rest, masked(bound, atom, value))
        total = total + probability * part
    return total


@contextmanager
def _only_if_possible(probability: Any) -> Iterator[None]:
    """A term that is undefined at an outcome leaves a mean undefined only where the outcome is certainly possible."""
    try:
        yield
    except Undefined as error:
        if probability > 0:
            raise
        raise Unsupported(f"cannot tell whether an outcome is possible at which there is: {error}") from None


def _integrate(ev: Any, expr: Expr, atoms: list[Any], variable: Any, bound: dict[Any, Any]) -> Any:
    """Expectation with one continuous variable: a polynomial in a uniform exactly, otherwise by Arb quadrature."""
    if atoms[0] is not variable and atoms.index(variable) != 0:
        raise Unsupported(f"{variable} has random parameters")
    rest = [a for a in atoms if a is not variable]
    if variable.law[0] == "uniform":
        low, high = (ev.value(a, bound) for a in variable.law[1:])
        if low == high:
            return _enumerate(ev, expr, rest, masked(bound, variable, low))
        exact = _uniform_polynomial(ev, expr, rest, variable, low, high, bound)
        if exact is not None:
            return exact
        enclosed = _uniform_rational(ev, expr, rest, variable, low, high, bound)
        if enclosed is not None:
            return enclosed
    if variable.law[0] == "normal":
        found = _normal_mean(ev, expr, rest, variable, bound)
        if found is not None:
            return found
    raise Unsupported(f"no rigorous integral over {variable.law[0]} {variable} of this integrand")


def _normal_mean(ev: Any, expr: Expr, rest: list[Any], variable: Any, bound: dict[Any, Any]) -> Any:
    """Mean over a normal of a piecewise polynomial at a rational mean and deviation, else None."""
    mean, deviation = (ev.value(a, bound) for a in variable.law[1:])
    if not isinstance(mean, fmpq) or not isinstance(deviation, fmpq) or deviation < 0:
        return None
    if deviation == 0:
        return _enumerate(ev, expr, rest, {**bound, variable: mean})
    total: Any = arb(0)
    for mask, weight in _symbolic_masks(ev, rest, bound):
        integrand = _substitute(ev, expr, {**bound, **mask})
        if not integrand.free_symbols <= {variable} or variable in weight.free_symbols:
            return None
        part = piecewise_polynomial_mean(sp.expand(integrand), variable, mean, deviation)
        if part is None:
            return None
        total += ev.value(weight, bound) * part
    return total


def _uniform_polynomial(ev: Any, expr: Expr, rest: list[Any], variable: Any, low: Any, high: Any,
                        bound: dict[Any, Any]) -> Any:
    """Exact mean over a uniform when the enumerated integrand is a polynomial in it, else None.

    Degree at most d = number of gates + 8 is established symbolically before interpolation is trusted.
    """
    symbolic = _symbolic_mean(ev, expr, rest, variable, bound)
    if symbolic is None or not symbolic.is_polynomial(variable):
        return None
    a, b = (sp.Rational(int(v.p), int(v.q)) for v in (low, high))
    mean = sp.integrate(symbolic, (variable, a, b)) / (b - a)
    return ev.value(sp.expand(mean), bound)


def _uniform_rational(ev: Any, expr: Expr, rest: list[Any], variable: Any, low: Any, high: Any,
                      bound: dict[Any, Any]) -> Any:
    """Certified ball around the mean over a uniform of a rational integrand without poles in the range, else None."""
    symbolic = _symbolic_mean(ev, expr, rest, variable, bound)
    if symbolic is None or not symbolic.is_rational_function(variable):
        return None
    above, below = (_coefficients(part, variable) for part in sp.fraction(symbolic))
    if above is None or below is None:
        return None

    def integrand(z: acb, _: bool) -> acb:
        return _horner(above, z) / _horner(below, z)

    found = acb.integral(integrand, acb(low), acb(high)) / acb(high - low)
    return found.real if found.is_finite() else None


def _coefficients(polynomial: Any, variable: Any) -> list[fmpq] | None:
    """Rational coefficients, highest first; None when one is not rational."""
    found = sp.Poly(polynomial, variable).all_coeffs()
    return [fmpq(int(c.p), int(c.q)) for c in found] if all(c.is_Rational for c in found) else None


def _horner(coefficients: list[fmpq], z: acb) -> acb:
    total = acb(0)
    for c in coefficients:
        total = total * z + acb(c)
    return total


def _symbolic_mean(ev: Any, expr: Expr, rest: list[Any], variable: Any, bound: dict[Any, Any]) -> Expr | None:
    """The mean over the discrete atoms as a SymPy expression in the continuous variable, or None."""
    total = sp.S.Zero
    for mask, weight in _symbolic_masks(ev, rest, bound):
        value = _substitute(ev, expr, {**bound, **mask})
        total += weight * value
    total = sp.cancel(sp.together(total))
    return total if total.free_symbols <= {variable} else None


def _symbolic_masks(ev: Any, rest: list[Any], bound: dict[Any, Any]) -> Iterator[tuple[dict[Any, Any], Any]]:
    if not rest:
        yield {}, sp.S.One
        return
    atom = rest[0]
    if not isinstance(atom, tuple):
        raise Unsupported(f"{atom} beside a continuous variable")
    keep = _substitute(ev, atom[0].keep_at([sp.Integer(i) for i in atom[1]]), bound)
    if lang.law_conditions(atom[0]):
        if keep.free_symbols:
            raise Unsupported(f"the keep probability of {atom[0]} may leave [0, 1] as a continuous variable moves")
        _require_chance(ev.value(keep, bound), atom[0])
    for mask, weight in _symbolic_masks(ev, rest[1:], bound):
        yield {**mask, atom: fmpq(1)}, weight * keep
        yield {**mask, atom: fmpq(0)}, weight * (1 - keep)


def _substitute(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Expr:
    """`expr` as SymPy with sums unrolled and all values of the instance and the mask put in."""
    unrolled = expr.doit() if not expr.has(sp.Sum, sp.Product) else _unroll(ev, expr, bound)
    replaced = {}
    for element in unrolled.atoms(lang.Element):
        indices = tuple(ev.integer(i, bound) for i in element.indices)
        known = bound.get((element.family, indices))
        value = known if known is not None else ev.values.get(element.family, {}).get(indices)
        if value is None:
            raise Unsupported(f"no value for {element}")
        if isinstance(value, Undefined):
            raise value
        replaced[element] = _rational(value)
    for symbol in unrolled.free_symbols:
        if symbol in ev.values and not isinstance(ev.values[symbol], dict):
            replaced[symbol] = _rational(ev.values[symbol])
    found = unrolled.xreplace(replaced)
    rectified = {r: sp.Max(r.args[0], 0) for r in found.atoms(lang.Relu) if r.args[0].is_Rational}
    return found.xreplace(rectified)


def _unroll(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Expr:
    if isinstance(expr, (sp.Sum, sp.Product)):
        symbol, low, high = expr.limits[-1]
        body = expr.function if len(expr.limits) == 1 else expr.func(expr.function, *expr.limits[:-1])
        terms = [_unroll(ev, body.xreplace({symbol: sp.Integer(k)}), bound)
                 for k in ev.range((symbol, low, high), bound)]
        return (sp.Add if isinstance(expr, sp.Sum) else sp.Mul)(*terms)
    if not expr.args or isinstance(expr, lang.Element):
        return expr
    return expr.func(*[_unroll(ev, a, bound) for a in expr.args])


def _rational(value: Any) -> Any:
    return sp.Rational(int(value.p), int(value.q)) if isinstance(value, fmpq) else sp.sympify(value)


def geometric_mean(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    """prod of outcomes^probability; zero when an outcome of positive probability is zero.

    Raises Undefined where an outcome of several is negative: masks that give one value are one outcome.
    """
    atoms = support(ev, expr, bound)
    powers: list[tuple[Any, Any]] = []
    _outcome_powers(ev, expr, atoms, dict(bound), fmpq(1), powers)
    possible = [x for x, p in powers if p > 0]
    if any(x < 0 for x in possible) and len(possible) > 1:
        if all(isinstance(x, fmpq) and x == possible[0] for x in possible):
            return possible[0]
        if all(arb(x).overlaps(arb(possible[0])) for x in possible):
            raise Unsupported(f"cannot tell whether {expr} has several outcomes")
        raise Undefined("a geometric mean of negative numbers", expr)
    if all(isinstance(x, fmpq) and isinstance(p, fmpq) for x, p in powers):
        return _exact_geometric(powers)
    total: Any = fmpq(1)
    for value, probability in powers:
        total = total * power(value, probability)
    return total


def _outcome_powers(ev: Any, expr: Expr, atoms: list[Any], bound: dict[Any, Any], weight: Any,
                    powers: list[tuple[Any, Any]]) -> None:
    if not atoms:
        powers.append((ev.value(expr, dict(bound)), weight))
        return
    for value, probability in outcomes(ev, atoms[0], bound):
        with _only_if_possible(probability):
            _outcome_powers(ev, expr, atoms[1:], masked(bound, atoms[0], value), weight * probability, powers)


def _exact_geometric(powers: list[tuple[fmpq, fmpq]]) -> Any:
    """A rational geometric mean stays rational: take one root of one rational product."""
    common = 1
    for _, p in powers:
        common = int(sp.ilcm(common, int(p.q)))
    if common > 64:
        total: Any = fmpq(1)
        for x, p in powers:
            total = total * power(x, p)
        return total
    product = fmpq(1)
    for x, p in powers:
        product = product * x ** int(p * common)
    return power(product, fmpq(1, common))


@rule(lang.G, lang.Gc)
def _geometric(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    x = expr.args[0] if isinstance(expr, lang.G) else 1 - expr.args[0]
    return geometric_mean(ev, x, outside_masks(bound))


@rule(lang.NWGM)
def _nwgm(ev: Any, expr: Expr, bound: dict[Any, Any]) -> Any:
    below = ev.value(lang.G(expr.args[0]), bound)
    above = ev.value(lang.Gc(expr.args[0]), bound)
    total = below + above
    if isinstance(total, fmpq) and total == 0:
        raise Undefined("outcomes 0 and 1 that both have positive probability", expr)
    if isinstance(below, fmpq) or isinstance(above, fmpq):
        return quotient(below, total, expr)
    odds = _geometric_odds(ev, expr.args[0], bound)  # rational more often than the two means are
    return below / total if odds is None else 1 / (1 + odds)


def _geometric_odds(ev: Any, x: Expr, bound: dict[Any, Any]) -> fmpq | None:
    """Weighted geometric mean of the odds (1 - x)/x where it is rational, else None."""
    try:
        odds = ev.value(lang.G((1 - x) / x), bound)
    except Undefined:
        return None
    return odds if isinstance(odds, fmpq) else None
