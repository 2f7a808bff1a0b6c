"""Statements as one line of plain text, for terminals: `E(σ(S[N])) = Σ_{k=1..m} P[k]*σ(S[k])`."""

from __future__ import annotations

from typing import Any

from sympy.printing.str import StrPrinter

_RELATIONS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}


class _Plain(StrPrinter):
    """SymPy's string printer with relations, sums and the operators of this project written as people write them."""

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
    return str(_Plain().doprint(expr))
