"""Property tests: hypothesis draws instances inside the domains, the exact evaluator judges them, failures shrink.

Sampled support only. A failure is an exact counterexample: the smallest one found is judged again before it is shown.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sympy as sp

from dropout_theory.checkers.at_instances import Premises, build, judge
from dropout_theory.checkers.exact import Distinct, fails_at, not_evaluable, report, shrink
from dropout_theory.evaluation.enumeration import expectation
from dropout_theory.evaluation.instances import Rejected, Values
from dropout_theory.evaluation.values import Truth, Unsupported
from dropout_theory.language import Domain, atoms_of, describe
from dropout_theory.language import statements as st
from dropout_theory.verdicts.kernel import Context, Finding, checker
from dropout_theory.verdicts.methods import Method

METHOD = Method(
    name="property", place=70, mark="p", title="property tests",
    does="Hypothesis draws sizes, weights, inputs and gates from the statement's own domains",
    rigor="sampled", tools=("python-flint",), optional="hypothesis",
)

EXAMPLES = 30
FAST_EXAMPLES = 20
# judgements in all, shrinking included: work is bounded by a count, so that the answer does not depend on the machine
JUDGEMENTS = 400
FAST_JUDGEMENTS = 150
_MAX_DENOMINATOR = 8

# what a number shrinks towards, simplest first
_SIMPLE = [sp.Integer(0), sp.Integer(1), sp.Rational(1, 2), sp.Integer(-1), sp.Integer(2), sp.Rational(1, 3),
           sp.Rational(2, 3), sp.Rational(1, 4), sp.Rational(3, 4), sp.Rational(-1, 2), sp.Integer(-2), sp.Integer(3)]


def not_drawable(claim: Any) -> str | None:
    """Why instances of a statement cannot be drawn and judged, or None."""
    reason = not_evaluable(claim)
    if reason:
        return reason
    if claim.statement.has(st.Exists):
        return "existential statement: decided by its witness"
    if not any(atoms_of(claim)):
        return "a statement about numbers: nothing to draw"
    return None


@lru_cache(maxsize=256)
def _simple_numbers(domain: Domain) -> list[sp.Rational]:
    return [v for v in _SIMPLE if domain.contains(v)]


class DrawnChooser:
    """Values of an instance from hypothesis' `draw`, so that its shrinker works on them."""

    def __init__(self, draw: Any) -> None:
        from hypothesis import strategies

        self.draw = draw
        self.strategies = strategies

    def integer(self, name: str, low: int, high: int) -> int:
        return int(self.draw(self.strategies.integers(low, high)))

    def number(self, name: str, domain: Domain) -> sp.Rational:
        """A simple number of the domain, or a fraction with a small denominator."""
        simple = _simple_numbers(domain)
        if simple and self.draw(self.strategies.integers(0, 2)) < 2:
            return self.draw(self.strategies.sampled_from(simple))
        low = domain.lower if domain.lower != -sp.oo else min(sp.Integer(-5), domain.upper - 10)
        high = domain.upper if domain.upper != sp.oo else max(sp.Integer(5), domain.lower + 10)
        denominator = sp.Integer(self.draw(self.strategies.integers(1, _MAX_DENOMINATOR)))
        first, last = sp.ceiling(low * denominator), sp.floor(high * denominator)
        if domain.open_below and first == low * denominator:
            first += 1
        if domain.open_above and last == high * denominator:
            last -= 1
        if first > last:  # no such fraction inside: the middle is
            return (low + high) / 2
        return sp.Rational(self.integer(name, int(first), int(last)), denominator)

    def simplex(self, name: str, length: int) -> list[sp.Rational]:
        parts = [self.integer(name, 0, 5) for _ in range(length)]
        if not any(parts):
            parts[0] = 1
        return [sp.Rational(p, sum(parts)) for p in parts]

    def pick(self, name: str, options: list[Any]) -> Any:
        return self.draw(self.strategies.sampled_from(options))


class _Failing(Exception):
    """The statement is false at the drawn instance."""


