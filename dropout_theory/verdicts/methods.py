"""What the methods say of themselves: one declaration in each method's own file, read without running that file.

A file in checkers/ that declares `METHOD = Method(...)`, with literal values only, is a method: it has a column in the
tables, a pytest marker, a place among the choices of the command line and evidence, and nothing else is to be edited.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "checkers"
RIGORS = ("proof", "exact-instances", "statistical", "sampled")
READS = ("proofs", "witnesses")
_DECLARES = re.compile(r"^METHOD\b", re.M)


class MethodError(ValueError):
    """The declaration of a method is malformed; the message names its file and says what is allowed."""


@dataclass(frozen=True)
class Method:
    """A method of making evidence, as its file in checkers/ declares it.

    `place` orders methods in tables; `mark` is the letter of its column there and `title` its name in their legend;
    `does` is one line of what it does. `rigor` is the best that its evidence can have, or '' where it says nothing of
    the statement. `tools` are the distributions whose versions its evidence depends on, besides those of every method;
    `optional` is one that an extra named like the method installs. `reads` tells what it takes from the proof files.
    `shows_existence` says that it proves that values exist by showing some, whatever its rigor elsewhere.
    """

    name: str
    place: int
    mark: str
    title: str
    does: str
    rigor: str
    tools: tuple[str, ...] = ()
    optional: str = ""
    reads: tuple[str, ...] = ()
    shows_existence: bool = False

    def __post_init__(self) -> None:
        for name, good, allowed in (
                ("name", _text(self.name, r"[a-z][a-z0-9-]*"), "lower-case letters, digits and hyphens"),
                ("place", type(self.place) is int, "a whole number"),
                ("mark", _text(self.mark, r"\S"), "one character"),
                ("title", _text(self.title, r"\S.*"), "a line of text"),
                ("does", _text(self.does, r"\S.*"), "a line of text"),
                ("rigor", self.rigor in ("", *RIGORS), f"{', '.join(RIGORS)}, or '' where it says nothing"),
                ("tools", _texts(self.tools), "a tuple of names of distributions"),
                ("optional", isinstance(self.optional, str), "the name of a distribution, or ''"),
                ("shows_existence", isinstance(self.shows_existence, bool), "True or False"),
                ("reads", _texts(self.reads) and set(self.reads) <= set(READS), f"a tuple of {', '.join(READS)}")):
            if not good:
                raise MethodError(f"{name} is {getattr(self, name)!r}; allowed: {allowed}")


def _text(value: Any, pattern: str) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _texts(value: Any) -> bool:
    return isinstance(value, tuple) and all(_text(v, r"\S+") for v in value)


@cache
def declared() -> dict[str, Method]:
    """Every method by name, in the order that they declare. Raises MethodError."""
    return dict(sorted(((m.name, m) for m in _files()), key=lambda item: item[1].place))


@cache
def module_of(name: str) -> str:
    """The module that declares a method."""
    return f"{FOLDER.parent.name}.{FOLDER.name}.{_files()[declared()[name]].stem}"


@cache
def _files() -> dict[Method, Path]:
    """Every method and its file. Raises MethodError where one is malformed or two share what must tell them apart."""
    found: dict[Method, Path] = {}
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        if not _DECLARES.search(text):
            continue
        method = _read(path, text)
        for name in ("name", "place", "mark"):
            value = getattr(method, name)
            if twin := next((p for m, p in found.items() if getattr(m, name) == value), None):
                raise MethodError(f"{path}: {name} is {value!r}, as in {twin.name}; allowed: one that no other has")
        found[method] = path
    return found


def _read(path: Path, text: str) -> Method:
    try:
        given = next(node.value for node in ast.parse(text).body if isinstance(node, ast.Assign)
                     and [ast.unparse(target) for target in node.targets] == ["METHOD"])
        if not isinstance(given, ast.Call) or ast.unparse(given.func) != Method.__name__ or given.args:
            raise MethodError("METHOD is not a call of Method with named values")
        return Method(**{str(k.arg): ast.literal_eval(k.value) for k in given.keywords})
    except (StopIteration, SyntaxError, TypeError, ValueError) as error:
        allowed = ", ".join(f.name for f in fields(Method))
        raise MethodError(f"{path}: the method is not declared as it should be: {error}; allowed: "
                          f"METHOD = Method(...) with literal values of {allowed}") from None
