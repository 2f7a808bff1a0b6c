"""Validators: for each rule, what must be so for a step of it to be right, whatever the program that made it thinks.

A validator returns where the step follows, and raises NotShown where it does not see that. It never asks how the
conclusion was found. What a conclusion needs to be defined is asked for once, for all rules, in `validate`: beside what
the premises show it may use the statements that a validator returns, which are defined since the premises are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from dropout_theory.recheck.steps.binding import alike, free, random, substitute
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.recheck.steps.grammar import ONE, ZERO, Term, end, number, rational_end, scopes, walk
from dropout_theory.recheck.steps.normal import normal, same, scale, subtract, vanishes
from dropout_theory.recheck.steps.signs import is_integer, is_nonnegative


class NotShown(Exception):
    """A validator does not see that a step follows; the message says what is missing."""


class Judge(Protocol):
    """What validators may ask: statements of claims and facts, and what follows over the reals."""

    def said(self, source: str) -> tuple[Term, frozenset[Term]]:
        """The statement and the hypotheses of a claim or classical fact."""

    def implied(self, known: Iterable[Term], wanted: Term) -> bool:
        """Whether a statement follows over the reals, by its shape or by a certificate."""

    def defined(self, known: Sequence[Term], statement: Term) -> None:
        """Raise NotShown unless each term of a statement is defined wherever those that are known hold."""


Said = Sequence[Term]  # statements that are defined, and true, since the premises are
Validator = Callable[[Step, Judge], Said]
VALIDATORS: dict[str, Validator] = {}


def validates(*rules: str) -> Callable[[Validator], Validator]:
    def registered(validator: Validator) -> Validator:
        VALIDATORS.update(dict.fromkeys(rules, validator))
        return validator

    return registered


def validate(step: Step, judge: Judge) -> None:
    """Raise NotShown unless a validator of its rule accepts a step, and all terms of its conclusion are defined."""
    quoted = step.rule.startswith(("claim ", "classical: "))
    validator = _quoted if quoted else VALIDATORS.get(step.rule)
    if validator is None:
        raise NotShown(f"no validator for the rule {step.rule!r}")
    try:
        same_terms = validator(step, judge)
        if not quoted:
            judge.defined([*_known(step), *same_terms], step.conclusion)
    except (KeyError, ValueError) as error:  # too large, no substitution, or premises and arguments that do not fit
        raise NotShown(f"{type(error).__name__}: {error}") from None


def need(condition: bool, message: str) -> None:
    if not condition:
        raise NotShown(message)


# --- what validators share -----------------------------------------------------------------------------------------

MIRRORED = {">": "<", ">=": "<="}
OPPOSITE = {"=": "!=", "!=": "=", "<=": ">", "<": ">=", ">=": "<", ">": "<="}


def relation(statement: Term) -> tuple[str, Term, Term]:
    """The operator and sides of a relation, > and >= turned round. Raises NotShown for another statement."""
    need(statement.op in OPPOSITE, f"no relation: {statement}")
    left, right = statement.terms
    return (MIRRORED[statement.op], right, left) if statement.op in MIRRORED else (statement.op, left, right)


def negation(statement: Term) -> Term:
    if statement.op in OPPOSITE:
        return Term(OPPOSITE[statement.op], *statement.args)
    return Term("not", statement)


def conjuncts(statement: Term) -> list[Term]:
    return [c for a in statement.terms for c in conjuncts(a)] if statement.op == "and" else [statement]


def agree(one: Term, other: Term) -> bool:
    """Whether two statements say the same, wherever both are defined, up to normal forms and names of bound indices."""
    if one is other or alike(one, other):
        return True
    if one.op in OPPOSITE and other.op in OPPOSITE:
        (op, a, b), (kind, c, d) = relation(one), relation(other)
        if op != kind:
            return False
        if same(a, c) and same(b, d):
            return True
        gap, wanted = subtract(normal(a), normal(b)), subtract(normal(c), normal(d))
        return vanishes(subtract(gap, wanted)) or op in ("=", "!=") and vanishes(subtract(gap, scale(wanted, -1)))
    if one.op != other.op or len(one.args) != len(other.args):
        return one.op in ("and", "or") and one.op == other.op and _same_parts(one, other)
    if one.op in ("and", "or"):
        return _same_parts(one, other)
    if one.op == "each":
        inside = _under_common_names(one, other)
        return inside is not None and agree(*inside)
    if one.op in ("exists", "all"):
        return one.args[1:] == other.args[1:] and agree(one.terms[0], other.terms[0])
    if one.op in ("same-to-order",):
        return one.args[2:] == other.args[2:] and all(same(a, b) for a, b in
                                                      zip(one.terms[:2], other.terms[:2], strict=True))
    if one.sort == "S" and one.op in ("not", "implies", "iff"):
        return all(agree(a, b) for a, b in zip(one.terms, other.terms, strict=True))
    return False


def _same_parts(one: Term, other: Term) -> bool:
    """Whether each part of a conjunction or disjunction agrees with one of the other, whatever their order."""
    these, those = (_parts(t, t.op) for t in (one, other))
    return all(any(agree(a, b) for b in those) for a in these) and all(any(agree(a, b) for a in these) for b in those)


def _parts(statement: Term, op: str) -> list[Term]:
    return [p for a in statement.terms for p in _parts(a, op)] if statement.op == op else [statement]


def _under_common_names(one: Term, other: Term) -> tuple[Term, Term] | None:
    """The bodies of two statements for each index of the same ranges, the second under the names of the first."""
    names: dict[Term, Term] = {}
    for mine, its in zip(one.terms[1:], other.terms[1:], strict=True):
        (i, *ends), (j, *limits) = mine.terms, its.terms
        if i.args[1:] != j.args[1:]:
            return None
        if any(not same(a, substitute(b, names)) for a, b in zip(ends, limits, strict=True)):
            return None
        names[j] = i
    bound = set(names.values())
    if (free(other.terms[0]) - set(names)) & bound:
        return None
    return one.terms[0], substitute(other.terms[0], names)


def in_range(index: Term, low: Term, high: Term) -> tuple[Term, Term]:
    return Term(">=", index, low), Term("<=", index, high)


def ranges_of(statement: Term) -> list[Term]:
    return [r for r in statement.terms if r.op == "range"]


def _keeps(step: Step, premise: Step, gone: Iterable[Term] = ()) -> None:
    """Raise NotShown unless a step still assumes what a premise assumes, but for what is gone."""
    left = premise.given - step.given - set(gone)
    need(not left, f"an assumption is lost: {next(iter(left), None)}")


def _keeps_all(step: Step, premises: Iterable[Step]) -> None:
    for p in premises:
        _keeps(step, p)


def _known(step: Step) -> list[Term]:
    """What is known where a step is made: what it assumes, and what premises conclude that assume no more."""
    return [*step.given, *[p.conclusion for p in step.premises if p.given <= step.given]]


def _in_their_ranges(step: Step, premise: Step, ranges: Sequence[Term], judge: Judge) -> None:
    """Raise NotShown unless what a premise assumes of indices that are bound here follows from their ranges."""
    inside = [c for r in ranges for c in in_range(*r.terms)]
    bound = {r.terms[0] for r in ranges}
    for place, r in enumerate(ranges):
        need(not free(r.terms[1]) & bound - {q.terms[0] for q in ranges[:place]}
             and not free(r.terms[2]) & bound - {q.terms[0] for q in ranges[:place]},
             "a range depends on an index bound inside of it")
        kind = r.terms[0].args[1] if r.terms[0].op == "index" else None
        need(kind is not None, f"{r.terms[0]} is no index symbol")
        if kind != "integer":  # what is known of the symbol must follow from its range
            least = number(0 if kind == "non-negative integer" else 1)
            need(judge.implied([], Term("<=", least, r.terms[1])), f"the range of {r.terms[0]} leaves its kind")
    for g in premise.given:
        if free(g) & bound:
            need(g in inside or judge.implied(inside, g), f"an assumption restricts an index: {g}")
        else:
            need(g in step.given, f"an assumption is lost: {g}")


# --- logic ---------------------------------------------------------------------------------------------------------


def _quoted(step: Step, judge: Judge) -> Said:
    statement, hypotheses = judge.said(step.rule.removeprefix("claim ").replace("classical: ", "classical:"))
    need(step.conclusion is statement and hypotheses <= step.given and not step.premises,
         f"{step.rule} says something else")
    return ()


@validates("assumption")
def _assumption(step: Step, judge: Judge) -> Said:
    need(step.conclusion in step.given, "the conclusion is not assumed")
    return [step.conclusion]


@validates("and")
def _and(step: Step, judge: Judge) -> Said:
    _keeps_all(step, step.premises)
    known = [c for p in step.premises for c in (p.conclusion, *conjuncts(p.conclusion))]
    need(all(c in known for c in conjuncts(step.conclusion)), "a conjunct is not concluded by a premise")
    return ()


@validates("implication")
def _implication(step: Step, judge: Judge) -> Said:
    premise, = step.premises
    need(step.conclusion.op == "implies", "no implication")
    assumed, concluded = step.conclusion.terms
    need(concluded is premise.conclusion, "the premise concludes something else")
    _keeps(step, premise, [assumed])
    judge.defined(_known(step), assumed)
    return [step.conclusion]


@validates("modus ponens")
def _modus_ponens(step: Step, judge: Judge) -> Said:
    rule, premise = step.premises
    need(rule.conclusion.op == "implies", "no implication")
    assumed, concluded = rule.conclusion.terms
    need(concluded is step.conclusion and agree(premise.conclusion, assumed), "the premises do not fit")
    _keeps_all(step, step.premises)
    return ()


@validates("iff")
def _iff(step: Step, judge: Judge) -> Said:
    forward, backward = step.premises
    need(step.conclusion.op == "iff", "no equivalence")
    left, right = step.conclusion.terms
    need(agree(forward.conclusion, right) and agree(backward.conclusion, left), "the directions do not fit")
    need(left not in backward.given and right not in forward.given, "a direction assumes its own conclusion")
    _keeps(step, forward, [left])
    _keeps(step, backward, [right])
    return ()


@validates("cases")
def _cases(step: Step, judge: Judge) -> Said:
    if not step.arguments:  # either a condition or its negation holds, where the condition is defined
        need(step.conclusion.op == "or" and len(step.conclusion.terms) == 2, "no two cases")
        one, other = step.conclusion.terms
        need(negation(one) is other, f"{other} is not the negation of {one}")
        _keeps_all(step, step.premises)
        return ()
    condition, = step.arguments["condition"]
    holds, fails, *others = step.premises
    need(agree(holds.conclusion, step.conclusion) and agree(fails.conclusion, step.conclusion),
         "a case concludes something else")
    _keeps(step, holds, [condition])
    _keeps(step, fails, [negation(condition)])
    _keeps_all(step, others)
    judge.defined([c for p in others for c in (p.conclusion, *p.given)], condition)
    return [step.conclusion] if holds.conclusion is fails.conclusion is step.conclusion else ()


@validates("discharge")
def _discharge(step: Step, judge: Judge) -> Said:
    theorem, *proofs = step.premises
    need(theorem.conclusion is step.conclusion, "the premise concludes something else")
    gone = theorem.given - step.given
    need(all(any(agree(p.conclusion, g) for p in proofs) for g in gone), "an assumption is not proved")
    _keeps_all(step, proofs)
    for g in gone - {p.conclusion for p in proofs}:  # what is proved up to normal form is true where it is defined
        judge.defined(_known(step), g)
    return [step.conclusion]


@validates("induction")
def _induction(step: Step, judge: Judge) -> Said:
    base, advance = step.premises
    (variable,), (start,) = step.arguments["variable"], step.arguments["start"]
    need(variable.op == "scalar" and start.number is not None and start.number.denominator == 1, "no fixed integer")
    domain = variable.terms[0]
    _, kind, low, high = map(str, domain.args[:4])
    need(kind == "integer" and high == "oo" and (low == "-oo" or (rational_end(low) or 0) <= (start.number or 0)),
         f"{variable} does not range over all integers from {start} on")
    statement = step.conclusion
    need(agree(base.conclusion, substitute(statement, {variable: start})), "the base concludes something else")
    following = Term("+", variable, ONE)
    need(agree(advance.conclusion, substitute(statement, {variable: following})), "the step concludes something else")
    above = Term(">=", variable, start)
    need(low == str(start.number) or above in step.given, f"{above} is lost")
    rest = advance.given - {statement, above}
    need(not any(variable in free(g) for g in rest | base.given), f"an assumption restricts {variable}")
    need(rest | base.given <= step.given, "an assumption is lost")
    judge.defined([base.conclusion, *base.given], substitute(statement, {variable: start}))
    judge.defined([advance.conclusion, *advance.given], substitute(statement, {variable: following}))
    return [statement]


@validates("for each")
def _for_each(step: Step, judge: Judge) -> Said:
    premise, *others = step.premises
    if "indices" in step.arguments:
        return _specialised(step, premise, others, judge)
    need(step.conclusion.op == "each" and not others, "not for each index")
    if "offset" in step.arguments:
        return _offset(step, premise, judge)
    need(alike(step.conclusion.terms[0], premise.conclusion), "the premise concludes something else")
    _in_their_ranges(step, premise, ranges_of(step.conclusion), judge)
    judge.defined(_known(step), Term("each", Term("true"), *ranges_of(step.conclusion)))
    return [step.conclusion]


def _offset(step: Step, premise: Step, judge: Judge) -> Said:
    """Every index of the last range is its first value and a natural number, which is free in the premise."""
    offset, = step.arguments["offset"]
    need(offset.op == "scalar" and offset.terms[0].args[1:4] == ("integer", "0", "oo"), f"{offset} is no offset")
    *others, last = ranges_of(step.conclusion)
    index, low, _ = last.terms
    about = [g for g in premise.given if free(g) & {index, offset}]
    need(not about and offset not in free(step.conclusion), f"{offset} or {index} is restricted")
    at = Term("+", low, offset)
    need(agree(premise.conclusion, substitute(step.conclusion.terms[0], {index: at})), "not the body at an offset")
    _in_their_ranges(step, premise, others, judge)
    judge.defined([premise.conclusion, *premise.given], substitute(step.conclusion.terms[0], {index: at}))
    judge.defined(_known(step), Term("each", Term("true"), *ranges_of(step.conclusion)))
    return [step.conclusion]


def _specialised(step: Step, premise: Step, others: Sequence[Step], judge: Judge) -> Said:
    whole = premise.conclusion
    need(whole.op == "each", "not for each index")
    ranges = ranges_of(whole)
    values = dict(zip([r.terms[0] for r in ranges], step.arguments["indices"], strict=True))
    _keeps_all(step, step.premises)
    known = [*step.given, *[p.conclusion for p in others]]
    for r in ranges:
        index, low, high = r.terms
        value = values[index]
        need(is_integer(value) and not random(value), f"{value} is no fixed integer")
        for c in in_range(value, substitute(low, values), substitute(high, values)):
            need(c in step.given or judge.implied(known, c), f"{value} may be out of range")
    there = substitute(whole.terms[0], values)
    need(agree(step.conclusion, there), "not the statement at these indices")
    return [there]


@validates("for all")
def _for_all(step: Step, judge: Judge) -> Said:
    premise, *others = step.premises
    _keeps_all(step, step.premises)
    if "values" not in step.arguments:
        need(step.conclusion.op == "all" and step.conclusion.terms[0] is premise.conclusion and not others,
             "not for all values")
        bound = set(step.conclusion.terms[1:])
        need(all(b.op == "scalar" for b in bound) and not any(free(g) & bound for g in step.given),
             "an assumption restricts a value")
        return [step.conclusion]
    need(premise.conclusion.op == "all", "not for all values")
    values = dict(zip(premise.conclusion.terms[1:], step.arguments["values"], strict=True))
    for scalar, value in values.items():
        _in_domain(scalar, value, others, judge)
        _replaceable(premise.conclusion.terms[0], scalar, value)
    there = substitute(premise.conclusion.terms[0], values)
    need(agree(step.conclusion, there), "not the statement at these values")
    return [there]


@validates("instance")
def _instance(step: Step, judge: Judge) -> Said:
    premise, *others = step.premises
    values = dict(zip(step.arguments["atoms"], step.arguments["values"], strict=True))
    need(all(atom.op == "scalar" for atom in values), "values for more than scalars")
    for scalar, value in values.items():
        _in_domain(scalar, value, others, judge)
        for statement in (premise.conclusion, *premise.given):
            _replaceable(statement, scalar, value)
    there = substitute(premise.conclusion, values)
    need(agree(step.conclusion, there), "not the statement at these values")
    assumed = [substitute(g, values) for g in premise.given]
    for g in assumed:
        need(any(agree(g, h) for h in step.given) or judge.implied([], g), f"an assumption is lost: {g}")
    _keeps_all(step, others)
    return [there]


def _in_domain(scalar: Term, value: Term, proofs: Sequence[Step], judge: Judge) -> None:
    """Raise NotShown unless a value lies in the domain of a scalar, by shape or from the proofs."""
    _, kind, low, high, left, right = map(str, scalar.terms[0].args)
    need(kind == "real" or is_integer(value), f"{value} is no integer")
    known = [p.conclusion for p in proofs]
    judge.defined(known, Term("=", value, value))
    if low != "-oo":
        need(judge.implied(known, Term("<" if left == "(" else "<=", end(low), value)),
             f"{value} may lie below the domain of {scalar}")
    if high != "oo":
        need(judge.implied(known, Term("<" if right == ")" else "<=", value, end(high))),
             f"{value} may lie above the domain of {scalar}")


_AVERAGES = ("E", "Var", "Cov", "G", "G'", "NWGM", "largest-outcome")


def _replaceable(statement: Term, atom: Term, value: Term) -> None:
    """Raise NotShown unless a value put for a scalar gives an instance: no random value inside of a mean."""
    if random(value):
        for t in walk(statement):
            need(not (t.op in _AVERAGES and atom in free(t)), f"{value} is random, and {atom} stands in a mean")
    for t in walk(statement):
        if t.op == "same-to-order" and atom in free(t) | {t.terms[2]}:
            need(atom is not t.terms[2] and t.terms[2] not in free(value), f"{t.terms[2]} moves")


@validates("witness")
def _witness(step: Step, judge: Judge) -> Said:
    body, = step.premises
    need(step.conclusion.op == "exists", "nothing exists here")
    atoms = step.conclusion.terms[1:]
    values = step.arguments.get("values", ())
    need(len(atoms) == len(values) and all(a.op == "scalar" for a in atoms), "no numbers for all that exists")
    for atom, value in zip(atoms, values, strict=True):
        _in_domain(atom, value, [], judge)
    need(agree(body.conclusion, substitute(step.conclusion.terms[0], dict(zip(atoms, values, strict=True)))),
         "the premise is not the body at the witness")
    _keeps(step, body)
    return ()


# --- algebra -------------------------------------------------------------------------------------------------------


@validates("normal form")
def _normal_form(step: Step, judge: Judge) -> Said:
    _keeps_all(step, step.premises)
    if any(agree(p.conclusion, step.conclusion) for p in step.premises):
        return ()
    need(step.conclusion.op == "=" and same(*step.conclusion.terms), "the normal forms differ")
    return ()


@validates("reflexivity")
def _reflexivity(step: Step, judge: Judge) -> Said:
    need(step.conclusion.op == "=" and step.conclusion.args[0] is step.conclusion.args[1], "the sides differ")
    return ()


@validates("symmetry")
def _symmetry(step: Step, judge: Judge) -> Said:
    premise, = step.premises
    need(premise.conclusion.op == step.conclusion.op == "=", "no equality")
    need(step.conclusion.args == premise.conclusion.args[::-1], "not the premise turned round")
    _keeps(step, premise)
    return [step.conclusion]


@validates("real arithmetic")
def _real_arithmetic(step: Step, judge: Judge) -> Said:
    _keeps_all(step, step.premises)
    need(judge.implied([p.conclusion for p in step.premises], step.conclusion), "no certificate that it follows")
    return ()


@validates("evaluation")
def _evaluation(step: Step, judge: Judge) -> Said:
    need(not free(step.conclusion), "something is free")
    need(judge.implied([], step.conclusion), "not seen to be true")
    return ()


@validates("definition")
def _definition(step: Step, judge: Judge) -> Said:
    """An entry of a recursion is its base at the first layer, its step above it, in the ranges of the other indices."""
    need(step.conclusion.op == "=", "no equality")
    entry, value = step.conclusion.terms
    need(entry.op == "entry" and entry.terms[0].op == "recursion", f"{entry} is not defined by recursion")
    family, *indices = entry.terms
    ranges = ranges_of(family)
    names = dict(zip([r.terms[0] for r in ranges], indices, strict=True))
    start = ranges[0].terms[1]
    first = same(indices[0], start)
    known = [p.conclusion for p in step.premises] + list(step.given)
    if not first:
        need(judge.implied(known, Term("<=", Term("+", start, ONE), indices[0])), f"{entry} may lie below its layers")
    body = family.terms[1 if first else 2]
    need(family.terms[0].args[2] == "-oo" and family.terms[0].args[3] == "oo", "a recursion with a domain")
    there = substitute(called(family, body), names)
    need(same(value, there), "the definition says something else")
    _keeps_all(step, step.premises)
    return ()


def called(family: Term, body: Term) -> Term:
    """The body of a recursion with the recursion in place of the name under which the body refers to it."""
    made: dict[Term, Term] = {}
    for t in walk(body):
        if t.op == "family" and t.args[0] == family.args[0] and t.args[2] == "self":
            made[t] = family
        else:
            made[t] = Term(t.op, *[a if isinstance(a, str) else made[a] for a in t.args])
    return made[body]


@validates("rewriting")
def _rewriting(step: Step, judge: Judge) -> Said:
    """The statement before with instances of left sides replaced by right sides: both are rewritten here, and agree.

    Replacing is done again; what is concluded must be what it gives, up to normal forms.
    """
    before, *equalities = step.premises
    wild = set(step.arguments["indices"])
    _keeps(step, before)
    statement = before.conclusion
    if before.rule == "reflexivity":  # the left side is kept
        left, right = statement.terms
        moved = right
        for e in equalities:
            moved = _replaced(moved, e, wild, step, judge)
        statement = Term("=", left, moved)
    else:
        for e in equalities:
            statement = _replaced(statement, e, wild, step, judge)
    need(agree(statement, step.conclusion), "replacing gives something else")
    return [statement]


def _replaced(whole: Term, equality: Step, wild: set[Term], step: Step, judge: Judge) -> Term:
    """A statement or expression with the instances of the left side of an equality replaced."""
    need(equality.conclusion.op == "=", "no equality")
    left, right = equality.conclusion.terms
    places = [g for g in equality.given if free(g) & wild]
    fixed = equality.given - set(places)
    need(fixed <= step.given, "an assumption is lost")
    need(not any(random(g) for g in equality.given) or not any(t.op in _AVERAGES for t in walk(whole)),
         "an assumption of one outcome is used inside of a mean")
    bound_anywhere = {b for t in walk(whole) for _, bound in scopes(t) for b in bound}
    need(left not in bound_anywhere and not any(free(g) & bound_anywhere for g in fixed),
         "an assumption is about what is bound")
    # an equality that assumes nothing of what is bound holds for each of its values, as binding asks for it

    def inside(t: Term, ranges: tuple[Term, ...], loose: frozenset[Term]) -> Term:
        found = _instance_of(left, t, wild)
        if found is not None:
            need(not any(random(v) for v in found.values()), "a random index")
            around = {r.terms[0] for r in ranges} | loose
            for g in places:
                there = substitute(g, found)
                if free(there) & around:
                    inside_of = [c for r in ranges for c in in_range(*r.terms)]
                    need(not free(there) & loose and judge.implied(inside_of, there),
                         f"an index may be out of range: {there}")
                else:
                    need(there in step.given, f"an assumption is lost: {there}")
            return substitute(right, found)
        own = ranges_of(t)
        parts = {}
        for part, bound in scopes(t):
            here = tuple(r for r in own if r.terms[0] in bound)
            parts[part] = inside(part, ranges + here, loose | (set(bound) - {r.terms[0] for r in here}))
        if t.op in _OPAQUE:
            return t
        args = [a if isinstance(a, str) else
                Term("range", a.terms[0], parts.get(a.terms[1], a.terms[1]), parts.get(a.terms[2], a.terms[2]))
                if a.op == "range" else parts.get(a, a) for a in t.args]
        return Term(t.op, *args)

    return inside(whole, (), frozenset())


_OPAQUE = ("index", "variable", "scalar", "family", "gates", "recursion", "abstract", "subnetwork", "normal", "uniform",
           "bernoulli", "function", "number", "domain")


def _instance_of(pattern: Term, t: Term, wild: set[Term]) -> dict[Term, Term] | None:
    """The values of the wild indices that make a pattern a term; only an entry has instances, others must be equal."""
    if not wild or pattern.op != "entry":
        return {} if pattern is t or same_expression(pattern, t) else None
    if t.op != "entry" or t.terms[0] is not pattern.terms[0]:
        return None
    found: dict[Term, Term] = {}
    for p, e in zip(pattern.terms[1:], t.terms[1:], strict=True):
        if p in wild:
            if found.setdefault(p, e) is not e:
                return None
        elif not same(p, e):
            return None
    return found


def same_expression(one: Term, other: Term) -> bool:
    return one.sort == other.sort == "E" and one.op == other.op and alike(one, other)


# --- sums, means and monotone functions ------------------------------------------------------------------------------


@validates("weighted sum")
def _weighted_sum(step: Step, judge: Judge) -> Said:
    """A relation for every index, times weights that are not negative, summed over the range of the index."""
    premise, = step.premises
    (weight,), (index,) = step.arguments["weight"], step.arguments["index"]
    op, left, right = relation(premise.conclusion)
    kind, low, high = relation(step.conclusion)
    need(low.op == "sum" and len(ranges_of(low)) == 1 or high.op == "sum" and len(ranges_of(high)) == 1, "no sum")
    limit = ranges_of(low if low.op == "sum" else high)[0]
    need(limit.terms[0] is index, "a sum over another index")
    _in_their_ranges(step, premise, [limit], judge)
    need(op == "=" or is_nonnegative(weight) or judge.implied(in_range(*limit.terms), Term("<=", ZERO, weight)),
         f"the weight {weight} may be negative")
    for side, total in ((left, low), (right, high)):
        need(same(total, Term("sum", Term("*", weight, side), limit)), "the sums are of something else")
    whole = weight.op == "entry" and weight.terms[1:] == (index,) and weight.terms[0].args[2:3] == ("distribution",) \
        and limit.terms[1:] == ranges_of(weight.terms[0])[0].terms[1:]
    need(kind == op or op == "<" and kind == "<=" or op == "=" and kind == "<=", "another relation")
    need(kind != "<" or whole, "weights that may all vanish leave no strict inequality")
    return ()


@validates("sum of terms")
def _sum_of_terms(step: Step, judge: Judge) -> Said:
    premise, = step.premises
    op, left, right = relation(premise.conclusion)
    kind, low, high = relation(step.conclusion)
    need(op in ("=", "<=") and kind == op, "no equality or weak inequality")
    limits = [r for side in (low, high) if side.op == "sum" for r in ranges_of(side)]
    need(bool(limits), "no sum")
    _in_their_ranges(step, premise, [limits[0]], judge)
    for side, total in ((left, low), (right, high)):
        need(same(total, Term("sum", side, limits[0])), "the sums are of something else")
    return ()


@validates("expectation")
def _expectation(step: Step, judge: Judge) -> Said:
    """Means of both sides of a relation that holds at every outcome."""
    premise, = step.premises
    need(not any(random(g) for g in premise.given), "an assumption restricts an outcome")
    op, left, right = relation(premise.conclusion)
    kind, low, high = relation(step.conclusion)
    need((op, kind) in (("=", "="), ("<=", "<="), ("<", "<=")), "another relation")
    need(same(low, Term("E", left)) and same(high, Term("E", right)), "the means are of something else")
    _keeps(step, premise)
    proper = not any(t.op in ("normal", "abstract") for t in walk(premise.conclusion))  # else a mean may not exist
    return [Term(kind, Term("E", left), Term("E", right))] if proper else ()


@validates("monotone")
def _monotone(step: Step, judge: Judge) -> Said:
    """exp or log of both sides, the smaller one positive where it is log."""
    premise, *others = step.premises
    op, left, right = relation(premise.conclusion)
    kind, low, high = relation(step.conclusion)
    need(op == kind and op in ("=", "<=", "<"), "another relation")
    _keeps_all(step, step.premises)
    if same(low, Term("exp", left)) and same(high, Term("exp", right)):
        return [Term(op, Term("exp", left), Term("exp", right))]
    known = [p.conclusion for p in others]
    need(judge.implied(known, Term("<", ZERO, left)), f"{left} may not be positive")
    need(same(low, Term("log", left)) and same(high, Term("log", right)), "no exp or log of both sides")
    return [Term(op, Term("log", left), Term("log", right))]


@validates("variance is not negative")
def _variance(step: Step, judge: Judge) -> Said:
    op, left, right = relation(step.conclusion)
    need(op == "<=" and right.op == "E", "no mean of a square")
    square = right.terms[0]
    need(square.op == "^" and square.terms[1] is number(2), "no mean of a square")
    need(same(left, Term("^", Term("E", square.terms[0]), number(2))), "not the square of the mean")
    return ()


@validates("product")
def _product(step: Step, judge: Judge) -> Said:
    premise, = step.premises
    need(step.conclusion.op == premise.conclusion.op == "=", "no equality")
    _keeps(step, premise)
    left, right = premise.conclusion.terms
    above, below = step.conclusion.terms
    # a = b gives c = d where c b = d a needs no division: only where a factor shows can it be told
    for factor in (f for t in (above, below) if t.op == "*" for f in t.terms):
        if same(above, Term("*", left, factor)) and same(below, Term("*", right, factor)):
            return ()
    raise NotShown("no common factor is seen")


@validates("positive homogeneity")
def _homogeneity(step: Step, judge: Judge) -> Said:
    """relu(a x) = a relu(x) for a >= 0."""
    need(step.conclusion.op == "=", "no equality")
    left, right = step.conclusion.terms
    _keeps_all(step, step.premises)
    known = [p.conclusion for p in step.premises]
    need(left.op == "relu", "no rectifier")
    relus = [t for t in walk(right) if t.op == "relu"]
    factors = [f for f in (right.terms if right.op == "*" else ()) if f.op != "relu"]
    for inner in relus:
        factor = ONE if not factors else factors[0] if len(factors) == 1 else Term("*", *factors)
        if same(left.terms[0], Term("*", factor, inner.terms[0])) and same(right, Term("*", factor, inner)) \
                and (is_nonnegative(factor) or judge.implied(known, Term("<=", ZERO, factor))):
            return ()
    raise NotShown("not a multiple that is known not to be negative")


@validates("rectifier of a non-negative number")
def _kept(step: Step, judge: Judge) -> Said:
    need(step.conclusion.op == "=", "no equality")
    left, right = step.conclusion.terms
    _keeps_all(step, step.premises)
    need(left.op == "relu" and same(left.terms[0], right), "not the rectifier of the other side")
    need(is_nonnegative(right) or judge.implied([p.conclusion for p in step.premises], Term("<=", ZERO, right)),
         f"{right} may be negative")
    return ()
