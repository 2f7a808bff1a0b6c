"""The language of statements: typed atoms, random variables and the operators E, Var, Cov, G, NWGM.

Every object is a SymPy object. Atoms carry their domains; families are indexed atoms with symbolic sizes;
random atoms carry their law; operators stay unevaluated until a method replaces them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sympy as sp

from dropout_theory.domains import NATURAL, PROBABILITY, REAL, SIZE, UNIT, Domain

Range = tuple[sp.Symbol, sp.Expr, sp.Expr]


class Scalar(sp.Symbol):
    """A named number with a domain: `Scalar("p", PROBABILITY)`."""

    domain: Domain
    _details: tuple[Any, ...]

    def __new__(cls, name: str, domain: Domain = REAL, *details: Any) -> Scalar:
        new = sp.Symbol.__xnew__(cls, name, **domain.assumptions)
        new.domain = domain
        new._details = details
        return new

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self), (self.name, self.domain, *self._details)

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.name, self.domain, *self._details)

    def compare(self, other: Any) -> int:
        """SymPy's order of arguments: by name, then by what else tells two atoms apart."""
        if self == other:
            return 0
        if not isinstance(other, Scalar):
            return int(super().compare(other))
        if self.name != other.name:  # spelling out the rest is dear
            return 1 if self.name > other.name else -1
        mine, theirs = ((a.name, type(a).__name__, repr(a.domain), repr(a._details), hash(a)) for a in (self, other))
        return 1 if mine > theirs else -1


class Family(Scalar):
    """An indexed atom such as weights w[i] or probabilities P[k], with its index ranges.

    `ranges` are (index, first, last) triples; a later range may depend on earlier indices. `simplex` says the
    entries are non-negative and sum to one over the only range.
    """

    def __new__(cls, name: str, domain: Domain = REAL, *details: Any) -> Family:
        ranges, simplex = (details + ((), False))[:2]
        new = super().__new__(cls, name, domain, tuple(ranges), simplex, *details[2:])
        return new  # type: ignore[return-value]

    @property
    def ranges(self) -> tuple[Range, ...]:
        return self._details[0]

    @property
    def simplex(self) -> bool:
        return self._details[1]

    # indexing must not make Python or SymPy believe that a family can be iterated
    __iter__ = None  # type: ignore[assignment]
    _iterable = False

    def __getitem__(self, index: Any) -> Element:
        return Element(self, *(index if isinstance(index, tuple) else (index,)))

    def at(self, expr: sp.Expr, indices: Sequence[sp.Expr]) -> sp.Expr:
        """`expr`, written in the symbols of `ranges`, at the given indices."""
        return substitute(expr, {r[0]: sp.sympify(i) for r, i in zip(self.ranges, indices, strict=True)})


class Gates(Family):
    """Independent Bernoulli gates: 1 with the keep probability, else 0. `keep` is written in the range symbols."""

    @property
    def keep(self) -> sp.Expr:
        return self._details[2]

    def keep_at(self, indices: Sequence[sp.Expr]) -> sp.Expr:
        return _at(self, self.keep, tuple(indices))


class Recursion(Family):
    """Random or deterministic quantities defined layer by layer: `base` at the first index `start`, `step` above it.

    The first range is the layer index. `step` may mention the family itself only at lower layers, and gates only
    at layers below the one defined: then entry (l, ...) is independent of the gates of layers l and above.
    """

    @property
    def base(self) -> sp.Expr:
        return self._details[2]

    @property
    def step(self) -> sp.Expr:
        return self._details[3]

    @property
    def start(self) -> sp.Expr:
        return self.ranges[0][1]

    def unfold(self, indices: Sequence[sp.Expr]) -> sp.Expr:
        """The defining expression of an entry whose layer is known to be the first or above it."""
        body = self.base if sp.expand(indices[0] - self.start) == 0 else self.step
        return _at(self, _calls_itself(self, body), tuple(indices))


