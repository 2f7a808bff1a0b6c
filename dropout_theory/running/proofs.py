"""Recorded proofs checked again: what is asked of claims and facts, where certificates are, and steps at instances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from math import inf
from pathlib import Path
from typing import Any

from dropout_theory.claims import FACTS, PAPER_KEYS, Claim, load_proofs
from dropout_theory.language import unnamed
from dropout_theory.recheck.steps import arithmetic
from dropout_theory.recheck.steps.arithmetic import digest
from dropout_theory.recheck.steps.checking import Checking, Outcome, Report
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.recheck.steps.grammar import Malformed, Term
from dropout_theory.recheck.steps.judging import Certified, Quoted
from dropout_theory.recheck.translation import CannotWrite, term
from dropout_theory.running.tested import tested

CERTIFICATES = Path(__file__).resolve().parent.parent / "certificates.jsonl"


def said_by_claims(claims: Iterable[Claim]) -> dict[str, tuple[Term, frozenset[Term]]]:
    """What each claim states and assumes, in the grammar of proofs, where that has words for it."""
    found = {}
    for claim in claims:
        if claim.statement is None:
            continue
        plain = claim.unfolded
        try:
            found[claim.id] = term(plain.statement), frozenset(term(h.condition) for h in plain.hypotheses)
        except (CannotWrite, Malformed):
            continue
    return found


def said_by_facts(papers: Iterable[str]) -> dict[str, tuple[Term, frozenset[Term]]]:
    """What the classical facts state that the proofs of some papers rest on."""
    for paper in set(papers) & set(PAPER_KEYS):
        load_proofs(paper)
    return {f"classical:{name}": (term(unnamed(fact.statement)), frozenset()) for name, fact in FACTS.items()}


def certificates(path: Path = CERTIFICATES) -> dict[str, Any]:
    """The recorded certificates by the digests of what they show; none without a file. Raises Malformed."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as lines:
        return arithmetic.read(lines)


ARITHMETIC = "real arithmetic"


class Asked(Certified):
    """A judge that tells what steps of real arithmetic asked, and what it answered."""

    def __init__(self, quoted: Quoted, known: Mapping[str, Any]) -> None:
        super().__init__(quoted, known)
        self.rule = ""  # of the step that is looked at
        self.answers: dict[str, bool] = {}  # whether there is a certificate, by digests of what no shape decides

    def implied(self, known: Iterable[Term], wanted: Term) -> bool:
        """See `Certified.implied`."""
        premises = list(known)
        found = super().implied(premises, wanted)
        if self.rule == ARITHMETIC and (name := digest(premises, wanted)) in self._known:
            self.answers[name] = found
        return found


class _Telling(Checking):
    """A checker that tells its judge of what rule the step is that it looks at."""

    def _outcome(self, step: Step) -> Outcome:
        assert isinstance(self.judge, Asked)
        self.judge.rule = step.rule
        return super()._outcome(step)


class TooManyUnseen(ValueError):
    """More steps than may be are accepted by no validator."""


class ProofCheck:
    """A run of the checker over recorded proofs; `judge` tells which certificates were used, and which are lacking.

    At `most` so many steps are tried at instances; at one more TooManyUnseen is raised.
    """

    def __init__(self, about: Iterable[Claim], papers: Iterable[str], known: Mapping[str, Any] | None = None,
                 most: float = inf) -> None:
        claims = said_by_claims(about)
        facts = said_by_facts(papers)
        self.judge = Asked(lambda source: claims.get(source) or facts.get(source),
                           certificates() if known is None else known)
        self.checking = _Telling(self.judge, claims, self._at_instances)
        self.left = most

    def reports(self, proofs: Mapping[str, Step]) -> Iterator[Report]:
        """What is found of each proof, as it is found."""
        return self.checking.check(proofs)

    def _at_instances(self, step: Step) -> tuple[str, str]:

        self.left -= 1
        if self.left < 0:
            raise TooManyUnseen(f"no validator accepts a step that should be checked: {step.rule}: {step.conclusion}")
        return tested(step).found


# how a question of real arithmetic is answered that no shape decides
ANSWERS = ("certified", "z3 and cvc5", "z3 only", "no answer")


def arithmetic_queries(judge: Asked) -> dict[str, int]:
    """How the different questions of steps of real arithmetic are answered: what they conclude, and that its terms are
    defined.

    A validator may ask what is not so, and see another way: of those there is no answer.
    """
    counts = Counter(dict.fromkeys(ANSWERS, 0))
    for name, shown in judge.answers.items():
        mark = judge.certificates.get(name, [""])
        solvers = [s.partition(" ")[0] for s in mark[1:]] if mark[0] == "solvers" else []
        counts["certified" if shown else "z3 and cvc5" if {"z3", "cvc5"} <= set(solvers)
               else "z3 only" if "z3" in solvers else "no answer"] += 1
    return dict(counts)


__all__ = ["ANSWERS", "CERTIFICATES", "Asked", "ProofCheck", "arithmetic_queries", "certificates", "said_by_claims",
           "said_by_facts"]
