"""Mutation scores on record: how many wrong variants of a claim its evidence rejects. Reading needs no SymPy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dropout_theory.verdicts.records import spelled

_PACKAGE = Path(__file__).resolve().parent.parent
MUTATION, ABLATION = _PACKAGE / "mutation.json", _PACKAGE / "ablation.json"
VERSION = 1


def read(path: Path) -> dict[str, dict[str, Any]]:
    """Recorded scores by claim id; none where nothing is on record. Raises ValueError for another version."""
    if not path.exists():
        return {}
    data = json.loads(path.read_text(encoding="utf-8"))
    if data.get("version") != VERSION:
        raise ValueError(f"{path} has version {data.get('version')!r}; allowed: {VERSION}")
    return dict(data["claims"])


def current(path: Path) -> dict[str, str]:
    """The fingerprints of the statements that scores are on record of."""
    return {i: r["fingerprint"] for i, r in read(path).items()}


def write(path: Path, records: Mapping[str, Mapping[str, Any]], summary: Mapping[str, Any]) -> None:
    """Write scores, a claim a line, so that a change of one claim changes one line."""
    from dropout_theory.report.ledger import generator

    lines = [f"  {json.dumps(i)}: {json.dumps(r, ensure_ascii=False)}" for i, r in sorted(records.items())]
    head = json.dumps({"version": VERSION, "generator": generator(), **summary})
    body = ",\n".join(lines)
    path.write_text(f'{head[:-1]}, "claims": {{\n{body}\n}}}}\n', encoding="utf-8")


def record_mutants(found: Mapping[str, Mapping[str, Any]], path: Path = MUTATION) -> None:
    """Put what mutants of some claims showed beside what is on record of others."""
    records = read(path) | {i: _kept(r) for i, r in found.items()}
    write(path, records, totals(records.values()))


def record_ablation(found: Mapping[str, Mapping[str, Any]], path: Path = ABLATION) -> None:
    """Put what became of claims without their hypotheses beside what is on record of others."""
    kept = {i: {"fingerprint": r["fingerprint"], "hypotheses": r["hypotheses"]} for i, r in found.items()}
    write(path, read(path) | kept, {})


def _kept(record: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a record that a reader of the claim wants: counts, and what has no counterexample."""
    return {
        "fingerprint": record["fingerprint"], "variants": record["variants"], "killed": record["killed"],
        "refuted": record["refuted"], "equivalent": len(record["equivalent"]),
        "methods": {m: [r["killed"], r["killed"] + r["survived"]] for m, r in record["methods"].items()},
        "unrefuted": [[s["operator"], s["plain"], s["why"], bool(s["killed_by"])] for s in record["unrefuted"]],
        "blind": record["blind"],
    }


def totals(records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Variants in all, how many some method killed, and how many fell to a counterexample."""
    records = list(records)
    count = {name: sum(r[name] for r in records) for name in ("variants", "killed", "refuted")}
    return count | {"kill_rate": round(count["killed"] / count["variants"], 4) if count["variants"] else None}


_LONGEST = 240  # characters of an instance
OUT_OF_DATE = "on record for an earlier form of the statement"


def mutants_spelled(claim: str, fingerprint: str) -> list[str]:
    """The mutation score of a claim in words; a score of another statement is said to be out of date."""
    record = read(MUTATION).get(claim)
    if record is None or not record["variants"]:
        return []
    if record["fingerprint"] != fingerprint:
        return [OUT_OF_DATE]
    methods = ", ".join(f"{m} {killed}/{tried}" for m, (killed, tried) in record["methods"].items())
    lines = [f"{record['killed']} of {record['variants']} wrong variants rejected, {record['refuted']} of them with a "
             f"counterexample; {methods}"]
    lines += [f"{m} rejects none of {record['methods'][m][1]}: {notes}" for m, notes in record.get("blind", {}).items()]
    return lines + [f"{'no counterexample' if not more or more[-1] else 'survives'} ({operator}): "
                    + "; ".join([plain, *more[:-1]]) for operator, plain, *more in record["unrefuted"]]


def ablation_spelled(claim: str, fingerprint: str) -> list[str]:
    """What became of a claim without each of its hypotheses, in words."""
    record = read(ABLATION).get(claim)
    if record is None:
        return []
    if record["fingerprint"] != fingerprint:
        return [OUT_OF_DATE]
    return [hypothesis_spelled(h) for h in record["hypotheses"]]


def hypothesis_spelled(found: Mapping[str, Any]) -> str:
    """One hypothesis: whether the claim needs it, and why."""
    instance = (found["witness"] or {}).get("instance", {})
    # theorems spell the instance themselves, and some are about large networks
    where = instance if isinstance(instance, str) else ", ".join(f"{k} = {spelled(v)}" for k, v in instance.items())
    where = where if len(where) <= _LONGEST else f"{where[:_LONGEST]}..."
    return f"{found['name']}: {found['outcome']}, {found['reason']}" + (f" at {where}" if where else "")