class _Search:
    """One hypothesis run: counts what was judged and keeps the last failing instance."""

    def __init__(self, claim: Any, judgements: int) -> None:
        self.claim = claim
        self.left = judgements
        self.tried = self.agreed = self.rejected = self.undecided = 0
        self.reasons: set[str] = set()
        self.failing: Values | None = None
        self.known: dict[str, Truth] = {}
        self.distinct = Distinct()
        self.premises = Premises(claim.statement)

    def instance(self, draw: Any) -> Values:
        """An admissible instance; hypothesis draws another where there is none."""
        from hypothesis import reject

        try:
            return build(self.claim, DrawnChooser(draw))
        except (Rejected, Unsupported) as error:
            self.rejected += 1
            self.reasons.add(str(error))
            reject()

    def __call__(self, values: Values) -> None:
        if self._truth(values) is Truth.FALSE:
            self.failing = values
            raise _Failing

    def _truth(self, values: Values) -> Truth:
        key = str(describe(values))  # shrinking comes back to instances it has seen, and must find the same again
        if key in self.known:
            return self.known[key]
        if self.left == 0:
            return Truth.UNKNOWN
        self.left -= 1
        try:
            found = judge(self.claim.statement, values, expectation)
        except Unsupported as error:
            self.undecided += 1
            self.reasons.add(str(error))
            self.known[key] = Truth.UNKNOWN
            return Truth.UNKNOWN
        self.known[key] = found.truth
        if found.truth is Truth.UNKNOWN:
            self.undecided += 1
            self.reasons.add("balls overlap")
        else:
            self.tried += 1
            self.distinct.add(values)
            self.agreed += found.truth is Truth.AGREES
            if found.truth is not Truth.FALSE:
                self.premises.see(values)
        return found.truth


@checker(METHOD.name, not_drawable)
def property_test(claim: Any, context: Context) -> Finding:
    """Draw, judge and shrink; unknown when hypothesis is missing or no drawn instance could be judged."""
    try:
        import hypothesis
    except ImportError:
        return Finding("unknown", "sampled", "hypothesis is not installed (pip install 'dropout-theory[property]')")
    search = _Search(claim, FAST_JUDGEMENTS if context.fast else JUDGEMENTS)
    phases = (hypothesis.Phase.generate, *([hypothesis.Phase.shrink] if context.shrink else []))
    settings = hypothesis.settings(
        max_examples=FAST_EXAMPLES if context.fast else EXAMPLES, database=None, deadline=None, derandomize=False,
        suppress_health_check=list(hypothesis.HealthCheck), phases=phases, report_multiple_bugs=False,
        print_blob=False, verbosity=hypothesis.Verbosity.quiet)

    # one strategy for the whole instance: hypothesis looks after the state of `random` around each strategy it calls
    instances = hypothesis.strategies.composite(search.instance)()

    def example(values: Values) -> None:
        search(values)

    run = hypothesis.seed(context.seed)(settings(hypothesis.given(instances)(example)))
    with _apart():
        try:
            run()
        except _Failing:
            return _counterexample(claim, search, context)
        except hypothesis.errors.Unsatisfiable:
            pass
    if search.tried == 0:
        reasons = "; ".join(sorted(search.reasons)[:3])
        return Finding("unknown", "sampled", reasons or "no admissible instance drawn", {"rejected": search.rejected})
    if search.premises.unmet:
        return Finding("unknown", "sampled", f"none of {search.tried} drawn instances meets the premise "
                       f"{search.premises}", {"tried": search.tried, "rejected": search.rejected})
    balls = f", {search.agreed} of them in balls of relative radius 2^-150" if search.agreed else ""
    return Finding("holds", "sampled", f"{search.tried} different drawn instances{search.distinct.sizes()}{balls}",
                   {"tried": search.tried, **search.distinct.figures(), "agreed": search.agreed,
                    "undecided": search.undecided, "rejected": search.rejected})


def _counterexample(claim: Any, search: _Search, context: Context) -> Finding:
    assert search.failing is not None
    failing = fails_at(claim, search.failing)
    if failing is None:
        return Finding("unknown", "sampled", "a failing instance was drawn but could not be verified")
    # hypothesis shrinks by heuristics on its choices and may stop early; this step works on the instance itself
    smallest, judged = shrink(claim, search.failing) if context.shrink else (search.failing, failing)
    return Finding("fails", "sampled", f"counterexample among {search.tried} drawn instances"
                   + (", shrunk" if context.shrink else ""),
                   {"tried": search.tried}, counterexample=report(smallest, judged))


@contextmanager
def _apart() -> Iterator[None]:
    """Keep hypothesis' files out of the working folder, and its draws independent of the modules loaded.

    Hypothesis mixes the integers found in the source of local modules into what it draws: the same seed would draw
    other instances from a checkout than from an installed package.
    """
    from hypothesis import configuration
    from hypothesis.internal.conjecture import providers

    home = "__hypothesis_home_directory"
    replaced = {}
    for name, value in (("_get_local_constants", providers.Constants), ("CONSTANTS_CACHE", {})) \
            if hasattr(providers, "Constants") else ():
        if hasattr(providers, name):
            replaced[name] = getattr(providers, name)
            setattr(providers, name, value)
    before = getattr(configuration, home, None)
    with tempfile.TemporaryDirectory() as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(before)
            for name, value in replaced.items():
                setattr(providers, name, value)
