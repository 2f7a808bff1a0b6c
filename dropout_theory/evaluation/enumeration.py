"""Exact expectations by enumeration: every mask of the gates, every outcome of a distribution.

Continuous laws (uniform, normal) are integrated rigorously with Arb, innermost over them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sympy as sp
from flint import acb, arb, fmpq
from sympy.core.function import AppliedUndef

from dropout_theory import language as lang
from dropout_theory.evaluation.gaussian import piecewise_polynomial_mean
from dropout_theory.evaluation.rules import outside_masks, power, rule
from dropout_theory.evaluation.values import Undecided, Undefined, Unsupported, masked, quotient
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
    if any(map(lang.is_random, variable.law[1:])):
        raise Unsupported(f"{variable} has random parameters")
    kind, first, second = variable.law[0], *(ev.value(a, bound) for a in variable.law[1:])
    rest = [a for a in atoms if a is not variable]
    if not isinstance(first, fmpq) or not isinstance(second, fmpq):
        raise Unsupported(f"the law of {variable} is not rational here")
    if second == (first if kind == "uniform" else 0):
        return _enumerate(ev, expr, rest, masked(bound, variable, first))
    return (_uniform_mean if kind == "uniform" else _normal_mean)(OneVariable(ev, variable), expr, rest, first, second,
                                                                 bound)


class OneVariable:
    """Expressions at a mask as SymPy expressions in the one continuous variable that is left.

    All that does not vary with it is a number, which the evaluator gives, so that means inside are taken by one rule
    and a term without a value is seen. Numbers that are not rational stand under names of their own, in `numbers`.
    """

    def __init__(self, ev: Any, variable: Any) -> None:
        self.ev, self.variable = ev, variable
        self.numbers: dict[Any, Any] = {}

    def masks(self, expr: Expr, atoms: list[Any], bound: dict[Any, Any], weight: Any = sp.S.One,
              is_possible: bool = True) -> Iterator[tuple[Any, Any, bool]]:
        """(probability, value, whether the probability is certainly not 0) of each mask; probability 0 left out."""
        if not atoms:
            with _only_if_possible(int(is_possible)):
                value = self.read(expr, bound)
            yield weight, value, is_possible
            return
        for outcome, probability in self._outcomes(atoms[0], bound):
            certain = is_possible and not (isinstance(probability, arb) and not probability > 0)
            share = probability if isinstance(probability, sp.Basic) else self._number(probability)
            yield from self.masks(expr, atoms[1:], masked(bound, atoms[0], outcome), weight * share, certain)

    def _outcomes(self, atom: Any, bound: dict[Any, Any]) -> Iterator[tuple[Any, Any]]:
        keep = sp.S.One
        if not isinstance(atom, lang.RandomIndex):
            keep = atom[0].keep_at([sp.Integer(i) for i in atom[1]]) if isinstance(atom, tuple) else atom.law[1]
        if self.variable not in lang.random_atoms(keep):
            yield from outcomes(self.ev, atom, bound)
            return
        family = atom[0] if isinstance(atom, tuple) else atom
        if lang.law_conditions(family):
            raise Unsupported(f"the keep probability of {family} may leave [0, 1] as a continuous variable moves")
        keep = self.read(keep, bound)
        yield from ((fmpq(k), p) for k, p in ((0, sp.expand(1 - keep)), (1, keep)) if p != 0)

    def read(self, expr: Expr, bound: dict[Any, Any]) -> Expr:
        """Raises Unsupported for what is neither a rational function of the variable nor |.| and relu of such."""
        if isinstance(expr, lang.Element):
            place = (expr.family, tuple(self.ev.integer(i, bound) for i in expr.indices))
            if place not in bound and isinstance(expr.family, lang.Recursion):
                return self.read(self.ev.unfold(*place, bound), bound)
            return self._number(self.ev.value(expr, bound))
        if self.variable not in lang.random_atoms(expr):
            return self._number(self.ev.value(expr, bound))
        if expr == self.variable:
            return expr
        if isinstance(expr, AppliedUndef) and isinstance(self.ev.values.get(expr.func), sp.Lambda):
            return self.read(self.ev.values[expr.func](*expr.args), bound)
        if isinstance(expr, (sp.Sum, sp.Product)):
            combine = sp.Add if isinstance(expr, sp.Sum) else sp.Mul
            return combine(*self._over(expr.function, [tuple(limit) for limit in expr.limits], bound))
        if isinstance(expr, sp.Pow):
            base, exponent = self.read(expr.base, bound), self.ev.value(expr.exp, bound)
            if base == 0 and exponent < 0:
                raise Undefined("division by zero", expr)
            if isinstance(exponent, fmpq) and exponent.q == 1:
                return base ** int(exponent.p)
        elif isinstance(expr, (sp.Add, sp.Mul, sp.Abs, lang.Relu)):
            return expr.func(*[self.read(a, bound) for a in expr.args])
        raise Unsupported(f"no rigorous integral over {self.variable} of {type(expr).__name__}")

    def _over(self, body: Expr, limits: list[Any], bound: dict[Any, Any]) -> Iterator[Expr]:
        if not limits:
            yield self.read(body, bound)
            return
        *inner, outer = limits
        for k in self.ev.range(outer, bound):
            yield from self._over(body, inner, {**bound, outer[0]: k})

    def _number(self, value: Any) -> Expr:
        if isinstance(value, fmpq):
            return sp.Rational(int(value.p), int(value.q))
        if isinstance(value, int):
            return sp.Integer(value)
        name = sp.Dummy(real=True)
        self.numbers[name] = value
        return name


def _normal_mean(reader: OneVariable, expr: Expr, rest: list[Any], mean: fmpq, deviation: fmpq,
                 bound: dict[Any, Any]) -> Any:
    """Mean over a normal of what is a piecewise polynomial at each mask."""
    total: Any = arb(0)
    variable = reader.variable
    for weight, value, _ in reader.masks(expr, rest, bound):
        part = None
        if value.free_symbols <= {variable} and variable not in weight.free_symbols:
            part = piecewise_polynomial_mean(sp.expand(value), variable, mean, deviation)
        if part is None:
            raise Unsupported(f"no rigorous integral over normal {variable} of this integrand")
        total += reader.ev.value(weight, {**bound, **reader.numbers}) * part
    return total


def _uniform_mean(reader: OneVariable, expr: Expr, rest: list[Any], low: fmpq, high: fmpq,
                  bound: dict[Any, Any]) -> Any:
    """Mean over a uniform of what is a rational function at each mask: exact for a polynomial, else a certified ball.

    Raises Undefined for a pole of one mask: the poles of two may cancel in a sum, but not in the mean of their size.
    """
    total = sp.S.Zero
    variable = reader.variable
    for weight, value, is_possible in reader.masks(expr, rest, bound):
        part = weight * value
        if not part.is_polynomial(variable):
            part = sp.cancel(sp.together(part))
            with _only_if_possible(int(is_possible)):
                _require_no_pole(part, variable, low, high, expr)
        total += part
    if total.is_polynomial(variable):
        a, b = (sp.Rational(int(v.p), int(v.q)) for v in (low, high))
        mean = sp.integrate(sp.expand(total), (variable, a, b)) / (b - a)
        return reader.ev.value(sp.expand(mean), {**bound, **reader.numbers})
    above, below = (_coefficients(part, variable) for part in sp.fraction(sp.cancel(sp.together(total))))

    def integrand(z: acb, _: bool) -> acb:
        return _horner(above, z) / _horner(below, z)

    found = acb.integral(integrand, acb(low), acb(high)) / acb(high - low)
    if not found.is_finite():
        raise Unsupported(f"no enclosure of the integral over {variable}")
    return found.real


def _require_no_pole(part: Expr, variable: Any, low: fmpq, high: fmpq, term: Expr) -> None:
    """Raise Undefined where a rational function in lowest terms has a pole between the ends, or at one: the mean of its
    size is infinite. Raises Unsupported for another function."""
    below = sp.fraction(part)[1]
    if not part.is_rational_function(variable):
        raise Unsupported(f"no rigorous integral over uniform {variable} of this integrand")
    _coefficients(below, variable)
    if sp.Poly(below, variable).count_roots(*(sp.Rational(int(v.p), int(v.q)) for v in (low, high))):
        raise Undefined("a mean that is not integrable", term)


def _coefficients(polynomial: Any, variable: Any) -> list[fmpq]:
    """Rational coefficients, highest first. Raises Unsupported when one is not rational."""
    found = sp.Poly(polynomial, variable).all_coeffs()
    if not all(c.is_Rational for c in found):
        raise Unsupported(f"no rigorous integral over {variable} of what is not rational")
    return [fmpq(int(c.p), int(c.q)) for c in found]


def _horner(coefficients: list[fmpq], z: acb) -> acb:
    total = acb(0)
    for c in coefficients:
        total = total * z + acb(c)
    return total


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
    except (Undecided, Undefined):
        return None
    return odds if isinstance(odds, fmpq) else None
