"""How statements print: as LaTeX, and as one line of plain text, `E(σ(S[N])) = Σ[k=1..m](P[k]*σ(S[k]))`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

from dropout_theory.language.atoms import Element
from dropout_theory.language.named import Named, applied
from dropout_theory.language.operators import Largest, Operator, Sigma, Smallest
from dropout_theory.language.series import DerivativeAt, RootGrowth
from dropout_theory.language.statements import ForEach, chains, is_bare

_RELATIONS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
_GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
          "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "rho": "ρ", "sigma": "σ", "tau": "τ",
          "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Sigma": "Σ", "Phi": "Φ", "Omega": "Ω",
          "ell": "ℓ"}
_NAME = re.compile(r"[A-Za-z]+")
# What stands before a bracket of its own, as Σ[k=1..m] does: what follows the bracket is not part of it.
_PREFIXED = (sp.Sum, sp.Product, Largest, Smallest, DerivativeAt, RootGrowth)


def _named(name: str) -> str:
    """A name with its Greek letters as letters."""
    return _NAME.sub(lambda found: _GREEK.get(found[0], found[0]), name)


def _vanishes(expr: Any) -> bool:
    """Whether an expression is a sum of zeros, or a product with one: what a weight or an input of zero leaves."""
    if isinstance(expr, sp.Sum):
        return bool(expr.function == 0 or _vanishes(expr.function))
    return isinstance(expr, sp.Mul) and any(map(_vanishes, expr.args))


def _shown(terms: Iterable[Any]) -> list[Any]:
    """The terms of a sum as they are written: no sums of zeros, and what is subtracted last."""
    kept = [t for t in terms if not _vanishes(t)]
    return sorted(kept, key=lambda t: bool(t.as_coeff_Mul()[0].is_negative)) or [sp.S.Zero]


def _is_not_equal(expr: Any) -> bool:
    """Whether an expression is 1 less the indicator that two indices are equal."""
    return isinstance(expr, sp.Add) and isinstance(1 - expr, sp.KroneckerDelta)


def _indicated(expr: Any) -> Any:
    """The condition that a case distinction is the indicator of; None where it is something else."""
    (value, condition), *others = expr.args
    if value not in (0, 1) or [tuple(other) for other in others] != [(1 - value, True)]:
        return None
    return condition if value == 1 else sp.Not(condition, evaluate=False)


def _place(factor: Any) -> int:
    """Where a factor stands in a product: numbers, letters, their sums, functions, sums with functions, and Σ and Π."""
    base = factor.base if isinstance(factor, sp.Pow) else factor
    if base.is_Number or base.is_NumberSymbol:
        return 0
    if isinstance(base, (sp.Symbol, Element, Named)):
        return 1
    if base.is_Add:
        within = (f.base if isinstance(f, sp.Pow) else f for term in base.args for f in sp.Mul.make_args(term))
        return 4 if any(isinstance(f, sp.Function) for f in within) and not _is_not_equal(base) else 2
    return 5 if isinstance(base, _PREFIXED) else 3


class _Plain(StrPrinter):
    """SymPy's string printer with relations, sums and the operators of this project written as people write them."""

    printmethod = "_plain"  # an expression's own `_sympystr` is for programs to read
    shape: Any = None  # the (c, λ) that every logistic function has where nothing else is said

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        return _shown(super()._as_ordered_terms(expr, order=order))

    def parenthesize(self, item: Any, level: int, strict: bool = False) -> str:
        return self._print(item) if _is_not_equal(item) else str(super().parenthesize(item, level, strict))

    def _print_Add(self, expr: Any, order: Any = None) -> str:
        if _is_not_equal(expr):
            one, other = (self._print(a) for a in (1 - expr).args)
            return f"1[{one} ≠ {other}]"
        return str(super()._print_Add(expr, order))

    def _print_Mul(self, expr: Any) -> str:
        if _vanishes(expr):
            return "0"
        first, *others = expr.args
        if first is sp.S.One or any(a.is_Number or (a.is_Pow and a.base.is_Integer and a.exp.is_Integer)
                                    for a in others):
            return str(super()._print_Mul(expr))  # numbers that were not multiplied out
        number, rest = expr.as_coeff_Mul()
        sign, number = ("-", -number) if number.is_negative else ("", number)
        above = [sp.Integer(number.p)] if number.is_Rational and number.p != 1 else []
        below = [sp.Integer(number.q)] if number.is_Rational and number.q != 1 else []
        if not number.is_Rational:
            above.append(number)
        for factor in sorted(rest.as_ordered_factors(), key=_place):
            if isinstance(factor, sp.Pow) and factor.exp.as_coeff_Mul()[0].is_negative:
                power = -factor.exp
                below.append(factor.base if power == 1 else sp.Pow(factor.base, power, evaluate=False))
            else:
                above.append(factor)
        if len(above) == 1 and not below:
            return sign + self.parenthesize(above[0], PRECEDENCE["Mul"], strict=True)
        text = sign + self._times(above or [sp.S.One], last=not below)
        if not below:
            return text
        return f"{text}/{self._times(below)}" if len(below) == 1 else f"{text}/({self._times(below)})"

    def _times(self, factors: list[Any], last: bool = True) -> str:
        """A product; `last` says that nothing follows it that a Σ at its end could be taken to reach over."""
        texts = [self.parenthesize(f, PRECEDENCE["Mul"]) for f in factors]
        return "*".join(f"({text})" if isinstance(f, _PREFIXED) and not (last and place == len(texts)) else text
                        for place, (f, text) in enumerate(zip(factors, texts, strict=True), 1))

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:
        base, power = expr.args
        if isinstance(base, (*_PREFIXED, Operator)) and power not in (sp.S.Half, -sp.S.Half, -1):
            return f"({self._print(base)})**{self.parenthesize(power, PRECEDENCE['Pow'])}"
        return str(super()._print_Pow(expr, rational))

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

    def _print_HasValue(self, expr: Any) -> str:
        return f"{self._print(expr.args[0])} exists"

    def _print_Pi(self, expr: Any) -> str:
        return "π"

    def _print_Abs(self, expr: Any) -> str:
        return f"|{self._print(expr.args[0])}|"

    def _print_factorial(self, expr: Any) -> str:
        inside = self._print(expr.args[0])
        return f"{inside}!" if expr.args[0].is_Atom else f"({inside})!"

    def _print_Relational(self, expr: Any) -> str:
        return f"{self._print(expr.lhs)} {_RELATIONS.get(expr.rel_op, expr.rel_op)} {self._print(expr.rhs)}"

    def _print_Function(self, expr: Any) -> str:
        return f"{plain_name(expr.func)}({self.stringify(expr.args, ', ')})"

    def _print_Max(self, expr: Any) -> str:
        return f"max({', '.join(self._print(a) for a in sorted(expr.args, key=sp.default_sort_key))})"

    def _print_Min(self, expr: Any) -> str:
        return f"min({', '.join(self._print(a) for a in sorted(expr.args, key=sp.default_sort_key))})"

    def _print_KroneckerDelta(self, expr: Any) -> str:
        one, other = (self._print(a) for a in expr.args)
        return f"1[{one} = {other}]"

    def _print_Piecewise(self, expr: Any) -> str:
        if (found := _indicated(expr)) is not None:
            return f"1[{self._print(found)}]"
        cases = [self._print(v) + ("" if c == True else f" if {self._print(c)}") for v, c in expr.args]  # noqa: E712
        return "{" + ", else ".join(cases) + "}"

    def _print_Sum(self, expr: Any) -> str:
        return "0" if _vanishes(expr) else self._over("Σ", expr)

    def _print_Product(self, expr: Any) -> str:
        return self._over("Π", expr)

    def _over(self, symbol: str, expr: Any) -> str:
        ranges = ", ".join(self._range(limit) for limit in reversed(expr.limits))  # the outermost first
        return f"{symbol}[{ranges}]({self._print(expr.function)})"

    def _range(self, limit: Any) -> str:
        bound, first, last = (self._print(part) for part in limit)
        return f"{bound}={first}..{last}".replace(" ", "")

    def _joined(self, expr: Any, word: str) -> str:
        return f" {word} ".join(self._inside(a) for a in expr.args)

    def _inside(self, expr: Any) -> str:
        return self._print(expr) if is_bare(expr) else f"({self._print(expr)})"

    def _print_And(self, expr: Any) -> str:
        found = chains(expr.args)
        if len(found) == 1:
            return self._chain(found[0])
        return " and ".join(self._chain(c) if is_bare(expr.func(*c)) else f"({self._chain(c)})" for c in found)

    def _chain(self, linked: list[Any]) -> str:
        """Conjuncts of which each goes on where the one before ends."""
        first = linked[0]
        if isinstance(first, ForEach):
            return self._quantifier("for all", first) + self._chain([part.body for part in linked])
        return self._print(first) + "".join(f" {_RELATIONS.get(r.rel_op, r.rel_op)} {self._print(r.rhs)}"
                                            for r in linked[1:])

    def _print_Or(self, expr: Any) -> str:
        return self._joined(expr, "or")

    def _print_Not(self, expr: Any) -> str:
        return f"not {self._inside(expr.args[0])}"

    def _print_Implies(self, expr: Any) -> str:
        return self._joined(expr, "⟹")

    def _print_Iff(self, expr: Any) -> str:
        return self._joined(expr, "⟺")

    def _quantifier(self, word: str, expr: Any) -> str:
        return f"{word} {', '.join(self._range(limit) for limit in expr.limits)}: "

    def _print_ForEach(self, expr: Any) -> str:
        return self._quantifier("for all", expr) + self._print(expr.body)

    def _print_ForAll(self, expr: Any) -> str:
        return f"for all {self._bound(expr)}: {self._print(expr.body)}"

    def _print_Exists(self, expr: Any) -> str:
        verb = "is" if len(expr.limits) == 1 else "are"
        return f"there {verb} {self._bound(expr)}: {self._print(expr.body)}"

    def _bound(self, expr: Any) -> str:
        """The variables of a quantifier, those of one domain together."""
        return "; ".join(", ".join(map(self._print, names)) + (f" ∈ {domain}" if domain else "")
                         for domain, names in expr.by_domain())

    def _print_DerivativeAt(self, expr: Any) -> str:
        body, variable, point, _ = (self._print(a) for a in expr.args)
        power = "" if expr.order == 1 else f"**{self.parenthesize(expr.order, PRECEDENCE['Pow'])}"
        return f"(d/d{variable}){power}({body} at {variable}={point})"

    def _print_LargestOutcome(self, expr: Any) -> str:
        return f"max over outcomes({self._print(expr.args[0])})"

    def _print_RootGrowth(self, expr: Any) -> str:
        term, index, _ = (self._print(a) for a in expr.args)
        return f"limsup[{index}→∞](|{term}|^({self._print(1 / expr.args[2])}))"

    def _print_SameToOrder(self, expr: Any) -> str:
        return f"{self._print(expr.left)} = {self._print(expr.right)} + o({self._print(expr.scale**expr.order)})"

    def _series(self, expr: Any) -> str:
        bound, first = (self._print(a) for a in expr.args[1].args)
        return f"Σ[{bound}={first}..∞]({self._print(expr.args[0])})"

    def _print_Converges(self, expr: Any) -> str:
        return f"{self._series(expr)} converges"

    def _print_SumsTo(self, expr: Any) -> str:
        return f"{self._series(expr)} = {self._print(expr.args[2])}"

    def _print_Sigma(self, expr: Any) -> str:
        x, *shape = expr.args
        said = "" if shape in ([1, 1], self.shape) else "; " + ", ".join(map(self._print, shape))
        return f"σ({self._print(x)}{said})"

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


