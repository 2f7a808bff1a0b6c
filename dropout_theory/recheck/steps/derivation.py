"""Derivations: steps that share their premises, and the file they are kept in.

A file is lines of JSON, each of which may speak of those before it by their numbers, terms and steps counted apart:

    ["derivations", 1]                                               the version, first
    ["term", n, operator, argument, ...]                             see `grammar`
    ["step", n, rule, conclusion, [given], [premises], {arguments}]  given and conclusion are terms, premises steps
    ["claim", id, step]                                              the last step of the proof of a claim

A step says: what its premises conclude, under what they assume, gives the conclusion under what is given here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dropout_theory.recheck.steps.grammar import Malformed, Term, bottom_up, need, read_lines

VERSION = 1


@dataclass(frozen=True, eq=False)
class Step:
    """One application of a rule: `premises` give `conclusion` wherever all that is `given` holds."""

    rule: str
    conclusion: Term
    given: frozenset[Term] = frozenset()
    premises: tuple[Step, ...] = ()
    arguments: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """A name made of the content and of all steps below: the same in every file and on every machine."""
        return self._name("premises", *[p.digest for p in self.premises])

    @cached_property
    def said(self) -> str:
        """A name of what the step says, whatever is below: a step is the same one in another proof."""
        return self._name(*[part for p in self.premises for part in ("premise", *_digests(p))])

    def _name(self, *of_premises: str) -> str:
        arguments = [part for name in sorted(self.arguments)
                     for part in (f"={name}", *[a.digest for a in self.arguments[name]])]
        parts = [self.rule, *_digests(self), *of_premises, *arguments]
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]


def _digests(step: Step) -> list[str]:
    return [step.conclusion.digest, *sorted(g.digest for g in step.given)]


def steps_below(*last: Step) -> Iterator[Step]:
    """Each step that some steps rest on, and they themselves, once: premises before what rests on them."""
    return bottom_up(last, lambda step: step.premises)


def read(lines: Iterable[str]) -> dict[str, Step]:
    """The proofs of claims by their ids. Raises Malformed, naming the line, for anything that is not such a file."""
    terms: list[Term] = []
    steps: list[Step] = []
    proofs: dict[str, Step] = {}

    def take(parts: list[Any]) -> None:
        kind, name, *rest = parts if len(parts) > 2 else ("", None)
        if kind == "term" and type(name) is int and name == len(terms) and isinstance(rest[0], str):
            terms.append(Term(rest[0], *[a if isinstance(a, str) else _earlier(a, terms) for a in rest[1:]]))
        elif kind == "step" and type(name) is int and name == len(steps):
            steps.append(_step(rest, terms, steps))
        elif kind == "claim" and isinstance(name, str) and name not in proofs and len(rest) == 1:
            proofs[name] = _earlier(rest[0], steps)
        else:
            raise Malformed("no term, step or claim, one twice, or one out of order")

    read_lines(lines, ["derivations", VERSION], take)
    return proofs


def _earlier(n: Any, known: list[Any]) -> Any:
    need(type(n) is int and 0 <= n < len(known), f"{n!r:.20} is the number of no earlier line", Malformed)
    return known[n]


def _step(parts: list[Any], terms: list[Term], steps: list[Step]) -> Step:
    need([type(p) for p in parts] == [str, int, list, list, dict] and all(type(v) is list for v in parts[4].values()),
         "a step is its number, a rule, a conclusion, what is given, premises and arguments", Malformed)
    rule, conclusion, given, premises, arguments = parts
    statements = [_earlier(n, terms) for n in (conclusion, *given)]
    need(all(s.sort == "S" for s in statements), "what is concluded and given are statements", Malformed)
    return Step(rule, statements[0], frozenset(statements[1:]), tuple(_earlier(p, steps) for p in premises),
                {name: tuple(_earlier(v, terms) for v in values) for name, values in arguments.items()})
