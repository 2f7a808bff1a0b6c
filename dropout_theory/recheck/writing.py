"""Proofs and certificates written as lines of JSON, which `steps` reads: the checker writes nothing itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dropout_theory.recheck.steps.arithmetic import VERSION as CERTIFICATES_VERSION
from dropout_theory.recheck.steps.derivation import VERSION, Step, steps_below
from dropout_theory.recheck.steps.grammar import Term, walk


def written(proofs: Mapping[str, Step]) -> Iterator[str]:
    """The lines of a file that keeps the proofs of claims by their ids."""
    terms: dict[Term, int] = {}
    steps: dict[str, int] = {}

    def new_terms(wanted: Iterable[Term]) -> Iterator[str]:
        for root in wanted:
            if root in terms:
                continue
            for t in walk(root):
                if t not in terms:
                    terms[t] = len(terms)
                    yield _line("term", terms[t], t.op, *[a if isinstance(a, str) else terms[a] for a in t.args])

    yield _line("derivations", VERSION)
    for claim in sorted(proofs):
        for step in steps_below(proofs[claim]):
            if step.digest in steps:
                continue
            given = sorted(step.given)
            yield from new_terms([step.conclusion, *given, *[a for found in step.arguments.values() for a in found]])
            steps[step.digest] = len(steps)
            yield _line("step", steps[step.digest], step.rule, terms[step.conclusion], [terms[g] for g in given],
                        [steps[p.digest] for p in step.premises],
                        {name: [terms[a] for a in found] for name, found in sorted(step.arguments.items())})
        yield _line("claim", claim, steps[proofs[claim].digest])


def written_certificates(certificates: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a file of certificates."""
    yield _line("certificates", CERTIFICATES_VERSION)
    for name in sorted(certificates):
        yield _line(name, certificates[name])


def _line(*parts: Any) -> str:
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
