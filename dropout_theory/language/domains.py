"""Domains of the atoms statements are built from: what values an atom may take."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from dropout_theory.language.checked import expression


@dataclass(frozen=True)
class Domain:
    """An interval of reals or integers. `open_below` and `open_above` tell whether the ends are excluded.

    The ends are real numbers, or infinite on their side. Those of an integer domain are kept as its first and last
    integer. Raises ValueError for ends that are none, and for a domain without a member.
    """

    name: str
    lower: sp.Expr
    upper: sp.Expr
    open_below: bool = False
    open_above: bool = False
    integer: bool = False

    def __post_init__(self) -> None:
        low, high = _end(self.lower, "lower", -sp.oo), _end(self.upper, "upper", sp.oo)
        open_below, open_above = bool(self.open_below), bool(self.open_above)
        if self.integer:
            if low.is_finite:
                low, open_below = sp.floor(low) + 1 if open_below else sp.ceiling(low), False
            if high.is_finite:
                high, open_above = sp.ceiling(high) - 1 if open_above else sp.floor(high), False
        width = 1 if low == -sp.oo or high == sp.oo else sign_of(high - low)
        if width is None:
            raise ValueError(f"lower is {self.lower}, upper {self.upper}: whether they are one number is not seen; "
                             "allowed: ends that can be told apart")
        if width < 0 or width == 0 and (open_below or open_above):
            raise ValueError(f"lower is {self.lower}, upper {self.upper}: the domain {self.name!r} is empty; allowed: "
                             "lower <= upper, with a member between them")
        for name, value in (("lower", low), ("upper", high), ("open_below", open_below), ("open_above", open_above)):
            object.__setattr__(self, name, value)  # a domain given in Python's numbers is the same one

    @property
    def assumptions(self) -> dict[str, bool]:
        """SymPy assumptions that follow from the domain."""
        known: dict[str, bool] = {"integer": True} if self.integer else {"real": True}
        known["finite"] = True
        if self.lower > 0 or (self.lower == 0 and self.open_below):
            known["positive"] = True
        elif self.lower == 0:
            known["nonnegative"] = True
        elif self.upper < 0 or (self.upper == 0 and self.open_above):
            known["negative"] = True
        elif self.upper == 0:
            known["nonpositive"] = True
        return known

    def contains(self, value: sp.Expr) -> bool:
        """Whether a number lies in the domain; exact for rationals."""
        value = sp.sympify(value)
        if self.integer and not value.is_integer:
            return False
        return self._before(self.lower, value, self.open_below) and self._before(value, self.upper, self.open_above)

    @staticmethod
    def _before(small: sp.Expr, large: sp.Expr, is_open: bool) -> bool:
        # the commonest cases first: SymPy's comparison asks much more than these
        if small is sp.S.NegativeInfinity and large.is_Rational or small.is_Rational and large is sp.S.Infinity:
            return True
        if small.is_Rational and large.is_Rational:
            ahead = large.p * small.q - small.p * large.q
            return bool(ahead > 0 or ahead == 0 and not is_open)
        return bool(small < large if is_open else small <= large)

    def conditions(self, expr: sp.Expr) -> tuple[sp.Basic, ...]:
        """The inequalities that say `expr` lies in the domain."""
        found: list[sp.Basic] = []
        if self.lower != -sp.oo:
            found.append((sp.Gt if self.open_below else sp.Ge)(expr, self.lower, evaluate=False))
        if self.upper != sp.oo:
            found.append((sp.Lt if self.open_above else sp.Le)(expr, self.upper, evaluate=False))
        return tuple(found)

    def __str__(self) -> str:
        return self.name


def sign_of(number: sp.Expr) -> int | None:
    """The sign of an exact real number, however it is written; None where it is not seen whether it is 0."""
    if number.is_Rational:
        return int(sp.sign(number))
    about = number.evalf(30)
    if about.is_Float and about._prec > 1 and abs(about) > sp.Rational(1, 10**20):
        return 1 if about > 0 else -1
    return 0 if number.equals(0) else None


def _end(value: object, what: str, infinity: sp.Expr) -> sp.Expr:
    """An end of a domain: a real number, or the infinity on its side. Raises ValueError for anything else."""
    if value == infinity:
        return infinity
    end = expression(value, what)
    if not (end.is_number and end.is_real and end.is_comparable):
        raise ValueError(f"{what} is {end}; allowed: a real number or {infinity}")
    return end


def interval(lower: object, upper: object, open_below: bool = False, open_above: bool = False) -> Domain:
    """The real interval from `lower` to `upper`. Raises ValueError when it is empty or an end is no real number."""
    low, high = _end(lower, "lower", -sp.oo), _end(upper, "upper", sp.oo)
    left = "(" if open_below or low == -sp.oo else "["
    right = ")" if open_above or high == sp.oo else "]"
    return Domain(f"{left}{low}, {high}{right}", low, high, open_below, open_above)


def as_set(domain: Domain, latex: bool = False) -> str:
    """A domain as the set of its values: `(0, 1]`, `ℝ`, `{1, 2, …}`."""
    infinite, integers, reals, dots = (r"\infty", r"\mathbb{Z}", r"\mathbb{R}", r"\ldots") if latex else "∞ℤℝ…"
    left, right = (r"\{", r"\}") if latex else "{}"
    if domain.lower == -sp.oo and domain.upper == sp.oo:
        return integers if domain.integer else reals
    if domain.integer:
        first = [domain.lower + step for step in (0, 1) if domain.lower + step <= domain.upper]
        end = [dots] if domain.upper == sp.oo else [dots, domain.upper] if domain.upper > domain.lower + 1 else []
        return f"{left}{', '.join(map(str, [*first, *end]))}{right}"
    ends = ", ".join(str(end).replace("oo", infinite) for end in (domain.lower, domain.upper))
    opened = domain.open_below or domain.lower == -sp.oo, domain.open_above or domain.upper == sp.oo
    return f"{'(' if opened[0] else '['}{ends}{')' if opened[1] else ']'}"


REAL = Domain("real", -sp.oo, sp.oo)
POSITIVE = Domain("positive real", sp.S.Zero, sp.oo, open_below=True)
NONNEGATIVE = Domain("non-negative real", sp.S.Zero, sp.oo)
PROBABILITY = Domain("probability", sp.S.Zero, sp.S.One)
OPEN_PROBABILITY = Domain("probability strictly between 0 and 1", sp.S.Zero, sp.S.One, True, True)
UNIT = Domain("[0, 1]", sp.S.Zero, sp.S.One)
OPEN_UNIT = Domain("(0, 1)", sp.S.Zero, sp.S.One, True, True)
SIZE = Domain("positive integer", sp.S.One, sp.oo, integer=True)
NATURAL = Domain("non-negative integer", sp.S.Zero, sp.oo, integer=True)
INTEGER = Domain("integer", -sp.oo, sp.oo, integer=True)
