"""Every minimiser of the criterion of weight decay is an aversion witness."""

from __future__ import annotations

from sympy import S

from dropout_theory import proof as by
from dropout_theory.claims import prove
from dropout_theory.papers.helmbold2017 import appendix_b_remarks as paper
from dropout_theory.papers.helmbold2017.weight_decay import risk_of
from dropout_theory.proof import Theorem

from . import weight_decay_needs  # noqa: F401 - registers what the claims need
from .weight_decay import at_optimum, aversion_is_closed_form, risk_at_optimum


@prove("helmbold2017:appB-every-minimiser-is-a-witness")
def every_minimiser() -> Theorem:
    """The risk of a minimiser is the closed form, which is the aversion, as the least risk is 0."""
    return by.restate(by.rewrite(risk_at_optimum(), by.mirrored(aversion_is_closed_form())), paper.WITNESSES.statement)


@prove("helmbold2017:appB-zero-risk")
def zero_risk() -> Theorem:
    """Units that share an activation of 1 equally, with the output bias 0, fit both examples."""
    _, found = at_optimum(risk_of, 0, best=S.One)
    return by.restate(found, paper.FITTED.statement)