@lru_cache(maxsize=50_000)  # masks unfold the same few entries again and again
def _at(family: Family, expr: sp.Expr, indices: tuple[sp.Expr, ...]) -> sp.Expr:
    return family.at(expr, indices)


@lru_cache(maxsize=1000)
def _calls_itself(family: Recursion, body: sp.Expr) -> sp.Expr:
    """The body of a recursion with the family itself in place of its placeholder."""
    slot = placeholder(family.name, family.ranges)
    calls = {e: Element(family, *e.indices) for e in body.atoms(Element) if e.family == slot}
    return body.xreplace(calls)


class Abstract(Family):
    """Random quantities of unknown law, independent of the gate families named in `independent_of`."""

    @property
    def independent_of(self) -> tuple[str, ...]:
        return self._details[2]


class Element(sp.Expr):
    """An entry of a family: `w[i]`."""

    def __new__(cls, family: Family, *indices: Any) -> Element:
        indices = tuple(sp.sympify(i) for i in indices)
        if len(indices) != len(family.ranges):
            raise IndexError(f"{family} has {len(family.ranges)} indices, got {len(indices)}: {indices}")
        return sp.Expr.__new__(cls, family, *indices)

    @property
    def family(self) -> Family:
        return self.args[0]  # type: ignore[return-value]

    @property
    def indices(self) -> tuple[sp.Expr, ...]:
        return self.args[1:]  # type: ignore[return-value]

    is_commutative = True

    def _eval_derivative(self, x: Any) -> sp.Expr:
        return sp.S.One if x == self else sp.S.Zero

    def _latex(self, printer: Any) -> str:
        if not self.indices:
            return str(printer._print(self.family))
        inside = ",".join(printer._print(i) for i in self.indices)
        return f"{{{printer._print(self.family)}}}_{{{inside}}}"

    def _sympystr(self, printer: Any) -> str:
        inside = ", ".join(printer._print(i) for i in self.indices)
        return f"{self.family.name}[{inside}]" if self.indices else self.family.name

    _diff_wrt = True

    # SymPy collects assumption handlers when a class is made, so each is spelled out
    def _eval_is_real(self) -> bool | None:
        return self.family.domain.assumptions.get("real", self._eval_is_integer())

    def _eval_is_integer(self) -> bool | None:
        return self.family.domain.assumptions.get("integer")

    def _eval_is_finite(self) -> bool | None:
        return True

    def _eval_is_positive(self) -> bool | None:
        return self.family.domain.assumptions.get("positive")

    def _eval_is_nonnegative(self) -> bool | None:
        known = self.family.domain.assumptions
        return True if known.get("positive") or known.get("nonnegative") else None

    def _eval_is_negative(self) -> bool | None:
        known = self.family.domain.assumptions
        return False if known.get("positive") or known.get("nonnegative") else known.get("negative")


class RandomIndex(Scalar):
    """A random index N with P(N = k) = P[k], k = 1..m: a subnetwork drawn from a general distribution."""

    @property
    def probabilities(self) -> Family:
        return self._details[0]

    @property
    def size(self) -> sp.Expr:
        return self.probabilities.ranges[0][2]


class RandomScalar(Scalar):
    """A random number with a law: ("normal", mean, sd), ("uniform", low, high) or ("bernoulli", p)."""

    @property
    def law(self) -> tuple[Any, ...]:
        return self._details


