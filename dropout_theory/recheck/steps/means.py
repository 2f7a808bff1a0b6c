"""Means: linear, products over what is independent, gates that are 0 or 1.

A mean is taken of each monomial of a normal form, its random sums opened: factors that are not random stand before
it, the others fall into groups that share no randomness. Two gates of one family are one gate or independent:
E(d_i d_j) = p_i p_j + [i = j] (p_i - p_i p_j). Of what cannot be told apart the mean stays an atom.
"""

from __future__ import annotations

from functools import cache
from itertools import chain

from dropout_theory.recheck.steps import normal as whole
from dropout_theory.recheck.steps import sums
from dropout_theory.recheck.steps.binding import NUMBERS, free, hidden, is_itself, random, substitute
from dropout_theory.recheck.steps.bounds import bounds, is_distribution
from dropout_theory.recheck.steps.grammar import ONE, Term, minus, number, ranges, scopes, walk
from dropout_theory.recheck.steps.polynomial import (
    UNIT,
    Monomial,
    Polynomial,
    add,
    as_term,
    atom,
    product,
    scale,
    subtract,
    term_of,
)

MAX_GATES = 4
_LAWS = ("gates", "normal", "uniform", "bernoulli")
Leaf = tuple[Term, frozenset[Term]]  # a random atom or entry, and the indices bound around it


def mean(body: Term) -> Polynomial:
    """The normal form of a mean."""
    inside = whole.normal(body)
    drawn = _drawn(body) or _drawn(as_term(inside))  # a normal form has drawn what means inside it draw
    if drawn is not None:  # E(f(N)) = sum of P[k] E(f(k)): the subnetwork is drawn apart from all else
        value, weight, limit = drawn
        return whole.normal(Term("sum", Term("*", weight, Term("E", value)), limit))
    return add(*[scale(_of_monomial(m), c) for m, c in inside.items()])


def geometric(op: str, body: Term) -> Term | None:
    """G, G' and NWGM of what only a subnetwork makes random, as products of its outcomes; None for others."""
    if op == "G'":
        return geometric("G", minus(ONE, body))
    drawn = _drawn(body)
    if drawn is None or len(random(body)) > 1:
        return None
    if op == "NWGM":
        return Term("*", Term("G", body), Term("^", Term("+", Term("G", body), Term("G'", body)), number(-1)))
    value, weight, limit = drawn
    return Term("product", Term("^", value, weight), limit)


def _drawn(body: Term) -> tuple[Term, Term, Term] | None:
    """A body at an index in place of a subnetwork, with its probability and the range of the index.

    None unless the body speaks of a subnetwork openly and outside means, and its distribution is one over 1..m.
    """
    for n in sorted(random(body)):
        if n.op == "subnetwork" and n not in hidden(body) and is_distribution(n.terms[1]) \
                and ranges(n.terms[1])[0].terms[1] is ONE \
                and not any(t.op in NUMBERS and n in free(t) for t in walk(body)):
            index, = sums.fresh("~", 1, body, n)
            return (substitute(body, {n: index}), Term("entry", n.terms[1], index),
                    Term("range", index, *ranges(n.terms[1])[0].terms[1:]))
    return None


def _of_monomial(m: Monomial) -> Polynomial:
    """The mean of a monomial."""
    if not any(random(t) for t, _ in m):
        return {m: UNIT[()]}
    coefficient, m, binders = sums.flattened(m, [], True)
    result: Polynomial = {tuple(f for f in m if not random(f[0])): coefficient}
    for group in sums.joined([f for f in m if random(f[0])], lambda f, g: not _apart(f[0], g[0])):
        result = product(result, _of_group(tuple(sorted(group))))
    return sums.summed(result, binders)


def _of_group(group: Monomial) -> Polynomial:
    """The mean of factors that may depend on each other."""
    if len(group) <= MAX_GATES and len({t.terms[0] for t, _ in group if t.terms}) == 1 \
            and all(e == 1 and _is_simple_gate(t) and bounds(t.terms[0].terms[0]).probability for t, e in group):
        return _gates([t for t, _ in group])
    return atom(Term("E", term_of(group)))


def _is_simple_gate(t: Term) -> bool:
    """Whether a gate depends on no other random atom: neither by its keep probability nor by its index."""
    return t.op == "entry" and t.terms[0].op == "gates" and random(t) == {t.terms[0]}


