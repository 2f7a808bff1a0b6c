"""One claim on a terminal: what it says, what was found, and why the verdict follows."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from dropout_theory.report import scores
from dropout_theory.report.staleness import moved_files
from dropout_theory.report.terminal import VERDICT_COLOURS, paint, table, width
from dropout_theory.verdicts.kernel import obligation_lines
from dropout_theory.verdicts.records import spelled

if TYPE_CHECKING:
    from dropout_theory.claims import Claim, Registry
    from dropout_theory.report.ledger import Ledger


class Formula(NamedTuple):
    """A formula as plain text and in LaTeX."""

    plain: str
    latex: str


class Cited(str):
    """The id of another claim, or of a classical fact."""


class Source(str):
    """LaTeX to be copied."""


Piece = str | Formula
Line = str | tuple[Piece, ...]
Section = tuple[str, list[Line]]


def page(ledger: Ledger, claim: Mapping[str, Any], *, on: bool = False, room: int | None = None) -> str:
    """The page of one recorded claim."""
    room = min(width() if room is None else room, 120)
    blocks = [
        f"{paint(claim['id'], 'bold', on)}  {paint(claim['verdict'], VERDICT_COLOURS[claim['verdict']], on)}\n"
        f"{_wrap(claim['title'], room)}\n{place(ledger, claim)}",
        *(_block(title, lines, room, on) for title, lines in said(ledger, claim))]
    if claim["evidence"]:
        rows = [(e["method"], e["outcome"], e["rigor"], f"{e['seconds']:.2f}", e["scope"]) for e in claim["evidence"]]
        colours = {1: {"holds": "green", "fails": "red", "unknown": "yellow"}}
        lines = table(rows, ("method", "outcome", "rigor", "seconds", "scope"), colours=colours, on=on, room=room - 2,
                      wrap=True)
        blocks.append(paint("Evidence", "bold", on) + "\n" + textwrap.indent(lines, "  "))
    blocks += [_block(title, lines, room, on) for title, lines in found(ledger, claim)]
    if moved := moved_files(ledger, claim):
        told = f"{moved}; the statement is not changed by that: dropout-theory check {claim['id']} runs it anew"
        blocks.append(_block("Since it was recorded", [told], room, on))
    blocks.append(f"fingerprint {claim['fingerprint']}")
    return "\n\n".join(b for b in blocks if b)


def page_unrecorded(ledger: Ledger, registry: Registry, claim: Claim, *, on: bool = False,
                    room: int | None = None) -> str:
    """The page of a claim that the ledger lacks: what it says, and what to do for a verdict."""
    from dropout_theory.report.ledger import stated

    room = min(width() if room is None else room, 120)
    paper = registry.papers[claim.paper]
    return "\n\n".join([
        f"{paint(claim.id, 'bold', on)}\n{_wrap(claim.title, room)}\n"
        f"{_place(claim.kind, claim.source, paper.title, paper.year)}",
        *(_block(title, lines, room, on) for title, lines in _filled(*_stated(stated(claim)))),
        _wrap(f"not recorded yet: dropout-theory check {claim.id} derives its verdict", room)])


def as_text(line: Line) -> str:
    """A line in plain text."""
    if isinstance(line, str):
        return line
    return "".join(piece.plain if isinstance(piece, Formula) else f"LaTeX: {piece}" if isinstance(piece, Source)
                   else piece for piece in line)


def _stated(claim: Mapping[str, Any]) -> list[tuple[str, list[Line]]]:
    statement: list[Line] = [(_formula(claim, "statement"),), (Source(claim["statement"]),)]
    return [
        ("Statement", statement if claim["statement"] else statement[:1]),
        ("Where", [line for s in claim["symbols"] for line in _meaning(s)]),
        ("Hypotheses", [(f"{h['name']}: ", _formula(h, "condition"), f" ({h['note']})" if h["note"] else "")
                        for h in claim["hypotheses"]]),
        ("Read as", [claim["reading"]])]


def _formula(of: Mapping[str, Any], name: str) -> Formula:
    """What a record holds in two ways, as plain text and in LaTeX."""
    return Formula(of[f"{name}_plain"], of[name])


def said(ledger: Ledger, claim: Mapping[str, Any]) -> Iterator[Section]:
    """What a claim says and what became of it, in sections with something in them."""
    yield from _filled(
        *_stated(claim),
        ("Obligations", obligation_lines(claim["evidence"])),
        ("Verdict", [_verdict(claim["verdict"], claim["reason"])]),
        ("Erratum", ["{type}, {severity}: {note}".format(**claim["erratum"])] if claim["erratum"] else []),
        ("Counterexample", _pairs(claim["counterexample"] or {})),
        ("Amended", _related(ledger, claim["amended_by"], beside=claim)),
        ("Amends", _related(ledger, [claim["amends"]] if claim["amends"] else [])),
        ("Parts", _related(ledger, claim["parts"])),
        ("Rests on", _related(ledger, claim["depends_on"])))


def _verdict(verdict: str, reason: str) -> str:
    return reason if reason.startswith(f"{verdict} ") else f"{verdict}: {reason}"


def _meaning(symbol: Mapping[str, str]) -> list[tuple[Piece, ...]]:
    """What a symbol stands for, and the definition of a notion."""
    lines: list[tuple[Piece, ...]] = [(f"{symbol['symbol']}: {symbol['meaning']}",)]
    if "definition" in symbol:
        lines += [(f"  {symbol['symbol']} = ", _formula(symbol, "definition")), ("  ", Source(symbol["definition"]))]
    return lines


def found(ledger: Ledger, claim: Mapping[str, Any], *, proof: bool = True) -> Iterator[Section]:
    """What is known of a claim beyond its evidence, in sections with something in them; `proof`: how to read its."""
    best = f"{claim['amends'] or claim['id']}-best-constant"
    key = claim["id"], claim["meaning_fingerprint"]
    yield from _filled(
        ("Proof", _proof(ledger, claim["id"]) if proof else []),
        ("Tightness", _tightness(claim)),
        ("Best constant", _related(ledger, [best] if ledger.get(best) else [], beside=claim)),
        ("Boundary cases", _boundary(claim["evidence"])),
        ("Mutants", scores.mutants_spelled(*key)),
        ("Without a hypothesis", scores.ablation_spelled(*key)),
        ("Methods that do not apply", [f"{m}: {why}" for m, why in claim["not_applicable"].items()]))


def _proof(ledger: Ledger, claim: str) -> list[str]:
    """How far its recorded proof was checked again, and how to read it."""
    from dropout_theory.report.steps import spelled

    found = spelled(claim, ledger.path)
    return [f"{found}; read it with: dropout-theory show {claim} --proof"] if found else []


def _filled(*sections: tuple[str, Iterable[Line]]) -> Iterator[Section]:
    for title, lines in sections:
        if shown := [line for line in lines if as_text(line)]:
            yield title, shown


def place(ledger: Ledger, claim: Mapping[str, Any]) -> str:
    """What kind of statement a claim is, and where it is found."""
    paper = ledger.papers.get(claim["paper"], {})
    return _place(claim["kind"], claim["source"], paper.get("title"), paper.get("year"))


def _place(kind: str, source: str, title: str | None, year: int | None) -> str:
    return f"{kind}, {source} of {title or 'untitled text'}" + (f" ({year})" if year else "")


def _wrap(text: str, room: int) -> str:
    return textwrap.fill(text, room, break_long_words=False, break_on_hyphens=False)


def _block(title: str, lines: Iterable[Line], room: int, on: bool) -> str:
    shown = []
    for line in map(as_text, lines):
        own = " " * (len(line) - len(line.lstrip()))
        shown.append(textwrap.fill(line.lstrip(), room, initial_indent=f"  {own}", subsequent_indent=f"    {own}",
                                   break_long_words=False, break_on_hyphens=False))
    return "\n".join([paint(title, "bold", on), *shown])


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [_show(value) if name == "instance" else f"{_as_printed(name)} = {_show(value)}"
            for name, value in values.items()]


def _as_printed(text: str) -> str:
    """A record's names as statements print them, Greek letters as letters."""
    return re.sub(r"[A-Za-z]+", _letter, text)


