"""`dropout-theory doctor`: what is installed, whether the tools work, whether the record is current."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

import click

from dropout_theory import __version__
from dropout_theory.claims import ClaimError
from dropout_theory.cli.main import ledger_option
from dropout_theory.report.ledger import Ledger, LedgerError
from dropout_theory.report.terminal import filled
from dropout_theory.verdicts.fingerprint import LIBRARY, TOOLS, version
from dropout_theory.verdicts.methods import MethodError, declared, require_sound

_METHODS = declared().values()
_NEEDED = tuple(dict.fromkeys([*TOOLS, *(tool for m in _METHODS for tool in m.tools), "click"]))
_OPTIONAL = (*(m.optional for m in _METHODS if m.optional), "matplotlib", "pytest", "pytest-xdist", "pytest-timeout")


@click.command(short_help="Report versions, tools and the state of the record.")
@click.option("--constraints", is_flag=True,
              help="Print only the versions that the record was made with, as a constraints file for pip.")
@ledger_option
def doctor(constraints: bool, ledger_path: Path | None) -> int:
    """Report versions, tools and the state of the record; exit status 1 when something needed does not work."""
    if constraints:
        from dropout_theory.report.staleness import constraints as pinned

        click.echo(pinned(Ledger.read(ledger_path).made_with.values()), nl=False)
        return 0
    click.echo(f"dropout-theory {__version__}, Python {platform.python_version()}, {platform.platform()}, "
               f"{os.cpu_count()} processors")
    problems = 0
    for name in (*_NEEDED, *_OPTIONAL):
        state = version(name)
        if state == "absent":
            state = "missing" if name in _NEEDED else "not installed (optional)"
            problems += name in _NEEDED
        click.echo(f"  {name:15} {state}")
    for method in _METHODS:
        missing = [tool for tool in (*method.tools, method.optional) if tool and version(tool) == "absent"]
        state = f"not available: {', '.join(missing)} not installed" if missing else "available"
        _line(f"{method.mark} {method.name}", f"{state}; {method.does}")
    for title, probe in (("exact arithmetic", _flint), ("decision procedure", _z3), ("compiled kernels", _numba)):
        problems += not _works(title, probe)
    # What is at fault in a paper's files is told once: the steps that follow would stumble over it again.
    sound = all(_works(title, probe) for title, probe in (("methods", _methods), ("claims", _claims),
                                                          ("proofs", _proofs), ("trusted base", _trusted)))
    problems += not sound
    try:
        moved = _record(ledger_path, compare=sound)
    except LedgerError as error:
        problems += 1
        _line("ledger", f"FAILS: {error}")
        moved = False
    well = "everything works; the record was made otherwise, as said above" if moved else "all is well"
    click.echo(well if not problems else f"{problems} problem{'s' if problems > 1 else ''}")
    return 1 if problems else 0


def _line(title: str, text: str) -> None:
    click.echo(filled(f"{title:19} {text}", "  ", " " * 22))


def _works(title: str, probe: Callable[[], str]) -> bool:
    try:
        _line(title, probe())
    except Exception as error:  # noqa: BLE001 - a doctor reports whatever is wrong
        told = isinstance(error, (ClaimError, MethodError))
        _line(title, f"FAILS: {'' if told else f'{type(error).__name__}: '}{error}")
        return False
    return True


def _methods() -> str:
    require_sound()
    from dropout_theory.checkers import all_checkers

    return f"{len(all_checkers())} load"


def _flint() -> str:
    from flint import arb, fmpq

    if not arb(fmpq(1, 10)).contains(arb(1) / 10) and not arb(fmpq(1, 10)).overlaps(arb(1) / 10):
        raise ArithmeticError("the ball of 1/10 misses 1/10")
    return "works"


def _z3() -> str:
    import z3

    x = z3.Real("x")
    solver = z3.Solver()
    solver.add(x * x < 0)
    if solver.check() != z3.unsat:
        raise ArithmeticError("a negative square was not refuted")
    return "works"


def _numba() -> str:
    import numba

    doubled = numba.njit(lambda x: 2 * x)
    if doubled(21) != 42:
        raise ArithmeticError("a compiled function returned a wrong value")
    return "work"


def _proofs() -> str:
    from dropout_theory.claims import PAPER_KEYS, load_proofs
    from dropout_theory.proofs import folder

    return f"{sum(len(load_proofs(paper)) for paper in PAPER_KEYS)} files in {folder()}"


def _claims() -> str:
    from dropout_theory.claims import load

    registry = load()
    return f"{len(registry)} of {len(registry.papers)} papers"


def _trusted() -> str:
    """The rooms that a reader of `proved` must believe, with their lines, and the classical facts that proofs cite."""
    from dropout_theory.claims import FACTS
    from dropout_theory.verdicts.sources import TRUSTED

    files = {room: (LIBRARY.folder / room).glob("*.py") for room in TRUSTED}
    lines = {room: sum(len(p.read_text(encoding="utf-8").splitlines()) for p in found) for room, found in files.items()}
    rooms = ", ".join(f"{room} {count:,}" for room, count in lines.items())
    facts = f"{len(FACTS)} classical facts: {', '.join(sorted(FACTS))}"
    return f"{sum(lines.values()):,} lines ({rooms}); {facts}"


def _record(ledger_path: Path | None, compare: bool) -> bool:
    """Print the state of the ledger, and say whether its evidence rests on what is no longer as it was.

    Without `compare`, where methods or claims cannot be loaded, only what it holds is told.
    """
    from dropout_theory.report.staleness import moved_since
    from dropout_theory.report.terminal import counted, tally

    recorded = Ledger.read(ledger_path)
    _line("ledger", f"{counted(len(recorded), 'claim')}: {tally(c['verdict'] for c in recorded)}")
    if not compare:
        return False
    moved = moved_since(recorded, sys.modules["dropout_theory.claims"].REGISTRY)
    for line in moved:
        _line("", line)
    if moved:
        _line("", "what this touches is made again by: dropout-theory check")
    return bool(moved)
