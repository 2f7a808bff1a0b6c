"""Normal forms of expressions: what decides equations, whatever the sizes, by arithmetic on atoms.

Two expressions with one normal form are equal wherever both are defined; different ones decide nothing. Each function
here says what a term is as a polynomial of atoms. Roots, logarithms and powers that are not whole are taken apart only
where `bounds` shows the factors to be positive.

A sum is distributed over the terms of its body; what is free of its indices stands before it, and indices that share
no factor are summed apart, so that each sum that is left is one atom: the sum of one monomial over indices that hang
together, which have canonical names. An empty range has no terms: a constant is counted, and a denominator that the
range could tell to be 0 is taken out of it, only where the range is certainly not empty.

A mean is taken of each monomial, its random sums opened: factors that are not random stand before it, the others fall
into groups that share no randomness. Two gates of one family are one gate or independent:
E(d_i d_j) = p_i p_j + [i = j] (p_i - p_i p_j). Over the outcomes of one subnetwork a mean is a sum with weights, and a
geometric mean a product; of positive values that is the exponential of a sum. Of what cannot be told apart the mean
stays an atom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache
from itertools import chain
from typing import TypeAlias, TypeVar

from dropout_theory.recheck.steps.atoms import as_term, atom, parsed, power, product, term_of
from dropout_theory.recheck.steps.binding import NUMBERS, CannotSubstitute, free, random, substitute
from dropout_theory.recheck.steps.bounds import bounds, is_distribution, is_integer, is_nonempty, weighs
from dropout_theory.recheck.steps.grammar import ATOMS, ONE, ZERO, Malformed, NotShown, Term, minus, number, walk
from dropout_theory.recheck.steps.polynomial import UNIT, Monomial, Polynomial, added, monomial
from dropout_theory.recheck.steps.statements import OPPOSITE, PREDICATES, parts_of, relation

Binder: TypeAlias = tuple[Term, Term, Term]  # an index, its first and its last value; inner ones stand first
Item = TypeVar("Item")

MAX_BINDERS, MAX_GATES = 8, 4

@cache
def normal(term: Term) -> Polynomial:
    """The normal form of an expression. Raises TooLarge."""
    try:
        return _FORMS.get(term.op, lambda t: atom(canonical(t)))(term)
    except CannotSubstitute:  # a law speaks of what the term binds
        return atom(term)


def _logistic(x: Term, c: Term = ONE, slope: Term = ONE) -> Term:
    return Term("^", Term("+", ONE, Term("*", c, Term("exp", Term("*", number(-1), slope, x)))), number(-1))


def _product(term: Term) -> Polynomial:
    body, *limits = (named := canonical(term)).terms
    return normal(Term("exp", Term("sum", Term("log", body), *limits))) if bounds(body).positive else atom(named)


def _equal_indices(term: Term) -> Polynomial:
    left, right = sorted(as_term(normal(a)) for a in term.terms)
    if left is right or any(bounds(as_term(gap(left, right) * sign)).positive for sign in (1, -1)):
        return UNIT * (1 if left is right else 0)
    return atom(Term("equal-indices", left, right))


_FORMS: dict[str, Callable[[Term], Polynomial]] = {
    "number": lambda t: UNIT * Fraction(str(t.args[0])),
    "+": lambda t: added(map(normal, t.terms)),
    "*": lambda t: product(*map(normal, t.terms)),
    "^": lambda t: raised(*map(normal, t.terms)),
    "exp": lambda t: exponential(normal(t.terms[0])),
    "log": lambda t: logarithm(normal(t.terms[0])),
    "euler": lambda t: normal(Term("exp", ONE)),
    "logistic": lambda t: normal(_logistic(*t.terms)),
    "Var": lambda t: normal(Term("Cov", *t.terms, *t.terms)),
    "Cov": lambda t: normal(minus(Term("E", Term("*", *t.terms)), Term("*", *[Term("E", x) for x in t.terms]))),
    "equal-indices": _equal_indices,
    "sum": lambda t: sum_over(*opened(t)),
    "product": _product,
    "E": lambda t: added(_mean_of_monomial(m) * c for m, c in normal(t.terms[0]).items()),
    "G": lambda t: _at_outcomes("G", as_term(normal(t.terms[0]))),
    "G'": lambda t: normal(Term("G", minus(ONE, t.terms[0]))),
    "NWGM": lambda t: normal(Term("*", Term("G", *t.terms), Term("^", Term("+", *[
        Term(mean, *t.terms) for mean in ("G", "G'")]), number(-1)))),
}


# --- names ----------------------------------------------------------------------------------------------------------


@cache
def canonical(term: Term) -> Term:
    """A term with what is in it in normal form, and canonical names for the indices it binds."""
    if term.op in ATOMS or term.op == "domain" or term.op in PREDICATES:
        return term
    if term.op in OPPOSITE:
        op, left, right = relation(term)
        gap = normal(right) - normal(left)
        return Term(op, ZERO, min(as_term(gap), as_term(gap * -1)) if op in ("=", "!=") else as_term(gap))
    if term.op in ("and", "or"):
        return Term(term.op, *sorted({canonical(p) for p in parts_of(term, term.op)}))
    own = _own(term)
    term = _named(term, own, "~")  # first out of the way of what is inside, then in the order of where they occur
    signatures = {a: _signature(a, _own(term), term) for a in _own(term)} if len(own) > 1 else {}
    return _named(term, sorted(_own(term), key=lambda a: signatures.get(a, [])), "#") if own else term


def _own(term: Term) -> list[Term]:
    """The indices and variables that a term binds."""
    found = {a for _, bound in term.scopes for a in bound if a.op in ("index", "variable")}
    if len(found) < len(term.ranges):
        raise CannotSubstitute(f"an index is bound twice: {term}")
    return sorted(found)


def _named(term: Term, own: list[Term], letter: str, *others: Term) -> Term:
    """A term with what is in it in normal form, and for its indices names that stand nowhere in it or in others."""
    first = max([_highest(letter, t) for t in (term, *others)]) + 1
    names = {a: Term(a.op, f"{letter}{n}", *a.args[1:]) for n, a in enumerate(own, start=first)}
    return term.rebuilt([_part(substitute(part, {a: names[a] for a in bound if a in names}))
                          for part, bound in term.scopes], names)


def _signature(a: Term, own: Iterable[Term], term: Term) -> list[str]:
    """Where an index occurs, told without the names of any."""
    marks = {b: Term(b.op, "~this" if b is a else "~other", *b.args[1:]) for b in own}
    return [_part(substitute(part, {b: marks[b] for b in bound if b in marks})).digest for part, bound in term.scopes]


def _part(part: Term) -> Term:
    return as_term(normal(part)) if part.sort == "E" and part.op != "family" else canonical(part)


@cache
def _highest(letter: str, term: Term) -> int:
    """The highest number that stands after a letter in the names of indices."""
    names = [str(t.args[0]) for t in walk(term) if t.op in ("index", "variable")]
    return max([int(name[1:]) for name in names if name[:1] == letter and name[1:].isdecimal()], default=0)


def opened(total: Term, *others: Term) -> tuple[Polynomial, list[Binder]]:
    """The body of a sum or product and its ranges under names that nothing else has."""
    body, *limits = _named(total, _own(total), "~", *others).terms
    return normal(body), [(r.terms[0], r.terms[1], r.terms[2]) for r in limits]


def gap(left: Term, right: Term) -> Polynomial:
    return normal(left) - normal(right)


# --- powers, exponentials and logarithms --------------------------------------------------------------------------


def raised(base: Polynomial, exponent: Polynomial) -> Polynomial:
    """A power of what two normal forms stand for: of each factor and each part of the exponent for itself.

    A factor is taken alone where all factors are positive, or where the exponent is whole; a number is taken out of the
    exponent only where no part of it is negative, as 0^(1 - m) is 1 at m = 1 and 0 * 0^-m nothing.
    """
    if set(exponent) <= {()}:
        return _to_number(base, exponent.constant)
    e, apart = as_term(exponent), factors(base)
    if not base:
        return Polynomial() if bounds(e).positive else atom(Term("^", ZERO, e))
    if not all(bounds(t).positive for t, _ in apart) and not all(
            c.denominator == 1 and is_integer(term_of(m)) and (
                not exponent.constant or c > 0 and bounds(term_of(m)).nonnegative) for m, c in exponent.items()):
        return atom(Term("^", as_term(base), e))
    result = _to_number(base, exponent.constant)
    for m, c in exponent.items():
        for t, x in apart if m else ():
            result = product(result, atom(Term("^", t, term_of(m)), x * c))
    return result


def _to_number(base: Polynomial, e: Fraction) -> Polynomial:
    if e.denominator == 1 and e >= 0:
        return power(base, int(e))
    if not base:
        return Polynomial() if e > 0 else atom(Term("log", ZERO))  # which has no value either
    return product(*[atom(t, x * e) for t, x in factors(base, e.denominator == 1)])


def factors(p: Polynomial, whole: bool = True) -> list[tuple[Term, Fraction]]:
    """The factors of a normal form with their exponents, so that a power may be taken of each for itself.

    A whole power may be taken of any factors; another one of what is positive and of one factor beside, the last.
    """
    if not p:
        return [(ZERO, Fraction(1))]
    common = [(t, min(dict(m).get(t, Fraction(0)) for m in p)) for t in {t for m in p for t, _ in m}
              if whole or bounds(t).positive]
    rest = product(p, _single((t, -e) for t, e in common))
    lead = rest[min(rest)]
    sign = -1 if whole and lead < 0 else 1
    numbers = [(sign, 1), *[(p, e) for n, e in ((abs(lead).numerator, 1), (lead.denominator, -1)) for p in _primes(n)]]
    last = rest * (sign / abs(lead))
    return [*[(number(n), Fraction(e)) for n, e in numbers if n != 1], *monomial(common),
            *([] if last == UNIT else [(as_term(last), Fraction(1))])]


def _primes(n: int) -> Iterator[int]:
    """Small prime factors of a number and what is left of it, 1 or another: 4^(2c) and 16^c are one."""
    for p in range(2, 100):
        while n % p == 0:
            n //= p
            yield p
    yield n


def _single(powers: Iterable[tuple[Term, Fraction]]) -> Polynomial:
    return Polynomial({monomial(powers): Fraction(1)})


def exponential(exponent: Polynomial) -> Polynomial:
    """exp of a sum: each term for itself, its coefficient the exponent; of a logarithm, a power."""
    result = UNIT
    for m, c in exponent.items():
        logs = [t for t, e in m if t.op == "log" and e == 1]
        if len(logs) == 1:
            rest = tuple((t, e) for t, e in m if t not in logs)
            found = _to_number(raised(parsed(logs[0].terms[0]), _single(rest)), c)
        else:
            found = atom(Term("exp", term_of(m)), c)
        result = product(result, found)
    return result


def logarithm(argument: Polynomial) -> Polynomial:
    """log of a product: of each positive factor for itself."""
    return added(_log_of_factor(t) * x for t, x in factors(argument, False))


def _log_of_factor(t: Term) -> Polynomial:
    if t.op == "exp":
        return normal(t.terms[0])
    if t.op == "^" and t.terms[1].number is None and bounds(t.terms[0]).positive:
        return product(normal(t.terms[1]), logarithm(normal(t.terms[0])))
    return atom(Term("log", t))


# --- sums -----------------------------------------------------------------------------------------------------------


def sum_over(p: Polynomial, binders: list[Binder]) -> Polynomial:
    """A polynomial summed over some indices."""
    if not binders:
        return p
    found = [(c, *flattened(m, binders)) for m, c in p.items()]
    return added(_sum_of_monomial(m, inner) * (c * factor) for c, factor, m, inner in found)


def flattened(m: Monomial, binders: list[Binder]) -> tuple[Fraction, Monomial, list[Binder]]:
    """A monomial under binders with the sums in it opened that speak of their indices or are random."""
    for t, e in m:
        speaks = free(t).intersection(x for x, *_ in binders) or random(t)
        if t.op != "sum" or e.denominator != 1 or e < 0 or not speaks or any(map(random, t.terms[1:])) \
                or len(binders) + int(e) * (len(t.terms) - 1) > MAX_BINDERS:
            continue
        found = _single(f for f in m if f[0] is not t)
        for _ in range(int(e)):
            body, more = opened(t, *chain(*binders), *[u for u, _ in m])
            found, binders = product(found, body), [*more, *binders]
        if len(found) > 1:
            raise NotShown(f"a sum of several terms: {t}")
        (single, coefficient), = found.items()
        factor, single, binders = flattened(single, binders)
        return coefficient * factor, single, binders
    return Fraction(1), m, binders


def _sum_of_monomial(m: Monomial, binders: list[Binder]) -> Polynomial:
    """A monomial without sums that speak of the indices, summed over them."""
    ends = {x: (low, high) for x, low, high in binders}
    for x, low, high in binders:
        length = gap(high, low)
        if set(length) <= {()} and length.constant <= 0 and is_integer(low):  # no value, or one
            return Polynomial() if length else _with_value(x, low, m, binders)
    for t, e in m:  # an index that equals another of the same range
        if t.op == "equal-indices" and e > 0:
            for x, y in (t.terms, t.terms[::-1]):
                if x in ends and ends[x] == ends.get(y) and not any(x in free(end) for end in chain(*ends.values())):
                    return _with_value(x, y, tuple(f for f in m if f[0] is not t), binders)
    indices = frozenset(ends)
    touches: dict[tuple[Term, object], frozenset[Term]] = {}
    for x, low, high in reversed(binders):  # an inner range may speak of the outer ones
        touches[x, None] = (free(low) | free(high) | {x}) & indices
    for t, e in m:
        touches[t, e] = free(t) & indices
        if not touches[t, e] and not _is_safe(t, e):  # where a range is empty, it is not evaluated there
            touches[t, e] = frozenset(x for x, low, high in binders if free(t) & (free(low) | free(high))
                                      and not is_nonempty(low, high))
    result = _single(f for f in m if not touches[f])
    for group in joined([item for item, touched in touches.items() if touched],
                        lambda a, b: bool(touches[a] & touches[b])):
        result = product(result, _sum_of_group(tuple(f for f in m if f in group),
                                           [b for b in binders if (b[0], None) in group]))
    return result


def _with_value(x: Term, value: Term, m: Monomial, binders: list[Binder]) -> Polynomial:
    """The sum with a value for an index, which is no longer summed over."""
    at = {x: value}
    left = [(y, _part(substitute(low, at)), _part(substitute(high, at))) for y, low, high in binders if y is not x]
    return sum_over(normal(substitute(term_of(m), at)), left)


def _is_safe(t: Term, e: Fraction) -> bool:
    """Whether a factor is no denominator that may be 0."""
    return e > 0 and (t.op != "^" or t.terms[1].number is not None) or bounds(t).positive


def _sum_of_group(m: Monomial, binders: list[Binder]) -> Polynomial:
    """The sum of a monomial over indices that hang together."""
    (x, low, high), *around = binders
    times = gap(high, low) + UNIT
    if not m and is_integer(low) and is_integer(high) and bounds(as_term(times)).nonnegative:  # a constant is counted
        return sum_over(times, around)
    if not around and len(m) == 1 and m[0][1] == 1 and weighs(m[0][0], Term("range", x, low, high)):
        return UNIT
    return _atom_of_sum(m, binders)


def _atom_of_sum(m: Monomial, binders: list[Binder]) -> Polynomial:
    """The atom for a sum of a monomial, under canonical names."""
    body, *limits = canonical(Term("sum", term_of(m), *[Term("range", *b) for b in binders])).terms
    own = {r.terms[0] for r in limits}
    if not any(free(end) & own for r in limits for end in r.terms[1:]):  # else the inner ones must stay first
        limits.sort()
    return atom(Term("sum", body, *limits))


# --- means ----------------------------------------------------------------------------------------------------------


def joined(items: Iterable[Item], near: Callable[[Item, Item], bool]) -> list[list[Item]]:
    """The items in groups: those that are near each other, directly or by others, together."""
    groups: list[list[Item]] = []
    for item in items:
        close = [g for g in groups if any(near(item, other) for other in g)]
        groups = [*[g for g in groups if g not in close], [*[other for g in close for other in g], item]]
    return groups


def _mean_of_monomial(m: Monomial) -> Polynomial:
    """The mean of a monomial."""
    if not any(random(t) for t, _ in m):
        return _single(m)
    coefficient, m, binders = flattened(m, [])
    result = _single(f for f in m if not random(f[0])) * coefficient
    for group in joined([f for f in m if random(f[0])], lambda f, g: not _apart(f[0], g[0])):
        result = product(result, _mean_of_group(tuple(sorted(group))))
    return sum_over(result, binders)


def _mean_of_group(group: Monomial) -> Polynomial:
    """The mean of factors that may depend on each other."""
    if len(group) <= MAX_GATES and len({t.terms[0] for t, _ in group if t.terms}) == 1 \
            and all(e == 1 and t.op == "entry" and t.terms[0].op == "gates" and random(t) == {t.terms[0]}
                    and not any(map(random, t.terms[1:]))
                    and bounds(t.terms[0].terms[0]).probability for t, e in group):  # whose laws are not random
        return _gates([t for t, _ in group])
    return _at_outcomes("E", term_of(group))


def _at_outcomes(mean: str, of: Term) -> Polynomial:
    """A mean over the outcomes of one subnetwork: a sum with weights, or a product. An atom where it is another."""
    k, drawn = Term("index", f"~{_highest('~', of) + 1}", "integer"), min(random(of), default=ONE)
    if random(of) != {drawn} or drawn.op != "subnetwork" or not is_distribution(drawn.terms[1]) \
            or any(drawn in free(t) for t in walk(of) if t.op in NUMBERS):  # there it is no outcome of this mean
        return atom(Term(mean, of))
    weight, value = Term("entry", drawn.terms[1], k), substitute(of, {drawn: k})
    kind, body = ("sum", Term("*", weight, value)) if mean == "E" else ("product", Term("^", value, weight))
    return normal(Term(kind, body, Term("range", k, *drawn.terms[1].ranges[0].terms[1:])))


def _gates(gates: list[Term]) -> Polynomial:
    """The mean of a product of gates of one family, by which of their indices coincide."""
    if not gates:
        return UNIT
    family, *indices = gates[0].terms
    names = [r.terms[0] for r in family.ranges]
    keep = normal(substitute(family.terms[0], dict(zip(names, indices, strict=True))))
    others, total, distinct = _gates(gates[1:]), Polynomial(), UNIT
    for other in gates[1:]:  # the first one is this one and none before: one gate fewer
        equal = product(*[normal(Term("equal-indices", i, j)) for i, j in zip(indices, other.terms[1:], strict=True)])
        total = total + product(distinct, equal, others)
        distinct = product(distinct, UNIT - equal)
    return total + product(distinct, keep, others)


def _apart(left: Term, right: Term) -> bool:
    """Whether two random expressions are certainly independent: by laws that are not random, of other names."""
    mine, theirs = random(left), random(right)
    return all(a.op in ("gates", "normal", "uniform", "bernoulli") and random(a) == {a} for a in mine | theirs) \
        and not {a.args[0] for a in mine} & {a.args[0] for a in theirs}


# --- decisions ------------------------------------------------------------------------------------------------------


def same(left: Term, right: Term) -> bool:
    """Whether two expressions are equal wherever both are defined, by normal form. False decides nothing."""
    try:
        return normal(left) == normal(right)
    except (NotShown, Malformed, RecursionError):
        return left is right
