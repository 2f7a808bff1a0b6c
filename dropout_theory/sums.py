"""Normal form of expressions with finite sums of symbolic length: what decides identities for every n and m.

An expression becomes a list of terms: a rational coefficient, a monomial in opaque atoms, and the bound indices it
is summed over. Sums are distributed, products of sums merged, logarithms of products and exponentials of sums
split, gates are idempotent, and bound indices are renamed canonically. Two expressions with the same normal form
are equal; different normal forms decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, permutations, product
from typing import Any

import sympy as sp

from dropout_theory import language as lang

Binder = tuple[sp.Symbol, Any, Any]
_MAX_BINDERS = 6


@dataclass(frozen=True)
class Term:
    """coefficient * product(atom^exponent) summed over the binders."""

    coefficient: Any
    powers: tuple[tuple[Any, Any], ...]
    binders: tuple[Binder, ...] = ()

    def monomial(self) -> Any:
        return sp.Mul(*[a**e for a, e in self.powers])


def unfold(expr: Any) -> Any:
    """Replace Var, Cov, NWGM, G', G, sigma and expectations over a subnetwork index by their definitions."""
    if not getattr(expr, "args", ()) or isinstance(expr, lang.Element):
        return expr
    args = [unfold(a) for a in expr.args]
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
    return sorted((s for s in expr.free_symbols if isinstance(s, lang.RandomIndex)), key=lambda s: s.name)


def _fresh(name: str = "k") -> sp.Symbol:
    return sp.Dummy(name, integer=True)


def _mean(expr: Any) -> Any:
    """E(expr), with subnetwork indices replaced by probability-weighted sums."""
    for atom in _subnetworks(expr):
        k = _fresh()
        probabilities = atom.probabilities
        expr = sp.Sum(probabilities[k] * expr.xreplace({atom: k}), (k, 1, atom.size))
    return lang.E(expr) if is_random(expr) else expr


def _geometric(expr: Any) -> Any:
    """prod over subnetworks of expr^probability; G stays unevaluated over gates."""
    atoms = _subnetworks(expr)
    if is_random(expr) and not atoms:
        return lang.G(expr)
    for atom in atoms:
        k = _fresh()
        expr = sp.Product(expr.xreplace({atom: k}) ** atom.probabilities[k], (k, 1, atom.size))
    return lang.G(expr) if is_random(expr) else expr  # gates beside the subnetwork


def is_random(expr: Any) -> bool:
    """Whether the expression has random atoms outside nested expectations."""
    if isinstance(expr, lang.E):
        return False
    if isinstance(expr, lang.Recursion):
        return True
    if isinstance(expr, lang.RANDOM):
        return True
    return any(is_random(a) for a in getattr(expr, "args", ()) if isinstance(a, sp.Basic))


# --- terms ------------------------------------------------------------------------------------------------------


def terms(expr: Any) -> list[Term]:
    """The normal-form terms of an expression, like terms collected."""
    return list(_found_terms(sp.sympify(expr)))


@lru_cache(maxsize=4096)  # a proof asks for the same normal forms again and again
def _found_terms(expr: Any) -> tuple[Term, ...]:
    return tuple(collect(_terms(expr)))


def collect(found: Iterable[Term]) -> list[Term]:
    """Add up terms with the same monomial and binders."""
    totals: dict[Any, Any] = {}
    for term in found:
        clean = _canonical(term)
        if clean is not None:
            key = (clean.powers, clean.binders)
            totals[key] = totals.get(key, 0) + clean.coefficient
    return [Term(c, *key) for key, c in totals.items() if c != 0]


def _terms(expr: Any) -> list[Term]:
    if expr.is_Rational:
        return [Term(expr, ())] if expr != 0 else []
    if isinstance(expr, sp.Add):
        return [t for a in expr.args for t in _terms(a)]
    if isinstance(expr, sp.Mul):
        return _multiply_all([_terms(a) for a in expr.args])
    if isinstance(expr, sp.Pow):
        return _power_terms(expr.base, expr.exp)
    if isinstance(expr, sp.Sum):
        return _sum_terms(expr)
    if isinstance(expr, sp.Product):
        return _product_terms(expr)
    if isinstance(expr, sp.exp):
        return _exp_terms(_terms(expr.args[0]))
    if isinstance(expr, sp.log):
        return _log_terms(expr.args[0])
    if isinstance(expr, lang.E):
        from dropout_theory.moments import expectation_terms

        return expectation_terms(expr.args[0])
    return [Term(sp.S.One, ((_atom(expr), sp.S.One),))]


