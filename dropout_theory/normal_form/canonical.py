"""The canonical form of a term: Kronecker deltas resolved, empty binders dropped, bound indices named in one order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, permutations, product
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.language import Expr
from dropout_theory.normal_form.monomials import Binder, Term, merge, rebuild, sort_key, substitute_in
from dropout_theory.normal_form.signs import is_positive

_MAX_BINDERS = 6


def collect(found: Iterable[Term]) -> list[Term]:
    """Add up terms with the same monomial and binders."""
    totals: dict[Any, Any] = {}
    for term in found:
        clean = _canonical(term)
        if clean is not None:
            key = (clean.powers, clean.binders)
            totals[key] = totals.get(key, 0) + clean.coefficient
    return [Term(c, *key) for key, c in totals.items() if c != 0]


@lru_cache(maxsize=20_000)
def _canonical(term: Term) -> Term | None:
    """Resolve Kronecker deltas, drop empty binders and probability sums, rename bound indices."""
    term_or_none = _deltas(term)
    if term_or_none is None:
        return None
    term = _free_binders(term_or_none)
    if len(term.binders) > _MAX_BINDERS:
        return term
    return _named(term)


def _deltas(term: Term) -> Term | None:
    """Use KroneckerDelta(a, b) to eliminate a bound index when both range over the same values."""
    for atom, power in term.powers:
        if not isinstance(atom, sp.KroneckerDelta) or not power.is_positive:
            continue
        ranges = {b[0]: (b[1], b[2]) for b in term.binders}
        a, b = atom.args[:2]
        for old, new in ((a, b), (b, a)):
            if old in ranges and new in ranges and ranges[old] == ranges[new]:
                rest = Term(term.coefficient, tuple(p for p in term.powers if p[0] != atom),
                            tuple(x for x in term.binders if x[0] != old))
                return _deltas(substitute_in(rest, {old: new}))
    return term


def _free_binders(term: Term) -> Term:
    """A sum over an index that does not occur is a factor; a sum of probabilities alone is one."""
    coefficient, powers = term.coefficient, list(term.powers)
    binders = list(term.binders)
    for binder in list(binders):
        symbol, low, high = binder
        if any(symbol in b[1].free_symbols | b[2].free_symbols for b in binders):
            continue
        using = [p for p in powers if symbol in p[0].free_symbols | p[1].free_symbols]
        if not using:
            if any(is_guarded(p, binder, binders) for p in powers):
                continue
            binders.remove(binder)
            if not not_negative_within(high - low + 1, binders):
                binders.append(binder)  # an empty range has no terms, not a negative number of them
                continue
            from dropout_theory.normal_form.sums import terms

            count = terms(high - low + 1)
            return _free_binders_many(coefficient, powers, binders, count)
        atom, exponent = using[0]
        if len(using) == 1 and exponent == 1 and isinstance(atom, lang.Element) and atom.family.simplex is True \
                and atom.indices == (symbol,) and (low, high) == tuple(atom.family.ranges[0][1:]):
            binders.remove(binder)
            powers.remove(using[0])
    return Term(coefficient, tuple(powers), tuple(binders))


def is_guarded(power: tuple[Expr, Expr], binder: Binder, binders: Iterable[Binder]) -> bool:
    """Whether a factor may have no value where a range is empty, and is not evaluated there.

    Such a factor stays in the sum: taken out of it, it could cancel with the number of terms, which is 0 there.
    """
    atom, exponent = power
    while isinstance(atom, sp.Pow):  # a root is an atom to its own first power
        atom, exponent = atom.base, atom.exp * exponent
    if exponent.is_nonnegative or is_positive(atom):
        return False
    others = [b for b in binders if b[0] != binder[0]]
    told, more = set[Any](), binder[1].free_symbols | binder[2].free_symbols
    while more:  # what the length of the range depends on, by the ranges of other indices too
        told |= more
        more = set().union(*[b[1].free_symbols | b[2].free_symbols for b in others if b[0] in told]) - told
    return bool(told & (atom.free_symbols | exponent.free_symbols)) \
        and not not_negative_within(binder[2] - binder[1], others)


def not_negative_within(expr: Expr, binders: Sequence[Binder]) -> bool:
    """Whether an expression is at least 0 at every value of the bound indices, whose ranges are not empty."""
    expr = sp.expand(expr)
    for symbol, low, high in reversed(binders):
        if symbol in expr.free_symbols:
            slope = expr.coeff(symbol)
            if not slope.is_Rational or symbol in (expr - slope * symbol).expand().free_symbols:
                return False
            expr = sp.expand(lang.substitute(expr, {symbol: low if slope > 0 else high}))
    return bool(expr.is_nonnegative) and not expr.free_symbols & {b[0] for b in binders}


def _free_binders_many(coefficient: Expr, powers: list[Any], binders: list[Any], count: list[Term]) -> Term:
    total = rebuild(count)
    if total.is_Rational:
        return _free_binders(Term(coefficient * total, tuple(powers), tuple(binders)))
    if len(count) == 1:
        merged = merge(powers, count[0].powers)
        return _free_binders(Term(coefficient * count[0].coefficient, merged, tuple(binders)))
    return _free_binders(Term(coefficient, merge(powers, ((total, sp.S.One),)), tuple(binders)))


def _named(term: Term) -> Term:
    """Rename bound indices to _1, _2, ... in the order that sorts first among those the index signatures allow."""
    if not term.binders:
        return Term(term.coefficient, tuple(sorted(term.powers, key=sort_key)))
    names = next_names([x for p in term.powers for x in p], len(term.binders))
    best: tuple[Any, Term] | None = None
    orders = list(_orders(term))
    for order in orders:
        mapping = {symbol: names[n] for n, symbol in enumerate(order)}
        candidate = substitute_in(term, mapping)
        binders = tuple(sorted(candidate.binders, key=lambda b: b[0].name))
        powers = tuple(sorted(candidate.powers, key=sort_key))
        key = (tuple(map(_printed, powers)), _printed(binders)) if len(orders) > 1 else ()
        if best is None or key < best[0]:
            best = (key, Term(term.coefficient, powers, binders))
    assert best is not None
    return best[1]


def _orders(term: Term) -> Iterable[tuple[sp.Symbol, ...]]:
    """Orders of the bound indices, sorted by signature; indices that occur alike are tried in every order."""
    symbols = [b[0] for b in term.binders]
    if len(symbols) == 1:
        return [(symbols[0],)]
    classes: dict[Any, list[sp.Symbol]] = {}
    for symbol in symbols:
        classes.setdefault(_signature(term, symbol, symbols), []).append(symbol)
    groups = [permutations(classes[signature]) for signature in sorted(classes)]
    return [tuple(chain.from_iterable(choice)) for choice in product(*groups)]


def _signature(term: Term, symbol: sp.Symbol, symbols: list[sp.Symbol]) -> Any:
    """Where a bound index occurs, told without the names of any: the same for terms that differ by names only."""
    marks = {s: _THIS if s == symbol else _OTHER for s in symbols}
    (low, high), = [(lo, hi) for s, lo, hi in term.binders if s == symbol]
    places = sorted(_printed((lang.substitute(a, marks), lang.substitute(e, marks))) for a, e in term.powers
                    if symbol in a.free_symbols | e.free_symbols)
    ends = sorted(_printed((lang.substitute(lo, marks), lang.substitute(hi, marks))) for _, lo, hi in term.binders
                  if symbol in lo.free_symbols | hi.free_symbols)
    return _printed((lang.substitute(low, marks), lang.substitute(high, marks))), tuple(places), tuple(ends)


@lru_cache(maxsize=100_000)
def _printed(parts: tuple[Any, ...]) -> str:
    """The text of some expressions, a key to sort by; printing is dear and the same parts come again and again."""
    return str(parts)


_NAMES = 2 * 10**9  # canonical names are dummies with numbers beyond any that SymPy gives out: nobody can write one


def _canonical_name(number: int) -> sp.Dummy:
    return sp.Dummy(f"{number}", integer=True, dummy_index=_NAMES + number)


_THIS, _OTHER = (sp.Dummy(name, integer=True, dummy_index=_NAMES - n) for n, name in ((1, "this"), (2, "other")))


def next_names(inside: Iterable[Any], count: int) -> list[sp.Symbol]:
    """Canonical index names above every one used in nested sums, so that none is captured."""
    bound = {limit[0] for x in inside for node in sp.preorder_traversal(x) for limit in lang.bound_limits(node)}
    used = [s.dummy_index - _NAMES for s in bound if isinstance(s, sp.Dummy) and s.dummy_index > _NAMES]
    start = max(used, default=0) + 1
    return [_canonical_name(start + n) for n in range(count)]
