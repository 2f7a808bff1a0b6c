"""Appendix A: notation whose meaning can be checked against its use."""

from __future__ import annotations

from sympy import Max, Piecewise, Rational, Sum

from dropout_theory.claims import Section
from dropout_theory.language import REAL, E, Relu, Scalar, equal, family, gates
from dropout_theory.papers.helmbold2017.notation import p, s
from dropout_theory.papers.helmbold2017.s02_conventions import k

claim = Section("helmbold2017", "A")

u = Scalar("u")
claim("appA-rectifier",
      title="The rectified linear unit computes the larger of 0 and its activation",
      statement=equal(Relu(u), Max(0, u)), kind="definition", source="appendix A and section 1")

event = gates("r", p, (k, 1, 1))[1]
claim("appA-indicator",
      title="The mean of an indicator is the probability of its set",
      statement=equal(E(Piecewise((1, event > 0), (0, True))), p), kind="definition", source="appendix A",
      reading="For the set of patterns in which a node is kept; p is the probability of that.")

value = family("f", REAL, (s, 1, 2))
claim("appA-single-example",
      title="A mean over P with index x, y, without parentheses, is the value at the single example (x, y)",
      statement=equal(Sum(value[s] * Piecewise((1, s < Rational(3, 2)), (0, True)), (s, 1, 2)), value[1]),
      kind="definition", source="appendix A",
      reading="f[1] is any function of an example at (x, y), f[2] at (0, 0). Definition 1 writes P_(x,y), with "
              "parentheses, for half the weight on each; theorem 18 means the single example, theorem 17 both.")
