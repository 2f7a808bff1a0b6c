"""Mutation scores on record: how many wrong variants of a claim its evidence rejects. Reading needs no SymPy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).resolve().parent.parent / "mutation.json"
VERSION = 1


def read(path: Path | None = None) -> dict[str, dict[str, Any]]:
    """Recorded scores by claim id; none where nothing is on record. Raises ValueError for another version."""
    path = path or DEFAULT
    if not path.exists():
        return {}
    data = json.loads(path.read_text(encoding="utf-8"))
    if data.get("version") != VERSION:
        raise ValueError(f"{path} has version {data.get('version')!r}; allowed: {VERSION}")
    return dict(data["claims"])


def write(found: Mapping[str, Mapping[str, Any]], kept: Mapping[str, Mapping[str, Any]],
          path: Path | None = None) -> None:
    """Record what mutants showed beside scores `kept`, a claim a line, so that a change of one changes one line."""
    from dropout_theory.report.ledger import generator

    records = dict(sorted([*kept.items(), *((i, _kept(r)) for i, r in found.items())]))
    lines = [f"  {json.dumps(i)}: {json.dumps(r, ensure_ascii=False)}" for i, r in records.items()]
    head = json.dumps({"version": VERSION, "generator": generator(), **totals(records.values())})
    body = ",\n".join(lines)
    (path or DEFAULT).write_text(f'{head[:-1]}, "claims": {{\n{body}\n}}}}\n', encoding="utf-8")


def _kept(record: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a record that a reader of the claim wants: counts, and the survivors of everything but proofs."""
    return {
        "fingerprint": record["fingerprint"], "variants": record["variants"], "killed": record["killed"],
        "refuted": record["refuted"], "equivalent": len(record["equivalent"]),
        "methods": {m: [r["killed"], r["killed"] + r["survived"]] for m, r in record["methods"].items()},
        "unrefuted": [[s["operator"], s["plain"]] for s in record["unrefuted"]],
    }


def totals(records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Variants in all, how many some method killed, and how many fell to a counterexample."""
    records = list(records)
    count = {name: sum(r[name] for r in records) for name in ("variants", "killed", "refuted")}
    return count | {"kill_rate": round(count["killed"] / count["variants"], 4) if count["variants"] else None}


def spelled(record: Mapping[str, Any], fingerprint: str) -> list[str]:
    """The score of a claim in words; a score of another statement is said to be out of date."""
    if record["fingerprint"] != fingerprint:
        return ["on record for an earlier form of the statement"]
    methods = ", ".join(f"{m} {killed}/{tried}" for m, (killed, tried) in record["methods"].items())
    lines = [f"{record['killed']} of {record['variants']} wrong variants rejected, {record['refuted']} of them with a "
             f"counterexample; {methods}"]
    return lines + [f"not refuted ({operator}): {plain}" for operator, plain in record["unrefuted"]]
