"""python -m benchmarks [--only NAME] [--json FILE]: a table of what we reach and what others do in the same run."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks import exact, sampling


def main() -> None:
    """Run benchmarks, print a row as soon as it is known, write them all as JSON."""
    names = [*sampling.WORKS, *exact.WORKS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to a file")
    arguments = parser.parse_args()
    found = []
    print(f"{'work':26}{'ours':>12}{'theirs':>12}{'ratio':>9}  unit")
    for module in (sampling, exact):
        for row in module.rows(arguments.only):
            found.append(row)
            theirs, ratio = row["theirs"], row["ratio"]
            print(f"{row['work']:26}{row['ours']:12.4g}{'' if theirs is None else format(theirs, '.4g'):>12}"
                  f"{'' if ratio is None else format(ratio, '.3g'):>9}  {row['unit']}  {row['competitor']}", flush=True)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
