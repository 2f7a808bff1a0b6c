"""Each validator of steps: a step that it accepts, and steps with one side condition broken, which it refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.recheck.steps.grammar import NotShown, Term
from dropout_theory.recheck.steps.judging import Certified
from dropout_theory.recheck.steps.rules import VALIDATORS, validate

JUDGE = Certified(lambda source: None, {})


def number(text: object) -> Term:
    return Term("number", str(text))


def domain(kind: str = "real", low: str = "-oo", high: str = "oo") -> Term:
    return Term("domain", "some", kind, low, high, "(" if low == "-oo" else "[", ")" if high == "oo" else "]")


def scalar(name: str, *about: str) -> Term:
    return Term("scalar", name, domain(*about))


def rel(op: str, left: Term, right: Term) -> Term:
    return Term(op, left, right)


def plus(*terms: Term) -> Term:
    return Term("+", *terms)


def said(conclusion: Term, *given: Term, rule: str = "real arithmetic") -> Step:
    """A premise: what it rests on is no matter here."""
    return Step(rule, conclusion, frozenset(given))


ZERO, ONE, TWO, FIVE = map(number, (0, 1, 2, 5))
X, Y = scalar("x"), scalar("y")
K, N = scalar("k", "integer", "0"), scalar("n", "integer", "1")
P = scalar("p", "real", "0", "1")
I, J = Term("index", "i", "integer"), Term("index", "j", "integer")
OVER_N = Term("range", I, ONE, N)
W = Term("family", "w", domain(), "free", Term("range", J, ONE, N))
V = Term("family", "v", domain(), "free", Term("range", J, ONE, N))
GATES = Term("gates", "delta", P, Term("range", J, ONE, N))
WEIGHTS = Term("family", "q", domain("real", "0", "1"), "distribution", Term("range", J, ONE, N))


def at(family: Term, index: Term) -> Term:
    return Term("entry", family, index)


def less(left: Term, right: Term) -> Term:
    return rel("<", left, right)


def at_most(left: Term, right: Term) -> Term:
    return rel("<=", left, right)


def recursion(about: Term) -> Term:
    layers = Term("range", J, ONE, N)
    own = Term("family", "h", about, "self", layers)
    return Term("recursion", "h", about, X, plus(at(own, plus(J, number(-1))), Y), layers)


H = recursion(domain())
HYPOTHESIS = less(X, Y)


def named(step: Term, base: Term = X) -> Term:
    """A recursion over the layers 1 to n that is `step` of itself."""
    return Term("recursion", "h", domain(), base, step, Term("range", J, ONE, N))


ABOVE = at_most(plus(ONE, ONE), N)  # a layer above the first
ITSELF = Term("family", "h", domain(), "self", Term("range", J, ONE, N))
BELOW = plus(J, number(-1))
DENSE = named(Term("sum", at(ITSELF, I), Term("range", I, ONE, BELOW)))


def defined_at(family: Term, value: Term) -> Step:
    """An entry at the last layer, which lies above the first, by its definition."""
    return Step("definition", rel("=", at(family, N), value), frozenset({ABOVE}), (said(ABOVE, ABOVE),))


RESTRICTS = at_most(K, FIVE)
EACH = Term("each", less(X, at(W, I)), OVER_N)
ALL = Term("all", less(X, plus(P, Y)), P)


def summed(family: Term, *factors: Term) -> Term:
    return Term("sum", Term("*", *factors, at(family, I)) if factors else at(family, I), OVER_N)


def mean(term: Term) -> Term:
    return Term("E", term)


D1 = at(GATES, ONE)
RIGHT: dict[str, Step] = {
    "induction": Step("induction", at_most(X, K), frozenset(), (
        said(at_most(X, ZERO)), said(at_most(X, plus(K, ONE)), at_most(X, K))), {"variable": (K,), "start": (ZERO,)}),
    "induction from 2": Step("induction", at_most(X, K), frozenset({rel(">=", K, TWO)}), (
        said(at_most(X, TWO)), said(at_most(X, plus(K, ONE)), at_most(X, K), rel(">=", K, TWO))),
        {"variable": (K,), "start": (TWO,)}),
    "for each": Step("for each", EACH, frozenset({HYPOTHESIS}), (
        said(less(X, at(W, I)), HYPOTHESIS, rel(">=", I, ONE), at_most(I, N)),)),
    "at an index": Step("for each", less(X, at(W, ONE)), frozenset(), (said(EACH),), {"indices": (ONE,)}),
    "for all": Step("for all", less(X, plus(ONE, Y)), frozenset(), (said(ALL),), {"values": (ONE,)}),
    "instance": Step("instance", less(TWO, Y), frozenset(), (said(HYPOTHESIS),), {"atoms": (X,), "values": (TWO,)}),
    "instance of an integer": Step("instance", less(X, FIVE), frozenset(), (said(less(X, K)),),
                                   {"atoms": (K,), "values": (FIVE,)}),
    "instance with a hypothesis": Step("instance", less(X, FIVE), frozenset({less(TWO, X)}), (
        said(less(X, FIVE), less(Y, X)),), {"atoms": (Y,), "values": (TWO,)}),
    "random outside of means": Step("instance", less(D1, Y), frozenset(), (said(HYPOTHESIS),),
                                    {"atoms": (X,), "values": (D1,)}),
    "first layer": Step("definition", rel("=", at(H, ONE), X)),
    "higher layer": Step("definition", rel("=", at(H, N), plus(at(H, plus(N, number(-1))), Y)),
                         frozenset({ABOVE}), (said(ABOVE, ABOVE),)),
    "all layers below": defined_at(DENSE, Term("sum", at(DENSE, I), Term("range", I, ONE, plus(N, number(-1))))),
    "a gate's mean": Step("gates", rel("=", mean(D1), P)),
    "rewriting": Step("rewriting", less(Y, TWO), frozenset(), (said(less(X, TWO)), said(rel("=", X, Y))),
                      {"indices": ()}),
    "rewriting in a sum": Step("rewriting", less(X, summed(V)), frozenset(), (
        said(less(X, summed(W))), said(rel("=", at(W, J), at(V, J)), rel(">=", J, ONE), at_most(J, N))),
        {"indices": (J,)}),
    "sum of terms": Step("sum of terms", at_most(summed(W), summed(V)), frozenset(), (
        said(at_most(at(W, I), at(V, I))),)),
    "weighted sum": Step("weighted sum", less(summed(W, at(WEIGHTS, I)), summed(V, at(WEIGHTS, I))), frozenset(), (
        said(less(at(W, I), at(V, I))),), {"weight": (at(WEIGHTS, I),)}),
    "weighted sum of any sign": Step(
        "weighted sum", rel("=", summed(W, X), summed(V, X)), frozenset(), (said(rel("=", at(W, I), at(V, I))),),
        {"weight": (X,)}),
    "expectation": Step("expectation", at_most(mean(Term("*", X, D1)), mean(Term("*", Y, D1))), frozenset({HYPOTHESIS}),
                        (said(at_most(Term("*", X, D1), Term("*", Y, D1)), HYPOTHESIS),)),
    "exp": Step("monotone", less(Term("exp", X), Term("exp", Y)), frozenset(), (said(HYPOTHESIS),)),
    "log": Step("monotone", less(Term("log", plus(P, ONE)), Term("log", plus(P, TWO))), frozenset(), (
        said(less(plus(P, ONE), plus(P, TWO))),)),
}


def broken(name: str, **changes: Any) -> Step:
    return replace(RIGHT[name], **changes)


def of(name: str, place: int, premise: Step) -> Step:
    """A step with another premise."""
    premises = list(RIGHT[name].premises)
    premises[place] = premise
    return broken(name, premises=tuple(premises))


OPEN = Term("scalar", "k", Term("domain", "some", "integer", "0", "oo", "(", ")"))
BITS = Term("gates", "delta", number("1/2"), Term("range", J, ZERO, ONE))
OFTEN = Term("gates", "delta", TWO, Term("range", J, ONE, N))
UNIFORM = Term("uniform", "u", domain("real", "0", "1"), ZERO, ONE)
INVERSE = Term("cases", Term("case", Term("^", UNIFORM, number(-1)), less(ZERO, UNIFORM)),
               Term("case", ZERO, Term("true")))
BACKWARDS, NARROW = Term("uniform", "u", domain(), ONE, ZERO), Term("normal", "z", domain(), ZERO, number(-1))
BOUNDED, REAL_K = scalar("k", "integer", "0", "9"), scalar("k", "real", "0")


def inducted(variable: Term, start: Term = ZERO) -> Step:
    return Step("induction", at_most(X, variable), frozenset(), (
        said(at_most(X, start)), said(at_most(X, plus(variable, ONE)), at_most(X, variable))),
        {"variable": (variable,), "start": (start,)})


WRONG: dict[str, Step] = {
    "induction over reals": inducted(REAL_K),
    "induction over finitely many": inducted(BOUNDED),
    "induction from below the domain": inducted(scalar("k", "integer", "3")),
    "induction from between integers": inducted(K, number("1/2")),
    "induction over an index": inducted(I),
    "induction from 2 says nothing of 0": broken("induction from 2", given=frozenset()),
    "induction where the variable is restricted": replace(
        of("induction", 0, said(at_most(X, ZERO), RESTRICTS)), given=frozenset({RESTRICTS})),
    "induction loses what its step assumes": of(
        "induction", 1, said(at_most(X, plus(K, ONE)), at_most(X, K), HYPOTHESIS)),
    "induction loses what its base assumes": of("induction", 0, said(at_most(X, ZERO), HYPOTHESIS)),
    "induction on another base": of("induction", 0, said(at_most(X, ONE))),
    "induction by twos": of("induction", 1, said(at_most(X, plus(K, TWO)), at_most(X, K))),
    "for each, of something else": of("for each", 0, said(less(X, at(V, I)), HYPOTHESIS)),
    "for each index of some": of("for each", 0, said(less(X, at(W, I)), HYPOTHESIS, at_most(I, TWO))),
    "for each loses an assumption": broken("for each", given=frozenset()),
    "for each up to no integer": Step("for each", Term("each", less(X, I), Term("range", I, ONE, Y)), frozenset(), (
        said(less(X, I)),)),
    "at an index out of range": broken("at an index", conclusion=less(X, at(W, ZERO)), arguments={"indices": (ZERO,)}),
    "at an index beyond the range": broken("at an index", conclusion=less(X, at(W, plus(N, ONE))),
                                           arguments={"indices": (plus(N, ONE),)}),
    "at no integer": Step("for each", less(X, Y), frozenset(), (said(Term("each", less(X, I), OVER_N)),),
                          {"indices": (Y,)}),
    "at an index, something else": broken("at an index", conclusion=less(Y, at(W, ONE))),
    "at an index of what is said of all values": of("at an index", 0, said(ALL)),
    "for all, beyond the domain": broken("for all", conclusion=less(X, plus(TWO, Y)), arguments={"values": (TWO,)}),
    "for all, below the domain": broken("for all", conclusion=less(X, plus(number(-1), Y)),
                                        arguments={"values": (number(-1),)}),
    "for all, something else": broken("for all", conclusion=less(Y, plus(ONE, X))),
    "for all loses an assumption": of("for all", 0, said(ALL, HYPOTHESIS)),
    "instance, no integer": broken("instance of an integer", conclusion=less(X, number("1/2")),
                                   arguments={"atoms": (K,), "values": (number("1/2"),)}),
    "instance, below the domain": broken("instance of an integer", conclusion=less(X, number(-1)),
                                         arguments={"atoms": (K,), "values": (number(-1),)}),
    "instance of an entry": Step("instance", less(TWO, Y), frozenset(), (said(less(at(W, ONE), Y)),),
                                 {"atoms": (at(W, ONE),), "values": (TWO,)}),
    "instance, something else": broken("instance", conclusion=less(Y, TWO)),
    "instance loses a hypothesis": broken("instance with a hypothesis", given=frozenset()),
    "instance of a hypothesis that stays": broken("instance with a hypothesis", given=frozenset({less(Y, X)})),
    "instance at a value that may be undefined": Step(
        "instance", less(Term("^", Y, number(-1)), TWO), frozenset(), (said(less(X, TWO)),),
        {"atoms": (X,), "values": (Term("^", Y, number(-1)),)}),
    "random inside of a mean": Step(
        "instance", rel("=", mean(Term("*", D1, D1)), Term("*", D1, P)), frozenset(), (
            said(rel("=", mean(Term("*", X, D1)), Term("*", X, P))),), {"atoms": (X,), "values": (D1,)}),
    "a scale that moves": Step(
        "instance", Term("same-to-order", Term("*", X, X), ZERO, X, "1"), frozenset(), (
            said(Term("same-to-order", Term("*", Y, X), ZERO, X, "1")),), {"atoms": (Y,), "values": (X,)}),
    "another first layer": broken("first layer", conclusion=rel("=", at(H, ONE), Y)),
    "no equality of a layer": broken("first layer", conclusion=at_most(at(H, ONE), X)),
    "no recursion": broken("first layer", conclusion=rel("=", at(W, ONE), X)),
    "a recursion with a domain": broken("first layer", conclusion=rel(
        "=", at(recursion(domain("real", "0", "1")), ONE), X)),
    "a layer that may be the first": broken("higher layer", given=frozenset(), premises=()),
    "a layer whose place was assumed": broken("higher layer", given=frozenset()),
    "another higher layer": broken("higher layer", conclusion=rel("=", at(H, N), plus(at(H, plus(N, number(-1))), X))),
    "rewriting to something else": broken("rewriting", conclusion=less(ONE, TWO)),
    "rewriting by an inequality": of("rewriting", 1, said(at_most(X, Y))),
    "rewriting loses what the equality assumes": of("rewriting", 1, said(rel("=", X, Y), less(TWO, Y))),
    "rewriting inside a mean by what holds at some outcomes": Step(
        "rewriting", less(mean(Term("*", Y, D1)), TWO), frozenset({rel("=", D1, ONE)}), (
            said(less(mean(Term("*", X, D1)), TWO)), said(rel("=", X, Y), rel("=", D1, ONE))), {"indices": ()}),
    "rewriting what is bound": Step(
        "rewriting", less(X, Term("sum", Term("*", Y, I), OVER_N)), frozenset({rel("=", I, ONE)}), (
            said(less(X, Term("sum", Term("*", I, I), OVER_N))), said(rel("=", I, Y))), {"indices": ()}),
    "rewriting by what is assumed of what is bound": Step(
        "rewriting", less(X, Term("sum", Term("*", Y, I), OVER_N)), frozenset({rel("=", I, ONE)}), (
            said(less(X, Term("sum", Term("*", X, I), OVER_N))), said(rel("=", X, Y), rel("=", I, ONE))),
        {"indices": ()}),
    "rewriting entries out of range": of("rewriting in a sum", 1, said(
        rel("=", at(W, J), at(V, J)), rel(">=", J, TWO), at_most(J, N))),
    "rewriting by an index that is more than an integer": Step(
        "rewriting", less(X, at(V, ONE)), frozenset(), (
            said(less(X, at(W, ONE))), said(rel("=", at(W, Term("index", "j", "positive integer")),
                                                at(V, Term("index", "j", "positive integer"))))),
        {"indices": (Term("index", "j", "positive integer"),)}),
    "sums of something else": broken("sum of terms", conclusion=at_most(summed(V), summed(W))),
    "a sum of strict inequalities may be empty": Step(
        "sum of terms", less(Term("sum", at(W, I), Term("range", I, ONE, K)),
                             Term("sum", at(V, I), Term("range", I, ONE, K))), frozenset(), (
            said(less(at(W, I), at(V, I))),)),
    "a sum loses what its terms assume": of("sum of terms", 0, said(at_most(at(W, I), at(V, I)), HYPOTHESIS)),
    "a sum of what holds for some indices": of("sum of terms", 0, said(at_most(at(W, I), at(V, I)), at_most(I, TWO))),
    "no sum": broken("sum of terms", conclusion=at_most(at(W, ONE), at(V, ONE))),
    "a weight that may be negative": Step(
        "weighted sum", at_most(summed(W, X), summed(V, X)), frozenset(), (said(at_most(at(W, I), at(V, I))),),
        {"weight": (X,)}),
    "weights that may all vanish": Step(
        "weighted sum", less(summed(W, P), summed(V, P)), frozenset(), (said(less(at(W, I), at(V, I))),),
        {"weight": (P,)}),
    "means of something else": broken("expectation", conclusion=at_most(
        mean(Term("*", Y, D1)), mean(Term("*", X, D1)))),
    "means of what holds at some outcomes": Step(
        "expectation", at_most(mean(Term("*", X, D1)), mean(Y)), frozenset({at_most(D1, ZERO)}), (
            said(at_most(Term("*", X, D1), Y), at_most(D1, ZERO)),)),
    "strict means": Step("expectation", less(mean(Term("*", X, D1)), mean(Y)), frozenset(), (
        said(less(Term("*", X, D1), Y)),)),
    "exp of another relation": broken("exp", conclusion=rel("=", Term("exp", X), Term("exp", Y))),
    "log of what may not be positive": Step("monotone", less(Term("log", X), Term("log", Y)), frozenset(), (
        said(HYPOTHESIS),)),
    "not the reflexivity of what is no equality": Step("rewriting", rel("=", X, Y), frozenset({HYPOTHESIS}), (
        said(HYPOTHESIS, HYPOTHESIS, rule="reflexivity"),), {"indices": ()}),
    "a recursion that calls itself at its own layer": defined_at(
        named(plus(at(ITSELF, J), ONE)), plus(at(named(plus(at(ITSELF, J), ONE)), N), ONE)),
    "a recursion that calls itself above": defined_at(
        named(at(ITSELF, plus(J, ONE))), at(named(at(ITSELF, plus(J, ONE))), plus(N, ONE))),
    "a recursion that calls itself at a fixed layer": defined_at(
        named(plus(at(ITSELF, TWO), ONE)), plus(at(named(plus(at(ITSELF, TWO), ONE)), TWO), ONE)),
    "a recursion that calls itself at an index outside": Step("definition", rel(
        "=", at(named(at(ITSELF, I)), N), at(named(at(ITSELF, I)), I)), frozenset({ABOVE}), (said(ABOVE, ABOVE),)),
    "a recursion over its own layer": defined_at(
        named(Term("sum", at(ITSELF, I), Term("range", I, ONE, J))),
        Term("sum", at(named(Term("sum", at(ITSELF, I), Term("range", I, ONE, J))), I), Term("range", I, ONE, N))),
    "a base that calls the recursion": Step("definition", rel(
        "=", at(named(X, at(ITSELF, TWO)), ONE), at(named(X, at(ITSELF, TWO)), TWO))),
    "induction over an open domain, whose end it starts at": Step("induction", at_most(OPEN, ZERO), frozenset(), (
        said(at_most(ZERO, ZERO)), said(at_most(plus(OPEN, ONE), ZERO), at_most(OPEN, ZERO))),
        {"variable": (OPEN,), "start": (ZERO,)}),
    "a gate at a random index is no one gate": Step("gates", rel("=", mean(at(BITS, at(BITS, ONE))), number("1/2"))),
    "a refutation at another value": Step("instance", Term("refuted", rel("=", ZERO, ZERO), "x = 1"), frozenset(), (
        said(Term("refuted", rel("=", X, ZERO), "x = 1")),), {"atoms": (X,), "values": (ZERO,)}),
    "a refutation rewritten": Step(
        "rewriting", Term("refuted", rel("=", ZERO, ZERO), "x = 1"), frozenset({rel("=", X, ZERO)}), (
            said(Term("refuted", rel("=", X, ZERO), "x = 1")), said(rel("=", X, ZERO), rel("=", X, ZERO))),
        {"indices": ()}),
    "a keep probability of 2": Step("bounds", at_most(mean(at(OFTEN, ONE)), ONE)),
    "a chance that may be any number": Step("bounds", at_most(Term("bernoulli", "b", domain(), X), ONE)),
    "an interval turned round": Step("bounds", rel("=", BACKWARDS, BACKWARDS)),
    "a spread below 0": Step("bounds", rel("=", NARROW, NARROW)),
    "a mean of a uniform number's inverse": Step("expectation", at_most(ZERO, mean(INVERSE)), frozenset(), (
        said(at_most(ZERO, INVERSE)),)),
    "a mean of a function of a uniform number": Step("mean", rel("=", mean(INVERSE), mean(INVERSE))),
    "a Stirling number of what is negative": Step("bounds", at_most(ZERO, Term("stirling", TWO, number(-1)))),
    "whether reals are equal indices": Step("bounds", at_most(ZERO, Term("equal-indices", X, Y))),
    "a rule's name with something else": Step("variance is not negative", at_most(ZERO, number(-1))),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_step_is_accepted(name: str) -> None:
    validate(RIGHT[name], JUDGE)


@pytest.mark.parametrize("name", WRONG)
def test_a_step_with_one_condition_broken_is_refused(name: str) -> None:
    with pytest.raises(NotShown):
        validate(WRONG[name], JUDGE)


def test_every_validator_has_both() -> None:
    for steps in (RIGHT, WRONG):
        assert {step.rule for step in steps.values()} >= set(VALIDATORS)
