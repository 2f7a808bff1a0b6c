"""What a JSON Schema says of data, as far as the ledger's schema says it: the first place that does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any, str], None]

KINDS: dict[str, Callable[[Any], bool]] = {
    "object": lambda v: isinstance(v, dict), "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str), "boolean": lambda v: isinstance(v, bool), "null": lambda v: v is None,
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
}
LONGEST = 80  # characters of a value that an error shows


class Unfit(ValueError):
    """Data that a schema does not allow; the message names the place, what stands there and what is allowed."""


def compiled(schema: Mapping[str, Any]) -> Check:
    """A function of data and their name that raises Unfit where they do not fit.

    Raises ValueError for a keyword that is not known here, which else would allow anything.
    """
    return _compiled(schema, schema, {})


def _compiled(schema: Any, whole: Mapping[str, Any], known: dict[str, Check]) -> Check:
    def make(part: Any) -> Check:
        return _compiled(part, whole, known)

    checks = [_KEYWORDS[name](value, schema, make) for name, value in schema.items()
              if name not in _SAYING_NOTHING | _OF_OBJECTS | {"$ref"}]
    if _OF_OBJECTS & set(schema):
        checks.append(_members(schema, make))
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        if name not in known:
            known[name] = lambda value, place: known[name](value, place)  # one that speaks of itself
            known[name] = _compiled(whole["$defs"][name], whole, known)
        checks.append(lambda value, place: known[name](value, place))
    if len(checks) == 1:
        return checks[0]

    def check(value: Any, place: str) -> None:
        for one in checks:
            one(value, place)

    return check


def _require(fits: Callable[[Any], bool], allowed: str) -> Check:
    def check(value: Any, place: str) -> None:
        if not fits(value):
            shown = repr(value)
            raise Unfit(f"{place} is {shown if len(shown) <= LONGEST else shown[:LONGEST] + '...'}; allowed: {allowed}")
    return check


def _type(kinds: Any, _: Any, __: Any) -> Check:
    kinds = [kinds] if isinstance(kinds, str) else kinds
    tests = [KINDS[kind] for kind in kinds]
    return _require(lambda v: any(test(v) for test in tests), " or ".join(kinds))


def _members(schema: Any, make: Callable[[Any], Check]) -> Check:
    named = {name: make(part) for name, part in schema.get("properties", {}).items()}
    others = schema.get("additionalProperties", True)
    rest = make(others) if isinstance(others, dict) else None
    names = make(schema["propertyNames"]) if "propertyNames" in schema else None
    required = schema.get("required", ())

    def check(value: Any, place: str) -> None:
        if not isinstance(value, dict):
            return
        for name in required:
            if name not in value:
                raise Unfit(f"{place} lacks {name}")
        for name, part in value.items():
            if names is not None:
                names(name, f"a name in {place}")
            if (own := named.get(name, rest)) is not None:
                own(part, f"{place}.{name}")
            elif others is False:
                raise Unfit(f"{place} has {name[:LONGEST]!r}; allowed: {', '.join(named)}")
    return check


def _items(part: Any, _: Any, make: Callable[[Any], Check]) -> Check:
    each = make(part)

    def check(value: Any, place: str) -> None:
        if isinstance(value, list):
            for number, item in enumerate(value):
                each(item, f"{place}[{number}]")
    return check


def _one_of(parts: Any, _: Any, make: Callable[[Any], Check]) -> Check:
    checks = [make(part) for part in parts]

    def fits(value: Any) -> bool:
        count = 0
        for one in checks:
            try:
                one(value, "")
            except Unfit:
                continue
            count += 1
        return count == 1
    return _require(fits, "one of several shapes")


def _pattern(text: str, _: Any, __: Any) -> Check:
    found = re.compile(text.removesuffix("$") + r"\Z" if text.endswith("$") else text)  # "$" would pass a line's end
    return _require(lambda v: not isinstance(v, str) or found.search(v) is not None, text)


_OF_OBJECTS = {"properties", "additionalProperties", "propertyNames", "required"}  # they say something together
_SAYING_NOTHING = {"$schema", "title", "description", "$defs"}
_KEYWORDS: dict[str, Callable[[Any, Any, Callable[[Any], Check]], Check]] = {
    "type": _type, "items": _items, "oneOf": _one_of, "pattern": _pattern,
    "enum": lambda values, _, __: _require(lambda v: v in values, ", ".join(map(str, values))),
    "const": lambda wanted, _, __: _require(lambda v: v == wanted and type(v) is type(wanted), repr(wanted)),
    "minimum": lambda least, _, __: _require(lambda v: not KINDS["number"](v) or v >= least, f"{least} or more"),
    "minLength": lambda least, _, __: _require(lambda v: not isinstance(v, str) or len(v) >= least,
                                               f"{least} characters or more"),
}
