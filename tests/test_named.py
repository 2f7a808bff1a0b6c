"""Named notions and conjunctions as written: what prints is the name and the order; what is meant stays the same."""

from __future__ import annotations

import pickle

import pytest
import sympy as sp

from dropout_theory.checkers import get_checker
from dropout_theory.checkers.symbolic import accept
from dropout_theory.claims import Claim, Hypothesis, ProofError, load
from dropout_theory.language import (
    POSITIVE,
    PROBABILITY,
    REAL,
    ForEach,
    Named,
    Notion,
    Scalar,
    Statement,
    both,
    different,
    either,
    equal,
    gates,
    implies,
    index,
    latex,
    less,
    less_equal,
    notion,
    parts,
    plain,
    put_values,
    recursion,
    size,
    substitute,
    unnamed,
    unordered,
    weights,
)
from dropout_theory.mutants.run import examine
from dropout_theory.proof import (
    arithmetic,
    assume,
    cases,
    component,
    conjunction,
    identity,
    iff,
    instance,
    logic,
    matches,
    negation,
    restate,
)
from dropout_theory.proof.theorem import of_the_library
from dropout_theory.recheck.witnesses import recheck_counterexample
from dropout_theory.report.glossary import glossary
from dropout_theory.verdicts.fingerprint import meaning_fingerprint, spelled, statement_fingerprint
from dropout_theory.verdicts.kernel import Context, derive_all

n, i, l = size("n"), index("i"), index("l")
w, v = weights("w", n), weights("v", n)
x, y = Scalar("x", REAL), Scalar("y", REAL)
psi = Notion("psi", (l,), sp.Sum(w[i] * x, (i, 1, l)), "sum of the first l weights, times x")
square = notion("Q", x**2, "the square of x")


def claim(statement: Statement, *conditions: Statement) -> Claim:
    return Claim("own:claim", "a claim", statement, "1", "eq. (1)",
                 hypotheses=tuple(Hypothesis(str(c), c) for c in conditions))


# --- a name and what it stands for ------------------------------------------------------------------------------


def test_a_name_prints_as_itself() -> None:
    assert (plain(psi(3)), latex(psi(3))) == ("ψ(3)", r"\psi\left(3\right)")
    assert (plain(less(square, psi(n - 1)**2)), latex(square)) == ("Q < ψ(n - 1)^2", "Q")
    assert latex(notion("risk", x, "m", r"\mathcal{R}")) == r"\mathcal{R}"


def test_a_name_that_looks_like_a_product_or_power_stands_in_parentheses() -> None:
    product, power = notion("v·x", x, "m", r"v \cdot x"), notion("|W|^2", x, "m", r"\|W\|^2")
    assert plain(equal(product**2, y * product)) == "(v·x)^2 = y*(v·x)"
    assert plain(power**2 + power / 2) == "(|W|^2)^2 + |W|^2/2"
    assert latex(product**2) == r"\left(v \cdot x\right)^{2}"
    assert plain(notion("A(v·x)", x, "m") ** 2) == "A(v·x)^2"


def test_a_name_may_have_places_for_its_arguments() -> None:
    activity = Notion("h_%s(x)", (i,), w[i] * x, "activity of a unit", r"h_{%s}(x)")
    assert (plain(activity(2)), latex(activity(n))) == ("h_2(x)", "h_{n}(x)")
    with pytest.raises(ValueError, match="has places for 1 arguments, not for 2"):
        Notion("h_%s(x)", (i, l), w[i] * w[l], "m")


def test_a_name_unfolds_to_its_definition_at_its_arguments() -> None:
    assert psi(3).unfolded == sp.Sum(w[i] * x, (i, 1, 3))
    twice = Notion("phi", (l,), psi(l) + psi(l + 1), "m")
    assert unnamed(equal(twice(2), x)) == equal(sp.Sum(w[i] * x, (i, 1, 2)) + sp.Sum(w[i] * x, (i, 1, 3)), x)
    assert unnamed(psi(psi(1).func(*psi(2).args))).limits[0][2] == sp.Sum(w[i] * x, (i, 1, 2)), "a name in its argument"
    assert unnamed((x, "text", psi(1))) == (x, "text", sp.Sum(w[i] * x, (i, 1, 1)))


def test_statements_that_unfold_alike_are_not_evaluated() -> None:
    assert unnamed(equal(square, x**2)) == equal(x**2, x**2)
    assert unnamed(implies(less(square, 1), less(x**2, 1))) == implies(less(x**2, 1), less(x**2, 1))


def test_formal_parameters_neither_capture_nor_are_captured() -> None:
    assert psi(3).free_symbols == {w, x} and psi(l).free_symbols == {w, x, l}
    moved = substitute(psi(3), {x: l})  # this l is no parameter
    assert isinstance(moved, Named) and moved.unfolded == sp.Sum(w[i] * l, (i, 1, 3))
    assert plain(moved.notion.body) == "Σ[i=1..l'](l*w[i])", "nor does it look like one"
    inner = substitute(psi(i), {x: i}).unfolded  # nor is this i the one that the sum binds
    assert inner.free_symbols == {w, i} and inner.limits[0][0] != i
    other = Notion("phi", (i,), psi(i) * l, "m")
    assert substitute(other(2), {l: 5}).unfolded == 5 * psi(2), "the l of the outer body is free"
    assert psi(l).xreplace({l: sp.Integer(2)}) == psi(2) and psi(l).subs(l, 2) == psi(2)


