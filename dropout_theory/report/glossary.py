"""What the symbols of a statement stand for: named notions, functions, and the domains, ranges and laws of atoms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from dropout_theory import language as lang
from dropout_theory.experiment.simulated import Simulated
from dropout_theory.language import OPEN_PROBABILITY, latex, plain
from dropout_theory.language.printing import own_shape, plain_name, shapes

Show = Callable[[Any], str]

# What an operator or function prints as, and its definition in words.
_FUNCTIONS: dict[type, tuple[str, str]] = {
    lang.G: ("G(X)", "geometric mean of X: the product of its values, each to the power of its probability"),
    lang.Gc: ("G'(X)", "geometric mean of the complement: G(1 - X)"),
    lang.NWGM: ("NWGM(X)", "normalised weighted geometric mean: G(X)/(G(X) + G'(X))"),
    lang.Relu: ("Relu(s)", "max(0, s)"),
    lang.LargestOutcome: ("max over outcomes(X)", "the largest value that X takes with positive probability"),
    lang.Stirling2: ("Stirling2(k, j)", "Stirling number of the second kind: the ways to split k things into j blocks"),
    lang.SameToOrder: ("o(s)", "what, divided by s, tends to 0 as the small quantity falls to 0"),
    sp.Piecewise: ("1[A]", "1 where A holds, else 0"),
    sp.KroneckerDelta: ("1[A]", "1 where A holds, else 0"),
    sp.bell: ("bell(k)", "Bell number: the ways to split k things into blocks"),
    sp.bernoulli: ("bernoulli(k)", "Bernoulli number"),
    sp.zeta: ("zeta(s)", "the Riemann zeta function"),
    sp.erf: ("erf(s)", "the error function"),
}
_VALUES = {"positive ": "positive", "non-negative ": "nonnegative", "real ": "real"}
_NEEDED = {lang.NWGM: (lang.G, lang.Gc), lang.Gc: (lang.G,)}


def glossary(claim: Any) -> list[dict[str, str]]:
    """What a claim's statement and hypotheses speak of: its notions with their definitions, in the order in which they
    are met, then functions and operators, then symbol and meaning of every free atom, sorted by symbol."""
    if claim.statement is None:
        return []
    statements = said(claim)
    notions = [_notion(notion, statements) for notion in _notions(statements)]
    return [*notions, *_functions(claim), *_atomic(statements)]


def said(claim: Any) -> list[Any]:
    """All that a claim says, to be read together."""
    return [s for s in (claim.statement, *(h.condition for h in claim.hypotheses)) if s is not None]


def _functions(claim: Any) -> list[dict[str, str]]:
    """The functions and operators of a claim that are not everyone's."""
    statements = [lang.unnamed(s) for s in said(claim)]
    nodes = {node for s in statements for node in _everything(s)}
    kinds = {type(node) for node in nodes}
    kinds |= {needed for kind in kinds for needed in _NEEDED.get(kind, ())}
    found = list(dict.fromkeys(entry for kind, entry in _FUNCTIONS.items() if kind in kinds))
    pairs, own = shapes(*nodes), own_shape(*nodes)
    if (1, 1) in pairs:
        found.append(("σ(s)", "logistic function 1/(1 + exp(-s))"))
    if own and own != (1, 1):
        c, slope = map(plain, own)
        found.append(("σ(s)", f"logistic function 1/(1 + {c}*exp(-{slope}*s))"))
    elif pairs - {(1, 1)}:
        found.append(("σ(s; c, λ)", "logistic function 1/(1 + c*exp(-λ*s))"))
    for function in sorted({node.func for node in nodes if isinstance(node, AppliedUndef)}, key=str):
        known = next((word for word, fact in _VALUES.items() if function._kwargs.get(fact)), "")
        held = ", ".join(h.name for h in claim.hypotheses if h.condition.has(function))
        found.append((plain_name(function), f"any {known}function" + (f"; hypotheses: {held}" if held else "")))
    return [{"symbol": symbol, "meaning": meaning} for symbol, meaning in found]


def _everything(expr: Any) -> Iterator[Any]:
    """The parts of an expression and of what defines its atoms."""
    seen: set[Any] = set()
    waiting = [expr]
    while waiting:
        for node in sp.preorder_traversal(waiting.pop()):
            if node not in seen:
                seen.add(node)
                yield node
                if isinstance(node, lang.Scalar) and not _is_slot(node):
                    waiting += [sp.sympify(part) for part in _mentioned(node)]


def _notions(statements: list[Any]) -> list[Any]:
    """Named notions, each once, what defines one after it."""
    found: dict[tuple[Any, ...], Any] = {}

    def walk(node: Any) -> None:  # SymPy's traversal takes the arguments of an extreme in no fixed order
        if isinstance(node, lang.Named) and node.args[:3] not in found:
            found[node.args[:3]] = node.notion
        for part in node.args:
            walk(part)

    for statement in statements:
        walk(statement)
    return list(found.values())


