"""Certificates of real arithmetic: those that hold are accepted, thousands that were spoiled are not."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from dropout_theory.arithmetic.certificates import find
from dropout_theory.language import Relu, Sigma
from dropout_theory.recheck.steps.arithmetic import Either, Literal, Problem, check, digest, problem, read
from dropout_theory.recheck.steps.bounds import bounds
from dropout_theory.recheck.steps.definedness import obligations
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.recheck.steps.grammar import ONE, ZERO, Malformed, NotShown, Term, need, number
from dropout_theory.recheck.steps.judging import Certified, by_shape
from dropout_theory.recheck.steps.polynomial import Polynomial
from dropout_theory.recheck.steps.rules import validate
from dropout_theory.recheck.translation import expression
from dropout_theory.recheck.writing import written_certificates as written

REAL = Term("domain", "R", "real", "-oo", "oo", "(", ")")
UNIT = Term("domain", "unit", "real", "0", "1", "[", "]")
POSITIVE = Term("domain", "positive", "real", "0", "oo", "(", ")")
x, y, z = (Term("scalar", name, REAL) for name in "xyz")
p, q = (Term("scalar", name, UNIT) for name in "pq")
s = Term("scalar", "s", POSITIVE)
n = Term("index", "n", "positive integer")
k = Term("index", "k", "integer")


def plus(*parts: Term) -> Term:
    return Term("+", *parts)


def times(*parts: Term) -> Term:
    return Term("*", *parts)


def minus(a: Term, b: Term) -> Term:
    return plus(a, times(number(-1), b))


def power(a: Term, e: int | Fraction) -> Term:
    return Term("^", a, number(e))


def le(a: Term, b: Term) -> Term:
    return Term("<=", a, b)


def lt(a: Term, b: Term) -> Term:
    return Term("<", a, b)


def eq(a: Term, b: Term) -> Term:
    return Term("=", a, b)


def ne(a: Term, b: Term) -> Term:
    return Term("!=", a, b)


def sqrt(a: Term) -> Term:
    return power(a, Fraction(1, 2))


def questions(premises: list[Term], conclusion: Term) -> list[tuple[list[Term], Term]]:
    """What is to be shown of a conclusion: that it follows, and what its shape does not tell of where it is defined."""
    asked = [(o.premises(premises), o.condition or Term("false")) for o in obligations(premises, conclusion)]
    return [(premises, conclusion), *[(known, wanted) for known, wanted in asked if not by_shape(wanted)]]


def proved(premises: list[Term], conclusion: Term, certificates: dict[str, Any]) -> None:
    """Raise NotShown unless certificates show that premises imply a conclusion, and that it is defined."""
    for known, wanted in questions(premises, conclusion):
        need(digest(known, wanted) in certificates, f"no certificate for {wanted}")
        check(problem(known, wanted), certificates[digest(known, wanted)])


TRUE: list[tuple[list[Term], Term]] = [
    ([le(x, y), le(y, z)], le(x, z)),
    ([lt(x, y), ne(z, ZERO)], lt(times(x, power(z, 2)), times(y, power(z, 2)))),
    ([], le(times(number(2), x, y), plus(power(x, 2), power(y, 2)))),
    ([], le(times(p, q), p)),
    ([], le(times(p, minus(ONE, p)), number(Fraction(1, 4)))),
    ([eq(plus(x, y), ONE), eq(minus(x, y), number(3))], eq(x, number(2))),
    ([], le(Term("max", x, y), plus(Term("abs", x), Term("abs", y)))),
    ([], le(minus(Term("relu", plus(x, y)), Term("relu", x)), Term("abs", y))),
    ([lt(x, ZERO)], eq(Term("relu", x), ZERO)),
    ([Term("or", eq(x, ZERO), eq(x, ONE))], eq(power(x, 2), x)),
    ([Term("implies", lt(x, y), le(y, z)), lt(x, y)], lt(x, z)),
    ([], Term("or", le(x, y), le(y, x))),
    ([Term("iff", le(x, ZERO), le(y, ZERO)), lt(ZERO, y)], lt(ZERO, x)),
    ([ne(x, ZERO)], eq(times(x, power(x, -1)), ONE)),
    ([], le(power(plus(ONE, s), -1), ONE)),
    ([lt(x, y)], lt(ZERO, power(minus(y, x), -1))),
    ([le(ZERO, x)], eq(power(sqrt(x), 2), x)),
    ([], lt(ZERO, Term("exp", minus(x, y)))),
    ([], lt(number(3), Term("pi"))),
    ([le(x, times(y, power(n, -1)))], le(times(n, x), y)),
    ([le(times(x, x), s)], le(x, sqrt(s))),
]
# what does not hold, some of it near to what does
FALSE: list[tuple[list[Term], Term]] = [
    ([le(x, y)], lt(x, y)),
    ([le(x, y)], le(times(x, z), times(y, z))),
    ([], lt(times(number(2), x, y), plus(power(x, 2), power(y, 2)))),
    ([], lt(times(p, q), p)),
    ([], le(times(p, minus(ONE, p)), number(Fraction(24, 100)))),
    ([eq(power(x, 2), ONE)], eq(x, ONE)),
    ([], le(plus(Term("abs", x), Term("abs", y)), Term("max", x, y))),
    ([Term("or", eq(x, ZERO), eq(x, number(2)))], eq(power(x, 2), x)),
    ([Term("implies", lt(x, y), le(y, z))], lt(x, z)),
    ([Term("implies", ne(x, ZERO), lt(ZERO, power(x, -1)))], lt(ZERO, x)),
    ([Term("or", eq(x, ZERO), lt(ZERO, y))], lt(ZERO, y)),
    ([], lt(Term("pi"), number(Fraction(314159, 100000)))),
    ([le(times(x, x), s)], lt(x, sqrt(s))),
    ([Term("implies", le(ZERO, x), le(sqrt(x), ONE))], le(ZERO, x)),
    ([le(power(x, 3), power(y, 3)), lt(ZERO, x)], lt(x, y)),
]


@pytest.fixture(scope="module")
def found() -> list[tuple[Problem, Any]]:
    made = [(problem(*question), find(problem(*question))) for question in TRUE]
    assert all(certificate is not None for _, certificate in made)
    return made


# --- the same once more, by SymPy -----------------------------------------------------------------------------------


def sum_of(terms: Any) -> sp.Expr:
    symbols: dict[int, sp.Symbol] = {}
    return sp.Add(*[sp.Rational(c.numerator, c.denominator)
                    * sp.Mul(*[symbols.setdefault(v, sp.Symbol(f"v{v}", positive=True)) ** e for v, e in m])
                    for m, c in terms])


def value(literal: Literal) -> sp.Expr:
    return sum_of(literal.value.items())


def named(polynomial: Any) -> sp.Expr:
    return sum_of([(m, Fraction(c)) for c, m in polynomial])


def holds(asked: Problem, certificate: Any, hypotheses: list[Any]) -> bool:
    """Whether a certificate proves what it is for, whatever may be undefined aside."""
    kind = certificate[0]
    if kind == "cases":
        split = hypotheses[certificate[1]]
        return isinstance(split, Either) and len(split.cases) == len(certificate[2]) and all(
            holds(asked, part, [*hypotheses, *case]) for case, part in zip(split.cases, certificate[2], strict=True))
    if kind == "cut":
        f = Polynomial({tuple(map(tuple, m)): Fraction(c) for c, m in certificate[1]})
        below = Literal(">", f * -1)
        return holds(asked, certificate[2], [*hypotheses, below]) \
            and holds(asked, certificate[3], [*hypotheses, Literal(">=", f)])
    total: sp.Expr = sp.S.Zero
    positive = False
    for c, places, *rest in certificate[1]:
        square = named(rest[0]) if rest else sp.S.One
        used = [hypotheses[n] for n in places]
        if Fraction(c) <= 0 or any(isinstance(h, Either) or h.sign == "=" for h in used):
            return False
        total += sp.Rational(c) * square**2 * sp.Mul(*map(value, used))
        positive |= all(h.sign == ">" for h in used) and (not rest or len(rest[0]) == 1)
    for place, f in certificate[2]:
        if isinstance(hypotheses[place], Either) or hypotheses[place].sign != "=":
            return False
        total += named(f) * value(hypotheses[place])
    return positive and sp.expand(total) == 0



def find_all(asked: dict[str, tuple[list[Term], Term]], seconds: float = 60.0) -> dict[str, Any]:
    """Certificates of questions by their digests, where there are any."""
    found = {name: find(problem(*question), seconds) for name, question in asked.items()}
    return {name: certificate for name, certificate in found.items() if certificate is not None}


# --- certificates that hold -----------------------------------------------------------------------------------------


def test_what_holds_is_proved_and_defined() -> None:
    asked = {digest(*question): question for step in TRUE for question in questions(*step)}
    certificates = find_all(asked)
    for premises, conclusion in TRUE:
        proved(premises, conclusion, certificates)


def test_certificates_hold_by_another_computation(found: list[tuple[Problem, Any]]) -> None:
    for asked, certificate in found:
        check(asked, certificate)
        assert holds(asked, certificate, list(asked.hypotheses))


def test_the_order_of_premises_does_not_matter() -> None:
    premises, goal = TRUE[0]
    certificate = find(problem(premises, goal))
    check(problem(premises[::-1], goal), certificate)
    assert digest(premises, goal) == digest(premises[::-1], goal) != digest(premises[:1], goal)


def test_certificates_survive_their_file(found: list[tuple[Problem, Any]]) -> None:
    certificates = {digest(*question): c for question, (_, c) in zip(TRUE, found, strict=True)}
    assert read(written(certificates)) == certificates


# --- certificates that were spoiled ---------------------------------------------------------------------------------


def places(certificate: Any, path: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    """The paths to all parts of a certificate."""
    inside = [q for n, part in enumerate(certificate) for q in places(part, (*path, n))] \
        if isinstance(certificate, list) else []
    return [path, *inside]


def spoiled(certificate: Any, chance: random.Random) -> Any:
    """A certificate with something in it changed, left out, doubled or exchanged."""
    result = copy.deepcopy(certificate)
    *above, last = chance.choice([path for path in places(result) if path])
    holder = result
    for step in above:
        holder = holder[step]
    part = holder[last]
    if isinstance(part, list):
        change = chance.randrange(4)
        if change == 0:
            del holder[last]
        elif change == 1:
            holder.insert(last, copy.deepcopy(part))
        elif change == 2:
            holder[last] = copy.deepcopy(chance.choice([h for h in holder if isinstance(h, list)]))
        else:
            chance.shuffle(part)
    elif isinstance(part, int):
        holder[last] = part + chance.choice((-2, -1, 1, 2))
    elif part in ("sum", "cases", "cut"):
        holder[last] = chance.choice(("sum", "cases", "cut"))
    else:
        c = Fraction(part)
        holder[last] = str(chance.choice((-c, c + 1, c * 2, c / 3, c - Fraction(1, 10**9), Fraction(0))))
    return result


def accepted(asked: Problem, certificate: Any) -> bool:
    try:
        check(asked, certificate)
    except NotShown:
        return False
    return True


def test_no_spoiled_certificate_that_fails_by_another_computation_is_accepted(
        found: list[tuple[Problem, Any]]) -> None:
    chance = random.Random(0)
    refused = 0
    for asked, certificate in found:
        for _ in range(200):
            changed = spoiled(certificate, chance)
            if accepted(asked, changed):
                assert holds(asked, changed, list(asked.hypotheses))
            else:
                refused += 1
    assert refused > 3000


def test_a_certificate_of_another_question_is_no_certificate(found: list[tuple[Problem, Any]]) -> None:
    for _, certificate in found:
        for other, _ in found:
            if accepted(other, certificate):
                assert holds(other, certificate, list(other.hypotheses))


def test_nothing_false_is_proved(found: list[tuple[Problem, Any]]) -> None:
    chance = random.Random(1)
    for question in FALSE:
        asked = problem(*question)
        assert find(asked, 3, ((1, 0), (1, 2), (2, 1))) is None
        for _, certificate in found:
            assert not accepted(asked, certificate)
            for _ in range(10):
                assert not accepted(asked, spoiled(certificate, chance))


@pytest.mark.parametrize("certificate", [
    None, [], {}, "sum", ["sum"], ["sum", [], []], ["sum", [["1", []]], []], ["sum", [["-1", []], ["1", []]], []],
    ["sum", [["1", [], []]], []], ["sum", [["1", [True]]], []], ["sum", [["1", [-1]]], []], ["sum", [["1", [99]]], []],
    ["sum", [[1, []]], []], ["sum", [["1e9", []]], []], ["sum", [["1/0", []]], []], ["sum", [["nan", []]], []],
    ["sum", [["1", [], [["1", [[0, 10**9]]]]]], []], ["sum", [["1", [], [["1", [[7, 1]]]]]], []],
    ["solvers", "z3"], ["cases", 0, []], ["cases", 99, []], ["cut", [], ["sum", [], []]], ["cut", [["1", []]], [], []],
])
def test_what_is_no_certificate_is_refused(certificate: Any) -> None:
    with pytest.raises(NotShown):
        check(problem([le(x, y)], lt(x, y)), certificate)


def test_a_certificate_that_is_too_deep_is_refused() -> None:
    certificate: Any = ["sum", [["1", []]], []]
    for _ in range(500):
        certificate = ["cut", [["1", []]], certificate, certificate]
    with pytest.raises(NotShown, match="deep"):
        check(problem([], lt(x, y)), certificate)


@pytest.mark.parametrize(("lines", "said"), [
    ([], "empty"), (["[]"], "line 1"), (['["certificates",2]'], "line 1"), (['["certificates",1]', "x"], "line 2"),
    (['["certificates",1]', '["no digest",[]]'], "line 2"), (['["certificates",1]', f'["{"0" * 32}",1.5]'], "line 2"),
    (['["certificates",1]', *[f'["{"0" * 32}",[]]'] * 2], "line 3"), (['["certificates",1]', "[" * 100_000], "line 2"),
    (['["certificates",1]', f'["{"0" * 32}",NaN]'], "line 2"), (['["certificates",1]', "{}"], "line 2"),
])
def test_a_file_that_is_none_is_refused_by_line(lines: list[str], said: str) -> None:
    with pytest.raises(Malformed, match=said):
        read(lines)


# --- what may be undefined ------------------------------------------------------------------------------------------


HARMONIC = Term("sum", power(k, -1), Term("range", k, ONE, n))
OVER = Term("sum", power(k, -1), Term("range", k, ZERO, n))
UNDEFINED: list[tuple[list[Term], Term]] = [
    ([], eq(times(x, power(x, -1)), ONE)),
    ([], le(ZERO, sqrt(x))),
    ([], eq(minus(Term("log", x), Term("log", x)), ZERO)),
    ([lt(x, ONE)], eq(times(ZERO, Term("log", x)), ZERO)),
    ([], le(ZERO, power(x, -2))),
    ([], eq(minus(OVER, OVER), ZERO)),
    ([], Term("or", le(x, y), eq(times(z, power(z, -1)), ONE))),
    ([Term("implies", ne(x, ZERO), eq(times(x, power(x, -1)), ONE))], eq(times(x, power(x, -1)), ONE)),
    ([], eq(times(ZERO, Term("E", power(Term("entry", Term("gates", "r", p)), -1))), ZERO)),
    ([], eq(times(ZERO, Term("gamma", x)), ZERO)),
    ([], eq(times(ZERO, Term("largest", k, Term("range", k, ONE, Term("index", "m", "integer")))), ZERO)),
]


@pytest.mark.parametrize("step", UNDEFINED)
def test_what_may_be_undefined_is_not_proved(step: tuple[list[Term], Term]) -> None:
    asked = {digest(*question): question for question in questions(*step)}
    assert len(asked) > 1
    certificates = find_all(asked, 2)
    assert digest(*step) in certificates  # it would hold if it had a meaning
    with pytest.raises(NotShown):
        proved(*step, certificates)


@pytest.mark.parametrize("step", [
    ([ne(x, ZERO)], eq(times(x, power(x, -1)), ONE)),
    ([le(ZERO, x)], le(ZERO, sqrt(x))),
    ([lt(ZERO, x)], eq(minus(Term("log", x), Term("log", x)), ZERO)),
    ([], Term("implies", ne(x, ZERO), eq(times(x, power(x, -1)), ONE))),
    ([], Term("or", eq(x, ZERO), eq(times(x, power(x, -1)), ONE))),
    ([lt(power(x, -1), y)], eq(times(x, power(x, -1)), ONE)),  # a premise that holds is defined
    ([], eq(minus(HARMONIC, HARMONIC), ZERO)),
])
def test_what_premises_guards_and_ranges_show_to_be_defined_is_proved(step: tuple[list[Term], Term]) -> None:
    asked = {digest(*question): question for question in questions(*step)}
    proved(*step, find_all(asked, 5))


def test_nothing_is_divided_by_what_a_case_takes_to_be_zero() -> None:
    """In the case x = 0 of `x != 0 => 1/x > 0`, 1/x times the equation would say 1 = 0."""
    asked = problem([Term("implies", ne(x, ZERO), lt(ZERO, power(x, -1)))], lt(y, z))
    split = next(n for n, h in enumerate(asked.hypotheses) if isinstance(h, Either))
    variable = asked.atoms.index(x)
    place = len(asked.hypotheses)
    trick = ["sum", [["1", []]], [[place, [["-1", [[variable, -1]]]]]]]
    honest = holds(asked, trick, [*asked.hypotheses, *asked.hypotheses[split].cases[0]])  # type: ignore[union-attr]
    assert honest  # as an identity of fractions it is right
    with pytest.raises(NotShown, match="undefined"):
        check(asked, ["cases", split, [trick, trick]])


def test_no_root_is_spoken_of_that_may_not_exist() -> None:
    """In the case x < 0 of `x >= 0 => sqrt(x) <= 1`, the square of the root would be negative."""
    asked = problem([Term("implies", le(ZERO, x), le(sqrt(x), ONE))], lt(y, z))
    split = next(n for n, h in enumerate(asked.hypotheses) if isinstance(h, Either))
    variable = asked.atoms.index(x)
    trick = ["sum", [["1", [len(asked.hypotheses)]], ["1", [], [["1", [[variable, 1]]]]]], []]
    with pytest.raises(NotShown, match="undefined"):
        check(asked, ["cases", split, [trick, trick]])


# --- between which numbers a term lies ------------------------------------------------------------------------------


@pytest.mark.parametrize("term", [
    plus(p, q), times(p, minus(ONE, q)), times(number(-2), p), power(minus(p, q), 2), power(minus(p, number(2)), 3),
    times(minus(p, ONE), minus(q, number(2))), times(p, minus(q, number(Fraction(1, 2)))), power(plus(ONE, p), -1),
    power(minus(p, number(2)), -1), power(plus(p, number(2)), Fraction(1, 2)), Term("exp", minus(p, q)),
    Term("log", plus(ONE, p)), Term("log", plus(p, number(Fraction(1, 2)))), Term("max", p, minus(q, ONE)),
    Term("min", p, minus(q, ONE)), Term("abs", minus(p, number(2))), Term("relu", minus(p, number(2))),
    Term("logistic", minus(p, q), q, p), Term("^", p, q), Term("^", plus(ONE, p), minus(q, number(2))),
    times(minus(p, ONE), minus(ONE, q), minus(p, number(2))),
])
def test_bounds_hold_at_the_ends_and_inside(term: Term) -> None:
    told = bounds(term)
    written_out = expression(term).replace(Relu, lambda x: sp.Max(x, 0)) \
        .replace(Sigma, lambda x, c, slope: 1 / (1 + c * sp.exp(-slope * x)))
    for a in (0, sp.Rational(1, 3), 1):
        for b in (0, sp.Rational(3, 5), 1):
            at = written_out.subs({expression(p): a, expression(q): b}).doit()  # or 1 - 1*1 stays, and is guessed at
            if at.is_real is False or not at.is_finite:
                continue
            if told.low is not None:
                assert at > told.low if told.above else at >= told.low
            if told.high is not None:
                assert at < told.high if told.below else at <= told.high


def test_bounds_of_averages_are_those_of_what_is_averaged() -> None:
    distribution = Term("family", "P", UNIT, "distribution", Term("range", k, ONE, n))
    values = Term("family", "O", Term("domain", "open", "real", "0", "1", "(", ")"), "free", Term("range", k, ONE, n))
    mean = Term("sum", times(Term("entry", distribution, k), Term("entry", values, k)), Term("range", k, ONE, n))
    assert bounds(mean) == (0, True, 1, True)
    other = Term("sum", mean.terms[0], Term("range", k, ONE, plus(n, ONE)))
    assert bounds(other).high is None and not bounds(Term("sum", k, Term("range", k, ZERO, n))).positive


def test_json_of_certificates_is_plain(found: list[tuple[Problem, Any]]) -> None:
    for _, certificate in found:
        assert json.loads(json.dumps(certificate)) == certificate


def test_a_premise_must_not_assume_more_than_its_step() -> None:
    assumed = Step("assumption", lt(x, y), frozenset({lt(x, y)}))
    goal = le(x, y)
    kept, dropped = (Step("real arithmetic", goal, given, (assumed,)) for given in (assumed.given, frozenset[Term]()))
    question = ([lt(x, y)], goal)
    judge = Certified(lambda source: None, find_all({digest(*question): question}))
    validate(kept, judge)
    with pytest.raises(NotShown):
        validate(dropped, judge)


def test_what_is_not_taken_apart_is_implied_by_itself_alone() -> None:
    """A statement for each index is one thing that holds or not, and follows from nothing that is said of others."""
    each, other = (Term("each", le(a, y), Term("range", k, ONE, n)) for a in (x, z))
    for premises, goal in (([Term("implies", lt(x, y), each), lt(x, y)], each),
                           ([each, other], Term("and", each, other))):
        check(problem(premises, goal), find(problem(premises, goal)))
    for premises in ([], [other], [Term("not", other)], [Term("or", each, other)]):
        assert find(problem(premises, each), 2, ((1, 2),)) is None


# --- against evaluation ---------------------------------------------------------------------------------------------


class Undefined(Exception):
    pass


def evaluated(term: Term, at: dict[Term, Fraction]) -> Fraction:
    if term in at:
        return at[term]
    if term.number is not None:
        return term.number
    values = [evaluated(a, at) for a in term.terms]
    if term.op == "+":
        return sum(values, Fraction(0))
    if term.op == "*":
        return values[0] * values[1]
    if term.op == "^" and values[1].denominator == 1:
        if values[0] == 0 and values[1] < 0:
            raise Undefined
        return Fraction(values[0] ** int(values[1]))
    if term.op == "^":
        root = Fraction(sp.sqrt(sp.Rational(*values[0].as_integer_ratio())) if values[0] >= 0 else Fraction(-1))
        if root < 0:
            raise Undefined
        return root
    if term.op == "relu":
        return max(values[0], Fraction(0))
    return abs(values[0]) if term.op == "abs" else max(values) if term.op == "max" else min(values)


def judged(statement: Term, at: dict[Term, Fraction]) -> bool:
    """Whether a statement holds; each part guards those after it."""
    if statement.op == "implies":
        return not judged(statement.terms[0], at) or judged(statement.terms[1], at)
    if statement.op in ("and", "or"):
        told = (judged(a, at) for a in statement.terms)
        return all(told) if statement.op == "and" else any(told)
    left, right = (evaluated(a, at) for a in statement.terms)
    return {"=": left == right, "!=": left != right, "<": left < right, "<=": left <= right}[statement.op]


def expressions(chance: random.Random, depth: int) -> Term:
    if depth == 0:
        return chance.choice((x, x, y, y, number(chance.choice((-1, 0, 1, 2)))))
    a, b = (expressions(chance, depth - chance.choice((1, 1, 2)) if depth > 1 else 0) for _ in range(2))
    return chance.choice((lambda: plus(a, b), lambda: minus(a, b), lambda: times(a, b), lambda: power(a, -1),
                          lambda: power(a, 2), lambda: Term("abs", a), lambda: Term("max", a, b), lambda: sqrt(x),
                          lambda: Term("relu", a), lambda: power(a, -2), lambda: times(a, power(b, -1))))()


def statements(chance: random.Random, depth: int) -> Term:
    said = Term(chance.choice(("=", "!=", "<", "<=", "<=")), expressions(chance, depth), expressions(chance, depth))
    more = chance.random() < 0.25
    return Term(chance.choice(("implies", "and", "or")), said, statements(chance, depth)) if more else said


GRID = [Fraction(v) for v in ("-4", "-1", "-1/4", "0", "1/4", "1", "4")]


@pytest.mark.parametrize("seed", range(4))
def test_what_random_steps_prove_holds_and_is_defined_wherever_their_premises_hold(seed: int) -> None:
    chance = random.Random(seed)
    shown = 0
    for _ in range(40):
        premises = [statements(chance, chance.choice((0, 1, 1, 2))) for _ in range(chance.choice((0, 1, 2, 3)))]
        goal = statements(chance, chance.choice((0, 1, 1, 2)))
        certificates: dict[str, Any] = {}
        for question in questions(premises, goal):
            found = find(problem(*question), 5, ((1, 0), (1, 1), (11, 1), (2, 1)))
            if found is None:
                break
            certificates[digest(*question)] = found
        else:
            proved(premises, goal, certificates)
            shown += 1
            for a in GRID:
                for b in GRID:
                    at = {x: a, y: b}
                    try:
                        met = all(judged(q, at) for q in premises)
                    except Undefined:  # a premise that is undefined does not hold
                        continue
                    assert not met or judged(goal, at)
    assert shown > 3