def test_a_family_can_be_a_parameter() -> None:
    total = Notion("T", (w,), sp.Sum(w[i], (i, 1, n)), "m")
    assert total(v).unfolded == sp.Sum(v[i], (i, 1, n)) and substitute(total(w), {w: v}) == total(v)


def test_a_name_is_as_positive_as_its_definition() -> None:
    c = Scalar("c", POSITIVE)
    assert sp.sqrt(notion("C", c + 1, "m")**2) == notion("C", c + 1, "m")
    assert psi(2).is_positive is None and square.is_nonnegative and sp.diff(square, x) == 2 * x


def test_names_travel() -> None:
    again = pickle.loads(pickle.dumps(equal(psi(3), square)))
    assert again == equal(psi(3), square) and again.lhs.label.meaning == psi(3).label.meaning
    assert again.func(*again.args) == again


def test_definitions_of_atoms_hold_no_names() -> None:
    delta = gates("delta", square / (1 + square), n)
    steps = recursion("s", ((l, sp.S.Zero, n),), square, square)
    assert delta.keep == x**2 / (1 + x**2) and (steps.base, steps.step) == (x**2, x**2)


def test_wrong_notions_are_refused() -> None:
    with pytest.raises(ValueError, match="has 1 parameters, got 2"):
        psi(1, 2)
    with pytest.raises(ValueError, match="allowed: an expression"):
        Notion("S", (), less(x, 1), "m")
    p = Scalar("p", PROBABILITY)
    kept = gates("delta", p, n)
    with pytest.raises(ValueError, match="defined by p: no parameter"):  # delta would stay as it is
        Notion("S", (p,), kept[1] * p, "m")
    assert Notion("S", (l,), kept[l], "m")(2).unfolded == kept[2], "the range of a gate has its own index"


# --- what is hashed, and what is mutated ------------------------------------------------------------------------


def test_the_fingerprint_is_of_the_name_and_of_its_definition() -> None:
    named, bare = claim(less_equal(0, square)), claim(less_equal(0, x**2))
    other = claim(less_equal(0, notion("Q", x**4, "the square of x")))
    reworded = claim(less_equal(0, notion("Q", x**2, "x times x")))
    prints = [statement_fingerprint(c) for c in (named, bare, other)]
    assert len(set(prints)) == 3 and statement_fingerprint(reworded) == prints[0]
    assert spelled(square) == spelled(pickle.loads(pickle.dumps(square)))


def test_naming_and_order_leave_what_is_on_record_of_variants() -> None:
    named, bare = claim(both(less_equal(0, square), less(x, 1))), claim(both(less(x, 1), less_equal(0, x**2)))
    assert meaning_fingerprint(named) == meaning_fingerprint(bare) != meaning_fingerprint(claim(less_equal(0, x**2)))
    assert examine(claim(less_equal(0, square)), {}, Context()).fingerprint == meaning_fingerprint(
        claim(less_equal(0, x**2)))


def test_variants_are_of_the_definition() -> None:
    found = examine(claim(less_equal(0, square)), {"exact": "exact-instances"}, Context(fast=True), 2)
    assert found.trials and not any(t.variant.statement.has(Named) for t in found.trials)


# --- what checkers and rules see --------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["symbolic", "decide", "exact", "property"])
def test_checkers_see_the_definition(method: str) -> None:
    bound = claim(less_equal(0, Notion("R", (l,), square + l, "m")(1)), less(0, square))
    checker = get_checker(method)
    assert checker.applies(bound) is None
    found = checker.check(bound, Context(fast=True))
    assert found.outcome == "holds" and found.claim == "own:claim"


def test_a_false_claim_is_refuted_and_rechecked_through_its_name() -> None:
    false = claim(less(square, 1))
    found = get_checker("exact").check(false, Context(fast=True))
    assert found.outcome == "fails" and found.counterexample is not None
    assert recheck_counterexample(false, found.counterexample).status == "confirmed"


def test_theorems_hold_no_names_and_prove_named_claims() -> None:
    named = claim(equal(square + square, 2 * x**2))
    theorem = restate(identity(2 * x**2, 2 * square), named.statement)
    assert not theorem.conclusion.has(Named) and accept(named, theorem, "proof").outcome == "holds"
    assert assume(less(square, 1)).given == {less(x**2, 1)} and matches(less(square, 1), less(x**2, 1))


def test_a_name_hides_no_assumption() -> None:
    circular = assume(less(square, 1))
    with pytest.raises(ProofError, match="assumes its own conclusion"):
        iff(circular, circular, less(square, 1), less(square, 1))
    condition = less(square, 1)
    split = cases(condition, arithmetic(less_equal(0, x**2), assume(condition)),
                  arithmetic(less_equal(0, x**2), assume(negation(condition))))
    assert not split.given


