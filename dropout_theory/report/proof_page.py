"""The proof of a claim on a terminal and in LaTeX."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from dropout_theory.language import latex, plain
from dropout_theory.recheck.steps.derivation import Step, steps_below
from dropout_theory.recheck.steps.grammar import Term, walk
from dropout_theory.recheck.translation import expression
from dropout_theory.report.citations import escape
from dropout_theory.report.formula import in_lines
from dropout_theory.report.reading import Line, Reading, read, readable
from dropout_theory.report.terminal import counted, paint, width

if TYPE_CHECKING:
    from dropout_theory.report.ledger import Ledger


def proof_page(ledger: Ledger, claim: Mapping[str, Any], last: Step, *, everything: bool = False, on: bool = False,
               room: int | None = None) -> str:
    """The proof of a claim as text: assumptions with letters, then the steps with formulas and reasons."""
    room = min(width() if room is None else room, 120)
    beside = _logistic(last)

    def show(term: Term) -> str:
        return _plain(term, beside)

    reading = read(last, show, everything)
    blocks = [f"{paint('Proof of ' + claim['id'], 'bold', on)}\n{claim['title']}"]
    for title, named in (("Given", reading.given), ("Supposed in some steps", reading.supposed)):
        if named:
            blocks.append("\n".join([paint(title, "bold", on), *[
                _hanging(f"({letter})", show(g), room) for letter, g in named.items()]]))
    if letters := own_letters(claim, reading, plain):
        blocks.append("\n".join([paint("Letters of the proof", "bold", on), *[
            textwrap.fill(f"{letter}: {told}", room, initial_indent="  ", subsequent_indent=" " * 9)
            for letter, told in letters]]))
    lines = [_step(line, show, ledger, room) for line in reading.lines]
    blocks.append("\n".join([paint("Steps", "bold", on), *lines]))
    return "\n\n".join([*blocks, _end(last, reading, everything)])


def own_letters(claim: Mapping[str, Any], reading: Reading, show: Callable[[Any], str]) -> list[tuple[str, str]]:
    """What the letters stand for that a proof has and its claim has not."""
    from dropout_theory.report.glossary import entry, meaning, spoken_of, told

    known = {(s["symbol"], s["meaning"]) for s in claim["symbols"]}
    atoms = [a for a in spoken_of(expression(readable(t)) for t in reading.atoms)
             if (plain(entry(a)), meaning(a)) not in known]
    return told(atoms, show)


def _logistic(last: Step) -> tuple[Any, ...]:
    """The logistic functions in a proof, one of each shape: where there are several, none goes without saying."""
    statements = {t for s in steps_below(last) for t in walk(s.conclusion) if t.op == "logistic"}
    return tuple(sorted({expression(t).args[1:]: expression(t) for t in statements}.values(), key=str))


def _end(last: Step, reading: Reading, everything: bool) -> str:
    whole = len({s.said for s in steps_below(last)})
    folded = 0 if everything else whole - len(reading.lines)
    more = f", {folded} of them trivial and not shown (--all shows them)" if folded else ""
    return f"{counted(whole, 'step')}{more}; checked again by: dropout-theory recheck --proofs"


def _step(line: Line, show: Callable[[Term], str], ledger: Ledger, room: int) -> str:
    about = [show(c).replace(" ", "\N{NO-BREAK SPACE}") for c in line.speaks_of]
    text = show(line.statement) + (f"  for {', '.join(about)}" if about else "")
    text += f"  [{', '.join(f'({a})' for a in line.assumes)}]" if line.assumes else ""
    return "\n".join([_hanging(f"{line.number}.", text, room), _hanging("", f"— {spelled(line, ledger)}", room)])


def spelled(line: Line, ledger: Ledger) -> str:
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
    return textwrap.fill(text, room, initial_indent=f"  {mark:<6} ", subsequent_indent=" " * 9, break_long_words=False,
                         break_on_hyphens=False)


@cache
def _plain(term: Term, beside: tuple[Any, ...] = ()) -> str:
    return _about(term) or plain(expression(readable(term)), beside)


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
    r"""The proof of a claim for a paper: needs amsmath, amssymb and amsthm. Steps are an enumerated list.

    A formula may break into lines as wide as the page has them: see `formula`.
    """
    reading = read(last, in_dollars, everything)
    lines = [f"% proof of {claim['id']}, {claim['verdict']}", r"\begin{proof}\leavevmode\raggedright"]
    for title, named in (("Given", reading.given), ("Supposed in some steps", reading.supposed)):
        if named:
            lines += [rf"\par {title}:", r"\begin{itemize}",
                      *[rf"  \item[({a})] {_displayed(g)}" for a, g in named.items()], r"\end{itemize}"]
    if letters := own_letters(claim, reading, lambda e: f"${latex(e)}$"):
        told = "; ".join(f"{letter}: {meaning}" for letter, meaning in letters)
        lines.append(rf"\par Letters of the proof: {in_latex(told)}.")
    lines.append(r"\begin{enumerate}")
    for line in reading.lines:
        about = f" for {', '.join(map(in_dollars, line.speaks_of))}" if line.speaks_of else ""
        under = f" under {', '.join(f'({a})' for a in line.assumes)}" if line.assumes else ""
        number = f"[{line.number}.]" if everything else ""
        end = r"\qedhere" if line is reading.lines[-1] else ""
        reason = in_latex(spelled(line, ledger))
        lines.append(rf"  \item{number} {_displayed(line.statement)}{in_latex(about)}{under}: {reason}.{end}")
    return "\n".join([*lines, r"\end{enumerate}", r"\end{proof}"]) + "\n"


def in_latex(text: str) -> str:
    """Text for LaTeX, with its formulas, which stand between dollars, so that they may break into lines."""
    parts = text.split("$")
    return "".join(f"${in_lines(part)}$" if n % 2 else escape(part) for n, part in enumerate(parts))


def in_dollars(term: Term) -> str:
    """A statement or expression as part of a text: its LaTeX between dollars, or what is said of it."""
    return _about(term) or f"${_latex(term)}$"


def _displayed(term: Term) -> str:
    about = _about(term)
    return escape(about) if about else rf"$\displaystyle {in_lines(_latex(term))}$"


@cache
def _latex(term: Term) -> str:
    return latex(expression(readable(term)))


def fact_page(name: str, *, on: bool = False) -> str:
    """A classical fact: what it states, where it is proved, and the claims that rest on it are told by `list`."""
    from dropout_theory.claims import FACTS

    fact = FACTS[name]
    said = f"  {plain(fact.statement)}\n  LaTeX: {latex(fact.statement)}"
    return "\n\n".join([paint(f"classical:{name}", "bold", on) + "  classical fact, used without proof",
                        f"{paint('Statement', 'bold', on)}\n{said}",
                        f"{paint('Reference', 'bold', on)}\n  {fact.reference}"])


__all__ = ["fact_page", "proof_latex", "proof_page"]
