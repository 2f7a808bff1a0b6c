"""Steps of proofs tried at exact instances by the second evaluator.

What is free in a step stands for any number: index symbols for integers, what is random outside of means for one of
its outcomes. Nothing of this is asked where a validator has checked a step, unless every step is to be tried.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mpmath as mp
import sympy as sp

from dropout_theory import language as lang
from dropout_theory.language import statements as st
from dropout_theory.recheck.arithmetic import DIGITS, CannotRecheck, NoValue
from dropout_theory.recheck.statements import truth
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.recheck.steps.grammar import Malformed
from dropout_theory.recheck.translation import expression
from dropout_theory.running.drawing import Drawn, TooMuch, Work, admissible, evaluated

INSTANCES = 10
LIMITS = (2, 2, 3, 5, 15)  # how large integers are, in one round of draws after the other
DRAWS = 12  # a round
SEED = 20140210
WORK, WORK_EACH = 120_000, 25_000  # terms evaluated for a step, and for an instance of it
FAULTS = (CannotRecheck, ArithmeticError, LookupError, TypeError, ValueError, RecursionError)  # it is made for claims


# why there are no more instances
CONSTANT, NO_MORE, NOT_MET = "nothing in it varies", "no more among small ones", "none met its assumptions"
TOO_LARGE, UNTOLD, NO_RULE = "its instances are too large", "it cannot be told", "no rule"


@dataclass(frozen=True)
class Trial:
    """What instances said of a step: `held` at how many different ones, where it is `false`, and why no more."""

    held: int
    false: str = ""
    why: str = ""
    reason: str = ""  # in words

    @property
    def found(self) -> tuple[str, str]:
        """Tested, unchecked or failed, and where or why."""
        if self.false:
            return "failed", self.false
        if not self.held:
            return "unchecked", self.reason or self.why
        return "tested", f"held at {self.held} distinct {'instance' if self.held == 1 else 'instances'}"


def tested(step: Step, instances: int = INSTANCES, functions: Mapping[Any, Any] | None = None) -> Trial:
    """Whether what a step concludes holds at different instances that meet what it assumes, so many if there are.

    Two instances are different if something that the conclusion reads has another value. `functions` are formulas to
    try for undefined functions, beside those that are always tried.
    """
    try:
        statement, *assumed = [expression(t) for t in (step.conclusion, *sorted(step.given, key=lambda g: g.digest))]
    except (ValueError, Malformed) as error:  # what is said about statements
        return Trial(0, why=NO_RULE, reason=str(error))
    statement = at_a_point(statement)
    seed = zlib.crc32(step.said.encode()) + SEED
    seen: set[Any] = set()
    why, reason = NOT_MET, ""
    left = WORK
    with mp.workdps(DIGITS):
        for n, limit in enumerate(limit for limit in LIMITS for _ in range(DRAWS)):
            if len(seen) >= instances or left <= 0 or n == 2 * DRAWS and not seen:
                break
            work = Work(min(left, WORK_EACH), functions)
            left -= work.left
            try:
                drawn = admissible(tuple(assumed), seed + n, limit, work)
                if drawn is None:
                    continue
                read, holds = _judged(drawn, statement)
            except TooMuch:
                why = TOO_LARGE
                continue
            except FAULTS as error:
                why, reason = NO_RULE, str(error)
                continue
            finally:
                left += max(work.left, 0)
            if isinstance(holds, str) or holds is False:
                return Trial(len(seen), f"{holds or 'false'} at {_shown(drawn)}")
            if holds is None:
                why = UNTOLD
                continue
            seen.add(read)
            if not read:
                return Trial(1, why=CONSTANT)
    return Trial(len(seen), why=NO_MORE if seen and why == NOT_MET else why, reason=reason if why == NO_RULE else "")


def _judged(drawn: Drawn, statement: Any) -> tuple[Any, bool | None | str]:
    """What a statement reads, and whether it holds: a text where it has no value."""
    drawn.seen.clear()
    holds: bool | None | str = False
    for digits in (DIGITS, 4 * DIGITS):  # numbers that nearly cancel leave few digits
        if holds is False:
            with mp.workdps(digits):
                holds = _judged_once(drawn, statement)
    return frozenset((place, drawn.numbers[place]) for place in drawn.seen), holds


def _judged_once(drawn: Drawn, statement: Any) -> bool | None | str:
    try:
        return truth(evaluated(drawn), statement)
    except NoValue as error:
        return f"no value: {error}"


def at_a_point(statement: Any) -> Any:
    """A statement without the quantifiers of scalars that it is to hold for: their scalars free, under new names."""
    if isinstance(statement, st.ForAll):
        names = {s: s.renamed(s.name + "'") for s in statement.bound_symbols}
        return at_a_point(lang.substitute(statement.body, names))
    if isinstance(statement, sp.And):
        return lang.both(*map(at_a_point, statement.args))
    if isinstance(statement, sp.Implies):
        premise, conclusion = statement.args
        return sp.Implies(premise, at_a_point(conclusion), evaluate=False)
    return statement


def _shown(drawn: Drawn) -> str:
    return ", ".join(f"{place[0]}{list(place[1]) if len(place) > 1 else ''} = {value}"
                     for place, value in sorted(drawn.numbers.items(), key=str))
