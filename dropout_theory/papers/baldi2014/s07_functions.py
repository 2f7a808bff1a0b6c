"""Section 7.1: the functions whose normalised weighted geometric mean is their value at the mean argument.

Functions with values strictly between 0 and 1 are written f = 1/(1 + r), r > 0 being the odds (1 - f)/f.
"""

from __future__ import annotations

from typing import Any

from sympy import Function, Integer, Lambda, Product, Rational, S, Symbol, exp, log, tanh

from dropout_theory.claims import Erratum, Hypothesis, Section
from dropout_theory.language import (
    NWGM,
    OPEN_UNIT,
    POSITIVE,
    PROBABILITY,
    UNIT,
    E,
    ForAll,
    G,
    Gc,
    Scalar,
    both,
    different,
    distribution,
    either,
    equal,
    implies,
    index,
    interval,
    less,
    less_equal,
    logistic,
    notion,
    size,
    subnetwork,
    weights,
)

claim = Section("baldi2014", "7.1")

m, k = size("m"), index("k")
P = distribution("P", m)
N = subnetwork("N", P)
points = weights("x", m)
c, lam, K = Scalar("c", POSITIVE), Scalar("lambda"), Scalar("K", UNIT)
a, b, u, v, x, y = (Scalar(name) for name in "abuvxy")
_z = Symbol("z", real=True)


def sigma(argument: Any) -> Any:
    return logistic(argument, c, lam)


# --- the class, eq. (59), through its two-point instances, eq. (60) ------------------------------------------------

f = Function("f", real=True)  # any function
r = Function("r", positive=True)  # odds of a function with values strictly between 0 and 1
left, right, share = Scalar("u'"), Scalar("v'"), Scalar("p'", PROBABILITY)


def inside(argument: Any) -> Any:
    """A function with values strictly between 0 and 1, through its odds."""
    return 1 / (1 + r(argument))


def means(function: Any) -> tuple[Any, Any]:
    """G and G' of the function at two points."""
    of = "f" if function is f else "1/(1 + r)"
    below = function(left) ** share * function(right) ** (1 - share)
    above = (1 - function(left)) ** share * (1 - function(right)) ** (1 - share)
    return (notion(f"G({of})", below, f"geometric mean of {of} at u' and v', of probabilities p' and 1 - p'",
                   rf"G\left({of}\right)"),
            notion(f"G'({of})", above, f"geometric mean of 1 less {of} at these points", rf"G'\left({of}\right)"))


def in_class(function: Any) -> Any:
    """Eq. (60): the two-point instances of eq. (59)."""
    below, above = means(function)
    return ForAll(equal(below / (below + above), function(share * left + (1 - share) * right)),
                  (left,), (right,), (share,))


class_of_f = Hypothesis("two-point equation", in_class(f), "eq. (60) for all points and probabilities")
defined = Hypothesis("defined", ForAll(less(0, sum(means(f))), (left,), (right,), (share,)),
                     "the left side of eq. (60) is never 0/0")
in_range = Hypothesis("range", ForAll(both(less_equal(0, f(left)), less_equal(f(left), 1)), (left,)))
member = [in_range, defined, class_of_f]
members = {f: tuple(Lambda(_z, Rational(q)) for q in ("0", "1", "1/2"))}
class_of_inside = Hypothesis("two-point equation", in_class(inside), "eq. (60) for all points and probabilities")
odds = {r: (Lambda(_z, 2 * exp(-_z)), Lambda(_z, exp(_z / 2) / 3), Lambda(_z, Integer(3)), Lambda(_z, 1 + _z**2))}

constant_mean = Product(K ** P[k], (k, 1, m))
constant_complement = Product((1 - K) ** P[k], (k, 1, m))
only_logistic = equal(inside(x), logistic(x, r(0), log(r(0)) - log(r(1))))

FOR_ALL = "any points and any distribution; an undefined left side does not satisfy the equation"
LOGISTIC = claim("eq59.1", title="Logistic functions belong to the class",
                 statement=equal(NWGM(sigma(points[N])), sigma(E(points[N]))), reading=FOR_ALL)
CONSTANT = claim("eq59.2", title="Constants between zero and one belong to the class",
                 statement=equal(constant_mean / (constant_mean + constant_complement), K), reading=FOR_ALL)

claim("eq59.3", title="A function of the class that vanishes somewhere is the constant zero",
      statement=equal(f(b), 0), hypotheses=[Hypothesis("a zero", equal(f(a), 0)), *member], candidates=members,
      admissible={a: 0, b: 1, f: Lambda(_z, S.Zero)})

