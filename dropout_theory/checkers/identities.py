"""Whether an expression is 0 as an identity: quotients of polynomials in variables, exponentials and logarithms.

A function of anything else is an unknown of its own, and what grows too large is not looked at: an identity may be
missed, none is made up. It holds wherever the expression is defined.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction

# A monomial is a sorted tuple of (unknown, exponent); a polynomial maps monomials to their coefficients.
Monomial = tuple[tuple[Hashable, int], ...]
Polynomial = dict[Monomial, Fraction]
MAX_TERMS = 80


class TooLarge(Exception):
    """More terms than are looked at."""


class Quotient:
    """A quotient of two polynomials."""

    def __init__(self, above: Polynomial, below: Polynomial | None = None) -> None:
        self.above, self.below = above, below or _ONE
        if max(len(self.above), len(self.below)) > MAX_TERMS:
            raise TooLarge

    @classmethod
    def number(cls, value: Fraction) -> Quotient:
        return cls({(): value} if value else {})

    @classmethod
    def unknown(cls, name: Hashable) -> Quotient:
        return cls({((name, 1),): Fraction(1)})

    @property
    def is_zero(self) -> bool:
        return not self.above

    def __add__(self, other: Quotient) -> Quotient:
        if self.below == other.below:
            return Quotient(_sum(self.above, other.above), self.below)
        return Quotient(_sum(_product(self.above, other.below), _product(other.above, self.below)),
                        _product(self.below, other.below))

    def __mul__(self, other: Quotient) -> Quotient:
        return Quotient(_product(self.above, other.above), _product(self.below, other.below))

    def __pow__(self, exponent: int) -> Quotient:
        found = Quotient(_ONE)
        for _ in range(exponent):
            found = found * self
        return found

    def inverse(self) -> Quotient:
        """Raises ZeroDivisionError for the inverse of 0."""
        if not self.above:
            raise ZeroDivisionError
        if len(self.above) == 1:  # a monomial divides as well as it multiplies
            (monomial, coefficient), = self.above.items()
            flipped = {tuple((name, -exponent) for name, exponent in monomial): 1 / coefficient}
            return Quotient(_product(self.below, flipped))
        return Quotient(self.below, self.above)

    def function(self, name: str) -> Quotient:
        """A function that nothing is known of but its name."""
        return Quotient.unknown((name, _key(self.above), _key(self.below)))

    def logarithm(self, is_positive: Callable[[Hashable], bool]) -> Quotient:
        """The logarithm: of positive factors apart, and of the rest, which is positive with the whole."""
        found = Quotient({})
        rests = []
        for polynomial, sign in ((self.above, 1), (self.below, -1)):
            content = _content(polynomial, is_positive)
            for name, exponent in content:
                if isinstance(name, tuple) and name[0] == "exp":
                    inside = Quotient(dict(name[1]), dict(name[2]))
                else:
                    inside = Quotient.unknown(("log", _key({((name, 1),): Fraction(1)}), _key(_ONE)))
                found = found + Quotient.number(Fraction(sign * exponent)) * inside
            rests.append(_product(polynomial, {tuple((name, -exponent) for name, exponent in content): Fraction(1)}))
        above, below = rests
        if above == below:
            return found
        if above == _ONE:
            return found + Quotient.number(Fraction(-1)) * Quotient(below).function("log")
        return found + Quotient(above, below).function("log")

    def exponential(self) -> Quotient:
        """e to this power: a product over its terms, e to a multiple of a logarithm a power."""
        if self.below != _ONE:
            return self.function("exp")
        found = Quotient(_ONE)
        for monomial, coefficient in self.above.items():
            whole = coefficient.denominator == 1
            exponent = coefficient.numerator if whole else 1
            rest = Quotient({monomial: Fraction(1) if whole else coefficient})
            name = monomial[0][0] if len(monomial) == 1 and monomial[0][1] == 1 else None
            if whole and isinstance(name, tuple) and name[0] == "log":
                base = Quotient(dict(name[1]), dict(name[2]))
                found = found * (base**exponent if exponent >= 0 else (base**-exponent).inverse())
            else:
                unknown: Hashable = ("exp", _key(rest.above), _key(rest.below))
                found = found * Quotient({((unknown, exponent),): Fraction(1)})
        return found


_ONE: Polynomial = {(): Fraction(1)}


def _content(polynomial: Polynomial, is_positive: Callable[[Hashable], bool]) -> Monomial:
    """The largest monomial in positive unknowns that divides all terms, with negative exponents where they have any."""
    least: dict[Hashable, int] = {}
    monomials = [dict(m) for m in polynomial]
    for name in {n for m in monomials for n in m}:
        exponent = min(m.get(name, 0) for m in monomials)
        if exponent and is_positive(name):
            least[name] = exponent
    return tuple(sorted(least.items(), key=lambda pair: hash(pair[0])))


def _key(polynomial: Polynomial) -> frozenset[tuple[Monomial, Fraction]]:
    return frozenset(polynomial.items())


def _sum(a: Polynomial, b: Polynomial) -> Polynomial:
    found = dict(a)
    for monomial, coefficient in b.items():
        total = found.get(monomial, 0) + coefficient
        if total:
            found[monomial] = total
        else:
            del found[monomial]
    return found


def _product(a: Polynomial, b: Polynomial) -> Polynomial:
    if len(a) * len(b) > 20 * MAX_TERMS:
        raise TooLarge
    found: Polynomial = {}
    for m1, c1 in a.items():
        for m2, c2 in b.items():
            exponents = dict(m1)
            for name, exponent in m2:
                exponents[name] = exponents.get(name, 0) + exponent
            monomial = tuple(sorted(((n, e) for n, e in exponents.items() if e), key=lambda pair: hash(pair[0])))
            total = found.get(monomial, 0) + c1 * c2
            if total:
                found[monomial] = total
            else:
                found.pop(monomial, None)
    return found
