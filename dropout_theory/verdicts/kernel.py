"""Evidence and the derivation of verdicts: the small part that must be right.

Only functions registered with `checker` create evidence; nobody types a verdict. `unknown` never counts as
support, and a proof beside a counterexample is a contradiction, never a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import InitVar, dataclass, field, replace
from functools import cache
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from dropout_theory.verdicts import methods

if TYPE_CHECKING:
    from dropout_theory.claims import Registry

OUTCOMES = ("holds", "fails", "unknown")
RIGORS = methods.RIGORS
VERDICTS = ("proved", "supported", "refuted", "conditional", "ill-formed", "definition", "open")
METHODS = tuple(methods.declared())

# Probability that any statistical check of a full run raises a false alarm; each check spends the share of `Context`.
FALSE_ALARM_BUDGET = 1e-6

_EXACT = ("proof", "exact-instances")
_TOKEN = object()


class StaleEvidence(ValueError):
    """A record of evidence was made from another statement, other code or other tool versions."""


class ImpossibleEvidence(ValueError):
    """Evidence of a rigor or an outcome that its method cannot have: no checker made it."""


class Contradiction(Exception):
    """A claim has both a proof and a counterexample, or its proof is circular: a fault in the machinery.

    `claims` are the identifiers concerned.
    """

    def __init__(self, message: str, claims: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.claims = claims


@dataclass(frozen=True)
class Evidence:
    """What one method found about one claim. Created by checkers only (`_token`)."""

    claim: str
    method: str
    outcome: str
    rigor: str
    scope: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    counterexample: Mapping[str, Any] | None = None
    depends_on: tuple[str, ...] = ()
    seed: int | None = None
    seconds: float = 0.0
    fingerprint: str = ""
    ill_formed: bool = False
    prints: Mapping[str, str] = field(default_factory=dict)  # hashes of what it rests on: `fingerprint` covers them
    theorem: Any = None  # what proves it, with its steps; kept beside the ledger by those who record
    # Never stored, so that neither `dataclasses.replace` nor a copy of the fields makes new evidence.
    _token: InitVar[object] = None

    def __post_init__(self, _token: object) -> None:
        if _token is not _TOKEN:
            raise TypeError("evidence is created by checkers only: register the function with kernel.checker")
        for name, value, allowed in (("method", self.method, METHODS), ("outcome", self.outcome, OUTCOMES),
                                     ("rigor", self.rigor, RIGORS)):
            if value not in allowed:
                raise ValueError(f"{name} is {value!r}; allowed: {', '.join(allowed)}")
        if self.outcome == "fails" and self.rigor in _EXACT and not self.counterexample:
            raise ValueError(f"{self.claim}: an exact refutation must show its counterexample")


@dataclass(frozen=True)
class Quoted:
    """A claim as a proof cites it, names unfolded."""

    claim: str
    statement: Any
    hypotheses: frozenset[Any]


@dataclass(frozen=True)
class Finding:
    """What a checker returns: the content of an Evidence before the kernel signs it."""

    outcome: str
    rigor: str
    scope: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    counterexample: Mapping[str, Any] | None = None
    depends_on: tuple[str, ...] = ()
    ill_formed: bool = False
    theorem: Any = None
    quoted: tuple[Quoted, ...] = ()  # the claims that it rests on, as they were cited


@dataclass(frozen=True)
class Context:
    """How a run is made: seed, whether it must be fast, and the error probability each statistical check may spend.

    `shrink` tells whether counterexamples are made small: worth the work where a reader will see them.
    """

    seed: int = 20140210
    fast: bool = False
    error_probability: float = 1e-9
    jobs: int = 1
    shrink: bool = True


@dataclass(frozen=True)
class Checker:
    """A registered method: `applies(claim)` is None or the reason it does not; `check` makes evidence."""

    method: str
    applies: Callable[[Any], str | None]
    _find: Callable[[Any, Context], Finding]

    def check(self, claim: Any, context: Context, registry: Registry | None = None) -> Evidence:
        """Run the method on a claim, its names unfolded, and sign what it found. Raises what the method raises.

        `registry` holds the claims that it may cite: those of the papers when none is given.
        """
        import time

        from dropout_theory.language.registry import require_known
        from dropout_theory.verdicts.fingerprint import fingerprint, prints

        require_known()
        start = time.perf_counter()
        found = self._find(claim.unfolded, context)
        if not isinstance(found, Finding):
            raise TypeError(f"the checker of {self.method} returned {type(found).__name__}; allowed: Finding")
        _require_possible(claim, self.method, found.outcome, found.rigor)
        _require_the_same(claim, found.quoted, registry)
        seconds = round(time.perf_counter() - start, 4)
        rests_on = prints(claim, self.method, found.depends_on, registry)
        return Evidence(claim.id, self.method, found.outcome, found.rigor, found.scope, dict(found.figures),
                        dict(found.counterexample) if found.counterexample else None, tuple(found.depends_on),
                        context.seed, seconds, fingerprint(claim.id, self.method, rests_on), found.ill_formed, rests_on,
                        found.theorem, _TOKEN)


def recall(claim: Any, record: Mapping[str, Any], registry: Registry | None = None) -> Evidence:
    """Evidence that a checker made in another process or an earlier run, from its record.

    Raises StaleEvidence unless the record's fingerprint is that of the claim, what it cites (of `registry`), the method
    and its tools as they are now; ImpossibleEvidence for what the method never finds.
    """
    from dropout_theory.verdicts.fingerprint import fingerprint, prints

    rests_on = prints(claim, record["method"], record["depends_on"], registry)
    now = fingerprint(claim.id, record["method"], rests_on)
    if record["fingerprint"] != now:
        raise StaleEvidence(f"{claim.id}: {record['method']} evidence has fingerprint {record['fingerprint']}, "
                            f"not {now}")
    _require_possible(claim, record["method"], record["outcome"], record["rigor"])
    return Evidence(claim.id, record["method"], record["outcome"], record["rigor"], record["scope"],
                    dict(record["figures"]), record["counterexample"], tuple(record["depends_on"]), record["seed"],
                    record["seconds"], record["fingerprint"], record["ill_formed"], rests_on, _token=_TOKEN)


def _require_the_same(claim: Any, quoted: Iterable[Quoted], registry: Registry | None) -> None:
    """Raise ClaimError where a proof cites another claim than the one whose verdict it will be taken to rest on.

    Two registries may have different claims of one name; a verdict is asked for by name.
    """
    from dropout_theory.claims import ClaimError
    from dropout_theory.verdicts.fingerprint import claims_cited_by

    known = claims_cited_by(claim, registry)
    for cited in quoted:
        if cited.claim in known:
            meant = known[cited.claim].unfolded
            if (meant.statement, frozenset(h.condition for h in meant.hypotheses)) != (
                    cited.statement, cited.hypotheses):
                raise ClaimError(f"{claim.id}: its proof cites a claim {cited.claim} that says {cited.statement}; the "
                                 f"one of this name that is checked with it says {meant.statement}")


def _require_possible(claim: Any, method: str, outcome: str, rigor: str) -> None:
    """Raise ImpossibleEvidence for a rigor beyond the best that the method has, or an outcome that it has not."""
    from dropout_theory.language.statements import Exists

    known = methods.declared()[method]
    best = known.rigor or "exact-instances"
    if known.shows_existence and isinstance(claim.statement, Exists):
        best = "proof"
    if outcome == "fails" and not known.rigor:
        raise ImpossibleEvidence(f"{claim.id}: {method} says nothing of the statement, as it declares")
    if outcome != "unknown" and rigor in RIGORS[:RIGORS.index(best)]:
        raise ImpossibleEvidence(f"{claim.id}: {method} found it by {rigor}; allowed: at best {best}, as it declares")


def checker(method: str, applies: Callable[[Any], str | None],
            ) -> Callable[[Callable[[Any, Context], Finding]], Checker]:
    """Decorator that turns `find(claim, context) -> Finding` into the Checker of `method`."""
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; allowed: {', '.join(METHODS)}")

    def register(find: Callable[[Any, Context], Finding]) -> Checker:
        def guarded(claim: Any) -> str | None:
            return claim.not_applicable.get(method) or applies(claim.unfolded)

        return Checker(method, guarded, find)

    return register


@dataclass(frozen=True)
class Verdict:
    """A derived verdict and why.

    `unproved` lists dependencies that are not themselves proved, `classical` the facts of the literature that it rests
    on, directly or by what it cites; the reason names them, too.
    """

    claim: str
    verdict: str
    reason: str
    unproved: tuple[str, ...] = ()
    classical: tuple[str, ...] = ()


def derive(claim: Any, evidence: Iterable[Evidence], standing: Callable[[str], str] = lambda _: "open") -> Verdict:
    """Combine evidence on one claim, its parts and amendments aside.

    `standing(id)` is the verdict of a claim or classical fact that a proof uses. A proof from premises that are
    merely supported supports; from premises that are open or false it says nothing.
    Raises Contradiction when evidence is contradictory, ValueError when it belongs to another claim.
    """
    found = tuple(evidence)
    for item in found:
        if not isinstance(item, Evidence):
            raise TypeError(f"evidence for {claim.id} is {type(item).__name__}; allowed: Evidence made by a checker")
        if item.claim != claim.id:
            raise ValueError(f"evidence for {item.claim} was given for {claim.id}")
    about = [e for e in found if methods.declared()[e.method].rigor]
    admissible = [e for e in found if e.method == "admissible"]
    holds = [e for e in about if e.outcome == "holds"]
    fails = [e for e in about if e.outcome == "fails"]
    proofs = [e for e in holds if e.rigor == "proof"]
    unconditional = [e for e in proofs if all(standing(d) == "proved" for d in e.depends_on)]
    supporting = [e for e in holds if all(standing(d) in ("proved", "supported") for d in e.depends_on)]
    exact_fails = [e for e in fails if e.rigor in _EXACT or (e.rigor == "sampled" and e.counterexample)]
    if unconditional and fails:
        raise Contradiction(f"{claim.id}: proved by {unconditional[0].method}, yet refuted by {fails[0].method}",
                            (claim.id,))
    if any(e.ill_formed for e in found):
        reason = next(e.scope for e in found if e.ill_formed)
        return Verdict(claim.id, "ill-formed", reason)
    if exact_fails:
        return Verdict(claim.id, "refuted", f"counterexample found by {_names(exact_fails)}")
    if fails:
        return Verdict(claim.id, "open", f"{_names(fails)} contradicts it, without an exact counterexample")
    owed = [o["said"] for e in admissible for o in e.figures.get("obligations", ()) if not o["discharged"]]
    if owed:
        return Verdict(claim.id, "open",
                       f"undischarged obligation: {'; '.join(owed)}. A hypothesis that implies it would do")
    if claim.kind == "definition":
        if _is_tautology(claim.statement):
            return Verdict(claim.id, "open", "both sides are the same: it defines nothing")
        return Verdict(claim.id, "definition", "fixes notation")
    if not any(e.outcome == "holds" for e in admissible):
        return Verdict(claim.id, "open", "no concrete instance is known to meet its hypotheses")
    if unconditional:
        return Verdict(claim.id, "proved", f"proved by {_names(unconditional)}")
    unproved = tuple(sorted({d for e in proofs for d in e.depends_on if standing(d) != "proved"}))
    if unproved:
        return Verdict(claim.id, "supported" if supporting else "open",
                       f"proof rests on unproved {', '.join(unproved)}", unproved)
    if supporting:
        return Verdict(claim.id, "supported", f"holds by {_names(supporting)}; no proof of the full scope")
    if about:
        return Verdict(claim.id, "open", "; ".join(sorted({f"{e.method}: {e.scope}" for e in about})))
    return Verdict(claim.id, "open", "no method applies")


def obligation_lines(evidence: Iterable[Any]) -> list[str]:
    """What the laws in a statement oblige to, by evidence or records of it, and whether its hypotheses see to it."""
    figures = [e["figures"] if isinstance(e, Mapping) else e.figures for e in evidence]
    return [f"obligation: {o['said']}: {'discharged' if o['discharged'] else 'undischarged'}"
            for found in figures for o in found.get("obligations", ())]


def _is_tautology(statement: Any) -> bool:
    """Whether an equation says of something that it is itself, in the same words."""
    import sympy as sp

    return isinstance(statement, sp.Eq) and statement.args[0] == statement.args[1]


def derive_all(claims: Iterable[Any], evidence: Iterable[Evidence],
               classical: Iterable[str] = ()) -> dict[str, Verdict]:
    """Verdicts of many claims together: dependencies, wholes from parts, conditional from amendments.

    Raises Contradiction on contradictory evidence or a circular proof.
    """
    claims = list(claims)
    known = {c.id: c for c in claims}
    by_claim: dict[str, list[Evidence]] = {c.id: [] for c in claims}
    for item in evidence:
        if item.claim in by_claim:
            by_claim[item.claim].append(item)
    facts = frozenset(classical)
    verdicts: dict[str, Verdict] = {}
    active: list[str] = []

    def standing(identifier: str) -> str:
        if identifier in facts:
            return "proved"
        return settle(identifier).verdict if identifier in known else "open"

    def settle(identifier: str) -> Verdict:
        if identifier in verdicts:
            return verdicts[identifier]
        if identifier in active:
            circle = (*active[active.index(identifier):], identifier)
            raise Contradiction(f"circular proof: {' -> '.join(circle)}", circle)
        active.append(identifier)
        claim = known[identifier]
        parts = [c for c in claims if c.part_of == identifier]
        own = derive(claim, by_claim[identifier], standing) if by_claim[identifier] or not parts else None
        verdict = _whole(claim, own, [(p, settle(p.id)) for p in parts]) if parts else own
        assert verdict is not None
        if verdict.verdict == "refuted":
            for amended in (c for c in claims if c.amends == identifier):
                if _adds_hypotheses(claim, amended) and settle(amended.id).verdict in ("proved", "supported"):
                    verdict = Verdict(identifier, "conditional", f"fails as printed; {amended.id} adds what is missing")
                    break
        active.pop()
        verdicts[identifier] = verdict
        return verdict

    @cache
    def resting_on(identifier: str) -> frozenset[str]:
        """The classical facts without which a verdict would not stand."""
        if identifier in facts:
            return frozenset({identifier.removeprefix("classical:")})
        if identifier not in known or (verdict := settle(identifier).verdict) not in _RESTING:
            return frozenset()
        if verdict == "conditional":
            return frozenset().union(*[resting_on(c.id) for c in claims if c.amends == identifier
                                       and _adds_hypotheses(known[identifier], c)])
        ways = [frozenset().union(*map(resting_on, e.depends_on)) for e in by_claim[identifier]
                if (e.outcome, e.rigor) == (_RESTING[verdict], "proof") or e.outcome == "fails" and e.counterexample]
        parts = [c.id for c in claims if c.part_of == identifier]
        return min(ways, key=len) if ways else frozenset().union(*map(resting_on, parts))

    for claim in claims:
        settle(claim.id)
    return {identifier: _naming(verdict, resting_on(identifier)) for identifier, verdict in verdicts.items()}


# what the evidence of a verdict says that may rest on facts of the literature
_RESTING = {"proved": "holds", "supported": "holds", "refuted": "fails", "conditional": ""}


def _naming(verdict: Verdict, facts: frozenset[str]) -> Verdict:
    """The verdict with the facts of the literature that it rests on."""
    if not facts:
        return verdict
    names = tuple(sorted(facts))
    said = f"rests on the classical fact{'s' if len(names) > 1 else ''} {', '.join(names)}"
    return replace(verdict, reason=f"{verdict.reason}; {said}", classical=names)


def _whole(claim: Any, own: Verdict | None, parts: list[tuple[Any, Verdict]]) -> Verdict:
    """The verdict of a numbered equation from its parts and its own evidence, where it has any.

    It is judged by its own statement: each conjunct needs a part that says the same under no more hypotheses, or the
    whole needs evidence of its own. Without a formal statement it says what its parts say.
    """
    judged = [*[v for _, v in parts], *([own] if own and own.verdict != "open" else [])]
    uncovered: list[Any] = []
    if claim.statement is not None and not (own and own.verdict in ("refuted", "ill-formed")):
        about = [(v, *_about(claim, part)) for part, v in parts]
        uncovered = [c for c in _conjuncts(claim) if not any(c in said and fewer for _, said, fewer, _ in about)]
        # a part that fails is a part of the whole only where it says something of it, under no fewer hypotheses
        judged = [v for v in judged if v is own or v.verdict not in ("refuted", "ill-formed", "conditional") or any(
            v is other and more and said.intersection(_conjuncts(claim)) for other, said, _, more in about)]
        beside = [v for v in (v for _, v in parts) if v not in judged]
        judged += [Verdict(v.claim, "open", v.reason) for v in beside if not (own and own.verdict == "proved")]
    names = [v.verdict for v in judged]
    for bad in ("refuted", "ill-formed", "conditional", "open"):
        if bad in names:
            return _derived(claim, bad, judged)
    if uncovered and not (own and own.verdict in ("proved", "supported")):
        return Verdict(claim.id, "open", shorten(f"no part says that {', '.join(map(str, uncovered))}", 200))
    if "supported" in names:
        return _derived(claim, "supported", judged)
    if all(n == "definition" for n in names):
        return Verdict(claim.id, "definition", "every part fixes notation")
    return Verdict(claim.id, "proved", "every part is proved")


def _derived(claim: Any, verdict: str, judged: list[Verdict]) -> Verdict:
    reasons = [v.reason for v in judged if v.claim == claim.id and v.verdict == verdict]
    culprits = ", ".join(v.claim for v in judged if v.claim != claim.id and v.verdict == verdict)
    reasons += [f"derived from its parts: {culprits} {verdict}"] if culprits else []
    return Verdict(claim.id, verdict, "; ".join(reasons))


def _conjuncts(claim: Any) -> tuple[Any, ...]:
    """What a claim says, conjunct by conjunct, each in a form that is the same however it was ordered."""
    import sympy as sp

    from dropout_theory.language import parts, unordered

    statement = claim.unfolded.statement
    return tuple(map(unordered, parts(statement) if isinstance(statement, sp.And) else (statement,)))


def _about(whole: Any, part: Any) -> tuple[frozenset[Any], bool, bool]:
    """What a part says; whether it has no hypothesis that the whole has not; whether it has all of the whole's."""
    from dropout_theory.language import unordered

    theirs, ours = ({unordered(h.condition) for h in c.unfolded.hypotheses} for c in (part, whole))
    said = frozenset(() if part.statement is None else _conjuncts(part))
    return said, theirs <= ours, theirs >= ours


def _adds_hypotheses(claim: Any, amended: Any) -> bool:
    """True when `amended` states the same under strictly more hypotheses."""
    from dropout_theory.language import unordered

    (before, *had), (after, *has) = ([unordered(s) for s in (c.statement, *[h.condition for h in c.hypotheses])]
                                     for c in (claim.unfolded, amended.unfolded))
    return bool(before == after and set(had) < set(has))


def _names(items: Iterable[Evidence]) -> str:
    return ", ".join(dict.fromkeys(e.method for e in items))