claim("eq59.4", title="A function of the class that is one somewhere is the constant one",
      statement=equal(f(b), 1), hypotheses=[Hypothesis("a one", equal(f(a), 1)), *member], candidates=members,
      admissible={a: 0, b: 1, f: Lambda(_z, S.One)})

claim("eq59.5", title="A function of the class with values strictly between zero and one is logistic",
      statement=only_logistic, hypotheses=[class_of_inside], candidates=odds)

if_zero, if_one = (implies(both(*[h.condition for h in member], equal(f(a), value)), equal(f(b), value))
                   for value in (0, 1))

claim("eq59",
      title="The class consists of the constants and the logistic functions",
      statement=both(LOGISTIC.statement, CONSTANT.statement, if_zero, if_one,
                     implies(class_of_inside.condition, only_logistic)),
      kind="theorem", candidates={**members, **odds}, reading=FOR_ALL)

claim("sec7-constants-as-logistic",
      title="A positive constant is a logistic function of slope zero",
      statement=equal(logistic(x, (1 - Scalar("K", interval(0, 1, open_below=True)))
                               / Scalar("K", interval(0, 1, open_below=True)), 0),
                      Scalar("K", interval(0, 1, open_below=True))),
      kind="sentence", source="section 7.1, after eq. (59)")


claim("sec7-positive-values",
      title="Values and complements of functions of the class are positive",
      statement=both(less(0, K), less(0, 1 - K)),
      kind="sentence", source="section 7.1, start of the proof",
      reading="Tested on the constants K with 0 <= K <= 1, which the class is said to contain.",
      erratum=Erratum("contradiction", "typo", "The constants 0 and 1 belong to the class; non-negative is meant."))

claim("sec7-positive-values.amended",
      title="Values and complements of the constants of the class are non-negative",
      statement=both(less_equal(0, K), less_equal(0, 1 - K)))

# --- two points, eq. (60) -------------------------------------------------------------------------------------------

Q = distribution("P", 2)
M = subnetwork("N", Q)
pair = weights("x", 2)
p = Q[1]
pair_mean = f(pair[1]) ** p * f(pair[2]) ** (1 - p)
pair_complement = (1 - f(pair[1])) ** p * (1 - f(pair[2])) ** (1 - p)
two_points = equal(pair_mean / (pair_mean + pair_complement), f(p * pair[1] + (1 - p) * pair[2]))

eq60 = implies(equal(NWGM(f(pair[M])), f(E(pair[M]))), two_points)

EQ60 = claim("eq60",
      title="The defining equation for two points",
      statement=eq60,
      hypotheses=[in_range, Hypothesis("defined at the two points", less(0, G(f(pair[M])) + Gc(f(pair[M]))),
                                       "the left side of eq. (60) is not 0/0")],
      candidates={f: (Lambda(_z, Rational(1, 3)), Lambda(_z, 1 / (1 + 2 * exp(-_z))), Lambda(_z, 1 / (1 + _z**2)))})

between = [Hypothesis("u < v", less(u, v)), Hypothesis("u <= x", less_equal(u, x)),
           Hypothesis("x <= v", less_equal(x, v))]

claim("sec7-equal-values",
      title="A function of the class with equal values at two points is constant between them",
      statement=equal(f(x), f(u)), kind="sentence", source="section 7.1, after eq. (60)",
      hypotheses=[*between, Hypothesis("equal values", equal(f(u), f(v))), *member], candidates=members,
      admissible={u: 0, v: 2, x: 1, f: Lambda(_z, Rational(1, 2))})

# --- the function between two points, eqs. (61)-(64) ----------------------------------------------------------------

from_ends = 1 / (1 + r(u) ** ((v - x) / (v - u)) * r(v) ** ((x - u) / (v - u)))
c_of_ends = r(u) ** (v / (v - u)) * r(v) ** (-u / (v - u))
slope_of_ends = (log(r(u)) - log(r(v))) / (v - u)
ends = {u: 0, v: 2, x: 1, r: odds[r][0]}

claim("eq61", title="A function of the class between two points, from its odds there",
      statement=equal(inside(x), from_ends), hypotheses=[*between, class_of_inside], candidates=odds, admissible=ends)

eq62 = equal(inside(x), logistic(x, c_of_ends, slope_of_ends))

claim("eq62", title="Between two points a function of the class is logistic", statement=eq62,
      hypotheses=[*between, class_of_inside], candidates=odds, admissible=ends)

DIFFERENT_ENDS = Hypothesis("u and v differ", different(u, v))

