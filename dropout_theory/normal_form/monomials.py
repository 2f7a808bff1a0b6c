"""Terms of the normal form, a coefficient times a monomial summed over bound indices, and how they multiply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.language import Expr, fresh_index

Binder = tuple[sp.Symbol, Any, Any]


@dataclass(frozen=True)
class Term:
    """coefficient * product(atom^exponent) summed over the binders."""

    coefficient: Any
    powers: tuple[tuple[Any, Any], ...]
    binders: tuple[Binder, ...] = ()

    def monomial(self) -> Expr:
        return sp.Mul(*[a**e for a, e in self.powers])


def merge(left: Iterable[tuple[Any, Any]], right: Iterable[tuple[Any, Any]]) -> tuple[tuple[Any, Any], ...]:
    """Multiply two monomials: add exponents, join exponentials, keep gates idempotent."""
    powers: dict[Any, Any] = {}
    exponent: list[Any] = []
    for atom, e in (*left, *right):
        if isinstance(atom, sp.exp):
            exponent.append(e * atom.args[0])
        else:
            powers[atom] = powers.get(atom, 0) + e
    for atom, e in list(powers.items()):
        if atom == -1 and not e.is_Number:
            e = powers[atom] = _parity(e)
        if e == 0:
            del powers[atom]
        elif isinstance(atom, lang.Element) and isinstance(atom.family, lang.Gates) and e.is_Integer and e > 0:
            powers[atom] = sp.S.One
    if exponent:
        from dropout_theory.normal_form.sums import terms

        total = rebuild(terms(sp.Add(*exponent)))
        if total != 0:
            powers[sp.exp(total, evaluate=False)] = sp.S.One
    return tuple(sorted(powers.items(), key=sort_key))


def _parity(exponent: Expr) -> Any:
    """An integer exponent of -1 with its even parts left out."""
    kept = []
    for part in sp.Add.make_args(sp.expand(exponent)):
        factor, rest = part.as_coeff_Mul()
        if not (factor.is_Integer and rest.is_integer):
            return exponent
        kept.append((factor % 2) * rest)
    return sp.Add(*kept)


def sort_key(item: Any) -> Any:
    return sp.default_sort_key(item[0]), sp.default_sort_key(item[1])


def multiply(left: Term, right: Term) -> Term:
    if left.binders and right.binders:
        left, right = rename(left), rename(right)
    elif left.binders or right.binders:
        left, right = (rename(left), right) if left.binders else (left, rename(right))
    return Term(left.coefficient * right.coefficient, merge(left.powers, right.powers), left.binders + right.binders)


def rename(term: Term) -> Term:
    fresh = {b[0]: fresh_index(b[0].name) for b in term.binders}
    return substitute_in(term, fresh)


def substitute_in(term: Term, mapping: dict[Any, Any]) -> Term:
    powers = merge([(lang.substitute(a, mapping), lang.substitute(e, mapping)) for a, e in term.powers], ())
    binders = tuple((mapping.get(s, s), lang.substitute(lo, mapping), lang.substitute(hi, mapping))
                    for s, lo, hi in term.binders)
    return Term(term.coefficient, powers, binders)


def rebuild(found: Iterable[Term]) -> Expr:
    """The SymPy expression of a list of terms."""
    total = []
    for term in found:
        body = term.monomial()
        total.append(term.coefficient * (sp.Sum(body, *_inner_first(term.binders)) if term.binders else body))
    return sp.Add(*total)


def _inner_first(binders: tuple[Binder, ...]) -> list[Binder]:
    """The binders as SymPy writes them: a range that mentions an index stands before the range of that index."""
    ordered: list[Binder] = []
    left = list(binders)
    while left:
        inner = next(b for b in left if not any(b[0] in o[1].free_symbols | o[2].free_symbols for o in left))
        left.remove(inner)
        ordered.append(inner)
    return ordered