def _atom(expr: Any) -> Any:
    """An opaque atom with its arguments in normal form."""
    if not expr.args or isinstance(expr, lang.Element) and all(not i.args for i in expr.indices):
        return expr
    if isinstance(expr, lang.Element):
        return lang.Element(expr.family, *[sp.expand(i) for i in expr.indices])
    if isinstance(expr, (sp.Derivative, sp.Subs)):
        return expr
    if isinstance(expr, (lang.Largest, lang.Smallest)):
        bound, low, high = expr.args[1].args
        inner = rebuild(terms(expr.args[0]))
        name = _next_names([inner], 1)[0]
        return type(expr)(lang.substitute(inner, {bound: name}), (name, low, high))
    return expr.func(*[rebuild(terms(a)) if isinstance(a, sp.Expr) else a for a in expr.args])


def _merge(left: Iterable[tuple[Any, Any]], right: Iterable[tuple[Any, Any]]) -> tuple[tuple[Any, Any], ...]:
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
        total = rebuild(terms(sp.Add(*exponent)))
        if total != 0:
            powers[sp.exp(total, evaluate=False)] = sp.S.One
    return tuple(sorted(powers.items(), key=_key))


def _key(item: Any) -> Any:
    return sp.default_sort_key(item[0]), sp.default_sort_key(item[1])


def _multiply(left: Term, right: Term) -> Term:
    if left.binders and right.binders:
        left, right = _rename(left), _rename(right)
    elif left.binders or right.binders:
        left, right = (_rename(left), right) if left.binders else (left, _rename(right))
    return Term(left.coefficient * right.coefficient, _merge(left.powers, right.powers), left.binders + right.binders)


def _rename(term: Term) -> Term:
    fresh = {b[0]: _fresh(b[0].name) for b in term.binders}
    return _substitute(term, fresh)


def _substitute(term: Term, mapping: dict[Any, Any]) -> Term:
    powers = _merge([(lang.substitute(a, mapping), lang.substitute(e, mapping)) for a, e in term.powers], ())
    binders = tuple((mapping.get(s, s), lang.substitute(lo, mapping), lang.substitute(hi, mapping))
                    for s, lo, hi in term.binders)
    return Term(term.coefficient, powers, binders)


def _multiply_all(factors: list[list[Term]]) -> list[Term]:
    result = [Term(sp.S.One, ())]
    for factor in factors:
        result = collect(_multiply(a, b) for a in result for b in factor) if len(factor) != 1 or len(result) != 1 \
            else [_multiply(result[0], factor[0])]
    return result


def _power_terms(base: Any, exponent: Any) -> list[Term]:
    inner = terms(base)
    if exponent.is_Integer and exponent > 0:
        return _multiply_all([inner] * int(exponent))
    if not inner:
        return [Term(sp.S.One, ((sp.Pow(sp.S.Zero, exponent, evaluate=False), sp.S.One),))]
    if len(inner) == 1 and not inner[0].binders:
        term = inner[0]
        if exponent.is_Integer:
            return [Term(term.coefficient**exponent, _merge([(a, e * exponent) for a, e in term.powers], ()))]
        if exponent.is_integer:
            return [_integer_power(term, exponent)]
        if term.coefficient > 0 and all(is_positive(a) for a, _ in term.powers):
            return _exp_terms(_multiply_all([_terms(exponent), _log_of_term(term)]))
    common = _common_exponential(inner)
    if common and exponent.is_Integer:
        inner = _multiply_all([inner, _exp_terms([Term(-t.coefficient, t.powers, t.binders) for t in common])])
        outside = _exp_terms([Term(exponent * t.coefficient, t.powers, t.binders) for t in common])
        return _multiply_all([outside, _power_terms(rebuild(inner), exponent)])
    rebuilt = rebuild(inner)
    if exponent.is_Integer:  # a negative power of a sum: pull out the leading coefficient, keep one opaque inverse
        lead = min(inner, key=lambda t: ([_key(p) for p in t.powers], str(t.binders))).coefficient
        scaled = rebuild([Term(t.coefficient / lead, t.powers, t.binders) for t in inner])
        return [Term(lead**exponent, ((scaled, exponent),))]
    if exponent.is_integer and inner[0].coefficient != 0:
        lead = inner[0].coefficient
        constant, moving = sp.expand(exponent).as_coeff_Add()
        scaled = rebuild([Term(t.coefficient / lead, t.powers, t.binders) for t in inner])
        symbolic = Term(sp.S.One, ((scaled, moving),))
        return _multiply_all([_power_terms(base, constant), [_integer_power(Term(lead, ()), moving)], [symbolic]]) \
            if constant != 0 else _multiply_all([[_integer_power(Term(lead, ()), moving)], [symbolic]])
    if is_positive(rebuilt):
        return _exp_terms(_multiply_all([_terms(exponent), _terms(sp.log(rebuilt))]))
    return [Term(sp.S.One, ((sp.Pow(rebuilt, rebuild(terms(exponent)), evaluate=False), sp.S.One),))]


