"""Rigorous intervals: inequalities at fixed sizes, for all real values of what is free, by subdivision with Arb.

The free numbers are coordinates of a cube, unbounded ones too. A part of the cube is settled where the statement is
certainly true, or a hypothesis certainly false: by the range of the difference of the two sides, by its derivatives,
and, where the sides meet, by their being the same there and farther apart from there on. Where neither is seen, the
part is cut in two, up to a bound on their number. What is left then is excluded from what is claimed, and named; of a
statement of which too much is left nothing is claimed. Polynomials are taken too: a second opinion beside z3's.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp
from flint import arb, fmpq

from dropout_theory import language as lang
from dropout_theory.checkers.coordinates import Coordinates, Cube, Layout
from dropout_theory.checkers.enclosures import Box, Graph
from dropout_theory.checkers.exact import fails_at, not_evaluable, report
from dropout_theory.checkers.sizes import doubtful, small_sizes
from dropout_theory.checkers.unrolling import Unroller
from dropout_theory.evaluation.instances import Values
from dropout_theory.evaluation.values import Undefined, Unsupported, precision
from dropout_theory.language import atoms_of
from dropout_theory.language import statements as st
from dropout_theory.verdicts.kernel import Context, Finding, checker
from dropout_theory.verdicts.methods import Method

METHOD = Method(
    name="interval", place=40, mark="i", title="interval",
    does="Arb balls with subdivision, for all real values at small sizes; what it leaves out is named",
    rigor="proof", tools=("python-flint", "z3-solver"),
)

# bounds on work, not on time, so that the answer does not depend on the machine
MAX_BOXES = 400
FAST_BOXES = 200
MAX_WORK = 50_000  # operations evaluated at one choice of sizes
POINTS = 8  # middles of boxes that are tried by exact evaluation
TRIAL = 40  # boxes after which something must be settled
MAX_NUMBERS = 6  # free numbers: the boxes that are needed grow exponentially with them
FINEST = fmpq(1, 64)  # a part of the cube no wider than that is not cut; in one dimension the square of it
LEFT_OUT = fmpq(1, 10)  # the largest share of the cube that may be left out
DEPTH = 2  # derivatives of derivatives that are looked at where the sides meet
BITS = 64


def no_inequality(claim: Any) -> str | None:
    """Why a statement is not made of inequalities between expressions in finitely many numbers, or None."""
    reason = not_evaluable(claim)
    if reason:
        return reason
    if not any(isinstance(n, (sp.Lt, sp.Le, sp.Gt, sp.Ge, sp.Ne)) for n in sp.preorder_traversal(claim.statement)):
        return "no inequality: an equality has no room for intervals"
    for expr in (claim.statement, *[h.condition for h in claim.hypotheses]):
        for node in sp.preorder_traversal(expr):
            if isinstance(node, sp.core.function.AppliedUndef):
                return f"quantifies over the function {node.func}"
            if isinstance(node, st.Exists):
                return "existential statement: decided by its witness"
            if isinstance(node, st.ForAll):
                return "a statement about all values inside the statement"
            if isinstance(node, st.Converges):
                return "an infinite series"
            if isinstance(node, lang.Aversion):
                return "an optimum over all networks"
            if isinstance(node, (lang.LargestOutcome, lang.RootGrowth, lang.DerivativeAt)):
                return f"no enclosure of {type(node).__name__}"
            if isinstance(node, lang.RandomScalar) and node.law[0] != "bernoulli":
                return f"continuous random variable {node}"
    return None


@checker(METHOD.name, no_inequality)
def interval(claim: Any, context: Context) -> Finding:
    """Decide the statement at each small choice of its sizes; for all sizes when it has none."""
    integers, _, families = atoms_of(claim)
    if any(f.domain.integer for f in families):
        return Finding("unknown", "exact-instances", "a family of integers: no interval holds its values")
    decided: list[str] = []
    undecided: list[str] = []
    left_out: list[str] = []
    boxes = left = 0
    share = fmpq(0)
    terms = doubtful(claim)
    with precision(BITS):
        for label, fixed in small_sizes(claim, context.fast):
            if undecided:  # larger sizes cost far more and are no easier
                break
            try:
                found = _decide_at(claim, fixed, terms, context)
            except (Unsupported, Undefined) as error:
                undecided.append(f"{label}: {error}")
                continue
            boxes += found.examined
            if found.falsified is not None:
                values, judged = found.falsified
                return Finding("fails", "exact-instances", f"false at the middle of a box after {boxes} boxes",
                               {"boxes": boxes}, counterexample=report(values, judged))
            if found.share > LEFT_OUT:
                undecided.append(f"{label}: {found.examined} boxes leave {_percent(found.share)} of the cube undecided")
            elif found.is_doubtful:
                undecided.append(f"{label}: a term may be undefined where {found.excluded}")
            elif found.confirmed:
                decided.append(label)
                left += found.left
                share = max(share, found.share)
                if found.excluded:
                    left_out.append(f"{label}: {found.excluded}" if integers else found.excluded)
    if not decided:
        return Finding("unknown", "exact-instances", "; ".join(undecided[:2]) or "nothing to decide",
                       {"boxes": boxes} if boxes else {})
    whole = not integers and not undecided and not left_out
    scope = "for all real values" if not integers else f"for all real values at {'; '.join(decided)}"
    if left_out:
        scope += f", but where {'; '.join(left_out)} ({_percent(share)} of the compactified values)"
    return Finding("holds", "proof" if whole else "exact-instances", scope,
                   {"cases": len(decided), "undecided": len(undecided), "boxes": boxes, "left": left,
                    "left_share": round(float(share), 6), **({"stopped_at": undecided[0]} if undecided else {})})


def _percent(share: fmpq) -> str:
    percent = 100 * float(int(share.p)) / float(int(share.q))
    return f"{percent:.2g} %" if percent < 99.5 else f"{percent:.0f} %"


@dataclass
class _Explored:
    """What subdivision found: whether anything but a false hypothesis settled a part, what is left and where."""

    examined: int = 0
    confirmed: bool = False
    left: int = 0
    share: fmpq = field(default_factory=lambda: fmpq(0))
    excluded: str = ""
    is_doubtful: bool = False  # whether a term may be undefined in what is left: only where sides meet may it be left
    falsified: Any = None


def _decide_at(claim: Any, fixed: Values, terms: Sequence[Any], context: Context) -> _Explored:
    """The statement at fixed sizes. Raises Unsupported, and Undefined where a term has no value."""
    layout = Layout(claim, fixed)
    if layout.count > MAX_NUMBERS:
        raise Unsupported(f"{layout.count} free numbers are too many to subdivide")
    unroll = Unroller(fixed, multiplied_out=False)
    doubts = []
    for term in terms:
        if term.condition is None or any(map(lang.is_random, (term.condition, *term.known))):
            raise Unsupported(f"{term.term} may be undefined")
        doubts.append(unroll.boolean(st.implies(st.both(*term.known), term.condition)))
    statement = st.both(*doubts, unroll.boolean(claim.statement))
    given = [unroll.boolean(h.condition) for h in claim.hypotheses]
    group = _meeting(layout, [statement, *given])
    is_symmetric = bool(group) and isinstance(group[0], lang.Element) and all(
        st.unordered(s.xreplace(exchange)) == st.unordered(s)
        for exchange in layout.exchanges(group) for s in [statement, *given])
    budget = FAST_BOXES if context.fast else MAX_BOXES
    said = (statement, given, doubts)
    as_given = _explored(claim, fixed, layout, [()], False, said, budget // 4)
    if not group or as_given.falsified is not None or not as_given.left:
        return as_given
    orders = layout.orders(group, is_symmetric)
    ordered = _explored(claim, fixed, layout, orders, is_symmetric, said, budget)
    best = min(ordered, as_given, key=lambda found: (found.falsified is None, found.is_doubtful, found.share))
    return replace(best, examined=as_given.examined + ordered.examined)


def _explored(claim: Any, fixed: Values, layout: Layout, orders: Sequence[Any], is_symmetric: bool,
              said: tuple[Any, Sequence[Any], Sequence[Any]], budget: int) -> _Explored:
    """The statement, and what is given with it, with the numbers of a group in each of some orders."""
    whole = _Explored()
    excluded = []
    for order in orders:
        graph = Graph()
        question = _Question(graph, layout.laid_out(graph, order, is_symmetric), *said)
        found = question.explored(claim, fixed, layout, budget // len(orders))
        whole.examined += found.examined
        whole.confirmed |= found.confirmed
        whole.left += found.left
        whole.share += found.share / len(orders)
        whole.is_doubtful |= found.is_doubtful
        if found.falsified is not None or whole.share > LEFT_OUT:
            whole.falsified = found.falsified
            return whole
        if found.excluded:
            excluded.append(found.excluded)
    whole.excluded = "; ".join(dict.fromkeys(excluded))
    return whole


def _meeting(layout: Layout, statements: Sequence[Any]) -> tuple[Any, ...]:
    """A group of numbers where two sides meet when these are all equal, so that they are better looked at in order."""
    for group in layout.groups():
        graph = Graph()
        atoms = {number: graph.variable(n) for n, number in enumerate(layout.numbers)}
        together = {number: n for n, number in enumerate(layout.numbers) if number in group}
        for relation in (r for s in statements for r in s.atoms(sp.core.relational.Relational)):
            gap = graph.difference(*[graph.compiled(side, atoms) for side in relation.args])
            meets = bool(set(graph.variables(gap)) & set(together.values()))
            for start in (3, 5):
                point = [_inside(number, fmpq(1, start) if n in together.values() else fmpq(1, start + n + 2))
                         for n, number in enumerate(layout.numbers)]
                for entries in layout.simplexes:  # in any proportion, as long as they sum to one
                    places = [layout.numbers.index(e) for e in entries]
                    total = sum((point[n] for n in places), fmpq(0))
                    point = [value / total if n in places else value for n, value in enumerate(point)]
                ends = graph.enclosure(gap, Box(tuple((value, value) for value in point)))
                meets = meets and ends is not None and bool(ends[0] <= 0 <= ends[1])
            if meets:
                return group
    return ()


def _inside(number: Any, part: fmpq) -> fmpq:
    """A number inside a domain."""
    domain = number.family.domain if isinstance(number, lang.Element) else number.domain
    low = fmpq(int(sp.ceiling(domain.lower * 64)), 64) if domain.lower.is_finite else None
    high = fmpq(int(sp.floor(domain.upper * 64)), 64) if domain.upper.is_finite else None
    if low is not None:
        return low + part if high is None else low + (high - low) * part
    return part if high is None else high - part


class _Question:
    """A statement and what is given with it, in the coordinates of a cube."""

    def __init__(self, graph: Graph, coordinates: Coordinates, statement: Any, given: Sequence[Any],
                 doubts: Sequence[Any]) -> None:
        self.graph, self.coordinates = graph, coordinates
        self.statement = self._read(statement)
        self.given = [self._read(g) for g in given]
        self.doubts = [self._read(d) for d in doubts]
        self._identities: dict[Any, bool] = {}
        self._excluded: dict[tuple[int, bool], Any] = {}  # faces of the box that is looked at, with their values
        self._finest = FINEST

    # --- reading ----------------------------------------------------------------------------------------------
    def _read(self, statement: Any) -> tuple[Any, ...]:
        """A statement as a tree: relations of a node to 0, and connectives."""
        graph, atoms = self.graph, self.coordinates.atoms
        if statement in (True, False):
            return ("always", bool(statement))
        if isinstance(statement, sp.core.relational.Relational):
            left, right = (graph.compiled(a, atoms, self.coordinates.rising) for a in statement.args)
            if isinstance(statement, (sp.Gt, sp.Ge)):
                left, right = right, left
            kind = {sp.Eq: "=", sp.Ne: "!=", sp.Lt: ">", sp.Gt: ">", sp.Le: ">=", sp.Ge: ">="}[type(statement)]
            return (kind, graph.difference(right, left))
        kind = next((name for kinds, name in _CONNECTIVES.items() if isinstance(statement, kinds)), "")
        if not kind:
            raise Unsupported(f"{type(statement).__name__} is not made of inequalities")
        return (kind, *[self._read(a) for a in statement.args])

    # --- exploring --------------------------------------------------------------------------------------------
    def explored(self, claim: Any, fixed: Values, layout: Layout, budget: int) -> _Explored:
        """Cut the cube until its parts are settled, the largest first."""
        found = _Explored()
        one = fmpq(1)
        cubes: list[tuple[Any, int, Cube]] = [(-1.0, 0, tuple((fmpq(0), one) for _ in self.coordinates.every))]
        kept: list[Cube] = []
        self._finest = FINEST**2 if len(self.coordinates.every) == 1 else FINEST
        tests = POINTS
        remaining = one
        while cubes and found.examined < budget and self.graph.work < MAX_WORK:
            if self._is_hopeless(found.examined, budget, remaining):
                break
            _, _, cube = heapq.heappop(cubes)
            found.examined += 1
            box = self.coordinates.box(cube)
            self._excluded = {}
            if any(self.truth(g, box) is False for g in self.given):
                remaining -= _volume(cube)
                continue
            self._find_excluded(box)
            if self.truth(self.statement, box):
                found.confirmed = True
                remaining -= _volume(cube)
                continue
            middle = self.coordinates.box(tuple(((low + high) / 2,) * 2 for low, high in cube))
            if tests and (self.truth(self.statement, middle) is False or not self._is_defined(self.statement, middle)):
                tests -= 1
                values = self._instance(fixed, layout, middle)
                judged = fails_at(claim, values)
                if judged is not None:
                    found.falsified = (values, judged)
                    return found
            if all(high - low <= self._finest for low, high in cube):
                kept.append(cube)
                continue
            for half in self._halves(cube, box):
                heapq.heappush(cubes, (-float(_volume(half)), found.examined * 2 + len(cubes) % 2, half))
        kept += [cube for _, _, cube in cubes]
        found.left, found.share = len(kept), sum(map(_volume, kept), fmpq(0))
        if kept:
            found.excluded = excluded(self.coordinates, kept)
            found.is_doubtful = any(not self._is_shown(doubt, cube) for doubt in self.doubts for cube in kept)
        return found

    def _is_hopeless(self, examined: int, budget: int, remaining: fmpq) -> bool:
        """Whether too much is left of the cube for what was done: as seen of statements, such are never settled."""
        if examined < POINTS:  # a point at which it is false may yet be found
            return False
        work = self.graph.work
        if remaining == 1:
            return examined >= TRIAL or 4 * work > MAX_WORK
        return 2 * examined >= budget and remaining > fmpq(3, 4) or 2 * work > MAX_WORK and remaining > fmpq(1, 2)

    def _is_shown(self, statement: Any, cube: Cube) -> bool:
        """Whether a statement is certainly true on a part of the cube."""
        box = self.coordinates.box(cube)
        self._excluded = {}
        self._find_excluded(box)
        return self.truth(statement, box) is True

    def _instance(self, fixed: Values, layout: Layout, point: Box) -> Values:
        """The values of all free numbers at a point."""
        values: Values = {**fixed}
        at = {number: self._exact(self.coordinates.atoms[number], point) for number in layout.numbers}
        for number, value in at.items():
            if isinstance(number, lang.Element):
                values.setdefault(number.family, {})[tuple(int(i) for i in number.indices)] = value
            else:
                values[number] = value
        return values

    def _exact(self, node: int, point: Box) -> Any:
        """The rational value of a number at a point: it is made of the coordinates by sums and products."""
        name, *operands = self.graph.operations[node]
        if name == "variable":
            value = point.ends[operands[0]][0]
            return sp.Rational(int(value.p), int(value.q))
        if name == "number":
            return sp.Rational(operands[0].numerator, operands[0].denominator)
        return (sp.Add if name == "add" else sp.Mul)(*[self._exact(a, point) for a in operands])

    def _halves(self, cube: Cube, box: Box) -> Iterator[Cube]:
        """Two halves along the coordinate in which the sides vary most, among those that are wide enough."""
        widths = [high - low if high - low > self._finest else fmpq(0) for low, high in cube]
        least = max(widths) / 8
        troubled = [n for n in self._troubled(box) if widths[n]]
        if troubled:
            widths = [w if n in troubled else fmpq(0) for n, w in enumerate(widths)]
            least = max(widths) / 2
        weights = {n: self._variation(n, box) * float(w) for n, w in enumerate(widths) if w and w >= least}
        cut = max(weights, key=lambda n: (weights[n], float(widths[n])))
        low, high = cube[cut]
        middle = (low + high) / 2
        for ends in ((low, middle), (middle, high)):
            yield (*cube[:cut], ends, *cube[cut + 1:])

    def _troubled(self, box: Box) -> list[int]:
        """The coordinates that leave a side without finite bounds on a box even where all others have one value."""
        unbounded = [node for node in _nodes(self.statement) if not self._is_bounded(node, box)]
        found = []
        for n, ends in enumerate(box.ends) if unbounded else ():
            middle = box.middle.ends
            line = Box((*middle[:n], ends, *middle[n + 1:]))
            if not all(self._is_bounded(node, line) for node in unbounded):
                found.append(n)
        return found

    def _is_bounded(self, node: int, box: Box) -> bool:
        ends = self._ends(node, box)
        return ends is not None and bool(ends[0].is_finite() and ends[1].is_finite())

    def _variation(self, position: int, box: Box) -> float:
        """How much the sides vary with a coordinate over a box; 1 where that is not known."""
        low, high = box.ends[position]
        if isinstance(low, float) or isinstance(high, float):
            return 1.0
        total = 0.0
        for node in _nodes(self.statement):
            slope = self.graph.derivative(node, position)
            ends = None if slope is None else self._ends(slope, box)
            if slope is not None:
                total += 1.0 if ends is None else float(max(abs(ends[0]), abs(ends[1])) * arb(high - low))
        return total if math.isfinite(total) else 1.0

    # --- truth on a box ---------------------------------------------------------------------------------------
    def truth(self, tree: tuple[Any, ...], box: Box) -> bool | None:
        """Whether a statement is true, or false, at all points of a box; None where neither is seen."""
        kind, *parts = tree
        if kind == "always":
            return bool(parts[0])
        if kind in (">", ">=", "=", "!="):
            return self._relation(kind, parts[0], box)
        if kind == "and":
            found = [self.truth(p, box) for p in parts]
            return True if all(found) else None if None in found else False
        if kind == "or":
            for n, part in enumerate(parts):
                if self.truth(part, box) and all(self._is_defined(p, box) for p in parts[:n]):
                    return True
            return False if all(self.truth(p, box) is False for p in parts) else None
        if kind == "not":
            inside = self.truth(parts[0], box)
            return None if inside is None else not inside
        if kind == "implies":
            premise = self.truth(parts[0], box)
            if premise is False:
                return True
            conclusion = self.truth(parts[1], box)
            if conclusion and self._is_defined(parts[0], box):
                return True
            return False if premise and conclusion is False else None
        left, right = parts
        if self._are_one(left, right, box):
            return True
        sides = [self.truth(left, box), self.truth(right, box)]
        return None if None in sides else sides[0] is sides[1]

    def _are_one(self, left: tuple[Any, ...], right: tuple[Any, ...], box: Box) -> bool:
        """Whether two inequalities say the same, as the gap of one is a multiple of the other's."""
        if left[0] != right[0] or left[0] not in (">", ">=") or not (
                self._is_defined(left, box) and self._is_defined(right, box)):
            return False
        graph = self.graph
        for factor in (fmpq(1), fmpq(2), fmpq(1, 2)):
            rest = graph.difference(left[1], graph.multiply(graph.number(factor), right[1]))
            if self._is_zero(rest, box):
                return True
        return False

    def _is_defined(self, tree: tuple[Any, ...], box: Box) -> bool:
        return all(self._ends(node, box) is not None for node in _nodes(tree))

    def _relation(self, kind: str, node: int, box: Box) -> bool | None:
        here = self._ends(node, box.middle)
        if kind in (">", ">="):
            if (here is None or here[1] >= 0) and self.at_least(node, box, kind == ">", DEPTH):
                return True
            if (here is None or here[0] <= 0) and self.at_least(self.graph.negative(node), box, kind == ">=", DEPTH):
                return False
            return None
        if self._ends(node, box) is None:
            return None
        if self._is_zero(node, box):
            return kind == "="
        if any(self.at_least(n, box, True, DEPTH) for n in (node, self.graph.negative(node))):
            return kind == "!="
        return None

    def at_least(self, node: int, box: Box, strictly: bool, depth: int) -> bool:
        """Whether a node is at least 0, or strictly above it, all over a box, faces that the domains or the hypotheses
        exclude left out where it is to be so strictly.

        From a face on, a function grows or falls as its derivative says; so do its derivatives.
        """
        key = (node, strictly, depth)
        if key not in box.memo:
            self.graph.work += 20
            box.memo[key] = self._found_at_least(node, box, strictly, depth)
        return bool(box.memo[key])

    def _found_at_least(self, node: int, box: Box, strictly: bool, depth: int) -> bool:
        ends = self._ends(node, box)
        if ends is None or self.graph.work > MAX_WORK:
            return False
        if ends[0] > 0 or not strictly and ends[0] >= 0:
            return True
        if self.graph.is_positive(node, box) or not strictly and self.graph.is_nonnegative(node, box):
            return True
        if ends[1] < 0 or strictly and ends[1] <= 0:
            return False
        free = [n for n in self.graph.variables(node) if not box.is_fixed(n)]
        if self._is_zero(node, box):
            return not strictly
        slopes = {n: self._slope(node, n, box) for n in free}
        rising = [(n, slope[0] >= 0) for n, slope in slopes.items() if slope and (slope[0] >= 0 or slope[1] <= 0)]
        rising = [(n, up) for n, up in rising if not isinstance(box.ends[n][not up], float)]
        if rising:
            face = box
            for n, up in rising:
                face = face.face(n, up)
            if self.at_least(node, face, strictly, depth):
                return True
            if strictly and any((slopes[n][0] > 0 or slopes[n][1] < 0) and self._is_open(n, up, box)  # type: ignore
                                for n, up in rising) and self.at_least(node, face, False, depth):
                return True
        if all(slopes.values()) and not any(isinstance(e, float) for n in free for e in box.ends[n]):
            middle = self._ends(node, box.middle)
            if middle is not None:
                spread = sum((max(abs(slope[0]), abs(slope[1])) * arb((box.ends[n][1] - box.ends[n][0]) / 2)
                              for n, slope in slopes.items() if slope), arb(0))
                if middle[0] - spread > 0:
                    return True
        others = [n for n in free if n not in dict(rising)]
        return depth > 0 and (any(self._is_concave(node, n, box, strictly, depth) for n in others)
                              or self._grows(node, box, strictly, depth, others))

    def _is_concave(self, node: int, position: int, box: Box, strictly: bool, depth: int) -> bool:
        """Whether a node is concave in a coordinate, and at least 0 at both ends of it."""
        slope = self.graph.derivative(node, position)
        bend = None if slope is None else self.graph.derivative(slope, position)
        if slope is None or bend is None or any(isinstance(end, float) for end in box.ends[position]):
            return False
        if self._ends(slope, box) is None:
            return False
        falls = self.graph.negative(bend)
        known = self._ends(falls, box)
        if known is None or not self.graph.is_nonnegative(falls, box):
            return False
        faces = [box.face(position, up) for up in (True, False)]
        if all(self.at_least(node, face, strictly, depth - 1) for face in faces):
            return True
        return strictly and self.graph.is_positive(falls, box) and all(
            self._is_open(position, up, box) for up in (True, False)) and all(
            self.at_least(node, face, False, depth - 1) for face in faces)

    def _grows(self, node: int, box: Box, strictly: bool, depth: int, free: Sequence[int]) -> bool:
        """Whether a node that is 0 where a box has a corner at special values grows from there."""
        special = [(n, up) for n in free for up in (True, False) if self._is_special(n, box.ends[n][not up])]
        corner = box.middle
        for n, up in special:
            corner = corner.with_value(n, box.ends[n][not up])
        ends = self._ends(node, corner)
        if not special or ends is None or not ends[0] <= 0 <= ends[1]:
            return False
        for n, up in special:
            slope = self.graph.derivative(node, n)
            if slope is None:
                continue
            slope = slope if up else self.graph.negative(slope)
            face = box.face(n, up)
            if not self.at_least(node, face, False, depth - 1) or not self.at_least(slope, box, False, depth - 1):
                continue
            if not strictly or self.at_least(node, face, True, depth - 1) or (
                    self._is_open(n, up, box) and self.at_least(slope, box, True, depth - 1)):
                return True
        return False

    def _is_special(self, position: int, value: Any) -> bool:
        """Whether a value is an end of the domain of a coordinate, or 0."""
        coordinate = self.coordinates.every[position]
        return not isinstance(value, float) and (value in (coordinate.low, coordinate.high) or value == 0)

    def _is_open(self, position: int, up: bool, box: Box) -> bool:
        """Whether no point of a face of a box is a value of the numbers: by their domains, or by a hypothesis."""
        coordinate = self.coordinates.every[position]
        end = box.ends[position][not up]
        if end == (coordinate.low if up else coordinate.high) and coordinate.is_open[not up]:
            return True
        return self._excluded.get((position, up)) == end

    def _find_excluded(self, box: Box) -> None:
        """Note the faces of a box on which a hypothesis fails throughout: no other box will do, as a point may lie on
        a face of a face and meet the hypotheses."""
        self._excluded = {}
        failing = {(n, up): ends[not up] for n, ends in enumerate(box.ends) for up in (True, False)
                   if not isinstance(ends[not up], float) and any(
                       self.truth(g, box.face(n, up)) is False for g in self.given)}
        self._excluded = failing

    def _slope(self, node: int, position: int, box: Box) -> tuple[arb, arb] | None:
        derivative = self.graph.derivative(node, position)
        return (arb(0), arb(0)) if derivative is None else self._ends(derivative, box)

    def _ends(self, node: int, box: Box) -> tuple[arb, arb] | None:
        return self.graph.enclosure(node, box)

    def _is_zero(self, node: int, box: Box) -> bool:
        """Whether a node is 0 all over a box, as an identity in what is free there."""
        here = self._ends(node, box.middle)
        if here is None or not here[0] <= 0 <= here[1]:
            return False
        if here[0] == here[1] and all(map(box.is_fixed, self.graph.variables(node))):
            return True
        key = (node, box.fixed)
        if key not in self._identities:
            self._identities[key] = self.graph.vanishes(node, box)
        return self._identities[key]


