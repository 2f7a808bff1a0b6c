"""Faults planted in the checkers themselves: for each, a test of this suite that notices it.

Each entry breaks one function and names a test that passes before and must fail then.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import sympy as sp
import test_exact
import test_intervals
import test_kernel
import test_montecarlo
import test_property
import test_rng
import test_soundness
import test_soundness_normal_form
import test_statistical
import z3
from flint import arb, fmpq

from dropout_theory.arithmetic import solver
from dropout_theory.checkers import exact
from dropout_theory.checkers.at_instances import drawn
from dropout_theory.claims import Claim
from dropout_theory.evaluation import enumeration, instances
from dropout_theory.evaluation import rules as evaluate_rules
from dropout_theory.language import equal, less_equal
from dropout_theory.normal_form import canonical, sums
from dropout_theory.recheck.witnesses import recheck_holds
from dropout_theory.sampling import intervals, montecarlo
from dropout_theory.sampling.compiled import load_kernels
from dropout_theory.verdicts import kernel

Patch = pytest.MonkeyPatch


def narrow_bernstein(patch: Patch) -> None:
    whole = intervals._bernstein_width
    patch.setattr(intervals, "_bernstein_width", lambda *a: 0.2 * whole(*a))


def narrow_hoeffding(patch: Patch) -> None:
    whole = intervals._entropy_excess
    patch.setattr(intervals, "_entropy_excess", lambda *a: 0.5 * whole(*a))


def forgotten_split(patch: Patch) -> None:
    """Every interval of a call spends the whole error probability."""
    whole = montecarlo.mean_interval
    patch.setattr(montecarlo, "mean_interval",
                  lambda n, m, v, low, high, share, **more: whole(n, m, v, low, high, 3 * share, **more))


def stuck_bit(patch: Patch) -> None:
    """Bit 7 of every word is one."""
    words = load_kernels("sampling.kernels").philox_words

    def faulty(counters: Any, key: Any, out: Any) -> None:
        words(counters, key, out)
        out |= np.uint64(1 << 7)

    patch.setattr(load_kernels("sampling.kernels"), "philox_words", faulty)


def repeated_gate(patch: Patch) -> None:
    """The last variate of every sample is that of the sample before."""
    draw = montecarlo.draw_block

    def faulty(*arguments: Any) -> Any:
        block = draw(*arguments)
        block[:, -1] = block[:, 0]
        return block

    patch.setattr(montecarlo, "draw_block", faulty)


def dropped_term(patch: Patch) -> None:
    whole = sums.rebuild
    patch.setattr(sums, "rebuild", lambda found: whole(found[:-1] if len(found) > 2 else found))


def missed_mask(patch: Patch) -> None:
    """The mask in which every gate is open is left out."""
    whole = enumeration._enumerate

    def faulty(ev: Any, expr: Any, atoms: list[Any], bound: dict[Any, Any]) -> Any:
        if not atoms and bound and all(v == 1 for k, v in bound.items() if isinstance(k, tuple)) \
                and any(isinstance(k, tuple) for k in bound):
            return fmpq(0)
        return whole(ev, expr, atoms, bound)

    patch.setattr(enumeration, "_enumerate", faulty)


def wrong_logistic(patch: Patch) -> None:
    patch.setitem(evaluate_rules.RULES, sp.exp, lambda ev, e, bound: arb(ev.value(e.args[0], bound)).exp() * 2)


def ignored_hypotheses(patch: Patch) -> None:
    for module in (instances, exact):
        for name in ("require_hypotheses", "check_admissible"):
            if hasattr(module, name):
                patch.setattr(module, name, lambda *a: None)


def strict_for_weak(patch: Patch) -> None:
    patch.setitem(solver._RELATIONS, sp.Lt, lambda a, b: a <= b)


def credulous_solver(patch: Patch) -> None:
    """What the solver does not refute counts as proved."""
    def faulty(premises: list[Any], goal: Any, *more: Any) -> bool:
        checker = z3.Solver(ctx=goal.ctx)
        checker.add(*premises, goal)
        return bool(checker.check() != z3.unsat)

    patch.setattr(solver, "_check", faulty)


def sampling_proves(patch: Patch) -> None:
    """Evidence of any rigor counts as a proof."""
    whole = test_kernel.derive

    def faulty(claim: Any, evidence: Any, *more: Any) -> Any:
        raised = [copy.copy(e) for e in evidence]
        for e in raised:
            object.__setattr__(e, "rigor", "proof" if e.outcome == "holds" and e.method != "admissible" else e.rigor)
        return whole(claim, raised, *more)

    patch.setattr(test_kernel, "derive", faulty)


def second_path(statement: Any) -> Callable[[], None]:
    """What the first path calls true must be true on the second; here: whether it agrees on an exact value."""
    def run() -> None:
        claim = Claim("toy:eq1", "toy", statement, "1", "eq. (1)")
        found = exact.exact.check(claim, kernel.Context(fast=True))
        second = recheck_holds(claim, lambda claim: drawn(claim, 3, 2))
        assert found.outcome == "holds" and second.status == "confirmed"

    return run


def same_value() -> None:
    """One example of the differential test of the normal form."""
    form = test_soundness_normal_form
    expr = form.x + form.z * form.q + form.E(sp.Sum(form.w[form.i] * form.d[form.i], (form.i, 1, form.n)))
    form.check_equal(expr, sums.normal(expr))


n, w, p, S = test_statistical.n, test_statistical.w, test_statistical.p, test_statistical.S
MEAN = equal(test_statistical.E(S), sp.Sum(w[test_statistical.i] * p[test_statistical.i], (test_statistical.i, 1, n)))
RISING = less_equal(sp.exp(-sp.Abs(w[1])), 1)

FAULTS: dict[str, tuple[Callable[[Patch], None], Callable[[], None]]] = {
    "Bernstein interval too narrow": (
        narrow_bernstein, lambda: test_intervals.test_exact_coverage_on_two_point_variables(150, 0.2)),
    "Hoeffding interval too narrow": (
        narrow_hoeffding, lambda: test_intervals.test_exact_coverage_on_two_point_variables(40, 0.01)),
    "error probability not split": (
        forgotten_split, test_montecarlo.test_known_means_lie_within_and_wrong_ones_without),
    "stuck bit in the generator": (stuck_bit, lambda: test_rng.test_published_vectors(*test_rng.PUBLISHED[0])),
    "gates that repeat each other": (
        repeated_gate, lambda: test_statistical.test_true_statements_hold(
            equal(test_statistical.Var(S), test_statistical.VARIANCE))),
    "simplifier drops a term": (dropped_term, same_value),
    "enumeration misses a mask": (missed_mask, second_path(MEAN)),
    "enumeration misses a mask, seen by sampling programs": (
        missed_mask, lambda: test_property.test_true_statements_hold(MEAN)),
    "exponential off by a factor": (wrong_logistic, second_path(RISING)),
    "hypotheses ignored": (ignored_hypotheses, test_exact.test_hypotheses_confine_the_search),
    "strict and weak signs confused": (
        strict_for_weak, lambda: test_soundness.test_refuses("a product that may be zero")),
    "solver believes what it cannot refute": (
        credulous_solver, lambda: test_soundness.test_refuses("a sum that may be empty")),
    "samples taken for a proof": (sampling_proves, lambda: test_kernel.test_only_a_proof_proves("statistical")),
}


def forget() -> None:
    for cached in (*vars(sums).values(), *vars(canonical).values(), *vars(solver).values()):
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()


@pytest.fixture(autouse=True)
def nothing_cached() -> Iterator[None]:
    """Results found with a fault must not outlive it."""
    yield
    forget()


@pytest.mark.parametrize("name", FAULTS)
def test_the_suite_notices(name: str, monkeypatch: Patch) -> None:
    plant, notice = FAULTS[name]
    notice()
    forget()  # nor what was found without it hide it
    plant(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        notice()
