"""Recorded proofs as a person reads them: numbered steps, each with its formula and its reason.

Steps that a reader does in passing (what is assumed, one conjunct of several, the sides turned round, the same formula
again) are trivial: what rests on them says what they rest on. They have numbers of their own, 3.1 and 3.2 after step 3,
so that the others are numbered alike with and without them. An assumption has a letter, and a step tells which of them
it needs. Letters that the claim does not have are listed; where one letter has several domains, as in a proof by cases,
each step says of which values it speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from dropout_theory.recheck.steps.binding import free
from dropout_theory.recheck.steps.derivation import Step, steps_below
from dropout_theory.recheck.steps.grammar import ONE, Term, end, walk

FOLDED = frozenset({"assumption", "and", "symmetry", "reflexivity", "discharge", "for each", "implication"})

Show = Callable[[Term], str]

# how a rule reads; {0}, {1}, ... are its premises, {rest} those after the first, {all} all of them
_REASONS = {
    "assumption": "assumed",
    "symmetry": "{0}, turned round",
    "reflexivity": "the same on both sides",
    "discharge": "{0}, whose assumptions are {rest}",
    "for each": "{0}, for each index",
    "implication": "{0}, with what it assumes as premise",
    "real arithmetic": "over the reals, from {all}",
    "sum of terms": "{0}, summed",
    "expectation": "means of both sides of {0}",
    "monotone": "a monotone function of both sides of {all}",
    "induction": "by induction on {variable} from {start}: {0} and {1}",
    "modus ponens": "{0}, whose premise is {1}",
    "iff": "both directions: {0} and {1}",
    "definition": "by definition",
    "equal terms": "{1}, where equals are put in by {0}",
    "evaluation": "by evaluation",
    "variance is not negative": "a variance is not negative",
    "refutation": "so the statement as printed fails at this instance, by {all}",
}


@dataclass(frozen=True)
class Line:
    """One step as it is read: its number, what it says, under which assumptions and of which values, and why."""

    number: str
    statement: Term
    assumes: tuple[str, ...]
    speaks_of: tuple[Term, ...]
    reason: str
    source: str = ""  # the claim or classical fact that it quotes
    trivial: bool = False


@dataclass(frozen=True)
class Reading:
    """A proof as it is read: what the claim assumes and what is supposed on the way, by letters; its own atoms; the
    steps."""

    given: dict[str, Term]
    supposed: dict[str, Term]
    atoms: tuple[Term, ...]
    lines: tuple[Line, ...]


def read(last: Step, show: Show, everything: bool = False) -> Reading:
    """A proof without its trivial steps, or with `everything`. `show` writes a term where a reason has one."""
    while _repeats(last, show) and all(p.rule == "assumption" for p in last.premises[1:]):
        last = last.premises[0]
    first: dict[str, Step] = {}
    for step in steps_below(last):
        first.setdefault(step.said, step)
    steps = list(first.values())
    trivial = {s.said for s in steps if s.said != last.said and (
        s.rule in FOLDED or _repeats(s, show) or _is_itself(s.conclusion, show))}
    assumed = {g: None for s in (last, *steps) for g in sorted(s.given, key=lambda g: g.digest)
               if not _range_of(g) and not _is_itself(g, show)}
    letters = {g: _letter(n) for n, g in enumerate(assumed)}
    numbers: dict[str, str] = {}
    main = sub = 0
    for step in steps:
        if step.said not in trivial:
            main, sub = main + 1, 0
        elif everything:
            sub += 1
        if step.said not in trivial or everything:
            numbers[step.said] = f"{main}.{sub}" if sub else str(main)
    teller = _Teller(numbers, letters, show)
    shown = [s for s in steps if s.said in numbers]
    own = {a for t in (last.conclusion, *last.given) for a in free(t)}
    several = _of_several_domains([last.conclusion, *last.given, *[s.conclusion for s in shown]])
    lines = tuple(Line(numbers[s.said], s.conclusion, tuple(sorted(letters[g] for g in s.given if g in letters)),
                       tuple(c for a in sorted((free(s.conclusion) & several) - own, key=str) for c in _bounds(a)),
                       teller.reason(s), _source(s), s.said in trivial) for s in shown)
    used = teller.named.union(*[line.assumes for line in lines])
    named = {a: g for g, a in letters.items() if a in used}
    return Reading({a: g for a, g in named.items() if g in last.given},
                   {a: g for a, g in named.items() if g not in last.given},
                   tuple({a: None for s in shown for a in sorted(free(s.conclusion) - own - several, key=str)
                          if a.op not in ("index", "variable", "function")}), lines)


def _repeats(step: Step, show: Show) -> bool:
    """Whether a step says what its first premise says: the same formula, as it is shown, under the same assumptions."""
    alike = step.rule in ("normal form", "rewriting", "real arithmetic") or step.rule == "instance" and not any(
        _bounds(a) for a in step.arguments["atoms"])
    return alike and bool(step.premises) and step.premises[0].given == step.given \
        and show(step.premises[0].conclusion) == show(step.conclusion)


def _is_itself(statement: Term, show: Show) -> bool:
    """Whether a statement is that a side equals, or is at most, one that is written alike."""
    return statement.op in ("=", "<=", ">=") and show(statement.terms[0]) == show(statement.terms[1])


def _source(step: Step) -> str:
    if step.rule.startswith(("claim ", "classical: ")):
        return step.rule.removeprefix("claim ").replace("classical: ", "classical:")
    return ""


def _range_of(statement: Term) -> bool:
    """Whether a statement says that an index lies in its range: that is read off the formulas."""
    return statement.op in (">=", "<=") and statement.terms[0].op == "index"


def _letter(n: int) -> str:
    return chr(ord("a") + n) if n < 26 else f"{_letter(n // 26 - 1)}{_letter(n % 26)}"


def _of_several_domains(statements: Iterable[Term]) -> frozenset[Term]:
    """The numbers of whose name there are others, in another domain."""
    atoms = {a for s in statements for a in free(s) if a.op == "scalar"}
    return frozenset(a for a in atoms if any(b.args[0] == a.args[0] for b in atoms if b is not a))


def _bounds(atom: Term) -> list[Term]:
    """What holds of a number by its domain, as a statement; nothing where it is any number."""
    _, _, low, high, left, right = map(str, atom.terms[0].args)
    if high == "oo":
        return [] if low == "-oo" else [Term(">" if left == "(" else ">=", atom, end(low))]
    above = Term("<" if right == ")" else "<=", atom, end(high))
    return [above] if low == "-oo" else [Term("and", Term("<" if left == "(" else "<=", end(low), atom), above)]


@dataclass(frozen=True)
class _Teller:
    """Tells why steps hold, by the numbers of those shown and the letters of assumptions."""

    numbers: Mapping[str, str]
    letters: Mapping[Term, str]
    show: Show
    named: set[str] = field(default_factory=set)  # the letters that reasons name

    def places(self, step: Step) -> list[str]:
        """Where a premise is found: its number, or those of what it rests on where it is not shown."""
        if step.said in self.numbers:
            return [self.numbers[step.said]]
        if step.rule == "assumption":
            if _range_of(step.conclusion):
                return ["the range of the index"]
            return [f"({self.letters[step.conclusion]})"] if step.conclusion in self.letters else []
        found = list(dict.fromkeys(p for premise in step.premises for p in self.places(premise)))
        dropped = {f"({letter})" for g, letter in self.letters.items() if g not in step.given}
        return [p for p in found if p not in dropped]  # what a step discharges is no reason of what rests on it

    def listed(self, steps: Iterable[Step]) -> str:
        found = list(dict.fromkeys(p for s in steps for p in self.places(s)))
        self.named.update(p[1:-1] for p in found if p.startswith("("))
        return _listed(found)

    def reason(self, step: Step) -> str:
        if step.rule in _TOLD:
            return _TOLD[step.rule](self, step)
        pattern, rest = _REASONS.get(step.rule), self.listed(step.premises[1:])
        every = self.listed(step.premises)
        if pattern is None or "{all}" in pattern and not every:
            name = step.rule.partition(" ")[2] if step.rule.startswith("classical: ") else step.rule
            name = "over the reals" if name == "real arithmetic" else name
            return f"{name}, from {every}" if every else name
        own = {name: self.show(found[0]) for name, found in step.arguments.items() if len(found) == 1}
        places = [self.listed([p]) or "what was shown" for p in step.premises] + ["what was shown"] * 2
        return pattern.format(*places, **{"all": every, "rest": rest or "true", **own})

    def at(self, atoms: Iterable[Term], values: Iterable[Term]) -> str:
        return ", ".join(f"{self.show(a)} = {self.show(v)}" for a, v in zip(atoms, values, strict=False))


def _instance(teller: _Teller, step: Step) -> str:
    """Values put for atoms: where a value is written like the atom, only their domains differ."""
    pairs = list(zip(step.arguments["atoms"], step.arguments["values"], strict=True))
    same = [a for a, v in pairs if teller.show(a) == teller.show(v)]
    put = [(a, v) for a, v in pairs if a not in same]
    text = teller.listed(step.premises[:1])
    if put:
        text += f" at {teller.at(*zip(*put, strict=True))}"
    if bounds := [teller.show(c) for a in same for c in _bounds(a)]:
        text += f", which is for {_listed(bounds)}"
    rest = teller.listed(step.premises[1:])
    return f"{text}, allowed by {rest}" if rest else text


def _for_all(teller: _Teller, step: Step) -> str:
    text = teller.listed(step.premises[:1])
    if step.premises[0].conclusion.op != "all":
        return f"for all, from {text}"
    text += f" at {teller.at(step.premises[0].conclusion.terms[1:], step.arguments['values'])}"
    rest = teller.listed(step.premises[1:])
    return f"{text}, allowed by {rest}" if rest else text


def _rewriting(teller: _Teller, step: Step) -> str:
    before, put = step.premises[0], teller.listed(step.premises[1:]) or "definitions"
    if before.rule == "reflexivity":
        return f"{teller.listed(step.premises[1:] or before.premises) or 'definitions'} put into the left side"
    return f"{teller.listed([before])} with {put} put in"


def _normal_form(teller: _Teller, step: Step) -> str:
    """A premise written otherwise, or an identity; further premises say that its terms are defined."""
    again = step.premises[:1] if step.premises and step.premises[0].conclusion.op == step.conclusion.op else ()
    text = f"{teller.listed(again)}, written otherwise" if again else "both sides expanded"
    rest = teller.listed(step.premises[len(again):])
    return f"{text}; its terms are defined by {rest}" if rest else text


def _cases(teller: _Teller, step: Step) -> str:
    if not step.arguments:
        return "one or the other holds"
    holds, fails, *rest = (teller.listed([p]) for p in step.premises)
    text = f"by cases: {holds} where {teller.show(step.arguments['condition'][0])}, else {fails}"
    return f"{text}, as {_listed(rest)} says" if rest else text


def _weighted(teller: _Teller, step: Step) -> str:
    (weight,), (index,) = step.arguments["weight"], step.arguments["index"]
    times = "" if weight is ONE else f"times {teller.show(weight)} and "
    return f"{teller.listed(step.premises)}, {times}summed over {teller.show(index)}"


def _and(teller: _Teller, step: Step) -> str:
    every = teller.listed(step.premises)
    return f"part of {every}" if len(step.premises) == 1 else f"{every} together"


_TOLD: dict[str, Callable[[_Teller, Step], str]] = {
    "instance": _instance, "for all": _for_all, "rewriting": _rewriting, "normal form": _normal_form, "cases": _cases,
    "and": _and, "weighted sum": _weighted}


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
