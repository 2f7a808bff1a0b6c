"""Certificates to send: a file about one claim, with all that another machine needs to check it.

A file is one object of JSON, written in one way only, so that what is read and written back is the same, byte for byte:

    "certificate"  the version
    "claim"        its id
    "module"       where an author keeps its claims; null for the papers of the package
    "verdict"      "proved", "refuted" or "conditional"
    "says"         its statement and hypotheses: the lines of a derivation whose one step quotes the claim
    "proofs"       lines of a derivation: the proofs of the claim, or of the one that amends it, and of all they cite
    "arithmetic"   lines of a file of certificates of real arithmetic: those that the steps use
    "steps"        how many steps are checked, tested and unchecked
    "amended"      of a conditional claim, the one that adds what is missing
    "witness"      {"instance": values by atom, "undefined": whether a term has no value there}, or null
    "digest"       SHA-256 of all that stands above it
    "stated"       where all this comes from: texts that nothing checks

`derivation` and `arithmetic` say what stands in their lines.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import Any

from dropout_theory.recheck import writing
from dropout_theory.recheck.steps import arithmetic, derivation
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.recheck.steps.grammar import Malformed, Term

VERSION = 1
VERDICTS = ("proved", "refuted", "conditional")
CHECKED = ("certificate", "claim", "module", "verdict", "says", "proofs", "arithmetic", "steps", "amended", "witness",
           "digest")
STATED = ("program", "date", "commit", "tree", "machine", "tools")
OUTCOMES = ("checked", "tested", "unchecked")

# far beyond what the longest proof on record has: 487 steps of 43 levels, terms of 24 levels and 3,988 parts
MAX_BYTES, MAX_TEXT, MAX_DIGITS = 20_000_000, 2_000, 18
MAX_LEVELS, MAX_PARTS, MAX_ARGUMENT = 150, 200_000, 10_000

_LINES = ("says", "proofs", "arithmetic")
_NUMBER = re.compile(r"-?[0-9]+(/[0-9]+)?")
_GROWING = ("^", "factorial", "binomial", "stirling", "bernoulli-number", "gamma", "zeta")  # few digits make many


@dataclass(frozen=True)
class Certificate:
    """What a file says of a claim."""

    claim: str
    module: str | None
    verdict: str
    statement: Term
    hypotheses: frozenset[Term]
    proofs: Mapping[str, Step]
    arithmetic: Mapping[str, Any]
    steps: Mapping[str, int]
    amended: str | None
    witness: Mapping[str, Any] | None
    stated: Mapping[str, str]


def written(certificate: Certificate) -> str:
    """The file."""
    c = certificate
    says = {c.claim: Step(f"claim {c.claim}", c.statement, c.hypotheses)}
    fields = {"certificate": _json(VERSION), "claim": _json(c.claim), "module": _json(c.module),
              "verdict": _json(c.verdict), "says": _lines(writing.written(says)),
              "proofs": _lines(writing.written(c.proofs)),
              "arithmetic": _lines(writing.written_certificates(c.arithmetic)),
              "steps": _json({name: c.steps[name] for name in OUTCOMES}), "amended": _json(c.amended),
              "witness": _json(c.witness)}
    above = "{" + ",\n".join(f'"{name}":{value}' for name, value in fields.items())
    stated = _json({name: c.stated[name] for name in STATED})
    return f'{above},\n"digest":"{_digest(above)}",\n"stated":{stated}}}\n'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _lines(lines: Iterable[str]) -> str:
    return "[\n" + ",\n".join(lines) + "\n]"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read(data: bytes) -> Certificate:
    """The certificate in a file. Raises Malformed for all that `written` does not write."""
    _require(len(data) <= MAX_BYTES, f"more than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8")
        parts = json.loads(text, parse_int=_integer, parse_float=_no_number, parse_constant=_no_number,
                           object_pairs_hook=_object)
        found = _certificate(parts)
        _require(parts["digest"] == _digest(text[:text.rfind(',\n"digest":')]), "changed: its digest is another text's")
        again = written(found)
    except Malformed:
        raise
    except RecursionError:
        raise Malformed("nested too deep") from None
    except ValueError as error:  # no text, no JSON, half a character
        raise Malformed(f"no JSON in UTF-8: {error}") from None
    if again != text:
        pairs = enumerate(zip_longest(text.split("\n"), again.split("\n")), start=1)
        number = next(n for n, (line, other) in pairs if line != other)
        raise Malformed(f"line {number} is not as it is written here: superfluous, out of order, or spelled otherwise")
    return found


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise Malformed(message)


def _integer(text: str) -> int:
    _require(len(text) <= MAX_DIGITS, f"a number of {len(text)} characters; allowed: {MAX_DIGITS}")
    return int(text)


def _no_number(text: str) -> Any:
    raise Malformed(f"{text[:20]!r}; allowed: whole numbers")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    _require(len(found) == len(pairs), "a name twice in one object")
    return found


def _certificate(parts: Any) -> Certificate:
    _require_names(parts, (*CHECKED, "stated"), "the file")
    _require(parts["certificate"] == VERSION and type(parts["certificate"]) is int,
             f"certificate is {str(parts['certificate'])[:20]!r}; allowed: {VERSION}")
    for name in ("claim", "verdict", "digest"):
        _require_text(name, parts[name])
    for name in ("module", "amended"):
        _require_text(name, parts[name] if parts[name] is not None else "")
    _require(parts["verdict"] in VERDICTS, f"verdict is {parts['verdict'][:20]!r}; allowed: {', '.join(VERDICTS)}")
    _require_names(parts["steps"], OUTCOMES, "steps")
    for name in OUTCOMES:
        _require(type(parts["steps"][name]) is int, f"steps: {name} is no number")
    _require_names(parts["stated"], STATED, "stated")
    for name in STATED:
        _require_text(f"stated: {name}", parts["stated"][name])
    lines = {name: _read_lines(name, parts[name]) for name in _LINES}
    says = _in_field("says", derivation.read, lines["says"])
    _require(list(says) == [parts["claim"]], "says: not what this claim says")
    return Certificate(parts["claim"], parts["module"], parts["verdict"], says[parts["claim"]].conclusion,
                       says[parts["claim"]].given, _in_field("proofs", derivation.read, lines["proofs"]),
                       _in_field("arithmetic", arithmetic.read, lines["arithmetic"]), parts["steps"], parts["amended"],
                       _witness(parts["witness"]), parts["stated"])


def _require_names(found: Any, names: Iterable[str], what: str) -> None:
    _require(isinstance(found, dict), f"{what} is no object with {', '.join(names)}")
    for name in names:
        _require(name in found, f"{what} lacks {name}")
    for name in found:
        _require(name in names, f"{what} has {name[:40]!r}; allowed: {', '.join(names)}")


def _require_text(name: str, value: Any) -> None:
    _require(isinstance(value, str) and len(value) <= MAX_TEXT, f"{name} is no text of at most {MAX_TEXT} characters")


def _in_field(name: str, read_lines: Any, lines: list[str]) -> Any:
    try:
        return read_lines(lines)
    except Malformed as error:
        raise Malformed(f"{name}: {error}") from None


def _read_lines(name: str, found: Any) -> list[str]:
    """The lines of a field, none of which is too much to look at."""
    _require(isinstance(found, list), f"{name} is no list")
    bounds = _Bounds()
    for number, line in enumerate(found, start=1):
        try:
            _require(isinstance(line, list), "no list")
            if name == "arithmetic":
                _require_short(line, line[1:])
            else:
                _require_short(line, line[3:] if line[2:3] in (["number"], ["domain"]) else [])
                bounds.take(line)
        except Malformed as error:
            raise Malformed(f"{name}: line {number}: {error}") from None
    return [_json(line) for line in found]


def _require_short(line: Any, numbers: Any) -> None:
    """Raise Malformed for a line with a long text, and where what should be numbers is not in lowest terms."""
    for text in _texts(line):
        _require(len(text) <= MAX_TEXT, f"a text of {len(text)} characters; allowed: {MAX_TEXT}")
    for text in _texts(numbers):
        if _is_number(text):
            _require(str(Fraction(text)) == text, f"{text[:20]!r} is not in lowest terms")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


class _Bounds:
    """What the terms and steps of a derivation come to, written out: sharing makes few lines of very much."""

    def __init__(self) -> None:
        self.terms: list[tuple[int, int, Fraction | None]] = []  # parts, levels, and the number that it is
        self.steps: list[int] = []  # levels

    def take(self, line: list[Any]) -> None:
        """Raise Malformed for a line that makes too much of those before it."""
        if line[:1] == ["term"]:
            below = [self.terms[a] for a in line[3:] if type(a) is int and 0 <= a < len(self.terms)]
            number = Fraction(line[3]) if line[2:3] == ["number"] and _is_number(*line[3:4]) else None
            self.terms.append((1 + sum(t[0] for t in below), 1 + max((t[1] for t in below), default=0), number))
            _require(self.terms[-1][0] <= MAX_PARTS and self.terms[-1][1] <= MAX_LEVELS,
                     f"a term of more than {MAX_PARTS} parts or {MAX_LEVELS} levels")
            if line[2:3] and line[2] in _GROWING:
                for _, _, value in below[1:] if line[2] == "^" else below:
                    _require(value is None or abs(value) <= MAX_ARGUMENT, f"{line[2]} of more than {MAX_ARGUMENT}")
        elif line[:1] == ["step"]:
            premises = line[5] if len(line) > 5 and isinstance(line[5], list) else []
            below_it = [self.steps[p] for p in premises if type(p) is int and 0 <= p < len(self.steps)]
            self.steps.append(1 + max(below_it, default=0))
            _require(self.steps[-1] <= MAX_LEVELS, f"steps of more than {MAX_LEVELS} levels")


def _is_number(text: Any = None) -> bool:
    plain = _NUMBER.fullmatch(text) if isinstance(text, str) else None
    return plain is not None and (plain[1] is None or int(plain[1][1:]) != 0)


def _witness(found: Any) -> Mapping[str, Any] | None:
    if found is None:
        return None
    _require_names(found, ("instance", "undefined"), "witness")
    _require(type(found["undefined"]) is bool, "witness: undefined is neither true nor false")
    _require(isinstance(found["instance"], dict), "witness: the instance is no object")
    for value in found["instance"].values():
        for text in value if isinstance(value, list) else value.values() if isinstance(value, dict) else [value]:
            _require_text("witness: a value", text)
    return {"instance": found["instance"], "undefined": found["undefined"]}