class _Latex(LatexPrinter):
    """SymPy's LaTeX printer with sums and indicators as in plain text, and brackets where they are needed."""

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        return _shown(super()._as_ordered_terms(expr, order=order))

    def _print_Symbol(self, expr: Any, style: str = "plain") -> str:
        name = expr.name.rstrip("_")
        rest = "".join(re.findall(r"(?:'+|\(.*)$", name))  # as in α' and φ(x+d)
        return str(super()._print_Symbol(sp.Symbol(name.removesuffix(rest)), style)) + rest

    def _print_Add(self, expr: Any, order: Any = None) -> str:
        if _is_not_equal(expr):
            return self._indicator(r" \neq ".join(self._print(a) for a in (1 - expr).args))
        return str(super()._print_Add(expr, order))

    def _print_Mul(self, expr: Any) -> str:
        return "0" if _vanishes(expr) else str(super()._print_Mul(expr))

    def _needs_mul_brackets(self, expr: Any, first: bool = False, last: bool = False) -> bool:
        closed = isinstance(expr, (Named, sp.Function, sp.Pow))  # a sum inside does not reach beyond
        return not _is_not_equal(expr) and bool(super()._needs_mul_brackets(expr, first, last or closed))

    def _print_Sum(self, expr: Any) -> str:
        return "0" if _vanishes(expr) else self._over(r"\sum", expr)

    def _print_Product(self, expr: Any) -> str:
        return self._over(r"\prod", expr)

    def _over(self, symbol: str, expr: Any) -> str:
        ranges = [[self._print(part) for part in limit] for limit in reversed(expr.limits)]  # the outermost first
        lines = r"\\".join(rf"{low} \leq {bound} \leq {high}" for bound, low, high in ranges)
        (bound, low, high), *others = ranges
        body = self._print(expr.function)
        if expr.function.is_Add or body.startswith("-"):
            body = rf"\left({body}\right)"
        if others:
            return rf"{symbol}_{{\substack{{{lines}}}}} {body}"
        return rf"{symbol}_{{{bound}={low}}}^{{{high}}} {body}"

    def _print_KroneckerDelta(self, expr: Any, exp: Any = None) -> str:  # to any power it is the same
        return self._indicator(" = ".join(self._print(a) for a in expr.args))

    def _print_Piecewise(self, expr: Any) -> str:
        found = _indicated(expr)
        return str(super()._print_Piecewise(expr)) if found is None else self._indicator(self._print(found))

    def _indicator(self, condition: str) -> str:
        return rf"\mathbf{{1}}\left[{condition}\right]"

    def _print_LogOp(self, args: Any, char: str) -> str:
        texts = ((self._print(a), is_bare(a)) for a in args)
        return f" {char} ".join(text if bare else rf"\left({text}\right)" for text, bare in texts)

    def _print_Not(self, expr: Any) -> str:
        return rf"\neg \left({self._print(expr.args[0])}\right)"


def shapes(*expressions: Any) -> set[tuple[Any, Any]]:
    """The pairs (c, λ) of the logistic functions in expressions."""
    return {found.args[1:] for expr in expressions for found in sp.sympify(expr).atoms(Sigma)}


def own_shape(*expressions: Any) -> tuple[Any, Any] | None:
    """The (c, λ) that need not be said at every logistic function: both letters, and the same throughout."""
    found = shapes(*expressions)
    if len(found) != 1 or not all(isinstance(part, sp.Symbol) for pair in found for part in pair):
        return None
    return next(iter(found))


def plain_name(function: Any) -> str:
    """The name of a function in plain text."""
    return _named(function.__name__)


def plain(expr: Any, beside: Iterable[Any] = ()) -> str:
    """A statement, condition or expression on one line; `beside` is what is read together with it."""
    printer = _Plain()
    printer.shape = list(own_shape(expr, *beside) or ())
    return str(printer.doprint(expr)).replace("**", "^")


def latex(expr: Any) -> str:
    """LaTeX of a statement or expression."""
    return str(_Latex({"mul_symbol": None}).doprint(expr))
