"""Formulas in MathML, which browsers set by themselves: no script, no font and no network is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from html import escape

from dropout_theory.report.formula import EMPTY, FACTORS, Node, UnreadableFormula, formula, height, opened, width

_CHUNK = 7.0  # em: a line may end after so much

_SIGNS = {
    r"\leq": "≤", r"\geq": "≥", r"\neq": "≠", r"\in": "∈", r"\Rightarrow": "⟹", r"\iff": "⟺", r"\to": "→", "-": "−",
    r"\wedge": "∧", r"\vee": "∨", r"\cdot": "⋅", r"\circ": "∘", r"\sum": "∑", r"\prod": "∏", r"\{": "{", r"\}": "}",
    r"\lfloor": "⌊", r"\rfloor": "⌋", r"\lceil": "⌈", r"\rceil": "⌉", r"\forall": "∀", r"\exists": "∃", r"\neg": "¬",
    r"\ldots": "…", r"\|": "‖", r"\tilde": "~", ".": "",
    r"\alpha": "α", r"\beta": "β", r"\gamma": "γ", r"\delta": "δ", r"\epsilon": "ϵ", r"\zeta": "ζ", r"\eta": "η",
    r"\theta": "θ", r"\kappa": "κ", r"\lambda": "λ", r"\mu": "μ", r"\nu": "ν", r"\xi": "ξ", r"\pi": "π", r"\rho": "ρ",
    r"\sigma": "σ", r"\tau": "τ", r"\phi": "ϕ", r"\chi": "χ", r"\psi": "ψ", r"\omega": "ω", r"\Gamma": "Γ",
    r"\Delta": "Δ", r"\Theta": "Θ", r"\Lambda": "Λ", r"\Xi": "Ξ", r"\Pi": "Π", r"\Sigma": "Σ", r"\Phi": "Φ",
    r"\Psi": "Ψ", r"\Omega": "Ω", r"\ell": "ℓ", r"\infty": "∞",
}
_SPACES = {r"\ ": ".33em", r"\,": ".17em", r"\:": ".22em", r"\;": ".28em", r"\quad": "1em"}
_THIN = r"\,"
_SIZES = {r"\big": "1.2em", r"\Big": "2.4em"}
_JUNCTORS = (r"\wedge", r"\vee", r"\Rightarrow", r"\iff")


@lru_cache(maxsize=20_000)
def mathml(latex: str) -> str:
    """A formula for a line of text: several elements where it is long, between which the line may end.

    One that cannot be read stays LaTeX.
    """
    try:
        chunks = _chunks(formula(latex))
    except UnreadableFormula:
        return f"<code>{escape(latex, quote=False)}</code>"
    return "<wbr>".join(f"<math displaystyle=true>{_row(chunk)}</math>" for chunk in chunks)


def _chunks(node: Node) -> list[tuple[Node, ...]]:
    """A formula in pieces; a piece begins with a relation, a sign, or a factor after a break.

    What is said of an index, 1 ≤ i ≤ n, stays together: before a colon pieces end with a comma.
    """
    parts = opened(node)
    colon = max((n for n, part in enumerate(parts) if part.text == ":"), default=-1)
    found: list[tuple[Node, ...]] = []
    here: list[Node] = []
    long = 0.0
    for n, part in enumerate(parts):
        last = here[-1] if here else None
        if n <= colon:
            begins = last is not None and last.kind == "comma" and long > _CHUNK / 2
        else:
            begins = part.text in _JUNCTORS and long > 2 or last is not None and last.text == ":" \
                or part.kind in ("relation", "binary", "break") and long > _CHUNK
        if begins and here:
            found.append(tuple(here))
            here, long = [], 0.0
        if part.kind != "break":
            here.append(part)
            long += width(part)
    return [*found, tuple(here)]


def _row(parts: Iterable[Node]) -> str:
    found, before = "", ""
    for part in parts:
        here = _outline(part)
        if before == "name" and here == "factor" or before == "factor" and here == "name":
            found += f"<mspace width={_SPACES[_THIN]}></mspace>"  # 2 log x
        found += _written(part)
        before = "" if part.kind == "open" else "factor" if here in ("factor", "bracketed") else here
    return found


def _outline(node: Node) -> str:
    """What a part is for the space beside a name: name, factor, bracketed, or something that has its own."""
    base = node.parts[0] if node.kind == "scripts" else node
    if base.kind in ("fence", "open"):
        return "bracketed"
    return base.kind if base.kind == "name" else "factor" if base.kind in FACTORS or base.kind == "close" else ""


def _one(node: Node) -> str:
    """A part as one element, where MathML counts them."""
    written = _written(node) if node.kind != "row" else _row(node.parts)
    return f"<mrow>{written}</mrow>" if node.kind == "row" and len(node.parts) != 1 else written


def _written(node: Node) -> str:
    return _WRITERS[node.kind](node)


def _shown(text: str) -> str:
    return escape(_SIGNS.get(text, text), quote=False)


def _letter(node: Node) -> str:
    font, _, inside = node.text.partition("{")
    if not inside:
        return f"<mi>{_shown(node.text)}</mi>"
    inside = inside.removesuffix("}")
    if font == r"\mathbb" and inside == "E":
        return "<mi>𝔼</mi>"
    if font == r"\mathcal":
        return f"<mi>{_SCRIPT.get(inside, inside)}</mi>"
    if inside in _DOUBLE and font == r"\mathbb":
        return f"<mi mathvariant=normal>{_DOUBLE[inside]}</mi>"
    style = " class=b" if font == r"\mathbf" else ""
    return f"<mi mathvariant=normal{style}>{escape(inside, quote=False)}</mi>"


_DOUBLE = {"R": "ℝ", "Z": "ℤ", "N": "ℕ"}
_SCRIPT = {chr(ord("A") + n): letter for n, letter in enumerate("𝒜ℬ𝒞𝒟ℰℱ𝒢ℋℐ𝒥𝒦ℒℳ𝒩𝒪𝒫𝒬ℛ𝒮𝒯𝒰𝒱𝒲𝒳𝒴𝒵")}


def _operator(node: Node) -> str:
    if node.kind == "unary":
        return f"<mo form=prefix>{_shown(node.text)}</mo>"
    if node.text == ":":
        return "<mo lspace=0>:</mo>"
    if node.text in (r"\forall", r"\exists"):
        return f"<mo rspace=.17em>{_shown(node.text)}</mo>"
    return f"<mo form=infix>{_shown(node.text)}</mo>" if node.kind in ("relation", "binary") \
        else f"<mo>{_shown(node.text)}</mo>"


def _bracket(node: Node) -> str:
    r"""A bracket by itself, in the size that it has where it is opened: `\bigl(`."""
    form = "prefix" if node.kind == "open" else "postfix"
    for name, size in _SIZES.items():
        if node.text.startswith((f"{name}l", f"{name}r")):
            return f"<mo form={form} minsize={size} maxsize={size}>{_shown(node.text[len(name) + 1:])}</mo>"
    return f"<mo form={form} stretchy=false>{_shown(node.text)}</mo>"


def _name(node: Node) -> str:
    text = node.text.lstrip("\\").replace(r"\,", " ").replace("limsup", "lim sup")
    return f"<mi mathvariant=normal>{escape(text, quote=False)}</mi>"


def _scripts(node: Node) -> str:
    base, below, above = node.parts
    inside = f"<mrow>{_bracket(base)}</mrow>" if base.kind == "close" else _one(base)  # else it has no size of its own
    raised = "".join("<mo>′</mo>" for _ in node.text)
    if above != EMPTY:
        raised += _one(above) if not raised else _row(above.parts if above.kind == "row" else (above,))
    if node.text and (above != EMPTY or len(node.text) > 1):
        raised = f"<mrow>{raised}</mrow>"
    kind = "under" if base.kind == "big" or base.text in (r"\max", r"\min", r"\inf", r"\limsup") else "sub"
    if below == EMPTY:
        name = "mover" if kind == "under" else "msup"
        return f"<{name}>{inside}{raised}</{name}>"
    if not raised:
        return f"<m{kind}>{inside}{_one(below)}</m{kind}>"
    name = "munderover" if kind == "under" else "msubsup"
    return f"<{name}>{inside}{_one(below)}{raised}</{name}>"


def _over(node: Node) -> str:
    above, below = map(_one, node.parts)
    if node.text == r"\binom":
        return f"<mrow><mo>(</mo><mfrac linethickness=0>{above}{below}</mfrac><mo>)</mo></mrow>"
    return f"<mfrac>{above}{below}</mfrac>"


def _root(node: Node) -> str:
    inside, index = node.parts
    if index == EMPTY:
        return f"<msqrt>{_one(inside)}</msqrt>"
    return f"<mroot>{_one(inside)}{_one(index)}</mroot>"


def _fence(node: Node) -> str:
    left, right = map(_shown, node.text.split(" "))
    inside = node.parts[0]
    size = "" if height(inside) > 1 else " stretchy=false"  # else it is set apart even where it does not grow
    return "<mrow>" + (f"<mo form=prefix{size}>{left}</mo>" if left else "") \
        + (_row(inside.parts) if inside.kind == "row" else _written(inside)) \
        + (f"<mo form=postfix{size}>{right}</mo>" if right else "") + "</mrow>"


def _lines(node: Node) -> str:
    return "<mtable class=l>" + "".join(f"<mtr><mtd>{_one(p)}</mtd></mtr>" for p in node.parts) + "</mtable>"


def _cases(node: Node) -> str:
    rows = "".join(f"<mtr><mtd>{_one(value)}</mtd><mtd>{_one(when)}</mtd></mtr>"
                   for value, when in zip(node.parts[::2], node.parts[1::2], strict=True))
    return f"<mrow><mo>{{</mo><mtable class=c>{rows}</mtable></mrow>"


_WRITERS: dict[str, Callable[[Node], str]] = {
    "row": lambda node: f"<mrow>{_row(node.parts)}</mrow>",
    "letter": _letter,
    "number": lambda node: f"<mn>{node.text}</mn>",
    "name": _name,
    "big": _operator, "relation": _operator, "binary": _operator, "unary": _operator, "sign": _operator,
    "comma": _operator, "open": _bracket, "close": _bracket,
    "space": lambda node: f"<mspace width={_SPACES[node.text]}></mspace>",
    "words": lambda node: f"<mtext>{escape(node.text, quote=False)}</mtext>",
    "break": lambda node: "",
    "scripts": _scripts, "over": _over, "root": _root, "fence": _fence, "lines": _lines, "cases": _cases,
    "accent": lambda node: f"<mover accent=true>{_one(node.parts[0])}<mo>{_shown(node.text)}</mo></mover>",
}


__all__ = ["mathml"]
