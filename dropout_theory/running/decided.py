"""What `decide` claims at fixed sizes, asked anew and answered by certificates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dropout_theory.claims import Claim
from dropout_theory.language import atoms_of
from dropout_theory.recheck.at_sizes import AtSizes, CannotWriteOut
from dropout_theory.recheck.steps.judging import Certified
from dropout_theory.recheck.steps.polynomial import TooLarge
from dropout_theory.recheck.steps.rules import NotShown
from dropout_theory.recheck.steps.statements import parts_of
from dropout_theory.recheck.translation import term

METHOD, ALL_VALUES = "decide", "for all real values"
FOUND = ("all", "some", "none")  # of the queries of a claim


@dataclass(frozen=True)
class Query:
    """One thing that `decide` claims: a part of a statement at some sizes, and why it has no certificate."""

    claim: str
    sizes: str
    lacking: str = ""


def queries(claim: Claim, record: Mapping[str, Any], said: Mapping[str, Any], judge: Certified) -> list[Query]:
    """The queries of a claim of which `decide` says on record that it holds; none of another. `said` tells what claims
    state."""
    evidence = next((e for e in record.get("evidence", ()) if e["method"] == METHOD and e["outcome"] == "holds"), None)
    if evidence is None:
        return []
    return [q for sizes in _sizes(claim, evidence["scope"]) for q in _at(claim, sizes, said, judge)]


def _sizes(claim: Claim, scope: str) -> list[dict[Any, int]]:
    """The sizes that a scope names. Raises ValueError for another scope."""
    start, _, rest = scope.partition(" at ")
    if start != ALL_VALUES:
        raise ValueError(f"{claim.id}: scope {scope!r}; allowed: {ALL_VALUES}, at sizes")
    known = {str(a): a for a in atoms_of(claim.unfolded)[0]}
    labels = rest.split("; ") if rest else [""]
    return [{known[name]: int(value) for name, _, value in (part.partition("=") for part in label.split(", ") if part)}
            for label in labels]


def _at(claim: Claim, sizes: Mapping[Any, int], said: Mapping[str, Any], judge: Certified) -> Iterator[Query]:
    label = ", ".join(f"{a}={k}" for a, k in sizes.items()) or "all values"
    if claim.id not in said:
        yield Query(claim.id, label, "no words for it in the grammar")
        return
    statement, hypotheses = said[claim.id]
    write = AtSizes({term(a): k for a, k in sizes.items()})
    try:
        goals = list(dict.fromkeys(parts_of(write(statement), "and")))
    except (CannotWriteOut, TooLarge) as error:
        yield Query(claim.id, label, str(error))
        return
    known = []
    for h in sorted(hypotheses, key=lambda h: h.digest):
        try:
            known += parts_of(write(h), "and")
        except (CannotWriteOut, TooLarge):
            continue  # with less assumed it is more to show
    known += write.facts
    for goal in [*write.laws, *goals]:
        try:
            judge.defined(known, goal)
            shown = judge.implied(known, goal)
        except (NotShown, TooLarge) as error:
            yield Query(claim.id, label, str(error))
            continue
        yield Query(claim.id, label, "" if shown else f"no certificate for {goal}")


def outcome(queries: Iterable[Query]) -> str:
    """One of FOUND."""
    lacking = [bool(q.lacking) for q in queries]
    return "all" if not any(lacking) else "none" if all(lacking) else "some"


def totals(found: Mapping[str, Sequence[Query]]) -> dict[str, Any]:
    """What is kept of a run over all claims: claims by paper and by how many of their queries were shown."""
    papers: dict[str, Counter[str]] = {}
    for claim, of in found.items():
        papers.setdefault(claim.partition(":")[0], Counter())[outcome(of)] += 1
    every = sum(papers.values(), Counter())
    each = [q for of in found.values() for q in of]
    return {"version": 1, "papers": {p: {f: counts[f] for f in FOUND} for p, counts in papers.items()},
            "all": {f: every[f] for f in FOUND},
            "queries": {"all": len(each), "certified": sum(not q.lacking for q in each)}}


__all__ = ["FOUND", "Query", "outcome", "queries", "totals"]
