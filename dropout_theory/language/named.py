"""Named notions: a name such as psi(3) stands in a statement and carries its definition along.

A `Notion` is what a paper gives a name to; calling it makes a `Named`, an expression that prints as the name alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.printing.precedence import PRECEDENCE

from dropout_theory.language.binding import put, rebuilt
from dropout_theory.language.checked import expression

_MARK = "@"  # before the level of a formal parameter: in no name that anyone writes


class Label(sp.Atom):
    """The name under which a notion prints, and what it means in words; the words tell no two labels apart."""

    def __new__(cls, name: str, meaning: str, latex: str) -> Label:
        new = super().__new__(cls)
        new.name, new.meaning, new.latex = name, meaning, latex
        return new

    name: str
    meaning: str
    latex: str

    def __getnewargs__(self) -> tuple[str, str, str]:
        return self.name, self.meaning, self.latex

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.name, self.latex)

    def _sympystr(self, printer: Any) -> str:
        return self.name

    def _sympyrepr(self, printer: Any) -> str:
        return f"Label({self.name!r}, {self.latex!r})"


class Named(sp.Expr):
    """A notion at its arguments: args = (label, body in the slots, Tuple of slots, Tuple of arguments).

    The slots are the formal parameters under names of their own, so that none captures or is captured.
    Raises ValueError for a random argument whose slot stands in a mean: psi(N) is psi at the outcome of N, and no mean
    over N.
    """

    is_commutative = True

    def __new__(cls, label: Label, body: Any, slots: sp.Tuple, arguments: sp.Tuple) -> Named:
        for slot, argument in zip(slots, arguments, strict=True):  # type: ignore[call-overload]
            if slot in _averaged(body) and _is_random(argument):
                raise ValueError(f"{argument} is random: not allowed where {label} takes a mean over what it is put in")
        return sp.Expr.__new__(cls, label, body, slots, arguments)

    @property
    def label(self) -> Label:
        return self.args[0]  # type: ignore[return-value]

    @property
    def arguments(self) -> tuple[Any, ...]:
        return tuple(self.args[3])  # type: ignore[arg-type]

    @property
    def notion(self) -> Notion:
        """What the name stands for at any arguments, its formal parameters under the names they print with."""
        _, body, slots, _ = self.args
        shown: dict[Any, Any] = {}
        for slot in slots:  # type: ignore[attr-defined]
            name = slot.name.partition(_MARK)[0]
            while any(s.name == name for s in (*body.free_symbols, *shown.values())):  # type: ignore[attr-defined]
                name += "'"
            shown[slot] = _renamed(slot, name)
        return Notion(self.label.name, tuple(shown.values()), put(body, shown), self.label.meaning,
                      self.label.latex)

    @property
    def unfolded(self) -> Any:
        """The definition with the arguments put in; names in it stay."""
        _, body, slots, arguments = self.args
        return put(body, dict(zip(slots, arguments, strict=True)))  # type: ignore[call-overload]

    @property
    def own_scopes(self) -> list[tuple[Any, set[Any]]]:
        """Its parts, each with what it binds in them, for `scopes`."""
        return [(self.args[1], set(self.args[2])), (self.args[3], set())]  # type: ignore[call-overload]

    @property
    def free_symbols(self) -> set[sp.Basic]:
        _, body, slots, arguments = self.args
        return (body.free_symbols - set(slots)) | arguments.free_symbols  # type: ignore[call-overload]

    @property
    def precedence(self) -> int:
        """How closely the name binds in print: as a product or a power where it looks like one, as v·x and |W|^2 do."""
        outside = re.sub(r"\([^()]*\)", "", self.label.name)
        return int(PRECEDENCE["Mul" if "·" in outside else "Pow" if "^" in outside else "Atom"])

    def _eval_derivative(self, x: Any) -> Any:
        return sp.diff(self.unfolded, x)

    def _sympystr(self, printer: Any) -> str:
        return applied(self.label.name, [printer._print(a) for a in self.arguments])

    def _latex(self, printer: Any) -> str:
        name = self.label.latex or printer._print(sp.Symbol(self.label.name))
        name = re.sub(r"^[A-Za-z]{2,}", r"\\operatorname{\g<0>}", name)
        name = re.sub(r"([_^])(\d{2,}|[A-Za-z]{2,})", r"\1{\\mathrm{\2}}", name)
        arguments = [printer._print(a) for a in self.arguments]
        if "%s" in name:
            return str(name % tuple(arguments))
        return rf"{name}\left({', '.join(arguments)}\right)" if arguments else name

    # SymPy collects assumption handlers when a class is made, so each is spelled out
    def _eval_is_real(self) -> bool | None:
        return self.unfolded.is_real

    def _eval_is_finite(self) -> bool | None:
        return self.unfolded.is_finite

    def _eval_is_integer(self) -> bool | None:
        return self.unfolded.is_integer

    def _eval_is_zero(self) -> bool | None:
        return self.unfolded.is_zero

    def _eval_is_positive(self) -> bool | None:
        return self.unfolded.is_positive

    def _eval_is_negative(self) -> bool | None:
        return self.unfolded.is_negative

    def _eval_is_nonnegative(self) -> bool | None:
        return self.unfolded.is_nonnegative


class Notion:
    """What a name stands for: `psi = Notion("psi", (l,), body, "mean output on the first l inputs")`, used as `psi(3)`.

    The formal parameters are indices, scalars or families. Without any, `psi()` is the notion itself. `latex` is the
    name in LaTeX, where it is not that of a symbol. Arguments stand in parentheses, or where a name has `%s`.
    Raises ValueError for a body that is no expression, for a number of arguments that does not fit a call or the places
    in a name, and for a parameter that defines an atom of the body, such as the keep probability of gates.
    """

    def __init__(self, name: str, parameters: Sequence[Any], body: Any, meaning: str, latex: str = "") -> None:
        body = expression(body, f"the body of {name!r}")
        self.name, self.parameters, self.body, self.meaning, self.latex = name, tuple(parameters), body, meaning, latex
        for written in (name, latex):
            if written.count("%s") not in (0, len(self.parameters)):
                raise ValueError(f"{written!r} has places for {written.count('%s')} arguments, not for "
                                 f"{len(self.parameters)}")
        fixed = _hidden(body) & set(self.parameters)
        if fixed:
            raise ValueError(f"atoms in the body of {name!r} are defined by {', '.join(map(str, fixed))}: no parameter")
        level = 1 + max((int(s.name.partition(_MARK)[2]) for s in _slots(body)), default=0)
        self._slots = {p: _renamed(p, f"{p.name}{_MARK}{level}") for p in self.parameters}
        self._slotted = put(body, self._slots)

    def __call__(self, *arguments: Any) -> Named:
        if len(arguments) != len(self.parameters):
            raise ValueError(f"{self.name} has {len(self.parameters)} parameters, got {len(arguments)}: {arguments}")
        return Named(Label(self.name, self.meaning, self.latex), self._slotted, sp.Tuple(*self._slots.values()),
                     sp.Tuple(*[a if isinstance(a, sp.Symbol) else expression(a, f"an argument of {self.name}")
                                for a in arguments]))


def notion(name: str, body: Any, meaning: str, latex: str = "") -> Named:
    """A notion without parameters: `J_D = notion("J_D", body, "the dropout criterion")`. See Notion."""
    return Notion(name, (), body, meaning, latex)()


def applied(name: str, arguments: Sequence[str]) -> str:
    """A name and its arguments as they are written: `%s` in a name marks the place of each, as in `h_%s(x)`."""
    if "%s" in name:
        before, *after = name.split("%s")
        for argument, rest in zip(arguments, after, strict=True):
            bare = re.fullmatch(r"\w+'*", argument) or (before[-1:], rest[:1]) == ("(", ")")
            before += (argument if bare else f"({argument})") + rest
        return before
    return f"{name}({', '.join(arguments)})" if arguments else name


def _renamed(symbol: Any, name: str) -> Any:
    """A symbol of the same kind under another name."""
    if hasattr(symbol, "domain"):
        return type(symbol)(name, symbol.domain, *symbol._details)
    return sp.Symbol(name, **symbol._assumptions_orig)


def _hidden(body: Any) -> set[Any]:
    """What the laws, ranges and definitions of a body's atoms depend on: no value put into the body moves these."""
    found: set[Any] = set()
    waiting = [atom for atom in body.atoms(sp.Symbol) if hasattr(atom, "domain")]
    seen = set(waiting)
    while waiting:
        atom = waiting.pop()
        mentioned = {s for part in _parts(atom._details) for s in part.free_symbols}
        found |= mentioned - {r[0] for r in getattr(atom, "ranges", ())}
        new = {s for s in mentioned if hasattr(s, "domain")} - seen
        seen |= new
        waiting += new
    return found


