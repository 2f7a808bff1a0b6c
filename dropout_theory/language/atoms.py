"""The atoms of statements: numbers, indexed families, gates, recursions and random quantities, each with its domain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import sympy as sp

from dropout_theory.language.binding import CannotSubstitute, bound_limits, put
from dropout_theory.language.bounds import bounds, lies_in
from dropout_theory.language.checked import expression, integer
from dropout_theory.language.domains import NONNEGATIVE, POSITIVE, REAL, UNIT, Domain
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

    @property
    def ends(self) -> tuple[Any, Any, bool, bool]:
        """The ends between which its values lie, each with whether it is left out, for `bounds`."""
        return self.domain.lower, self.domain.upper, self.domain.open_below, self.domain.open_above

    def renamed(self, name: str) -> Scalar:
        """The same kind of atom under another name."""
        return type(self)(name, self.domain, *self._details)

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
    entries are probabilities that sum to one over the only range.

    Raises ValueError for ranges of other than integers, and for a simplex whose domain is not [0, 1] or whose range
    its ends do not show to hold an index.
    """

    def __new__(cls, name: str, domain: Domain = REAL, *details: Any) -> Family:
        ranges, simplex = (details + ((), False))[:2]
        found: tuple[Range, ...] = ()
        for given in ranges:
            found += (_range(name, found, *given),)
        if simplex is True:
            if len(found) != 1 or not lies_in(found[0][2] - found[0][1], NONNEGATIVE):
                raise ValueError(f"the range of distribution {name!r} is {found}; allowed: one range that is not empty")
            _require_unit(f"distribution {name!r}", domain)
        new = super().__new__(cls, name, domain, found, simplex, *details[2:])
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

    def gaps(self, indices: Sequence[sp.Expr]) -> tuple[sp.Expr, ...]:
        """How far indices lie from both ends of their ranges: they are in range where none of these is negative."""
        return _gaps(self, tuple(indices))

    def at(self, expr: sp.Expr, indices: Sequence[sp.Expr]) -> sp.Expr:
        """`expr`, written in the symbols of `ranges`, at the given indices.

        Raises CannotSubstitute for a random index that would come to stand inside a mean of the expression.
        """
        from dropout_theory.language.substitution import require_outside_means  # it asks what atoms make random

        there = {r[0]: expression(i) for r, i in zip(self.ranges, indices, strict=True)}
        if not all(i.is_number for i in there.values()):
            require_outside_means(expr, there)
        return put(expr, there)


class Gates(Family):
    """Independent Bernoulli gates: 1 with the keep probability, else 0. `keep` is written in the range symbols.

    Where the shape of the keep probability does not show it to lie in [0, 1], that it does is an obligation of whoever
    uses the gates: see `law_conditions`. Raises ValueError for one that never does, and for a domain other than [0, 1].
    """

    moves_with_chance = True

    def __new__(cls, name: str, domain: Domain = UNIT, *details: Any) -> Gates:
        new = super().__new__(cls, name, domain, *details)
        _require_unit(f"gates {name!r}", domain)
        keep = expression(new.keep, f"the keep probability of {name!r}")  # type: ignore[attr-defined]
        _require_no_other_index(new, keep)
        _require_chance(f"the keep probability of {name!r}", keep, new.ranges)
        return new  # type: ignore[return-value]

    @property
    def keep(self) -> sp.Expr:
        return self._details[2]

    def keep_at(self, indices: Sequence[sp.Expr]) -> sp.Expr:
        return _at(self, self.keep, tuple(indices))

    def has_law_at(self, indices: Sequence[sp.Expr]) -> bool:
        """Whether `keep_at` is known to be a probability at indices, whatever numbers their symbols stand for.

        Outside the ranges of the family it need not be one: gates kept with probability i/n for i = 1..n have no law
        at n + 1. There the gate is 0 or 1 with a probability that nothing tells.
        """
        return _has_law(self, tuple(indices))


