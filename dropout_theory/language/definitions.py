"""What the operators of statements stand for: Var, Cov, NWGM, G, the logistic function, means over subnetworks."""

from __future__ import annotations

from typing import Any

import sympy as sp

from dropout_theory.language import words as lang
from dropout_theory.language.binding import rebuilt
from dropout_theory.language.dependence import hidden_dependencies, is_random, random_atoms
from dropout_theory.language.named import unnamed


def unfold(expr: Any) -> Any:
    """Replace names, Var, Cov, NWGM, G', G, sigma and means over a subnetwork index by their definitions."""
    return _unfold(unnamed(expr))


def _unfold(expr: Any) -> Any:
    if not getattr(expr, "args", ()) or isinstance(expr, lang.Element):
        return expr
    args = [_unfold(a) for a in expr.args]
    if isinstance(expr, lang.Var):
        return _mean(args[0] ** 2) - _mean(args[0]) ** 2
    if isinstance(expr, lang.Cov):
        return _mean(args[0] * args[1]) - _mean(args[0]) * _mean(args[1])
    if isinstance(expr, lang.E):
        return _mean(args[0])
    if isinstance(expr, lang.Sigma):
        return 1 / (1 + args[1] * sp.exp(-args[2] * args[0]))
    if isinstance(expr, sp.tanh):
        return (1 - sp.exp(-2 * args[0])) / (1 + sp.exp(-2 * args[0]))
    if isinstance(expr, lang.NWGM):
        below, above = _geometric(args[0]), _geometric(1 - args[0])
        return below / (below + above)
    if isinstance(expr, lang.G):
        return _geometric(args[0])
    if isinstance(expr, lang.Gc):
        return _geometric(1 - args[0])
    if isinstance(expr, (sp.core.relational.Relational,)):
        return expr.func(*args, evaluate=False)
    return expr.func(*args)


def _subnetworks(expr: Any) -> list[lang.RandomIndex]:
    """The subnetwork indices that an expression shows everywhere: one hidden in a law or a definition stays random."""
    hidden = hidden_dependencies(expr)
    return sorted((s for s in random_atoms(expr) if isinstance(s, lang.RandomIndex) and s not in hidden),
                  key=lambda s: s.name)


def _at_outcome(expr: Any, atom: lang.RandomIndex, outcome: Any) -> Any:
    """An expression where a random index has an outcome; an operator in it is a number, and averages over its own."""
    if expr == atom:
        return outcome
    if isinstance(expr, lang.Operator) or not expr.args:
        return expr
    return rebuilt(expr, [_at_outcome(a, atom, outcome) for a in expr.args])


def fresh_index(name: str = "k") -> sp.Symbol:
    return sp.Dummy(name, integer=True)


def _mean(expr: Any) -> Any:
    """E(expr), with subnetwork indices replaced by probability-weighted sums."""
    for atom in _subnetworks(expr):
        k = fresh_index()
        probabilities = atom.probabilities
        expr = sp.Sum(probabilities[k] * _at_outcome(expr, atom, k), (k, 1, atom.size))
    return lang.E(expr) if is_random(expr) else expr


def _geometric(expr: Any) -> Any:
    """prod over subnetworks of expr^probability; G stays unevaluated over gates."""
    atoms = _subnetworks(expr)
    if is_random(expr) and not atoms:
        return lang.G(expr)
    for atom in atoms:
        k = fresh_index()
        expr = sp.Product(_at_outcome(expr, atom, k) ** atom.probabilities[k], (k, 1, atom.size))
    return lang.G(expr) if is_random(expr) else expr  # gates beside the subnetwork