def _parts(details: Any) -> list[sp.Basic]:
    """The expressions in what defines an atom."""
    if isinstance(details, tuple):
        return [part for inner in details for part in _parts(inner)]
    return [details] if isinstance(details, sp.Basic) else []


@lru_cache(maxsize=1 << 12)
def _averaged(body: Any) -> frozenset[Any]:
    """The symbols that stand in means, or in anything else that is one number for all outcomes."""
    from dropout_theory.language.operators import Operator

    return frozenset().union(*[part.free_symbols for part in unnamed(body).atoms(Operator)])


def _is_random(argument: Any) -> bool:
    from dropout_theory.language.dependence import is_random

    return is_random(argument)


def _slots(body: Any) -> set[Any]:
    return {slot for found in body.atoms(Named) for slot in found.args[2]}


def unnamed(expr: Any) -> Any:
    """An expression, a statement or a tuple of such with every name unfolded."""
    if isinstance(expr, tuple):
        return tuple(unnamed(e) for e in expr)
    return _unnamed(expr) if isinstance(expr, sp.Basic) else expr


@lru_cache(maxsize=1 << 14)  # claims share notions, and proofs ask again for each of their steps
def _unnamed(expr: sp.Basic) -> Any:
    if not _holds_names(expr):
        return expr
    if isinstance(expr, Named):
        return _unnamed(expr.unfolded)
    return rebuilt(expr, [unnamed(a) for a in expr.args])


def _holds_names(expr: sp.Basic) -> bool:
    waiting, seen = [expr], set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Named):
            return True
        if node not in seen:
            seen.add(node)
            waiting += node.args
    return False
