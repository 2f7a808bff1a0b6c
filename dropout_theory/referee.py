"""Referee a statement of your own: every method that applies, and the verdict derived from what they find."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dropout_theory.claims import Claim, Hypothesis
from dropout_theory.verdicts.kernel import METHODS, Context, Evidence, Verdict, derive, obligation_lines


@dataclass(frozen=True)
class Refereed:
    """A claim, the evidence found on it, the reasons methods were left out, and the derived verdict."""

    claim: Claim
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    not_applicable: dict[str, str]

    @property
    def counterexample(self) -> dict[str, Any] | None:
        """The first exact counterexample, or None."""
        for e in self.evidence:
            if e.outcome == "fails" and e.counterexample:
                return dict(e.counterexample)
        return None

    def _rows(self) -> list[tuple[str, str, str]]:
        rows = [(e.method, e.outcome, e.scope) for e in self.evidence]
        return rows + [(m, "-", reason) for m, reason in self.not_applicable.items()]

    def __str__(self) -> str:
        lines = [f"{self.claim.title}: {self.verdict.verdict}", f"  {self.verdict.reason}"]
        lines += [f"  {line}" for line in obligation_lines(self.evidence)]
        lines += [f"  {method:<11} {outcome:<8} {scope}" for method, outcome, scope in self._rows()]
        if self.counterexample:
            lines.append(f"  counterexample: {self.counterexample}")
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from dropout_theory.language import latex

        cells = "".join(f"<tr>{''.join(f'<td>{html.escape(c)}</td>' for c in row)}</tr>" for row in self._rows())
        witness = f"<p>Counterexample: {html.escape(str(self.counterexample))}</p>" if self.counterexample else ""
        owed = "".join(f"<p>{html.escape(line)}</p>" for line in obligation_lines(self.evidence))
        page = (f"<p><b>{html.escape(self.verdict.verdict)}</b> {html.escape(self.verdict.reason)}</p>"
                f"<p>$\\displaystyle {html.escape(latex(self.claim.statement))}$</p>{owed}"
                f"<table><tr><th>method</th><th>outcome</th><th>scope</th></tr>{cells}</table>{witness}")
        return {"text/plain": str(self), "text/html": page}


def referee(statement: Any, *, title: str = "statement", hypotheses: Iterable[Hypothesis | Any] = (),
            methods: Iterable[str] = METHODS, seed: int = Context().seed, fast: bool = True,
            **details: Any) -> Refereed:
    """Run every applicable method on a statement and derive its verdict.

    `hypotheses` are Hypothesis objects or bare conditions; `details` are further fields of Claim (admissible,
    candidates, limits). Raises ClaimError for a malformed statement and ValueError for an unknown method.
    """
    from dropout_theory.checkers import get_checker

    given = tuple(h if isinstance(h, Hypothesis) else Hypothesis(f"hypothesis {n + 1}", h)
                  for n, h in enumerate(hypotheses))
    claim = Claim("own:statement", title, statement, "-", "your statement", "sentence", given, **details)
    claim.require_entries()
    context = Context(seed=seed, fast=fast)
    evidence: list[Evidence] = []
    reasons: dict[str, str] = {}
    for method in methods:
        checker = get_checker(method)
        reason = checker.applies(claim)
        if reason is None:
            evidence.append(checker.check(claim, context))
        else:
            reasons[method] = reason
    return Refereed(claim, derive(claim, evidence), tuple(evidence), reasons)
