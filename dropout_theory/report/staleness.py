"""What evidence on record rests on that is no longer as it was: a line for each cause, with what it touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dropout_theory.verdicts.fingerprint import LIBRARY, MadeWith, made_with_now, prints, version
from dropout_theory.verdicts.kernel import METHODS
from dropout_theory.verdicts.records import Standing
from dropout_theory.verdicts.sources import hash_of

if TYPE_CHECKING:
    from dropout_theory.claims import Registry
    from dropout_theory.report.ledger import Ledger

_NAMED = 5  # how many claims are named before the rest is counted

# What changed of a claim itself, by the name of its hash.
_OF_CLAIMS = {"statement": "statement changed", "proofs": "proof changed", "witnesses": "witnesses changed",
              "cites": "rests on claims that changed"}
_UNTOLD = "made with what the record does not tell"

Record = tuple[str, str]  # claim, method


class Moved:
    """Collects causes: `see` takes one record beside what it would be made of now, `lines` says what was seen."""

    def __init__(self, then: Mapping[str, MadeWith]) -> None:
        self.then = then
        self.tools: dict[tuple[str, str, str], set[Record]] = {}
        self.rooms: dict[str, set[Record]] = {}
        self.claims: dict[str, set[Record]] = {}

    def see(self, identifier: str, record: Mapping[str, Any], now: Mapping[str, str], made_now: MadeWith) -> None:
        """One piece of evidence on record, the hashes of what it would rest on now, and what it is made with now."""
        who = identifier, record["method"]
        before = record["prints"]
        changed = [name for name in _OF_CLAIMS if before.get(name) != now.get(name)]
        for name in changed:
            self.claims.setdefault(_OF_CLAIMS[name], set()).add(who)
        if before.get("made_with") == now.get("made_with"):
            if not changed:  # its own hashes are as they were, so what differs lies with the claims it cites
                self.claims.setdefault(_OF_CLAIMS["cites"], set()).add(who)
        elif made := self.then.get(before.get("made_with", "")):
            self._compare(who, made, made_now)
        else:
            self.claims.setdefault(_UNTOLD, set()).add(who)

    def see_files(self, identifier: str, record: Mapping[str, Any]) -> None:
        """One piece of evidence on record beside the files and tools as they are here: claims need not be loaded."""
        made = self.then.get(record["prints"]["made_with"])
        if made is not None:
            self._compare((identifier, record["method"]), made, {
                "rooms": {room: hash_of(LIBRARY.folder / room) for room in made["rooms"]},
                "tools": {tool: version(tool) for tool in made["tools"]}})

    def _compare(self, who: Record, made: MadeWith, made_now: MadeWith) -> None:
        for tool in {**made["tools"], **made_now["tools"]}:
            old, new = made["tools"].get(tool, "absent"), made_now["tools"].get(tool, "absent")
            if old != new:
                self.tools.setdefault((tool, old, new), set()).add(who)
        for room in {**made["rooms"], **made_now["rooms"]}:
            if made["rooms"].get(room) != made_now["rooms"].get(room):
                self.rooms.setdefault(room, set()).add(who)

    def causes(self) -> list[tuple[str, set[Record]]]:
        """Each cause in words, with the evidence that it touches: versions in one, rooms by what they touch."""
        found: list[tuple[str, set[Record]]] = []
        if self.tools:
            versions = "; ".join(f"{tool} {old}, here {new}" for tool, old, new in sorted(self.tools))
            found.append((f"made with {versions}", set().union(*self.tools.values())))
        together: dict[frozenset[Record], list[str]] = {}
        for room, touched in sorted(self.rooms.items()):
            together.setdefault(frozenset(touched), []).append(room)
        found += [(f"{_rooms(rooms)} changed", set(touched)) for touched, rooms in together.items()]
        return found

    def lines(self) -> list[str]:
        """What was seen: `room proof changed: symbolic (717 records)`, `statement changed: paper:eq1`."""
        found = []
        for cause, touched in self.causes():
            methods = {method for _, method in touched}
            found.append(f"{cause}: {', '.join(m for m in METHODS if m in methods)} ({_records(len(touched))})")
        for cause, touched in self.claims.items():
            names = sorted({identifier for identifier, _ in touched})
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            found.append(f"{cause}: {', '.join(names[:_NAMED])}{more}")
        return found


def _rooms(rooms: list[str]) -> str:
    folders, files = ([r for r in rooms if r.endswith(".py") == is_file] for is_file in (False, True))
    named = [f"room{'s' if len(folders) > 1 else ''} {', '.join(folders)}"] if folders else []
    return " and ".join([*named, *([", ".join(files)] if files else [])])


def _records(count: int) -> str:
    return f"{count:,} record{'' if count == 1 else 's'}"


def moved_since(recorded: Ledger, registry: Registry) -> list[str]:
    """What the evidence on record rests on that is not as it was, a line for each cause; none where all stands."""
    standing, now = Standing(registry, recorded), made_with_now()
    moved = Moved(recorded.made_with)
    gone = []
    for claim in recorded:
        if claim["id"] not in registry:
            gone.append(claim["id"])
            continue
        for record in claim["evidence"]:
            if standing.evidence(claim["id"], record["method"]) is None:
                rests_on = prints(registry[claim["id"]], record["method"], record["depends_on"], registry)
                moved.see(claim["id"], record, rests_on, now[rests_on["made_with"]])
    return [*moved.lines(), *([f"claims that are no more: {', '.join(gone)}"] if gone else [])]


def moved_files(recorded: Ledger, claim: Mapping[str, Any]) -> str:
    """What can be seen, without loading the claims, to have moved under one of them: one line, '' where nothing has."""
    moved = Moved(recorded.made_with)
    for record in claim["evidence"]:
        moved.see_files(claim["id"], record)
    return "; ".join(cause for cause, _ in moved.causes())


def constraints(made_with: Iterable[MadeWith]) -> str:
    """The versions of tools that evidence was made with, as a constraints file for pip."""
    pins = {f"{tool}=={number}" for made in made_with for tool, number in made["tools"].items()}
    return "".join(f"{pin}\n" for pin in sorted(pins))
