"""Cause 12: a numbered statement that its parts do not cover."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from attacks.support import HALF, n, q, w, x
from dropout_theory import run
from dropout_theory.claims import Hypothesis, Paper, Registry, Section
from dropout_theory.language import (
    POSITIVE,
    REAL,
    ForAll,
    ForEach,
    Scalar,
    SumsTo,
    both,
    different,
    either,
    equal,
    equivalent,
    implies,
    index,
    interval,
    less,
    less_equal,
    weights,
)

i, j = index("i"), index("j")
s, small = Scalar("s", POSITIVE), Scalar("x", interval(0, 1))
y = Scalar("y", REAL)
square, other_square = less_equal(0, x**2), less_equal(0, y**2)
UNDECIDED = SumsTo(1 / sp.factorial(j), (j, 0), 3)  # false: the sum is e
METHODS = ("admissible", "symbolic", "decide", "exact")


def paper(whole: Any, *parts: Any, kind: str = "equation") -> Registry:
    """A paper with one numbered statement and its parts, each a statement or a pair with a hypothesis."""
    made = Registry()
    made.add_paper(Paper("wholes", "On wholes", ("A. Author",), 2020))
    claim = Section("wholes", "1", made)
    claim("eq1", title="the whole", statement=whole, kind=kind)
    for place, given in enumerate(parts, 1):
        statement, *conditions = given if isinstance(given, tuple) else (given,)
        claim(f"eq1.{place}", title=f"part {place}", statement=statement,
              hypotheses=tuple(Hypothesis(f"h{a}", condition) for a, condition in enumerate(conditions)))
    return made


def said_of_the_whole(whole: Any, *parts: Any, kind: str = "equation") -> str:
    """The verdict on the whole."""
    found = run(only=METHODS, claims=lambda: paper(whole, *parts, kind=kind))
    return found.verdicts["wholes:eq1"].verdict


UNCOVERED: dict[str, Callable[[], tuple[Any, ...]]] = {
    "a part about something else": lambda: (UNDECIDED, square),
    "a false whole and a true part": lambda: (less_equal(1, x**2), square),
    "a conjunct without a part": lambda: (both(square, less_equal(x, x**2)), square),
    # false from n = 3 on: that small sizes alone support more is another cause
    "a conjunct without a part, that fails at sizes": lambda: (
        both(square, equal(sp.sin(n * (n - 1) * (n - 2)), 0)), square),
    "a part under a further hypothesis": lambda: (less_equal(0, x), (less_equal(0, x), less_equal(0, x))),
    "a part under a hypothesis that hides the exception": lambda: (
        different(x**2 + 1, 2 * x), (different(x**2 + 1, 2 * x), different(x, 1))),
    "a part over a smaller domain": lambda: (less_equal(0, x), less_equal(0, s)),
    "a part over a smaller domain and of the same name": lambda: (less_equal(x**2, x), less_equal(small**2, small)),
    "a weak part of a strict whole": lambda: (less(0, x**2), square),
    "an inequality for an equality": lambda: (equal(x**2, x), less_equal(0, x**2 + 1)),
    "the premise of an implication": lambda: (implies(square, less_equal(0, x)), square),
    "one branch for both": lambda: (both(less_equal(0, x**2), less_equal(x, 0)), either(square, less_equal(x, 0))),
    "one entry for all": lambda: (ForEach(less_equal(w[i], w[1]), (i, 1, n)), equal(w[1], w[1] * 1 + 0 * n)),
    "one value for all": lambda: (ForAll(less_equal(y, x), (y,)), less_equal(x, x + 1)),
    "another family of the same name": lambda: (
        less_equal(0, weights("w", n)[1]), less_equal(0, weights("w", 3)[1] ** 2)),
    "a conjunct that nothing decides": lambda: (both(square, UNDECIDED), square),
    "one of two for both": lambda: (both(square, UNDECIDED), either(square, UNDECIDED)),
    "the premise of what nothing decides": lambda: (implies(square, UNDECIDED), square),
    "an equivalence by one side": lambda: (equivalent(square, UNDECIDED), square),
    "what nothing decides under a hypothesis": lambda: (
        both(UNDECIDED, square), (implies(UNDECIDED, square), less_equal(0, x))),
    "parts about other things": lambda: (both(UNDECIDED, other_square), square, other_square),
    "a part of a part": lambda: (both(square, both(other_square, less(1, x))), square, other_square),
}


@pytest.mark.parametrize("name", UNCOVERED)
def test_a_whole_that_its_parts_do_not_cover(name: str) -> None:
    """A false whole is proved by true parts."""
    assert said_of_the_whole(*UNCOVERED[name]()) not in ("proved", "supported", "definition")


def test_a_whole_of_definitions() -> None:
    """A false equation is a definition, because its only part is called one."""
    made = Registry()
    made.add_paper(Paper("wholes", "On wholes", ("A. Author",), 2020))
    claim = Section("wholes", "1", made)
    claim("eq1", title="the whole", statement=equal(x**2, x))
    claim("eq1.1", title="a part", statement=equal(y, 1 * y + 0), kind="definition")
    found = run(only=METHODS, claims=lambda: made)
    assert found.verdicts["wholes:eq1"].verdict not in ("definition", "proved", "supported")


def test_an_empty_definition() -> None:
    """A tautology passes for a definition of something."""
    made = Registry()
    made.add_paper(Paper("wholes", "On wholes", ("A. Author",), 2020))
    try:
        Section("wholes", "1", made)("eq1", title="nothing", statement=equal(x * q, x * q), kind="definition")
        found = run(only=METHODS, claims=lambda: made).verdicts["wholes:eq1"].verdict
    except ValueError:
        return
    assert found != "definition"


COVERED: dict[str, Callable[[], tuple[Any, ...]]] = {
    "two conjuncts": lambda: (both(square, less_equal(x, x**2 + HALF)), square, less_equal(x, x**2 + HALF)),
    "two conjuncts the other way round": lambda: (both(square, other_square), other_square, square),
    "three conjuncts": lambda: (both(square, other_square, less(0, s)), square, other_square, less(0, s)),
    "nested conjuncts": lambda: (both(square, both(other_square, less(0, s))), square, other_square, less(0, s)),
    "a whole that is proved by itself": lambda: (square, square),
    "no formal whole": lambda: (None, square, other_square),
}


@pytest.mark.parametrize("name", COVERED)
def test_a_whole_that_its_parts_cover(name: str) -> None:
    assert said_of_the_whole(*COVERED[name]()) == "proved"
