"""Random rules applied to random terms: every theorem must hold at exact instances that satisfy its assumptions."""

from __future__ import annotations

import os

import pytest

from attacks.campaign import EACH, Campaign, campaign
from attacks.rules import RULES

SHORT, LONG = 3_000, 1_000_000


def test_random_rules() -> None:
    """No random application of a few thousand concludes what is false or undefined; the seed is the same each time."""
    found = campaign(SHORT, int(os.environ.get("FRESH_SEED", "20140210")))
    assert not found.wrong, "\n".join(map(str, found.wrong))


@pytest.mark.long
@pytest.mark.timeout(0)
def test_a_million_random_rules() -> None:
    """The same of a million, from many seeds, so that pools start anew."""
    wrong = [w for seed in range(LONG // EACH) for w in campaign(EACH, seed).wrong]
    assert not wrong, "\n".join(map(str, wrong))


def test_the_rules_are_used() -> None:
    """Most rules conclude something now and then: a campaign in which everything is refused says nothing."""
    found = Campaign(7)
    found.run(SHORT // 2, most=10**9)
    assert len(found.accepted) > len(RULES) / 2 and found.judged > SHORT / 10, str(found)
