"""Normal form of expressions with finite sums of symbolic length: what decides identities for every n and m.

An expression becomes a list of terms: a rational coefficient, a monomial in opaque atoms, and the bound indices it
is summed over. Sums are distributed, products of sums merged, logarithms of products and exponentials of sums
split, gates are idempotent, and bound indices are renamed canonically. Two expressions with the same normal form
are equal; different normal forms decide nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.claims import ProofError
from dropout_theory.language import Expr, fresh_index, registry, unfold
from dropout_theory.normal_form.canonical import collect, is_guarded, next_names
from dropout_theory.normal_form.monomials import Term, merge, multiply, rebuild, sort_key, substitute_in
from dropout_theory.normal_form.signs import is_positive, quotient


def terms(expr: Expr) -> list[Term]:
    """The normal-form terms of an expression, like terms collected."""
    return list(_found_terms(sp.sympify(expr)))


@lru_cache(maxsize=4096)  # a proof asks for the same normal forms again and again
def _found_terms(expr: Expr) -> tuple[Term, ...]:
    return tuple(collect(terms_of(expr)))


def terms_of(expr: Expr) -> list[Term]:
    if expr.is_Rational:
        return [Term(expr, ())] if expr != 0 else []
    if isinstance(expr, sp.Add):
        return [t for a in expr.args for t in terms_of(a)]
    if isinstance(expr, sp.Mul):
        return multiply_all([terms_of(a) for a in expr.args])
    if isinstance(expr, sp.Pow):
        return _power_terms(expr.base, expr.exp)
    if isinstance(expr, sp.Sum):
        return _sum_terms(expr)
    if isinstance(expr, sp.Product):
        return _product_terms(expr)
    if isinstance(expr, sp.exp):
        return _exp_terms(terms_of(expr.args[0]))
    if isinstance(expr, sp.log):
        return _log_terms(expr.args[0])
    if isinstance(expr, lang.E):
        from dropout_theory.normal_form.moments import expectation_terms

        return expectation_terms(expr.args[0])
    return [Term(sp.S.One, ((_atom(expr), sp.S.One),))]


def _atom(expr: Expr) -> Expr:
    """An opaque atom with its arguments in normal form. Raises ProofError for an operator that is refused."""
    if registry.is_refused("the normal form", expr):
        raise ProofError(registry.refusal("the normal form", expr))
    if not expr.args or isinstance(expr, lang.Element) and all(not i.args for i in expr.indices):
        return expr
    if isinstance(expr, lang.Element):
        return lang.Element(expr.family, *[sp.expand(i) for i in expr.indices])
    if isinstance(expr, (sp.Derivative, sp.Subs)):
        return expr
    if isinstance(expr, (lang.Largest, lang.Smallest)):
        bound, low, high = expr.args[1].args
        inner = rebuild(terms(expr.args[0]))
        name = next_names([inner], 1)[0]
        return type(expr)(lang.substitute(inner, {bound: name}), (name, low, high))
    return expr.func(*[rebuild(terms(a)) if isinstance(a, sp.Expr) else a for a in expr.args])


def multiply_all(factors: list[list[Term]]) -> list[Term]:
    result = [Term(sp.S.One, ())]
    for factor in factors:
        result = collect(multiply(a, b) for a in result for b in factor) if len(factor) != 1 or len(result) != 1 \
            else [multiply(result[0], factor[0])]
    return result


def _power_terms(base: Expr, exponent: Expr) -> list[Term]:
    inner = terms(base)
    if exponent.is_Integer and exponent > 0:
        return multiply_all([inner] * int(exponent))
    if not inner:
        return [Term(sp.S.One, ((sp.Pow(sp.S.Zero, exponent, evaluate=False), sp.S.One),))]
    if len(inner) == 1 and not inner[0].binders:
        term = inner[0]
        if exponent.is_Integer:
            return [Term(term.coefficient**exponent, merge([(a, e * exponent) for a, e in term.powers], ()))]
        if exponent.is_integer:
            return [_integer_power(term, exponent)]
        if term.coefficient > 0 and all(is_positive(a) for a, _ in term.powers):
            return _exp_terms(multiply_all([terms_of(exponent), _log_of_term(term)]))
    common = _common_exponential(inner)
    if common and exponent.is_Integer:
        inner = multiply_all([inner, _exp_terms([Term(-t.coefficient, t.powers, t.binders) for t in common])])
        outside = _exp_terms([Term(exponent * t.coefficient, t.powers, t.binders) for t in common])
        return multiply_all([outside, _power_terms(rebuild(inner), exponent)])
    rebuilt = rebuild(inner)
    if exponent.is_Integer:  # a negative power of a sum: pull out the leading coefficient, keep one opaque inverse
        lead = min(inner, key=lambda t: ([sort_key(p) for p in t.powers], str(t.binders))).coefficient
        scaled = rebuild([Term(t.coefficient / lead, t.powers, t.binders) for t in inner])
        return [Term(lead**exponent, ((scaled, exponent),))]
    if exponent.is_integer and inner[0].coefficient != 0:
        lead = inner[0].coefficient
        constant, moving = sp.expand(exponent).as_coeff_Add()
        if not (constant > 0 and moving.is_nonnegative or is_positive(rebuilt)):
            constant, moving = sp.S.Zero, constant + moving  # 0^(1 - m) is 1 at m = 1, and 0 times 0^-m is nothing
        scaled = rebuild([Term(t.coefficient / lead, t.powers, t.binders) for t in inner])
        symbolic = Term(sp.S.One, ((scaled, moving),))
        return multiply_all([_power_terms(base, constant), [_integer_power(Term(lead, ()), moving)], [symbolic]]) \
            if constant != 0 else multiply_all([[_integer_power(Term(lead, ()), moving)], [symbolic]])
    if is_positive(rebuilt):
        return _exp_terms(multiply_all([terms_of(exponent), terms_of(sp.log(rebuilt))]))
    return [Term(sp.S.One, ((sp.Pow(rebuilt, rebuild(terms(exponent)), evaluate=False), sp.S.One),))]


def _integer_power(term: Term, exponent: Expr) -> Term:
    """A monomial to a symbolic integer power: each atom for itself, whole constants of exponents in the coefficient."""
    coefficient: Any = sp.S.One
    powers: list[tuple[Any, Any]] = [(a, sp.expand(e * exponent)) for a, e in term.powers]
    constant, moving = sp.expand(exponent).as_coeff_Add()
    for prime, e in sp.factorrat(term.coefficient).items():
        coefficient *= sp.Integer(prime) ** (constant * e)
        powers.append((sp.Integer(prime), e * moving))
    return Term(coefficient, merge(powers, ()))


def _common_exponential(inner: list[Term]) -> list[Term]:
    """Terms of the exponent shared by the exponentials of every term and free of bound indices."""
    shared: list[Term] | None = None
    for term in inner:
        bound = {b[0] for b in term.binders}
        exponents = [a.args[0] for a, e in term.powers if isinstance(a, sp.exp)]
        free = [t for x in exponents for t in terms(x) if not rebuild([t]).free_symbols & bound]
        shared = free if shared is None else [t for t in shared if t in free]
    return shared or []


def _sum_terms(expr: sp.Sum) -> list[Term]:
    found = terms_of(expr.function)
    for symbol, low, high in expr.limits:
        found = [_bind(t, symbol, low, high) for t in found]
    return found


def _bind(term: Term, symbol: sp.Symbol, low: Expr, high: Expr) -> Term:
    fresh = fresh_index(symbol.name)
    renamed = substitute_in(term, {symbol: fresh})
    return Term(renamed.coefficient, renamed.powers, (*renamed.binders, (fresh, sp.sympify(low), sp.sympify(high))))


def _product_terms(expr: sp.Product) -> list[Term]:
    body = rebuild(terms(expr.function))
    if _vanishes(body, expr.limits):
        return []
    if is_positive(body):
        return _exp_terms(terms_of(sp.Sum(sp.log(body), *expr.limits)))
    limits = tuple(expr.limits)
    fresh = next_names([body], len(limits))
    names = {limit[0]: fresh[n] for n, limit in enumerate(limits)}
    fixed = [(names[s], lang.substitute(lo, names), lang.substitute(hi, names)) for s, lo, hi in limits]
    return [Term(sp.S.One, ((sp.Product(lang.substitute(body, names), *fixed), sp.S.One),))]


def _vanishes(body: Expr, limits: Any) -> bool:
    """A product of zeros over a nonempty range, or of 0^P[k] over a whole distribution: some P[k] is positive."""
    if body == 0:
        return all((hi - lo).is_nonnegative for _, lo, hi in limits)
    if not isinstance(body, sp.Pow) or body.base != 0 or len(limits) != 1:
        return False
    symbol, low, high = limits[0]
    weight = body.exp
    return isinstance(weight, lang.Element) and weight.family.simplex is True and weight.indices == (symbol,) \
        and (low, high) == tuple(weight.family.ranges[0][1:])


def _exp_terms(inner: list[Term]) -> list[Term]:
    """exp of a sum: rational and whole multiples of log(atom) become powers of the atom."""
    powers: list[tuple[Any, Any]] = []
    coefficient: Any = sp.S.One
    rest: list[Term] = []
    wholes: list[list[Term]] = []
    for term in collect(inner):
        atom = term.powers[0][0] if len(term.powers) == 1 and not term.binders else None
        if isinstance(atom, sp.log) and term.powers[0][1] == 1 and term.coefficient.is_Rational:
            argument = atom.args[0]
            if argument.is_Rational:
                if not term.coefficient.is_Integer:
                    rest.append(term)
                    continue
                coefficient *= argument**term.coefficient
            else:
                powers.append((argument, term.coefficient))
        elif (whole := _whole_multiple_of_log(term)) is not None:
            wholes.append(_power_terms(*whole))
        else:
            rest.append(term)
    if rest:
        powers.append((sp.exp(rebuild(rest), evaluate=False), sp.S.One))
    merged = [Term(coefficient, merge(powers, ()))]
    expanded = [p for p in merged[0].powers if isinstance(p[0], (sp.Add, sp.Sum)) and p[1].is_Integer and p[1] > 0]
    if not expanded:
        return multiply_all([merged, *wholes]) if wholes else merged
    keep = tuple(p for p in merged[0].powers if p not in expanded)
    return multiply_all([[Term(coefficient, keep)], *[_power_terms(a, e) for a, e in expanded], *wholes])


def _whole_multiple_of_log(term: Term) -> tuple[Any, Any] | None:
    """(atom, exponent) for a term exponent * log(atom) with a symbolic integer exponent, else None."""
    logs = [a for a, e in term.powers if isinstance(a, sp.log) and e == 1]
    if term.binders or len(logs) != 1:
        return None
    multiple = term.coefficient * sp.Mul(*[a**e for a, e in term.powers if a != logs[0]])
    return (logs[0].args[0], multiple) if multiple.is_integer else None


def _log_terms(argument: Expr) -> list[Term]:
    inner = terms(argument)
    if len(inner) == 1 and not inner[0].binders:
        term = inner[0]
        if term.coefficient.is_Rational and term.coefficient > 0 and all(is_positive(a) for a, _ in term.powers):
            return _log_of_term(term)
    rebuilt = rebuild(inner)
    if rebuilt == 1:
        return []
    above, below = quotient(rebuilt)
    if below != 1 and is_positive(above) and is_positive(below):
        return collect([*_log_terms(above), *[Term(-t.coefficient, t.powers, t.binders) for t in _log_terms(below)]])
    return [Term(sp.S.One, ((sp.log(rebuilt, evaluate=False), sp.S.One),))]


def _log_of_term(term: Term) -> list[Term]:
    found: list[Term] = []
    if term.coefficient != 1:
        for prime, e in sp.factorrat(term.coefficient).items():
            found.append(Term(sp.Integer(e), ((sp.log(sp.Integer(prime), evaluate=False), sp.S.One),)))
    for atom, e in term.powers:
        inside = terms_of(atom.args[0]) if isinstance(atom, sp.exp) \
            else [Term(sp.S.One, ((sp.log(atom, evaluate=False), sp.S.One),))]
        found += multiply_all([terms_of(e), inside])
    return found


@lru_cache(maxsize=8192)  # the same premises are translated for one step after another
def normal(expr: Expr) -> Expr:
    """The normal form of an expression, as an expression."""
    return rebuild(terms(unfold(expr)))


# --- decisions --------------------------------------------------------------------------------------------------


def is_zero(expr: Expr) -> bool:
    """True when the expression is identically zero: its normal form, or its numerator's, vanishes."""
    found = terms(unfold(expr))
    if not found:
        return True
    numerator = _numerator(found)
    return numerator is not None and not terms(numerator)


