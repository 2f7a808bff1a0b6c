"""Why a shared level correlates the units of a layer, and how wide a layer must be to vary more."""

import sympy as sp

from dropout_theory import proof as by
from dropout_theory.claims import prove, witness
from dropout_theory.language import Cov, Var, different, equal
from dropout_theory.papers.bouthillier2015.s04_noise_levels import (
    EQ9,
    EQ10,
    FLAT,
    MORE_DIVERSE_AMENDED,
    SAME_LEVEL,
    dropped,
    dropped_plain,
    h,
    highest,
    j,
    k,
    p,
    shared,
    units,
)
from dropout_theory.proof import Theorem

third = sp.Rational(1, 3)
witness(EQ9.id, {p: sp.Rational(1, 4), units: 1, h: {(1,): 1}})
witness(EQ10.id, {highest: sp.Rational(1, 2), units: 1, h: {(1,): 1}})
witness(FLAT.id, {highest: sp.Rational(1, 2), units: 3})


@prove(SAME_LEVEL.id)
def shared_level() -> Theorem:
    """Given the level the entries are independent, so their covariance is its variance, plus more on the diagonal."""
    same = sp.KroneckerDelta(j, k)
    covariance = by.identity(Cov(shared[j], shared[k]),
                             highest**2 / 12 + same * (highest / 2 - highest**2 / 3))
    other = by.assume(different(j, k))
    apart_indices = by.apart(j, k, other)
    value = by.arithmetic(equal(Cov(shared[j], shared[k]), highest**2 / 12), covariance, apart_indices)
    return by.generalise(by.discharge(other.conclusion, value), (j, 1, units), (k, 1, units))


@prove(MORE_DIVERSE_AMENDED.id)
def wide_layers() -> Theorem:
    """The variances differ by p^2/12 - (p/2 - 2p^2/3)/d, which is positive exactly when p d > 6 - 8 p."""
    spread = by.identity(Var(dropped / units), highest**2 / 12 + (highest / 2 - highest**2 * third) / units)
    plain = by.identity(Var(dropped_plain / units), highest * (1 - highest) / units)
    wide = by.assume(MORE_DIVERSE_AMENDED.hypotheses[0].condition)
    return by.arithmetic(MORE_DIVERSE_AMENDED.statement, spread, plain, wide)