def _gates(gates: list[Term]) -> Polynomial:
    """The mean of a product of gates of one family, by which of their indices coincide."""
    if not gates:
        return UNIT
    family, *indices = gates[0].terms
    names = [r.terms[0] for r in ranges(family)]
    keep = whole.normal(substitute(family.terms[0], dict(zip(names, indices, strict=True))))
    others, total, distinct = _gates(gates[1:]), [], UNIT
    for other in gates[1:]:  # the first one is this one and none before: one gate fewer
        equal = product(*[whole.normal(Term("equal-indices", i, j))
                          for i, j in zip(indices, other.terms[1:], strict=True)])
        total.append(product(distinct, equal, others))
        distinct = product(distinct, subtract(UNIT, equal))
    return add(*total, product(distinct, keep, others))


# --- independence ---------------------------------------------------------------------------------------------------


def _apart(left: Term, right: Term) -> bool:
    """Whether two random expressions are certainly independent: nothing random in one is tied to any in the other."""
    return all(_independent(a, b) for a in _leaves(left, frozenset()) for b in _leaves(right, frozenset()))


def _leaves(term: Term, bound: frozenset[Term]) -> list[Leaf]:
    """The random atoms and entries of an expression, each with the indices bound around it."""
    if not random(term):
        return []
    if term.op == "entry" or not scopes(term):
        return [(term, bound)]
    return [leaf for part, own in scopes(term) for leaf in _leaves(part, bound | set(own))]


def _independent(left: Leaf, right: Leaf) -> bool:
    (a, around_a), (b, around_b) = left, right
    mine, theirs = random(a), random(b)
    if any(x.op not in _LAWS or random(x) != {x} for x in mine | theirs):
        return False
    if not {x.args[0] for x in mine} & {x.args[0] for x in theirs}:
        return True  # numbers and families of other names are drawn for themselves
    if _is_simple_gate(a) and _is_simple_gate(b):
        return a.terms[0] is b.terms[0] and any(
            sums.differ(i, j) and not free(i) & around_a and not free(j) & around_b
            for i, j in zip(a.terms[1:], b.terms[1:], strict=True))
    return _is_above(a, b, around_b) or _is_above(b, a, around_a)


def _is_above(gate: Term, entry: Term, bound: frozenset[Term]) -> bool:
    """Whether a gate lies at or above the layer of an entry of a recursion, whose gates all lie below its layer."""
    return _is_simple_gate(gate) and entry.op == "entry" and entry.terms[0].op == "recursion" \
        and len(gate.terms) > 1 and len(entry.terms) > 1 and not free(entry.terms[1]) & bound \
        and not any(map(random, entry.terms[1:])) \
        and sums.at_least_0(sums.gap(gate.terms[1], entry.terms[1])) \
        and _gates_below(entry.terms[0], gate.terms[0])


@cache
def _gates_below(recursion: Term, family: Term) -> bool:
    """Whether each entry of a recursion is made of gates of a family at layers below its own, and of nothing akin."""
    base, step = recursion.terms[1:3]
    layer, start, _ = ranges(recursion)[0].terms
    if layer.args[1] != "integer":  # a name that promises what the index need not keep
        return False

    def below(part: Term, top: Term, binders: list[sums.Binder]) -> bool:
        if part.op == "entry":
            own = part.terms[0].op == "family" and part.terms[0].args[2] == "self"
            if own and (not is_itself(part.terms[0], recursion) or top is start):
                return False
            if any(map(random, part.terms[1:])):
                return False
            if own or part.terms[0].args[0] == family.args[0]:
                room = sums.gap(Term("+", top, number(-1)), part.terms[1])
                return (own or part.terms[0] is family) and sums.at_least_0(room, binders)
            return part.terms[0].op in ("family", "gates") and random(part.terms[0]) <= {part.terms[0]}
        if part.op == "sum":
            body, limits = sums.opened(part.terms[0], part.terms[1:], top, *chain(*binders))
            return below(body, top, [*limits, *binders])
        if random(part) and part.op not in ("+", "*", "^", "relu", "logistic", "exp", "tanh", "cases", "case"):
            return False
        return all(below(a, top, binders) for a in part.terms if a.op not in ("domain", "range"))

    return below(base, start, []) and below(step, layer, [])
