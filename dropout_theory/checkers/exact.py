"""Exact instances: the statement at concrete rationals, by enumeration of every mask in rationals or Arb balls.

A failure is an exact counterexample; holding at finitely many instances is support, never a proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, product
from typing import Any

import sympy as sp
from flint import arb
from sympy.solvers.solveset import invert_real

from dropout_theory import language as lang
from dropout_theory.checkers.at_instances import Premises, build, check_admissible, judge, proves
from dropout_theory.evaluation.choosers import Fixed, RandomChooser
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import Evaluator, Judgement
from dropout_theory.evaluation.instances import Rejected, Values, index_tuples, require_value, whole_numbers
from dropout_theory.evaluation.tightness import Closest, extreme
from dropout_theory.evaluation.values import Truth, Unsupported, is_exact
from dropout_theory.language import atoms_of, describe
from dropout_theory.language import statements as st
from dropout_theory.verdicts.kernel import Context, Finding, checker
from dropout_theory.verdicts.methods import Method

METHOD = Method(
    name="exact", place=50, mark="e", title="exact",
    does="rational enumeration or Arb balls on small instances; shrinks counterexamples; a witness proves existence",
    rigor="exact-instances", tools=("python-flint",), reads=("witnesses",), shows_existence=True,
)

INSTANCES = 24
FAST_INSTANCES = 12
ATTEMPTS_PER_INSTANCE = 20
EDGE_SIZES = (2, 2, 1, 3)
MOST_CHOICES = 400  # of the sizes of a statement about nothing else: 20 where there is one, 20 each of two, 7 of three
LARGEST_SIZE = 20
MOST_TERMS = 20_000  # of sums, over all masks, in the value of such a statement


def not_evaluable(claim: Any) -> str | None:
    """Why a statement cannot be judged at instances, or None."""
    if claim.statement is None:
        return "no formal statement"
    for node in sp.preorder_traversal(claim.statement):
        if isinstance(node, st.SameToOrder):
            return "a statement about a limit: no finite instance decides it"
        if isinstance(node, lang.Family) and isinstance(node, lang.Abstract):
            return f"{node.name} has no law to enumerate"
    return None


@checker(METHOD.name, not_evaluable)
def exact(claim: Any, context: Context) -> Finding:
    """Judge the statement at suggested witnesses, the admissible instance and seeded rational instances."""
    from dropout_theory.claims import witnesses

    if isinstance(claim.statement, st.Exists):
        return _existential(claim, [*witnesses(claim.id), *([claim.admissible] if claim.admissible else [])])
    agreed = undecided = 0
    reasons: set[str] = set()
    closest = Closest(claim.statement)
    premises = Premises(claim.statement)
    seen, judged_at = Distinct(), Distinct()
    meaningless: list[tuple[Values, Judgement]] = []
    for values, evaluator in _tried(claim, context, witnesses(claim.id), closest):
        if not seen.add(values):
            continue
        try:
            found = judge(claim.statement, values, expectation, evaluator=evaluator)
        except Unsupported as error:
            if evaluator is not _Bounded:
                reasons.add(str(error))
                undecided += 1
            continue
        if found.undefined:
            meaningless.append((values, found))
            if len(judged_at):
                return _refutation(claim, context, values, found, len(judged_at) + len(meaningless))
            continue
        if found.truth is Truth.FALSE:
            return _refutation(claim, context, values, found, len(judged_at) + len(meaningless) + 1)
        if found.truth is Truth.UNKNOWN:
            undecided += 1
            reasons.add("balls overlap")
            continue
        if meaningless:
            return _refutation(claim, context, *meaningless[0], len(meaningless) + 1)
        judged_at.add(values)
        agreed += found.truth is Truth.AGREES
        closest.see(values, found)
        premises.see(values)
    if meaningless:
        found_false = _refutation(claim, context, *meaningless[0], len(meaningless))
        everywhere = f"a term is undefined at each of {len(meaningless)} exact instances"
        return found_false if undecided else replace(found_false, ill_formed=True, scope=everywhere)
    tried = len(judged_at)
    if tried == 0:
        return Finding("unknown", "exact-instances", "; ".join(sorted(reasons)) or "no admissible instance drawn")
    if premises.unmet:
        return Finding("unknown", "exact-instances", f"none of {tried} exact instances meets the premise {premises}",
                       {"tried": tried})
    balls = f", {agreed} of them in balls of relative radius 2^-150" if agreed else ""
    return Finding("holds", "exact-instances", f"{tried} different exact instances{judged_at.sizes()}{balls}",
                   {"tried": tried, **judged_at.figures(), "agreed": agreed, "undecided": undecided,
                    **closest.figures()})


def _refutation(claim: Any, context: Context, values: Values, judged: Judgement, tried: int) -> Finding:
    if context.shrink:
        values, judged = shrink(claim, values)
    return Finding("fails", "exact-instances", f"counterexample among {tried} exact instances", {"tried": tried},
                   counterexample=report(values, judged))


class Distinct:
    """The different instances among those seen, and the largest size in them."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._largest: int | None = None

    def __len__(self) -> int:
        return len(self._seen)

    def add(self, values: Values) -> bool:
        """Count an instance. False where it was counted before."""
        known = len(self._seen)
        self._seen.add(str(describe(values)))
        for atom, value in values.items():
            if isinstance(atom, lang.Scalar) and atom.domain.integer and not isinstance(atom, lang.Family):
                self._largest = max(abs(int(value)), self._largest or 0)
        return len(self._seen) > known

    def sizes(self) -> str:
        """The largest size in words, where there is any."""
        return "" if self._largest is None else f", sizes up to {self._largest}"

    def figures(self) -> dict[str, int]:
        """The largest size, where there is any."""
        return {} if self._largest is None else {"largest_size": self._largest}


