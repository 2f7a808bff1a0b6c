"""Enclosures: the range of a real expression over a box, and of its derivatives, rigorously.

An expression is compiled into a graph of shared operations, which is differentiated as a graph and evaluated in Arb
balls on a bounded box, in pairs of Arb ends on one that reaches infinity. Nothing is cancelled: where any operation may
be undefined on the box, so is the enclosure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, fmpq

from dropout_theory import language as lang
from dropout_theory.checkers.identities import Quotient, TooLarge
from dropout_theory.evaluation.values import Unsupported

MAX_NODES = 20_000


class Sign(Enum):
    """What is known of the sign of a number."""

    POSITIVE = "> 0"
    NONNEGATIVE = ">= 0"
    NEGATIVE = "< 0"
    NONPOSITIVE = "<= 0"
    ANY = ""


_DOWN = {Sign.POSITIVE: Sign.NEGATIVE, Sign.NEGATIVE: Sign.POSITIVE, Sign.NONNEGATIVE: Sign.NONPOSITIVE,
         Sign.NONPOSITIVE: Sign.NONNEGATIVE, Sign.ANY: Sign.ANY}
_WEAK = {Sign.POSITIVE: Sign.NONNEGATIVE, Sign.NEGATIVE: Sign.NONPOSITIVE}


def _product_sign(a: Sign, b: Sign) -> Sign:
    if Sign.ANY in (a, b):
        return Sign.ANY
    is_strict = a in _WEAK and b in _WEAK
    found = Sign.POSITIVE if (_WEAK.get(a, a) is _WEAK.get(b, b)) else Sign.NEGATIVE
    return found if is_strict else _WEAK[found]


_PRODUCTS = {(a, b): _product_sign(a, b) for a in Sign for b in Sign}


def _common_sign(signs: Sequence[Sign]) -> Sign:
    """The sign that all numbers have, the weak one where some have only that."""
    if all(sign is signs[0] for sign in signs):
        return signs[0]
    weak = {_WEAK.get(sign, sign) for sign in signs}
    return weak.pop() if len(weak) == 1 else Sign.ANY


def _sign_between(low: Any, high: Any, open_below: bool, open_above: bool) -> Sign:
    """The sign of what lies between two ends."""
    if low > 0 or low == 0 and open_below:
        return Sign.POSITIVE
    if high < 0 or high == 0 and open_above:
        return Sign.NEGATIVE
    return Sign.NONNEGATIVE if low >= 0 else Sign.NONPOSITIVE if high <= 0 else Sign.ANY


class Box:
    """An interval of values for each variable: pairs of ends, rational or infinite. It keeps what was found on it."""

    __slots__ = ("_faces", "_key", "_middle", "ends", "is_bounded", "memo")

    def __init__(self, ends: tuple[tuple[Any, Any], ...]) -> None:
        self.ends = ends
        self.is_bounded = not any(isinstance(end, float) for pair in ends for end in pair)
        self.memo: dict[Any, Any] = {}
        self._faces: dict[tuple[int, bool], Box] = {}
        self._middle: Box | None = None
        self._key: tuple[Any, ...] | None = None

    def face(self, position: int, lower: bool) -> Box:
        """The lower or the upper face in a variable."""
        found = self._faces.get((position, lower))
        if found is None:
            end = self.ends[position][not lower]
            found = Box((*self.ends[:position], (end, end), *self.ends[position + 1:]))
            self._faces[position, lower] = found
        return found

    def with_value(self, position: int, value: Any) -> Box:
        """One value for a variable."""
        return Box((*self.ends[:position], (value, value), *self.ends[position + 1:]))

    @property
    def middle(self) -> Box:
        """A point of the box."""
        if self._middle is None:
            self._middle = Box(tuple((_between_ends(*pair),) * 2 for pair in self.ends))  # type: ignore[misc]
        return self._middle

    @property
    def fixed(self) -> tuple[Any, ...]:
        """What tells boxes apart that fix other variables, or at other values."""
        if self._key is None:
            self._key = tuple((int(low.p), int(low.q)) if low == high else None for low, high in self.ends)
        return self._key

    def is_fixed(self, position: int) -> bool:
        """Whether a variable has one value."""
        return self.fixed[position] is not None


def _between_ends(low: Any, high: Any) -> Any:
    if isinstance(low, float):
        return fmpq(0) if isinstance(high, float) else 2 * min(high, fmpq(0)) - 1
    return 2 * max(low, fmpq(0)) + 1 if isinstance(high, float) else (low + high) / 2


class Graph:
    """Operations on constants and variables, each once. A node is a number; operands have smaller ones."""

    def __init__(self) -> None:
        self.operations: list[tuple[Any, ...]] = []
        self._known: dict[tuple[Any, ...], int] = {}
        self._derivatives: dict[tuple[int, int], int | None] = {}
        self._programs: dict[int, list[int]] = {}
        self._signs: dict[int, Sign] = {}
        self.limits: dict[int, tuple[Any, Any, bool, bool]] = {}  # of variables: their ends, and which are left out
        self.work = 0  # operations evaluated so far

    # --- building ---------------------------------------------------------------------------------------------
    def _node(self, *operation: Any) -> int:
        found = self._known.get(operation)
        if found is None:
            if len(self.operations) >= MAX_NODES:
                raise Unsupported(f"more than {MAX_NODES} operations")
            found = self._known[operation] = len(self.operations)
            self.operations.append(operation)
        return found

    def variable(self, position: int, low: Any = -math.inf, high: Any = math.inf,
                 is_open: tuple[bool, bool] = (False, False)) -> int:
        """The variable at a place of boxes, and the ends of its values; `is_open` tells which of these it never has."""
        self.limits[position] = (low, high, *is_open)
        return self._node("variable", position)

    def number(self, value: Any) -> int:
        """A rational constant."""
        exact = Fraction(int(value.p), int(value.q)) if hasattr(value, "p") else Fraction(value)
        return self._node("number", exact)

    def _constant(self, node: int) -> Fraction | None:
        operation = self.operations[node]
        return operation[1] if operation[0] == "number" else None

    def add(self, *nodes: int) -> int:
        total, rest = Fraction(0), []
        for node in nodes:
            constant = self._constant(node)
            if constant is None:
                rest.append(node)
            else:
                total += constant
        if total == 1 and len(rest) == 1:
            inside = self._negated(rest[0])
            if inside is not None and self.operations[inside][0] == "logistic":
                return self.apply("logistic", self.negative(self.operations[inside][1]))
        else:
            inside = None
        if total or not rest:
            rest.append(self.number(total))
        if len(rest) == 1:
            return rest[0]
        common = self._common(rest)
        if common:
            return self.multiply(*common, self.add(*[self._without(node, common) for node in rest]))
        if total == 1 and len(rest) == 2 and inside is not None and self.operations[inside][0] == "mix":
            part, first, second = self.operations[inside][1:]
            one = self.number(1)
            return self._mix(part, self.difference(one, first), self.difference(one, second))
        return self._mixed(rest) or self._node("add", *sorted(rest))

    def _mixed(self, terms: list[int]) -> int | None:
        """A sum with two terms t a + (1 - t) b, t from 0 to 1, as one that is told to lie between a and b."""
        factors = {term: self._factors(term) for term in terms}
        # of what is left by several parts, one after another, the last is divided first
        for part in sorted({f for some in factors.values() for f in some if self._is_unit(f)}, reverse=True):
            rest = self._known.get(("add", *sorted((self.number(1), self.negative(part)))))
            first = next((t for t in terms if part in factors[t]), None)
            second = next((t for t in terms if t != first and rest in factors[t]), None)
            if first is not None and second is not None and rest is not None:
                between = self._mix(part, self._without(first, [part]), self._without(second, [rest]))
                return self.add(between, *[t for t in terms if t not in (first, second)])
        return None

    def _is_unit(self, node: int) -> bool:
        """Whether a node is a variable that takes values from 0 to 1 only."""
        if self.operations[node][0] != "variable":
            return False
        low, high, *_ = self.limits[self.operations[node][1]]
        return bool(low >= 0 and high <= 1)

    def _mix(self, part: int, first: int, second: int) -> int:
        """part * first + (1 - part) * second, for a variable from 0 to 1."""
        if first == second:
            return first
        if self._constant(first) == 0:
            return self.multiply(self.difference(self.number(1), part), second)
        if self._constant(second) == 0:
            return self.multiply(part, first)
        common = self._common([first, second])
        if common:
            return self.multiply(*common, self._mix(part, *(self._without(n, common) for n in (first, second))))
        return self._node("mix", part, first, second)

    def _common(self, terms: list[int]) -> list[int]:
        """The factors that all terms of a sum have, numbers aside: taken out, they are enclosed once."""
        shared = [f for f in self._factors(terms[0]) if self._constant(f) is None]
        for term in terms[1:]:
            if not shared:
                break
            factors = self._factors(term)
            shared = [f for f in shared if f in factors]
        return list(dict.fromkeys(shared))

    def _without(self, node: int, factors: list[int]) -> int:
        """A product without some of its factors."""
        left = self._factors(node)
        for factor in factors:
            left.remove(factor)
        return self.multiply(*left) if left else self.number(1)

    def _negated(self, node: int) -> int | None:
        """What a node is the negative of, where that is how it was made."""
        name, *operands = self.operations[node]
        if name != "multiply":
            return None
        first, second = operands
        return second if self._constant(first) == -1 else first if self._constant(second) == -1 else None

    def multiply(self, *nodes: int) -> int:
        total, rest = Fraction(1), []
        for node in (f for given in nodes for f in self._factors(given)):
            constant = self._constant(node)
            if constant is None:
                rest.append(node)
            else:
                total *= constant
        exponents = [self.operations[node][1] for node in rest if self.operations[node][0] == "exp"]
        if len(exponents) > 1:
            rest = [node for node in rest if self.operations[node][0] != "exp"]
            rest.append(self.apply("exp", self.add(*exponents)))
        exponents_of: dict[int, int] = {}
        for node in rest:
            name, *operands = self.operations[node]
            base, exponent = (operands[0], operands[1]) if name == "power" else (node, 1)
            exponents_of[base] = exponents_of.get(base, 0) + exponent
        for base in list(exponents_of):  # logistic(x) logistic(-x)
            name, inside, *_ = (*self.operations[base], None)
            if name == "logistic" and exponents_of.get(base):
                other = self._known.get(("logistic", self.negative(inside)))
                times = min(exponents_of[base], exponents_of.get(other, 0)) if other is not None else 0
                if times and other is not None:
                    exponents_of[base] -= times
                    exponents_of[other] -= times
                    bump = self.apply("bump", min(inside, self.negative(inside)))
                    exponents_of[bump] = exponents_of.get(bump, 0) + times
        rest = [self.power(base, exponent) for base, exponent in exponents_of.items() if exponent]
        if total != 1 or not rest:
            rest.append(self.number(total))
        found, *others = sorted(rest)
        for node in others:
            found = self._node("multiply", found, node)
        return found

    def _factors(self, node: int) -> list[int]:
        """The factors of a product, those of its factors too."""
        name, *operands = self.operations[node]
        return [f for a in operands for f in self._factors(a)] if name == "multiply" else [node]

    def negative(self, node: int) -> int:
        return self.multiply(self.number(-1), node)

    def difference(self, left: int, right: int) -> int:
        return self.add(left, self.negative(right))

    def power(self, node: int, exponent: int) -> int:
        if exponent < 0:
            name, *operands = self.operations[node]
            if name == "exp":
                return self.apply("exp", self.multiply(self.number(exponent), *operands))
            return self._node("inverse", self.power(node, -exponent))
        return self.number(1) if exponent == 0 else node if exponent == 1 else self._node("power", node, exponent)

    def apply(self, name: str, *nodes: int) -> int:
        """One of the functions of `BALLS` at nodes."""
        if name == "log" and self.operations[nodes[0]][0] == "exp":
            return int(self.operations[nodes[0]][1])
        return self._node(name, *nodes)

    # --- compiling --------------------------------------------------------------------------------------------
    def compiled(self, expr: Any, atoms: Mapping[Any, int], rising: Sequence[Any] = ()) -> int:
        """The node of an expression in which each atom stands for a node. The atoms in `rising` are known to rise.

        Raises Unsupported.
        """
        if expr in atoms:
            return atoms[expr]
        if rising and isinstance(expr, (sp.Max, sp.Min)) and set(expr.args) <= set(rising):
            ranked = sorted(expr.args, key=rising.index)
            return atoms[ranked[-1 if isinstance(expr, sp.Max) else 0]]
        if expr.is_Rational:
            return self.number(expr)
        special = self._stable(expr, atoms, rising)
        if special is not None:
            return special
        if isinstance(expr, sp.Pow):
            return self._power(expr, atoms, rising)
        if isinstance(expr, lang.Sigma):
            x, c, slope = (self.compiled(a, atoms, rising) for a in expr.args)
            exponent = self.multiply(slope, x)
            if expr.args[1].is_positive:
                shift = self.number(0) if expr.args[1] == 1 else self.apply("log", c)
                return self.apply("logistic", self.difference(exponent, shift))
            decay = self.apply("exp", self.negative(exponent))
            return self.power(self.add(self.number(1), self.multiply(c, decay)), -1)
        kind = next((k for k in (sp.Add, sp.Mul, sp.Max, sp.Min) if isinstance(expr, k)), None)
        name = _FUNCTIONS.get(type(expr))
        if expr is sp.pi:
            return self._node("pi")
        if expr is sp.E:
            return self.apply("exp", self.number(1))
        if kind is None and name is None and not isinstance(expr, (sp.Abs, lang.Relu)):
            raise Unsupported(f"no enclosure of {type(expr).__name__}")
        nodes = [self.compiled(a, atoms, rising) for a in expr.args]
        if name is not None:
            return self.apply(name, *nodes)
        if isinstance(expr, lang.Relu):
            return self.apply("max", nodes[0], self.number(0))
        if isinstance(expr, sp.Abs):
            return self.apply("abs", nodes[0])
        if kind is sp.Add:
            return self.add(*nodes)
        if kind is sp.Mul:
            return self.multiply(*nodes)
        found, *others = nodes
        for node in others:
            found = self.apply("max" if kind is sp.Max else "min", found, node)
        return found

    def _stable(self, expr: Any, atoms: Mapping[Any, int], rising: Sequence[Any]) -> int | None:
        """log(1 + e^z), 1/(1 + e^z), log(x/(1 - x)), log(logistic(z)) as functions that do not overflow; else None."""
        if isinstance(expr, sp.log):
            exponent = _one_plus_exponential(expr.args[0])
            if exponent is not None:
                return self.apply("softplus", self.compiled(exponent, atoms, rising))
            odds = _odds(expr.args[0])
            if odds is not None:
                return self.apply("logit", self.compiled(odds, atoms, rising))
            inside = self.compiled(expr.args[0], atoms, rising)
            if self.operations[inside][0] == "logistic":
                return self.negative(self.apply("softplus", self.negative(self.operations[inside][1])))
        if isinstance(expr, sp.Pow) and expr.exp == -1:
            exponent = _one_plus_exponential(expr.base)
            if exponent is not None:
                return self.apply("logistic", self.negative(self.compiled(exponent, atoms, rising)))
        return None

    def _power(self, expr: sp.Pow, atoms: Mapping[Any, int], rising: Sequence[Any]) -> int:
        base, exponent = expr.base, expr.exp
        if exponent.is_Integer:
            return self.power(self.compiled(base, atoms, rising), int(exponent))
        if exponent.is_Rational and exponent.q == 2:
            return self.power(self.apply("sqrt", self.compiled(base, atoms, rising)), int(exponent.p))
        below, above = self.compiled(base, atoms, rising), self.compiled(exponent, atoms, rising)
        constant = self._constant(above)
        if constant and constant.denominator == 1:  # to the power 0, too, the base must be defined
            return self.power(below, int(constant))
        return self.apply("exp", self.multiply(above, self.apply("log", below)))

    # --- differentiating --------------------------------------------------------------------------------------
    def derivative(self, node: int, position: int) -> int | None:
        """The derivative by a variable, almost everywhere where there are kinks; None where it is 0 throughout."""
        key = (node, position)
        if key not in self._derivatives:
            self._derivatives[key] = self._derivative(node, position)
        return self._derivatives[key]

    def _derivative(self, node: int, position: int) -> int | None:
        name, *operands = self.operations[node]
        if name == "variable":
            return self.number(1) if operands[0] == position else None
        if name in ("number", "pi"):
            return None
        if name == "power":
            inner = self.derivative(operands[0], position)
            exponent = operands[1]
            return None if inner is None else self.multiply(self.number(exponent),
                                                            self.power(operands[0], exponent - 1), inner)
        inner_ones = [self.derivative(a, position) for a in operands]
        parts = [(a, d) for a, d in zip(operands, inner_ones, strict=True) if d is not None]
        if not parts:
            return None
        if name == "add":
            return self.add(*[d for _, d in parts])
        if name == "multiply":
            left, right = operands
            return self.add(*[self.multiply(other, d) for other, d in ((right, inner_ones[0]), (left, inner_ones[1]))
                              if d is not None])
        if name == "mix":
            part, first, second = operands
            zero = self.number(0)
            d_part, d1, d2 = inner_ones
            moved = [] if d_part is None else [self.multiply(d_part, self.difference(first, second))]
            if d1 is not None or d2 is not None:
                moved.append(self._mix(part, zero if d1 is None else d1, zero if d2 is None else d2))
            return self.add(*moved)
        if name in ("max", "min"):
            first, second = operands
            zero = self.number(0)
            d1, d2 = (zero if d is None else d for d in inner_ones)
            gap = self.difference(first, second) if name == "max" else self.difference(second, first)
            return self.add(d2, self.multiply(self.apply("step", gap), self.difference(d1, d2)))
        return self.multiply(self._slope(name, node, operands[0]), parts[0][1])

    def _slope(self, name: str, node: int, inside: int) -> int:
        """The derivative of a function of one number, at the node inside it."""
        one = self.number(1)
        if name == "exp":
            return node
        if name == "log":
            return self.power(inside, -1)
        if name == "sqrt":
            return self.multiply(self.number(Fraction(1, 2)), self.power(node, -1))
        if name == "inverse":
            return self.negative(self.power(node, 2))
        if name == "logistic":
            return self.apply("bump", inside)
        if name == "bump":
            half = self.multiply(self.number(Fraction(1, 2)), inside)
            return self.multiply(self.number(-1), node, self.apply("tanh", half))
        if name == "logit":
            return self.power(self.multiply(inside, self.difference(one, inside)), -1)
        if name == "softplus":
            return self.apply("logistic", inside)
        if name == "tanh":
            return self.difference(one, self.power(node, 2))
        if name == "erf":
            root = self.power(self.apply("sqrt", self._node("pi")), -1)
            return self.multiply(self.number(2), root, self.apply("exp", self.negative(self.power(inside, 2))))
        if name == "sin":
            return self.apply("cos", inside)
        if name == "cos":
            return self.negative(self.apply("sin", inside))
        if name == "atan":
            return self.power(self.add(one, self.power(inside, 2)), -1)
        if name == "abs":
            return self.add(self.multiply(self.number(2), self.apply("step", inside)), self.number(-1))
        return self.apply("flat", inside)  # a step, and what comes of deriving one again

    # --- evaluating -------------------------------------------------------------------------------------------
    def enclosure(self, node: int, box: Box) -> tuple[arb, arb] | None:
        """Ends between which the node lies on a box; None where it may be undefined there."""
        if node not in box.memo:
            box.memo[node] = self._enclosed(node, box)
        return box.memo[node]  # type: ignore[no-any-return]

    def _enclosed(self, node: int, box: Box) -> tuple[arb, arb] | None:
        program = self._needed(node)
        if box.is_bounded:
            found = self._evaluated(program, box, box.memo.setdefault("balls", {}), BALLS, _ball)
            if found.is_finite():
                return found.lower(), found.upper()
            if not self._reaches_open_end(box):
                return None
        return self._evaluated(program, box, box.memo.setdefault("ranges", {}), RANGES, _range)  # type: ignore[no-any-return]

    def _evaluated(self, program: list[int], box: Box, memo: dict[int, Any], functions: dict[str, Any],
                   leaf: Callable[..., Any]) -> Any:
        operations = self.operations
        with_signs = functions is RANGES
        for n in program:
            if n in memo:
                continue
            self.work += 1
            name, *operands = operations[n]
            if name == "variable":
                memo[n] = leaf(*box.ends[operands[0]])
            elif name == "number":
                value = fmpq(operands[0].numerator, operands[0].denominator)
                memo[n] = leaf(value, value)
            elif name == "power":
                memo[n] = functions[name](memo[operands[0]], operands[1])
            elif with_signs and name in ("log", "inverse", "logit"):
                memo[n] = functions[name](memo[operands[0]], self.is_positive(operands[0]))
            else:
                memo[n] = functions[name](*[memo[a] for a in operands])
            if with_signs and memo[n] is not None and memo[n][0] < 0 and self.is_nonnegative(n):
                memo[n] = (arb(0), memo[n][1])
        return memo[program[-1]]

    def _reaches_open_end(self, box: Box) -> bool:
        return any(open_below and low == least or open_above and high == most for (low, high), (
            least, most, open_below, open_above) in zip(box.ends, map(self.limits.__getitem__, range(len(box.ends))),
                                                        strict=True))

    def is_positive(self, node: int, box: Box | None = None) -> bool:
        """Whether a node is positive, where it is defined, by how it is made and where its parts lie on a box."""
        return self.sign(node, box) is Sign.POSITIVE

    def is_nonnegative(self, node: int, box: Box | None = None) -> bool:
        """Whether a node is not negative, where it is defined, by how it is made and where its parts lie on a box."""
        return self.sign(node, box) in (Sign.POSITIVE, Sign.NONNEGATIVE)

    def sign(self, node: int, box: Box | None = None) -> Sign:
        """The sign of a node where it is defined, seen from how it is made, and on a box from where its parts lie.

        A face that no values of the variables lie on has the signs of what is beside it, or 0.
        """
        found = self._known_sign(node, box)
        outside = box is not None and any(
            open_below and low == high == least or open_above and low == high == most for (low, high), (
                least, most, open_below, open_above) in zip(box.ends, map(self.limits.__getitem__, range(
                    len(box.ends))), strict=True))
        return _WEAK.get(found, found) if outside else found

    def _known_sign(self, node: int, box: Box | None) -> Sign:
        memo = self._signs if box is None else box.memo.setdefault("signs", {})
        if node not in memo:
            memo[node] = Sign.ANY
            ends = None if box is None else self.enclosure(node, box)
            if ends is not None and (ends[0] > 0 or ends[1] < 0):
                memo[node] = Sign.POSITIVE if ends[0] > 0 else Sign.NEGATIVE
            else:
                found = self._sign_of(box, *self.operations[node])
                if found is Sign.ANY and ends is not None and (ends[0] >= 0 or ends[1] <= 0):
                    found = Sign.NONNEGATIVE if ends[0] >= 0 else Sign.NONPOSITIVE
                memo[node] = found
        return memo[node]  # type: ignore[no-any-return]

    def _sign_of(self, box: Box | None, name: str, *operands: Any) -> Sign:
        if name in ("exp", "logistic", "softplus", "bump", "pi"):
            return Sign.POSITIVE
        if name == "number":
            return _sign_between(operands[0], operands[0], False, False)
        if name == "variable":
            return _sign_between(*self.limits[operands[0]])
        if name in ("abs", "step", "flat"):
            return Sign.NONNEGATIVE
        if name == "mix":
            return _common_sign([self._known_sign(a, box) for a in operands[1:]])
        if name == "log":
            return _DOWN[self._known_sign(self.difference(self.number(1), operands[0]), box)]
        if name == "add":
            found = self._sign_of_rest(operands, box)
            if found is not Sign.ANY:
                return found
        if name == "power":
            base = self._known_sign(operands[0], box)
            if operands[1] % 2:
                return base
            return Sign.POSITIVE if base in (Sign.POSITIVE, Sign.NEGATIVE) else Sign.NONNEGATIVE
        if name not in ("inverse", "sqrt", "multiply", "add", "tanh", "atan", "erf"):
            return Sign.ANY
        signs = [self._known_sign(a, box) for a in operands]
        if name == "multiply":
            return _PRODUCTS[signs[0], signs[1]]
        if name == "sqrt":
            return Sign.POSITIVE if signs[0] is Sign.POSITIVE else Sign.NONNEGATIVE
        if name != "add":
            return signs[0]
        weak = _common_sign([_WEAK.get(sign, sign) for sign in signs])
        strict = next((sign for sign in signs if sign in _WEAK), weak)
        return strict if weak is not Sign.ANY else weak

    def _sign_of_rest(self, operands: Sequence[int], box: Box | None) -> Sign:
        """The sign of 1 - e^x, and of a sum with a constant that variables taken from it cannot use up."""
        rest, total, is_strict, is_all = [], Fraction(0), False, True  # is_all: `total` is what it is, no lower bound
        for node in operands:
            constant, inside = self._constant(node), self._negated(node)
            high = self.limits[self.operations[inside][1]][1] if inside is not None \
                and self.operations[inside][0] == "variable" else math.inf
            if constant is not None:
                total += constant
            elif inside is not None and not isinstance(high, float):
                total -= Fraction(int(high.p), int(high.q))
                is_all = False
                is_strict |= self.limits[self.operations[inside][1]][3]
            else:
                rest.append(node)
        inside = self._negated(rest[0]) if len(rest) == 1 and total == 1 and is_all else None
        if inside is not None and self.operations[inside][0] == "exp":
            return _DOWN[self._known_sign(self.operations[inside][1], box)]
        signs = [self._known_sign(node, box) for node in rest]
        if total < 0 or any(sign not in (Sign.POSITIVE, Sign.NONNEGATIVE) for sign in signs):
            return Sign.ANY
        return Sign.POSITIVE if total > 0 or is_strict or Sign.POSITIVE in signs else Sign.NONNEGATIVE

    def _needed(self, node: int) -> list[int]:
        """The node and all that it is made of, operands first."""
        if node in self._programs:
            return self._programs[node]
        seen: set[int] = set()
        waiting = [node]
        while waiting:
            n = waiting.pop()
            if n not in seen:
                seen.add(n)
                waiting += self._operands(n)
        self._programs[node] = sorted(seen)
        return self._programs[node]

    def _operands(self, node: int) -> list[int]:
        name, *operands = self.operations[node]
        return [] if name in ("number", "variable", "pi") else operands[:1] if name == "power" else operands

    def variables(self, node: int) -> list[int]:
        """The places of the variables that a node depends on."""
        return sorted(self.operations[n][1] for n in self._needed(node) if self.operations[n][0] == "variable")

    # --- identities -------------------------------------------------------------------------------------------
    def vanishes(self, node: int, box: Box) -> bool:
        """Whether the node is 0 wherever it is defined, with the variables that a box leaves one value put in."""
        found: dict[int, Quotient] = {}
        program = self._needed(node)
        self.work += 10 * len(program)
        try:
            for n in program:
                name, *operands = self.operations[n]
                if name == "variable":
                    low, high = box.ends[operands[0]]
                    found[n] = Quotient.number(Fraction(int(low.p), int(low.q))) if low == high \
                        else Quotient.unknown(operands[0])
                elif name == "number":
                    found[n] = Quotient.number(operands[0])
                elif name == "power":
                    found[n] = found[operands[0]] ** operands[1]
                else:
                    found[n] = self._identity(name, [found[a] for a in operands])
        except (TooLarge, ZeroDivisionError):
            return False
        return found[node].is_zero

    def _is_positive_unknown(self, name: Any) -> bool:
        """Whether what stands for a variable or a function in an identity is not negative."""
        return name[0] == "exp" if isinstance(name, tuple) else bool(self.limits[name][0] >= 0)

    def _identity(self, name: str, operands: list[Quotient]) -> Quotient:
        return _identity_of(name, operands, self._is_positive_unknown)


def _identity_of(name: str, operands: list[Quotient], is_positive: Callable[[Any], bool]) -> Quotient:
    """A function of quotients."""
    first = operands[0] if operands else Quotient.number(Fraction(1))
    if name == "mix":
        return first * operands[1] + (Quotient.number(Fraction(1)) + first * _MINUS_ONE) * operands[2]
    if name in ("add", "multiply"):
        for other in operands[1:]:
            first = first + other if name == "add" else first * other
        return first
    if name == "inverse":
        return first.inverse()
    if name == "exp":
        return first.exponential()
    if name == "logit":
        return (first * (Quotient.number(Fraction(1)) + first * _MINUS_ONE).inverse()).logarithm(is_positive)
    if name == "bump":
        return _identity_of("logistic", [first], is_positive) * _identity_of("logistic", [first * _MINUS_ONE],
                                                                             is_positive)
    if name == "log":
        return first.logarithm(is_positive)
    if name in ("logistic", "softplus"):
        power = (first if name == "softplus" else first * _MINUS_ONE).exponential()
        total = power + Quotient.number(Fraction(1))
        return total.logarithm(is_positive) if name == "softplus" else total.inverse()
    for other in operands[1:]:  # of max and min
        if not (first + other * _MINUS_ONE).is_zero:
            return Quotient.unknown((name, *[operand.function("") for operand in operands]))
    return first if len(operands) > 1 else first.function(name)


_MINUS_ONE = Quotient.number(Fraction(-1))


def _odds(expr: Any) -> Any:
    """x where an expression is x/(1 - x); None elsewhere."""
    if not isinstance(expr, sp.Mul) or len(expr.args) != 2:
        return None
    for x, rest in (expr.args, expr.args[::-1]):
        if isinstance(rest, sp.Pow) and rest.exp == -1 and rest.base == 1 - x:
            return x
    return None


def _one_plus_exponential(expr: Any) -> Any:
    """z where an expression is 1 + e^z, or 1 + c e^z with a known positive c; None elsewhere."""
    if not isinstance(expr, sp.Add) or len(expr.args) != 2 or expr.args[0] != 1:
        return None
    factor, power = expr.args[1].as_independent(sp.exp, as_Add=False)
    if not isinstance(power, sp.exp) or not factor.is_positive:
        return None
    return power.args[0] if factor == 1 else power.args[0] + sp.log(factor)


_FUNCTIONS = {sp.exp: "exp", sp.log: "log", sp.tanh: "tanh", sp.erf: "erf", sp.sin: "sin", sp.cos: "cos",
              sp.atan: "atan"}
# --- balls: bounded boxes; what may be undefined is not finite -----------------------------------------------------

_NOWHERE = arb("nan")


def _ball(low: fmpq, high: fmpq) -> arb:
    return arb(low) if low == high else arb((low + high) / 2, arb((high - low) / 2).upper())


def _ball_power(base: arb, exponent: int) -> arb:
    if exponent % 2 == 0:
        base = abs(base)
        return _between(base.abs_lower() ** exponent, base.abs_upper() ** exponent)
    return base**exponent


def _between(low: arb, high: arb) -> arb:
    return low.union(high)


def _ball_mix(part: arb, first: arb, second: arb) -> arb:
    """The range of part * first + (1 - part) * second, which is least and largest at ends of all three."""
    low, high = (t * first + (1 - t) * second for t in (part.lower().max(arb(0)), part.upper().min(arb(1))))
    return low.union(high)


def _ball_logistic(x: arb) -> arb:
    return _between(*(1 / (1 + (-end).exp()) for end in (x.lower(), x.upper())))


def _ball_softplus(x: arb) -> arb:
    return _between(*(_softplus(end) for end in (x.lower(), x.upper())))


def _softplus(x: arb) -> arb:
    return x + (-x).exp().log1p() if x > 0 else x.exp().log1p()


def _ball_bump(x: arb) -> arb:
    """logistic(x) logistic(-x), which falls with the distance from 0."""
    near, far = abs(x).lower(), abs(x).upper()
    near = arb(0) if near < 0 else near
    return _between(*(_ball_logistic(end) * _ball_logistic(-end) for end in (near, far)))


def _logit(x: arb) -> arb:
    return (x / (1 - x)).log()


def _ball_logit(x: arb) -> arb:
    return _between(*map(_logit, (x.lower(), x.upper()))) if x > 0 and x < 1 else _NOWHERE


def _ball_step(x: arb) -> arb:
    return arb(1) if x > 0 else arb(0) if x < 0 else arb(0.5, 0.5) if x.is_finite() else _NOWHERE


BALLS: dict[str, Callable[..., Any]] = {
    "mix": _ball_mix, "add": lambda *a: sum(a[1:], a[0]), "multiply": lambda a, b: a * b, "power": _ball_power,
    "inverse": lambda a: 1 / a, "exp": arb.exp, "log": lambda a: a.log() if a > 0 else _NOWHERE,
    "sqrt": lambda a: a.sqrt() if a >= 0 else _NOWHERE, "logistic": _ball_logistic, "softplus": _ball_softplus,
    "bump": _ball_bump, "logit": _ball_logit,
    "tanh": arb.tanh, "erf": arb.erf, "sin": arb.sin, "cos": arb.cos, "atan": arb.atan, "abs": abs, "max": arb.max,
    "min": arb.min, "pi": arb.pi, "step": _ball_step, "flat": lambda a: arb(0) if a > 0 or a < 0 else _NOWHERE}

# --- ranges: boxes that reach infinity; None where something may be undefined -------------------------------------

_INFINITE = {math.inf: arb("inf"), -math.inf: -arb("inf")}
_Range = tuple[arb, arb]


def _range(low: Any, high: Any) -> _Range:
    return tuple(_INFINITE[e] if isinstance(e, float) else (arb(e).lower() if n == 0 else arb(e).upper())  # type: ignore
                 for n, e in enumerate((low, high)))


def _defined(function: Callable[..., Any]) -> Callable[..., Any]:
    """None where an operand is."""
    return lambda *a: None if None in a else function(*a)


def _range_add(*operands: _Range) -> _Range:
    low, high = operands[0]
    for other in operands[1:]:
        low, high = (low + other[0]).lower(), (high + other[1]).upper()
    return low, high


def _times(a: arb, b: arb) -> arb:
    """A product of ends: 0 times infinity is 0, as values are finite."""
    return arb(0) if a == 0 or b == 0 else a * b


def _range_multiply(a: _Range, b: _Range) -> _Range:
    products = [_times(x, y) for x in a for y in b]
    return _lowest(products), _highest(products)


def _range_mix(part: _Range, first: _Range, second: _Range) -> _Range:
    ends = [_range_add(_range_multiply((t, t), first), _range_multiply(((1 - t).lower(), (1 - t).upper()), second))
            for t in part]
    return _lowest([low for low, _ in ends]), _highest([high for _, high in ends])


def _lowest(values: list[arb]) -> arb:
    found = values[0].lower()
    for v in values[1:]:
        found = v.lower() if v.lower() < found else found
    return found


def _highest(values: list[arb]) -> arb:
    found = values[0].upper()
    for v in values[1:]:
        found = v.upper() if v.upper() > found else found
    return found


def _range_power(a: _Range, exponent: int) -> _Range:
    if exponent % 2 == 0:
        a = _range_abs(a)
    ends = [e if not e.is_finite() else e**exponent for e in a]
    return ends[0].lower(), ends[1].upper()


def _range_abs(a: _Range) -> _Range:
    low, high = a
    return a if low >= 0 else (-high, -low) if high <= 0 else (arb(0), _highest([-low, high]))


def _range_inverse(a: _Range, is_positive: bool) -> _Range | None:
    low, high = a
    if is_positive and low <= 0 < high:
        return (1 / high).lower() if high.is_finite() else arb(0), _INF
    if low > 0 or high < 0:
        ends = [arb(0) if not e.is_finite() else 1 / e for e in (high, low)]
        return ends[0].lower(), ends[1].upper()
    return None


def _rising(function: Callable[[arb], arb], below: Any, above: Any) -> Callable[[_Range], _Range]:
    """A function that never falls, with its limits."""
    limits = below, above

    def ends(a: _Range) -> _Range:
        found = []
        for e in a:
            found.append(function(e) if e.is_finite() else arb(limits[bool(e > 0)]))
        return found[0].lower(), found[1].upper()

    return ends


def _range_step(a: _Range) -> _Range:
    return (arb(1), arb(1)) if a[0] > 0 else (arb(0), arb(0)) if a[1] < 0 else (arb(0), arb(1))


def _range_wave(a: _Range) -> _Range:
    return arb(-1), arb(1)


def _pi() -> _Range:
    return arb.pi().lower(), arb.pi().upper()


_INF, _HALF_PI = arb("inf"), arb.pi() / 2
_range_log = _rising(arb.log, 0, _INF)


def _range_log_of(a: _Range, is_positive: bool) -> _Range | None:
    if a[0] > 0:
        return _range_log(a)
    if not is_positive or not a[1] > 0:
        return None
    return -_INF, (a[1].log().upper() if a[1].is_finite() else _INF)


def _range_logit(a: _Range, is_positive: bool) -> _Range | None:
    if not a[1] < 1 or not a[0] > 0 and not is_positive or not a[1] > 0:
        return None
    return _logit(a[0]).lower() if a[0] > 0 else -_INF, _logit(a[1]).upper()


def _range_bump(a: _Range) -> _Range:
    near, far = _range_abs(a)
    return (_ball_bump(far).lower() if far.is_finite() else arb(0)), _ball_bump(near).upper()


RANGES: dict[str, Callable[..., Any]] = {
    "pi": _pi, **{name: _defined(function) for name, function in {  # type: ignore[arg-type]
        "mix": _range_mix, "add": _range_add, "multiply": _range_multiply, "inverse": _range_inverse,
        "exp": _rising(arb.exp, 0, _INF),
        "log": _range_log_of, "logit": _range_logit, "bump": _range_bump,
        "sqrt": lambda a: _rising(arb.sqrt, 0, _INF)(a) if a[0] >= 0 else None,
        "logistic": _rising(_ball_logistic, 0, 1), "softplus": _rising(_ball_softplus, 0, _INF),
        "tanh": _rising(arb.tanh, -1, 1), "erf": _rising(arb.erf, -1, 1),
        "atan": _rising(arb.atan, -_HALF_PI, _HALF_PI),
        "sin": _range_wave, "cos": _range_wave, "abs": _range_abs,
        "max": lambda a, b: (_highest([a[0], b[0]]), _highest([a[1], b[1]])),
        "min": lambda a, b: (_lowest([a[0], b[0]]), _lowest([a[1], b[1]])),
        "step": _range_step, "flat": lambda a: (arb(0), arb(0)) if a[0] > 0 or a[1] < 0 else None}.items()},
    "power": lambda a, exponent: None if a is None else _range_power(a, exponent)}
