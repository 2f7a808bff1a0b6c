"""Papers, claims, hypotheses and the registry that holds them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakSet

from dropout_theory.claims.importing import ClaimError, import_declarations

_PAPERS = Path(__file__).parents[1] / "papers"


def _year_first(key: str) -> tuple[str, str]:
    return re.sub("[^0-9]", "", key) or "9999", key


# A folder under papers/ is all that a paper needs to be known; the oldest come first.
PAPER_KEYS = tuple(sorted((p.parent.name for p in _PAPERS.glob("*/__init__.py")), key=_year_first))

KINDS = ("equation", "inequality", "approximation", "theorem", "lemma", "sentence", "step", "number", "definition",
         "amended")

ERRATUM_TYPES = ("sign", "missing-factor", "missing-log", "missing-root", "off-by-one", "index", "number",
                 "missing-hypothesis", "invalid-step", "contradiction", "dropped-terms", "overclaim", "notation",
                 "other")
SEVERITIES = ("typo", "minor", "major")

CLASSICAL = "classical"  # what stands before the names of classical facts
_ID = re.compile(r"[a-z][a-z0-9]*:[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")
_PART = re.compile(r"^(?P<whole>[a-z0-9]+:(?:eq|thm|lem|tab)[0-9]+)\.[0-9]+$")
_AMENDED = re.compile(r"^(?P<original>.+?)\.amended(?:-[a-z0-9-]+)?$")


class UnknownClaimError(ClaimError, LookupError):
    """No claim has this identifier; `suggestions` holds near ones."""

    def __init__(self, identifier: str, suggestions: Iterable[str] = ()) -> None:
        self.identifier = identifier
        self.suggestions = tuple(suggestions)
        hint = f"; did you mean {', '.join(self.suggestions)}?" if self.suggestions else ""
        super().__init__(f"unknown claim {identifier!r}{hint}")


@dataclass(frozen=True)
class Paper:
    """Bibliographic facts of one refereed work. `fields` are BibTeX fields; None where the text supplies none."""

    key: str
    title: str | None
    authors: tuple[str, ...]
    year: int | None
    entry_type: str = "misc"
    fields: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    modules: tuple[str, ...] = ()  # section modules in the paper's order, e.g. ("s02_linear", ...)


@dataclass(frozen=True)
class Hypothesis:
    """A named condition a statement assumes beyond the domains of its atoms.

    Raises ClaimError for a condition that is no statement, or not about exact real numbers.
    """

    name: str
    condition: Any
    note: str = ""

    def __post_init__(self) -> None:
        from dropout_theory.language.checked import statement, strange_names, strange_values

        try:
            condition = statement(self.condition, "condition")
        except ValueError as error:
            raise ClaimError(f"hypothesis {self.name!r}: {error}") from None
        strange = (*strange_values(condition), *strange_names(condition))
        if strange:
            raise ClaimError(f"hypothesis {self.name!r}: {', '.join(strange)} is no exact real number or name of one")


@dataclass(frozen=True)
class Erratum:
    """What is wrong with a printed statement: a type, a severity and a sentence saying it."""

    type: str
    severity: str
    note: str

    def __post_init__(self) -> None:
        if self.type not in ERRATUM_TYPES:
            raise ClaimError(f"erratum type is {self.type!r}; allowed: {', '.join(ERRATUM_TYPES)}")
        if self.severity not in SEVERITIES:
            raise ClaimError(f"erratum severity is {self.severity!r}; allowed: {', '.join(SEVERITIES)}")


@dataclass(frozen=True)
class Claim:
    """One checkable statement. `statement` is a SymPy Boolean whose atoms carry their domains.

    `hypotheses` are Hypothesis objects or bare conditions, which their text then names. Raises ClaimError for an id of
    another form, for a statement that is none or that SymPy has evaluated, and for names that no domain speaks for.
    """

    id: str
    title: str
    statement: Any
    section: str
    source: str
    kind: str = "equation"
    hypotheses: tuple[Hypothesis, ...] = ()
    admissible: Mapping[Any, Any] | None = None  # a concrete instance that meets every hypothesis
    erratum: Erratum | None = None
    reading: str = ""  # how the printed text was read, where it can be read in more than one way
    not_applicable: Mapping[str, str] = field(default_factory=dict)  # method -> reason
    limits: Mapping[str, int] = field(default_factory=dict)  # e.g. {"max_size": 3}: cost of finite checks
    candidates: Mapping[Any, Any] = field(default_factory=dict)  # undefined function -> Lambdas to try

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id) or self.paper == CLASSICAL:
            raise ClaimError(f"claim id is {self.id!r}; allowed: <paper>:<label> such as baldi2014:eq39, "
                             f"with a paper that is not called {CLASSICAL!r}")
        if self.kind not in KINDS:
            raise ClaimError(f"{self.id}: kind is {self.kind!r}; allowed: {', '.join(KINDS)}")
        if not self.title or not self.source:
            raise ClaimError(f"{self.id}: title and source must not be empty")
        from sympy.logic.boolalg import Boolean

        if self.statement is not None and not isinstance(self.statement, Boolean):
            raise ClaimError(f"{self.id}: statement is {type(self.statement).__name__}; allowed: a SymPy Boolean "
                             "(an equation or comparison SymPy has already evaluated to a truth value is refused)")
        if self.statement is not None and self.statement in (True, False):
            raise ClaimError(f"{self.id}: statement evaluated to {self.statement}; build it unevaluated "
                             "(dropout_theory.language.equal, less_equal, ...)")
        object.__setattr__(self, "hypotheses", tuple(h if isinstance(h, Hypothesis) else Hypothesis(str(h), h)
                                                     for h in self.hypotheses))
        names = [h.name for h in self.hypotheses]
        if len(set(names)) != len(names):
            raise ClaimError(f"{self.id}: hypotheses share a name: {', '.join(names)}")
        from dropout_theory.language.admission import require_names

        try:
            require_names(self.said)
        except ValueError as error:
            raise ClaimError(f"{self.id}: {error}") from None

    @property
    def said(self) -> tuple[Any, ...]:
        """The statement, where there is one, and the conditions of the hypotheses."""
        return (*(() if self.statement is None else (self.statement,)), *[h.condition for h in self.hypotheses])

    @property
    def paper(self) -> str:
        return self.id.partition(":")[0]

    @property
    def label(self) -> str:
        return self.id.partition(":")[2]

    @property
    def amends(self) -> str | None:
        """Identifier of the claim this one corrects, or None."""
        found = _AMENDED.match(self.id)
        return found["original"] if found else None

    @property
    def part_of(self) -> str | None:
        """Identifier of the numbered equation this is a part of, or None."""
        found = _PART.match(self.id)
        return found["whole"] if found else None

    def __getstate__(self) -> dict[str, Any]:
        """The fields alone: a copy unfolds its own statement."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @cached_property
    def unfolded(self) -> Claim:
        """The claim with every name in its statement and hypotheses replaced by what it stands for."""
        from dropout_theory.language import unnamed

        said = (self.statement, *[h.condition for h in self.hypotheses])
        statement, *plain = unnamed(said)
        if (statement, *plain) == said:
            return self
        return replace(self, statement=statement, hypotheses=tuple(
            replace(h, condition=p) for h, p in zip(self.hypotheses, plain, strict=True)))

    def require_entries(self) -> None:
        """Raise ClaimError for an entry that is plainly beyond the range of its family: see `require_entries`."""
        from dropout_theory.language.admission import require_entries

        try:
            require_entries(self.said)
        except ValueError as error:
            raise ClaimError(f"{self.id}: {error}") from None

    def without(self, name: str) -> Claim:
        """The claim less one hypothesis. Raises ClaimError when it has none of that name."""
        names = [h.name for h in self.hypotheses]
        if name not in names:
            raise ClaimError(f"{self.id}: hypothesis is {name!r}; allowed: {', '.join(names) or 'none, it has none'}")
        return replace(self, hypotheses=tuple(h for h in self.hypotheses if h.name != name))


