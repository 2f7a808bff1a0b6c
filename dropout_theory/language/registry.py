"""The one registry of operators, and what each method does with every one of them.

An operator enters where its class is defined. A method says which operators it handles and which it refuses by their
names; of one that it says nothing of it could only make something by accident, so that the program stops there.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any


class UnknownOperator(Exception):
    """A method says nothing of an operator; the message names both."""


OPERATORS: dict[type, None] = {}  # in the order in which they were defined
METHODS: dict[str, Container[type]] = {}  # what the methods that are loaded handle
_REFUSED: dict[str, set[type]] = {}
EVERY = "every method"


class Registered:
    """What makes a class an operator; one that only others are made of says `is_base = True`.

    Raises UnknownOperator for a class made of an operator: methods would take it for that one.
    """

    __slots__ = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if taken := [base.__name__ for base in cls.__mro__ if base in OPERATORS]:
            raise UnknownOperator(f"{cls.__name__} is made of the operator {taken[0]}: methods would take it for that; "
                                  "allowed: Operator or OfExpressions of dropout_theory.language.operators")
        if not cls.__dict__.get("is_base", False):
            OPERATORS[cls] = None


def method(name: str, handles: Container[type], refuses: tuple[type, ...] = ()) -> None:
    """Declare a method: the operators that it handles, a table of rules for example, and those that it refuses.

    Raises UnknownOperator for an operator in neither.
    """
    METHODS[name] = handles
    _REFUSED.setdefault(name, set()).update(refuses)
    require_known()


def refuse(operator: type, *methods: str) -> None:
    """Let methods, loaded or not, refuse an operator by its name; without names, all that do not handle it."""
    for name in methods or (EVERY,):
        _REFUSED.setdefault(name, set()).add(operator)


def is_refused(name: str, expr: Any) -> bool:
    """Whether an expression is an operator that a method does not handle."""
    return type(expr) in OPERATORS and type(expr) not in METHODS[name]


def refusal(name: str, expr: Any) -> str:
    """What a method says of an operator that it refuses."""
    return f"{type(expr).__name__} is an operator that {name} refuses: {expr}"


def require_known() -> None:
    """Raise UnknownOperator where a method that is loaded neither handles nor refuses an operator."""
    for name, handled in METHODS.items():
        for operator in OPERATORS:
            if operator not in handled and operator not in _REFUSED.get(name, ()) and operator not in _REFUSED.get(
                    EVERY, ()):
                raise UnknownOperator(
                    f"{name} knows nothing of the operator {operator.__name__} of {operator.__module__}; allowed: what "
                    f"handles it there, or refuse({operator.__name__}, {name!r}) of dropout_theory.language.registry")
