"""Cause 4, at its root: an operator that a method does not know stops the program, and a refused one is no constant."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

import dropout_theory
from attacks.support import HALF, c, d, n, refused, verdict, x
from dropout_theory.checkers import get_checker
from dropout_theory.checkers.unrolling import Unroller
from dropout_theory.claims import Claim, load
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import Evaluator, judge
from dropout_theory.evaluation.values import Unsupported
from dropout_theory.language import DerivativeAt, E, Largest, Operator, Sigma, Var, equal, gates, less_equal, registry
from dropout_theory.language.operators import OfExpressions
from dropout_theory.language.registry import UnknownOperator
from dropout_theory.normal_form import normal
from dropout_theory.proof import Theorem, arithmetic, assume, expected, identity, rewritten, two_outcomes
from dropout_theory.recheck.arithmetic import CannotRecheck
from dropout_theory.recheck.statements import truth
from dropout_theory.recheck.values import Values
from dropout_theory.sampling.programs import Program
from dropout_theory.verdicts.kernel import Context

gate = gates("coin", HALF, (sp.Symbol("i", integer=True), 1, 1))[1]


def made(base: type) -> Any:
    """A new class of operators of an author."""
    return type("Median", (base,), {"nargs": 1})


@pytest.fixture(params=[Operator, OfExpressions], ids=lambda base: str(base.__name__))
def median(request: Any) -> Iterator[Any]:
    kind = made(request.param)
    yield kind
    registry.OPERATORS.pop(kind)
    for refusing in registry._REFUSED.values():
        refusing.discard(kind)


def test_every_method_of_every_room_knows_every_operator() -> None:
    for module in pkgutil.walk_packages(dropout_theory.__path__, "dropout_theory."):
        if not module.name.endswith("__main__") and ".papers." not in module.name:
            importlib.import_module(module.name)
    registry.require_known()
    assert set(registry.METHODS) == {
        "the normal form", "real arithmetic", "definedness", "exact evaluation", "the second path", "sampling",
        "writing out over masks"}
    names = {operator.__name__ for operator in registry.OPERATORS}
    assert names == {"E", "Var", "Cov", "G", "Gc", "NWGM", "Sigma", "Relu", "Largest", "Smallest", "LargestOutcome",
                     "RootGrowth", "DerivativeAt", "Stirling2", "Aversion"}


def test_a_forgotten_operator_stops_the_program(median: Any) -> None:
    said = "knows nothing of the operator Median"
    about = Claim("own:claim", "a claim", equal(x, x), "1", "eq. (1)")
    for start in (load, lambda: get_checker("exact").check(about, Context()), registry.require_known,
                  lambda: registry.method("a new method", {Operator})):
        with pytest.raises(UnknownOperator, match=said):
            start()
        registry.METHODS.pop("a new method", None)
    registry.refuse(median, *[name for name in registry.METHODS if name != "sampling"])
    with pytest.raises(UnknownOperator, match=f"sampling {said}"):
        load()
    registry.refuse(median, "sampling")
    assert load()


def test_it_stops_where_the_methods_are_loaded_later(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "from dropout_theory.language import Operator\n"
        "class Median(Operator):\n    nargs = 1\n"
        "import sys\n"
        "assert 'dropout_theory.evaluation' not in sys.modules\n"
        "from dropout_theory.checkers import get_checker\n"
        "get_checker('exact')\n", encoding="utf-8")
    here = {**os.environ, "PYTHONPATH": str(Path(dropout_theory.__file__).parents[1])}
    found = subprocess.run([sys.executable, str(tmp_path / "own.py")], capture_output=True, text=True, timeout=120,
                           env=here)
    assert found.returncode == 1 and "knows nothing of the operator Median of __main__" in found.stderr


@pytest.mark.parametrize("operator", [E, Sigma, Largest, DerivativeAt])
def test_no_operator_is_taken_for_another(operator: type) -> None:
    with pytest.raises(UnknownOperator, match=f"Median is made of the operator {operator.__name__}"):
        made(operator)


DERIVATIONS: dict[str, Callable[[Any], Theorem]] = {
    "a constant": lambda m: identity(E(c * m(gate)), c * m(gate)),
    "itself": lambda m: identity(m(gate), m(gate)),
    "arithmetic": lambda m: arithmetic(less_equal(m(gate), m(gate) + 1)),
    "assumed": lambda m: arithmetic(less_equal(0, m(gate) ** 2), assume(equal(m(gate), 1))),
    "expected": lambda m: expected(arithmetic(equal(m(gate), m(gate)))),
    "two outcomes": lambda m: two_outcomes(m(gate), gate),
    "a variance": lambda m: identity(Var(m(gate)), 0),
    "rewritten": lambda m: rewritten(m(gate), identity(d[1] ** 2, d[1])),
}


@pytest.mark.parametrize("derivation", DERIVATIONS)
def test_a_refused_operator_is_in_no_theorem(median: Any, derivation: str) -> None:
    registry.refuse(median)
    with refused("Median"):
        DERIVATIONS[derivation](median)


def test_a_refused_operator_is_refused_by_name_in_each_method(median: Any) -> None:
    registry.refuse(median)
    term: Any = E(median(gate) + gate)
    statement = equal(term, HALF)
    with refused("Median is an operator that the normal form refuses"):
        normal(median(x))
    with pytest.raises(Unsupported, match="Median"):
        judge(statement, {}, expectation)
    with pytest.raises(CannotRecheck, match="Median"):
        truth(Values({}), statement)
    with pytest.raises(Unsupported, match="Median is an operator that writing out over masks refuses"):
        Unroller({n: 1}).boolean(statement)
    with pytest.raises(Unsupported, match="Median"):
        Program(Evaluator({}, expectation)).compile(median(gate) + gate, {})
    assert verdict(equal(median(gate), median(gate))) in ("open", "refused")
    assert verdict(less_equal(0, median(x) ** 2)) in ("open", "refused")


def test_an_author_may_handle_it(median: Any) -> None:
    from dropout_theory.evaluation.rules import RULES

    registry.refuse(median)
    RULES[median] = lambda ev, expr, bound: ev.value(expr.args[0], bound)
    try:
        assert judge(equal(median(sp.S(2)), 2), {}, expectation).truth.name == "TRUE"
    finally:
        RULES.pop(median)
