"""Numbers and functions read from published strings by a grammar. A string is data: nothing that stands in it is run.

    number    `3`, `-1/2`, `0.25`
    formula   numbers, `+ - * / **`, brackets, E, pi, exp, log, sqrt, Abs, Max, Min, the function's variables
    function  `Lambda(x, formula)`, `Lambda((x, y), formula)`
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from dropout_theory.recheck.arithmetic import CannotRecheck

MAX_LENGTH, MAX_DEPTH, MAX_BITS = 2000, 50, 100_000

_NUMBER = re.compile(r"-?[0-9]+(?:/(?P<denominator>[0-9]+)|\.[0-9]+)?")
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": sp.exp, "log": sp.log, "sqrt": sp.sqrt, "Abs": sp.Abs, "Max": sp.Max, "Min": sp.Min}
_CONSTANTS = {"E": sp.E, "pi": sp.pi}
_OPERATIONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b}


def number_or_formula(text: Any) -> Any:
    """A Fraction, or a SymPy number from a formula without variables. Raises CannotRecheck for any other text."""
    short = _short(text)
    plain = _NUMBER.fullmatch(short)
    if plain and (plain["denominator"] is None or int(plain["denominator"])):
        return Fraction(short)
    return _formula(_parsed(short), {}, 0)


def indices(text: Any) -> tuple[int, ...]:
    """The indices of an entry from `[1, 2]`. Raises CannotRecheck for any other text."""
    short = _short(text)
    if not re.fullmatch(r"\[(?:-?[0-9]{1,9}(?:, ?-?[0-9]{1,9})*)?\]", short):
        raise CannotRecheck(f"not the indices of an entry: {text!r}; allowed: [1, 2]")
    return tuple(int(k) for k in short[1:-1].split(",") if k)


def function(text: Any) -> sp.Lambda:
    """A function from `Lambda(x, formula)`. Raises CannotRecheck for any other text."""
    call = _parsed(_short(text))
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Lambda"
            and len(call.args) == 2 and not call.keywords):
        raise CannotRecheck(f"not a function: {text!r}; allowed: Lambda(x, formula)")
    given = call.args[0].elts if isinstance(call.args[0], ast.Tuple) else [call.args[0]]
    names = [node.id for node in given if isinstance(node, ast.Name)]
    if len(names) != len(given) or len(set(names)) != len(names) or not names:
        raise CannotRecheck(f"the variables of {text!r} are not different names")
    variables = {name: sp.Symbol(name, real=True) for name in names}
    return sp.Lambda(tuple(variables.values()), _formula(call.args[1], variables, 0))


def _short(text: Any) -> str:
    if not isinstance(text, str):
        raise CannotRecheck(f"a value is {type(text).__name__}; allowed: a string")
    if len(text) > MAX_LENGTH:
        raise CannotRecheck(f"a value has {len(text)} characters; allowed: {MAX_LENGTH}")
    return text


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise CannotRecheck(f"not a number, formula or function: {text!r}") from None


def _formula(node: ast.expr, variables: Mapping[str, Any], depth: int) -> Any:
    """The value of a parsed formula; every kind of node that is not named here is refused."""
    if depth > MAX_DEPTH:
        raise CannotRecheck(f"a formula is nested deeper than {MAX_DEPTH}")
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return sp.Integer(node.value)
    if isinstance(node, ast.Name) and node.id in {**_CONSTANTS, **variables}:
        return {**_CONSTANTS, **variables}[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        inner = _formula(node.operand, variables, depth + 1)
        return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp):
        left, right = (_formula(side, variables, depth + 1) for side in (node.left, node.right))
        if type(node.op) in _OPERATIONS:
            return _OPERATIONS[type(node.op)](left, right)
        if isinstance(node.op, ast.Div) and right != 0:
            return left / right
        if isinstance(node.op, ast.Pow) and left != 0 and right.is_Rational and abs(right) * _bits(left) <= MAX_BITS:
            return left**right
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS \
            and node.args and not node.keywords:
        arguments = [_formula(a, variables, depth + 1) for a in node.args]
        if len(arguments) == 1 or node.func.id in ("Max", "Min"):
            return _FUNCTIONS[node.func.id](*arguments)
    raise CannotRecheck(f"not allowed in a formula: {ast.unparse(node)[:60]!r}")


def _bits(expr: Any) -> int:
    """A measure of an expression that a power multiplies: the digits of its numbers times its operations."""
    digits = sum(int(n.p).bit_length() + int(n.q).bit_length() for n in expr.atoms(sp.Rational))
    return int((1 + digits) * (1 + expr.count_ops()))
