"""Rules of logic: assumptions, cases, induction, quantifiers, instances, citations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import sympy as sp

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import entails
from dropout_theory.claims import FACTS, Claim, ProofError, Registry, need
from dropout_theory.definedness.partiality import negated, partial_terms
from dropout_theory.evaluation.choosers import RandomChooser
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.evaluator import judge
from dropout_theory.evaluation.instances import Rejected, build, require_value
from dropout_theory.evaluation.values import Truth, Unsupported
from dropout_theory.language import statements as st
from dropout_theory.proof import scope
from dropout_theory.proof.algebra import matches
from dropout_theory.proof.theorem import Theorem, Without, certify, of_the_library, shows, without

FACT_INSTANCES = 60  # at which a classical fact is tried before it is used


def assume(statement: Any) -> Theorem:
    """statement, given statement."""
    return certify("assumption", statement, given=[statement])


def conjunction(*theorems: Theorem) -> Theorem:
    """All conclusions together."""
    return certify("and", st.both(*[t.conclusion for t in theorems]), theorems)


def component(theorem: Theorem, wanted: Any) -> Theorem:
    """One conjunct of a conclusion."""
    whole = theorem.conclusion
    if not isinstance(whole, sp.And) or wanted not in (*whole.args, *lang.parts(whole)):
        raise ProofError(f"{wanted} is not a conjunct")
    return certify("and", wanted, [theorem])


def discharge(premise: Any, theorem: Theorem) -> Theorem:
    """premise => conclusion, where the theorem was proved given the premise."""
    return certify("implication", st.implies(premise, theorem.conclusion), [without(theorem, [premise])])


def apply(implication: Theorem, premise: Theorem) -> Theorem:
    """Modus ponens."""
    rule = implication.conclusion
    need(isinstance(rule, sp.Implies) and matches(premise.conclusion, rule.args[0]), "the premise does not fit")
    return certify("modus ponens", rule.args[1], [implication, premise])


def iff(forward: Theorem, backward: Theorem, left: Any, right: Any) -> Theorem:
    """left <=> right from `right given left` and `left given right`."""
    need(matches(forward.conclusion, right) and matches(backward.conclusion, left), "directions do not fit")
    need(left not in backward.given and right not in forward.given, "a direction assumes its own conclusion")
    return certify("iff", st.Iff(left, right), [without(forward, [left]), without(backward, [right])])


def cases(condition: Any, holds: Theorem, fails: Theorem, *premises: Theorem) -> Theorem:
    """A conclusion proved given a condition and given its negation; premises may show the condition to be defined."""
    need(matches(holds.conclusion, fails.conclusion), "the cases conclude differently")
    negation = negated(condition)
    rest = (holds.given | fails.given) - {condition, negation}
    parts: list[Theorem | Without] = [without(holds, [condition]), without(fails, [negation]), *premises]
    # where the condition is not defined neither case holds
    certify("cases", st.either(condition, negation), premises, given=rest)
    return certify("cases", holds.conclusion, parts, arguments={"condition": [condition]})


def negation(condition: Any) -> Any:
    """The statement that `cases` expects as the other case."""
    return negated(condition)


def satisfied(theorem: Theorem, *proofs: Theorem) -> Theorem:
    """Remove assumptions that the proofs conclude."""
    # what is concluded word for word needs no normal form, which is dear for large expressions
    literal = {p.conclusion for p in proofs}
    others = [p.conclusion for p in proofs if p.conclusion not in theorem.given]
    gone = [g for g in theorem.given if g in literal or any(matches(c, g) for c in others)]
    need(bool(gone), "no assumption is proved by these")
    # what is proved up to normal form is true where it is defined
    for assumption in (g for g in gone if g not in literal):
        certify("normal form", assumption, proofs, given=theorem.given - frozenset(gone))
    return certify("discharge", theorem.conclusion, [without(theorem, gone), *proofs],
                   shown=partial_terms(theorem.conclusion))


@of_the_library
def as_claimed(theorem: Theorem, statement: Any, hypotheses: Iterable[Any]) -> Theorem:
    """What a claim states under its hypotheses, from a theorem that concludes and assumes the same up to normal form.

    The claim's own words must be defined wherever its hypotheses hold. Raises ProofError.
    """
    statement, *allowed = lang.unnamed((statement, *hypotheses))
    if not matches(theorem.conclusion, statement):
        raise ProofError(f"the proof concludes {theorem.conclusion}, not {statement}")
    extra = [g for g in theorem.given if not any(matches(g, a) for a in allowed)]
    need(not extra, f"the proof assumes {', '.join(map(str, extra))}, which the claim does not")
    known = [assume(a) for a in allowed]
    if not theorem.given <= set(allowed):
        theorem = satisfied(theorem, *known)
    return certify("normal form", statement, [theorem, *known])


def induction(variable: lang.Scalar, statement: Any, base: Theorem, step: Theorem, start: Any = None) -> Theorem:
    """statement for every integer variable >= start (default: the least value of its domain).

    `base` concludes the statement at `start`; `step` concludes it at variable + 1, given it at variable. The result
    assumes variable >= start when `start` is above the domain's least value.
    """
    need(type(variable) is lang.Scalar and bool(variable.domain.integer), f"{variable} is not a fixed integer")
    first = variable.domain.lower if start is None else sp.sympify(start)
    need(bool(first.is_integer) and not lang.depends_on(first, variable), f"the induction starts at {first}")
    need(first >= variable.domain.lower, "the induction starts outside the domain")
    scope.replaceable(statement, variable, variable + 1)
    at_first = lang.substitute(statement, {variable: first})
    at_next = lang.substitute(statement, {variable: variable + 1})
    need(matches(base.conclusion, at_first), f"base concludes {base.conclusion}, not {at_first}")
    need(matches(step.conclusion, at_next), f"step concludes {step.conclusion}, not {at_next}")
    above = sp.Ge(variable, first, evaluate=False)
    rest = [g for g in step.given if g not in (statement, above)]
    need(not lang.depends_on([*rest, *base.given], variable), "an assumption restricts the variable")
    given = [] if first == variable.domain.lower else [above]
    terms = partial_terms(statement)
    for premise, value in ((base, first), (step, variable + 1)):
        shows(premise, [term.moved({variable: value}) for term in terms])
    # the base shows the statement to be defined at the start, the step wherever it is true one before
    return certify("induction", statement, [base, without(step, [statement, above])], given=given,
                   shown=terms, arguments={"variable": [variable], "start": [first]})


def generalise(theorem: Theorem, *limits: tuple[Any, Any, Any]) -> Theorem:
    """For each index in the ranges: the conclusion, whose index symbols are free but for being in range.

    Assumptions about the index symbols that follow from the ranges are dropped. Raises ProofError for others.
    """
    return certify("for each", st.ForEach(theorem.conclusion, *limits), [scope.over_range(theorem, *limits)],
                   binds=[limit[0] for limit in reversed(limits)])


def specialise(theorem: Theorem, *indices: Any, premises: tuple[Theorem, ...] = ()) -> Theorem:
    """A ForEach conclusion at particular indices: index symbols, given that they are in range, or integer expressions
    whose range is proved by real arithmetic from the premises."""
    statement = theorem.conclusion
    need(isinstance(statement, st.ForEach), "not a ForEach")
    mapping = dict(zip(statement.bound_symbols, [sp.sympify(i) for i in indices], strict=True))
    given: list[Any] = []
    known = [p.conclusion for p in premises]
    for limit, value in zip(statement.limits, mapping.values(), strict=True):
        symbol, low, high = limit.args
        need(bool(value.is_integer), f"index {value} of {symbol} is not an integer")
        need(not lang.is_random(value), f"index {value} of {symbol} is random")
        within = scope.in_range(value, *(lang.substitute(e, mapping) for e in (low, high)))
        if value.is_Symbol and not isinstance(value, lang.Scalar):
            given += within
            continue
        need(entails([*given, *known], st.both(*within)),
             f"index {value} of {symbol} is not known to be in range")
    there = lang.substitute(statement.body, mapping)
    return certify("for each", there, [theorem, *premises], given=given, shown=partial_terms(there),
                   arguments={"indices": mapping.values()})


def instance(theorem: Theorem, values: Mapping[Any, Any], *proofs: Theorem) -> Theorem:
    """Put expressions for free scalars, each defined and in the scalar's domain, by shape or from the proofs.

    Refuses a scalar that laws, keep probabilities or distributions in the theorem depend on, since those would stay as
    they are, and a random expression for a scalar inside an expectation.
    """
    mapping = {k: sp.sympify(v) for k, v in values.items()}
    statements = [theorem.conclusion, *theorem.given]
    scope.require_every_number(*mapping)
    for atom, value in mapping.items():
        scope.value_in_domain(atom, value, proofs)
        for statement in statements:
            scope.replaceable(statement, atom, value)
    conclusion = lang.substitute(theorem.conclusion, mapping)
    given = [lang.substitute(g, mapping) for g in theorem.given]
    shown = [term.moved(mapping) for term in partial_terms(theorem.conclusion)]
    return certify("instance", conclusion, [without(theorem, theorem.given), *proofs], given=given, shown=shown,
                   arguments={"atoms": mapping, "values": mapping.values()})


def exhibit(statement: st.Exists, values: Mapping[Any, Any], body: Theorem) -> Theorem:
    """An existential statement from a proof of its body at concrete values inside the atoms' domains."""
    wanted = lang.put_values(statement.body, {a: values[a] for a in statement.bound_symbols})
    need(matches(body.conclusion, wanted), f"{body.conclusion} is not the body at the witness: {wanted}")
    shows(body, [term.at(values) for term in partial_terms(statement.body)])  # at the values some may cancel
    for atom in statement.bound_symbols:
        check_value(atom, values)
        need(not lang.hidden_dependencies(statement.body) & {atom}, f"a law in {statement} depends on {atom}")
    return certify("witness", statement, [body],
                   arguments={"values": [v for a in statement.bound_symbols if isinstance(v := values[a], sp.Expr)]})


