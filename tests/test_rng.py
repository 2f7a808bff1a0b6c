"""The generator against published vectors and plain Python, and what sampling plans promise."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp

from dropout_theory.sampling.compiled import load_kernels
from dropout_theory.sampling.montecarlo import block_size, draw_block
from dropout_theory.sampling.rng import (
    WORD,
    Bernoulli,
    Categorical,
    NormalVariate,
    SamplingPlan,
    UniformVariate,
    derive_key,
    exact_probability,
    threshold,
)

# Counter, key and result of philox4x32 with 10 rounds, from the file kat_vectors of the Random123 distribution.
PUBLISHED = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def philox_in_python(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """The generator in unbounded integers, written from its definition and not from the kernel."""
    left, right = list(counter), list(key)
    for _ in range(10):
        high_a, low_a = divmod(0xD2511F53 * left[0], WORD)
        high_b, low_b = divmod(0xCD9E8D57 * left[2], WORD)
        left = [high_b ^ left[1] ^ right[0], low_b, high_a ^ left[3] ^ right[1], low_a]
        right = [(right[0] + 0x9E3779B9) % WORD, (right[1] + 0xBB67AE85) % WORD]
    return tuple(left)


def philox_compiled(counters: list[tuple[int, ...]], key: tuple[int, ...]) -> list[tuple[int, ...]]:
    out = np.empty((len(counters), 4), np.uint64)
    load_kernels("sampling.kernels").philox_words(np.array(counters, np.uint64), np.array(key, np.uint64), out)
    return [tuple(map(int, row)) for row in out]


@pytest.mark.parametrize(("counter", "key", "expected"), PUBLISHED)
def test_published_vectors(counter: str, key: str, expected: str) -> None:
    words = [tuple(int(word, 16) for word in text.split()) for text in (counter, key, expected)]
    assert philox_in_python(words[0], words[1]) == words[2]
    assert philox_compiled([words[0]], words[1]) == [words[2]]


def test_kernel_agrees_with_plain_python_on_many_counters() -> None:
    draws = np.random.default_rng(5).integers(0, WORD, size=(200, 6)).tolist()
    for *counter, k0, k1 in draws:
        assert philox_compiled([tuple(counter)], (k0, k1)) == [philox_in_python(tuple(counter), (k0, k1))]


def test_keys_are_pinned_and_differ_between_seeds_and_streams() -> None:
    assert derive_key(0) == (0xB0F478BE, 0xDB2CD7E7)
    assert derive_key(12345, 1, 2) == (0x811FAA76, 0x987061C7)
    keys = {derive_key(seed, *stream) for seed in range(20) for stream in ((), (0,), (1,), (0, 0), (0, 1))}
    assert len(keys) == 100


@pytest.mark.parametrize(("seed", "error"), [(-1, ValueError), (1.5, TypeError), ("1", TypeError), (True, TypeError)])
def test_bad_seeds(seed: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"seed must be a non-negative integer, not"):
        derive_key(seed)  # type: ignore[arg-type]


def test_exact_probability_accepts_the_rationals_of_other_libraries() -> None:
    flint = pytest.importorskip("flint")
    third = Fraction(1, 3)
    assert exact_probability(sp.Rational(1, 3)) == exact_probability(flint.fmpq(1, 3)) == third
    assert exact_probability(0.1) == Fraction(3602879701896397, 36028797018963968)
    assert exact_probability(1) == exact_probability(np.int64(1)) == 1


@pytest.mark.parametrize("bad", [Fraction(-1, 2), Fraction(3, 2), 1.0000001, float("nan"), float("inf"), 2])
def test_probabilities_out_of_range(bad: object) -> None:
    with pytest.raises(ValueError, match=r"p must be .*\[0, 1\], not"):
        Bernoulli(bad)


@pytest.mark.parametrize("bad", ["1/2", None, True, 1j])
def test_probabilities_of_a_wrong_type(bad: object) -> None:
    with pytest.raises(TypeError, match="p must be"):
        Bernoulli(bad)


def test_bad_plans_name_what_is_wrong() -> None:
    half = Fraction(1, 2)
    not_a_variate: Any = 0.5
    cases = [
        (lambda: Categorical((half,)), ValueError, "probabilities must sum to exactly 1, not 1/2"),
        (lambda: Categorical(()), ValueError, "probabilities must name at least one outcome"),
        (lambda: Categorical((half, -half)), ValueError, r"probabilities\[1\] must be in \[0, 1\]"),
        (lambda: Categorical((half, half), values=(1.0,)), ValueError, r"one entry per probability \(2\), not 1"),
        (lambda: UniformVariate(1.0, 1.0), ValueError, "hi must be greater than lo = 1.0, not 1.0"),
        (lambda: UniformVariate(-1.7e308, 1.7e308), ValueError, "hi - lo must be a finite"),
        (lambda: UniformVariate(float("nan"), 1.0), ValueError, "lo must be a finite real number, not nan"),
        (lambda: NormalVariate(0.0, -1.0), ValueError, "sd must be at least 0, not -1.0"),
        (lambda: SamplingPlan(()), ValueError, "variates must have 1 to"),
        (lambda: SamplingPlan((not_a_variate,)), TypeError, r"variates\[0\] must be Bernoulli"),
    ]
    for make, error, message in cases:
        with pytest.raises(error, match=message):
            make()


def test_thresholds_are_within_the_stated_bias() -> None:
    for p in (Fraction(1, 3), Fraction(1, 7), Fraction(2, 3), Fraction(1, 2**40), Fraction(1, 2)):
        assert Bernoulli(p).bias <= Fraction(1, 2**33)
    assert threshold(Fraction(0)) == 0 and threshold(Fraction(1)) == WORD
    assert Bernoulli(0).bias == Bernoulli(1).bias == Bernoulli(Fraction(1, 2)).bias == 0
    sevenths = Categorical((Fraction(1, 7),) * 7)
    assert 0 < sevenths.bias <= Fraction(6, 2**33)
    assert SamplingPlan((Bernoulli(Fraction(1, 3)), sevenths)).bias == Bernoulli(Fraction(1, 3)).bias + sevenths.bias


def test_every_variate_follows_from_its_words() -> None:
    """The kernel against a second implementation in plain Python, over a plan that mixes all kinds."""
    table = Categorical((Fraction(1, 5), 0, Fraction(3, 10), Fraction(1, 2)), values=(5.0, 6.0, 7.0, 8.0))
    plan = SamplingPlan((Bernoulli(Fraction(1, 3)), UniformVariate(-2.0, 3.0), table, NormalVariate(1.0, 2.0),
                         Bernoulli(Fraction(9, 10))))
    outcomes = table.values
    assert outcomes is not None
    assert plan.arrays.word.tolist() == [0, 2, 4, 8, 12]
    key, index = derive_key(77, 3), 2
    drawn = draw_block(plan, key, index, 50)
    for i, row in enumerate(drawn.tolist()):
        sample = index * block_size(plan) + i
        words = [w for g in range(4) for w in philox_in_python((sample % WORD, sample // WORD, g, 0), key)]
        assert row[0] == float(words[0] < threshold(Fraction(1, 3)))
        unit = [Fraction(2 * ((words[k] << 20) | (words[k + 1] >> 12)) + 1, 2**53) for k in (2, 8, 10)]
        assert all(float(u) == u for u in unit)
        assert row[1] == -2.0 + 5.0 * float(unit[0])
        cuts = table.thresholds()
        assert row[2] == outcomes[next(k for k in range(4) if words[4] < cuts[k])]
        normal = math.sqrt(-2.0 * math.log(unit[1])) * math.cos(2.0 * math.pi * float(unit[2]))
        assert row[3] == pytest.approx(1.0 + 2.0 * normal, rel=1e-13, abs=1e-13)
        assert row[4] == float(words[12] < threshold(Fraction(9, 10)))


def test_sure_gates_are_exact_and_impossible_outcomes_never_come() -> None:
    half = Fraction(1, 2)
    plan = SamplingPlan((Bernoulli(0), Bernoulli(1), Categorical((0, 1, 0)), Categorical((half, 0, half))))
    drawn = draw_block(plan, derive_key(1), 0)
    assert not drawn[:, 0].any() and drawn[:, 1].all() and (drawn[:, 2] == 1).all()
    assert set(np.unique(drawn[:, 3])) == {0.0, 2.0}


def test_comparison_is_strict_at_the_threshold_itself() -> None:
    """A gate is open for exactly round(p 2^32) words: one more or less shows where the word equals the threshold."""
    key = derive_key(6)
    word = philox_in_python((0, 0, 0, 0), key)
    gates = [Bernoulli(Fraction(word[0], WORD)), Bernoulli(Fraction(word[1] + 1, WORD))]
    tables = [Categorical((Fraction(cut, WORD), 1 - Fraction(cut, WORD))) for cut in (word[2], word[3] + 1)]
    assert draw_block(SamplingPlan((*gates, *tables)), key, 0, 1).tolist() == [[0.0, 1.0, 1.0, 0.0]]


def test_words_at_the_edges_of_the_unit_interval() -> None:
    code = load_kernels("sampling.kernels")
    low = code._unit(np.uint64(0), np.uint64(0))
    high = code._unit(np.uint64(WORD - 1), np.uint64(WORD - 1))
    assert low == 2.0**-53 and high == 1.0 - 2.0**-53


def test_blocks_tile_the_sample_index_beyond_32_bits() -> None:
    plan = SamplingPlan((Bernoulli(Fraction(1, 2)),) * 5)
    key, block = derive_key(9), (1 << 34) // block_size(plan)
    row = draw_block(plan, key, block, 1)[0]
    words = philox_in_python((0, 4, 0, 0), key) + philox_in_python((0, 4, 1, 0), key)
    assert row.tolist() == [float(w < WORD // 2) for w in words[:5]]
    assert (draw_block(plan, key, 1, 10) == draw_block(plan, key, 1)[:10]).all()


def test_wide_plans_get_smaller_blocks_that_still_agree() -> None:
    plan = SamplingPlan((Bernoulli(Fraction(1, 2)),) * 3000)
    assert block_size(plan) == 1024
    assert (draw_block(plan, (1, 2), 3)[7] == draw_block(plan, (1, 2), 3, 8)[7]).all()


@pytest.mark.parametrize(("index", "size"), [(-1, None), (0, 0), (0, 4097)])
def test_blocks_out_of_range(index: int, size: int | None) -> None:
    with pytest.raises(ValueError, match=r"(block_index|size) must be from"):
        draw_block(SamplingPlan((Bernoulli(0),)), (0, 0), index, size)


def test_frequencies_of_all_gate_kinds() -> None:
    """Each observed frequency lies in its Hoeffding band; false alarm below 6e-9 in total (fixed seed)."""
    probabilities = (Fraction(1, 3), Fraction(1, 100), Fraction(1, 2))
    table = Categorical((Fraction(1, 6), Fraction(1, 3), Fraction(1, 2)))
    plan = SamplingPlan((*map(Bernoulli, probabilities), table))
    drawn = np.concatenate([draw_block(plan, derive_key(2024), b) for b in range(25)])
    band = math.sqrt(math.log(2 / 1e-9) / (2 * len(drawn)))
    for j, p in enumerate(probabilities):
        assert abs(drawn[:, j].mean() - float(p)) < band
    for k, p in enumerate(table.probabilities):
        assert abs((drawn[:, 3] == k).mean() - float(p)) < band


def test_continuous_noise_has_the_right_distribution_function() -> None:
    """Dvoretzky, Kiefer, Wolfowitz and Massart: false alarm 2e-9 in total (fixed seed)."""
    plan = SamplingPlan((UniformVariate(-1.0, 3.0), NormalVariate(2.0, 0.5)))
    drawn = np.concatenate([draw_block(plan, derive_key(31), b) for b in range(10)])
    n = len(drawn)
    band = math.sqrt(math.log(2 / 1e-9) / (2 * n)) + 1 / n
    ranks = np.arange(1, n + 1) / n
    uniform = (np.sort(drawn[:, 0]) + 1.0) / 4.0
    normal = np.array([0.5 * math.erfc(-(x - 2.0) / (0.5 * math.sqrt(2))) for x in np.sort(drawn[:, 1])])
    assert abs(uniform - ranks).max() < band
    assert abs(normal - ranks).max() < band


def test_pairs_of_gates_are_uncorrelated() -> None:
    """All pairs among 24 fair gates of a sample and of the next sample; false alarm below 1e-8 (union, fixed seed)."""
    plan = SamplingPlan((Bernoulli(Fraction(1, 2)),) * 24)
    drawn = np.concatenate([draw_block(plan, derive_key(8), b) for b in range(8)]) * 2 - 1
    n = len(drawn) - 1
    band = math.sqrt(2 * math.log(2 * (24 * 23 / 2 + 24 * 24) / 1e-8) / (n // 2))
    now, following = drawn[:-1], drawn[1:]
    same = now.T @ now / n - np.eye(24)
    lagged = now.T @ following / n
    assert abs(same).max() < band and abs(lagged).max() < band
