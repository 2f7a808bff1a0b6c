"""Validators: for each rule, what must be so for a step of it to be right, whatever the program that made it thinks.

A validator returns where the step follows, and raises NotShown where it does not see that. It never asks how the
conclusion was found. What a conclusion needs to be defined is asked for once, for all rules, in `validate`: beside what
the premises show it may use the statements that a validator returns, which are defined since the premises are.

A rule without a validator of its own is one of logic or arithmetic, whatever it is called: see `_follows`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from dropout_theory.recheck.steps.binding import NUMBERS, free, is_itself, random, substitute
from dropout_theory.recheck.steps.bounds import bounds, is_integer, weighs
from dropout_theory.recheck.steps.definedness import has_mean
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.recheck.steps.grammar import ONE, ZERO, Malformed, NotShown, Term, end, minus, need, walk
from dropout_theory.recheck.steps.judging import Certified
from dropout_theory.recheck.steps.normal import canonical, same
from dropout_theory.recheck.steps.statements import in_range, negation, parts_of, relation

Said = Sequence[Term]  # statements that are defined, and true, since the premises are


def validate(step: Step, judge: Certified) -> None:
    """Raise NotShown unless a validator of its rule accepts a step, and all terms of its conclusion are defined."""
    try:
        if step.rule.startswith(("claim ", "classical: ")):
            _quoted(step, judge)
            return
        same_terms = VALIDATORS.get(step.rule, _follows)(step, judge)
        judge.defined([*_known(step), *same_terms], step.conclusion)
    except (LookupError, ValueError) as error:  # no substitution, or premises and arguments that do not fit
        raise NotShown(f"{type(error).__name__}: {error}") from None


# --- what validators share -----------------------------------------------------------------------------------------


def agree(one: Term, other: Term) -> bool:
    """Whether two statements say the same, wherever both are defined, up to normal forms and names of bound indices."""
    try:
        return canonical(one) is canonical(other)
    except (NotShown, Malformed, RecursionError):
        return one is other


def _keeps(step: Step, premises: Iterable[Step]) -> None:
    """Raise NotShown unless a step still assumes what premises assume."""
    need(all(p.given <= step.given for p in premises), "an assumption is lost")


def _known(step: Step) -> list[Term]:
    """What is known where a step is made: what it assumes, and what premises conclude that assume no more."""
    return [*step.given, *[p.conclusion for p in step.premises if p.given <= step.given]]


def _in_their_ranges(step: Step, premise: Step, limits: Sequence[Term], judge: Certified) -> None:
    """Raise NotShown unless what a premise assumes of indices that are bound here follows from their ranges."""
    inside, bound = in_range(*limits), {r.terms[0] for r in limits}
    for g in premise.given:
        judge.holds(inside if free(g) & bound else list(step.given), g, "an assumption is lost")


# --- logic and arithmetic -------------------------------------------------------------------------------------------


def _quoted(step: Step, judge: Certified) -> None:
    found = judge.quoted(step.rule.removeprefix("claim ").replace("classical: ", "classical:"))
    need(found and step.conclusion is found[0] and found[1] <= step.given and not step.premises,
         f"{step.rule} says something else, or is unknown")


def _follows(step: Step, judge: Certified) -> Said:
    """What follows by logic, by normal forms or over the reals, whatever the rule is called."""
    condition, = step.arguments.get("condition", (None,))
    if condition is None:
        _shown(step.conclusion, list(step.given), step.premises, judge)
    else:
        judge.defined(_facts(list(step.given), step.premises, judge), condition)
        for case in (condition, negation(condition)):
            _shown(step.conclusion, [*step.given, case], step.premises, judge)
    return [step.conclusion]


def _shown(goal: Term, given: list[Term], premises: Sequence[Step], judge: Certified, supposed: Said = ()) -> None:
    """Raise NotShown unless a statement is defined and true wherever all that is given holds, since premises do.

    Of what is given, arithmetic is told what is `supposed` in the statement, and what premises conclude.
    """
    facts = _facts(given, premises, judge)
    if any(goal in parts_of(f, "and") for f in facts):
        return
    if goal.op == "and":  # a conjunct guards those after it
        for part in goal.terms:
            _shown(part, given, premises, judge, supposed)
            given = [*given, part]
    elif goal.op == "implies":
        assumed, concluded = goal.terms
        judge.defined(facts, assumed)
        _shown(concluded, [*given, assumed], premises, judge, [*supposed, assumed])
    elif goal.op == "iff":
        for sides in (goal.terms, goal.terms[::-1]):
            _shown(Term("implies", *sides), given, premises, judge, supposed)
    else:
        need(any(agree(goal, f) for f in facts) or goal.op == "=" and same(*goal.terms)
             or judge.implied([*supposed, *[p.conclusion for p in premises if p.conclusion in facts]], goal),
             "it is not seen to follow")
        judge.defined(facts, goal)


def _facts(given: list[Term], premises: Sequence[Step], judge: Certified) -> list[Term]:
    """What is given, what premises conclude that assume only facts, and what facts imply by being implications."""
    facts, left = list(given), [(p.given, p.conclusion) for p in premises]
    left += [(frozenset(p.conclusion.terms[:1]) | p.given, p.conclusion.terms[1])
             for p in premises if p.conclusion.op == "implies"]
    while found := [(assumed, said) for assumed, said in left if all(_is_fact(a, facts, judge) for a in assumed)]:
        facts += [said for _, said in found if said not in facts]
        left = [one for one in left if one not in found]
    return facts


def _is_fact(statement: Term, facts: list[Term], judge: Certified) -> bool:
    """Whether a statement is a fact, or one up to its normal form and defined where facts hold."""
    if statement not in facts and any(agree(statement, f) for f in facts):
        judge.defined(facts, statement)
        return True
    return statement in facts


def _induction(step: Step, judge: Certified) -> Said:
    base, advance = step.premises
    (variable,), (start,) = step.arguments["variable"], step.arguments["start"]
    need(variable.op == "scalar" and start.number is not None and start.number.denominator == 1, "no fixed integer")
    least = bounds(variable).low
    need(variable.terms[0].args[1:4:2] == ("integer", "oo") and (least is None or least <= (start.number or 0)),
         f"{variable} does not range over all integers from {start} on")
    above = Term(">=", variable, start)
    need(least == start.number or above in step.given, f"{above} is lost")
    rest = base.given | (advance.given - {step.conclusion, above})
    need(not any(variable in free(g) for g in rest), f"an assumption restricts {variable}")
    need(rest <= step.given, "an assumption is lost")
    for premise, at in ((base, start), (advance, Term("+", variable, ONE))):
        wanted = substitute(step.conclusion, {variable: at})
        need(agree(premise.conclusion, wanted), "the base or the step concludes something else")
        judge.defined([premise.conclusion, *premise.given], wanted)
    return [step.conclusion]


def _for_each(step: Step, judge: Certified) -> Said:
    if "indices" in step.arguments:
        return _instance(step, judge)
    premise, = step.premises
    need(step.conclusion.op == "each" and step.conclusion.terms[0] is premise.conclusion, "not for each index")
    _in_their_ranges(step, premise, step.conclusion.ranges, judge)
    judge.defined(_known(step), Term("each", Term("true"), *step.conclusion.ranges))
    return [step.conclusion]


def _instance(step: Step, judge: Certified) -> Said:
    """A statement at values of its free scalars, or of what it binds and of all of whose values it says something."""
    premise, *others = step.premises
    if step.rule == "instance":
        statement, bound, atoms = premise.conclusion, [], list(step.arguments["atoms"])
    else:
        need(premise.conclusion.op == step.rule.removeprefix("for "), "not for all values")
        statement, *bound = premise.conclusion.terms
        atoms = [a.terms[0] if a.op == "range" else a for a in bound]
    values = dict(zip(atoms, step.arguments["indices" if step.rule == "for each" else "values"], strict=True))
    known = [p.conclusion for p in others]
    if step.rule == "for each":
        need(all(is_integer(v) and not random(v) for v in values.values()), "no fixed integer")
        for c in in_range(*bound):
            judge.holds([*step.given, *known], substitute(c, values), "a value may be out of range")
    else:
        for scalar, value in values.items():
            _in_domain(scalar, value, known, judge)
            for t in (t for s in (statement, *premise.given) for t in walk(s)):
                need(not (random(value) and t.op in NUMBERS and scalar in free(t)), f"{value} is random in a mean")
                need(t.op != "same-to-order" or scalar not in free(t) | {t.terms[2]}, f"{scalar} may move a scale")
    there = substitute(statement, values)
    need(agree(step.conclusion, there), "not the statement at these values")
    for g in [substitute(g, values) for g in premise.given] if step.rule == "instance" else premise.given:
        if not _is_fact(g, list(step.given), judge):
            judge.holds([], g, "an assumption is lost")
    _keeps(step, others)
    return [there]


def _in_domain(scalar: Term, value: Term, known: Sequence[Term], judge: Certified) -> None:
    """Raise NotShown unless a value lies in the domain of a scalar, by shape or by what is known."""
    need(scalar.op == "scalar", f"{scalar} is no scalar")
    _, kind, low, high, left, right = map(str, scalar.terms[0].args)
    need(kind == "real" or is_integer(value), f"{value} is no integer")
    judge.defined(known, Term("=", value, value))
    need(low == "-oo" or judge.implied(known, Term("<" if left == "(" else "<=", end(low), value)),
         f"{value} may lie below the domain of {scalar}")
    need(high == "oo" or judge.implied(known, Term("<" if right == ")" else "<=", value, end(high))),
         f"{value} may lie above the domain of {scalar}")


def _definition(step: Step, judge: Certified) -> Said:
    """An entry of a recursion is its base at the first layer, its step above it, in the ranges of the other indices."""
    need(step.conclusion.op == "=", "no equality")
    entry, value = step.conclusion.terms
    need(entry.op == "entry" and entry.terms[0].op == "recursion", f"{entry} is not defined by recursion")
    family, *indices = entry.terms
    need(family.terms[0].args[2:4] == ("-oo", "oo"), "a recursion with a domain")
    start = family.ranges[0].terms[1]
    first = same(indices[0], start)
    known = [*[p.conclusion for p in step.premises], *step.given]
    need(first or judge.implied(known, Term("<=", Term("+", start, ONE), indices[0])), f"{entry} may lie too low")
    need(_speaks_of_layers_below(family), f"{family} is not defined by what is below")
    made: dict[Term, Term] = {}  # the body with the recursion in place of its name in its own definition
    body = family.terms[1 if first else 2]
    for t in walk(body):
        made[t] = family if is_itself(t, family) else \
            Term(t.op, *[a if isinstance(a, str) else made[a] for a in t.args])
    names = dict(zip([r.terms[0] for r in family.ranges], indices, strict=True))
    need(same(value, substitute(made[body], names)), "the definition says something else")
    _keeps(step, step.premises)
    return ()


def _speaks_of_layers_below(family: Term) -> bool:
    """Whether a recursion names itself at the layer below only, or at all layers below, and not in its base."""
    base, body = family.terms[1:3]
    layer, start, _ = family.ranges[0].terms
    below = minus(layer, ONE)
    ranges = [r.terms for t in walk(body) for r in t.ranges]

    def well(i: Term) -> bool:
        over = [same(low, start) and same(high, below) for index, low, high in ranges if index is i]
        return same(i, below) or bool(over) and all(over) and i not in free(body)

    named = [t.terms[1] for t in walk(body) if t.op == "entry" and is_itself(t.terms[0], family)]
    return all(map(well, named)) and not any(is_itself(t, family) for t in walk(base))


# --- rewriting ------------------------------------------------------------------------------------------------------


def _rewriting(step: Step, judge: Certified) -> Said:
    """The statement before with instances of left sides replaced by right sides: both are rewritten here, and agree.

    Replacing is done again; what is concluded must be what it gives, up to normal forms.
    """
    before, *equalities = step.premises
    wild = set(step.arguments["indices"])
    need(all((a.op, *a.args[1:]) == ("index", "integer") for a in wild), "an index that is more than an integer")
    _keeps(step, [before])
    said = before.conclusion
    kept = said.op == "=" and said.args[0] is said.args[1]  # the left side stays as it is
    moved = said.terms[1] if kept else said
    for e in equalities:
        moved = _replaced(moved, e, wild, step, judge)
    statement = Term("=", said.terms[0], moved) if kept else moved
    need(agree(statement, step.conclusion), "replacing gives something else")
    return [statement]


def _replaced(whole: Term, equality: Step, wild: set[Term], step: Step, judge: Certified) -> Term:
    """A statement or expression with the instances of the left side of an equality replaced."""
    need(equality.conclusion.op == "=", "no equality")
    left, right = equality.conclusion.terms
    places = [g for g in equality.given if free(g) & wild]
    fixed = equality.given - set(places)
    need(fixed <= step.given, "an assumption is lost")
    need(not any(random(g) for g in equality.given) or not any(t.op in NUMBERS for t in walk(whole)),
         "an assumption of one outcome is used inside of a mean")
    bound_anywhere = {b for t in walk(whole) for _, bound in t.scopes for b in bound}
    need(left not in bound_anywhere and not any(free(g) & bound_anywhere for g in fixed),
         "an assumption is about what is bound")
    # an equality that assumes nothing of what is bound holds for each of its values, as binding asks for it

    def inside(t: Term, limits: tuple[Term, ...], loose: frozenset[Term]) -> Term:
        found = _instance_of(left, t, wild)
        if found is None:
            parts = []
            for part, bound in t.scopes:
                own = tuple(r for r in t.ranges if r.terms[0] in bound)
                parts.append(inside(part, limits + own, loose | (set(bound) - {r.terms[0] for r in own})))
            return t.rebuilt(parts, {}) if parts else t
        need(not any(random(v) for v in found.values()), "a random index")
        for there in [substitute(g, found) for g in places]:
            if there not in step.given or free(there) & {*loose, *[r.terms[0] for r in limits]}:
                need(not free(there) & loose, f"an assumption is about what is bound: {there}")
                judge.holds(in_range(*limits), there, "an index may be out of range")
        return substitute(right, found)

    return inside(whole, (), frozenset())


def _instance_of(pattern: Term, t: Term, wild: set[Term]) -> dict[Term, Term] | None:
    """The values of the wild indices that make a pattern a term; only an entry has instances, others must be equal."""
    if not wild or pattern.op != "entry":
        return {} if pattern is t else None
    if t.op != "entry" or t.terms[0] is not pattern.terms[0]:
        return None
    found: dict[Term, Term] = {}
    for p, e in zip(pattern.terms[1:], t.terms[1:], strict=True):
        if found.setdefault(p, e) is not e if p in wild else not same(p, e):
            return None
    return found


# --- sums, means and monotone functions ------------------------------------------------------------------------------


def _both_sides(step: Step, judge: Certified) -> Said:
    """A relation of sums, means, exponentials or logarithms of both sides of a relation."""
    premise, *others = step.premises
    op, left, right = relation(premise.conclusion)
    kind, low, high = relation(step.conclusion)
    if step.rule in ("expectation", "monotone"):
        _keeps(step, step.premises)
        function = "E" if step.rule == "expectation" else "exp" if same(low, Term("exp", left)) else "log"
        need(function != "E" or not any(random(g) for g in premise.given), "an assumption restricts an outcome")
        need(function != "log" or judge.implied([p.conclusion for p in others], Term("<", ZERO, left)),
             f"{left} may not be positive")
        strict = function != "E"
        sides = [Term(function, left), Term(function, right)]
    else:
        limit, strict = _weighed(step, premise, op, judge)
        weight, = step.arguments.get("weight", (ONE,))
        sides = [Term("sum", Term("*", weight, side), limit) for side in (left, right)]
    need((op, kind) in (("=", "="), ("<=", "<="), ("<", "<" if strict else "<=")), "another relation")
    need(same(low, sides[0]) and same(high, sides[1]), "the sides are something else")
    # a weight may be undefined, and a mean may fail to exist
    exist = step.rule == "monotone" or step.rule == "expectation" and all(map(has_mean, (left, right)))
    return [Term(kind, *sides)] if exist else ()


def _weighed(step: Step, premise: Step, op: str, judge: Certified) -> tuple[Term, bool]:
    """The range over which the sides of a relation are summed, and whether < is kept: weights may all vanish."""
    limit = [r for side in step.conclusion.terms if side.op == "sum" for r in side.ranges][0]  # else there is no sum
    _in_their_ranges(step, premise, [limit], judge)
    weight, = step.arguments.get("weight", (ONE,))
    need(op == "=" or judge.implied(in_range(limit), Term("<=", ZERO, weight)), f"the weight {weight} may be negative")
    return limit, weighs(weight, limit)


VALIDATORS: dict[str, Callable[[Step, Certified], Said]] = {
    "induction": _induction, "for each": _for_each, "for all": _instance, "instance": _instance,
    "definition": _definition, "rewriting": _rewriting,
    **dict.fromkeys(("weighted sum", "sum of terms", "expectation", "monotone"), _both_sides),
}