def _integer_power(term: Term, exponent: Any) -> Term:
    """A monomial to a symbolic integer power: each atom for itself, whole constants of exponents in the coefficient."""
    coefficient: Any = sp.S.One
    powers: list[tuple[Any, Any]] = [(a, sp.expand(e * exponent)) for a, e in term.powers]
    constant, moving = sp.expand(exponent).as_coeff_Add()
    for prime, e in sp.factorrat(term.coefficient).items():
        coefficient *= sp.Integer(prime) ** (constant * e)
        powers.append((sp.Integer(prime), e * moving))
    return Term(coefficient, _merge(powers, ()))


def _parity(exponent: Any) -> Any:
    """An integer exponent of -1 with its even parts left out."""
    kept = []
    for part in sp.Add.make_args(sp.expand(exponent)):
        factor, rest = part.as_coeff_Mul()
        if not (factor.is_Integer and rest.is_integer):
            return exponent
        kept.append((factor % 2) * rest)
    return sp.Add(*kept)


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
    found = _terms(expr.function)
    for symbol, low, high in expr.limits:
        found = [_bind(t, symbol, low, high) for t in found]
    return found


def _bind(term: Term, symbol: sp.Symbol, low: Any, high: Any) -> Term:
    fresh = _fresh(symbol.name)
    renamed = _substitute(term, {symbol: fresh})
    return Term(renamed.coefficient, renamed.powers, (*renamed.binders, (fresh, sp.sympify(low), sp.sympify(high))))


def _product_terms(expr: sp.Product) -> list[Term]:
    body = rebuild(terms(expr.function))
    if _vanishes(body, expr.limits):
        return []
    if is_positive(body):
        return _exp_terms(_terms(sp.Sum(sp.log(body), *expr.limits)))
    limits = tuple(expr.limits)
    fresh = _next_names([body], len(limits))
    names = {limit[0]: fresh[n] for n, limit in enumerate(limits)}
    fixed = [(names[s], lang.substitute(lo, names), lang.substitute(hi, names)) for s, lo, hi in limits]
    return [Term(sp.S.One, ((sp.Product(lang.substitute(body, names), *fixed), sp.S.One),))]


def _vanishes(body: Any, limits: Any) -> bool:
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
    merged = [Term(coefficient, _merge(powers, ()))]
    expanded = [p for p in merged[0].powers if isinstance(p[0], (sp.Add, sp.Sum)) and p[1].is_Integer and p[1] > 0]
    if not expanded:
        return _multiply_all([merged, *wholes]) if wholes else merged
    keep = tuple(p for p in merged[0].powers if p not in expanded)
    return _multiply_all([[Term(coefficient, keep)], *[_power_terms(a, e) for a, e in expanded], *wholes])


def _whole_multiple_of_log(term: Term) -> tuple[Any, Any] | None:
    """(atom, exponent) for a term exponent * log(atom) with a symbolic integer exponent, else None."""
    logs = [a for a, e in term.powers if isinstance(a, sp.log) and e == 1]
    if term.binders or len(logs) != 1:
        return None
    multiple = term.coefficient * sp.Mul(*[a**e for a, e in term.powers if a != logs[0]])
    return (logs[0].args[0], multiple) if multiple.is_integer else None


def _log_terms(argument: Any) -> list[Term]:
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


def quotient(expr: Any) -> tuple[Any, Any]:
    """Numerator and denominator over a common denominator, both expanded; sums stay opaque."""
    above, below = sp.fraction(sp.together(expr))
    return sp.expand(above), sp.expand(below)


def _log_of_term(term: Term) -> list[Term]:
    found: list[Term] = []
    if term.coefficient != 1:
        for prime, e in sp.factorrat(term.coefficient).items():
            found.append(Term(sp.Integer(e), ((sp.log(sp.Integer(prime), evaluate=False), sp.S.One),)))
    for atom, e in term.powers:
        inside = _terms(atom.args[0]) if isinstance(atom, sp.exp) \
            else [Term(sp.S.One, ((sp.log(atom, evaluate=False), sp.S.One),))]
        found += _multiply_all([_terms(e), inside])
    return found