EVERYWHERE = claim("eq62.amended-everywhere",
      title="A function of the class is the same logistic one on the whole line, in whatever order its two points are",
      statement=eq62, hypotheses=[DIFFERENT_ENDS, class_of_inside], candidates=odds, admissible=ends,
      reading="Sharper than printed: x need not lie between u and v, nor u below v.")


def odds_of(argument: Any) -> Any:
    return (1 - sigma(argument)) / sigma(argument)


claim("eq63", title="The factor of a logistic function from its odds at two points",
      statement=equal(odds_of(u) ** (v / (v - u)) * odds_of(v) ** (-u / (v - u)), c), hypotheses=[between[0]])

claim("eq64", title="The slope of a logistic function from its odds at two points",
      statement=equal(log(odds_of(u) * (sigma(v) / (1 - sigma(v)))) / (v - u), lam), hypotheses=[between[0]])

at_zero = equal(sigma(0), 1 / (1 + c))
half_point = both(different(lam, 0), implies(equal(lam * x, log(c)), equal(sigma(x), Rational(1, 2))))
sloped = Hypothesis("not constant", different(lam, 0), "the function is not constant")

claim("eq65.1", title="Value of a logistic function at zero", statement=at_zero)

claim("eq65.2", title="A logistic function is one half at the logarithm of its factor over its slope",
      statement=half_point,
      reading="The quotient presupposes a non-zero slope, although the class contains the constants, of slope zero.",
      erratum=Erratum("missing-hypothesis", "minor", "Constants of the class have slope zero; then the point does not "
                      "exist, and a constant other than 1/2 is never 1/2."))

claim("eq65.2.amended", title="A logistic function that is not constant is one half where the formula says",
      statement=half_point, hypotheses=[sloped], admissible={x: 0, c: 1, lam: 2})

claim("eq65", title="Value at zero and half-point of a logistic function", statement=both(at_zero, half_point))

claim("eq65.amended", title="Value at zero and half-point of a logistic function that is not constant",
      statement=both(at_zero, half_point), hypotheses=[sloped], admissible={x: 0, c: 1, lam: 2})

c1, c2, lam1, lam2 = Scalar("c_1", POSITIVE), Scalar("c_2", POSITIVE), Scalar("lambda_1"), Scalar("lambda_2")
same_parameters = implies(both(equal(logistic(0, c1, lam1), logistic(0, c2, lam2)),
                               equal(log(c1) / lam1, log(c2) / lam2)), equal(lam1, lam2))
sloped_both = [Hypothesis("first not constant", different(lam1, 0)),
               Hypothesis("second not constant", different(lam2, 0))]

claim("sec7-parameterization",
      title="Value at zero and half-point determine a logistic function",
      statement=same_parameters, hypotheses=sloped_both,
      kind="sentence", source="section 7.1, the sentence of eq. (65)",
      erratum=Erratum("overclaim", "minor", "With c = 1 both are the same for every slope: value 1/2, at zero."))

claim("sec7-parameterization.amended",
      title="Value at zero and half-point determine a logistic function when the value at zero is not one half",
      statement=same_parameters, hypotheses=[*sloped_both, Hypothesis("c is not one", different(c1, 1))],
      admissible={c1: 2, c2: 2, lam1: 3, lam2: 3})

eq66 = equal(r(0), r(-v) ** Rational(1, 2) * r(v) ** Rational(1, 2))

claim("eq66", title="Odds at zero are the geometric mean of the odds at opposite points", statement=eq66,
      hypotheses=[class_of_inside], candidates=odds)

# --- shape of the functions of the class ----------------------------------------------------------------------------

ordered = Hypothesis("x < y", less(x, y))
constant = Hypothesis("constant", ForAll(equal(f(left), f(right)), (left,), (right,)))

claim("sec7-monotone",
      title="Logistic functions are monotone, with the sign of the slope",
      statement=less_equal(0, lam * (sigma(y) - sigma(x))), hypotheses=[ordered],
      kind="sentence", source="section 7.1, list after eq. (66), item 3")

claim("sec7-strict-if-constant",
      title="A function of the class is strictly monotone if it is constant",
      statement=different(f(x), f(y)), hypotheses=[ordered, constant], candidates=members,
      kind="sentence", source="section 7.1, list after eq. (66), item 3",
      erratum=Erratum("other", "typo", "A negation is lost: strictly monotone if it is not constant."))

claim("sec7-strict-if-constant.amended",
      title="Logistic functions are strictly monotone if they are not constant",
      statement=less(0, lam * (sigma(y) - sigma(x))), hypotheses=[sloped, ordered])

