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
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dropout_theory.recheck.steps.grammar import Malformed, Term, walk

VERSION = 1
MAX_LINES, MAX_LINE = 2_000_000, 200_000


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
        parts = [self.rule, self.conclusion.digest, *sorted(g.digest for g in self.given), "premises",
                 *[p.digest for p in self.premises]]
        for name in sorted(self.arguments):
            parts += [f"={name}", *[a.digest for a in self.arguments[name]]]
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]

    @cached_property
    def said(self) -> str:
        """A name of what the step says, whatever is below: a step is the same one in another proof."""
        parts = [self.rule, self.conclusion.digest, *sorted(g.digest for g in self.given)]
        for p in self.premises:
            parts += ["premise", p.conclusion.digest, *sorted(g.digest for g in p.given)]
        for name in sorted(self.arguments):
            parts += [f"={name}", *[a.digest for a in self.arguments[name]]]
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]


def steps_below(*last: Step) -> Iterator[Step]:
    """Each step that some steps rest on, and they themselves, once: premises before what rests on them."""
    seen: set[int] = set()
    stack = [(step, False) for step in reversed(last)]
    while stack:
        here, done = stack.pop()
        if done:
            yield here
        elif id(here) not in seen:
            seen.add(id(here))
            stack.append((here, True))
            stack += [(p, False) for p in reversed(here.premises)]


def written(proofs: Mapping[str, Step]) -> Iterator[str]:
    """The lines of a file that keeps the proofs of claims by their ids."""
    terms: dict[Term, int] = {}
    steps: dict[str, int] = {}

    def new_terms(wanted: Iterable[Term]) -> Iterator[str]:
        for root in wanted:
            if root in terms:
                continue
            for t in walk(root):
                if t not in terms:
                    terms[t] = len(terms)
                    yield _line("term", terms[t], t.op, *[a if isinstance(a, str) else terms[a] for a in t.args])

    yield _line("derivations", VERSION)
    for claim in sorted(proofs):
        for step in steps_below(proofs[claim]):
            if step.digest in steps:
                continue
            given = sorted(step.given, key=lambda g: g.digest)
            yield from new_terms([step.conclusion, *given, *[a for found in step.arguments.values() for a in found]])
            steps[step.digest] = len(steps)
            yield _line("step", steps[step.digest], step.rule, terms[step.conclusion], [terms[g] for g in given],
                        [steps[p.digest] for p in step.premises],
                        {name: [terms[a] for a in found] for name, found in sorted(step.arguments.items())})
        yield _line("claim", claim, steps[proofs[claim].digest])


def _line(*parts: Any) -> str:
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def read(lines: Iterable[str]) -> dict[str, Step]:
    """The proofs of claims by their ids. Raises Malformed, naming the line, for anything that is not such a file."""
    terms: list[Term] = []
    steps: list[Step] = []
    proofs: dict[str, Step] = {}
    number = 0
    for number, line in enumerate(lines, start=1):
        try:
            if number > MAX_LINES or len(line) > MAX_LINE:
                raise Malformed(f"too long; allowed: {MAX_LINES} lines of {MAX_LINE} characters")
            parts = _parsed(line)
            if number == 1:
                if parts != ["derivations", VERSION]:
                    raise Malformed(f"{line.strip()[:40]!r}; allowed first: {_line('derivations', VERSION)}")
            elif parts[0] == "term":
                terms.append(_term(parts, terms))
            elif parts[0] == "step":
                steps.append(_step(parts, terms, steps))
            elif parts[0] == "claim" and len(parts) == 3 and isinstance(parts[1], str) and parts[1] not in proofs:
                proofs[parts[1]] = _earlier(parts[2], steps, "step")
            else:
                raise Malformed("no term, step or claim, or a claim twice")
        except Malformed as error:
            raise Malformed(f"line {number}: {error}") from None
    if not number:
        raise Malformed("the file is empty")
    return proofs


def _parsed(line: str) -> list[Any]:
    try:
        parts = json.loads(line, parse_float=_refused, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise Malformed("no JSON") from None
    if not isinstance(parts, list) or not parts:
        raise Malformed("no list")
    return parts


def _refused(text: str) -> Any:
    raise ValueError(text)


def _earlier(n: Any, known: list[Any], what: str) -> Any:
    if type(n) is not int or not 0 <= n < len(known):
        raise Malformed(f"{n!r:.20} is no {what} of an earlier line")
    return known[n]


def _term(parts: list[Any], terms: list[Term]) -> Term:
    if len(parts) < 3 or parts[1] != len(terms) or type(parts[1]) is not int or not isinstance(parts[2], str):
        raise Malformed("a term is its number, an operator and arguments")
    return Term(parts[2], *[a if isinstance(a, str) else _earlier(a, terms, "term") for a in parts[3:]])


def _step(parts: list[Any], terms: list[Term], steps: list[Step]) -> Step:
    if len(parts) != 7 or parts[1] != len(steps) or type(parts[1]) is not int or not isinstance(parts[2], str) \
            or not isinstance(parts[4], list) or not isinstance(parts[5], list) or not isinstance(parts[6], dict):
        raise Malformed("a step is its number, a rule, a conclusion, what is given, premises and arguments")
    _, _, rule, conclusion, given, premises, arguments = parts
    assumed = [_earlier(g, terms, "term") for g in given]
    said = _earlier(conclusion, terms, "term")
    for statement in (said, *assumed):
        if statement.sort != "S":
            raise Malformed(f"{statement} is no statement")
    found = {}
    for name, values in arguments.items():
        if not isinstance(values, list):
            raise Malformed(f"argument {name!r:.40} is no list of terms")
        found[name] = tuple(_earlier(v, terms, "term") for v in values)
    return Step(rule, said, frozenset(assumed), tuple(_earlier(p, steps, "step") for p in premises), found)
