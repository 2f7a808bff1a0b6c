"""Which hypotheses a proved claim needs: each is dropped, and a counterexample or a proof without it is sought.

A domain is a hypothesis too: that a number is positive, that a probability is not 0. It can be widened where nothing
but the statement itself depends on the atom.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy as sp
from sympy.core.function import UndefinedFunction

from dropout_theory.ablation.closure import by_continuity
from dropout_theory.ablation.registered import check_names, judged, outside, settled
from dropout_theory.ablation.replay import from_parts, replayed
from dropout_theory.ablation.sharper import implied, undefined_terms, with_meaning, with_sharper
from dropout_theory.ablation.widening import inside, own_atoms, widenings
from dropout_theory.checkers.at_instances import build, check_admissible
from dropout_theory.checkers.exact import report, shrink
from dropout_theory.claims import REGISTRY, Claim, ClaimError, Hypothesis, proof_of, witnesses
from dropout_theory.evaluation.choosers import RandomChooser
from dropout_theory.evaluation.instances import Rejected, candidates
from dropout_theory.evaluation.values import Truth, Unsupported
from dropout_theory.language import Statement, Values, atoms_of
from dropout_theory.language import statements as st
from dropout_theory.verdicts.kernel import Context

ATTEMPTS = 400  # instances drawn in search of one that violates a hypothesis and keeps the others
JUDGED = 60  # of which so many are judged
_SIMPLE = (sp.S.Zero, sp.S.One, -sp.S.One, sp.S.Half, sp.Integer(2), sp.Rational(-1, 2), sp.Integer(3))
_Z = sp.Symbol("z", real=True)
# increasing but neither convex nor concave; concave; between 0 and 1
_SHAPES = tuple(sp.Lambda(_Z, shape) for shape in (_Z**3, sp.Min(_Z, 0), _Z**2 / (1 + _Z**2)))
_POOL = Claim("own:pool", "default functions", None, "-", "-")  # names no candidates: gets the default ones


@dataclass(frozen=True)
class Ablation:
    """What became of a claim without one hypothesis: needed, not needed, or undecided."""

    name: str
    kind: str  # hypothesis or domain
    outcome: str
    reason: str
    witness: dict[str, Any] = field(default_factory=dict)


def ablate(claim: Claim, context: Context, proof: Any = None) -> list[Ablation]:
    """Drop every hypothesis and widen every domain, one at a time.

    Raises ClaimError or ProofError where what proof modules register of this does not stand (see `registered`).
    """
    claim = claim.unfolded
    found = []
    domains = [(atom, list(widenings(claim, atom))) for atom in own_atoms(claim)]
    said = check_names(claim, [*(h.name for h in claim.hypotheses), *(w[0] for _, several in domains for w in several)])
    for hypothesis in claim.hypotheses:
        weaker = _with_other_functions(claim.without(hypothesis.name))
        result = (_known(hypothesis.name, "hypothesis", weaker, hypothesis.condition, {}, _doubtful(claim))
                  or _implied(hypothesis.name, "hypothesis", weaker, hypothesis.condition)
                  or _settled(hypothesis.name, "hypothesis", weaker, hypothesis.condition, context, proof,
                              _doubtful(claim)))
        found.append(with_sharper(with_meaning(result, hypothesis, weaker), weaker))
    for atom, several in domains:
        wide_enough, widest = False, atom
        for name, new, other, within in several:
            if wide_enough and name not in said:
                continue
            result = (_known(name, "domain", other, within, {atom: new}, _doubtful(claim))
                      or _implied(name, "domain", other, within)
                      or _settled(name, "domain", other, within, context, None, _doubtful(claim)))
            if result.outcome == "undecided":
                result = _beyond(result, other, atom, new, _doubtful(claim))
            result = with_meaning(result, Hypothesis(name, inside(widest, new)), other)
            found.append(result)
            wide_enough, widest = result.outcome != "not needed", new
    return found


def _known(name: str, kind: str, weaker: Claim, dropped: Statement, renamed: dict[Any, Any],
           doubtful: int) -> Ablation | None:
    """What is registered, once checked, or None."""
    found = settled(weaker, name, dropped, renamed)
    if found and found[0] == "not needed" and _doubtful(weaker) > doubtful:
        raise ClaimError(f"{weaker.id}: proved without {name!r} where everything is defined, which may fail")
    return Ablation(name, kind, *found) if found else None


def _implied(name: str, kind: str, weaker: Claim, dropped: Statement) -> Ablation | None:
    """What follows from the other hypotheses is not needed."""
    if implied(dropped, [h.condition for h in weaker.hypotheses]):
        return Ablation(name, kind, "not needed", "the other hypotheses imply it")
    return None


def _beyond(found: Ablation, other: Claim, atom: Any, new: Any, doubtful: int) -> Ablation:
    """A domain whose claim passes to its ends, or whose claim's own proof does without it, is not needed."""
    reason: str | None = None
    if by_continuity(other, new, atom.domain):
        reason = "its sides are continuous there, and what holds inside passes to the ends"
    elif (other.id in REGISTRY and (proof_of(other.id) or from_parts(REGISTRY[other.id], REGISTRY))
          and _doubtful(other) <= doubtful):
        reason = replayed(other, atom, new.domain)
    return dataclasses.replace(found, outcome="not needed", reason=reason) if reason else found


