"""The normal form does not depend on the names or the order of bound indices."""

from itertools import permutations

import sympy as sp

from dropout_theory.language import ForEach, index, size, weights
from dropout_theory.normal_form import normal, same

n = size("n")
A, B, u = weights("A", n, n), weights("B", n, n), weights("u", n)


def test_every_order_of_six_indices_gives_one_form() -> None:
    a, b, c, d, e, f = (index(x) for x in "abcdef")
    body = A[a, b] * A[b, c] * B[c, d] * u[d] * u[e] * A[e, f]
    orders = list(permutations((a, b, c, d, e, f)))[::97]
    forms = {normal(sp.Sum(body, *[(x, 1, n) for x in order])) for order in orders}
    assert len(forms) == 1


def test_indices_that_occur_differently_are_told_apart() -> None:
    a, b = index("a"), index("b")
    limits = ((a, 1, n), (b, 1, n))
    assert not same(sp.Sum(A[a, b] * u[a], *limits), sp.Sum(A[a, b] * u[b], *limits))
    assert same(sp.Sum(A[a, b] * u[a], *limits), sp.Sum(A[b, a] * u[b], *limits))


def test_cycles_of_alike_indices() -> None:
    a, b, c = (index(x) for x in "abc")
    limits = ((a, 1, n), (b, 1, n), (c, 1, n))
    assert same(sp.Sum(A[a, b] * A[b, c] * A[c, a], *limits), sp.Sum(A[b, a] * A[c, b] * A[a, c], *limits))
    assert not same(sp.Sum(A[a, b] * A[b, c] * A[c, a], *limits), sp.Sum(A[a, b] * A[b, c] * A[a, c], *limits))


def test_a_range_may_mention_the_index_before_it() -> None:
    i, j, n = index("i"), index("j"), size("n")
    w = weights("w", n)
    assert ForEach(w[i] >= w[j], (i, 1, n), (j, i, n)).free_symbols == {w, n}
    assert i in ForEach(w[j] >= 0, (j, i, n), (i, 1, n)).free_symbols  # bound only after it was mentioned