def test_a_rule_that_is_not_given_out_refuses_names() -> None:
    circular = assume(less(x**2, 1))
    with pytest.raises(ProofError, match="names are not unfolded"):
        of_the_library(logic.iff)(circular, circular, less(square, 1), less(square, 1))


def test_a_quotient_in_a_name_must_be_defined() -> None:
    c = Scalar("c", POSITIVE)
    inverse = Notion("I", (c,), 1 / c, "the inverse of a positive number")
    with pytest.raises(ProofError, match="may be undefined"):
        instance(arithmetic(equal(x, x)), {x: inverse(y)})


def test_amended_claims_are_compared_by_what_they_mean() -> None:
    whole = Claim("own:eq1", "t", less(square, 1), "1", "s")
    amended = Claim("own:eq1.amended", "t", less(x**2, 1), "1", "s", "amended", (Hypothesis("h", less(x, 1)),
                                                                               Hypothesis("g", less(-1, x))))
    context = Context(fast=True)
    evidence = [get_checker("exact").check(whole, context)]
    evidence += [get_checker(m).check(amended, context) for m in ("admissible", "decide")]
    assert derive_all([whole, amended], evidence)["own:eq1"].verdict == "conditional"


# --- where lines ------------------------------------------------------------------------------------------------


def test_the_glossary_lists_each_notion_once_with_its_definition() -> None:
    phi = Notion("phi", (l,), psi(l) / 2, "half of it")
    found = glossary(claim(less(phi(1), phi(2)), less(psi(3), 1)))
    assert found[:2] == [
        {"symbol": "φ(l)", "meaning": "half of it", "definition_plain": "ψ(l)/2",
         "definition": r"\frac{\psi\left(l\right)}{2}"},
        {"symbol": "ψ(l)", "meaning": "sum of the first l weights, times x",
         "definition_plain": "Σ[i=1..l](x*w[i])", "definition": r"\sum_{i=1}^{l} x {w}_{i}"}]
    assert [s["symbol"] for s in found[2:]] == ["n", "w[i]", "x"]


def test_no_statement_calls_two_things_by_one_name() -> None:
    for one in load():
        said = [one.statement, *(h.condition for h in one.hypotheses)]
        notions = {node for s in said if s is not None for node in sp.preorder_traversal(s) if isinstance(node, Named)}
        defined = {node.args[:3] for node in notions}
        assert len({label.name for label, *_ in defined}) == len(defined), one.id


# --- conjunctions as written ------------------------------------------------------------------------------------

A, B, C = less(x, 1), less(0, x), different(x, y)


def test_conjuncts_keep_the_order_and_the_nesting_written() -> None:
    assert both(A, B).args == (A, B) and both(B, A).args == (B, A) and both(A, B) != both(B, A)
    assert plain(both(A, both(B, C))) == "x < 1 and (0 < x and x ≠ y)"
    assert latex(either(B, A)) == latex(B) + r" \vee " + latex(A)
    assert parts(both(A, both(B, C), either(A, B))) == (A, B, C, either(A, B))
    assert spelled(both(A, B)) != spelled(both(B, A))
    assert isinstance(both(A, B), sp.And) and isinstance(either(A, B), sp.Or)


def test_the_order_survives_rebuilding() -> None:
    z = Scalar("z", REAL)
    whole = ForEach(both(less(w[i], x), less(0, w[i])), (i, 1, n))
    assert substitute(whole, {x: z}).body == both(less(w[i], z), less(0, w[i]))
    assert pickle.loads(pickle.dumps(both(A, B))) == both(A, B) == both(A, B).func(A, B)
    assert unnamed(both(less(square, 1), B)) == both(less(x**2, 1), B)
    assert put_values(both(less(x, y), less(y, x)), {x: 1}) == both(less(1, y), less(y, 1))


def test_truth_values_fall_out() -> None:
    assert both(A, sp.true) == A and both(A, sp.false) == sp.false and both() == sp.true
    assert either(A, sp.false) == A and either(A, sp.true) == sp.true and either() == sp.false


def test_conjunctions_match_in_any_order() -> None:
    assert matches(both(A, both(B, C)), both(C, A, B)) and not matches(both(A, B), both(A, C))
    assert matches(either(A, B), either(B, A)) and not matches(either(A, B), both(A, B))
    assert unordered(both(A, both(B, C))) == sp.And(A, B, C) and unordered(either(B, A)) == sp.Or(A, B)
    assert matches(ForEach(both(A, B), (i, 1, n)), ForEach(both(B, A), (i, 1, n)))


def test_rules_take_conjunctions_apart_and_put_them_together() -> None:
    whole = conjunction(assume(B), assume(A))
    assert whole.conclusion == both(B, A) and component(whole, A).conclusion == A
    assert component(assume(both(C, both(A, B))), B).conclusion == B
    assert component(assume(both(C, both(A, B))), both(A, B)).conclusion == both(A, B)
