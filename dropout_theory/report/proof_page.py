"""The proof of a claim on a terminal and in LaTeX."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dropout_theory.language import latex, plain
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.recheck.steps.grammar import Term
from dropout_theory.recheck.translation import expression
from dropout_theory.report.citations import escape
from dropout_theory.report.reading import Line, Reading, read, readable
from dropout_theory.report.terminal import paint, width

if TYPE_CHECKING:
    from dropout_theory.report.ledger import Ledger


def proof_page(ledger: Ledger, claim: Mapping[str, Any], last: Step, *, everything: bool = False, on: bool = False,
               room: int | None = None) -> str:
    """The proof of a claim as text: assumptions with letters, then the steps with formulas and reasons."""
    room = min(width() if room is None else room, 120)
    reading = read(last, _plain, everything)
    blocks = [f"{paint('Proof of ' + claim['id'], 'bold', on)}\n{claim['title']}"]
    if reading.assumptions:
        blocks.append("\n".join([paint("Given", "bold", on), *[
            _hanging(f"({letter})", _plain(g), room) for letter, g in reading.assumptions.items()]]))
    lines = [_step(line, ledger, room) for line in reading.lines]
    blocks.append("\n".join([paint("Steps", "bold", on), *lines]))
    return "\n\n".join([*blocks, _end(last, reading)])


def _end(last: Step, reading: Reading) -> str:
    from dropout_theory.recheck.steps.derivation import steps_below

    whole = len({s.said for s in steps_below(last)})
    folded = whole - len(reading.lines)
    more = f", {folded} trivial ones folded (--all shows them)" if folded else ""
    return f"{whole} steps{more}; checked again by: dropout-theory recheck --proofs"


def _step(line: Line, ledger: Ledger, room: int) -> str:
    under = f"  [{', '.join(f'({a})' for a in line.assumes)}]" if line.assumes else ""
    return "\n".join([_hanging(f"{line.number}.", _plain(line.statement) + under, room),
                      _hanging("", f"— {_spelled(line, ledger)}", room)])


def _spelled(line: Line, ledger: Ledger) -> str:
    """The reason of a step; what it quotes with title and where it stands."""
    if line.source.startswith("classical:"):
        from dropout_theory.claims import FACTS

        fact = FACTS.get(line.source.removeprefix("classical:"))
        return f"classical fact {line.source.removeprefix('classical:')}" + (f": {fact.reference}" if fact else "")
    if line.source:
        claim = ledger.get(line.source)
        return f"{line.source}: {claim['title']} ({claim['verdict']})" if claim else line.source
    return line.reason


def _hanging(mark: str, text: str, room: int) -> str:
    return textwrap.fill(text, room, initial_indent=f"  {mark:<5}", subsequent_indent=" " * 9, break_long_words=False,
                         break_on_hyphens=False)


def _plain(term: Term) -> str:
    return _about(term) or plain(expression(readable(term)))


def _about(term: Term) -> str:
    """What is said about a statement, which is no statement of a claim."""
    if term.op == "refuted":
        return f"false at {term.args[1]}"
    if term.op == "meaningless":
        return f"without meaning at {term.args[1]}"
    if term.op == "no-minimiser":
        return "the criterion has no minimiser"
    return ""


def proof_latex(ledger: Ledger, claim: Mapping[str, Any], last: Step, *, everything: bool = False) -> str:
    r"""The proof of a claim for a paper: needs amsmath and amssymb. Steps are an enumerated list."""
    reading = read(last, lambda t: f"${_latex(t)}$", everything)
    lines = [f"% proof of {claim['id']}, {claim['verdict']}", r"\begin{proof}"]
    if reading.assumptions:
        lines += ["Given:", r"\begin{itemize}", *[rf"  \item[({a})] ${_latex(g)}$"
                                                  for a, g in reading.assumptions.items()], r"\end{itemize}"]
    lines.append(r"\begin{enumerate}")
    for line in reading.lines:
        under = f" under {', '.join(f'({a})' for a in line.assumes)}" if line.assumes else ""
        reason = escape(_spelled(line, ledger)) if line.source else _reason_in_latex(line.reason)
        lines.append(rf"  \item ${_latex(line.statement)}${under}: {reason}.")
    return "\n".join([*lines, r"\end{enumerate}", r"\end{proof}"]) + "\n"


def _reason_in_latex(reason: str) -> str:
    """A reason with its formulas, which stand between dollars, as they are."""
    parts = reason.split("$")
    return "$".join(part if n % 2 else escape(part) for n, part in enumerate(parts))


def _latex(term: Term) -> str:
    about = _about(term)
    return rf"\text{{{escape(about)}}}" if about else latex(expression(readable(term)))


def fact_page(name: str, *, on: bool = False) -> str:
    """A classical fact: what it states, where it is proved, and the claims that rest on it are told by `list`."""
    from dropout_theory.claims import FACTS

    fact = FACTS[name]
    said = f"  {plain(fact.statement)}\n  LaTeX: {latex(fact.statement)}"
    return "\n\n".join([paint(f"classical:{name}", "bold", on) + "  classical fact, used without proof",
                        f"{paint('Statement', 'bold', on)}\n{said}",
                        f"{paint('Reference', 'bold', on)}\n  {fact.reference}"])


__all__ = ["fact_page", "proof_latex", "proof_page"]
