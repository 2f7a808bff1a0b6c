"""How statements print: as LaTeX, and as one line of plain text, `E(σ(S[N])) = Σ_{k=1..m} P[k]*σ(S[k])`."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp
from sympy.printing.str import StrPrinter

from dropout_theory.language.named import applied

_RELATIONS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
_GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
          "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "rho": "ρ", "sigma": "σ", "tau": "τ",
          "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Sigma": "Σ", "Phi": "Φ", "Omega": "Ω"}
_NAME = re.compile(r"[A-Za-z]+")


def _named(name: str) -> str:
    """A name with its Greek letters as letters."""
    return _NAME.sub(lambda found: _GREEK.get(found[0], found[0]), name)


class _Plain(StrPrinter):
    """SymPy's string printer with relations, sums and the operators of this project written as people write them."""

    printmethod = "_plain"  # an expression's own `_sympystr` is for programs to read

    def _print_Symbol(self, expr: Any) -> str:
        return _named(expr.name.rstrip("_"))

    def _print_Named(self, expr: Any) -> str:
        return applied(_named(expr.label.name), [self._print(a) for a in expr.arguments])

    def _print_Element(self, expr: Any) -> str:
        name, inside = self._print(expr.family), ", ".join(self._print(i) for i in expr.indices)
        return f"{name}[{inside}]" if expr.indices else name

    def _print_Aversion(self, expr: Any) -> str:
        names = ", ".join(self._print(a) for a in expr.parameters)
        criterion, risk = self._print(expr.criterion), self._print(expr.risk)
        return f"(max of {risk} over ({names}) minimising {criterion}, less its infimum over ({names}))"

    def _print_Pi(self, expr: Any) -> str:
        return "π"

    def _print_Abs(self, expr: Any) -> str:
        return f"|{self._print(expr.args[0])}|"

    def _print_factorial(self, expr: Any) -> str:
        inside = self._print(expr.args[0])
        return f"{inside}!" if expr.args[0].is_Atom else f"({inside})!"

    def _print_Relational(self, expr: Any) -> str:
        return f"{self._print(expr.lhs)} {_RELATIONS.get(expr.rel_op, expr.rel_op)} {self._print(expr.rhs)}"

    def _print_Sum(self, expr: Any) -> str:
        return self._over("Σ", expr)

    def _print_Product(self, expr: Any) -> str:
        return self._over("Π", expr)

    def _over(self, symbol: str, expr: Any) -> str:
        ranges = ", ".join(self._range(limit) for limit in expr.limits)
        body = self._print(expr.function)
        return f"{symbol}[{ranges}]({body})"

    def _range(self, limit: Any) -> str:
        if len(limit) == 1:
            return self._print(limit[0])
        return f"{self._print(limit[0])}={self._print(limit[1])}..{self._print(limit[2])}"

    def _joined(self, expr: Any, word: str) -> str:
        return f" {word} ".join(self._inside(a) for a in expr.args)

    def _inside(self, expr: Any) -> str:
        text = self._print(expr)
        return text if expr.is_Relational or expr.is_Atom else f"({text})"

    def _print_And(self, expr: Any) -> str:
        return self._joined(expr, "and")

    def _print_Or(self, expr: Any) -> str:
        return self._joined(expr, "or")

    def _print_Not(self, expr: Any) -> str:
        return f"not {self._inside(expr.args[0])}"

    def _print_Implies(self, expr: Any) -> str:
        return self._joined(expr, "⟹")

    def _print_Iff(self, expr: Any) -> str:
        return self._joined(expr, "⟺")

    def _quantified(self, word: str, expr: Any) -> str:
        return f"{word} {', '.join(self._range(limit) for limit in expr.limits)}: {self._print(expr.body)}"

    def _print_ForEach(self, expr: Any) -> str:
        return self._quantified("for all", expr)

    def _print_ForAll(self, expr: Any) -> str:
        return self._quantified("for all", expr)

    def _print_Exists(self, expr: Any) -> str:
        return self._quantified("there is", expr)

    def _print_DerivativeAt(self, expr: Any) -> str:
        body, variable, point, order = (self._print(a) for a in expr.args)
        return f"d^{order}/d{variable}^{order}({body} at {variable}={point})"

    def _print_LargestOutcome(self, expr: Any) -> str:
        return f"max over outcomes({self._print(expr.args[0])})"

    def _print_RootGrowth(self, expr: Any) -> str:
        term, index, root = (self._print(a) for a in expr.args)
        return f"limsup[{index}→∞](|{term}|^(1/({root})))"

    def _print_SameToOrder(self, expr: Any) -> str:
        left, right, scale, order = (self._print(a) for a in expr.args)
        return f"{left} = {right} + o({scale}^{order})"

    def _series(self, expr: Any) -> str:
        bound, first = (self._print(a) for a in expr.args[1].args)
        return f"Σ[{bound}={first}..∞]({self._print(expr.args[0])})"

    def _print_Converges(self, expr: Any) -> str:
        return f"{self._series(expr)} converges"

    def _print_SumsTo(self, expr: Any) -> str:
        return f"{self._series(expr)} = {self._print(expr.args[2])}"

    def _print_Sigma(self, expr: Any) -> str:
        x, c, slope = expr.args
        shape = "" if c == 1 and slope == 1 else f"; c={self._print(c)}, λ={self._print(slope)}"
        return f"σ({self._print(x)}{shape})"

    def _print_Gc(self, expr: Any) -> str:
        return f"G'({self._print(expr.args[0])})"

    def _extreme(self, word: str, expr: Any) -> str:
        return f"{word}[{self._range(expr.args[1])}]({self._print(expr.args[0])})"

    def _print_Largest(self, expr: Any) -> str:
        return self._extreme("max", expr)

    def _print_Smallest(self, expr: Any) -> str:
        return self._extreme("min", expr)

    def _print_Infinity(self, expr: Any) -> str:
        return "∞"


def plain(expr: Any) -> str:
    """A statement, condition or expression on one line."""
    return str(_Plain().doprint(expr)).replace("**", "^")


def latex(expr: Any) -> str:
    """LaTeX of a statement or expression."""
    return str(sp.latex(expr, mul_symbol=None))