# --- canonical form ---------------------------------------------------------------------------------------------


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
                return _deltas(_substitute(rest, {old: new}))
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
            binders.remove(binder)
            if not _not_negative_within(high - low + 1, binders):
                binders.append(binder)  # an empty range has no terms, not a negative number of them
                continue
            count = terms(high - low + 1)
            return _free_binders_many(coefficient, powers, binders, count)
        atom, exponent = using[0]
        if len(using) == 1 and exponent == 1 and isinstance(atom, lang.Element) and atom.family.simplex is True \
                and atom.indices == (symbol,) and (low, high) == tuple(atom.family.ranges[0][1:]):
            binders.remove(binder)
            powers.remove(using[0])
    return Term(coefficient, tuple(powers), tuple(binders))


def _not_negative_within(expr: Any, binders: list[Binder]) -> bool:
    """Whether an expression is at least 0 at every value of the bound indices, whose ranges are not empty."""
    expr = sp.expand(expr)
    for symbol, low, high in reversed(binders):
        if symbol in expr.free_symbols:
            slope = expr.coeff(symbol)
            if not slope.is_Rational or symbol in (expr - slope * symbol).expand().free_symbols:
                return False
            expr = sp.expand(lang.substitute(expr, {symbol: low if slope > 0 else high}))
    return bool(expr.is_nonnegative) and not expr.free_symbols & {b[0] for b in binders}


def _free_binders_many(coefficient: Any, powers: list[Any], binders: list[Any], count: list[Term]) -> Term:
    total = rebuild(count)
    if total.is_Rational:
        return _free_binders(Term(coefficient * total, tuple(powers), tuple(binders)))
    if len(count) == 1:
        merged = _merge(powers, count[0].powers)
        return _free_binders(Term(coefficient * count[0].coefficient, merged, tuple(binders)))
    return _free_binders(Term(coefficient, _merge(powers, ((total, sp.S.One),)), tuple(binders)))


def _named(term: Term) -> Term:
    """Rename bound indices to _1, _2, ... in the order that sorts first among those the index signatures allow."""
    if not term.binders:
        return Term(term.coefficient, tuple(sorted(term.powers, key=_key)))
    names = _next_names([x for p in term.powers for x in p], len(term.binders))
    best: tuple[Any, Term] | None = None
    orders = list(_orders(term))
    for order in orders:
        mapping = {symbol: names[n] for n, symbol in enumerate(order)}
        candidate = _substitute(term, mapping)
        binders = tuple(sorted(candidate.binders, key=lambda b: b[0].name))
        powers = tuple(sorted(candidate.powers, key=_key))
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


_THIS, _OTHER = sp.Symbol("_this", integer=True), sp.Symbol("_other", integer=True)


def _next_names(inside: Iterable[Any], count: int) -> list[sp.Symbol]:
    """Canonical index names above every one used in nested sums, so that none is captured."""
    bound = {limit[0] for x in inside for node in sp.preorder_traversal(x) for limit in lang.bound_limits(node)}
    used = [int(a.name[1:]) for a in bound if not isinstance(a, sp.Dummy) and a.name[1:].isdigit()]
    start = max(used, default=0) + 1
    return [sp.Symbol(f"_{start + n}", integer=True) for n in range(count)]


def rebuild(found: Iterable[Term]) -> Any:
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


def normal(expr: Any) -> Any:
    """The normal form of an expression, as an expression."""
    return rebuild(terms(unfold(expr)))


# --- decisions --------------------------------------------------------------------------------------------------


def is_positive(expr: Any) -> bool:
    """Whether SymPy's assumptions or the shape of a sum show the expression to be positive."""
    if expr.is_positive:
        return True
    if isinstance(expr, sp.exp):
        return True
    if isinstance(expr, (sp.Mul,)):
        return all(is_positive(a) for a in expr.args)
    if isinstance(expr, sp.Add):
        if all(is_positive(a) or is_nonnegative(a) for a in expr.args) and any(is_positive(a) for a in expr.args):
            return True
        low, strict = lower_bound(expr)
        if low > 0 or low == 0 and strict:
            return True
        above, below = quotient(expr)
        return below != 1 and is_positive(above) and is_positive(below)
    if isinstance(expr, sp.Pow):
        return is_positive(expr.base) and expr.exp.is_real is not False
    if isinstance(expr, (sp.Sum, sp.Product)):
        nonempty = all((hi - lo).is_nonnegative for _, lo, hi in expr.limits) or isinstance(expr, sp.Product)
        if isinstance(expr, sp.Sum) and nonempty and _has_simplex_weight(expr):
            return True
        return nonempty and is_positive(expr.function)
    if isinstance(expr, lang.Sigma):
        return bool(expr.is_positive)
    return False