def _numerator(found: list[Term]) -> Expr | None:
    """Numerator over a common denominator, treating sums and atoms as variables; None when nothing is inverted."""
    if not any(e.is_Rational and e < 0 for t in found for _, e in t.powers):
        return None
    names: dict[Any, sp.Symbol] = {}

    def symbol(atom: Any) -> Any:
        if isinstance(atom, sp.Add):
            return sp.Add(*[_abstract_term(t) for t in terms(atom)])
        return names.setdefault(atom, sp.Dummy(f"a{len(names)}", positive=is_positive(atom) or None))

    def _abstract_term(term: Term) -> Expr:
        if not term.binders:
            return term.coefficient * sp.Mul(*[symbol(a) ** e for a, e in term.powers])
        inner = {b[0] for b in term.binders}
        outside = [(a, e) for a, e in term.powers if not (a.free_symbols | e.free_symbols) & inner
                   and not any(is_guarded((a, e), b, term.binders) for b in term.binders)]
        inside = tuple(p for p in term.powers if p not in outside)
        body = sp.Sum(sp.Mul(*[a**e for a, e in inside]), *term.binders)
        return term.coefficient * symbol(body) * sp.Mul(*[symbol(a) ** e for a, e in outside])

    combined = sp.together(sp.Add(*[_abstract_term(t) for t in found]))
    numerator = sp.expand(sp.fraction(combined)[0])
    return numerator.xreplace({v: k for k, v in names.items()})


def same(left: Expr, right: Expr) -> bool:
    """True when left = right identically (for every size), by normal form. False decides nothing."""
    return is_zero(sp.sympify(left) - sp.sympify(right))


# those that `unfold` does not write out are atoms, equal where their arguments are
registry.method("the normal form", {
    lang.E, lang.Var, lang.Cov, lang.G, lang.Gc, lang.NWGM, lang.Sigma, lang.Relu, lang.Largest, lang.Smallest,
    lang.LargestOutcome, lang.DerivativeAt, lang.Stirling2, lang.RootGrowth, lang.Aversion})