def substitute(expr: Any, mapping: dict[Any, Any]) -> Any:
    """Replace free occurrences of symbols; bound indices are renamed where they would capture."""
    mapping = {k: v for k, v in mapping.items() if k != v}
    if not mapping or not isinstance(expr, sp.Basic):
        return expr
    if expr in mapping:
        return mapping[expr]
    if not expr.args or not (expr.free_symbols | _bound_names(expr)) & set(mapping):
        return expr
    if hasattr(expr, "bound_everywhere"):  # one name bound in all arguments alike
        name = expr.bound_everywhere
        mapping = {k: v for k, v in mapping.items() if k != name}
        if any(name in getattr(v, "free_symbols", set()) for v in mapping.values()):
            expr = expr.xreplace({name: sp.Dummy(name.name, **name.assumptions0)})
        return expr.func(*[substitute(a, mapping) for a in expr.args])
    own = set(getattr(expr, "parameters", ()))  # an optimum over parameters binds them
    if own & (set(mapping) | set().union(*[getattr(v, "free_symbols", set()) for v in mapping.values()])):
        raise ValueError(f"cannot substitute {mapping}: the expression optimises over {own}")
    limits = bound_limits(expr)
    if not limits:
        args = [substitute(a, mapping) for a in expr.args]
        if isinstance(expr, sp.core.relational.Relational):
            return expr.func(*args, evaluate=False)
        return expr.func(*args)
    body = expr.args[0]
    incoming: set[Any] = set().union(*[getattr(v, "free_symbols", set()) for v in mapping.values()])
    renamed: dict[Any, Any] = {}
    for limit in limits:
        if limit[0] in incoming:
            renamed[limit[0]] = _renamed(limit[0], incoming | body.free_symbols)
    inner = {k: v for k, v in mapping.items() if k not in [limit[0] for limit in limits]}
    if renamed:
        body = substitute(body, renamed)
    new = []
    for limit in limits:
        ends = [substitute(substitute(e, renamed), inner) for e in limit[1:]]
        new.append(sp.Tuple(renamed.get(limit[0], limit[0]), *ends))
    return expr.func(substitute(body, inner), *new)


def _renamed(bound: Any, taken: set[Any]) -> Any:
    """A fresh name for a bound index, or a bound scalar of the same domain."""
    if not isinstance(bound, Scalar):
        return sp.Dummy(bound.name, integer=True)
    fresh = bound
    while fresh in taken:
        fresh = Scalar(fresh.name + "'", bound.domain)
    return fresh


def bound_limits(expr: Any) -> tuple[Any, ...]:
    """The (bound symbol, ends...) tuples of a binding expression; empty for any other."""
    if isinstance(expr, (sp.Sum, sp.Product)) or hasattr(expr, "bound_symbols") and hasattr(expr, "limits"):
        return tuple(expr.limits)
    if isinstance(expr, _Extreme):
        return (expr.args[1],)
    return ()


def _bound_names(expr: Any) -> set[Any]:
    return {limit[0] for limit in bound_limits(expr)}


def family(name: str, domain: Domain, *sizes: Any, simplex: bool = False) -> Family:
    """Deterministic family; each size is n (index 1..n) or an (index, first, last) triple."""
    return Family(name, domain, _ranges(sizes), simplex)


def weights(name: str, *sizes: Any) -> Family:
    """Real family, e.g. weights, inputs, biases."""
    return family(name, REAL, *sizes)


def distribution(name: str, size: Any) -> Family:
    """Probabilities P[1..m] summing to one; single outcomes may have probability zero."""
    return Family(name, PROBABILITY, _ranges((size,)), True)


def gates(name: str, keep: Any, *sizes: Any) -> Gates:
    """Independent gates with keep probability `keep`: a Family of the same ranges or an expression."""
    ranges = _ranges(sizes)
    if isinstance(keep, Family):
        keep = Element(keep, *[r[0] for r in ranges][-len(keep.ranges):])
    _require_no_other_index(name, ranges, sp.sympify(keep))
    return Gates(name, UNIT, ranges, False, sp.sympify(keep))


def _require_no_other_index(name: str, ranges: Sequence[Range], *definitions: sp.Expr) -> None:
    """Raise ValueError when a definition uses an index that is not of its own: no sum could reach it there."""
    own = {r[0] for r in ranges}
    for expr in definitions:
        strange = sorted(str(s) for s in expr.free_symbols if not isinstance(s, Scalar) and s not in own)
        if strange:
            raise ValueError(f"the definition of {name!r} uses {', '.join(strange)}; allowed: its own indices "
                             f"{', '.join(map(str, own)) or '(none)'}, bound ones, scalars and families")