def _existential(claim: Any, suggested: list[Values]) -> Finding:
    """An existential statement is true by a witness that decides its body exactly; a bad witness refutes nothing."""
    for values in suggested:
        check_admissible(claim, values)
        for atom in claim.statement.bound_symbols:
            require_value(atom, values)
        try:
            found = judge(claim.statement.body, values, expectation)
        except Unsupported as error:
            return Finding("unknown", "exact-instances", str(error))
        if found.truth is Truth.TRUE:
            if any(atoms_of(claim)):
                return Finding("holds", "exact-instances", "the witness makes it true at one value of the free atoms")
            return Finding("holds", "proof", "an exact witness makes it true", {"witness": describe(values)})
    return Finding("unknown", "exact-instances", "no witness is suggested that makes it true")


def _tried(claim: Any, context: Context, suggested: list[Values], closest: Closest,
           ) -> Iterator[tuple[Values, type[Evaluator]]]:
    """Instances, those at zeros and ends of domains, those where a lone number makes sides meet, larger sizes where
    these are all that varies, and some that are likely to show that an inequality is tight, until one does; each with
    what is to evaluate it."""
    for values in chain(instances(claim, context, suggested), _at_edges(claim, context), _where_sides_meet(claim)):
        yield values, Evaluator
    for values in _sizes_alone(claim):
        yield values, _Bounded
    for values in () if context.fast else extreme(claim, context.seed, proves):
        if closest.settled:
            return
        yield values, Evaluator


class _Bounded(Evaluator):
    """An evaluator that gives up on what takes too many terms, whatever the machine."""

    terms = 0

    def range(self, limits: Any, bound: dict[Any, Any]) -> Any:
        found = list(super().range(limits, bound))
        self.terms += len(found)
        if self.terms > MOST_TERMS:
            raise Unsupported(f"more than {MOST_TERMS} terms")
        return found


