"""Cause 15: statements that fail from some size on, after holding at every small one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import HALF, c, i, m, n, not_accused, not_believed, w
from dropout_theory import referee
from dropout_theory.language import E, Largest, SumsTo, Var, different, equal, gates, implies, index, less, less_equal

fair = gates("fair", HALF, n)
K = sp.Sum(fair[i], (i, 1, n))
j = index("j")
harmonic = sp.Sum(1 / i, (i, 1, n))

# what is said, true at every smaller size, and the first size at which it fails
UNTIL: dict[str, tuple[Callable[[], Any], int]] = {
    "n^2 <= 6 n + 6": (lambda: less_equal(n**2, 6 * n + 6), 7),
    "2^n <= n^3 + 9": (lambda: less_equal(2**n, n**3 + 9), 10),
    "2^n < 100": (lambda: less(2**n, 100), 7),
    "n! <= 6^n": (lambda: less_equal(sp.factorial(n), 6**n), 14),
    "n! <= 1000": (lambda: less_equal(sp.factorial(n), 1000), 7),
    "the harmonic sum is at most 3": (lambda: less_equal(harmonic, 3), 11),
    "the harmonic sum is at most 5/2": (lambda: less_equal(harmonic, sp.Rational(5, 2)), 7),
    "(2n choose n) <= 3^n 3/2": (lambda: less_equal(sp.binomial(2 * n, n), 3**n * sp.Rational(3, 2)), 7),
    "n is not 7": (lambda: different(n, 7), 7),
    "n (n - 1) ... (n - 6) = 0": (lambda: equal(sp.prod([n - a for a in range(1, 8)]), 0), 8),
    "2^c <= 20 for a natural c": (lambda: less_equal(2**c, 20), 5),
    "n m <= 60": (lambda: less_equal(n * m, 60), 8),
    "n >= 5 implies n^2 <= 40": (lambda: implies(less_equal(5, n), less_equal(n**2, 40)), 7),
    "the mean absolute deviation of n gates is at most 1": (lambda: less_equal(E(sp.Abs(K - n / 2)), 1), 7),
    "the variance of n gates is at most 2": (lambda: less_equal(Var(K), 2), 9),
    "a power of n gates": (lambda: less_equal(E(K**2), 16), 8),
}


@pytest.mark.parametrize("name", UNTIL)
def test_a_statement_that_fails_from_some_size_on(name: str) -> None:
    """A false statement is supported by its smallest sizes."""
    statement, _ = UNTIL[name]
    not_believed(statement)


@pytest.mark.parametrize("name", UNTIL)
def test_where_it_fails(name: str) -> None:
    """The sizes above are right: what is said holds before, and fails there."""
    from dropout_theory.evaluation.enumeration import expectation
    from dropout_theory.evaluation.evaluator import judge
    from dropout_theory.evaluation.values import Truth

    build, first = UNTIL[name]
    statement = build()
    sizes = [a for a in (n, m, c) if a in statement.free_symbols or statement.has(fair) and a == n]
    for size in range(1, first + 1):
        found = judge(statement, dict.fromkeys(sizes, size), expectation).truth
        assert found is (Truth.FALSE if size == first else Truth.TRUE)


def test_instances_that_are_counted_differ() -> None:
    """Twelve instances of a statement about one size, of which two are different, are no twelve."""
    found = referee(less_equal(sp.floor(sp.sqrt(n)), n), methods=("admissible", "exact"))
    for evidence in found.evidence:
        if evidence.method == "exact" and "tried" in evidence.figures:
            largest = max(int(number) for number in "".join(
                ch if ch.isdigit() else " " for ch in str(evidence.figures)).split())
            assert evidence.figures["tried"] <= largest and evidence.figures["tried"] > 3


def test_a_statement_about_one_number_is_one_instance() -> None:
    """A statement without atoms is tried once."""
    found = referee(less_equal(sp.cos(1), sp.Rational(55, 100)), methods=("admissible", "exact"))
    assert all(e.figures.get("tried", 1) == 1 for e in found.evidence)


@pytest.mark.parametrize("statement", [
    less_equal(n, 2**n), less_equal(harmonic, n), less_equal(sp.factorial(n), n**n), less_equal(n**2, 2**n + 1),
    less_equal(sp.binomial(2 * n, n), 4**n), less_equal(Var(K), n), less_equal(E(sp.Abs(K - n / 2)), n),
    less_equal(0, Largest(w[i] ** 2, (i, 1, n))), SumsTo(HALF**j, (j, 0), 2)], ids=str)
def test_good_uses(statement: Any) -> None:
    """What holds at every size is not refuted."""
    not_accused(statement)
