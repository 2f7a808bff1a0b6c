"""Fingerprints: a short hash of everything a piece of evidence rests on, so that stale evidence is seen.

It covers the statement, what it cites, the proof files or witnesses that the method takes, and what it was made with:
the rooms of this library that the method can reach by imports, and the versions of its tools.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dropout_theory import proofs
from dropout_theory.verdicts.methods import FOLDER, declared, module_of
from dropout_theory.verdicts.pieces import Drawing
from dropout_theory.verdicts.sources import Tree, digest, hash_of, reached

if TYPE_CHECKING:
    from dropout_theory.claims import Registry

LIBRARY = Tree("dropout_theory", Path(__file__).resolve().parents[1])

# Versions that all evidence depends on.
TOOLS = ("sympy", "mpmath")

# What is reached through this file counts only for claims that are handed a proof: see `handed_a_proof`.
PROVER = f"{LIBRARY.root}.{FOLDER.name}.for_all"
PROVER_TOOLS = ("python-flint", "z3-solver")


def statement_fingerprint(claim: Any) -> str:
    """Hash (16 hex digits) of what a claim says: statement, hypotheses, and how it is to be tried."""
    return digest(_kept(claim, "_said", _content))


def meaning_fingerprint(claim: Any) -> str:
    """Hash (16 hex digits) of what a claim says under whatever names, its conjuncts and disjuncts in whatever order.

    What variants of a statement or its hypotheses showed stays true of these.
    """
    from dropout_theory.language import unordered

    plain = claim.unfolded
    hypotheses = tuple(replace(h, condition=unordered(h.condition)) for h in plain.hypotheses)
    return digest(_content(replace(plain, statement=unordered(plain.statement), hypotheses=hypotheses)))


def fingerprint(identifier: str, method: str, rests_on: Mapping[str, str]) -> str:
    """Hash (16 hex digits) of the evidence of a method on a claim, from the `prints` of what it rests on."""
    return digest([identifier, method, *(part for item in sorted(rests_on.items()) for part in item)])


def prints(claim: Any, method: str, cited: Iterable[str] = (), registry: Registry | None = None) -> dict[str, str]:
    """Hashes of what evidence of a method on a claim rests on, were it made now.

    `statement` and `made_with` always; `proofs`, `witnesses` and `cites` (statements and proofs of the claims `cited`,
    found in `registry`) where there are any.
    """
    reads = declared()[method].reads
    found = {"statement": statement_fingerprint(claim), "made_with": made_with(method, handed_a_proof(claim))[0],
             "proofs": _proofs(claim.id) if "proofs" in reads else "",
             "witnesses": _witnesses(claim.id) if "witnesses" in reads else "",
             "cites": _cites(claim, cited, registry)}
    return {name: value for name, value in found.items() if value}


# --- what it was made with ---

MadeWith = dict[str, dict[str, str]]


@cache
def made_with(method: str, handed: bool) -> tuple[str, MadeWith]:
    """What evidence of a method is made with here, after a hash of it: hashes of rooms and versions of tools.

    `handed` tells whether the claim is handed a proof.
    """
    modules = reached(LIBRARY, module_of(method), "" if handed else PROVER)
    rooms = {room: hash_of(LIBRARY.folder / room) for room in sorted(set(map(_room, modules)))}
    about = declared()[method]
    tools = {*TOOLS, *about.tools, *([about.optional] if about.optional else []), *(PROVER_TOOLS if handed else ())}
    found = {"rooms": rooms, "tools": {tool: version(tool) for tool in sorted(tools)}}
    return digest(part for kind in found.values() for item in kind.items() for part in item), found


def made_with_now() -> dict[str, MadeWith]:
    """What evidence can be made with here, by the hash that evidence refers to it by."""
    return dict(made_with(method, handed) for method in declared() for handed in (False, True))


def _room(module: str) -> str:
    """The room of a module, as a path in the package; of the folder of the methods each file counts by itself."""
    first, *rest = module.split(".")[1:]
    if first == FOLDER.name:
        return "/".join([first, *rest[:-1], f"{rest[-1]}.py"]) if rest else f"{first}/__init__.py"
    return first if (LIBRARY.folder / first).is_dir() else f"{first}.py"


def handed_a_proof(claim: Any) -> bool:
    """Whether a claim says something of all values of scalars, which instances need a proof to settle, or a law in it
    obliges to something."""
    return bool(_kept(claim, "_handed_a_proof", _needs_a_proof))


def _needs_a_proof(claim: Any) -> bool:
    from dropout_theory.language import obliges
    from dropout_theory.language.statements import ForAll

    said = [part for part in (claim.statement, *(h.condition for h in claim.hypotheses)) if part is not None]
    return any(part.has(ForAll) for part in said) or obliges(said)


@cache
def version(distribution: str) -> str:
    """The version of a distribution that is installed here, or 'absent'."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "absent"