def recursion(name: str, ranges: Sequence[Range], base: Any, step: Any, domain: Domain = REAL) -> Recursion:
    """Layer-by-layer definition; `step` may call the family through `placeholder(name, ranges)`. See Recursion."""
    slot = placeholder(name, ranges)
    _require_no_other_index(name, ranges, sp.sympify(base), sp.sympify(step))
    new = Recursion(name, domain, tuple(ranges), False, sp.sympify(base), sp.sympify(step))
    for element, limits in _elements(new.step, ()):
        if element.family == slot or isinstance(element.family, Gates):
            _require_below(new, element, limits)
    return new


def _elements(expr: Any, limits: tuple[Any, ...]) -> list[tuple[Element, tuple[Any, ...]]]:
    """The entries in an expression, each with the index ranges around it, innermost last."""
    if isinstance(expr, Element):
        return [(expr, limits)]
    inner = limits + tuple(reversed(bound_limits(expr)))
    return [found for a in expr.args if isinstance(a, sp.Basic) for found in _elements(a, inner)]


def placeholder(name: str, ranges: Sequence[Range]) -> Family:
    """The name under which a recursion's step refers to the recursion itself."""
    return Family(name, REAL, tuple(ranges), "self")


def _require_below(new: Recursion, element: Element, limits: tuple[Any, ...]) -> None:
    """Raise ValueError unless the element's layer index is provably below the layer being defined."""
    layer = new.ranges[0][0]
    index = element.indices[0]
    top = next((limit[2] for limit in reversed(limits) if limit[0] == index), index)
    bound_again = any(limit[0] in (layer, *top.free_symbols) for limit in limits if limit[0] != index)
    if bound_again or not ((layer - top).is_positive or sp.expand(layer - top) == 1):
        raise ValueError(f"step of recursion {new.name!r} uses {element}; allowed: layers below {layer}")


def subnetwork(name: str, probabilities: Family) -> RandomIndex:
    """Random index over the outcomes of a distribution."""
    return RandomIndex(name, SIZE, probabilities)


def normal(name: str, mean: Any, deviation: Any) -> RandomScalar:
    return RandomScalar(name, REAL, "normal", sp.sympify(mean), sp.sympify(deviation))


def uniform(name: str, low: Any, high: Any) -> RandomScalar:
    return RandomScalar(name, REAL, "uniform", sp.sympify(low), sp.sympify(high))


def index(name: str) -> sp.Symbol:
    """A bound index of sums and families."""
    return sp.Symbol(name, integer=True)


def size(name: str) -> Scalar:
    """A positive integer: a number of inputs, outcomes, layers."""
    return Scalar(name, SIZE)


def natural(name: str) -> Scalar:
    return Scalar(name, NATURAL)


def _ranges(sizes: Sequence[Any]) -> tuple[Range, ...]:
    names = ("i", "j", "k", "l")
    found: list[Range] = []
    for position, given in enumerate(sizes):
        if isinstance(given, tuple):
            symbol, low, high = given
            found.append((symbol, sp.sympify(low), sp.sympify(high)))
        else:
            found.append((index(f"{names[position]}_"), sp.S.One, sp.sympify(given)))
    return tuple(found)


# --- operators, unevaluated -------------------------------------------------------------------------------------


class _Operator(sp.Function):
    """An operator on expressions in random atoms, never evaluated by SymPy."""

    latex_name = ""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        inside = ", ".join(printer._print(a) for a in self.args)
        power = f"^{{{exp}}}" if exp else ""
        return rf"{self.latex_name}{power}\left[{inside}\right]"

    def has(self, *patterns: Any) -> bool:
        # a SymPy sum draws cases that mention its index out of all around them: not out of a mean, they may be random
        return bool(super().has(*[p for p in patterns if p is not sp.Piecewise]))

    def _eval_evalf(self, prec: int) -> None:
        # SymPy evaluates a function of numbers by the mpmath name it finds: of E, that is Euler's number
        return None

    def _eval_is_commutative(self) -> bool:
        return True

    def _eval_is_real(self) -> bool | None:
        return True if all(a.is_real for a in self.args) else None


