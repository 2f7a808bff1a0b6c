"""Normal forms of expressions: what decides equations, whatever the sizes, by arithmetic on atoms.

Two expressions with one normal form are equal wherever both are defined; different ones decide nothing. Each function
here says what a term is as a polynomial of atoms: sums and products over ranges are in `sums`, means in `means`.
Roots, logarithms and powers that are not whole are taken apart only where `bounds` shows the factors to be positive.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache

from dropout_theory.recheck.steps import means, sums
from dropout_theory.recheck.steps.binding import CannotSubstitute, substitute
from dropout_theory.recheck.steps.bounds import is_integer, is_positive
from dropout_theory.recheck.steps.grammar import (
    ATOMS,
    ONE,
    ZERO,
    Malformed,
    Term,
    minus,
    number,
    rebuilt,
    scopes,
)
from dropout_theory.recheck.steps.polynomial import (
    UNIT,
    Monomial,
    Polynomial,
    TooLarge,
    add,
    as_term,
    atom,
    constant,
    is_idempotent,
    monomial,
    multiply,
    parsed,
    power,
    power_of_number,
    primes,
    product,
    scale,
    subtract,
    term_of,
)

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
        return product(*map(normal, args))
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
        return atom(canonical(term)) if found is None else normal(found)
    return atom(canonical(term))


def _logistic(x: Term, c: Term = ONE, slope: Term = ONE) -> Term:
    return Term("^", Term("+", ONE, Term("*", c, Term("exp", Term("*", number(-1), slope, x)))), number(-1))


_DEFINED: dict[str, Callable[..., Term]] = {
    "euler": lambda: Term("exp", ONE),
    "logistic": _logistic,
    "tanh": lambda x: Term("+", number(-1), Term("*", number(2), _logistic(Term("*", number(2), x)))),
    "Var": lambda x: Term("Cov", x, x),
    "Cov": lambda x, y: minus(Term("E", Term("*", x, y)), Term("*", Term("E", x), Term("E", y))),
}


def _equal_indices(left: Term, right: Term) -> Polynomial:
    if sums.differ(left, right) or not sums.gap(left, right):
        return constant(0 if sums.differ(left, right) else 1)
    return atom(Term("equal-indices", *sorted((as_term(normal(left)), as_term(normal(right))))))


@cache
def canonical(term: Term) -> Term:
    """A term with the expressions in it in normal form, and canonical names for the indices it binds."""
    if term.op in ATOMS or term.op == "domain":
        return term
    own = sorted({a for _, bound in scopes(term) for a in bound if a.op in ("index", "variable")})
    for letter in "~#" if own else "~":  # first out of the way of what is inside, then in its order
        names = dict(zip(own, [Term(a.op, f"{letter}{n}", *_kind(a, term))
                               for a, n in zip(own, sums.numbers(letter, len(own), term), strict=True)], strict=True))
        term = rebuilt(term, [_part(substitute(part, {a: names[a] for a in bound if a in names}))
                              for part, bound in scopes(term)], names)
        own = [names[a] for a in own]
    return term


def _kind(a: Term, binder: Term) -> tuple[str, ...]:
    """What the name of an index promises, where its range does not say it all."""
    return ("integer",) if a.op == "index" and binder.terms[1].op == "range" else tuple(map(str, a.args[1:]))


def _part(part: Term) -> Term:
    return as_term(normal(part)) if part.sort == "E" and part.op != "family" else canonical(part)


# --- powers, exponentials and logarithms --------------------------------------------------------------------------


def raised(base: Polynomial, exponent: Polynomial) -> Polynomial:
    """A power of what two normal forms stand for: of each factor and each part of the exponent for itself.

    A factor is taken alone where all factors are positive, or where the exponent is whole.
    """
    if set(exponent) <= {()}:
        return _to_number(base, exponent.get((), Fraction(0)))
    e = as_term(exponent)
    if not base:
        return {} if is_positive(e) else atom(Term("^", ZERO, e))
    apart = factors(base)
    if not all(is_positive(t) for t, _ in apart) \
            and not all(c.denominator == 1 and is_integer(term_of(m)) for m, c in exponent.items()):
        return atom(Term("^", as_term(base), e))
    result = _to_number(base, exponent.get((), Fraction(0)))
    for m, c in exponent.items():
        for t, x in apart if m else ():
            result = product(result, _factor_raised(t, m, x * c))
    return result


def _factor_raised(t: Term, m: Monomial, c: Fraction) -> Polynomial:
    """t^(m c), where the monomial m is not a number."""
    if t.op == "exp":
        return exponential(scale(product({m: Fraction(1)}, normal(t.terms[0])), c))
    if t.op == "^" and t.terms[1].number is None:
        return raised(parsed(t.terms[0]), scale(product({m: Fraction(1)}, normal(t.terms[1])), c))
    return atom(Term("^", t, term_of(m)), c)


def _to_number(base: Polynomial, e: Fraction) -> Polynomial:
    whole = e.denominator == 1
    if whole and e >= 0:
        return power(base, int(e))
    if not base:
        return {} if e > 0 else NOWHERE
    coefficient, common, rest = _split(base, whole)
    found = [atom(t, x * e) for t, x in common]
    if rest != UNIT:
        (m, c), *more = rest.items()
        alone = not more and c == 1 and len(m) == 1 and m[0][1] == 1
        found.append(atom(m[0][0] if alone else as_term(rest), e))
    if whole:
        return product(constant(power_of_number(coefficient, int(e))), *found)
    return product(*[atom(q, x * e) for q, x in primes(coefficient)], *found)


def _split(p: Polynomial, whole: bool) -> tuple[Fraction, Monomial, Polynomial]:
    """A normal form that is not 0 as a number times factors that a power may be taken of alone, times the rest.

    A whole power may be taken of any factor; another one of what is positive, the number included.
    """
    common: dict[Term, Fraction] = {}
    for t in {t for m in p for t, _ in m}:
        if (whole or is_positive(t)) and (len(p) == 1 or not is_idempotent(t)):
            common[t] = min(dict(m).get(t, Fraction(0)) for m in p)
    outside: Polynomial = {monomial(common): Fraction(1)}
    rest = product(p, {monomial({t: -e for t, e in common.items()}): Fraction(1)})
    if len(rest) == 1 < len(p):  # a bracket was taken apart
        return _split(product(outside, rest), whole)
    lead = rest[min(rest)]
    factor = lead if whole else abs(lead)
    return factor, monomial(common), scale(rest, 1 / factor)


def factors(p: Polynomial) -> list[tuple[Term, Fraction]]:
    """The factors of a normal form, each with a rational exponent."""
    if not p:
        return [(ZERO, Fraction(1))]
    coefficient, common, rest = _split(p, True)
    return [*primes(abs(coefficient)), *([(number(-1), Fraction(1))] if coefficient < 0 else []),
            *common, *([] if rest == UNIT else [(as_term(rest), Fraction(1))])]


def exponential(exponent: Polynomial) -> Polynomial:
    """exp of a sum: each term for itself, its coefficient the exponent; of a logarithm, a power."""
    result = UNIT
    for m, c in exponent.items():
        logs = [t for t, e in m if t.op == "log" and e == 1]
        if len(logs) == 1:
            rest = tuple((t, e) for t, e in m if t not in logs)
            found = _to_number(raised(parsed(logs[0].terms[0]), {rest: Fraction(1)}), c)
        else:
            found = atom(Term("exp", term_of(m)), c)
        result = product(result, found)
    return result


def logarithm(argument: Polynomial) -> Polynomial:
    """log of a product: of each positive factor for itself."""
    if not argument:
        return NOWHERE
    coefficient, common, rest = _split(argument, False)
    found = [scale(atom(Term("log", q)), x) for q, x in primes(coefficient)]
    found += [scale(_log_of_factor(t), x) for t, x in common]
    return add(*found, *([] if rest == UNIT else [atom(Term("log", as_term(rest)))]))


def _log_of_factor(t: Term) -> Polynomial:
    if t.op == "exp":
        return normal(t.terms[0])
    if t.op == "^" and t.terms[1].number is None and is_positive(t.terms[0]):
        return product(normal(t.terms[1]), logarithm(normal(t.terms[0])))
    return atom(Term("log", t))


# --- decisions ------------------------------------------------------------------------------------------------------


def vanishes(p: Polynomial) -> bool:
    """Whether a normal form is 0 once its brackets in denominators are multiplied up."""
    for _ in range(20):
        below = {t for m in p for t, e in m if e < 0 and t.op == "+"}
        if not p or not below:
            break
        t = min(below)
        p = product(p, {((t, -min(e for m in p for u, e in m if u is t)),): Fraction(1)})
    return not p


def same(left: Term, right: Term) -> bool:
    """Whether two expressions are equal wherever both are defined, by normal form. False decides nothing."""
    if left is right:
        return True
    try:
        return vanishes(subtract(normal(left), normal(right)))
    except (TooLarge, Malformed, RecursionError):
        return False