_CONNECTIVES: dict[type, str] = {sp.And: "and", sp.Or: "or", sp.Not: "not", sp.Implies: "implies", st.Iff: "iff"}


def _nodes(tree: tuple[Any, ...]) -> Iterator[int]:
    kind, *parts = tree
    if kind in (">", ">=", "=", "!="):
        yield parts[0]
    elif kind != "always":
        for part in parts:
            yield from _nodes(part)


def _volume(cube: Cube) -> fmpq:
    found = fmpq(1)
    for low, high in cube:
        found *= high - low
    return found


# --- what is left out, in words -----------------------------------------------------------------------------------

WIDEST = fmpq(1, 8)  # a neighbourhood of an end that is named as such


def excluded(coordinates: Coordinates, cubes: Iterable[Cube]) -> str:
    """Conditions in the claim's own names one of which holds at every point of these parts of the cube."""
    near: dict[tuple[int, str], fmpq] = {}
    others: list[Cube] = []
    for cube in cubes:
        distances = {(n, end): d for n, (low, high) in enumerate(cube) for end, d in (
            ("low", high), ("high", 1 - low), ("zero", max(abs(2 * low - 1), abs(2 * high - 1))))
            if end != "zero" or isinstance(coordinates.every[n].low, float)
            and isinstance(coordinates.every[n].high, float)}
        within = {key: d for key, d in distances.items() if d <= WIDEST}
        if not within:
            others.append(cube)
            continue
        known = {key: d for key, d in within.items() if near.get(key, fmpq(0)) >= d}
        if not known:
            key = min(within, key=lambda k: within[k])
            near[key] = within[key]
    said = [coordinates.every[n].near(end, d) for (n, end), d in sorted(near.items())]
    if others:
        hull = [(min(c[n][0] for c in others), max(c[n][1] for c in others)) for n in range(len(others[0]))]
        inside = [coordinates.every[n].within(*ends) for n, ends in enumerate(hull) if ends != (0, 1)]
        said.append(" and ".join(inside) or "anywhere")
    return " or ".join(said) + (f", with {coordinates.where}" if coordinates.where else "")