def check_value(atom: Any, values: Mapping[Any, Any]) -> None:
    """Raise ProofError unless the values give an atom one that it may take: see `evaluation.require_value`."""
    try:
        require_value(atom, dict(values))
    except (Rejected, Unsupported, KeyError) as error:
        raise ProofError(f"no value of {atom}: {error}") from None


@lru_cache(maxsize=256)
def _tried(statement: Any) -> tuple[int, str | None]:
    """At how many instances a statement was decided, and one at which it is false, if any is."""
    decided = 0
    about = Claim("own:fact", "a fact", statement, "-", "-")
    chooser = RandomChooser(0, edges=0.9)
    for _ in range(FACT_INSTANCES):
        values = build(about, chooser)
        try:
            truth = judge(statement, values, expectation).truth
        except Unsupported:
            continue
        decided += truth is not Truth.UNKNOWN
        if truth is Truth.FALSE:
            return decided, ", ".join(f"{atom} = {value}" for atom, value in lang.describe(values).items()) \
                or "all instances"
    return decided, None


def cite(claim: Any) -> Theorem:
    """The statement of another claim, its names unfolded, under its hypotheses; the verdict then depends on that claim.

    Only the claim that a registry holds under its id may be cited, never a changed copy. Raises ProofError for others.
    """
    need(Registry.holds(claim), f"{getattr(claim, 'id', claim)} is not the claim that a registry holds")
    claim = claim.unfolded
    need(claim.statement is not None, f"{claim.id} has no formal statement")
    # its own proof shows its terms to be defined
    return certify(f"claim {claim.id}", claim.statement, given=[h.condition for h in claim.hypotheses],
                   uses=[claim.id], shown=partial_terms(claim.statement))


def classical(name: str) -> Theorem:
    """A declared classical fact; the proof then depends on it.

    Raises ProofError for an unknown name, and for a statement that is false at one of the instances that are tried,
    most of them at the edges of domains, or is decided at none although its declaration does not say why.
    """
    if name not in FACTS:
        raise ProofError(f"unknown classical fact {name!r}; known: {', '.join(sorted(FACTS))}")
    decided, against = _tried(lang.unnamed(FACTS[name].statement))
    need(against is None, f"the classical fact {name!r} is false at {against}")
    why = FACTS[name].untried
    need(decided > 0 or bool(why), f"the classical fact {name!r} is decided at no instance, and does not say why")
    return certify(f"classical: {name}", lang.unnamed(FACTS[name].statement), uses=[f"classical:{name}"])
