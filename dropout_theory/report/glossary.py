"""What the symbols of a statement stand for: named notions, and the domains, ranges and laws it is claimed for."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.experiment.simulated import Simulated
from dropout_theory.language import latex, plain


def glossary(claim: Any) -> list[dict[str, str]]:
    """What a claim's statement and hypotheses speak of: its notions with their definitions, in the order in which they
    are met, then symbol and meaning of every atom, sorted by symbol."""
    if claim.statement is None:
        return []
    statements = [claim.statement, *[h.condition for h in claim.hypotheses]]
    return [*map(_notion, _notions(statements)), *_atomic(statements)]


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


def _notion(notion: lang.Notion) -> dict[str, str]:
    return {"symbol": plain(notion(*notion.parameters)), "meaning": notion.meaning,
            "definition_plain": plain(notion.body), "definition": latex(notion.body)}


def _atomic(statements: list[Any]) -> list[dict[str, str]]:
    found: set[tuple[str, str]] = set()  # two atoms may share a symbol: both are listed
    pending = [a for s in statements for a in _atoms(lang.unnamed(s))]
    seen: set[Any] = set()
    while pending:
        atom = pending.pop()
        if atom in seen:
            continue
        seen.add(atom)
        found.add((_symbol(atom), _meaning(atom)))
        pending += [a for part in _mentioned(atom) for a in _atoms(part) if a != atom]
    return [{"symbol": symbol, "meaning": meaning}
            for symbol, meaning in sorted(found, key=lambda entry: (entry[0].lower(), *entry))]


def _atoms(expr: Any) -> set[Any]:
    return {a for a in sp.sympify(expr).atoms(lang.Scalar) if not _is_slot(a)}


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


def _symbol(atom: Any) -> str:
    if isinstance(atom, lang.Family):
        return f"{plain(atom)}[{', '.join(plain(r[0]) for r in atom.ranges)}]"
    return plain(atom)


def _meaning(atom: Any) -> str:
    if isinstance(atom, lang.RandomIndex):
        weight = plain(atom.probabilities)
        return f"random index, equal to k with probability {weight}[k], k = 1..{plain(atom.size)}"
    if isinstance(atom, lang.RandomScalar):
        name, *parameters = atom.law
        return f"random, {name}({', '.join(plain(p) for p in parameters)})"
    if not isinstance(atom, lang.Family):
        return atom.domain.name
    ranges = ", ".join(f"{plain(i)} = {plain(low)}..{plain(high)}" for i, low, high in atom.ranges)
    if isinstance(atom, lang.Gates):
        return f"independent gates, 1 with probability {plain(atom.keep)}, else 0; {ranges}"
    if isinstance(atom, lang.Recursion):
        first = plain(atom.start)
        return f"defined layer by layer: {plain(atom.base)} at {first}, then {plain(atom.step)}; {ranges}"
    if isinstance(atom, Simulated):
        return f"{atom.meaning}; {ranges}"
    if isinstance(atom, lang.Abstract):
        independent = f", independent of {', '.join(atom.independent_of)}" if atom.independent_of else ""
        return f"random, of any law{independent}; {ranges}"
    return f"{atom.domain.name}{', summing to one' if atom.simplex else ''}; {ranges}"