# --- proofs, witnesses and what is cited ---


def _proofs(identifier: str) -> str:
    """Hash of what is registered of a claim, its files and those they import; '' where nothing is."""
    from dropout_theory.claims import proof_of, refutation_of

    written = [_written(argument) for argument in (proof_of(identifier), refutation_of(identifier))
               if argument is not None]
    if not written:
        return ""
    return digest(part for function in written for part in (*_text(function), _argument(*_named(function))))


def _written(function: Any) -> Any:
    """The function that was written, whatever it is wrapped in."""
    while isinstance(function := inspect.unwrap(function), functools.partial):
        function = function.func
    return function


def _named(function: Any) -> tuple[str, str]:
    """The module of a function, and the name under which it is defined there, or what it is defined in."""
    return str(function.__module__), str(function.__qualname__).partition(".")[0]


@lru_cache(maxsize=2048)
def _text(function: Any) -> tuple[str, str]:
    """The name of a function, and what it does where it was typed into a session: one may hold another of that name."""
    if _file(function.__module__).is_file():
        return function.__qualname__, ""
    return function.__qualname__, repr(getattr(getattr(function, "__code__", None), "co_code", ""))


@cache
def _argument(module: str, name: str) -> str:
    """Hash of what a function rests on: in the arguments and the papers by the names in it; of a user's, all that is
    beside it."""
    if not module.startswith(f"{_PROOFS}."):
        return beside(module)
    hashes = drawing(proofs.folder()).hashes(module, name)
    return digest(part for item in sorted(hashes.items()) for part in item)


_PROOFS = f"{LIBRARY.root}.proofs"
_PAPERS = f"{LIBRARY.root}.papers"


@cache
def drawing(folder: Path) -> Drawing:
    """What rests on what in the arguments, which are in a folder, and in the papers."""
    trees = {_PROOFS: Tree(_PROOFS, folder), _PAPERS: Tree(_PAPERS, LIBRARY.folder / "papers")}

    def find(module: str) -> Path | None:
        return next((tree.file(module) for root, tree in trees.items() if module.startswith(f"{root}.")), None)

    def of_paper(module: str, *roots: str) -> list[str]:
        """The modules of a paper, which are loaded one and all."""
        paper = next(module.removeprefix(f"{root}.").partition(".")[0] for root in trees if module.startswith(root))
        return [f"{root}.{paper}" + ("" if path.stem == "__init__" else f".{path.stem}") for root in roots
                for path in sorted((trees[root].folder / paper).glob("*.py"))]

    def looked_up(module: str, names: frozenset[str]) -> list[str]:
        """All of a paper, where claims are looked up by their ids."""
        return of_paper(module, _PAPERS) if any("REGISTRY" in name for name in names) else []

    return Drawing(find, looked_up, lambda module: of_paper(module, *trees))


# In a file that reads others, these count.
_READING = re.compile(r"\b(open|read_text|read_bytes|load|loads|loadtxt|genfromtxt|fromfile|read_csv)\b")


@cache
def beside(module: str) -> str:
    """Hash of a user's package, or of the folder that a user's module lies in: what a function there may rest on.

    All Python files count, since any may be imported, and where one reads files, those do. Where distributions are
    installed, only the package or the module itself.
    """
    file = _file(module.partition(".")[0])
    if not file.is_file():
        return ""
    package = file.parent if file.name == "__init__.py" else None
    folder = file.parent if package is None else file.parent.parent
    sources = {file, *(package.rglob("*.py") if package else ())}
    data = set(package.rglob("*") if package else ())
    if folder.name not in ("site-packages", "dist-packages"):
        near = [p.parent for p in folder.glob("*/__init__.py") if p.parent != LIBRARY.folder]
        sources |= {*folder.glob("*.py"), *(path for place in near for path in place.rglob("*.py"))}
        data |= set(folder.glob("*"))
    texts = {path: path.read_bytes() for path in sources}
    if any(_READING.search(text.decode(errors="replace")) for text in texts.values()):
        texts |= {path: path.read_bytes() for path in data - sources if path.is_file() and path.suffix != ".pyc"}
    return digest(part for path in sorted(texts) for part in (path.relative_to(folder).as_posix(),
                                                              hashlib.sha256(texts[path]).hexdigest()))


