"""Section 2: the logistic model and its log partition function."""

from __future__ import annotations

import sympy as sp

from dropout_theory.claims import Erratum, Section
from dropout_theory.language import OPEN_PROBABILITY, Domain, Scalar, equal, index, size
from dropout_theory.papers.schluter2019.notation import c, log_partition

claim = Section("schluter2019", "2")

claim("sec2-logistic-model",
      title="The logistic probability as an exponential family, with the printed log partition function 1 + exp(z)",
      statement=equal(sp.exp(c - (1 + sp.exp(c))), 1 / (1 + sp.exp(-c))),
      source="section 2, first display",
      erratum=Erratum("missing-log", "minor", "the log partition function lacks its logarithm: A(z) = log(1 + exp(z))"))

claim("sec2-logistic-model.amended",
      title="The logistic probability as an exponential family, with log partition function log(1 + exp(z))",
      statement=equal(sp.exp(c - log_partition(c)), 1 / (1 + sp.exp(-c))),
      source="section 2, first display")

y = Scalar("y", Domain("label 0 or 1", sp.S.Zero, sp.S.One, integer=True))
p = Scalar("p", OPEN_PROBABILITY)
likelihood = p**y * (1 - p) ** (1 - y)

claim("eq2",
      title="The loss as the sum of a term for positive and a term for negative examples",
      statement=None, kind="definition")

claim("eq3",
      title="The negative log likelihood of one example with the label inside the logarithm",
      statement=equal(y * p * (1 - p) ** (1 - y), likelihood),
      reading="both sides are exp of minus the loss, so that the printed logarithm of 0 at label 0 makes sense",
      erratum=Erratum("notation", "typo", "the label multiplies the logarithm; inside it a label of 0 makes the loss "
                                          "infinite"))

claim("eq3.amended",
      title="The negative log likelihood of one example with the label before the logarithm",
      statement=equal(sp.exp(y * sp.log(p) + (1 - y) * sp.log(1 - p)), likelihood),
      source="section 2, eq. (3)")

examples = size("n")
position = index("i")

claim("eq4",
      title="The expected loss is added up over the examples numbered 1 to n",
      statement=equal(sp.Sum(1, (position, 0, examples)), examples),
      reading="the printed sum starts at i = 0; it has as many terms as there are examples",
      erratum=Erratum("off-by-one", "typo", "the sum starts at 1"))

claim("eq4.amended",
      title="A sum over the examples from 1 to n has n terms",
      statement=equal(sp.Sum(1, (position, 1, examples)), examples),
      source="section 2, eq. (4)")

claim("eq5",
      title="The loss of a positive example under dropout noise",
      statement=None, kind="definition")

outputs, output = size("q"), index("j")

claim("eq6",
      title="The expected loss of q outputs is added up over the examples numbered 1 to n",
      statement=equal(sp.Sum(1, (position, 0, examples), (output, 1, outputs)), examples * outputs),
      reading="the printed inner sum starts at i = 0",
      erratum=Erratum("off-by-one", "typo", "the inner sum starts at 1"))

claim("eq6.amended",
      title="A sum over q outputs and the examples from 1 to n has n q terms",
      statement=equal(sp.Sum(1, (position, 1, examples), (output, 1, outputs)), examples * outputs),
      source="section 2, eq. (6)")