def _notion(notion: lang.Notion, statements: list[Any]) -> dict[str, str]:
    return {"symbol": plain(notion(*notion.parameters), statements), "meaning": notion.meaning,
            "definition_plain": plain(notion.body, statements), "definition": latex(notion.body)}


def _atomic(statements: list[Any]) -> list[dict[str, str]]:
    found = {(plain(entry(a)), meaning(a)) for a in spoken_of(statements)}  # two atoms may share a symbol
    return [{"symbol": symbol, "meaning": told}
            for symbol, told in sorted(found, key=lambda entry: (entry[0].lower(), *entry))]


def spoken_of(statements: Iterable[Any]) -> list[Any]:
    """The atoms that statements speak of, and those that the meaning of these refers to."""
    whole = [lang.unnamed(s) for s in statements]
    bound = _quantified(whole)
    pending = [a for s in whole for a in _atoms(s) if a not in bound]
    found: dict[Any, None] = {}
    while pending:
        atom = pending.pop()
        if atom not in found:
            found[atom] = None
            pending += [a for part in _mentioned(atom) for a in _atoms(part) if a != atom]
    return list(found)


def _atoms(expr: Any) -> set[Any]:
    return {a for a in sp.sympify(expr).atoms(lang.Scalar) if not _is_slot(a)}


def _quantified(statements: list[Any]) -> set[Any]:
    """Numbers that stand only under quantifiers, which name their domains."""
    bound = {symbol for s in statements for node in s.atoms(lang.ForAll, lang.Exists) for symbol in node.bound_symbols
             if not isinstance(symbol, lang.Family)}
    return bound - {symbol for s in statements for symbol in s.free_symbols}


def _is_slot(atom: Any) -> bool:
    """A recursion's name for itself inside its step: not an atom of its own."""
    return type(atom) is lang.Family and atom.simplex == "self"


def _mentioned(atom: Any) -> list[Any]:
    """Expressions that the meaning of an atom refers to."""
    if isinstance(atom, lang.RandomIndex):
        return [atom.probabilities]
    if isinstance(atom, lang.RandomScalar):
        return [p for p in atom.law[1:] if isinstance(p, sp.Basic)]
    parts: list[Any] = []
    if isinstance(atom, lang.Family):
        parts += [end for _, low, high in atom.ranges for end in (low, high)]
    if isinstance(atom, lang.Gates):
        parts.append(atom.keep)
    if isinstance(atom, lang.Recursion):
        parts += [atom.base, atom.step]
    return parts


def entry(atom: Any) -> Any:
    """An atom as it stands in formulas: of a family, an entry."""
    ranges = atom.ranges if isinstance(atom, lang.Family) else ()
    return lang.Element(atom, *[r[0] for r in ranges]) if ranges else atom


def told(atoms: Iterable[Any], show: Show) -> list[tuple[str, str]]:
    """Atoms with their meanings in words and formulas, as `show` writes these, in the order of their names."""
    found = {(plain(entry(a)), show(entry(a)), meaning(a, show)) for a in atoms}
    return [entry[1:] for entry in sorted(found, key=lambda entry: (entry[0].lower(), *entry))]


def meaning(atom: Any, show: Show = plain) -> str:
    """What an atom stands for."""
    if isinstance(atom, lang.RandomIndex):
        weight = show(lang.Element(atom.probabilities, sp.Symbol("k", integer=True)))
        values = _span("k", 1, atom.size, show)
        return f"random index, equal to {show(sp.Symbol('k'))} with probability {weight}, {values}"
    if isinstance(atom, lang.RandomScalar):
        name, *parameters = atom.law
        return f"random, {name}({', '.join(show(p) for p in parameters)})"
    if not isinstance(atom, lang.Family):
        return _domain(atom)
    if not atom.ranges:
        return _of_family(atom, show)
    ranges = ", ".join(_span(i, low, high, show) for i, low, high in atom.ranges)
    return f"{_of_family(atom, show)}; {ranges}"


def _span(index: Any, low: Any, high: Any, show: Show) -> str:
    return f"{show(sp.sympify(index))} = {show(sp.sympify(low))}..{show(high)}"


def _domain(atom: Any) -> str:
    """A domain in words, an interval as `in (0, 1]`."""
    name = "in (0, 1)" if atom.domain == OPEN_PROBABILITY else str(atom.domain.name).replace("oo", "∞")
    return f"in {name}" if name[0] in "([" else name


def _of_family(atom: Any, show: Show) -> str:
    """What the entries of a family are."""
    if isinstance(atom, lang.Gates):
        return f"independent gates, 1 with probability {show(atom.keep)}, else 0"
    if isinstance(atom, lang.Recursion):
        start = f"{show(atom.ranges[0][0])} = {show(atom.start)}"
        return f"defined layer by layer: {show(atom.base)} at {start}, then {show(atom.step)}"
    if isinstance(atom, Simulated):
        return atom.meaning
    if isinstance(atom, lang.Abstract):
        independent = f", independent of {', '.join(atom.independent_of)}" if atom.independent_of else ""
        return f"random, of any law{independent}"
    return f"{_domain(atom)}{', summing to one' if atom.simplex else ''}"