def lower_bound(expr: Any) -> tuple[Any, bool]:
    """(bound, strict) from the domains of atoms and of probability-weighted means; -oo when nothing is known."""
    total, strict = sp.S.Zero, False
    for part in sp.Add.make_args(expr):
        factor, atom = part.as_coeff_Mul()
        if atom == 1:
            total += factor
            continue
        domain = _domain_of(atom)
        if domain is None:
            return -sp.oo, False
        end, is_open = (domain.lower, domain.open_below) if factor > 0 else (domain.upper, domain.open_above)
        total += factor * end
        strict = strict or is_open
    return total, strict


def _domain_of(atom: Any) -> Any:
    """Domain of a scalar, an entry, or a probability-weighted mean of entries of one family."""
    if isinstance(atom, lang.Element) and not isinstance(atom.family, lang.Recursion):
        return atom.family.domain
    if isinstance(atom, lang.Scalar) and not isinstance(atom, lang.RandomScalar):
        return atom.domain
    if isinstance(atom, sp.Sum) and len(atom.limits) == 1:
        rest = _without_simplex_weight(atom)
        return _domain_of(rest) if rest is not None else None
    return None


def _without_simplex_weight(expr: sp.Sum) -> Any:
    """x when the sum is sum of P[k] x over a whole distribution P, else None."""
    symbol, low, high = expr.limits[0]
    factors = sp.Mul.make_args(expr.function)
    for f in factors:
        if isinstance(f, lang.Element) and f.family.simplex is True and f.indices == (symbol,) \
                and (low, high) == tuple(f.family.ranges[0][1:]):
            return sp.Mul(*[g for g in factors if g is not f])
    return None


def _has_simplex_weight(expr: sp.Sum) -> bool:
    """sum of P[k] * positive over a probability distribution is positive: some P[k] is."""
    if len(expr.limits) != 1:
        return False
    rest = _without_simplex_weight(expr)
    return rest is not None and is_positive(rest)


def is_nonnegative(expr: Any) -> bool:
    """Like is_positive, for >= 0."""
    if expr.is_nonnegative or is_positive(expr):
        return True
    if isinstance(expr, (sp.Mul, sp.Add)):
        if all(is_nonnegative(a) for a in expr.args):
            return True
        return isinstance(expr, sp.Add) and bool(lower_bound(expr)[0] >= 0)
    if isinstance(expr, sp.Pow) and expr.exp.is_Integer:
        return expr.exp % 2 == 0 or is_nonnegative(expr.base)
    if isinstance(expr, (sp.Sum, sp.Product)):
        return is_nonnegative(expr.function)
    return False


def is_zero(expr: Any) -> bool:
    """True when the expression is identically zero: its normal form, or its numerator's, vanishes."""
    found = terms(unfold(expr))
    if not found:
        return True
    numerator = _numerator(found)
    return numerator is not None and not terms(numerator)


def _numerator(found: list[Term]) -> Any:
    """Numerator over a common denominator, treating sums and atoms as variables; None when nothing is inverted."""
    if not any(e.is_Rational and e < 0 for t in found for _, e in t.powers):
        return None
    names: dict[Any, sp.Symbol] = {}

    def symbol(atom: Any) -> Any:
        if isinstance(atom, sp.Add):
            return sp.Add(*[_abstract_term(t) for t in terms(atom)])
        return names.setdefault(atom, sp.Dummy(f"a{len(names)}", positive=is_positive(atom) or None))

    def _abstract_term(term: Term) -> Any:
        if not term.binders:
            return term.coefficient * sp.Mul(*[symbol(a) ** e for a, e in term.powers])
        inner = {b[0] for b in term.binders}
        outside = [(a, e) for a, e in term.powers if not (a.free_symbols | e.free_symbols) & inner]
        inside = tuple(p for p in term.powers if p not in outside)
        body = sp.Sum(sp.Mul(*[a**e for a, e in inside]), *term.binders)
        return term.coefficient * symbol(body) * sp.Mul(*[symbol(a) ** e for a, e in outside])

    combined = sp.together(sp.Add(*[_abstract_term(t) for t in found]))
    numerator = sp.expand(sp.fraction(combined)[0])
    return numerator.xreplace({v: k for k, v in names.items()})


def same(left: Any, right: Any) -> bool:
    """True when left = right identically (for every size), by normal form. False decides nothing."""
    return is_zero(sp.sympify(left) - sp.sympify(right))
