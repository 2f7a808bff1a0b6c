"""Decision by z3: real polynomial statements for all real values of their atoms.

A statement about scalars only is decided over its whole scope. One about families is decided at small sizes, every
entry a free real: exact, but only for those sizes. A model that refutes is checked by exact evaluation. Terms that may
be undefined are decided to be defined first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp
import z3

from dropout_theory import language as lang
from dropout_theory.arithmetic.solver import Translator
from dropout_theory.checkers.at_instances import check_admissible, judge
from dropout_theory.checkers.exact import not_evaluable, report
from dropout_theory.checkers.sizes import doubtful, small_sizes
from dropout_theory.checkers.unrolling import Unroller
from dropout_theory.claims import ProofError
from dropout_theory.definedness.partiality import Partial
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.instances import Rejected, Values, index_tuples
from dropout_theory.evaluation.tightness import certified_gaps
from dropout_theory.evaluation.values import Truth, Undefined, Unsupported
from dropout_theory.language import atoms_of
from dropout_theory.language import statements as st
from dropout_theory.verdicts.kernel import Context, Finding, checker
from dropout_theory.verdicts.methods import Method

METHOD = Method(
    name="decide", place=30, mark="d", title="decision procedure",
    does="z3 on real polynomial arithmetic",
    rigor="proof", tools=("python-flint", "z3-solver"),
)

# bounds on work, not on time, so that the answer does not depend on the machine
RESOURCE_LIMIT = 600_000
FAST_RESOURCE_LIMIT = 300_000
_TRANSCENDENTAL = (sp.exp, sp.log, sp.sin, sp.cos, sp.tanh, sp.erf, lang.Sigma, lang.NWGM, lang.G, lang.Gc, sp.floor,
                   sp.ceiling, sp.binomial, sp.factorial)


def not_polynomial(claim: Any) -> str | None:
    """Why a statement is outside real polynomial arithmetic, or None."""
    reason = not_evaluable(claim)
    if reason:
        return reason
    expressions = [claim.statement, *[h.condition for h in claim.hypotheses]]
    for expr in expressions:
        for node in sp.preorder_traversal(expr):
            if isinstance(node, _TRANSCENDENTAL):
                return f"not polynomial: {type(node).__name__}"
            if isinstance(node, sp.core.function.AppliedUndef):
                return f"quantifies over the function {node.func}"
            if isinstance(node, lang.RandomScalar) and node.law[0] != "bernoulli":
                return f"continuous random variable {node}"
            if isinstance(node, sp.Pow) and not (node.exp.is_Integer or node.exp in (sp.S.Half, -sp.S.Half)):
                return f"not polynomial: exponent {node.exp}"
            if isinstance(node, st.Exists):
                return "existential statement: decided by its witness"
    return None


@checker(METHOD.name, not_polynomial)
def decide(claim: Any, context: Context) -> Finding:
    """Decide the statement at each small choice of its sizes; for all sizes when it has none.

    Of a statement that holds it also decides, unless it must be fast, whether its inequalities leave a gap.
    """
    found = _decided(claim, context)
    if found.outcome == "holds" and not context.fast and any(atoms_of(claim)):  # of numbers the gap is known
        gaps = certified_gaps(claim, found.scope, lambda other: _decided(other, context))
        if gaps:
            return replace(found, figures={**found.figures, "gaps": gaps})
    return found


def _decided(claim: Any, context: Context) -> Finding:
    integers, _, families = atoms_of(claim)
    if any(f.domain.integer for f in families):
        return Finding("unknown", "exact-instances", "sizes form a family: no finite list of cases")
    terms = doubtful(claim)
    decided: list[str] = []
    undecided: list[str] = []
    empty = 0
    for label, fixed in small_sizes(claim, context.fast):
        if undecided:  # larger sizes cost far more and are no easier
            break
        try:
            answer = _decide_at(claim, fixed, terms, context)
        except (Unsupported, ProofError, Undefined) as error:
            undecided.append(f"{label}: {error}")
            continue
        if isinstance(answer, Finding):
            return answer
        if answer == "sat":
            undecided.append(f"{label}: the model is not an exact counterexample")
        elif answer == "unsat":
            decided.append(label)
        elif answer == "empty":
            empty += 1
        else:
            undecided.append(f"{label}: solver gave up")
    if not decided:
        return Finding("unknown", "exact-instances", "; ".join(undecided[:2]) or "nothing to decide")
    whole = not integers and not undecided and not empty
    return Finding("holds", "proof" if whole else "exact-instances",
                   "for all real values" if whole else f"for all real values at {'; '.join(decided)}",
                   {"cases": len(decided), "undecided": len(undecided)})


class _Question:
    """Statements, and what is given with them, at fixed sizes, as the solver is to read them."""

    def __init__(self, claim: Any, fixed: Values, statements: tuple[Any, ...], context: Context) -> None:
        self.claim, self.fixed = claim, fixed
        self.resources = FAST_RESOURCE_LIMIT if context.fast else RESOURCE_LIMIT
        self.translator = Translator()
        unroll = Unroller(fixed)
        self.statements = [self.translator.boolean(unroll.boolean(s)) for s in statements]
        self.given = [self.translator.boolean(unroll.boolean(h.condition)) for h in claim.hypotheses]
        _, self.reals, families = atoms_of(claim)
        self.entries = {f: [f[p] for p in index_tuples(f, fixed)] for f in families}
        for f, members in self.entries.items():
            for member in members:
                self.translator.opaque(member)
            if f.simplex is True:
                self.given.append(self.translator.boolean(st.equal(sp.Add(*members), 1)))
        for r in self.reals:
            self.translator.opaque(r)

    def ask(self, *wanted: Any) -> Finding | str:
        """The refutation that a model of what is wanted amounts to, or the solver's answer.

        Raises ProofError where terms may be undefined.
        """
        *before, goal = wanted
        label = self.translator.unjustified([*self.given, *before], self.resources)
        if label is not None:
            raise ProofError(f"{label} is not implied by the hypotheses")
        solver = self._solver()
        solver.add(*wanted)
        answer = str(solver.check())
        return _refutation(self.claim, self._values(solver.model())) or answer if answer == "sat" else answer

    def contradicts_itself(self) -> bool:
        """Whether the hypotheses contradict one another at these sizes."""
        return str(self._solver().check()) == "unsat"

    def _solver(self) -> Any:
        solver = z3.Solver(ctx=self.translator.context)
        solver.set("rlimit", self.resources)
        solver.set("random_seed", 0)
        solver.add(*self.given, *self.translator.facts)
        return solver

    def _values(self, model: Any) -> Values:
        def number(atom: Any) -> Any:
            return _number(model.eval(self.translator.names[atom], model_completion=True))

        values: Values = {**self.fixed, **{r: number(r) for r in self.reals}}
        for f, members in self.entries.items():
            values[f] = {tuple(int(i) for i in e.indices): number(e) for e in members}
        return values


def _decide_at(claim: Any, fixed: Values, terms: list[Partial], context: Context) -> Finding | str:
    """A refutation at some sizes, or unsat where there is none, sat or unknown where that is not decided, empty where
    nothing meets the hypotheses. Raises Unsupported, and ProofError where terms may be undefined."""
    for term in terms:
        if term.condition is not None:
            asked = _Question(claim, fixed, (*term.known, term.condition), context)
            *known, condition = asked.statements
            answer = asked.ask(*known, z3.Not(condition))
            if isinstance(answer, Finding):
                return answer
        if term.condition is None or answer != "unsat":
            raise ProofError(f"{term.term} may be undefined")
    asked = _Question(claim, fixed, (claim.statement,), context)
    answer = asked.ask(z3.Not(asked.statements[0]))
    return "empty" if answer == "unsat" and claim.hypotheses and asked.contradicts_itself() else answer


def _number(value: Any) -> Any:
    """A number of a model, exactly: a rational, or a root of a polynomial."""
    if z3.is_rational_value(value):
        return sp.Rational(value.numerator_as_long(), value.denominator_as_long())
    x = sp.Dummy()
    coefficients = [_number(c) for c in value.poly()]
    return sp.rootof(sum(c * x**k for k, c in enumerate(coefficients)), x, value.index() - 1)


def _refutation(claim: Any, values: Values) -> Finding | None:
    """The model as an exact counterexample, verified by evaluation; None when it is not one."""
    try:
        check_admissible(claim, values)
        judged = judge(claim.statement, values, expectation)
    except (Rejected, Unsupported):
        return None
    if judged.truth is not Truth.FALSE:
        return None
    return Finding("fails", "exact-instances", "a model of the negation, verified exactly",
                   counterexample=report(values, judged))
