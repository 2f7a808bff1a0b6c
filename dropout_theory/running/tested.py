"""Steps of proofs tried at exact instances by the second evaluator, where no validator has checked them.

What is free in a step stands for any number: index symbols for integers, gates outside of means for 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import mpmath as mp
import sympy as sp

from dropout_theory import language as lang
from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.recheck.arithmetic import DIGITS, CannotRecheck, NoValue
from dropout_theory.recheck.statements import admissible, truth
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.recheck.translation import expression
from dropout_theory.recheck.values import Values

INSTANCES = 10
Draw = Callable[[Any, int], Iterable[Mapping[Any, Any]]]  # different admissible instances of a claim, so many

_ZERO_OR_ONE = lang.Domain("0 or 1", sp.S.Zero, sp.S.One, integer=True)


def tested(step: Step, draw: Draw, instances: int = INSTANCES) -> tuple[str, str]:
    """Whether what a step concludes holds at instances that meet what it assumes: tested, unchecked or failed, and why.

    Fewer than `instances` are enough where there are no more.
    """
    try:
        about = _claim(step)
    except ValueError as error:  # not written, or no statement of a claim: two atoms of one name
        return "unchecked", str(error)
    tried, reason = 0, "no admissible instance was found"
    with mp.workdps(DIGITS):
        for instance in _drawn(draw, about, instances):
            values = Values(instance)
            try:
                if admissible(values, about) is not None:
                    continue
                holds = truth(values, about.statement)
            except NoValue as error:
                return "failed", f"no value at {lang.describe(dict(instance))}: {error}"
            except (CannotRecheck, ArithmeticError, TypeError, ValueError) as error:
                reason = str(error)  # the second evaluator is made for instances of claims, not of steps
                continue
            if holds is False:
                return "failed", f"false at {lang.describe(dict(instance))}"
            tried += holds is True
    return ("tested", f"held at {tried} instances") if tried else ("unchecked", reason)


def _drawn(draw: Draw, about: Any, instances: int) -> Iterable[Mapping[Any, Any]]:
    """The instances of a step, as far as some can be drawn."""
    try:
        yield from draw(about, instances)
    except (TypeError, ValueError):
        return


def _claim(step: Step) -> Claim:
    """What a step says as a claim: its conclusion under what it assumes."""
    statement, *assumed = _free_of_symbols([expression(t) for t in (step.conclusion, *sorted(step.given, key=str))])
    hypotheses = tuple(Hypothesis(f"assumption {n}", g) for n, g in enumerate(assumed, start=1))
    return Claim("own:step", "a step", statement, "-", "-", hypotheses=hypotheses)


def _free_of_symbols(statements: list[Any]) -> list[Any]:
    """The statements with scalars in place of free index symbols, and families of 0 and 1 in place of free gates."""
    free = {s for a in lang.dependencies(statements) if isinstance(a, sp.Symbol) and not isinstance(a, lang.Scalar)
            for s in [a]}
    names: dict[Any, Any] = {s: lang.Scalar(f"{s.name}'", _whole(s)) for s in free}
    return [_fixed(lang.substitute(s, names)) for s in statements]


def _whole(symbol: sp.Symbol) -> lang.Domain:
    return lang.SIZE if symbol.is_positive else lang.NATURAL if symbol.is_nonnegative else lang.INTEGER


def _fixed(expr: Any) -> Any:
    """An expression with gates that stand outside of means as numbers that are 0 or 1."""
    if isinstance(expr, lang.Element) and isinstance(expr.family, lang.Gates):
        other = lang.Family(f"{expr.family.name}'", _ZERO_OR_ONE, expr.family.ranges)
        return lang.Element(other, *expr.indices)
    if isinstance(expr, lang.Operator) or not getattr(expr, "args", ()) or isinstance(expr, lang.Scalar):
        return expr
    args = [_fixed(a) if isinstance(a, sp.Basic) else a for a in expr.args]
    if args == list(expr.args):
        return expr
    if isinstance(expr, (sp.core.relational.Relational, sp.Not, sp.Implies)):
        return expr.func(*args, evaluate=False)
    return expr.func(*args)
