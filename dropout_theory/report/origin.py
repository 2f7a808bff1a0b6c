"""Where a record comes from: when and on what machine it was made, and by what commit of the code."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESTS_ON = ("dropout_theory", "proofs")  # what of a checkout a run rests on


@cache
def commit() -> str | None:
    """Commit of the checkout or of the installed copy; None where neither is known, as in a wheel."""
    if (ROOT / ".git").exists():
        return _git("rev-parse", "HEAD")
    try:
        direct = metadata.distribution("dropout-theory").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None
    source = json.loads(direct).get("vcs_info", {}).get("commit_id") if direct else None
    return str(source) if source else None


def changed() -> bool | None:
    """Whether files that a run rests on differ from the commit, or are not in it; None where git does not say."""
    found = _git("status", "--porcelain", "--", *RESTS_ON) if (ROOT / ".git").exists() else None
    return None if found is None else bool(found)


def _git(*arguments: str) -> str | None:
    """What git says of the checkout; None where there is no git, or it fails."""
    try:
        done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, timeout=5,
                              check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def origin() -> dict[str, str | bool | None]:
    """What a ledger keeps of the run that made it; taken before the run, which writes into the checkout."""
    return {"date": datetime.now(UTC).isoformat(timespec="seconds"), "commit": commit(), "changed": changed(),
            "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"}


def told(run: Mapping[str, str | bool | None] | None) -> dict[str, str]:
    """What is kept of a run in words."""
    if run is None:
        return dict.fromkeys(("date", "commit", "tree", "machine"), "not recorded")
    tree = {True: "changed since the commit", False: "as in the commit"}
    none = "none: not run in a checkout"
    return {"date": str(run["date"]), "commit": str(run["commit"] or none), "machine": str(run["machine"]),
            "tree": none if run["changed"] is None else tree[bool(run["changed"])]}
