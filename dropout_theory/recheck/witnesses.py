"""Recheck what is recorded: each counterexample of the ledger, and each claim that holds at instances drawn anew.

A recorded witness is read back from the strings that are published, so that what a reader would type in is what is
tried. The outcome is `confirmed`, `contradicted` (a fault in one of the two paths) or `not rechecked` with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import mpmath as mp

from dropout_theory import language as lang
from dropout_theory.language import atoms_of, describe
from dropout_theory.language import statements as st
from dropout_theory.recheck.arithmetic import DIGITS, CannotRecheck, NoValue
from dropout_theory.recheck.reading import function, indices, number_or_formula
from dropout_theory.recheck.statements import admissible, truth
from dropout_theory.recheck.values import Values

Draw = Callable[[Any], Iterable[Mapping[Any, Any]]]  # admissible instances of a claim, to be judged here
Suggested = Callable[[str], Iterable[Mapping[Any, Any]]]  # witnesses suggested for a claim, by its id


@dataclass(frozen=True)
class Recheck:
    """What the second path says of one claim: `status` is confirmed, contradicted or not rechecked."""

    claim: str
    subject: str
    status: str
    reason: str = ""


def read_instance(claim: Any, instance: Mapping[str, Any]) -> dict[Any, Any]:
    """The instance of a claim from its published strings. Raises CannotRecheck where they do not name every atom."""
    if not isinstance(instance, Mapping):
        raise CannotRecheck(f"the recorded instance is {type(instance).__name__}; allowed: values by atom")
    integers, reals, families = atoms_of(claim)
    found: dict[Any, Any] = {}
    for atom in [*integers, *reals]:
        if str(atom) in instance:
            found[atom] = number_or_formula(instance[str(atom)])
    for atom in families:
        text = instance.get(str(atom))
        if text is None:
            continue
        if not isinstance(atom, lang.Family):
            found[atom] = function(text)
        elif isinstance(text, Mapping):
            found[atom] = {indices(key): number_or_formula(x) for key, x in text.items()}
        elif isinstance(text, list):
            first = Values(found).integer(atom.ranges[0][1], {})
            found[atom] = {(first + n,): number_or_formula(x) for n, x in enumerate(text)}
        else:
            raise CannotRecheck(f"a value of {atom} is {type(text).__name__}; allowed: values of its entries")
    missing = {str(a) for a in [*integers, *reals, *families]} - {str(a) for a in found}
    if missing:
        raise CannotRecheck(f"the record has no value for {', '.join(sorted(missing))}")
    return found


def told_again(claim: Any, instance: Mapping[str, Any]) -> dict[str, Any]:
    """The instance in the one way in which certificates tell it: of each atom its value, and nothing else.

    Raises CannotRecheck as `read_instance` does.
    """
    values = {atom: dict(sorted(value.items())) if isinstance(value, Mapping) else value
              for atom, value in read_instance(claim, instance).items()}
    return dict(sorted(describe(values).items()))


def existence(claim: Any) -> Any:
    """What a claim that something exists says of it, as a claim; None of a claim that one instance cannot prove.

    Such is also one that something exists for all values of other atoms.
    """
    said = claim.unfolded
    alone = isinstance(said.statement, st.Exists) and not any(atoms_of(said))
    return replace(said, statement=said.statement.body) if alone else None


def unseen(claim: Any, instance: Mapping[str, Any]) -> list[str]:
    """The hypotheses that the second path does not see to hold at an instance, by name."""
    claim = claim.unfolded
    found = []
    with mp.workdps(DIGITS):
        v = Values(read_instance(claim, instance))
        for h in claim.hypotheses:
            try:
                holds = truth(v, h.condition)
            except (CannotRecheck, NoValue):
                holds = None
            if not holds:
                found.append(h.name)
    return found


def recheck_counterexample(claim: Any, counterexample: Mapping[str, Any]) -> Recheck:
    """Whether the second path, too, finds the instance admissible and the statement false there, or without meaning
    where the record says that a term of it is undefined."""
    claim = claim.unfolded
    undefined = "undefined" in counterexample
    with mp.workdps(DIGITS):
        try:
            v = Values(read_instance(claim, counterexample["instance"]))
            reason = admissible(v, claim)
            if reason is not None:
                return Recheck(claim.id, "counterexample", "contradicted", reason)
            false = truth(v, claim.statement)
        except NoValue as error:
            return Recheck(claim.id, "counterexample", "confirmed" if undefined else "not rechecked",
                           "" if undefined else f"undefined: {error}")
        except CannotRecheck as error:
            return Recheck(claim.id, "counterexample", "not rechecked", str(error))
    if false is None:
        return Recheck(claim.id, "counterexample", "not rechecked", "the second path cannot decide it")
    if undefined:
        return Recheck(claim.id, "counterexample", "contradicted", "every term has a value there")
    return Recheck(claim.id, "counterexample", "contradicted" if false else "confirmed",
                   "the statement holds there" if false else "")


def recheck_holds(claim: Any, draw: Draw) -> Recheck:
    """Whether a claim that exact instances support holds by the second path at some of them."""
    claim = claim.unfolded
    tried = 0
    reason = "no instance drawn"
    with mp.workdps(DIGITS):
        for values in draw(claim):
            v = Values(dict(values))
            try:
                inside = admissible(v, claim)
                holds = truth(v, claim.statement) if inside is None else None
            except NoValue as error:
                return Recheck(claim.id, "instances", "contradicted", f"undefined at {_show(values)}: {error}")
            except CannotRecheck as error:
                reason = str(error)
                continue
            if inside is not None:
                return Recheck(claim.id, "instances", "contradicted", f"not admissible: {inside}: {_show(values)}")
            if holds is False:
                return Recheck(claim.id, "instances", "contradicted", f"fails at {_show(values)}")
            tried += holds is True
    return Recheck(claim.id, "instances", "confirmed" if tried else "not rechecked",
                   f"{tried} instances" if tried else reason)


def _show(values: Mapping[Any, Any]) -> str:
    return ", ".join(f"{k} = {v}" for k, v in describe(values).items())


def recheck(claims: Iterable[Any], recorded: Mapping[str, Mapping[str, Any]], draw: Draw,
            suggested: Suggested) -> Iterator[Recheck]:
    """Recheck each claim that has a recorded counterexample or exact instances; `recorded` maps ids to records.

    Instances to judge are handed in, by `draw` and `suggested`: nothing that finds evidence is asked here.
    """
    for claim in claims:
        record = recorded.get(claim.id)
        if record is None or claim.statement is None:
            continue
        if record["counterexample"]:
            yield recheck_counterexample(claim, record["counterexample"])
        elif any(e["method"] == "exact" and e["outcome"] == "holds" for e in record["evidence"]):
            if isinstance(claim.statement, st.Exists):
                yield _recheck_witness(claim, suggested(claim.id))
            else:
                yield recheck_holds(claim, draw)


def _recheck_witness(claim: Any, suggested: Iterable[Mapping[Any, Any]]) -> Recheck:
    """An existential statement holds by a suggested witness, by the second path too."""
    claim = claim.unfolded
    found = Recheck(claim.id, "witness", "not rechecked", "no witness is suggested")
    for values in [*suggested, *([claim.admissible] if claim.admissible else [])]:
        found = recheck_existence(claim, values)
        if found.status == "confirmed":
            return found
    return replace(found, status="not rechecked")


def recheck_existence(claim: Any, values: Mapping[Any, Any]) -> Recheck:
    """Whether the second path, too, finds that what exists by a claim is at hand."""
    about = replace(claim.unfolded, statement=claim.unfolded.statement.body)
    with mp.workdps(DIGITS):
        v = Values(dict(values))
        try:
            inside = admissible(v, about)
            holds = truth(v, about.statement) if inside is None else False
        except (CannotRecheck, NoValue) as error:
            return Recheck(claim.id, "witness", "not rechecked", str(error))
    if holds is None:
        return Recheck(claim.id, "witness", "not rechecked", "the second path cannot decide it")
    return Recheck(claim.id, "witness", "confirmed" if holds else "contradicted",
                   "" if holds else inside or "the statement fails there")
