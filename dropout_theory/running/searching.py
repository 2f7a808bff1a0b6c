"""The search for certificates that are lacking: within a time in all, each kept as it is found."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dropout_theory.recheck.steps import arithmetic
from dropout_theory.recheck.steps.grammar import NotShown
from dropout_theory.recheck.writing import written_certificates
from dropout_theory.running.proofs import CERTIFICATES

SECONDS_EACH = 60.0
SHARE = 0.1  # of the time that is left, at most, for one question: those that are found are mostly found soon


@dataclass
class Searched:
    """What a search came to; `faults` are answers of solvers that differ."""

    found: int = 0
    marked: int = 0
    tried: int = 0
    interrupted: bool = False
    faults: list[str] = field(default_factory=list)


def search(questions: Mapping[str, tuple[Any, Any]], known: Mapping[str, Any], seconds: float,
           path: Path = CERTIFICATES, progress: Callable[[int, int], None] | None = None,
           first: Container[str] = ()) -> Searched:
    """Search certificates for questions, the short ones first, and ask solvers about those that have none.

    Those whose digests are in `first` come before all others, which may have been asked in vain. What was found before
    Ctrl-C is kept, as is all that was known.
    """
    from dropout_theory.arithmetic import second_opinion
    from dropout_theory.arithmetic.certificates import find

    kept, outcome = dict(known), Searched()
    solvers = second_opinion.installed()
    end = time.monotonic() + seconds
    try:
        for name, (premises, goal) in sorted(
                questions.items(), key=lambda q: (q[0] not in first, len(str(q[1][1])), q[0])):
            left = end - time.monotonic()
            if left <= 0:
                break
            if progress:
                progress(outcome.tried, len(questions))
            outcome.tried += 1
            try:
                asked = arithmetic.problem(premises, goal)
            except NotShown:
                continue
            certificate = find(asked, max(min(SECONDS_EACH, SHARE * left), 1.0))
            if certificate is None:
                answers = {s: second_opinion.asked(s, asked) for s in solvers}
                agreed = [title for s, title in solvers.items() if answers[s] == "unsat"]
                if agreed and "sat" in answers.values():
                    outcome.faults.append(f"solvers differ on {goal}: {answers}")
                elif agreed:
                    certificate = ["solvers", *agreed]
                    outcome.marked += 1
            else:
                outcome.found += 1
            if certificate is not None and certificate != kept.get(name):
                kept[name] = certificate
                write(kept, path)
    except KeyboardInterrupt:
        outcome.interrupted = True
    return outcome


def write(certificates: Mapping[str, Any], path: Path = CERTIFICATES) -> None:
    """Keep certificates, all or none of them. Raises OSError."""
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_text("".join(f"{line}\n" for line in written_certificates(certificates)), encoding="utf-8")
    temporary.replace(path)


__all__ = ["Searched", "search", "write"]