class E(_Operator):
    """Expectation over all random atoms of the argument."""

    nargs = 1
    latex_name = r"\mathbb{E}"

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.args[0].is_nonnegative else None


class Var(_Operator):
    """Variance over all random atoms of the argument."""

    nargs = 1
    latex_name = r"\operatorname{Var}"

    def _eval_is_nonnegative(self) -> bool:
        return True


class Cov(_Operator):
    """Covariance of two expressions in the same random atoms."""

    nargs = 2
    latex_name = r"\operatorname{Cov}"


class G(_Operator):
    """Weighted geometric mean: the product of outcomes to the power of their probabilities."""

    nargs = 1
    latex_name = "G"


class Gc(_Operator):
    """Weighted geometric mean of the complements, written G' in the papers: Gc(x) = G(1 - x)."""

    nargs = 1
    latex_name = "G'"


class NWGM(_Operator):
    """Normalised weighted geometric mean G / (G + G')."""

    nargs = 1
    latex_name = r"\operatorname{NWGM}"


class Sigma(sp.Function):
    """The logistic function 1/(1 + c exp(-lambda x)); arguments x, c, lambda."""

    nargs = 3

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        x, c, slope = self.args
        base = r"\sigma" if (c, slope) == (1, 1) else rf"\sigma_{{{printer._print(c)},{printer._print(slope)}}}"
        return rf"{base}{power}\left({printer._print(x)}\right)"

    def _eval_is_real(self) -> bool | None:
        return True if all(a.is_real for a in self.args) else None

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[1].is_nonnegative and self.args[0].is_real and self.args[2].is_real else None


class Relu(sp.Function):
    """The rectified linear function max(0, x)."""

    nargs = 1

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"\operatorname{{relu}}{power}\left({printer._print(self.args[0])}\right)"

    def _eval_is_real(self) -> bool | None:
        return True if self.args[0].is_real else None

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.args[0].is_real else None


class _Extreme(sp.Expr):
    """Base of Largest and Smallest: an extreme of an expression over an index range."""

    def __new__(cls, expr: sp.Expr, limits: Any) -> Any:
        return sp.Expr.__new__(cls, sp.sympify(expr), sp.Tuple(*limits))

    is_commutative = True
    latex_name = ""

    @property
    def free_symbols(self) -> set[sp.Basic]:
        bound, low, high = self.args[1].args
        return (self.args[0].free_symbols - {bound}) | low.free_symbols | high.free_symbols

    def _eval_is_real(self) -> bool | None:
        return self.args[0].is_real

    def _eval_is_positive(self) -> bool | None:
        return self.args[0].is_positive

    def _eval_is_nonnegative(self) -> bool | None:
        return self.args[0].is_nonnegative

    def _latex(self, printer: Any) -> str:
        bound, low, high = (printer._print(a) for a in self.args[1].args)
        return rf"{self.latex_name}_{{{low} \leq {bound} \leq {high}}} {printer._print(self.args[0])}"


class Largest(_Extreme):
    """max over an index range: `Largest(O[k], (k, 1, m))`."""

    latex_name = r"\max"


class Smallest(_Extreme):
    """min over an index range."""

    latex_name = r"\min"


def logistic(x: Any, c: Any = 1, slope: Any = 1) -> Sigma:
    """sigma(x) = 1/(1 + c exp(-slope x)): baldi2014 eq. (27)."""
    return Sigma(x, c, slope)


RANDOM = (Gates, RandomIndex, RandomScalar, Abstract, Recursion)


def latex(expr: Any) -> str:
    """LaTeX of a statement or expression."""
    return sp.latex(expr, mul_symbol=None)
