"""How tight an inequality is: equal sides at an exact instance, sides that agree, or the least gap that was seen.

Draws in the middle of a domain seldom show it. Inequalities between means become equalities where all numbers are
equal, bounds of variances at two-valued numbers, and strict ones are approached towards the ends of domains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import sympy as sp
from flint import arb

from dropout_theory.evaluation.choosers import RandomChooser
from dropout_theory.evaluation.evaluator import Prover
from dropout_theory.evaluation.instances import Rejected, build
from dropout_theory.evaluation.values import RESOLUTION_BITS, Unsupported, is_exact
from dropout_theory.language import Domain, Statement, Values, describe
from dropout_theory.language import statements as st

SMALL, LARGE = sp.Rational(1, 10**6), sp.Integer(10**6)
ATTEMPTS = 3  # draws of each kind
GAPS = tuple(sp.Rational(1, k) for k in (1000, 100, 20, 10, 5, 3, 2))  # in parts of the larger side
SIZE = 2  # of families in instances that are to show an equality


def asserted(statement: Statement) -> list[Statement]:
    """The inequalities a statement asserts: not those that are premises or part of an equivalence."""
    if isinstance(statement, (sp.Le, sp.Ge, sp.Lt, sp.Gt)):
        return [statement]
    if isinstance(statement, sp.And):
        return [i for a in statement.args for i in asserted(a)]
    if isinstance(statement, sp.Implies):
        return asserted(statement.args[1])
    return asserted(statement.body) if isinstance(statement, st.ForEach) else []


def with_gap(statement: Statement, relation: Statement, part: Any) -> Statement:
    """The statement with a gap of that part of the larger side, and not 0, in one inequality, where it asserts it."""
    if statement == relation:
        low, high = relation.args if isinstance(relation, (sp.Le, sp.Lt)) else reversed(relation.args)
        return st.both(st.less(low, high), *[st.less_equal(part * sp.Abs(side), high - low) for side in (low, high)])
    if isinstance(statement, sp.And):
        return st.both(*[with_gap(a, relation, part) for a in statement.args])
    if isinstance(statement, sp.Implies):
        return st.implies(statement.args[0], with_gap(statement.args[1], relation, part))
    if isinstance(statement, st.ForEach):
        return st.ForEach(with_gap(statement.body, relation, part), *statement.limits)
    return statement


def certified_gaps(claim: Any, scope: str, decided: Callable[[Any], Any]) -> list[dict[str, Any]]:
    """Of each inequality that a claim asserts, the largest of a few gaps that is decided to be there, with the scope of
    the decision; or an exact instance at which the sides are closer than the least of them.

    `decided` gives the finding of a decision procedure on a claim with another statement, and `scope` is that of its
    finding on the claim itself: a gap must be there in all of it. Nothing is told of an inequality with a side 0,
    whose gap is all of the other, nor of one that is not decided.
    """
    from dropout_theory.language import plain

    told = []
    for relation in asserted(claim.statement):
        gap: dict[str, Any] = {}
        for part in () if sp.S.Zero in relation.args else GAPS:
            found = decided(replace(claim, statement=with_gap(claim.statement, relation, part)))
            if found.outcome == "holds" and found.scope == scope:
                gap = {"at_least": str(part), "scope": found.scope}
                continue
            if found.outcome == "fails" and not gap:
                gap = {"below": str(part), "instance": found.counterexample["instance"]}
            break
        if gap:
            told.append({"inequality": plain(relation), **gap})
    return told


class Sides:
    """How close the sides of one inequality come at the instances seen."""

    def __init__(self) -> None:
        self.equal: dict[str, Any] | None = None
        self.agree: dict[str, Any] | None = None
        self.gap: Any = None  # in parts of the larger side
        self.at: dict[str, Any] = {}
        self.beside_zero: Any = None  # the least size of a side where the other is 0
        self.beside: dict[str, Any] = {}

    @property
    def settled(self) -> bool:
        """Whether the sides are equal somewhere, and not for being zero both."""
        return self.equal is not None and self.equal["value"] != "0"

    def see(self, values: Values, left: Any, right: Any) -> None:
        if self.settled:
            return
        if is_exact(left) and is_exact(right) and left == right:
            if self.equal is None or left != 0:  # 0 <= 0 is the last resort
                self.equal = {"instance": describe(values), "value": _text(left)}
            return
        gap = abs(arb(left) - arb(right))
        scale = abs(arb(left)).max(abs(arb(right)))
        if not scale > 0:
            return
        if left == 0 or right == 0:  # in parts of the larger side the gap would be all of it
            if self.beside_zero is None or scale < self.beside_zero:
                self.beside_zero, self.beside = scale, describe(values)
            return
        part = gap / scale
        if not gap > 0:  # balls that overlap: equal, or closer than can be told
            if part < arb(2) ** -RESOLUTION_BITS:
                self.agree = self.agree or {"instance": describe(values), "bits": RESOLUTION_BITS}
        elif self.gap is None or part < self.gap:
            self.gap, self.at = part, describe(values)

    def figures(self) -> dict[str, Any]:
        """`equality` where the sides are exactly equal, preferably not both zero; `agreement` where they cannot be told
        apart; else `least_gap`, in parts of the larger side; `least_beside_zero` where one side is 0 and the other is
        not; each with where it was seen."""
        found: dict[str, Any] = {}
        if self.equal is not None:
            found["equality"] = self.equal
        if self.agree is not None and not self.settled:
            found["agreement"] = self.agree
        elif self.gap is not None and not self.settled:
            found["least_gap"] = {"part": float(self.gap.lower()), "instance": self.at}
        elif self.beside_zero is not None and not found:
            found["least_beside_zero"] = {"size": float(self.beside_zero.lower()), "instance": self.beside}
        return found


class Closest:
    """How close the sides of each inequality that a statement asserts come at the instances that were tried."""

    def __init__(self, statement: Statement) -> None:
        self.sides = {relation: Sides() for relation in asserted(statement)}

    def see(self, values: Values, judged: Any) -> None:
        for relation, left, right in judged.relations:
            if relation in self.sides:
                self.sides[relation].see(values, left, right)

    @property
    def settled(self) -> bool:
        """Whether more instances can show nothing: no inequality is asserted, or each has been an equality."""
        return all(s.settled for s in self.sides.values())

    def figures(self) -> dict[str, Any]:
        """The figures of the only inequality, or those of each in the order of the statement as `tightness`."""
        if len(self.sides) < 2:
            return {name: figure for s in self.sides.values() for name, figure in s.figures().items()}
        from dropout_theory.language import plain

        return {"tightness": [{"inequality": plain(relation), **s.figures()} for relation, s in self.sides.items()]}


def _text(value: Any) -> str:
    return str(sp.Rational(int(value.p), int(value.q)) if hasattr(value, "p") else value)


# --- instances ---------------------------------------------------------------------------------------------------


class _Equal(RandomChooser):
    """Every entry of a family is the same number."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.chosen: dict[str, sp.Rational] = {}

    def number(self, name: str, domain: Domain) -> sp.Rational:
        family = name.partition("[")[0]
        if family not in self.chosen:
            self.chosen[family] = super().number(name, domain)
        return self._varied(self.chosen[family], name, domain)

    def simplex(self, name: str, length: int) -> list[sp.Rational]:
        return [sp.Rational(1, length)] * length

    def _varied(self, value: sp.Rational, name: str, domain: Domain) -> sp.Rational:
        return value


