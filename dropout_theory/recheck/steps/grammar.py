"""The grammar in which proofs are written: terms, their sorts, and what each operator binds.

A term is an operator with arguments; each argument is a term or a text. In a file a term is one line of JSON,
`["term", n, operator, argument, ...]`, where n counts from 0, an integer is a term of an earlier line and a string a
text. `OPERATORS` is the whole grammar: for each operator its sort and the sorts of its arguments, the last of which is
repeated where a `*` follows it.

    number    "3", "-1/2"
    index     an index symbol: a name, and "integer", "non-negative integer" or "positive integer"
    variable  a real variable that a derivative binds
    domain    a name, "real" or "integer", two ends ("1/2", "2*pi", "-oo", "oo"), "[" or "(", "]" or ")"
    range     an index symbol that is an integer and nothing more, and its two ends
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar, TypeVar, Union

MAX_TEXT, MAX_LINE = 20_000, 2_000_000

Argument = Union["Term", str]
Node = TypeVar("Node")


class Malformed(ValueError):
    """What was read is not in the grammar; the message says what and where."""


class NotShown(Exception):
    """Something is not seen to follow; the message says what is missing."""


def need(condition: object, message: str, error: type[Exception] = NotShown) -> None:
    if not condition:
        raise error(message)


# sorts: E expression, S statement, D domain, R range of an index, B bound atom, F family, U undefined function,
# C case, T text; here operators by their own sort and those of their arguments
_BY_SORTS = {
    "E": "pi euler", "E T": "number variable", "E T T": "index", "E T D": "scalar",
    "F T D T R*": "family abstract",  # a family is "free", "distribution" or "self"; gates an abstract one ignores
    "F T E R*": "gates", "F T D E E R*": "recursion",
    "E T D F": "subnetwork", "E T D E E": "normal uniform", "E T D E": "bernoulli", "E F E*": "entry",
    "U T T": "function", "E U E*": "apply",  # a function is "real", "positive", ...
    "E E*": "+ * max min", "E E E": "^ binomial stirling equal-indices Cov", "E E E E": "logistic",
    "E E": "exp log abs relu sign sin cos tan tanh atan sinh cosh erf gamma zeta floor ceiling factorial "
           "bernoulli-number E Var G G' NWGM largest-outcome",
    "E C*": "cases", "C E S": "case",
    "E E R*": "sum product", "E E R": "largest smallest",
    "E E B E E": "derivative",  # body, variable, point, order
    "E E B E": "growth",  # term, index, root
    "E E E B*": "aversion",
    "S": "true false", "S E E": "= != < <= > >=", "S S*": "and or", "S S": "not", "S S S": "implies iff",
    "S S R*": "each", "S S B*": "exists all", "S E E B T": "same-to-order",
    "S E B E": "converges", "S E B E E": "sums-to", "S E": "has-value no-minimiser",
    "S S T S*": "refuted meaningless",  # statement, instance, what holds there
    "D T T T T T T": "domain", "R B E E": "range",
}
OPERATORS = {op: (sorts[0], tuple(sorts[1:])) for text, ops in _BY_SORTS.items() for sorts in [text.split()]
             for op in ops.split()}

ATOMS = frozenset({"index", "variable", "scalar", "family", "gates", "recursion", "abstract", "subnetwork", "normal",
                   "uniform", "bernoulli", "function"})
_BOUND = frozenset({"index", "variable", "scalar", "family", "recursion", "gates", "abstract"})
NUMBER = re.compile(r"-?[0-9]+(/[1-9][0-9]*)?")
_END = re.compile(NUMBER.pattern + r"(\*pi)?")
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
        named = self.op in ATOMS or self.op == "number"
        return str(self.args[0]) if named else f"{self.op}({', '.join(map(str, self.args))})"

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

    @cached_property
    def ranges(self) -> tuple[Term, ...]:
        """The ranges that the term has as arguments."""
        return tuple(a for a in self.terms if a.op == "range")

    @cached_property
    def scopes(self) -> list[tuple[Term, tuple[Term, ...]]]:
        """The parts of the term, each with the atoms that the term binds in it; an atom has none.

        The one place that knows what binds.
        """
        if self.op in ATOMS:
            return []
        if self.ranges:  # an end sees the indices of the sums around it, in a statement for each index those before it
            bound = tuple(r.terms[0] for r in self.ranges)
            return [(self.terms[0], bound),
                    *[(end, bound[:n] if self.op == "each" else bound[n + 1:])
                      for n, r in enumerate(self.ranges) for end in r.terms[1:]]]
        binds = [sort == "B" for sort in sorts(self.op, len(self.args))]
        bound = tuple(a for a, binder in zip(self.args, binds, strict=True) if binder and isinstance(a, Term))
        return [(a, bound if True in binds[n:] or self.op == "growth" else ())  # what stands before its name is bound
                for n, a in enumerate(self.args) if isinstance(a, Term) and not binds[n]]

    def rebuilt(self, parts: Iterable[Term], names: Mapping[Term, Term]) -> Term:
        """The term with other parts, in the order of `scopes`, and other names for what it binds."""
        need(self.op not in ("refuted", "meaningless"), "a refutation is about some values", Malformed)
        left = iter(parts)
        args: list[Argument] = []
        for a, sort in zip(self.args, sorts(self.op, len(self.args)), strict=True):
            if isinstance(a, str):
                args.append(a)
            elif a.op == "range":
                args.append(Term("range", names.get(a.terms[0], a.terms[0]), next(left), next(left)))
            else:
                args.append(names.get(a, a) if sort == "B" else next(left))
        return Term(self.op, *args)


def number(value: Fraction | int) -> Term:
    return Term("number", str(Fraction(value)))


def minus(left: Term, right: Term) -> Term:
    return Term("+", left, Term("*", number(-1), right))


def sorts(op: str, count: int) -> tuple[str, ...]:
    """The sorts of so many arguments of an operator. Raises Malformed where it takes more or fewer."""
    need(op in OPERATORS, f"unknown operator {op!r:.40}", Malformed)
    wanted = OPERATORS[op][1]
    if wanted and wanted[-1].endswith("*"):
        wanted = (*wanted[:-1], *[wanted[-1][0]] * (count - len(wanted) + 1))
    need(len(wanted) == count, f"{op} has {count} arguments; allowed: {OPERATORS[op][1]}", Malformed)
    return wanted


def _require(op: str, args: tuple[Argument, ...]) -> None:
    """Raise Malformed unless the arguments are what the operator takes."""
    for place, (a, wanted) in enumerate(zip(args, sorts(op, len(args)), strict=True), start=1):
        if isinstance(a, str):
            need(wanted == "T" and len(a) <= MAX_TEXT, f"argument {place} of {op} is a text, not {wanted}", Malformed)
        elif wanted == "B":
            need(a.op in _BOUND, f"{op} binds {a.op}; allowed: {sorted(_BOUND)}", Malformed)
        else:
            need(a.sort == wanted or wanted == "E" and a.op == "family" and not a.ranges,
                 f"argument {place} of {op} is of sort {a.sort}; allowed: {wanted}", Malformed)
    need(op != "number" or NUMBER.fullmatch(str(args[0])), f"not a number: {args[:1]!r:.40}", Malformed)
    need(op != "range" or isinstance(args[0], Term) and (args[0].op, *args[0].args[1:]) == ("index", "integer"),
         f"what runs through a range is {args[:1]}; allowed: an index symbol that is an integer", Malformed)
    kind = args[{"index": 1, "family": 2}.get(op, 0)] if args else ""
    need(kind in _KINDS.get(op, (kind,)), f"{op} is {kind!r:.40}; allowed: {_KINDS.get(op)}", Malformed)
    if op == "domain":
        _require_domain(*map(str, args))


def _require_domain(name: str, kind: str, low: str, high: str, left: str, right: str) -> None:
    ends = (low == "-oo" or _END.fullmatch(low)) and (high == "oo" or _END.fullmatch(high))
    need(kind in ("real", "integer") and ends and left in ("[", "(") and right in ("]", ")"),
         f"not a domain: {name!r:.40} {kind!r:.10} {left!r:.3} {low!r:.20} {high!r:.20} {right!r:.3}", Malformed)
    first, last = rational_end(low), rational_end(high)
    need(first is None or last is None or first < last or first == last and left + right == "[]",
         f"the domain {name!r:.40} is empty", Malformed)


def rational_end(text: str) -> Fraction | None:
    """The end of a domain; None where it is infinite or a multiple of pi."""
    return Fraction(text) if NUMBER.fullmatch(text) else None


def end(text: str) -> Term:
    """A finite end of a domain."""
    factor, _, of_pi = text.partition("*")
    return Term("*", number(Fraction(factor)), Term("pi")) if of_pi else number(Fraction(factor))


def bottom_up(last: Iterable[Node], below: Callable[[Node], Iterable[Node]]) -> Iterator[Node]:
    """Each different thing that some things are made of, and they themselves, once: after all that is below it."""
    seen: set[Node] = set()
    stack = [(one, False) for one in last][::-1]
    while stack:
        here, done = stack.pop()
        if done:
            yield here
        elif here not in seen:
            seen.add(here)
            stack.append((here, True))
            stack += [(one, False) for one in below(here)][::-1]


def walk(term: Term) -> Iterator[Term]:
    """Each different term in a term once, the arguments before what they are in."""
    return bottom_up([term], lambda t: t.terms)


ZERO, ONE = number(0), number(1)


# --- files ----------------------------------------------------------------------------------------------------------


def read_lines(lines: Iterable[str], first: list[Any], take: Callable[[list[Any]], None]) -> None:
    """Hand each line of a file but the first, a list of JSON, to `take`. Raises Malformed, naming the line.

    Numbers that are not whole are no JSON here, nor is anything but a list on a line.
    """
    number = 0
    for number, line in enumerate(lines, start=1):
        try:
            parts: Any = json.loads(line, parse_float=_refused, parse_constant=_refused) if len(line) <= MAX_LINE else 0
            need(isinstance(parts, list) and parts, f"no list of at most {MAX_LINE} characters", Malformed)
            need(number > 1 or parts == first, f"{line.strip()[:40]!r}; allowed first: {json.dumps(first)}", Malformed)
            if number > 1:
                take(parts)
        except Malformed as error:
            raise Malformed(f"line {number}: {error}") from None
        except (ValueError, RecursionError):
            raise Malformed(f"line {number}: no JSON of texts, whole numbers and lists") from None
    need(number, "the file is empty", Malformed)


def _refused(text: str) -> Any:
    raise ValueError(text)