class Registry:
    """The claims of all loaded papers, by identifier, in the papers' order."""

    _all: WeakSet[Registry] = WeakSet()

    def __init__(self) -> None:
        self._claims: dict[str, Claim] = {}
        self.papers: dict[str, Paper] = {}
        Registry._all.add(self)

    def add(self, claim: Claim) -> Claim:
        """Register a claim.

        Raises ClaimError when the id is taken, its paper is unknown, or an entry is beyond the range of its family.
        """
        if claim.id in self._claims:
            raise ClaimError(f"duplicate claim id {claim.id!r}")
        if claim.paper not in self.papers:
            raise ClaimError(f"claim {claim.id!r} names paper {claim.paper!r}; known: {', '.join(self.papers)}")
        claim.require_entries()
        self._claims[claim.id] = claim
        return claim

    def add_paper(self, paper: Paper) -> Paper:
        if paper.key in self.papers and self.papers[paper.key] != paper:
            raise ClaimError(f"duplicate paper key {paper.key!r}")
        self.papers[paper.key] = paper
        return paper

    def __getitem__(self, identifier: str) -> Claim:
        try:
            return self._claims[identifier]
        except KeyError:
            raise UnknownClaimError(identifier, self.suggest(identifier)) from None

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._claims

    def __iter__(self) -> Iterator[Claim]:
        return iter(self._claims.values())

    def __len__(self) -> int:
        return len(self._claims)

    @classmethod
    def require(cls, identifier: str) -> None:
        """Raise UnknownClaimError, naming near ones, unless some registry holds a claim of that id."""
        if any(identifier in registry for registry in cls._all):
            return
        paper = identifier.partition(":")[0]
        if paper in PAPER_KEYS and identifier in load(paper):
            return
        raise UnknownClaimError(identifier, suggest(identifier, [c.id for registry in cls._all for c in registry]))

    @classmethod
    def holds(cls, claim: object) -> bool:
        """Whether this very claim, as written or with its names unfolded, is the one that a registry has under its id.

        Of the claims of the project's own papers REGISTRY alone decides: no other registry speaks in their name.
        """
        if not isinstance(claim, Claim):
            return False
        registries = (REGISTRY,) if claim.paper in PAPER_KEYS else cls._all
        known = [registry[claim.id] for registry in registries if claim.id in registry]
        return any(claim is own or claim is own.unfolded for own in known)

    @classmethod
    def of(cls, claim: Claim) -> Registry | None:
        """The registry that holds this very claim, if any does."""
        return next((r for r in cls._all if claim.id in r and r[claim.id] is claim), None)

    def suggest(self, identifier: str) -> list[str]:
        """Up to three identifiers near a mistyped one."""
        return suggest(identifier, self._claims)

    def parts(self, identifier: str) -> tuple[Claim, ...]:
        return tuple(c for c in self if c.part_of == identifier)

    def amendments(self, identifier: str) -> tuple[Claim, ...]:
        return tuple(c for c in self if c.amends == identifier)

    def select(self, patterns: Iterable[str]) -> tuple[Claim, ...]:
        """Claims matching ids, paper keys or globs; all when no pattern is given. Raises UnknownClaimError."""
        chosen = set(select_ids(patterns, list(self._claims), list(self.papers)))
        return tuple(c for c in self if c.id in chosen)