def _letter(found: re.Match[str]) -> str:
    word = found[0]
    case = "CAPITAL" if word[0].isupper() else "SMALL"
    try:  # Unicode spells one of them otherwise
        return unicodedata.lookup(f"GREEK {case} LETTER {word.upper().replace('LAMBDA', 'LAMDA')}")
    except KeyError:
        return "ℓ" if word == "ell" else word


def _show(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_as_printed(k)} = {_show(v)}" for k, v in value.items())
    if isinstance(value, list):
        return "(" + ", ".join(_show(v) for v in value) + ")"
    return spelled(value)


def _boundary(evidence: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ends of domains that admissible instances meet, and those that none does."""
    figures: Mapping[str, Any] = next((e["figures"] for e in evidence if e["method"] == "admissible"), {})
    named = (("admissible", "boundary"), ("no admissible instance found", "boundary_not_met"))
    return [f"{what}: {_as_printed(', '.join(figures[name]))}" for what, name in named if name in figures]


def _tightness(claim: Mapping[str, Any]) -> list[str]:
    """Whether the inequalities of a claim are attained at exact instances, how close those tried came to it, and what
    is decided of the gap between the sides."""
    held = {e["method"]: e["figures"] for e in claim["evidence"] if e["outcome"] == "holds"}
    gaps = held.get("decide", {}).get("gaps", ())
    figures = held.get("exact", {})
    parts = [part for part in figures.get("tightness", ()) if len(part) > 1]
    if parts:
        return [f"{part['inequality']}: {_closest(part, claim, gaps)}" for part in parts]
    return [line for line in [_closest(figures, claim, gaps)] if line]


def _closest(figures: Mapping[str, Any], claim: Mapping[str, Any], gaps: Iterable[Mapping[str, Any]]) -> str:
    """How close the sides of one inequality come; of a single one the figures do not name it."""
    gap = next((g for g in gaps if g["inequality"] == figures.get("inequality", g["inequality"])), None)
    equal = figures.get("equality")
    if equal and equal["value"] != "0":
        return f"tight: both sides are {equal['value']}{_where(equal)}"
    parts = [f"both sides are 0{_where(equal)}"] if equal else []
    if "agreement" in figures:
        found = figures["agreement"]
        parts.append(f"tight: the sides agree to within 2^-{found['bits']} of the larger{_where(found)}")
    elif "least_gap" in figures:
        found = figures["least_gap"]
        if all("(" in s["symbol"] for s in claim["symbols"]):  # at most functions
            parts.append(f"a statement about numbers: the sides differ by {found['part']:.3g} of the larger, certified")
        else:
            parts.append(f"{'elsewhere' if equal else 'no equality seen;'} the least gap at the instances tried is "
                         f"{found['part']:.3g} of the larger side{_where(found)}")
            if gap and not equal and not ("below" in gap and found["part"] < Fraction(gap["below"])):
                parts.append(_decided(gap))
    elif "least_beside_zero" in figures:
        found = figures["least_beside_zero"]
        parts.append(f"no equality seen; beside 0 the other side was {found['size']:.3g} at the least{_where(found)}")
    return "; ".join(parts)


def _decided(gap: Mapping[str, Any]) -> str:
    """What the decision procedure says of the gap between two sides that no instance tried shows to be equal."""
    if "below" in gap:
        return f"they differ by less than {gap['below']} of the larger{_where(gap)}"
    return f"certified: they differ by at least {gap['at_least']} of the larger, {gap['scope']}"


def _where(found: Mapping[str, Any]) -> str:
    return f", at {_show(found['instance'])}" if found["instance"] else ""


def _related(ledger: Ledger, identifiers: Iterable[str], beside: Mapping[str, Any] | None = None) -> list[Line]:
    """Other claims by name; `beside` a claim, with what they say and the symbols that it does not explain already."""
    lines: list[Line] = []
    for identifier in identifiers:
        other = ledger.get(identifier)
        if other is None:  # a classical fact
            lines.append((Cited(identifier),))
            continue
        lines.append((Cited(identifier), f" ({other['verdict']}): {other['title']}"))
        if beside is not None and other["statement_plain"]:
            lines.append(("    ", _formula(other, "statement")))
            lines += [(f"    given {h['name']}: ", _formula(h, "condition")) for h in other["hypotheses"]]
            lines += [("    where ", as_text(line[:1]).lstrip(), *line[1:]) for s in other["symbols"]
                      if s not in beside["symbols"] for line in _meaning(s) if not isinstance(line[-1], Source)]
    return lines
