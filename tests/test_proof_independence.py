"""The independence rule proves what it says and refuses gates that may coincide."""

import pytest
import sympy as sp

from dropout_theory.claims import ProofError
from dropout_theory.language import (
    OPEN_PROBABILITY,
    E,
    Scalar,
    equal,
    gates,
    index,
    placeholder,
    recursion,
    size,
    uniform,
    weights,
)
from dropout_theory.proof import independent_factors, independent_product, restate

n, j, k = size("n"), index("j"), index("k")
p = Scalar("p", OPEN_PROBABILITY)
M = gates("M", p, n)


def test_all_gates_open() -> None:
    statement = equal(E(sp.Product(M[j], (j, 1, n))), p**n)
    assert restate(independent_product(M[j], (j, 1, n)), statement).conclusion == statement


def test_a_function_of_each_gate() -> None:
    x = weights("x", n)
    theorem = independent_product(1 + x[j] * M[j], (j, 1, n))
    assert theorem.conclusion.args[1] == sp.Product(E(1 + x[j] * M[j]), (j, 1, n))


@pytest.mark.parametrize("body", [M[1], M[k], M[j] * M[j + 1], sp.Sum(M[j], (j, 1, n))])
def test_refuses_gates_shared_by_factors(body: sp.Expr) -> None:
    with pytest.raises(ProofError):
        independent_product(body, (j, 1, n))


def test_refuses_gates_in_swapped_places() -> None:
    two = gates("T", p, n, n)
    with pytest.raises(ProofError):
        independent_product(two[j, 1] * two[1, j], (j, 1, n))


def test_refuses_a_shared_random_level() -> None:
    level = uniform("rho", 0, p)
    with pytest.raises(ProofError):
        independent_product(gates("L", level, n)[j], (j, 1, n))
    with pytest.raises(ProofError):
        independent_product(level * M[j], (j, 1, n))


N = gates("N", p, n)
ranges = ((k, 1, n),)
of_both = recursion("h", ranges, M[1], N[k - 1] * placeholder("h", ranges)[k - 1])


def test_functions_of_different_families_are_independent() -> None:
    left, right = sp.Sum(M[j], (j, 1, n)) ** 2, sp.Max(N[1], N[2])
    assert independent_factors(left, right).conclusion == equal(E(left * right), E(left) * E(right))


@pytest.mark.parametrize("right", [M[2], of_both[n], N[1] * M[n], gates("M", 1, n)[1], uniform("u", 0, 1),
                                   gates("L", uniform("u", 0, 1), n)[1]])
def test_refuses_what_may_depend_on_the_same_gates(right: sp.Expr) -> None:
    with pytest.raises(ProofError):
        independent_factors(M[1], right)
    with pytest.raises(ProofError):
        independent_factors(right, M[1])


def test_a_gate_without_an_index_is_independent_of_a_recursion_that_does_not_use_it() -> None:
    single, unit = gates("B", p)[()], of_both[n]
    assert independent_factors(single, unit).conclusion == equal(E(single * unit), E(single) * E(unit))