def suggest(identifier: str, known: Iterable[str]) -> list[str]:
    """Up to three known identifiers near `identifier`."""
    known = list(known)
    near = difflib.get_close_matches(identifier, known, n=3, cutoff=0.6)
    if not near and ":" not in identifier:
        near = [k for k in known if k.partition(":")[2] == identifier][:3]
    return near


def select_ids(patterns: Iterable[str], known: list[str], papers: Iterable[str]) -> list[str]:
    """Identifiers matching ids, paper keys or globs, in the order of `known`. Raises UnknownClaimError."""
    patterns = tuple(patterns)
    if not patterns:
        return known
    papers = set(papers)
    chosen: set[str] = set()
    for pattern in patterns:
        if pattern in papers:
            found = [k for k in known if k.startswith(pattern + ":")]
        else:
            found = [k for k in known if k == pattern] or [k for k in known if fnmatchcase(k, pattern)]
        if not found:
            raise UnknownClaimError(pattern, suggest(pattern, [*known, *papers]))
        chosen.update(found)
    return [k for k in known if k in chosen]


REGISTRY = Registry()


class Section:
    """Registers the claims of one section of a paper: `claim = Section("baldi2014", "8")`; `claim("eq81", ...)`."""

    def __init__(self, paper: str, section: str, registry: Registry | None = None) -> None:
        self.paper = paper
        self.section = section
        self.registry = REGISTRY if registry is None else registry
        if registry is None and paper in PAPER_KEYS:  # so that a section can be imported by itself
            REGISTRY.add_paper(import_declarations(f"dropout_theory.papers.{paper}").PAPER)

    def __call__(self, label: str, *, title: str, statement: Any, source: str = "", kind: str = "equation",
                 hypotheses: Iterable[Hypothesis | Any] = (), **details: Any) -> Claim:
        unknown = sorted(set(details) - {f.name for f in fields(Claim)})
        if unknown:
            raise ClaimError(f"{self.paper}:{label}: details are {', '.join(unknown)}; allowed: "
                             f"{', '.join(f.name for f in fields(Claim)[6:])}")
        identifier = f"{self.paper}:{label}"
        if _AMENDED.match(identifier):
            kind = "amended"
        where = source or f"section {self.section}" + (f", eq. ({label[2:].split('.')[0]})"
                                                       if label.startswith("eq") else "")
        return self.registry.add(Claim(identifier, title, statement, self.section, where, kind, tuple(hypotheses),
                                       **details))


def load(paper: str | None = None) -> Registry:
    """Import the claims of one paper, or of all, and return the registry.

    Raises ClaimError on an unknown key, and on a mistake in a paper's files with the place of it.
    """
    from dropout_theory.language.registry import require_known

    keys = PAPER_KEYS if paper is None else (paper,)
    for key in keys:
        if key not in PAPER_KEYS:
            raise ClaimError(f"unknown paper {key!r}; known: {', '.join(PAPER_KEYS)}")
        module = import_declarations(f"dropout_theory.papers.{key}")
        REGISTRY.add_paper(module.PAPER)
        for name in module.PAPER.modules:
            import_declarations(f"dropout_theory.papers.{key}.{name}")
    require_known()
    return REGISTRY
