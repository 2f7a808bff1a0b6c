"""What the methods say of themselves: one declaration in each method's own file, read without running that file.

A file in checkers/ that declares `METHOD = Method(...)`, with literal values only, is a method: it has a column in the
tables, a pytest marker, a place among the choices of the command line and evidence, and nothing else is to be edited.
A file whose declaration is at fault is left out, so that what is on record can still be read; nothing is run then.
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
_DECLARES = re.compile(r"^(METHOD\b|@checker\b)", re.M)


class MethodError(ValueError):
    """The declaration of a method is malformed; the message names its file and says what is allowed."""


@dataclass(frozen=True)
class Method:
    """A method of making evidence, as its file in checkers/ declares it.

    `place` orders methods in tables; `mark` is the letter of its column there and `title` its name in their legend;
    `does` is one line of what it does. `rigor` is the best that its evidence can have (the kernel refuses more), or ''
    where it says nothing of the statement. `tools` are the distributions whose versions its evidence depends on,
    besides those of every method; `optional` is one that an extra named like the method installs. `reads` tells what
    it takes from the proof files. `shows_existence` says that it proves that values exist by showing some, whatever its
    rigor elsewhere.
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
    """Every method by name, in the order that they declare; those at fault are left out: see `faults`."""
    return dict(sorted(_files()[0].items(), key=lambda item: item[1].place))


def faults() -> tuple[str, ...]:
    """What is wrong with the files of methods that are left out, a line for each."""
    return _files()[1]


def require_sound() -> None:
    """Raise MethodError with the first of the `faults`: a run without a method would derive other verdicts."""
    for fault in faults():
        raise MethodError(fault)


def file_of(name: str) -> Path:
    """The file that declares a method: it has the method's name, with underscores for hyphens."""
    return FOLDER / f"{name.replace('-', '_')}.py"


def module_of(name: str) -> str:
    """The module that declares a method."""
    return f"{FOLDER.parent.name}.{FOLDER.name}.{file_of(name).stem}"


@cache
def _files() -> tuple[dict[str, Method], tuple[str, ...]]:
    """Every method by name, and what is wrong with the files that should declare one."""
    found: dict[str, Method] = {}
    wrong = []
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        if not _DECLARES.search(text):
            continue
        try:
            method = _read(text)
            if file_of(method.name).name != path.name:
                raise MethodError(f"name is {method.name!r}; allowed: {path.stem.replace('_', '-')!r}, as the file's")
            for name in ("place", "mark"):
                value = getattr(method, name)
                if twin := next((m for m in found.values() if getattr(m, name) == value), None):
                    raise MethodError(f"{name} is {value!r}, as in {file_of(twin.name).name}; "
                                      "allowed: one that no other has")
        except MethodError as error:
            wrong.append(f"{path}: {error}")
        else:
            found[method.name] = method
    return found, tuple(wrong)


def _read(text: str) -> Method:
    """The method that a file declares. Raises MethodError, which does not name the file."""
    allowed = f"allowed: METHOD = Method(...) with literal values of {', '.join(f.name for f in fields(Method))}"
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise MethodError(f"line {error.lineno}: {error.msg}") from None
    given = next((node.value for node in body if isinstance(node, ast.Assign)
                  and [ast.unparse(target) for target in node.targets] == ["METHOD"]), None)
    if given is None:
        raise MethodError(f"no METHOD is declared; {allowed}")
    if not isinstance(given, ast.Call) or ast.unparse(given.func) != Method.__name__ or given.args:
        raise MethodError(f"METHOD is not a call of Method with named values; {allowed}")
    try:
        return Method(**{str(k.arg): _literal(k) for k in given.keywords})
    except TypeError as error:
        raise MethodError(f"{str(error).removeprefix('Method.__init__() ')}; {allowed}") from None


def _literal(given: ast.keyword) -> Any:
    try:
        return ast.literal_eval(given.value)
    except ValueError:
        raise MethodError(f"{given.arg} is computed, {ast.unparse(given.value)}; allowed: literal values, as the file "
                          "is read without being run") from None