class _NearlyEqual(_Equal):
    """Every entry of a family is nearly the same number; families are not too short to differ."""

    def integer(self, name: str, low: int, high: int) -> int:
        return _not_one(low, high) if "[" not in name else super().integer(name, low, high)

    def _varied(self, value: sp.Rational, name: str, domain: Domain) -> sp.Rational:
        moved = value + SMALL * self.random.randint(-3, 3)
        return moved if "[" in name and domain.contains(moved) else value


class _Ends(RandomChooser):
    """Numbers at the ends of their domain, or next to an end that is not in it."""

    def integer(self, name: str, low: int, high: int) -> int:
        return _not_one(low, high) if "[" not in name else super().integer(name, low, high)

    def number(self, name: str, domain: Domain) -> sp.Rational:
        low = -LARGE if domain.lower == -sp.oo else domain.lower
        high = LARGE if domain.upper == sp.oo else domain.upper
        ends = [low + SMALL if domain.open_below else low, high - SMALL if domain.open_above else high]
        return self.random.choice([end for end in ends if domain.contains(end)] or [super().number(name, domain)])


class _BesideAnEnd(_NearlyEqual):
    """Every entry of a family is beside the same end of its domain, and the entries differ a little."""

    def number(self, name: str, domain: Domain) -> sp.Rational:
        family = name.partition("[")[0]
        if family not in self.chosen:
            ends = [end for end in (domain.lower, domain.upper) if end.is_finite]
            self.chosen[family] = self.random.choice(ends) if ends else super().number(name, domain)
        end = self.chosen[family]
        step = SMALL * self.random.randint(1, 3)
        return next((v for v in (end + step, end - step) if domain.contains(v)), end)


def _not_one(low: int, high: int) -> int:
    return max(low, min(high, SIZE))


def extreme(claim: Any, seed: int, proves: Prover | None = None) -> Iterator[Values]:
    """Admissible small instances at which an inequality is likely to be tight."""
    claim = replace(claim, limits={"max_size": min(SIZE, claim.limits.get("max_size", SIZE))})
    for kind in (_Equal, _NearlyEqual, _Ends, _BesideAnEnd):
        for attempt in range(ATTEMPTS):
            try:
                yield build(claim, kind(seed + attempt), proves=proves)
            except (Rejected, Unsupported, ArithmeticError):
                continue