def _sizes_alone(claim: Any) -> Iterator[Values]:
    """The choices of the sizes of a statement that is about nothing else, the smallest first."""
    integers, reals, families = atoms_of(claim)
    if not integers or reals or families:
        return
    each = min(LARGEST_SIZE, claim.limits.get("max_size", LARGEST_SIZE))
    while each > 1 and each ** len(integers) > MOST_CHOICES:
        each -= 1
    ranges = [[k for k in whole_numbers(a.domain, each) if abs(k) <= each] for a in integers]
    for choice in sorted(product(*ranges), key=lambda sizes: (sum(map(abs, sizes)), sizes)):
        values: Values = dict(zip(integers, choice, strict=True))
        try:
            check_admissible(claim, values)
        except (Rejected, Unsupported):
            continue
        yield values


def _at_edges(claim: Any, context: Context) -> Iterator[Values]:
    """Instances with an atom at 0 or an end of its domain, every entry of it or each at another of them: where terms
    are undefined first."""
    _, reals, families = atoms_of(claim)
    for atom in [*reals, *(f for f in families if isinstance(f, lang.Family) and f.simplex is False)]:
        domain = atom.domain
        edges = tuple(dict.fromkeys(e for e in (domain.lower, sp.S.Zero, domain.upper)
                                    if e.is_finite and domain.contains(e)))
        mixed = [edges] if len(edges) > 1 and atom not in reals else []
        for chosen in [*[(edge,) for edge in edges], *mixed]:
            for size in EDGE_SIZES:
                try:
                    yield build(claim, Fixed(context.seed, atom, chosen), size)
                    break
                except (Rejected, Unsupported):
                    continue


def _where_sides_meet(claim: Any) -> Iterator[Values]:
    """Where the sides of a relation in a statement about one real number are equal, or a divisor is 0, if inverse
    functions tell."""
    integers, reals, families = atoms_of(claim)
    if integers or families or len(reals) != 1:
        return
    (x,) = reals
    meeting = [relation.args for relation in claim.statement.atoms(sp.core.relational.Relational)]
    meeting += [(power.base, sp.S.Zero) for power in claim.statement.atoms(sp.Pow) if power.exp.is_negative]
    for sides in meeting:
        left, right = sides if sides[0].has(x) else reversed(sides)
        if right.has(x) or lang.is_random(left) or left.has(lang.Operator):
            continue
        try:
            inverted, numbers = invert_real(left, right, x)
        except (NotImplementedError, ValueError, TypeError):
            continue
        for number in numbers if inverted == x and isinstance(numbers, sp.FiniteSet) else ():
            try:
                check_admissible(claim, {x: number})
            except (Rejected, Unsupported):
                continue
            yield {x: number}


def instances(claim: Any, context: Context, suggested: list[Values]) -> Any:
    """Suggested witnesses and the admissible instance first, then seeded draws; only admissible ones."""
    for values in [*suggested, *([claim.admissible] if claim.admissible else [])]:
        check_admissible(claim, values)
        yield dict(values)
    integers, reals, families = atoms_of(claim)
    if not (integers or reals or families):
        if not suggested and not claim.admissible:
            yield {}
        return
    wanted = FAST_INSTANCES if context.fast else INSTANCES
    chooser = RandomChooser(context.seed)
    drawn = 0
    for attempt in range(wanted * ATTEMPTS_PER_INSTANCE):
        if drawn == wanted:
            return
        try:  # the size moves on with every attempt: a hypothesis may exclude the smallest sizes altogether
            yield build(claim, chooser, (1, 2, 2, 3)[attempt % 4])
            drawn += 1
        except (Rejected, Unsupported):
            continue


def fails_at(claim: Any, values: Values) -> Any:
    """The judgement when an admissible instance refutes the claim, else None."""
    try:
        check_admissible(claim, values)
        found = judge(claim.statement, values, expectation)
    except (Rejected, Unsupported, KeyError):
        return None
    return found if found.truth is Truth.FALSE else None