def _settled(name: str, kind: str, weaker: Claim, dropped: Statement, context: Context, proof: Any,
             doubtful: int) -> Ablation:
    """Whether the weaker claim fails where the dropped condition does, or is proved all the same."""
    undefined = None
    if not isinstance(weaker.statement, st.Exists):
        for values, found in _violating(weaker, dropped, context):
            if found.undefined:
                undefined = undefined or (values, found)
            elif found.truth is Truth.FALSE:
                try:
                    smallest, again = shrink(weaker, values)
                except (Rejected, Unsupported):  # one part of a simpler instance is not judged
                    smallest, again = values, found
                return Ablation(name, kind, "needed", "false without it", report(smallest, again))
    if undefined is not None:
        reason = f"without meaning otherwise: undefined: {undefined[1].undefined}"
        return Ablation(name, kind, "needed", reason, report(*undefined))
    proved = _proved(weaker, context, proof)
    if proved is not None and _doubtful(weaker) > doubtful:
        return Ablation(name, kind, "undecided", f"proved where everything is defined, which may fail: {proved}")
    if proved is not None:
        return Ablation(name, kind, "not needed", proved)
    return Ablation(name, kind, "undecided", "no counterexample found, and no proof without it")


def _violating(weaker: Claim, dropped: Statement, context: Context) -> Iterator[tuple[Values, Any]]:
    """Instances that meet every hypothesis but the dropped one, judged."""
    try:
        beyond = outside(weaker, dropped)
    except ClaimError:
        return
    seen = 0
    for values in _instances(weaker, beyond, context):
        if seen == JUDGED:
            return
        try:
            found = judged(weaker, values)
        except (Unsupported, ArithmeticError, RecursionError):
            continue
        seen += 1
        yield values, found


def _instances(weaker: Claim, beyond: Claim, context: Context) -> Iterator[Values]:
    """What refutes the claim that this one amends and small changes of the claim's own instance first, then draws."""
    known = witnesses(weaker.amends) if weaker.amends else []
    for values in (*known, *_changed(weaker.admissible or {})):
        try:
            check_admissible(beyond, values)
        except (Rejected, Unsupported, KeyError, TypeError, ArithmeticError):
            continue
        yield values
    if not any(atoms_of(beyond)):
        return
    chooser = RandomChooser(context.seed)
    larger = dataclasses.replace(beyond, limits={"max_size": beyond.limits.get("max_size", 3) + 1})
    for attempt in range(ATTEMPTS):
        size = (1, 2, 2, 3)[attempt % 4]
        try:
            values = build(beyond if size < 3 else larger, chooser, size)
        except (Rejected, Unsupported, ArithmeticError, ValueError):
            continue
        yield values


def _changed(values: Mapping[Any, Any]) -> Iterator[Values]:
    """Instances that differ from one in a single number, or in that all its real numbers are one."""
    real = [a for a, v in dict(values).items() if not isinstance(v, (dict, sp.Lambda)) and not a.domain.integer]
    yield from ({**values, **dict.fromkeys(real, v)} for v in _SIMPLE if real)
    for atom, value in dict(values).items():
        if isinstance(value, dict):
            for place in value:
                yield from ({**values, atom: {**value, place: v}} for v in _SIMPLE)
        elif not isinstance(value, sp.Lambda):
            yield from ({**values, atom: v} for v in _SIMPLE)


def _proved(weaker: Claim, context: Context, proof: Any) -> str | None:
    """The proof that needs the dropped condition no more, or None."""
    from dropout_theory.checkers import get_checker
    from dropout_theory.checkers.symbolic import accept
    from dropout_theory.proof.automatic import automatic

    try:
        theorem = proof() if proof is not None else automatic(weaker.statement)
        return accept(weaker, theorem, "its own proof does without" if proof else "automatic proof").scope
    except Exception:  # noqa: BLE001 - a rule that stumbles has proved nothing
        pass
    for method in ("decide", "interval"):
        checker = get_checker(method)
        try:
            found: Any = checker.check(weaker, context) if checker.applies(weaker) is None else None
        except Exception:  # noqa: BLE001 - as above
            continue
        if found is not None and (found.outcome, found.rigor) == ("holds", "proof"):
            return f"{method}: {found.scope}"
    return None


def _doubtful(claim: Claim) -> int:
    """How many quotients, roots and logarithms of a statement are not shown to be defined by its hypotheses."""
    return len(undefined_terms(claim.statement, [h.condition for h in claim.hypotheses]))


def _with_other_functions(claim: Claim) -> Claim:
    """The claim with more concrete functions to try: those it names meet its hypotheses, or nearly."""
    functions = [f for f in atoms_of(claim)[2] if isinstance(f, UndefinedFunction)]
    tried = {}
    for f in functions:
        named = candidates(claim, f)
        first, *others = max((c.variables for c in named), key=len)
        tried[f] = (*named, *(sp.Lambda((first, *others), c(first)) for c in (*candidates(_POOL, f), *_SHAPES)))
    return dataclasses.replace(claim, candidates={**claim.candidates, **tried}) if tried else claim
