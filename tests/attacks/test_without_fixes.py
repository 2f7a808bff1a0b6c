"""The attacks can fail: with a fix taken out, random rules find a false theorem, or an attack on its cause fails."""

from __future__ import annotations

import pytest
import sympy as sp

from attacks.campaign import OF_VALUE, Campaign
from attacks.without_fixes import FIXES, Fix, found_without, notices, without
from dropout_theory.claims import ProofError
from dropout_theory.definedness.shown import check_values
from dropout_theory.language import depends_on, gates, size

SOON = 20_000  # applications: what is found from these seeds is found within a few thousand
BY_RULES = [fix for fix in FIXES if not fix.attack]
BY_ATTACKS = [fix for fix in FIXES if fix.attack]


@pytest.mark.parametrize("fix", BY_RULES, ids=lambda fix: fix.name)
def test_random_rules_find_what_a_fix_keeps_out(fix: Fix) -> None:
    """A false or undefined theorem shows without the fix, and none from the same seed with it."""
    wrong, done = found_without(fix, SOON)
    print(f"{fix.name}: {done} applications, {wrong}")
    assert wrong is not None and wrong.fault.startswith(OF_VALUE)
    kept_out = Campaign(fix.seed)
    kept_out.run(done)
    assert not kept_out.wrong, "\n".join(map(str, kept_out.wrong))


@pytest.mark.parametrize("fix", BY_ATTACKS, ids=lambda fix: fix.name)
def test_an_attack_notices_that_a_fix_is_gone(fix: Fix) -> None:
    """The attack, which passes with the fix, fails without it."""
    assert notices(fix)


def test_every_cause_is_tried() -> None:
    """The random rules must find those that rules of proof let through, attacks the others."""
    assert {fix.cause for fix in BY_RULES} == {*range(1, 10), 11, 16}
    assert {fix.cause for fix in BY_ATTACKS} == {10, 12, 13, 14, 15}


def test_a_fix_is_back_after_the_block() -> None:
    """What was remembered without a fix is forgotten with it."""
    n = size("n")
    gate = gates("gate", 1 / n, 3)[1]
    hidden = next(fix for fix in FIXES if fix.cause == 2)
    with without(hidden):
        assert not depends_on(gate, n)
    assert depends_on(gate, n)
    rounded = next(fix for fix in FIXES if fix.cause == 16)
    with without(rounded):
        check_values(n * sp.Float(1) / 3)
    with pytest.raises(ProofError):
        check_values(n * sp.Float(1) / 3)
