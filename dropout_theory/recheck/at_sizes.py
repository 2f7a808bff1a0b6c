"""Statements at fixed sizes, in the grammar of proofs: sums, means and extremes written out, recursions unfolded.

What `decide` claims for all real values at some sizes is asked here anew, from the statement alone and by code that
knows neither SymPy nor a solver, so that certificates can be checked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import comb, factorial
from typing import Any

from dropout_theory.recheck.steps.bounds import bounds
from dropout_theory.recheck.steps.definedness import RELATIONS
from dropout_theory.recheck.steps.grammar import ONE, ZERO, Term, number
from dropout_theory.recheck.steps.normal import normal

MAX_OUTCOMES = 256
MINUS = number(-1)
_SAME_PARTS = frozenset({"+", "*", "^", "abs", "max", "min", "relu", "sign", *RELATIONS, "and", "or", "not", "implies",
                         "iff"})
_COUNTED: dict[str, Callable[..., int]] = {"factorial": factorial, "binomial": comb}
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}

Env = Mapping[Any, Any]  # bound indices with their integers, and the recursion that a definition speaks of


class CannotWriteOut(ValueError):
    """A part of a statement has no finite form of real arithmetic at fixed sizes; the message names it."""


@dataclass
class _Mask:
    """Random atoms decided in one replay: for each its choice and its outcomes with their probabilities."""

    script: list[list[Any]]
    known: dict[Any, Term] = field(default_factory=dict)
    weights: list[Term] = field(default_factory=list)

    def draw(self, atom: Any, options: Callable[[], list[tuple[Term, Term]]]) -> Term:
        if atom not in self.known:
            if len(self.known) == len(self.script):
                self.script.append([0, options()])
            chosen, found = self.script[len(self.known)]
            self.known[atom], weight = found[chosen]
            self.weights.append(weight)
        return self.known[atom]


class AtSizes:
    """Writes out statements where size scalars have values. `facts` holds what is so of distributions met, `laws` what
    must be so of keep probabilities met."""

    def __init__(self, sizes: Mapping[Term, int]) -> None:
        self.sizes = sizes
        self.facts: dict[Term, None] = {}
        self.laws: dict[Term, None] = {}
        self._mask: _Mask | None = None

    def __call__(self, term: Term, env: Env | None = None) -> Term:
        """An expression or statement written out. Raises CannotWriteOut."""
        env = env or {}
        op, args = term.op, term.terms
        if term.number is not None or op in ("pi", "true", "false"):
            return term
        if op in ("index", "scalar"):
            known = env.get(term, self.sizes.get(term))
            if known is None and op == "index":
                raise CannotWriteOut(f"the index {term} is free")
            return term if known is None else number(known)
        if op in _SAME_PARTS:
            return Term(op, *[self(a, env) for a in args])
        if op in ("sum", "product"):
            parts = [self(args[0], here) for here in self._over(args[:0:-1], env)]
            return _folded("+" if op == "sum" else "*", parts)
        if op == "each":
            return _folded("and", [self(args[0], here) for here in self._over(args[1:], env)])
        if op in ("largest", "smallest"):
            parts = [self(args[0], here) for here in self._over(args[1:], env)]
            if not parts:
                raise CannotWriteOut("an extreme of nothing")
            return _folded("max" if op == "largest" else "min", parts)
        if op == "entry":
            return self._entry(args[0], tuple(self._integer(i, env) for i in args[1:]), env)
        if op == "E":
            return self._mean(lambda: self(args[0], env))
        if op in ("Var", "Cov"):
            one, other = args[0], args[-1]
            centres = [_times(MINUS, self._mean(lambda a=a: self(a, env))) for a in (one, other)]  # type: ignore[misc]
            return self._mean(lambda: _times(*[Term("+", self(a, env), c) for a, c in
                                               zip((one, other), centres, strict=True)]))
        if op in ("subnetwork", "bernoulli"):
            return self._drawn(term, lambda: self._options(term, env))
        if op == "cases":
            return self._cases(args, env)
        if op == "equal-indices":
            return number(self._integer(args[0], env) == self._integer(args[1], env))
        if op in _COUNTED:
            return number(_COUNTED[op](*[self._integer(a, env) for a in args]))
        raise CannotWriteOut(f"no finite form of {op}")

    def _integer(self, term: Term, env: Env) -> int:
        found = normal(self(term, env))
        value = found.get((), 0)
        if not set(found) <= {()} or value != int(value):
            raise CannotWriteOut(f"{term} is no integer at these sizes")
        return int(value)

    def _over(self, ranges: tuple[Term, ...], env: Env) -> Iterator[Env]:
        """What is bound at each index of ranges, the outermost first."""
        if not ranges:
            yield env
            return
        index, low, high = ranges[0].terms
        for k in range(self._integer(low, env), self._integer(high, env) + 1):
            yield from self._over(ranges[1:], {**env, index: k})

    # --- atoms ------------------------------------------------------------------------------------------------------

    def _entry(self, family: Term, indices: tuple[int, ...], env: Env) -> Term:
        if family.op == "family" and family.args[2] == "self":
            family = env[family.args[0]]
        own = dict(zip([r.terms[0] for r in family.terms if r.op == "range"], indices, strict=True))
        if family.op == "gates":
            return self._drawn((family, indices), lambda: self._two(family.terms[0], own))
        if family.op == "recursion":
            first = next(r.terms[1] for r in family.terms if r.op == "range")
            layer, start = indices[0], self._integer(first, {})
            if layer < start:
                raise CannotWriteOut(f"{family}{list(indices)} is below the first layer")
            return self(family.terms[1 if layer == start else 2], {**own, family.args[0]: family})
        if family.op != "family":
            raise CannotWriteOut(f"{family} has no law")
        at = self._with_numbers(family)
        if family.args[2] == "distribution":
            limits = [r for r in family.terms if r.op == "range"]
            members = [Term("entry", at, *[number(here[r.terms[0]]) for r in limits]) for here in self._over(
                tuple(limits), {})]
            self.facts[Term("=", _folded("+", members), ONE)] = None
        return Term("entry", at, *map(number, indices))

    def _with_numbers(self, family: Term) -> Term:
        """The family with numbers for the sizes in its ranges, and no other ranges of its own."""
        args = [Term("range", a.terms[0], *[self._end(e) for e in a.terms[1:]])
                if isinstance(a, Term) and a.op == "range" else a for a in family.args]
        return Term("family", *args)

    def _end(self, end: Term) -> Term:
        try:
            return number(self._integer(end, {}))
        except CannotWriteOut:  # it depends on an index
            return end

    def _options(self, atom: Term, env: Env) -> list[tuple[Term, Term]]:
        if atom.op == "bernoulli":
            return self._two(atom.terms[1], env)
        probabilities = atom.terms[1]
        _, low, high = next(r for r in probabilities.terms if r.op == "range").terms
        return [(number(k), self._entry(probabilities, (k,), env))
                for k in range(self._integer(low, {}), self._integer(high, {}) + 1)]

    def _two(self, keep: Term, env: Env) -> list[tuple[Term, Term]]:
        p = self(keep, env)
        found = bounds(p)
        if not found.nonnegative:
            self.laws[Term("<=", ZERO, p)] = None
        if found.high is None or found.high > 1:
            self.laws[Term("<=", p, ONE)] = None
        return [(ONE, p), (ZERO, Term("+", ONE, _times(MINUS, p)))]

    def _drawn(self, atom: Any, options: Callable[[], list[tuple[Term, Term]]]) -> Term:
        if self._mask is None:
            raise CannotWriteOut(f"random {atom} outside a mean")
        return self._mask.draw(atom, options)

    def _mean(self, body: Callable[[], Term]) -> Term:
        """The sum over all outcomes of what is random in a body, which asks for it while it is written."""
        script: list[list[Any]] = []
        parts: list[Term] = []
        while len(parts) < MAX_OUTCOMES:
            before, self._mask = self._mask, _Mask(script)
            try:
                value = body()
                parts.append(_times(*self._mask.weights, value))
            finally:
                self._mask = before
            while script and script[-1][0] + 1 == len(script[-1][1]):
                script.pop()
            if not script:
                return _folded("+", parts)
            script[-1][0] += 1
        raise CannotWriteOut(f"more than {MAX_OUTCOMES} outcomes")

    def _cases(self, cases: tuple[Term, ...], env: Env) -> Term:
        """The value of the first case that numbers decide; cases that they do not decide are left."""
        left: list[Term] = []
        for case in cases:
            condition = self(case.terms[1], env)
            holds = _decided(condition)
            if holds is False:
                continue
            value = self(case.terms[0], env)
            if holds and not left:
                return value
            left.append(Term("case", value, Term("true") if holds else condition))
            if holds:
                break
        return Term("cases", *left)


def _decided(condition: Term) -> bool | None:
    if condition.op in ("true", "false"):
        return condition.op == "true"
    if condition.op in _COMPARED:
        sides = [normal(a) for a in condition.terms]
        if all(set(s) <= {()} for s in sides):
            return _COMPARED[condition.op](*[s.get((), 0) for s in sides])
    return None


def _times(*factors: Term) -> Term:
    return _folded("*", list(factors))


def _folded(op: str, parts: list[Term]) -> Term:
    if len(parts) == 1:
        return parts[0]
    return Term(op, *parts) if parts else {"+": ZERO, "*": ONE, "and": Term("true")}[op]


__all__ = ["AtSizes", "CannotWriteOut"]
