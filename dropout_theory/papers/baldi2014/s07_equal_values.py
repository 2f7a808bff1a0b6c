"""Section 7.1, equal values at two points: sharper than printed, such a function is constant on the whole line."""

from __future__ import annotations

from sympy import Lambda, Rational, Symbol

from dropout_theory.claims import Hypothesis, Section
from dropout_theory.language import equal
from dropout_theory.papers.baldi2014.s07_functions import DIFFERENT_ENDS, between, f, member, members, u, v, x

EQUAL_VALUES = Hypothesis("equal values", equal(f(u), f(v)))

Section("baldi2014", "7")("sec7-equal-values.amended-everywhere",
      title="A function of the class with equal values at two points is constant on the whole line",
      statement=equal(f(x), f(u)), source="section 7.1, after eq. (60)",
      hypotheses=[DIFFERENT_ENDS, EQUAL_VALUES, *member], candidates=members,
      admissible={u: 2, v: 0, x: 3, f: Lambda(Symbol("z", real=True), Rational(1, 2))},
      reading="Sharper than printed: x need not lie between u and v, nor u below v.")

Section("baldi2014", "7")("sec7-equal-values.amended-between",
      title="Between two points with equal values, different or not, a function of the class is constant",
      statement=equal(f(x), f(u)), source="section 7.1, after eq. (60)",
      hypotheses=[*between[1:], EQUAL_VALUES, *member], candidates=members,
      admissible={u: 0, v: 2, x: 1, f: Lambda(Symbol("z", real=True), Rational(1, 2))},
      reading="Sharper than printed: u may equal v, as x does then.")
