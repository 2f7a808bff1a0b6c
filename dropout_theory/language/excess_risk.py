"""What training with a criterion costs: the excess risk of its minimisers."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from dropout_theory.language.checked import expression
from dropout_theory.language.named import Named
from dropout_theory.language.registry import Registered


class Aversion(Registered, sp.Expr):
    """max of `risk` over the minimisers of `criterion`, less the infimum of `risk`, over all values of `parameters`.

    `Aversion(criterion, risk, parameters)`: helmbold2017 definition 2. It depends on nothing but the set of pairs
    (criterion, risk) the parameters reach; where the criterion has no minimiser it has no value.
    """

    def __new__(cls, criterion: Any, risk: Any, parameters: Any) -> Aversion:
        return sp.Expr.__new__(cls, expression(criterion, "criterion"), expression(risk, "risk"), sp.Tuple(*parameters))

    is_commutative = True

    @property
    def criterion(self) -> Any:
        return self.args[0]

    @property
    def risk(self) -> Any:
        return self.args[1]

    @property
    def parameters(self) -> tuple[Any, ...]:
        return tuple(self.args[2])

    @property
    def own_scopes(self) -> list[tuple[Any, set[Any]]]:
        """Its parts, each with what it binds in them, for `scopes`."""
        return [(self.criterion, set(self.parameters)), (self.risk, set(self.parameters))]

    @property
    def free_symbols(self) -> set[Any]:
        return (self.criterion.free_symbols | self.risk.free_symbols) - set(self.parameters)

    def _eval_is_real(self) -> bool:
        return True

    def _latex(self, printer: Any) -> str:
        criterion, risk = (printer._print(a) for a in self.args[:2])
        names = ", ".join(printer._print(a) for a in self.parameters)
        return (rf"\Bigl[\max\bigl\{{{risk} : ({names}) \in \operatorname{{arg\,min}}\, {criterion}\bigr\}}"
                rf" - \inf_{{{names}}} {risk}\Bigr]")


class HasValue(Boolean):
    """An aversion has a value: the criterion a minimiser, minimisers a largest risk, and the risk an infimum.

    False, not undefined, where it has none.
    """

    def __new__(cls, aversion: Any) -> HasValue:
        if not isinstance(aversion.unfolded if isinstance(aversion, Named) else aversion, Aversion):
            raise ValueError(f"{aversion} is no aversion: no other term is asked whether it has a value")
        return sp.Basic.__new__(cls, aversion)  # type: ignore[no-any-return]

    def _latex(self, printer: Any) -> str:
        return rf"{printer._print(self.args[0])}\ \text{{exists}}"
