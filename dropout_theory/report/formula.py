r"""Formulas as trees, read from the LaTeX that `language.latex` writes; written as LaTeX that breaks into lines.

TeX breaks a formula in a line of text after relations, sums and differences, but never within `\left( ... \right)`, a
fraction or an exponent. `opened` takes those that are wide apart, so that the breaks within are found: brackets of a
fixed size, `(a)/(b)` for a fraction, `exp(a)` for a power of e. How wide they are is estimated: a user's page is not
known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

WIDE = 12.0  # em: what is wider is taken apart; a step in a column of a two-column article has 20

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|[A-Za-z]+|[0-9]+|\s+|.", re.DOTALL)
_RELATIONS = {"=", "<", ">", r"\leq", r"\geq", r"\neq", r"\in", r"\Rightarrow", r"\iff", r"\to", ":"}
_BINARY = {"+", "-", r"\wedge", r"\vee", r"\cdot", r"\circ", "*"}
_BIG = {r"\sum", r"\prod"}
_NAMES = {r"\log", r"\exp", r"\max", r"\min", r"\inf", r"\limsup", r"\cos", r"\sin", r"\tan", r"\tanh", r"\sinh",
          r"\cosh", r"\operatorname"}
_LIMITS = {r"\max", r"\min", r"\inf", r"\limsup"}  # what stands under them in a display
_OPEN, _CLOSE = {"(", "[", r"\{", r"\lfloor", r"\lceil"}, {")", "]", r"\}", r"\rfloor", r"\rceil"}
_FONTS = {r"\mathbb", r"\mathbf", r"\mathcal", r"\mathrm"}
_LETTERS = {r"\alpha", r"\beta", r"\gamma", r"\delta", r"\epsilon", r"\zeta", r"\eta", r"\theta", r"\kappa", r"\lambda",
            r"\mu", r"\nu", r"\xi", r"\pi", r"\rho", r"\sigma", r"\tau", r"\phi", r"\chi", r"\psi", r"\omega",
            r"\Gamma", r"\Delta", r"\Theta", r"\Lambda", r"\Xi", r"\Pi", r"\Sigma", r"\Phi", r"\Psi", r"\Omega",
            r"\ell", r"\infty"}
# the kinds of parts that stand side by side in a product
FACTORS = ("letter", "number", "name", "big", "scripts", "over", "root", "fence", "accent", "open")
_SPACES = {r"\ ": 0.33, r"\,": 0.17, r"\:": 0.22, r"\;": 0.28, r"\quad": 1.0}
_OTHER = {r"\forall", r"\exists", r"\neg", r"\ldots", "!", "/", "|", r"\|", "∘"}


class UnreadableFormula(ValueError):
    """LaTeX that no formula of this project is written in; the message says what and where."""


@dataclass(frozen=True)
class Node:
    """A part of a formula.

    Leaves have a text, in LaTeX: letter, number, name, big, relation, binary, unary, open, close, comma, sign, space,
    words, and break, where a line may end. With parts: row; scripts, a base, what is below and what is above it; over,
    a fraction or a binomial; root; fence, whose text is its two brackets; lines, one below the other; cases; accent.
    """

    kind: str
    text: str = ""
    parts: tuple[Node, ...] = ()


EMPTY = Node("row")


@lru_cache(maxsize=20_000)
def formula(latex: str) -> Node:
    """The tree of a formula. Raises UnreadableFormula."""
    reader = _Reader(latex)
    found = reader.row(())
    if reader.here() is not None:
        raise UnreadableFormula(f"{reader.here()!r} at place {reader.place} of {latex!r:.200}")
    return found


def _is_word(node: Node) -> bool:
    """Whether a part is a name of several letters, which would run into the next one."""
    first = node.parts[0] if node.kind == "scripts" else node
    return first.kind == "letter" and first.text.isalpha() and len(first.text) > 1


class _Reader:
    """Reads a formula from left to right."""

    def __init__(self, latex: str) -> None:
        self.latex = latex
        found = [m for m in _TOKEN.finditer(latex) if not m[0].isspace()]
        self.tokens, self.spans = [m[0] for m in found], [m.span() for m in found]
        self.place = 0

    def here(self) -> str | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def next(self) -> str:
        token = self.here()
        if token is None:
            raise UnreadableFormula(f"ends within a part: {self.latex!r:.200}")
        self.place += 1
        return token

    def expect(self, token: str) -> None:
        if (found := self.next()) != token:
            raise UnreadableFormula(f"{found!r} for {token!r} at place {self.place} of {self.latex!r:.200}")

    def row(self, ends: tuple[str, ...]) -> Node:
        """What stands before one of some tokens, which is left unread."""
        parts: list[Node] = []
        while (token := self.here()) is not None and token not in ends:
            part = self.scripted()
            if part.kind == "binary" and part.text in "+-" and (
                    not parts or parts[-1].kind in ("relation", "binary", "unary", "open", "comma", "big", "space")):
                part = replace(part, kind="unary")
            if parts and _is_word(parts[-1]) + _is_word(part) and parts[-1].kind in FACTORS and part.kind in FACTORS:
                parts.append(Node("space", r"\,"))
            parts += part.parts if part.kind == "row" else [part]
            if part.text == r"\forall" and self.here() == r"\,":  # it is written with that space
                self.place += 1
        return parts[0] if len(parts) == 1 else Node("row", "", tuple(parts))

    def scripted(self) -> Node:
        base = self.atom()
        below, above, primes = EMPTY, EMPTY, ""
        if base.kind == "scripts" and base.parts[1] == EMPTY and base.parts[2] == EMPTY:  # {M'}_{i} is M_{i}'
            base, primes = base.parts[0], base.text
        while (token := self.here()) in ("_", "^", "'"):
            self.place += 1
            if token == "'":
                primes += "'"
            elif token == "_":
                below = self.atom()
            else:
                above = self.atom()
        if not primes and below == EMPTY and above == EMPTY:
            return base
        return Node("scripts", primes, (base, below, above))

    def group(self) -> Node:
        self.expect("{")
        found = self.row(("}",))
        self.expect("}")
        return found

    def word(self) -> str:
        """The text of a group, as it was written."""
        self.expect("{")
        start = self.spans[self.place - 1][1]
        while self.next() != "}":
            pass
        return self.latex[start:self.spans[self.place - 1][0]]

    def atom(self) -> Node:
        token = self.next()
        if token == "{":
            self.place -= 1
            return self.group()
        if token in (r"\frac", r"\binom"):
            return Node("over", token, (self.group(), self.group()))
        if token == r"\sqrt":
            index = EMPTY
            if self.here() == "[":
                self.place += 1
                index = self.row(("]",))
                self.expect("]")
            return Node("root", "", (self.group(), index))
        if token in (r"\left", r"\bigl", r"\Bigl"):
            right = {r"\left": r"\right", r"\bigl": r"\bigr", r"\Bigl": r"\Bigr"}[token]
            opening = self.next()
            inside = self.row((right,))
            self.expect(right)
            return Node("fence", f"{opening} {self.next()}", (inside,))
        if token == r"\substack":
            self.expect("{")
            return self._lines(("}",))
        if token == r"\begin":
            if (name := self.word()) != "cases":
                raise UnreadableFormula(f"environment {name!r} in {self.latex!r:.200}")
            found = self._lines((r"\end",), cells=True)
            self.word()
            return found
        if token == r"\tilde":
            return Node("accent", token, (self.atom(),))
        if token in _FONTS:
            letters = self.word()
            is_word = token == r"\mathrm" and len(letters) > 1 and letters.isalpha()
            return Node("letter", letters if is_word else f"{token}{{{letters}}}")
        if token == r"\operatorname":
            return Node("name", self.word())
        if token == r"\text":
            return Node("words", self.word())
        return self._leaf(token)

    def _lines(self, ends: tuple[str, ...], cells: bool = False) -> Node:
        rows = [self.row((r"\\", *ends, *("&" * cells)))]
        while self.next() not in ends:
            rows.append(self.row((r"\\", *ends, *("&" * cells))))
        return Node("cases" if cells else "lines", "", tuple(rows))

    def _leaf(self, token: str) -> Node:
        if token.isdigit():
            return Node("number", token)
        for kind, known in (("relation", _RELATIONS), ("binary", _BINARY), ("big", _BIG), ("name", _NAMES),
                            ("open", _OPEN), ("close", _CLOSE), ("letter", _LETTERS), ("space", _SPACES),
                            ("sign", _OTHER), ("comma", {",", ";"})):
            if token in known:
                return Node(kind, token)
        if token.isalpha():
            return Node("letter", token)
        raise UnreadableFormula(f"{token!r} in {self.latex!r:.200}")



def width(node: Node) -> float:
    """About how wide a formula is set, in em."""
    kind, parts = node.kind, node.parts
    if kind in _WIDTHS:
        return _WIDTHS[kind]
    if kind == "space":
        return _SPACES[node.text]
    if kind in ("letter", "number", "words", "name"):
        shown = node.text.partition("{")[2].rstrip("}") if node.text.split("{")[0] in _FONTS else node.text
        return 0.55 if shown.startswith("\\") and kind == "letter" else 0.52 * len(shown.strip("\\"))
    if kind == "scripts":
        base, below, above = parts
        side = 0.7 * max(width(below), width(above) + 0.35 * len(node.text))
        stacked = base.kind == "big" or base.text in _LIMITS
        return max(width(base), side) if stacked else width(base) + side
    if kind in ("over", "lines", "cases", "accent"):
        return max(map(width, parts)) * (0.7 if kind == "lines" else 1) + 0.3
    return sum(map(width, parts)) + {"root": 0.9, "fence": 0.9}.get(kind, 0)


_WIDTHS = {"relation": 1.35, "binary": 1.25, "unary": 0.8, "big": 1.5, "open": 0.4, "close": 0.4, "comma": 0.45,
           "sign": 0.5, "break": 0.0}


@lru_cache(maxsize=20_000)
def opened(node: Node, wide: float = WIDE) -> tuple[Node, ...]:
    """The parts of a formula in a row, of which none that can be taken apart is wider than `wide`."""
    if width(node) <= wide:
        return node.parts if node.kind == "row" else (node,)
    if node.kind == "row":
        found: list[Node] = []
        for part, after in zip(node.parts, (*node.parts[1:], None), strict=True):
            if found and _product(found[-1], part):
                found.append(Node("break"))
            here = opened(part, wide)
            if len(here) > 1 and part.kind == "over" and after is not None and after.kind in FACTORS:
                here = _in_brackets(here)  # a/b times c is not a/(bc)
            found += here
        return tuple(found)
    if node.kind == "fence":
        left, right = node.text.split(" ")
        return _in_brackets(opened(node.parts[0], wide), left, right)
    if node.kind == "over" and node.text == r"\frac":
        above, below = (opened(part, wide) for part in node.parts)
        if any(part.kind in ("relation", "binary", "unary", "big") or part == _SLASH for part in _outside(above)):
            above = _in_brackets(above)
        return *above, _SLASH, *(_in_brackets(below) if len(_outside(below)) > 1 else below)
    if node.kind == "scripts" and node.parts[0].kind == "fence":
        *inside, closing = opened(node.parts[0], wide)
        return *inside, replace(node, parts=(closing, *node.parts[1:]))
    return (node,)


_SLASH = Node("sign", "/")


def _outside(parts: tuple[Node, ...]) -> list[Node]:
    """What stands outside of opened brackets, of which the closing ones are kept."""
    found, depth = [], 0
    for part in parts:
        depth += part.kind == "open"
        depth -= _base(part) == "close"
        if not depth and part.kind != "break":
            found.append(part)
    return found


def _in_brackets(parts: tuple[Node, ...], left: str = "(", right: str = ")") -> tuple[Node, ...]:
    """Parts in brackets of a size that fits them, between which a line may end."""
    size = "big" if max(map(height, parts), default=1) < 2 else "Big"
    return Node("open", rf"\{size}l{left}"), *parts, Node("close", rf"\{size}r{right}")


def _product(left: Node, right: Node) -> bool:
    """Whether two neighbours are factors between which a line may end: not a name and its argument."""
    if _base(left) in ("big", "name") or right.kind not in FACTORS or right.kind == "number":
        return False
    return left.kind in ("over", "fence", "close", "root") or left.kind == "scripts" and right.kind not in _ARGUMENTS \
        or left.kind == "letter" and right.kind not in (*_ARGUMENTS, "letter")


_ARGUMENTS = ("fence", "open")  # what may be the argument of a letter, as in f(x)


def _base(node: Node) -> str:
    return node.parts[0].kind if node.kind == "scripts" else node.kind


def height(node: Node) -> int:
    """1 for a line of letters, more for sums and fractions."""
    if node.kind in ("big", "over", "cases"):
        return 2
    return max(map(height, node.parts), default=1)


def tex(node: Node) -> str:
    """A formula in LaTeX, as it was read but for braces without meaning."""
    return _joined(map(_tex, node.parts if node.kind == "row" else (node,)))


def in_lines(latex: str) -> str:
    """A formula for a line of text, that may break; one that cannot be read as it is."""
    try:
        return tex_in_lines(formula(latex))
    except UnreadableFormula:
        return latex


def tex_in_lines(node: Node, wide: float = WIDE) -> str:
    """A formula in LaTeX for a line of text, that may break wherever a person would break it."""
    return _joined(text for part in opened(node, wide) for text in (_tex(part), _MAY_END.get(part.text, "")))


_MAY_END = {",": r"\allowbreak\ ", ";": r"\allowbreak\ ", **dict.fromkeys((r"\wedge", r"\vee", r"\Rightarrow", r"\iff"),
                                                                       r"\allowbreak")}


def _tex(node: Node) -> str:
    kind, text, parts = node.kind, node.text, node.parts
    if kind == "row":
        return f"{{{tex(node)}}}"
    if kind == "scripts":
        base, below, above = parts
        inside = _tex(base)
        if base.kind in ("scripts", "over", "root"):
            inside = f"{{{inside}}}"
        return inside + (f"_{{{tex(below).replace(' = ', '=')}}}" if below != EMPTY else "") + text \
            + (f"^{{{tex(above)}}}" if above != EMPTY else "")
    if kind == "over":
        return f"{text}{{{tex(parts[0])}}}{{{tex(parts[1])}}}"
    if kind == "root":
        index = f"[{tex(parts[1])}]" if parts[1] != EMPTY else ""
        return rf"\sqrt{index}{{{tex(parts[0])}}}"
    if kind == "fence":
        left, right = text.split(" ")
        return _joined((rf"\left{left}", tex(parts[0]), rf"\right{right}"))
    if kind == "lines":
        return r"\substack{" + r" \\ ".join(map(tex, parts)) + "}"
    if kind == "cases":
        cells = [tex(p) for p in parts]
        rows = [f"{value} & {when}" for value, when in zip(cells[::2], cells[1::2], strict=True)]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"
    if kind == "accent":
        return f"{text}{{{tex(parts[0])}}}"
    if kind == "name":
        return text if text in _NAMES else rf"\operatorname{{{text}}}"
    if kind == "words":
        return rf"\text{{{text}}}"
    if kind == "break":
        return r"\penalty1000"
    if kind == "letter" and len(text) > 1 and text.isalpha():
        return rf"\mathrm{{{text}}}"
    return rf"{text}\," if text == r"\forall" else text


def _joined(texts: Iterable[str]) -> str:
    """Pieces of LaTeX one after the other, with spaces where a person writes them."""
    found = ""
    for text in texts:
        if found and text and not (text[0] in ",;:)]" or found[-1] in "([" or found.endswith((r"\,", "\\ "))
                                   or text.startswith((r"\left", r"\right")) and found[-1] != "="):
            found += " "
        found += text
    return found


__all__ = ["EMPTY", "FACTORS", "WIDE", "Node", "UnreadableFormula", "formula", "height", "in_lines", "opened", "tex",
           "tex_in_lines", "width"]
