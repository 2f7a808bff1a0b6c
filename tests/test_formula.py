"""Formulas read from LaTeX: nothing is lost, taking one apart keeps its value, MathML has the parts that it needs."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from fractions import Fraction
from html.parser import HTMLParser
from itertools import groupby

import pytest

from dropout_theory.report.formula import Node, UnreadableFormula, formula, in_lines, opened, tex, width
from dropout_theory.report.ledger import DEFAULT, Ledger
from dropout_theory.report.mathml import mathml


@pytest.fixture(scope="module")
def recorded() -> list[str]:
    """The LaTeX of all statements, hypotheses and definitions on record."""
    found: dict[str, None] = {}
    for claim in Ledger.read(DEFAULT):
        found.update(dict.fromkeys([claim["statement"], *[h["condition"] for h in claim["hypotheses"]],
                                    *[s["definition"] for s in claim["symbols"] if "definition" in s]]))
    return [text for text in found if text]


def test_all_formulas_on_record_are_read_and_written_without_loss(recorded: list[str]) -> None:
    assert len(recorded) > 700
    for text in recorded:
        assert formula(tex(formula(text))) == formula(text), text


@pytest.mark.parametrize("text", [r"\frac{a}{", r"a}", r"\left(a", r"\begin{array} a \end{array}", r"\mystery", "∮"])
def test_what_is_no_formula_is_refused_and_left_as_it_is(text: str) -> None:
    with pytest.raises(UnreadableFormula):
        formula(text)
    assert in_lines(text) == text and mathml(text).startswith("<code>")


@pytest.mark.parametrize("text,written", [
    (r"{M'}_{i}", "M_{i}'"), (r"{S}_{N}^{2}", "S_{N}^{2}"), ("fx weight", r"\mathrm{fx} \,\mathrm{weight}"),
    (r"\forall 1 \leq k \leq m:\ a", r"\forall\,1 \leq k \leq m: \ a")])
def test_names(text: str, written: str) -> None:
    assert tex(formula(text)) == written


# --- taking apart ------------------------------------------------------------------------------------------------

VALUES = {"a": Fraction(7, 3), "b": Fraction(5), "c": Fraction(-11, 2), "x": Fraction(13, 7)}


def drawn(chance: random.Random, depth: int) -> tuple[str, Fraction, bool]:
    """A random formula with its value, and whether it is a sum."""
    if depth == 0:
        letter = chance.choice([*VALUES])
        return letter, VALUES[letter], False
    (left, one, first), (right, other, is_sum) = drawn(chance, depth - 1), drawn(chance, depth - 1)
    match chance.choice("+-*/^"):
        case "+":
            return f"{left} + {right}", one + other, True
        case "-":
            return f"{left} - {_bracketed(right, is_sum)}", one - other, True
        case "/" if other:
            return rf"\frac{{{left}}}{{{right}}}", one / other, False
        case "^":
            return rf"\left({left}\right)^{{2}}", one**2, False
    return f"{_bracketed(left, first)} {_bracketed(right, is_sum)}", one * other, False


def _bracketed(text: str, is_sum: bool) -> str:
    return rf"\left({text}\right)" if is_sum else text


def read_aloud(parts: Iterable[Node]) -> str:
    """A row as a Python expression, read as mathematicians do: a/bc is a over bc."""
    rows: list[list[tuple[str, str]]] = [[]]
    for node in parts:
        if node.kind == "open":
            rows.append([])
        elif node.kind == "close" or node.kind == "scripts" and node.parts[0].kind == "close":
            power = f"**{whole(node.parts[2])}" if node.kind == "scripts" else ""
            inside = joined(rows.pop())
            rows[-1].append(("value", f"({inside}){power}"))
        else:
            rows[-1].append(spoken(node))
    row, = rows
    return joined(row)


def joined(row: list[tuple[str, str]]) -> str:
    return "".join(f"({'*'.join(said for _, said in run)})" if kind == "value" else "".join(said for _, said in run)
                   for kind, run in ((kind, list(run)) for kind, run in groupby(row, key=lambda part: part[0])))


def spoken(node: Node) -> tuple[str, str]:
    match node.kind:
        case "letter":
            return "value", node.text
        case "number":
            return "value", f"Fraction({node.text})"
        case "over":
            above, below = map(whole, node.parts)
            return "value", f"({above}/{below})"
        case "fence":
            return "value", whole(node.parts[0])
        case "scripts":
            return "value", f"{spoken(node.parts[0])[1]}**{whole(node.parts[2])}"
    return "sign", f" {node.text} "


def whole(node: Node) -> str:
    return f"({read_aloud(node.parts if node.kind == 'row' else (node,))})"


@pytest.mark.parametrize("wide", [0.0, 3.0, 8.0])
def test_taking_a_formula_apart_keeps_its_value(wide: float) -> None:
    chance = random.Random(20)
    for _ in range(500):
        text, value, _ = drawn(chance, 4)
        parts = [p for p in opened(formula(text), wide) if p.kind != "break"]
        aloud = read_aloud(parts)
        assert eval(aloud, {"Fraction": Fraction, **VALUES}) == value, (text, aloud)
        assert wide or not any(p.kind in ("over", "fence") for p in parts)


def test_nothing_wide_is_left_that_can_be_taken_apart(recorded: list[str]) -> None:
    for text in recorded:
        for part in opened(formula(text)):
            assert part.kind not in ("fence", "row") or width(part) <= 15, text


# --- MathML ------------------------------------------------------------------------------------------------------

PARTS = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "mroot": 2, "msubsup": 3, "munderover": 3,
         "mi": 0, "mn": 0, "mo": 0, "mtext": 0, "mspace": 0}


class Elements(HTMLParser):
    """Counts the elements in elements."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[list[str]] = []
        self.closed: list[tuple[str, int]] = []
        self.children: list[int] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "wbr":
            return
        if self.children:
            self.children[-1] += 1
        self.open.append([tag])
        self.children.append(0)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == [tag]
        self.closed.append((tag, self.children.pop()))


def elements(text: str) -> Iterator[tuple[str, int]]:
    parser = Elements()
    parser.feed(text)
    assert not parser.open
    yield from parser.closed


def test_mathml_has_the_parts_that_each_element_needs(recorded: list[str]) -> None:
    for text in recorded:
        found = mathml(text)
        assert "<code>" not in found and "\\" not in found, text
        for tag, children in elements(found):
            assert PARTS.get(tag, children) == children, (tag, children, text)


def test_mathml_of_a_statement() -> None:
    found = mathml(r"\sum_{k=1}^{m} {P}_{k} \leq \frac{1}{2}")
    assert "<munderover><mo>∑</mo>" in found and "<msub><mi>P</mi><mi>k</mi></msub>" in found
    assert "<mo form=infix>≤</mo><mfrac><mn>1</mn><mn>2</mn></mfrac>" in found
