"""Normal forms of expressions: what decides equations, whatever the sizes, by arithmetic on atoms.

Two expressions with one normal form are equal wherever both are defined; different ones decide nothing. Each function
here says what a term is as a polynomial of atoms: sums and products over ranges are in `sums`, means in `means`.
Roots, logarithms and powers that are not whole are taken apart only where `signs` shows the factors to be positive.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache

from dropout_theory.recheck.steps import means, sums
from dropout_theory.recheck.steps.binding import CannotSubstitute, free, hidden, rebuilt, substitute
from dropout_theory.recheck.steps.grammar import ATOMS, ONE, ZERO, Malformed, Term, number, scopes
from dropout_theory.recheck.steps.polynomial import (
    UNIT,
    Monomial,
    Polynomial,
    TooLarge,
    add,
    as_term,
    atom,
    constant,
    content,
    multiply,
    parsed,
    power,
    power_of_number,
    primes,
    product,
    scale,
    subtract,
)
from dropout_theory.recheck.steps.signs import is_integer, is_nonnegative, is_positive

MINUS = number(-1)
NOWHERE = atom(Term("log", ZERO))  # what has no value


@cache
def normal(term: Term) -> Polynomial:
    """The normal form of an expression. Raises TooLarge."""
    try:
        return _normal(term)
    except CannotSubstitute:  # a law speaks of what the term binds
        return atom(term)


def _normal(term: Term) -> Polynomial:
    op, args = term.op, term.terms
    if term.number is not None:
        return constant(term.number)
    if op == "+":
        return add(*map(normal, args))
    if op == "*":
        return multiply(*map(normal, args))
    if op == "^":
        return raised(normal(args[0]), normal(args[1]))
    if op in _DEFINED:
        return normal(_DEFINED[op](*args))
    if op == "exp":
        return exponential(normal(args[0]))
    if op == "log":
        return logarithm(normal(args[0]))
    if op == "sum":
        return sums.summed_over(args[0], args[1:])
    if op == "product":
        return sums.product_over(args[0], args[1:])
    if op == "E":
        return means.mean(args[0])
    if op == "equal-indices":
        return _equal_indices(*args)
    if op in ("G", "NWGM", "G'"):
        found = means.geometric(op, args[0])
        return atom(_inside(term)) if found is None else normal(found)
    return atom(_inside(term)) if args else atom(term)


def _logistic(x: Term, c: Term = ONE, slope: Term = ONE) -> Term:
    return Term("^", Term("+", ONE, Term("*", c, Term("exp", Term("*", MINUS, slope, x)))), MINUS)


_DEFINED: dict[str, Callable[..., Term]] = {
    "euler": lambda: Term("exp", ONE),
    "logistic": _logistic,
    "tanh": lambda x: Term("+", MINUS, Term("*", number(2), _logistic(Term("*", number(2), x)))),
    "Var": lambda x: Term("Cov", x, x),
    "Cov": lambda x, y: Term("+", Term("E", Term("*", x, y)), Term("*", MINUS, Term("E", x), Term("E", y))),
}


def _equal_indices(left: Term, right: Term) -> Polynomial:
    if left is right or sums.differ(left, right) or not sums.minus(left, right):
        return constant(0 if sums.differ(left, right) else 1)
    return atom(Term("equal-indices", *sorted((as_term(normal(left)), as_term(normal(right))), key=lambda t: t.digest)))


@cache
def _inside(term: Term) -> Term:
    """A term with the expressions in it in normal form, and canonical names for the indices it binds."""
    if term.op in ATOMS or term.op == "domain":
        return term
    parts = scopes(term)
    own = sorted({a for _, bound in parts for a in bound if a.op in ("index", "variable")}, key=lambda t: t.digest)
    if not own:
        return rebuilt(term, [_canonical(part) for part, _ in parts], {})
    for letter in ("~", "#"):  # first out of the way of what is inside, then in its order
        names = dict(zip(own, [Term(a.op, f"{letter}{n}", *(("integer",) if a.op == "index" and term.op in _INTEGERS
                                                            else a.args[1:]))
                               for a, n in zip(own, sums.numbers(letter, len(own), term), strict=True)], strict=True))
        term = rebuilt(term, [_canonical(substitute(part, {a: names[a] for a in bound if a in names}))
                              for part, bound in scopes(term)], names)
        own = [names[a] for a in own]
    return term


_INTEGERS = ("product", "largest", "smallest", "each")


def opaque_product(body: Term, limit: Term) -> Term:
    """The atom for a product over a range."""
    return _inside(Term("product", body, limit))


def _canonical(part: Term) -> Term:
    return as_term(normal(part)) if part.sort == "E" and part.op != "family" else _inside(part)


# --- powers, exponentials and logarithms --------------------------------------------------------------------------


def raised(base: Polynomial, exponent: Polynomial) -> Polynomial:
    """A power of what two normal forms stand for."""
    if set(exponent) <= {()}:
        return _to_number(base, exponent.get((), Fraction(0)))
    e = as_term(exponent)
    if not base:
        return {} if is_positive(e) else atom(Term("^", ZERO, e))
    if all(c.denominator == 1 and is_integer(product(m)) for m, c in exponent.items()):
        return _to_whole(base, exponent)
    if is_positive(as_term(base)) or all(is_positive(t) for t, _ in factors(base)):
        return exponential(multiply(exponent, logarithm(base)))
    return atom(Term("^", as_term(base), e))


def _to_number(base: Polynomial, e: Fraction) -> Polynomial:
    if e.denominator == 1 and e >= 0:
        return power(base, int(e))
    if not base:
        return {} if e > 0 else NOWHERE
    whole = e.denominator == 1
    coefficient, common, rest = _split(base, whole)
    if not whole and coefficient < 0:
        coefficient, rest = -coefficient, scale(rest, -1)
    factors = [atom(t, x * e) for t, x in common]
    if rest != UNIT:
        (m, c), *more = rest.items()
        alone = not more and c == 1 and len(m) == 1 and m[0][1] == 1
        factors.append(atom(m[0][0] if alone else as_term(rest), e))
    if whole:
        return multiply(constant(power_of_number(coefficient, int(e))), *factors)
    return multiply(*[atom(number(q), x * e) for q, x in primes(coefficient)], *factors)


def _split(p: Polynomial, whole: bool) -> tuple[Fraction, Monomial, Polynomial]:
    """A normal form that is not 0 as a number times factors that a power may be taken of alone, times the rest.

    A whole power may be taken of any factor, another one of what is not negative, and of one factor of any sign.
    """
    if len(p) > 1:
        coefficient, common, rest = content(p, whole, {t: whole or is_positive(t) for m in p for t, _ in m})
        if len(rest) > 1:
            return coefficient, common, rest
        p = multiply(constant(coefficient), {common: Fraction(1)}, rest)
    (m, coefficient), = p.items()
    apart = m if whole else tuple((t, e) for t, e in m if is_positive(t))
    return coefficient, apart, {tuple(f for f in m if f not in apart): Fraction(1)}


def factors(p: Polynomial) -> Monomial:
    """The factors of a normal form, each with a rational exponent."""
    if not p:
        return ((ZERO, Fraction(1)),)
    coefficient, common, rest = _split(p, True)
    return (*(() if coefficient == 1 else ((number(coefficient), Fraction(1)),)), *common,
            *(() if rest == UNIT else ((as_term(rest), Fraction(1)),)))


def _to_whole(base: Polynomial, exponent: Polynomial) -> Polynomial:
    """A power whose exponent is a sum of whole numbers: of each factor and each part of the exponent for itself."""
    result = _to_number(base, exponent.get((), Fraction(0)))
    coefficient, common, rest = _split(base, True)
    factors = [*common, *[(number(q), Fraction(x)) for q, x in primes(abs(coefficient))]]
    if rest != UNIT:
        factors.append((as_term(rest), Fraction(1)))
    if coefficient < 0:
        factors.append((MINUS, Fraction(1)))
    for m, c in exponent.items():
        for t, x in factors if m else ():
            if x.denominator != 1 and not is_nonnegative(t):  # a root that is no longer there for negative numbers
                t, x = Term("^", t, number(x)), Fraction(1)
            result = multiply(result, _atom_to_whole(t, m, x * c))
    return result


def _atom_to_whole(t: Term, m: Monomial, c: Fraction) -> Polynomial:
    """t^(m c), where the monomial m is whole."""
    if t.op == "exp":
        return exponential(scale(multiply({m: Fraction(1)}, normal(t.terms[0])), c))
    if t.op == "^" and t.terms[1].number is None and is_integer(t.terms[1]):
        return raised(parsed(t.terms[0]), scale(multiply({m: Fraction(1)}, normal(t.terms[1])), c))
    return atom(Term("^", t, product(m)), c)


def exponential(exponent: Polynomial) -> Polynomial:
    """exp of a sum: each term for itself, its coefficient the exponent; of a logarithm, a power."""
    result = UNIT
    for m, c in exponent.items():
        logs = [t for t, e in m if t.op == "log" and e == 1]
        rest = tuple((t, e) for t, e in m if t not in logs)
        if len(logs) == 1 and is_integer(product(rest)):
            result = multiply(result, _to_number(raised(parsed(logs[0].terms[0]), {rest: Fraction(1)}), c))
        else:
            result = multiply(result, atom(Term("exp", product(m)), c))
    return result


def logarithm(argument: Polynomial) -> Polynomial:
    """log of a product: of each positive factor for itself."""
    if not argument:
        return NOWHERE
    coefficient, common, rest = _split(argument, False)
    if coefficient < 0:
        coefficient, rest = -coefficient, scale(rest, -1)
    found = [scale(atom(Term("log", number(q))), x) for q, x in primes(coefficient)]
    found += [scale(_log_of_atom(t), x) for t, x in common]
    return add(*found, *([] if rest == UNIT else [atom(Term("log", as_term(rest)))]))


def _log_of_atom(t: Term) -> Polynomial:
    if t.op == "exp":
        return normal(t.terms[0])
    if t.op == "^" and t.terms[1].number is None and is_positive(t.terms[0]):
        return multiply(normal(t.terms[1]), logarithm(normal(t.terms[0])))
    return atom(Term("log", t))


# --- decisions ------------------------------------------------------------------------------------------------------


def vanishes(p: Polynomial) -> bool:
    """Whether a normal form is 0 once its brackets in denominators are multiplied up."""
    p = _equal_indices_put(p)
    for _ in range(20):
        below = {t for m in p for t, e in m if e < 0 and t.op == "+"}
        if not p or not below:
            break
        t = min(below, key=lambda t: t.digest)
        least = min(e for m in p for u, e in m if u is t)
        p = multiply(p, {((t, -least),): Fraction(1)})
    return not p


def _equal_indices_put(p: Polynomial) -> Polynomial:
    """Where a term has the factor [i = j], the other factors tell nothing of j that they do not tell of i."""
    result: Polynomial = {}
    for m, c in p.items():
        found: Polynomial = {m: c}
        for t, e in m:
            for j, i in (t.terms, t.terms[::-1]) if t.op == "equal-indices" and e > 0 else ():
                if j.op == "index" and (i.op != "index" or i.digest < j.digest) and j not in free(i):
                    rest = as_term({tuple(f for f in m if f[0] is not t): c})
                    if j in free(rest) and j not in hidden(rest):
                        found = multiply(atom(t), normal(substitute(rest, {j: i})))
        result = add(result, found)
    return result


def same(left: Term, right: Term) -> bool:
    """Whether two expressions are equal wherever both are defined, by normal form. False decides nothing."""
    if left is right:
        return True
    try:
        return vanishes(subtract(normal(left), normal(right)))
    except (TooLarge, Malformed, RecursionError):
        return False


__all__ = ["Monomial", "Polynomial", "TooLarge", "add", "as_term", "atom", "constant", "multiply", "normal", "power",
           "same", "scale", "subtract", "vanishes"]