to_one = implies(less(0, lam), less_equal(1 - sigma(x), c * exp(-lam * x)))
to_zero = implies(less(lam, 0), less_equal(sigma(x) * c * exp(-lam * x), 1))
level = implies(equal(lam, 0), equal(sigma(x), 1 / (1 + c)))

claim("sec7-limits-exist",
      title="Logistic functions approach one or zero exponentially fast, or are constant",
      statement=both(to_one, to_zero, level),
      kind="sentence", source="section 7.1, list after eq. (66), item 4")

L = Scalar("L")
limit = Hypothesis("limit at infinity", both(implies(less(0, lam), equal(L, 1)), implies(less(lam, 0), equal(L, 0)),
                                             implies(equal(lam, 0), equal(L, 1 / (1 + c)))),
                   "L is the limit at plus infinity of the logistic function with factor c and slope lambda")

zero_or_one = either(equal(L, 0), equal(L, 1))

claim("sec7-limits-zero-or-one",
      title="Limits at infinity of functions of the class are zero or one",
      statement=zero_or_one, hypotheses=[limit], admissible={L: 1, lam: 1, c: 1},
      kind="sentence", source="section 7.1, before eq. (67)",
      erratum=Erratum("missing-hypothesis", "minor", "A constant of the class tends to itself."))

claim("sec7-limits-zero-or-one.amended",
      title="Limits at infinity of logistic functions that are not constant are zero or one",
      statement=zero_or_one, hypotheses=[limit, sloped], admissible={L: 1, lam: 1, c: 1})

alpha = Scalar("alpha", OPEN_UNIT)

eq67 = equal(inside(alpha * v), 1 / (1 + r(0) ** (1 - alpha) * r(v) ** alpha))

claim("eq67", title="The function at a fraction of a point, from its odds there and at zero", statement=eq67,
      hypotheses=[class_of_inside], candidates=odds)

r0, ell = Scalar("r_0", POSITIVE), Scalar("ell", POSITIVE)
fixed = equal(r0 ** (1 - alpha) * ell**alpha, ell)

claim("eq67-step-limit",
      title="Odds between zero and infinity cannot be a limit independent of the fraction",
      statement=different(r0 ** (1 - alpha) * ell**alpha, ell),
      kind="step", source="section 7.1, after eq. (67)",
      erratum=Erratum("invalid-step", "minor", "The limit may also be the value at zero, as for constants."))

claim("eq67-step-limit.amended",
      title="A limit of the odds independent of the fraction, neither zero nor infinite, is the value at zero",
      statement=implies(fixed, equal(ell, r0)))

u1, u2, u3 = (Scalar(f"u_{n}") for n in (1, 2, 3))
ascending = [Hypothesis("u1 < u2", less(u1, u2)), Hypothesis("u2 < u3", less(u2, u3))]


def slope_between(low: Any, high: Any) -> Any:
    return (log(r(low)) - log(r(high))) / (high - low)


def factor_between(low: Any, high: Any) -> Any:
    return r(low) ** (high / (high - low)) * r(high) ** (-low / (high - low))


UNIQUE = "section 7.1, last paragraph of the proof"

claim("sec7-same-logistic",
      title="The logistic functions of adjacent intervals have the same slope and factor",
      statement=both(equal(slope_between(u1, u2), slope_between(u2, u3)),
                     equal(factor_between(u1, u2), factor_between(u2, u3))),
      hypotheses=[*ascending, class_of_inside], candidates=odds, admissible={u1: 0, u2: 1, u3: 3, r: odds[r][0]},
      kind="sentence", source=UNIQUE)

claim("sec7-continuation",
      title="Two values determine a function of the class on the whole line",
      statement=equal(inside(x), from_ends), hypotheses=[between[0], class_of_inside], candidates=odds,
      kind="sentence", source=UNIQUE)

# --- the hyperbolic tangent -----------------------------------------------------------------------------------------

claim("sec7-tanh-is-logistic",
      title="The hyperbolic tangent, moved to the unit interval, is a logistic function of slope two",
      statement=equal((1 + tanh(x)) / 2, logistic(x, 1, 2)), kind="sentence", source="section 7.1, last paragraph")

claim("sec7-tanh-mean",
      title="The normalised weighted geometric mean of the moved hyperbolic tangent is its value at the mean",
      statement=equal(NWGM((1 + tanh(points[N])) / 2), (1 + tanh(E(points[N]))) / 2),
      kind="sentence", source="section 7.1, last paragraph")
