"""What solvers say of questions that have no certificate: z3, and cvc5 where it is installed.

Both read one text, printed here from the hypotheses as the checker of certificates reads them, and each answers in a
process of its own, which is ended when its time is up. An answer shows nothing; two that differ show a fault.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version

from dropout_theory.recheck.steps.arithmetic import Either, Formula, Poly, Problem

SECONDS = 20.0
SOLVERS = {"z3": "z3-solver", "cvc5": "cvc5"}  # modules, and what they are called where they are published

_ASKS = {
    "z3": "import sys, z3\n"
          "solver = z3.Solver()\n"
          "solver.from_string(sys.stdin.read())\n"
          "print(solver.check())\n",
    "cvc5": "import sys, cvc5\n"
            "solver = cvc5.Solver()\n"
            "parser = cvc5.InputParser(solver)\n"
            "parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, sys.stdin.read(), 'question')\n"
            "while not (command := parser.nextCommand()).isNull():\n"
            "    command.invoke(solver, parser.getSymbolManager())\n"
            "print(solver.checkSat())\n",
}


def installed() -> dict[str, str]:
    """The solvers at hand, each with the name and version by which it is cited."""
    found = {}
    for module, package in SOLVERS.items():
        try:
            found[module] = f"{module} {'.'.join(version(package).split('.')[:2])}"
        except PackageNotFoundError:
            continue
    return found


def asked(solver: str, problem: Problem, seconds: float = SECONDS) -> str:
    """unsat where a solver finds that the hypotheses contradict one another, sat where it has a model, else unknown."""
    try:
        done = subprocess.run([sys.executable, "-c", _ASKS[solver]], input="\n".join(written(problem)), text=True,
                              capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return "unknown"
    answer = done.stdout.strip()
    return answer if answer in ("sat", "unsat") else "unknown"


def written(problem: Problem) -> Iterator[str]:
    """The hypotheses in SMT-LIB, an inverse w of a variable v where one stands: v w = 1 unless v is 0."""
    yield "(set-logic QF_NRA)"
    for n in range(len(problem.atoms)):
        yield f"(declare-const v{n} Real)"
    for n in sorted({n for h in problem.hypotheses for n in _inverted(h)}):
        yield f"(declare-const w{n} Real)"
        yield f"(assert (=> (not (= v{n} 0)) (= (* v{n} w{n}) 1)))"
    for n in sorted(problem.shown.nonzero):
        yield f"(assert (not (= v{n} 0)))"
    for h in problem.hypotheses:
        yield f"(assert {_formula(h)})"


def _inverted(formula: Formula) -> set[int]:
    if isinstance(formula, Either):
        return {n for case in formula.cases for f in case for n in _inverted(f)}
    return {n for m in formula.value for n, e in m if e < 0}


def _formula(formula: Formula) -> str:
    if isinstance(formula, Either):
        return _joined("or", [_joined("and", [_formula(f) for f in case], "true") for case in formula.cases], "false")
    return f"({formula.sign} {_polynomial(formula.value)} 0)"


def _polynomial(p: Poly) -> str:
    def monomial(powers: tuple[tuple[int, int], ...], c: Fraction) -> str:
        variables = [f"{'v' if e > 0 else 'w'}{n}" for n, e in powers for _ in range(abs(e))]
        return _joined("*", [_number(c), *variables], "1")

    return _joined("+", [monomial(m, c) for m, c in sorted(p.items())], "0.0")


def _joined(op: str, parts: list[str], of_none: str) -> str:
    return parts[0] if len(parts) == 1 else f"({op} {' '.join(parts)})" if parts else of_none


def _number(c: Fraction) -> str:
    size = f"(/ {abs(c.numerator)}.0 {c.denominator}.0)" if c.denominator != 1 else f"{abs(c.numerator)}.0"
    return size if c >= 0 else f"(- {size})"


__all__ = ["asked", "installed", "written"]
