"""Recorded proofs as a person reads them: numbered steps, each with its formula and its reason.

Steps that a reader does in passing (what is assumed, one conjunct of several, the sides turned round) are folded: what
rests on them says what they rest on. An assumption has a letter, and a step tells which of them it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dropout_theory.recheck.steps.derivation import Step, steps_below
from dropout_theory.recheck.steps.grammar import Term, walk

FOLDED = frozenset({"assumption", "and", "symmetry", "reflexivity", "discharge", "for each", "implication"})

# how a rule reads; {0}, {1}, ... are what it rests on, {all} all of it
_REASONS = {
    "real arithmetic": "over the reals, from {all}",
    "normal form": "both sides expanded",
    "rewriting": "{0} with {rest} put in",
    "instance": "{0} at {values}",
    "weighted sum": "{0}, weighted and summed",
    "sum of terms": "{0}, summed",
    "expectation": "means of both sides of {0}",
    "monotone": "a monotone function of both sides of {0}",
    "induction": "by induction on {variable} from {start}: {0} and {1}",
    "cases": "by cases: {0} and {1}",
    "modus ponens": "{0}, whose premise is {1}",
    "iff": "both directions: {0} and {1}",
    "definition": "by definition",
    "evaluation": "by evaluation",
    "variance is not negative": "a variance is not negative",
    "refutation": "so the statement as printed fails at this instance, by {all}",
}


@dataclass(frozen=True)
class Line:
    """One step as it is read: its number, what it says, under which assumptions, and why."""

    number: int
    statement: Term
    assumes: tuple[str, ...]
    reason: str
    source: str = ""  # the claim or classical fact that it quotes


@dataclass(frozen=True)
class Reading:
    """A proof as it is read: what is assumed by letters, and the steps."""

    assumptions: dict[str, Term]
    lines: tuple[Line, ...]


def read(last: Step, show: Callable[[Term], str], everything: bool = False) -> Reading:
    """A proof with trivial steps folded, or with `everything`. `show` writes a term where a reason has one."""
    folded = frozenset() if everything else FOLDED
    steps = list({s.said: s for s in steps_below(last)}.values())
    assumed = {g: None for s in steps for g in sorted(s.given, key=lambda g: g.digest) if not _range_of(g)}
    letters = {g: _letter(n) for n, g in enumerate(assumed)}
    numbers: dict[str, int] = {}
    lines: list[Line] = []
    for step in steps:
        if step.rule in folded and step.said != last.said:
            continue
        numbers[step.said] = len(lines) + 1
        source = step.rule.removeprefix("claim ").replace("classical: ", "classical:") \
            if step.rule.startswith(("claim ", "classical: ")) else ""
        lines.append(Line(len(lines) + 1, step.conclusion,
                          tuple(sorted(letters[g] for g in step.given if g in letters)),
                          _reason(step, numbers, letters, folded, show), source))
    used = {a for line in lines for a in line.assumes}
    return Reading({a: g for g, a in letters.items() if a in used}, tuple(lines))


def _range_of(statement: Term) -> bool:
    """Whether a statement says that an index lies in its range: that is read off the formulas."""
    return statement.op in (">=", "<=") and statement.terms[0].op == "index"


def _letter(n: int) -> str:
    return chr(ord("a") + n) if n < 26 else f"{_letter(n // 26 - 1)}{_letter(n % 26)}"


def _rests_on(step: Step, numbers: Mapping[str, int], letters: Mapping[Term, str], folded: Iterable[str]) -> list[str]:
    """The numbers of the steps that a step rests on, in order, those of folded ones in their place."""
    found: list[str] = []
    for p in step.premises:
        if p.said in numbers:
            found.append(str(numbers[p.said]))
        elif p.rule == "assumption":
            found.append(f"({letters[p.conclusion]})" if p.conclusion in letters else "the range of the index")
        else:
            found += _rests_on(p, numbers, letters, folded) or ["what is assumed"]
    return list(dict.fromkeys(found))


def _reason(step: Step, numbers: Mapping[str, int], letters: Mapping[Term, str], folded: Iterable[str],
            show: Callable[[Term], str]) -> str:
    if step.rule.startswith(("claim ", "classical: ")):
        return step.rule
    below = _rests_on(step, numbers, letters, folded)
    pattern = _REASONS.get(step.rule)
    if pattern is None:
        return f"{step.rule}, from {_listed(below)}" if below else step.rule
    words = {"all": _listed(below) or "nothing", "rest": _listed(below[1:]) or "definitions",
             "values": ", ".join(f"{show(a)} = {show(v)}" for a, v in zip(step.arguments.get("atoms", ()),
                                                                     step.arguments.get("values", ()), strict=False)),
             **{name: show(found[0]) for name, found in step.arguments.items() if name in ("variable", "start")}}
    places = below + ["what was shown"] * 2
    if step.rule == "real arithmetic" and not below:
        return "over the reals"
    return pattern.format(*places, **words)


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def readable(term: Term) -> Term:
    """A term with the names of bound indices as a person writes them: `k~3` is k where no other k stands."""
    names = {t for t in walk(term) if t.op == "index"}
    plain: dict[Term, Term] = {}
    for t in sorted(names, key=lambda t: str(t.args[0])):
        name = str(t.args[0]).partition("~")[0]
        if "~" in str(t.args[0]):
            while any(str(other.args[0]) == name for other in (*names, *plain.values())):
                name += "'"
            plain[t] = Term("index", name, *t.args[1:])
    return _renamed(term, plain)


def _renamed(term: Term, names: Mapping[Term, Term]) -> Term:
    made: dict[Term, Term] = {}
    for t in walk(term):
        made[t] = names.get(t) or Term(t.op, *[a if isinstance(a, str) else made[a] for a in t.args])
    return made[term]


__all__ = ["FOLDED", "Line", "Reading", "read", "readable"]
