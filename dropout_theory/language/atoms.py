"""The atoms of statements: numbers, indexed families, gates, recursions and random quantities, each with its domain."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sympy as sp

from dropout_theory.language.binding import put
from dropout_theory.language.domains import REAL, Domain
from dropout_theory.language.named import unnamed

Range = tuple[sp.Symbol, sp.Expr, sp.Expr]


class Scalar(sp.Symbol):
    """A named number with a domain: `Scalar("p", PROBABILITY)`."""

    domain: Domain
    _details: tuple[Any, ...]

    def __new__(cls, name: str, domain: Domain = REAL, *details: Any) -> Scalar:
        new = sp.Symbol.__xnew__(cls, name, **domain.assumptions)
        new.domain = domain
        new._details = unnamed(details)  # what defines an atom stands in no statement: names would not be seen there
        return new

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self), (self.name, self.domain, *self._details)

    def renamed(self, name: str) -> Scalar:
        """A number of the same domain under another name."""
        return Scalar(name, self.domain)

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
        return put(expr, {r[0]: sp.sympify(i) for r, i in zip(self.ranges, indices, strict=True)})


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


def placeholder(name: str, ranges: Sequence[Range]) -> Family:
    """The name under which a recursion's step refers to the recursion itself."""
    return Family(name, REAL, tuple(ranges), "self")


RANDOM = (Gates, RandomIndex, RandomScalar, Abstract, Recursion)