def shrink(claim: Any, values: Values, rounds: int = 3) -> tuple[Values, Any]:
    """A smaller counterexample: each number replaced by the simplest one that still refutes.

    Two rational sides stay rational: a reader can check those by hand, and balls only by machine. Where the statement
    is defined and false, it stays so. Raises Rejected unless the given instance is a counterexample itself.
    """
    judged = fails_at(claim, values)
    if judged is None:
        raise Rejected(f"no counterexample: {describe(values)}")
    current = dict(values)
    for _ in range(rounds):
        changed = False
        for atom in list(current):
            for candidate in _simpler(current, atom):
                found = fails_at(claim, candidate)
                if found is not None and (bool(judged.undefined) or not found.undefined) \
                        and _rational_sides(judged) <= _rational_sides(found):
                    current, judged, changed = candidate, found, True
                    break
        if not changed:
            break
    return current, judged


def _rational_sides(judged: Any) -> bool:
    return judged.left is not None and is_exact(judged.left) and is_exact(judged.right)


_SIMPLE = [sp.Integer(0), sp.Integer(1), sp.Integer(-1), sp.Rational(1, 2), sp.Integer(2), sp.Rational(1, 3),
           sp.Rational(1, 4), sp.Rational(3, 4)]


def _complexity(value: Any) -> tuple[Any, ...]:
    number = sp.sympify(value)
    if not number.is_Rational:
        return (10**9, 0, 0)
    return (int(number.q) + abs(int(number.p)), int(number.q), int(number.p < 0))


def _simpler(values: Values, atom: Any) -> Any:
    current = values[atom]
    if isinstance(current, sp.Lambda):
        return
    if not isinstance(current, dict):
        if isinstance(atom, lang.Scalar) and atom.domain.integer:
            for place in range(int(current), 0, -1):
                smaller = _smaller_size(_moved_last(values, atom, place), atom)
                if smaller is not None:
                    yield smaller
            return
        for simple in _SIMPLE:
            if _complexity(simple) < _complexity(current):
                yield {**values, atom: simple}
        return
    if atom.simplex is True:
        uniform = {k: sp.Rational(1, len(current)) for k in current}
        if uniform != current:
            yield {**values, atom: uniform}
        return
    for place, value in current.items():
        for simple in _SIMPLE:
            if _complexity(simple) < _complexity(value):
                yield {**values, atom: {**current, place: simple}}


def _moved_last(values: Values, size: Any, place: int) -> Values:
    """The instance with entry `place` of every family indexed 1..size exchanged with the last, to be cut off."""
    last = int(values[size])
    changed = dict(values)
    for family, entries in values.items():
        if isinstance(entries, dict) and isinstance(family, lang.Family) and len(family.ranges) == 1 \
                and family.ranges[0][1:] == (sp.S.One, size) and (place,) in entries and (last,) in entries:
            changed[family] = {**entries, (place,): entries[last,], (last,): entries[place,]}
    return changed


def _smaller_size(values: Values, atom: Any) -> Values | None:
    """The instance with one size reduced by one and every family cut down to it; None when it cannot be."""
    if values[atom] - 1 < atom.domain.lower:
        return None
    reduced: Values = {**values, atom: values[atom] - 1}
    for family, entries in values.items():
        if isinstance(entries, dict):
            places = list(index_tuples(family, reduced))
            if any(p not in entries for p in places):
                return None
            kept = {p: entries[p] for p in places}
            if family.simplex is True:
                total = sum(kept.values())
                if total == 0:
                    return None
                kept = {p: v / total for p, v in kept.items()}
            reduced[family] = kept
    return reduced


def report(values: Values, judged: Any) -> dict[str, Any]:
    """A counterexample in plain strings: the instance, and the two sides there or what is undefined there."""
    found: dict[str, Any] = {"instance": describe(values)}
    if judged.undefined:
        found["undefined"] = judged.undefined
    if judged.left is not None:
        found["left"], found["right"] = (_text(v) for v in (judged.left, judged.right))
    return found


def _text(value: Any) -> str:
    return value.str(20) if isinstance(value, arb) else str(value)
