"""Why output weights must not be negative: a network of 28 units that falls below every bound for other networks.

Two inputs are 1. In 22 units the value is the number s of inputs kept, in 6 it is max(s - 1, 0). The latter are
subtracted, so that the mean output moves from 1/4 at s = 0 to 17/20 at s = 1 and stays near 1 at s = 2. Without
negative output weights it would be convex in s.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Lambda, Rational, S

from dropout_theory import proof as by
from dropout_theory.ablation.widening import own_atoms, widenings
from dropout_theory.claims import REGISTRY, Claim, refute, witness
from dropout_theory.evaluation.instances import Values
from dropout_theory.language import E, Element, Gates, Relu, Scalar, atoms_of, equal, less_equal, put_values
from dropout_theory.normal_form import normal
from dropout_theory.proof import Theorem

from .tactics import not_negative, of_terms

WITHOUT = "w in non-negative real, not real"
half = Rational(1, 2)
Z = Scalar("z")


def subtracting(inputs: int, bias: Any, *kinds: tuple[int, int, Any]) -> dict[str, Any]:
    """A network of one hidden layer, by the names of the atoms, which claims with other architectures share.

    Each kind of unit is a number of units, a number t and the sum of their output weights: their value is
    max(s - t, 0), with s inputs kept.
    """
    units = [(t, total / count) for count, t, total in kinds for _ in range(count)]
    places = range(1, len(units) + 1)
    return {"n": len(units), "d": 2, "K": inputs, "W": {}, "b0": bias,
            "w": {(i,): units[i - 1][1] for i in places}, "b": {(1, i): -units[i - 1][0] for i in places},
            "W1": {(i, j): half for i in places for j in range(1, inputs + 1)}}


SIGNED: dict[str, Any] = {
    **subtracting(2, Rational(1, 4), (22, 0, Rational(3, 5)), (6, 1, -Rational(2, 5))),
    "Q": {(1, 2): 1}, "y": {(1, 2): 1}, "x": {(1,): 1, (2,): 1},
    "E": 1, "z": {(1,): 0}, "U": {(i, 1): 0 for i in range(1, 29)},  # a further feature that is absent
    "m": 22, "c": 1,  # gadgets, as few as their hypothesis allows, and the label
}
THREE: dict[str, Any] = {  # with the fewest gadgets again
    **subtracting(3, Rational(9, 50), (40, 0, Rational(3, 5)), (13, 1, -Rational(9, 25)), (2, 2, -Rational(4, 25))),
    "m": 16}


def instance_of(claim: Claim, given: dict[str, Any]) -> Values:
    """An instance of a claim from values by the names of its atoms."""
    return {atom: given[atom.name] for atoms in atoms_of(claim) for atom in atoms}


@cache
def mean_is(mean: E) -> Theorem:
    """A mean over numbered gates of a square of units is its value; gates inside of units are masked one by one."""
    inputs = {gate for unit in mean.atoms(Relu) for gate in unit.atoms(Element) if isinstance(gate.family, Gates)}
    if inputs:
        split = by.given_gates(mean, *sorted(inputs, key=str))
        return by.rewrite(split, *[mean_is(part) for part in sorted(split.conclusion.args[1].atoms(E), key=str)])
    values = [by.evaluated(equal(unit, max(unit.args[0], S.Zero))) for unit in sorted(mean.atoms(Relu), key=str)]
    found = by.rewritten(mean, *values)
    return by.restate(found, equal(mean, normal(found.conclusion.args[1])))


def not_below_zero(mean: E) -> Theorem:
    """A mean of a square is not negative."""
    return not_negative(by.expected(by.in_letters(less_equal(0, Z**2), {Z: mean.args[0].base})))


def refuted(label: str, given: dict[str, Any], name: str, exact: int) -> Theorem:
    """The claim fails at these values without a hypothesis or a domain, as `ablate` names it.

    Of a mean over more than so many gates no more is used than that it is not negative.
    """
    claim = REGISTRY[f"helmbold2017:{label}"]
    wide = claim.without(name) if name in {h.name for h in claim.hypotheses} else next(
        other for atom in own_atoms(claim) for known, _, other, _ in widenings(claim, atom) if known == name)
    values = instance_of(wide, given)
    fails = by.negation(put_values(wide.statement, values))
    means = [(mean_is if len(mean.atoms(Element)) <= exact else not_below_zero)(mean)
             for mean in sorted(fails.atoms(E), key=str)]
    return by.refutation(of_terms(fails, *means), wide, values)


def fails(label: str, given: dict[str, Any], name: str = WITHOUT, exact: int = 100) -> None:
    """Register that a claim fails at these values without a hypothesis or a domain, as `refuted` shows."""
    refute(f"helmbold2017:{label}", without=name)(lambda: refuted(label, given, name, exact))


for below in ("thm17", "thm17-step-lower-bound", "thm17-thirteen-units", "thm17-notation.amended", "lem16-all-sizes",
              "sec1-positive-multiple", "sec43-embedded-lower-bound", "sec43-mixture.amended",
              "sec43-negative-weights-required", "sec43-zero-embedding-lower-bound"):
    fails(below, SIGNED)
fails("thm8-from-three-inputs", THREE, exact=200)

ZERO: dict[str, Any] = {**SIGNED, "n": 1, "b0": 0, "w": {(1,): 0}, "b": {(1, 1): 0}, "W1": {(1, 1): 0, (1, 2): 0}}
fails("sec1-positive-multiple", {**ZERO, "c": 0}, "c in positive real, not non-negative real")  # nothing to learn

# with one input 16 units are below as many copies of the gadget, without a negative weight
fails("thm8-from-two-inputs", {**subtracting(1, Rational(9, 26), (16, 0, Rational(8, 13))), "m": 16}, "K >= 2")

# --- instances that can be enumerated --------------------------------------------------------------------------------


def one_unit(inputs: int, bias: int, weight: Any, output: int, **others: Any) -> dict[str, Any]:
    """The values of a network of one unit, by the names of the atoms."""
    places = range(1, inputs + 1)
    return {"n": 1, "d": 2, "K": inputs, "b0": 0, "b": {(1, 1): bias}, "W": {}, "w": {(1,): output},
            "W1": {(1, j): weight for j in places}, **others}


def needed(label: str, given: dict[str, Any], name: str = WITHOUT) -> None:
    """Suggest these values against a claim without a hypothesis or a domain."""
    witness(f"helmbold2017:{label}", instance_of(REGISTRY[f"helmbold2017:{label}"], given), without=name)


# a unit that is subtracted bends the output the other way
one = {(1,): 1}
needed("lem14-step-dropped", one_unit(1, -1, 1, -1, p=1, x={(1,): 0}, d1=one, d2=one, r0=one, r={(1, 1): 1},
                                      sigma=Lambda(Z, Relu(Z))))
needed("lem16-step-repeated", one_unit(3, -2, half, -1, ell=1, s=2))

# three inputs, few of which are dropped: eight units for the number kept, from which two take what exceeds two
FEW = range(1, 11)
needed("lem16-any-dropout", {
    "n": len(FEW), "d": 2, "K": 3, "W": {}, "b0": 0, "p": Rational(99, 100),
    "w": {(i,): Rational(17, 320) if i <= 8 else -Rational(11, 80) for i in FEW},
    "b": {(1, i): 0 if i <= 8 else -2 for i in FEW}, "W1": {(i, j): Rational(99, 100) for i in FEW for j in (1, 2, 3)}})

# a pair of negative weight on which the network is far off
PAIRS = ((1, 2), (1, 3), (2, 3))
LOPSIDED: dict[str, Any] = {"Q": {(1, 2): 2, (1, 3): -1, (2, 3): 0}, "y": dict.fromkeys(PAIRS, 1)}
needed("sec43-mixture.amended", {**one_unit(3, 0, 0, 1), **LOPSIDED, "W1": {(1, 1): 0, (1, 2): 0, (1, 3): 1}},
       "Q in non-negative real, not real")
fails("sec43-negative-weights-required", {
    **one_unit(3, 0, 0, 1), **LOPSIDED, "W1": {(1, 1): 0, (1, 2): 0, (1, 3): 4}, "m": 22,
    "x": {(1,): 1, (2,): 1, (3,): 0}}, "Q in non-negative real, not real", exact=12)
