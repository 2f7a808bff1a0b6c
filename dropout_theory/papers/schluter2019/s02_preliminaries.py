"""Section 2: the logistic model and its log partition function."""

from __future__ import annotations

import sympy as sp

from dropout_theory.claim import Erratum, Section
from dropout_theory.papers.schluter2019.notation import c, log_partition
from dropout_theory.statements import equal

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