def _file(module: str) -> Path:
    """The file of a module that is loaded; one that does not exist where it was typed into a session."""
    return Path(getattr(sys.modules.get(module), "__file__", None) or module)


def _witnesses(identifier: str) -> str:
    """Hash of the instances suggested against a claim; '' where there are none."""
    from dropout_theory.claims import witnesses

    suggested = witnesses(identifier)
    return digest(map(spelled, suggested)) if suggested else ""


def claims_cited_by(claim: Any, registry: Registry | None) -> Registry:
    """Where a claim cites from: `registry`, else the one that the claim itself is in, else those of the papers."""
    from dropout_theory.claims import REGISTRY, Registry

    return Registry.of(claim) or REGISTRY if registry is None else registry


def _cites(claim: Any, cited: Iterable[str], registry: Registry | None) -> str:
    """Hash of the statements and proofs of the claims cited, and of the statements of classical facts."""
    from dropout_theory.claims import FACTS, proof_of

    known = claims_cited_by(claim, registry)
    parts = []
    for identifier in sorted(cited):
        parts.append(identifier)
        if identifier in known:
            parts += [statement_fingerprint(known[identifier]), _proofs(identifier)]
            continue
        proof_of(claim.id)  # facts are declared beside the proofs
        fact = FACTS.get(identifier.removeprefix("classical:"))
        parts.append(spelled(fact.statement) if fact else "")
    return digest(parts) if parts else ""


# --- what a claim says ---


def _kept(claim: Any, name: str, compute: Callable[[Any], Any]) -> Any:
    """What is computed of a claim, kept with it: a claim does not change, and each method asks anew."""
    kept = getattr(claim, name, None)
    if kept is None:
        kept = compute(claim)
        with suppress(AttributeError, TypeError):
            object.__setattr__(claim, name, kept)
    return kept


def _content(claim: Any) -> list[str]:
    parts = [claim.id, claim.kind, spelled(claim.statement)]
    parts += [f"{h.name}|{spelled(h.condition)}" for h in claim.hypotheses]
    parts.append(spelled(claim.admissible))
    parts += [spelled(dict(claim.limits)), spelled(dict(claim.candidates))]
    return parts


def spelled(value: Any) -> str:
    """A value spelled out in full: classes, domains and assumptions included, the same in every process."""
    return _spelled(value, {})


def _spelled(value: Any, dummies: dict[Any, int]) -> str:
    """A value spelled out, dummies by the order in which they are met: their own numbers count those of a process."""
    if isinstance(value, Mapping):
        pairs = sorted(f"{_spelled(k, dummies)}: {_spelled(v, dummies)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_spelled(v, dummies) for v in value) + "]"
    if not hasattr(value, "_hashable_content"):
        return repr(value)
    from sympy import Dummy, Symbol, srepr
    from sympy.core.function import AppliedUndef

    from dropout_theory.language.binding import bound_limits

    if isinstance(value, type):  # an undefined function is a class; its assumptions count
        return f"{value.__name__}({sorted((getattr(value, '_kwargs', None) or {}).items())})"
    if isinstance(value, Dummy):
        known = sorted(value._assumptions_orig.items())
        return f"Dummy({value.name}, {dummies.setdefault(value, len(dummies))}, {known})"
    if isinstance(value, Symbol) and type(value) is not Symbol:
        return f"{type(value).__name__}({_spelled(value._hashable_content(), dummies)})"
    if not value.args:
        return srepr(value)
    for limit in bound_limits(value):  # before the body, whose arguments stand in an order that dummies decide
        _spelled(limit[0], dummies)
    head = _spelled(type(value), dummies) if isinstance(value, AppliedUndef) else type(value).__name__
    return f"{head}({', '.join(_spelled(a, dummies) for a in value.args)})"
