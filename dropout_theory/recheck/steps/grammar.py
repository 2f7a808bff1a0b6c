"""The grammar in which proofs are written: terms, their sorts, and what each operator binds.

A term is an operator with arguments; each argument is a term or a text. In a file a term is one line of JSON,
`["term", n, operator, argument, ...]`, where n counts from 0, an integer is a term of an earlier line and a string a
text. `OPERATORS` is the whole grammar: for each operator its sort and the sorts of its arguments, the last of which is
repeated where a `*` follows it.

    number    "3", "-1/2"
    index     an index symbol: a name, and "integer", "non-negative integer" or "positive integer"
    variable  a real variable that a derivative binds
    domain    a name, "real" or "integer", two ends ("1/2", "2*pi", "-oo", "oo"), "[" or "(", "]" or ")"
    range     an index and its two ends
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache, cached_property
from typing import Any, ClassVar, Union

MAX_TEXT, MAX_LINE = 20_000, 2_000_000

Argument = Union["Term", str]


class Malformed(ValueError):
    """What was read is not in the grammar; the message says what and where."""


class NotShown(Exception):
    """Something is not seen to follow; the message says what is missing."""


def need(condition: bool, message: str) -> None:
    if not condition:
        raise NotShown(message)


# sorts: E expression, S statement, D domain, R range of an index, B bound atom, F family, U undefined function,
# C case, I index symbol, T text
OPERATORS: dict[str, tuple[str, tuple[str, ...]]] = {
    # numbers and atoms
    "number": ("E", ("T",)), "pi": ("E", ()), "euler": ("E", ()),
    "index": ("E", ("T", "T")), "variable": ("E", ("T",)),
    "scalar": ("E", ("T", "D")),
    "family": ("F", ("T", "D", "T", "R*")),  # the text: "free", "distribution" or "self"
    "gates": ("F", ("T", "E", "R*")),
    "recursion": ("F", ("T", "D", "E", "E", "R*")),
    "abstract": ("F", ("T", "D", "T", "R*")),  # the text: names of gates it is independent of
    "subnetwork": ("E", ("T", "D", "F")),
    "normal": ("E", ("T", "D", "E", "E")), "uniform": ("E", ("T", "D", "E", "E")), "bernoulli": ("E", ("T", "D", "E")),
    "entry": ("E", ("F", "E*")),
    "function": ("U", ("T", "T")), "apply": ("E", ("U", "E*")),  # the text: "real", "positive", ...
    # arithmetic and functions
    "+": ("E", ("E*",)), "*": ("E", ("E*",)), "^": ("E", ("E", "E")),
    "exp": ("E", ("E",)), "log": ("E", ("E",)), "abs": ("E", ("E",)), "max": ("E", ("E*",)), "min": ("E", ("E*",)),
    "relu": ("E", ("E",)), "logistic": ("E", ("E", "E", "E")), "sign": ("E", ("E",)),
    "sin": ("E", ("E",)), "cos": ("E", ("E",)), "tan": ("E", ("E",)), "tanh": ("E", ("E",)), "atan": ("E", ("E",)),
    "sinh": ("E", ("E",)), "cosh": ("E", ("E",)), "erf": ("E", ("E",)), "gamma": ("E", ("E",)), "zeta": ("E", ("E",)),
    "floor": ("E", ("E",)), "ceiling": ("E", ("E",)), "factorial": ("E", ("E",)), "binomial": ("E", ("E", "E")),
    "stirling": ("E", ("E", "E")), "bernoulli-number": ("E", ("E",)), "equal-indices": ("E", ("E", "E")),
    "cases": ("E", ("C*",)), "case": ("C", ("E", "S")),
    # what binds
    "sum": ("E", ("E", "R*")), "product": ("E", ("E", "R*")),
    "largest": ("E", ("E", "R")), "smallest": ("E", ("E", "R")),
    "derivative": ("E", ("E", "B", "E", "E")),  # body, variable, point, order
    "growth": ("E", ("E", "B", "E")),  # term, index, root
    "aversion": ("E", ("E", "E", "B*")),
    # operators on random expressions
    "E": ("E", ("E",)), "Var": ("E", ("E",)), "Cov": ("E", ("E", "E")),
    "G": ("E", ("E",)), "G'": ("E", ("E",)), "NWGM": ("E", ("E",)), "largest-outcome": ("E", ("E",)),
    # statements
    "true": ("S", ()), "false": ("S", ()),
    "=": ("S", ("E", "E")), "!=": ("S", ("E", "E")), "<": ("S", ("E", "E")), "<=": ("S", ("E", "E")),
    ">": ("S", ("E", "E")), ">=": ("S", ("E", "E")),
    "and": ("S", ("S*",)), "or": ("S", ("S*",)), "not": ("S", ("S",)), "implies": ("S", ("S", "S")),
    "iff": ("S", ("S", "S")),
    "each": ("S", ("S", "R*")), "exists": ("S", ("S", "B*")), "all": ("S", ("S", "B*")),
    "same-to-order": ("S", ("E", "E", "B", "T")),
    "converges": ("S", ("E", "B", "E")), "sums-to": ("S", ("E", "B", "E", "E")),
    "has-value": ("S", ("E",)), "no-minimiser": ("S", ("E",)),
    "refuted": ("S", ("S", "T", "S*")), "meaningless": ("S", ("S", "T", "S*")),  # statement, instance, what holds there
    # parts
    "domain": ("D", ("T", "T", "T", "T", "T", "T")), "range": ("R", ("B", "E", "E")),
}

ATOMS = frozenset({"index", "variable", "scalar", "family", "gates", "recursion", "abstract", "subnetwork", "normal",
                   "uniform", "bernoulli", "function"})
_BOUND = frozenset({"index", "variable", "scalar", "family", "recursion", "gates", "abstract"})
NUMBER = re.compile(r"-?[0-9]+(/[1-9][0-9]*)?")
_END = re.compile(NUMBER.pattern + r"(\*pi)?")
OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_KINDS = {"index": {"integer", "non-negative integer", "positive integer"}, "family": {"free", "distribution", "self"}}


class Term:
    """An operator with its arguments. Equal terms are one object. Raises Malformed for what is not in the grammar."""

    op: str
    args: tuple[Argument, ...]
    _known: ClassVar[dict[tuple[str, tuple[Argument, ...]], Term]] = {}

    def __new__(cls, op: str, *args: Argument) -> Term:
        found = cls._known.get((op, args))
        if found is None:
            _require(op, args)
            found = super().__new__(cls)
            found.op, found.args = op, args
            cls._known[op, args] = found
        return found

    # equal terms are one object, so that comparing and hashing them by identity is right, and quick
    def __repr__(self) -> str:
        return shown(self)

    def __lt__(self, other: Term) -> bool:
        return self.digest < other.digest

    @property
    def sort(self) -> str:
        return OPERATORS[self.op][0]

    @property
    def terms(self) -> tuple[Term, ...]:
        """The arguments that are terms."""
        return tuple(a for a in self.args if isinstance(a, Term))

    @cached_property
    def number(self) -> Fraction | None:
        return Fraction(str(self.args[0])) if self.op == "number" else None

    @cached_property
    def digest(self) -> str:
        """A name made of the content: the same in every file and on every machine."""
        parts = [self.op, *[f"t{a}" if isinstance(a, str) else a.digest for a in self.args]]
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]


def number(value: Fraction | int) -> Term:
    return Term("number", str(Fraction(value)))


def minus(left: Term, right: Term) -> Term:
    return Term("+", left, Term("*", number(-1), right))


def sorts(op: str, count: int) -> tuple[str, ...]:
    """The sorts of the arguments of an operator that is given so many. Raises Malformed where it takes other numbers."""
    if op not in OPERATORS:
        raise Malformed(f"unknown operator {op!r:.40}")
    wanted = OPERATORS[op][1]
    if wanted and wanted[-1].endswith("*"):
        wanted = (*wanted[:-1], *[wanted[-1][0]] * (count - len(wanted) + 1))
    if len(wanted) != count:
        raise Malformed(f"{op} has {count} arguments; allowed: {', '.join(OPERATORS[op][1]) or 'none'}")
    return wanted


def _require(op: str, args: tuple[Argument, ...]) -> None:
    """Raise Malformed unless the arguments are what the operator takes."""
    for place, (a, wanted) in enumerate(zip(args, sorts(op, len(args)), strict=True), start=1):
        if isinstance(a, str):
            if wanted != "T" or len(a) > MAX_TEXT:
                raise Malformed(f"argument {place} of {op} is a text; allowed: {wanted}")
        elif wanted == "B":
            if a.op not in _BOUND:
                raise Malformed(f"{op} binds {a.op}; allowed: {', '.join(sorted(_BOUND))}")
        elif a.sort != wanted and not (wanted == "E" and a.op == "family" and not a.args[3:]):
            raise Malformed(f"argument {place} of {op} is of sort {a.sort}; allowed: {wanted}")
    if op == "number" and not NUMBER.fullmatch(str(args[0])):
        raise Malformed(f"not a number: {args[0]!r:.40}")
    if op == "domain":
        _require_domain(*map(str, args))
    if op in _KINDS and (kind := args[1 if op == "index" else 2]) not in _KINDS[op]:
        raise Malformed(f"{op} is {kind!r:.40}; allowed: {', '.join(sorted(_KINDS[op]))}")


def _require_domain(name: str, kind: str, low: str, high: str, left: str, right: str) -> None:
    ends = (low == "-oo" or _END.fullmatch(low)) and (high == "oo" or _END.fullmatch(high))
    if kind not in ("real", "integer") or not ends or left not in "[(" or right not in "])":
        raise Malformed(f"not a domain: {name!r:.40} {kind!r:.10} {left!r:.3} {low!r:.20} {high!r:.20} {right!r:.3}")
    if (first := rational_end(low)) is not None and (last := rational_end(high)) is not None:
        gap = last - first
        if gap < 0 or gap == 0 and (left, right) != ("[", "]"):
            raise Malformed(f"the domain {name!r:.40} is empty")


def rational_end(text: str) -> Fraction | None:
    """The end of a domain; None where it is infinite or a multiple of pi."""
    return Fraction(text) if NUMBER.fullmatch(text) else None


def end(text: str) -> Term:
    """A finite end of a domain."""
    factor, _, of_pi = text.partition("*")
    return Term("*", number(Fraction(factor)), Term("pi")) if of_pi else number(Fraction(factor))


@cache
def scopes(term: Term) -> list[tuple[Term, tuple[Term, ...]]]:
    """The parts of a term, each with the atoms that the term binds in it; an atom has none.

    The one place that knows what binds.
    """
    if term.op in ATOMS:
        return []
    limits = ranges(term)
    if limits:  # an end sees the indices of the sums around it, in a statement for each index those before it
        bound = tuple(r.terms[0] for r in limits)
        return [(term.terms[0], bound),
                *[(end, bound[:n] if term.op == "each" else bound[n + 1:])
                  for n, r in enumerate(limits) for end in r.terms[1:]]]
    binds = [s == "B" for s in sorts(term.op, len(term.args))]
    bound = tuple(a for a, binder in zip(term.args, binds, strict=True) if binder and isinstance(a, Term))
    return [(a, bound if True in binds[n:] or term.op == "growth" else ())  # what stands before its name is bound
            for n, a in enumerate(term.args) if isinstance(a, Term) and not binds[n]]


def rebuilt(term: Term, parts: Iterable[Term], names: Mapping[Term, Term]) -> Term:
    """A term with other parts, in the order in which `scopes` tells them, and other names for what it binds."""
    left = iter(parts)
    args: list[Argument] = []
    for a, sort in zip(term.args, sorts(term.op, len(term.args)), strict=True):
        if isinstance(a, str):
            args.append(a)
        elif a.op == "range":
            args.append(Term("range", names.get(a.terms[0], a.terms[0]), next(left), next(left)))
        else:
            args.append(names.get(a, a) if sort == "B" else next(left))
    return Term(term.op, *args)


def ranges(term: Term) -> tuple[Term, ...]:
    """The ranges that a term has as arguments."""
    return tuple(a for a in term.terms if a.op == "range")


def walk(term: Term) -> Iterator[Term]:
    """Each different term in a term once, the arguments before what they are in."""
    seen: set[Term] = set()
    stack: list[tuple[Term, bool]] = [(term, False)]
    while stack:
        here, done = stack.pop()
        if done:
            yield here
        elif here not in seen:
            seen.add(here)
            stack.append((here, True))
            stack += [(a, False) for a in reversed(here.terms)]


def shown(term: Term) -> str:
    """A term on one line, for messages."""
    parts = [a if isinstance(a, str) else shown(a) for a in term.args]
    if term.op in ATOMS or term.op == "number":
        return parts[0]
    if term.op in ("entry", "apply"):
        return f"{parts[0]}[{', '.join(parts[1:])}]"
    if term.op == "range":
        return f"{parts[0]} = {parts[1]}..{parts[2]}"
    return f"({f' {term.op} '.join(parts)})" if term.op in _INFIX else f"{term.op}({', '.join(parts)})"


_INFIX = ("+", "*", "^", "=", "!=", "<", "<=", ">", ">=", "and", "or", "implies", "iff")

ZERO, ONE = number(0), number(1)


# --- files ----------------------------------------------------------------------------------------------------------


def read_lines(lines: Iterable[str], first: list[Any], take: Callable[[list[Any]], None]) -> None:
    """Hand each line of a file but the first, a list of JSON, to `take`. Raises Malformed, naming the line.

    Numbers that are not whole are no JSON here, nor is anything but a list on a line.
    """
    number = 0
    for number, line in enumerate(lines, start=1):
        try:
            parts = json.loads(line, parse_float=_refused, parse_constant=_refused) if len(line) <= MAX_LINE else None
            if not isinstance(parts, list) or not parts:
                raise Malformed(f"no list; allowed: one of at most {MAX_LINE} characters")
            if number > 1:
                take(parts)
            elif parts != first:
                raise Malformed(f"{line.strip()[:40]!r}; allowed first: {json.dumps(first)}")
        except Malformed as error:
            raise Malformed(f"line {number}: {error}") from None
        except (ValueError, RecursionError):
            raise Malformed(f"line {number}: no JSON of texts, whole numbers and lists") from None
    if not number:
        raise Malformed("the file is empty")


def _refused(text: str) -> Any:
    raise ValueError(text)