class Recursion(Family):
    """Random or deterministic quantities defined layer by layer: `base` at the first index `start`, `step` above it.

    The first range is the layer index. `step` may mention the family itself only at lower layers, and gates only
    at layers below the one defined: then entry (l, ...) is independent of the gates of layers l and above.

    Where the shape of `base` and `step` does not show them to lie in a declared domain, entries of lower layers being
    in it, that they do is an obligation of whoever uses the family: see `member_conditions`. Raises ValueError for a
    step that uses other layers, for an index that is not of its own, for what never lies in the domain, and for what is
    declared an integer and is none by its shape.
    """

    moves_with_chance = True

    def __new__(cls, name: str, domain: Domain = REAL, *details: Any) -> Recursion:
        new: Any = super().__new__(cls, name, domain, *details)
        _require_no_other_index(new, expression(new.base, f"the base of {name!r}"),
                                expression(new.step, f"the step of {name!r}"))
        slot = placeholder(name, new.ranges)
        for element, limits in _elements(new.step, ()):
            if element.family == slot or isinstance(element.family, Gates):
                _require_below(new, element, limits)
        if domain != REAL:
            for what, value in (("base", new.base), ("step", _with_domain(new))):
                if domain.integer and not value.is_integer or _never_in(value, domain, new.ranges):
                    raise ValueError(f"the {what} of recursion {name!r} is {getattr(new, what)}, which does not lie in "
                                     f"its domain {domain}; allowed: what can, integers by their shape")
        return new  # type: ignore[no-any-return]

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
        """The defining expression of an entry that is known to be defined: see `unfold_known`, `proof.unfolded`."""
        body = self.base if sp.expand(indices[0] - self.start) == 0 else self.step
        return _at(self, _calls_itself(self, body), tuple(indices))

    def unfold_known(self, indices: Sequence[sp.Expr], value: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
        """The defining expression of an entry. `value` puts numbers for the names in how far it is inside the ranges.

        Raises ValueError below the first layer, and elsewhere outside where the domain tells more of the entry than
        its definition.
        """
        gaps = self.gaps(indices)
        above = value(gaps[0]) if gaps[0].free_symbols else gaps[0]
        if above != 0 and not above.is_positive:
            raise ValueError(f"layer {indices[0]} of {self.name!r} is not known to be its first one or above it")
        if not self.keeps_to_domain(indices):
            for gap in gaps:
                if not (value(gap) if gap.free_symbols else gap).is_nonnegative:
                    raise ValueError(f"entry {tuple(indices)} of {self.name!r} is not known to be in its ranges")
        return _at(self, _calls_itself(self, self.base if above == 0 else self.step), tuple(indices))

    def keeps_to_domain(self, indices: Sequence[sp.Expr]) -> bool:
        """Whether the definition lies in the domain at indices wherever they lie, and not only in their ranges."""
        return self.domain == REAL or _keeps_to_domain(self, tuple(indices))


@lru_cache(maxsize=50_000)
def _gaps(family: Family, indices: tuple[sp.Expr, ...]) -> tuple[sp.Expr, ...]:
    return tuple(gap for i, (_, low, high) in zip(indices, family.ranges, strict=True)
                 for gap in (i - family.at(low, indices), family.at(high, indices) - i))


@lru_cache(maxsize=50_000)  # masks unfold the same few entries again and again
def _at(family: Family, expr: sp.Expr, indices: tuple[sp.Expr, ...]) -> sp.Expr:
    return family.at(expr, indices)


@lru_cache(maxsize=50_000)
def _has_law(family: Gates, indices: tuple[sp.Expr, ...]) -> bool:
    if lies_in(family.keep, UNIT):
        return True
    if not family.keep.free_symbols & {r[0] for r in family.ranges} and all(
            lies_in(high - low, NONNEGATIVE, family.ranges[:n]) for n, (_, low, high) in enumerate(family.ranges)):
        return True  # one for all indices, of which there is one in range
    try:
        if lies_in(family.keep_at(indices), UNIT):
            return True
    except CannotSubstitute:  # a random index in a mean
        return False
    return all(lies_in(sp.expand(gap), NONNEGATIVE) for gap in family.gaps(indices))


def _never_in(value: sp.Expr, domain: Domain, ranges: Sequence[Range]) -> bool:
    """Whether an expression lies outside a domain whatever its names stand for."""
    low, high, open_below, open_above = bounds(sp.expand(value), tuple(ranges))
    above = low > domain.upper or low == domain.upper and (open_below or domain.open_above)
    return bool(above or high < domain.lower or high == domain.lower and (open_above or domain.open_below))


@lru_cache(maxsize=4096)
def member_conditions(family: Recursion) -> tuple[tuple[sp.Expr, tuple[Any, ...]], ...]:
    """The base and the step of a recursion, each with what it must satisfy to lie in the declared domain beyond what
    its shape shows, in the range symbols.

    In the step an entry of a lower layer is any number of the domain. Empty where the shapes show it all.
    """
    found = [(value, () if lies_in(value, family.domain, family.ranges) else family.domain.conditions(value))
             for value in (family.base, _with_domain(family))] if family.domain != REAL else []
    return tuple(found) if any(conditions for _, conditions in found) else ()


def _with_domain(family: Recursion) -> sp.Expr:
    """The step of a recursion with its entries of lower layers in the domain, and no more known of them."""
    inside = Family(family.name, family.domain, family.ranges, False, "entries of lower layers")
    slot = placeholder(family.name, family.ranges)
    lower = {e: Element(inside, *e.indices) for e in family.step.atoms(Element) if e.family == slot}
    return family.step.xreplace(lower)


@lru_cache(maxsize=50_000)
def _keeps_to_domain(family: Recursion, indices: tuple[sp.Expr, ...]) -> bool:
    return all(lies_in(body, family.domain) or lies_in(_at(family, body, indices), family.domain)
               for body in (family.base, _with_domain(family)))


@lru_cache(maxsize=1000)
def _calls_itself(family: Recursion, body: sp.Expr) -> sp.Expr:
    """The body of a recursion with the family itself in place of its placeholder."""
    slot = placeholder(family.name, family.ranges)
    calls = {e: Element(family, *e.indices) for e in body.atoms(Element) if e.family == slot}
    return body.xreplace(calls)


def _require_no_other_index(family: Family, *definitions: sp.Expr) -> None:
    """Raise ValueError when a definition uses an index that is not of the family: no sum could reach it there."""
    own = {r[0] for r in family.ranges}
    for expr in definitions:
        strange = sorted(str(s) for s in expr.free_symbols if not isinstance(s, Scalar) and s not in own)
        if strange:
            raise ValueError(f"the definition of {family.name!r} uses {', '.join(strange)}; allowed: its own indices "
                             f"{', '.join(map(str, own)) or '(none)'}, bound ones, scalars and families")


def _elements(expr: Any, limits: tuple[Any, ...]) -> list[tuple[Element, tuple[Any, ...]]]:
    """The entries in an expression, each with the index ranges around it, innermost last."""
    if isinstance(expr, Element):
        return [(expr, limits)]
    inner = limits + tuple(reversed(bound_limits(expr)))
    return [found for a in expr.args if isinstance(a, sp.Basic) for found in _elements(a, inner)]


def _require_below(new: Recursion, element: Element, limits: tuple[Any, ...]) -> None:
    """Raise ValueError unless the element's layer index is provably below the layer being defined."""
    layer = new.ranges[0][0]
    index = element.indices[0] if element.indices else layer  # the same for every layer: not of a lower one
    top = next((limit[2] for limit in reversed(limits) if limit[0] == index), index)
    bound_again = any(limit[0] in (layer, *top.free_symbols) for limit in limits if limit[0] != index)
    if bound_again or not ((layer - top).is_positive or sp.expand(layer - top) == 1):
        raise ValueError(f"step of recursion {new.name!r} uses {element}; allowed: layers below {layer}")


class Abstract(Family):
    """Random quantities of unknown law, independent of the gate families named in `independent_of`."""

    moves_with_chance = True

    @property
    def independent_of(self) -> tuple[str, ...]:
        return self._details[2]


class Element(sp.Expr):
    """An entry of a family: `w[i]`."""

    def __new__(cls, family: Family, *indices: Any) -> Element:
        try:
            indices = tuple(integer(i, "an index") for i in indices)
        except ValueError as error:  # the family is written out only here: entries are made by the million
            raise ValueError(str(error).replace("an index", f"an index of {family}", 1)) from None
        if len(indices) != len(family.ranges):
            raise IndexError(f"{family} has {len(family.ranges)} indices, got {len(indices)}: {indices}")
        return sp.Expr.__new__(cls, family, *indices)

    @property
    def family(self) -> Family:
        return self.args[0]  # type: ignore[return-value]

    @property
    def indices(self) -> tuple[sp.Expr, ...]:
        return self.args[1:]  # type: ignore[return-value]

    @property
    def ends(self) -> tuple[Any, Any, bool, bool]:
        """The ends between which its values lie: those of the family's domain."""
        return self.family.ends

    is_commutative = True

    def _eval_derivative(self, x: Any) -> sp.Expr | None:
        """1 by the entry itself, 0 by another; None, so that it stays a derivative, where more must be known."""
        if x == self:
            return sp.S.One
        if isinstance(self.family, Recursion) or not isinstance(x, Element) and self.free_symbols & x.free_symbols:
            return None
        if not isinstance(x, Element) or x.family != self.family:
            return sp.S.Zero
        return sp.Mul(*[sp.KroneckerDelta(i, j) for i, j in zip(self.indices, x.indices, strict=True)])

    def diff(self, *symbols: Any, **assumptions: Any) -> Any:
        """The derivative. Raises CannotSubstitute by what its definition hides: SymPy would take it for a constant."""
        from dropout_theory.language.dependence import hidden_dependencies

        if unseen := hidden_dependencies(self).intersection(sp.Tuple(*symbols).free_symbols):
            raise CannotSubstitute(f"the derivative of {self}, which depends on {', '.join(sorted(map(str, unseen)))}")
        return super().diff(*symbols, **assumptions)

    def _latex(self, printer: Any) -> str:
        if not self.indices:
            return str(printer._print(self.family))
        inside = ",".join(printer._print(i) for i in self.indices)
        return f"{{{printer._print(self.family)}}}_{{{inside}}}"

    def _sympystr(self, printer: Any) -> str:
        inside = ", ".join(printer._print(i) for i in self.indices)
        return f"{self.family.name}[{inside}]" if self.indices else self.family.name

    _diff_wrt = True
    is_symbol = True  # so that SymPy asks it for derivatives, and does not put a name for each place where it stands

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
    """A random index N with P(N = k) = P[k], k = 1..m: a subnetwork drawn from a general distribution.

    Raises ValueError for a distribution that is not indexed from 1, and for a domain that leaves an outcome out.
    """

    moves_with_chance = True

    def __new__(cls, name: str, domain: Domain, *details: Any) -> RandomIndex:
        probabilities, = details
        if not isinstance(probabilities, Family) or probabilities.simplex is not True:
            raise ValueError(f"{name!r} is drawn from {probabilities}; allowed: a distribution")
        if probabilities.ranges[0][1] != 1:
            raise ValueError(f"{name!r} is drawn from {probabilities}, whose index starts at "
                             f"{probabilities.ranges[0][1]}; allowed: a distribution over 1, 2, ... , m")
        if not domain.integer or domain.lower > 1 or domain.upper.is_finite:
            raise ValueError(f"the domain of {name!r} is {domain}; allowed: integers, all from 1 on among them")
        return super().__new__(cls, name, domain, *details)  # type: ignore[return-value]

    @property
    def probabilities(self) -> Family:
        return self._details[0]

    @property
    def size(self) -> sp.Expr:
        return self.probabilities.ranges[0][2]


class RandomScalar(Scalar):
    """A random number with a law: ("normal", mean, sd), ("uniform", low, high) or ("bernoulli", p).

    The numbers of a law must be what it asks for by their shape: sd >= 0, low < high; of p in [0, 1] what its shape
    does not show is an obligation, see `law_conditions`. Raises ValueError for others, for a law of another name, and
    for a domain that does not hold all outcomes.
    """

    moves_with_chance = True

    def __new__(cls, name: str, domain: Domain, *details: Any) -> RandomScalar:
        law, *given = details
        numbers = [expression(v, f"the law of {name!r}") for v in given]
        if len(numbers) != {"normal": 2, "uniform": 2, "bernoulli": 1}.get(law):
            raise ValueError(f"the law of {name!r} is {details}; allowed: normal with a mean and a deviation, uniform "
                             "with a lower and an upper end, bernoulli with a probability")
        if law == "normal":
            fits, holds = lies_in(numbers[1], NONNEGATIVE), domain == REAL
        elif law == "uniform":
            fits = lies_in(numbers[1] - numbers[0], POSITIVE)
            holds = not domain.integer and all(lies_in(end, domain) for end in numbers)
        else:
            _require_chance(f"the probability of {name!r}", numbers[0], ())
            fits, holds = True, domain.contains(sp.S.Zero) and domain.contains(sp.S.One)
        if not fits:
            raise ValueError(f"the law of {name!r} is {law} with {', '.join(map(str, numbers))}; allowed: a deviation "
                             "that is not negative, a lower end below the upper one")
        if not holds:
            raise ValueError(f"the domain of {name!r} is {domain}; allowed: one that holds all outcomes of {law}")
        return super().__new__(cls, name, domain, law, *numbers)  # type: ignore[return-value]

    @property
    def ends(self) -> tuple[Any, Any, bool, bool]:
        """The ends between which its outcomes lie."""
        if self.law[0] == "uniform":
            return self.law[1], self.law[2], False, False
        return super().ends

    @property
    def law(self) -> tuple[Any, ...]:
        return self._details


def _range(name: str, before: tuple[Range, ...], symbol: Any, low: Any, high: Any) -> Range:
    """A range of indices as SymPy has it, after those before it.

    Raises ValueError for ends that are known to be no integers, and for an index of which more is known than its
    range shows: laws and definitions are read by what is known of it.
    """
    if not isinstance(symbol, sp.Symbol) or not symbol.is_integer:
        raise ValueError(f"an index of {name!r} is {symbol}; allowed: index symbols")
    ends = integer(low, f"the first index of {name!r}"), integer(high, f"the last index of {name!r}")
    for end in ends:
        if not end.is_integer:
            raise ValueError(f"an end of the range of {symbol} in {name!r} is {end}; allowed: integers by their shape")
        if any(getattr(s, "moves_with_chance", False) for s in end.free_symbols):
            raise ValueError(f"an end of the range of {symbol} in {name!r} is {end}; allowed: nothing random")
    if not _in_range(symbol, *ends, before):
        raise ValueError(f"the index {symbol} of {name!r} goes from {ends[0]} to {ends[1]}, and more is known of it; "
                         "allowed: a plain index, or a number whose domain holds the range by its shape")
    return symbol, *ends


def _in_range(symbol: sp.Symbol, low: sp.Expr, high: sp.Expr, before: tuple[Range, ...]) -> bool:
    """Whether an index keeps what is known of it in all of its range."""
    if type(symbol) is not Scalar:
        return not isinstance(symbol, Scalar) and set(symbol._assumptions_orig) <= {"integer", "real", "finite"}
    domain = symbol.domain
    return (domain.lower == -sp.oo or lies_in(low, domain, before)) \
        and (domain.upper == sp.oo or lies_in(high, domain, before))


def _require_unit(what: str, domain: Domain) -> None:
    if domain.integer or (domain.lower, domain.upper, domain.open_below, domain.open_above) != (0, 1, False, False):
        raise ValueError(f"the domain of {what} is {domain}; allowed: the numbers from 0 to 1")


def _require_chance(what: str, given: Any, ranges: Sequence[Range]) -> None:
    """Raise ValueError for what is no exact real expression, or lies outside [0, 1] whatever its names stand for."""
    chance = expression(given, what)
    low, high, open_below, open_above = bounds(sp.expand(chance), tuple(ranges))
    if low > 1 or low == 1 and open_below or high < 0 or high == 0 and open_above:
        raise ValueError(f"{what} is {chance}, no probability; allowed: an expression that can lie in [0, 1]")


@lru_cache(maxsize=4096)
def law_conditions(atom: Gates | RandomScalar) -> tuple[Any, ...]:
    """What a keep probability must satisfy beyond what its shape shows, in the range symbols of its family.

    Empty where the shape shows that it lies in [0, 1], its names standing for any numbers of their domains: see
    `lies_in`.
    """
    if isinstance(atom, RandomScalar) and atom.law[0] != "bernoulli":
        return ()
    chance = sp.sympify(chance_of(atom))
    ranges = atom.ranges if isinstance(atom, Gates) else ()
    if lies_in(chance, UNIT, ranges):
        return ()
    sides = ((sp.Le(0, chance, evaluate=False), chance), (sp.Le(chance, 1, evaluate=False), 1 - chance))
    return tuple(side for side, gap in sides if not lies_in(gap, NONNEGATIVE, ranges))


def chance_of(atom: Gates | RandomScalar) -> sp.Expr:
    """The probability with which a gate or a Bernoulli variable is 1, in the range symbols of its family."""
    return atom.keep if isinstance(atom, Gates) else atom.law[1]  # type: ignore[no-any-return]


def placeholder(name: str, ranges: Sequence[Range]) -> Family:
    """The name under which a recursion's step refers to the recursion itself."""
    return Family(name, REAL, tuple(ranges), "self")


RANDOM = (Gates, RandomIndex, RandomScalar, Abstract, Recursion)
