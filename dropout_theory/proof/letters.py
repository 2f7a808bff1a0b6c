"""Letters for numbers, real arithmetic, and the numbers put back: how an inequality between expressions is proved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dropout_theory.proof.algebra import arithmetic
from dropout_theory.proof.logic import assume, instance, satisfied
from dropout_theory.proof.theorem import Theorem


def in_letters(goal: Any, letters: Mapping[Any, Any], *facts: tuple[Any, Theorem] | Theorem,
               domains: tuple[Theorem, ...] = ()) -> Theorem:
    """`goal` with the letters' values put in, because it follows over the reals from facts about the letters alone.

    `letters` maps each scalar of the goal to the expression it stands for. A fact is a pair: what is used of the
    letters, and the theorem that says it of their values; or a theorem that holds whatever they are. `domains` are
    theorems that show values to lie in the domains of their letters where the shape of a value does not. Raises
    ProofError when the goal does not follow, a theorem does not say what its fact says, or a value may leave a domain.

    Example: `in_letters(less_equal(x * y, 1), {x: p**n, y: S}, (less_equal(x, 1), power), (less_equal(y, 1), mean))`.
    """
    about = [fact for fact in facts if isinstance(fact, tuple)]
    others = [fact for fact in facts if isinstance(fact, Theorem)]
    follows = arithmetic(goal, *[assume(said) for said, _ in about], *others)
    there = instance(follows, letters, *domains)
    return satisfied(there, *[theorem for _, theorem in about]) if about else there
