"""Ways to change a certificate: each gives the file that somebody would send who wants it to say something else.

What changes a field writes the digest anew, as somebody would who knows how; what changes bytes does not.
"""

from __future__ import annotations

import copy
import hashlib
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

from dropout_theory.recheck.steps.derivation import read
from dropout_theory.recheck.writing import written

Parts = dict[str, Any]
Change = Callable[[Parts, random.Random, Sequence[Parts]], Any]
LINES = ("says", "proofs", "arithmetic")
NAMES = ("certificate", "claim", "module", "verdict", *LINES, "steps", "amended", "witness")
NUMBERS = ["0", "1", "-1", "2", "1/2", "2/4", "-0", "007", "1/0", "9" * 30, "9" * 5_000, "1e5", "1.5", "", "oo", "nan"]
STRANGE: list[Any] = [None, True, 0, -1, 10**30, "", "x", "\x1b[2J", "λ\u202e", [], {}, [[]], {"a": 1}, ["term"], 1.5]


class NoPlace(Exception):
    """There is nothing in a file to change in this way."""


def laid_out(parts: Parts, digest: bool = True) -> bytes:
    """A file of these fields, in the layout of the format, its digest the right one."""
    def value(name: str) -> str:
        if name in LINES and isinstance(parts[name], list):
            return "[\n" + ",\n".join(map(plain, parts[name])) + "\n]"
        return plain(parts[name])

    above = "{" + ",\n".join(f"{plain(name)}:{value(name)}" for name in parts if name not in ("digest", "stated"))
    told = hashlib.sha256(above.encode("utf-8", "surrogatepass")).hexdigest() if digest else parts["digest"]
    below = [f'"digest":{plain(told)}'] if "digest" in parts else []
    below += [f'"stated":{plain(parts["stated"])}'] if "stated" in parts else []
    return (",\n".join([above, *below]) + "}\n").encode("utf-8", "surrogatepass")


def plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def lines_of(parts: Parts, kind: str, names: Sequence[str] = ("proofs", "says")) -> list[list[Any]]:
    found = [line for name in names for line in parts[name] if line[0] == kind]
    if not found:
        raise NoPlace
    return found


def some(rng: random.Random, found: Sequence[Any]) -> Any:
    if not found:
        raise NoPlace
    return rng.choice(found)


def places(value: Any, kind: type, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in nested lists and objects values of a kind are."""
    found = [at] if type(value) is kind else []
    inside = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    return found + [p for key, v in inside for p in places(v, kind, (*at, key))]


def put(value: Any, at: tuple[Any, ...], new: Any) -> None:
    for key in at[:-1]:
        value = value[key]
    value[at[-1]] = new


def get(value: Any, at: tuple[Any, ...]) -> Any:
    for key in at:
        value = value[key]
    return value


# --- what a derivation says ------------------------------------------------------------------------------------------

RELATIONS = ["=", "!=", "<", "<=", ">", ">="]


def coefficient(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "term") if x[2] == "number"])
    line[3] = rng.choice([str(int(line[3].partition("/")[0]) + rng.choice([-1, 1])), *NUMBERS])


def sign(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "term") if x[2] in ("number", "+", "*")])
    if line[2] == "number":
        line[3] = line[3][1:] if line[3].startswith("-") else f"-{line[3]}"
    else:
        line[2] = "+" if line[2] == "*" else "*"


def relation(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "term") if x[2] in RELATIONS])
    line[2] = rng.choice([r for r in RELATIONS if r != line[2]])


def sides_swapped(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "term") if len(x) == 5])
    line[3], line[4] = line[4], line[3]


def another_operator(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, lines_of(parts, "term"))
    line[2] = rng.choice(["exp", "log", "abs", "E", "Var", "max", "min", "not", "and", "or", "true", "false", "system"])


def another_argument(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "term") if len(x) > 3])
    line[rng.randrange(3, len(line))] = rng.choice([rng.randrange(max(line[1], 1)), *NUMBERS])


def argument_gone(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "term") if len(x) > 3])
    del line[rng.randrange(3, len(line))]


def domain(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "term") if x[2] == "domain"])
    line[rng.randrange(3, 9)] = rng.choice(["-oo", "oo", "0", "1", "-1", "(", "[", "]", ")", "integer", "real", "any"])


def name(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "term") if x[2] in ("scalar", "family", "gates", "index")])
    line[3] = rng.choice(["x", "n", line[3] + "'", "\x1b]0;x\x07", "__import__('os').system('touch ran')"])


def conclusion(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, lines_of(parts, "step"))
    line[3] = some(rng, lines_of(parts, "term", ("proofs",)))[1]


def rule(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, lines_of(parts, "step"))
    line[2] = rng.choice(["assumption", "normal form", "real arithmetic", "evaluation", "reflexivity", "anything",
                          f"claim {parts['claim']}", "classical: wallis", "claim baldi2014:eq7", "refutation"])


def premise_missing(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "step") if x[5]])
    del line[5][rng.randrange(len(line[5]))]


def premise_doubled(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "step") if x[5]])
    line[5].insert(rng.randrange(len(line[5]) + 1), rng.choice(line[5]))


def premise_added(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "step", ("proofs",)) if x[1]])
    line[5].append(rng.randrange(line[1]))


def premises_swapped(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "step") if len(x[5]) > 1])
    line[5].reverse()


def another_premise(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "step") if x[5]])
    line[5][rng.randrange(len(line[5]))] = rng.choice([*range(line[1]), line[1], -1, 10**6, "0", None])


def assumption_added(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, lines_of(parts, "step"))
    statements = [x[1] for x in lines_of(parts, "term", ("proofs",)) if x[2] in RELATIONS]
    line[4] = sorted({*line[4], some(rng, statements)})


def assumption_removed(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, [x for x in lines_of(parts, "step") if x[4]])
    del line[4][rng.randrange(len(line[4]))]


def step_argument(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, lines_of(parts, "step", ("proofs",)))
    told = line[6]
    terms = lines_of(parts, "term", ("proofs",))
    way = rng.randrange(3)
    if way == 0 or not told:
        told[rng.choice(["value", "index", "with", "atoms"])] = [rng.choice(terms)[1]]
        line[6] = dict(sorted(told.items()))
    elif way == 1:
        del told[rng.choice(list(told))]
    else:
        told[rng.choice(list(told))] = [rng.choice(terms)[1] for _ in range(rng.randrange(3))]


def renumber(lines: list[list[Any]], kind: str, order: dict[int, int]) -> None:
    """Write the numbers of terms or steps in lines as `order` maps them."""
    def new(n: Any) -> Any:
        return order.get(n, n) if type(n) is int else n

    for line in lines:
        if line[0] == kind:
            line[1] = new(line[1])
        if kind == "term" and line[0] == "term":
            line[3:] = [new(a) for a in line[3:]]
        if kind == "term" and line[0] == "step":
            line[3:5] = [new(line[3]), [new(g) for g in line[4]]]
            line[6] = {key: [new(a) for a in found] for key, found in line[6].items()}
        if kind == "step" and line[0] == "step":
            line[5] = [new(p) for p in line[5]]
        if kind == "step" and line[0] == "claim":
            line[2] = new(line[2])


def line_removed(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """A term or step less; the numbers after it go down, or stay."""
    lines = parts[rng.choice(["proofs", "says"])]
    place = rng.randrange(len(lines))
    gone = lines.pop(place)
    if gone[0] in ("term", "step") and rng.randrange(2):
        higher = range(gone[1] + 1, len(lines) + 2)
        renumber(lines, gone[0], {n: n - 1 for n in higher})


def superfluous(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """A term or a step more, which nothing needs, with the number that it must have."""
    lines = parts[rng.choice(["proofs", "says"])]
    counts = {kind: sum(x[0] == kind for x in lines) for kind in ("term", "step")}
    last = max(i for i, x in enumerate(lines) if x[0] in ("claim", "derivations"))
    last = last if rng.randrange(2) else len(lines)
    lines.insert(last, rng.choice([
        ["term", counts["term"], "number", "77"], ["step", counts["step"], "anything", 0, [], [], {}],
        ["claim", "baldi2014:eq7", 0], *[[*x[:1], counts[x[0]], *x[2:]] for x in lines if x[0] in ("term", "step")]]))


def reordered(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """Two neighbours of one kind change places, numbered anew, or not."""
    lines = parts["proofs"]
    pairs = [n for n in range(1, len(lines)) if lines[n][0] == lines[n - 1][0] != "claim"]
    place = some(rng, pairs)
    kind, first = lines[place][0], lines[place - 1][1]
    lines[place - 1], lines[place] = lines[place], lines[place - 1]
    if rng.randrange(4):
        renumber(lines, kind, {first: first + 1, first + 1: first})


def renumbered(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    line = some(rng, lines_of(parts, rng.choice(["term", "step"])))
    line[1] += rng.choice([-1, 1, 1000])


# --- what is claimed -------------------------------------------------------------------------------------------------


def another_claim(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    old, new = parts["claim"], rng.choice(["baldi2014:eq7", "baldi2014:nothing", "own:eq1", "../etc", "x" * 3_000,
                                           *[o["claim"] for o in others]])
    if rng.randrange(2):  # everywhere
        parts.update(json.loads(plain(parts).replace(plain(old)[1:-1], plain(new)[1:-1])))
    else:
        parts["claim"] = new


def another_statement(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """The statement of another claim, under the id of this one, with its proof, or without."""
    other = some(rng, [o for o in others if o["claim"] != parts["claim"]])
    whole = ("says", "proofs", "arithmetic", "steps")
    taken = rng.choice([("says",), ("proofs",), ("witness",), ("arithmetic",), whole,
                        (*whole, "witness", "verdict", "amended")])
    for field in taken:
        parts[field] = copy.deepcopy(other[field])
    if rng.randrange(2):
        for field in ("says", "proofs"):
            parts[field] = json.loads(plain(parts[field]).replace(other["claim"], parts["claim"]))


def easier_statement(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """What the file says, and all that it proves, is that something is equal to itself."""
    own = parts["claim"]
    terms: list[Any] = [["term", 0, "number", "1"], ["term", 1, "=", 0, 0]]
    parts["proofs"] = [["derivations", 1], *terms, ["step", 0, "reflexivity", 1, [], [], {}], ["claim", own, 0]]
    if rng.randrange(2):
        parts["says"] = [["derivations", 1], *terms, ["step", 0, f"claim {own}", 1, [], [], {}], ["claim", own, 0]]
    parts.update(arithmetic=[["certificates", 1]], steps={"checked": 1, "tested": 0, "unchecked": 0}, verdict="proved",
                 amended=None, witness=None)


def assumed(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """The proof takes the statement for granted: as an assumption, or as a claim that it cites."""
    own, says = parts["claim"], copy.deepcopy(parts["says"])
    step = next(x for x in says if x[0] == "step")
    if rng.randrange(2):
        step[2], step[4] = "assumption", [step[3]]
    parts.update(proofs=says, arithmetic=[["certificates", 1]], steps={"checked": 1, "tested": 0, "unchecked": 0},
                 verdict="proved", amended=None, witness=None)
    assert says[-1][1] == own


def hypothesis(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """One less, or one more, in what the file says of the claim."""
    step = lines_of(parts, "step", ("says",))[0]
    if step[4] and rng.randrange(2):
        del step[4][rng.randrange(len(step[4]))]
    else:
        n = sum(x[0] == "term" for x in parts["says"])
        place = parts["says"].index(step)
        parts["says"][place:place] = [["term", n, rng.choice(["true", "false"])]]
        step[4] = [*step[4], n]


def verdict(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    known = ("proved", "refuted", "conditional", "supported", "open", "definition", "Proved", "", None)
    parts["verdict"] = rng.choice([v for v in known if v != parts["verdict"]])
    if rng.randrange(2):
        parts["amended"] = rng.choice([None, f"{parts['claim']}.amended", "baldi2014:eq7"])
    if rng.randrange(2):
        parts["witness"] = None


def amended(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    parts["amended"] = rng.choice([v for v in (None, "", parts["claim"], "baldi2014:eq7", f"{parts['claim']}.amended",
                                               *[o["claim"] for o in others]) if v != parts["amended"]])


def module(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    parts["module"] = rng.choice(["antigravity", "os", "../x", "", "\x1b[31m", 1])


def counts(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    key = rng.choice(list(parts["steps"]))
    parts["steps"][key] = rng.choice([parts["steps"][key] + 1, parts["steps"][key] - 1, -1, 10**20, "1", None, True])


def cited_proof(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """The proof of a claim that is cited is left out, or one that nothing cites is put in."""
    last = some(rng, lines_of(parts, "claim", ("proofs",)))
    if rng.randrange(2):
        parts["proofs"].remove(last)
    else:
        new = rng.choice(["baldi2014:eq7", "zzz:eq1", *[o["claim"] for o in others]])
        parts["proofs"].append(["claim", new, last[2]])


# --- certificates of arithmetic and witnesses ------------------------------------------------------------------------


def arithmetic_certificate(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """Something in a certificate of real arithmetic changed."""
    certificates = parts["arithmetic"][1:]
    line = some(rng, certificates)
    kind = rng.choice([str, int])
    found = [p for p in places(line, kind) if p[0] != 0]
    at = some(rng, found)
    old = get(line, at)
    new = [old + 1, old - 1, -1, 10**9, 10**25] if kind is int else [*NUMBERS, f"-{old}", "sum", "cut"]
    put(line, at, rng.choice(new))


def arithmetic_line(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """A certificate of real arithmetic less, more, for another question, or left to the solvers."""
    lines = parts["arithmetic"]
    other = [x for o in others for x in o["arithmetic"][1:] if x not in lines]
    way = rng.randrange(4)
    if way == 0 and len(lines) > 1:
        del lines[rng.randrange(1, len(lines))]
    elif way == 1 and other:
        lines[1:] = sorted([*lines[1:], copy.deepcopy(rng.choice(other))])
    elif way == 2 and len(lines) > 2:
        lines[1][0], lines[2][0] = lines[2][0], lines[1][0]
        lines[1:] = sorted(lines[1:])
    else:
        some(rng, lines[1:])[1] = rng.choice([["solvers", "z3"], [], None, ["sum", [], []], ["cases", 0, []], {}])


def arithmetic_part(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """A part of a certificate doubled, left out, or two of them in another order."""
    line = some(rng, parts["arithmetic"][1:])
    at = some(rng, [p for p in places(line, list) if len(p) > 1 and get(line, p)])
    found = get(line, at)
    n = rng.randrange(len(found))
    way = rng.randrange(3)
    if way == 0:
        del found[n]
    elif way == 1:
        found.insert(n, copy.deepcopy(found[n]))
    else:
        found.reverse()


def witness_number(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    if parts["witness"] is None:
        raise NoPlace
    at = some(rng, places(parts["witness"]["instance"], str))
    put(parts["witness"]["instance"], at, rng.choice([
        *NUMBERS, "1/3", "3", "-2", "0.25", "2**9**9**9", "exp(1)", "sqrt(2)", "Lambda(x, x)", "Lambda(x, x**2)",
        "().__class__", "1 ", "+1"]))


def witness_shape(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """A value less, more, of another atom or in another order."""
    found = parts["witness"]
    if found is None:
        parts["witness"] = {"instance": {"x": "1"}, "undefined": False}
        return
    way = rng.randrange(5)
    instance = found["instance"]
    if way == 0:
        found["undefined"] = not found["undefined"]
    elif way == 1:
        del instance[some(rng, list(instance))]
    elif way == 2:
        instance[rng.choice(["zz", "x", "\x1b[2J"])] = "1"
    elif way == 3:
        key = some(rng, list(instance))
        instance[key] = rng.choice([["1"], ["1", "2", "3"], {"[1]": "1"}, {"[1, 1]": "1"}, "1", 1, None, [["1"]], {}])
    else:
        found["instance"] = dict(reversed(instance.items()))


# --- fields and values -----------------------------------------------------------------------------------------------


def extra_field(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    objects = [p for p in places(parts, dict) if not p or p[0] in ("steps", "witness", "stated")]
    get(parts, some(rng, objects))[rng.choice(["note", "checked ", "\x1b[2J", ""])] = rng.choice(STRANGE)


def missing_field(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    objects = [p for p in places(parts, dict) if not p or p[0] in ("steps", "witness", "stated")]
    found = get(parts, some(rng, objects))
    del found[some(rng, list(found))]


def fields_reordered(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    found = rng.choice([parts, parts["steps"], parts["stated"]])
    pairs = list(found.items())
    n = rng.randrange(1, len(pairs))
    pairs[n - 1], pairs[n] = pairs[n], pairs[n - 1]
    found.clear()
    found.update(pairs)


def wrong_type(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    at = some(rng, [p for kind in (str, int, list, dict, bool, type(None)) for p in places(parts, kind)
                    if p and p[0] != "digest"])
    put(parts, at, rng.choice([v for v in STRANGE if type(v) is not type(get(parts, at))]))


def huge(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """What no machine has room for, written shortly: powers of powers, factorials, long numbers, doubled terms."""
    lines = parts["proofs"]
    n = sum(x[0] == "term" for x in lines)
    at = 1
    while at < len(lines) and lines[at][0] == "term":
        at += 1
    way = rng.randrange(4)
    if way == 0:
        new: list[Any] = [["term", n, "number", "9" * rng.choice([30, 3_000, 50_000])]]
    elif way == 1:
        new = [["term", n, "number", "9" * 9], ["term", n + 1, rng.choice(["factorial", "gamma", "zeta"]), n]]
    elif way == 2:
        new = [["term", n, "number", "9" * 9], *[["term", n + k + 1, "^", n, n + k] for k in range(3)]]
    else:
        new = [["term", n, "number", "3"], *[["term", n + k + 1, "+", n + k, n + k] for k in range(60)]]
    new.append(["term", n + len(new), "=", n + len(new) - 1, n])
    lines[at:at] = new
    step = some(rng, [x for x in lines if x[0] == "step"])
    step[3] = n + len(new) - 1
    renumber(lines[at + len(new):], "term", {k: k + len(new) for k in range(at - 1, n)})


def deep(parts: Parts, rng: random.Random, others: Sequence[Parts]) -> None:
    """Terms or lists in one another, thousands deep."""
    if rng.randrange(2):
        put(parts, some(rng, [p for p in places(parts, str) if p[0] != "digest"]), nested(rng.choice([50, 900])))
        return
    lines = parts["says"]
    terms = sum(x[0] == "term" for x in lines)
    place = next(n for n, x in enumerate(lines) if x[0] == "step")
    many = rng.choice([200, 5_000])
    step = lines[place]
    lines[place:place] = [["term", terms + k, "not", step[3] if k == 0 else terms + k - 1] for k in range(many)]
    step[3] = terms + many - 1


def nested(levels: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


FIELDS: dict[str, Change] = {f.__name__: f for f in (
    coefficient, sign, relation, sides_swapped, another_operator, another_argument, argument_gone, domain, name,
    conclusion, rule, premise_missing, premise_doubled, premise_added, premises_swapped, another_premise,
    assumption_added, assumption_removed, step_argument, line_removed, superfluous, reordered, renumbered,
    another_claim, another_statement, easier_statement, assumed, hypothesis, verdict, amended, module, counts,
    cited_proof, arithmetic_certificate, arithmetic_line, arithmetic_part, witness_number, witness_shape, extra_field,
    missing_field, fields_reordered, wrong_type, huge, deep)}


# --- bytes -----------------------------------------------------------------------------------------------------------


def truncated(data: bytes, rng: random.Random) -> bytes:
    return data[:rng.randrange(len(data))]


def byte_changed(data: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(data.rindex(b'"stated"'))
    return data[:place] + bytes([(data[place] + rng.randrange(1, 256)) % 256]) + data[place + 1:]


def byte_gone(data: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(data.rindex(b'"stated"'))
    return data[:place] + data[place + 1:]


def byte_added(data: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data) + 1)
    new = rng.choice([b" ", b"\n", b"\0", b"\x1b", b"\xff", b"\r", b"1", b",", b"[", b'"'])
    return data[:place] + new + data[place:]


def line_doubled(data: bytes, rng: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    place = rng.randrange(len(lines))
    return b"".join([*lines[:place], lines[place], *lines[place:]])


def lines_swapped(data: bytes, rng: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    a, b = rng.sample(range(len(lines)), 2)
    lines[a], lines[b] = lines[b], lines[a]
    return b"".join(lines)


def doubled_key(data: bytes, rng: random.Random) -> bytes:
    key = rng.choice(NAMES).encode()
    extra = b'"' + key + b'":' + rng.choice([b"null", b'"proved"', b"[]", b"1"]) + b",\n"
    place = data.index(b'"' + key + b'":')
    return data[:place] + extra + data[place:]


def no_number(data: bytes, rng: random.Random) -> bytes:
    value = rng.choice([b"NaN", b"Infinity", b"-Infinity", b"1.0", b"1e3", b"01", b"9" * 400, b"-"])
    return data.replace(b'"certificate":1', b'"certificate":' + value, 1) if rng.randrange(2) else \
        data.replace(b'"checked":', b'"checked":' + value + b",", 1)


def escaped(data: bytes, rng: random.Random) -> bytes:
    """A letter spelled as an escape: the same text, of other bytes."""
    places = [n for n in range(len(data)) if data[n:n + 1].isalpha() and b'"' not in data[n:n + 1]
              and data[n - 1:n] == b'"']
    place = rng.choice(places)
    return data[:place] + b"\\u%04x" % data[place] + data[place + 1:]


def no_unicode(data: bytes, rng: random.Random) -> bytes:
    text = data.decode()
    return rng.choice([b"\xef\xbb\xbf" + data, text.encode("utf-16"), data.replace(b"proved", b"pr\xffved"),
                       data.replace(b'"claim":"', b'"claim":"\\ud800'), data.replace(b"\n", b"\r\n"),
                       text.encode("utf-32"), data.replace(b'"claim":"', b'"claim":"\xc0\xaf')])


def something_else(data: bytes, rng: random.Random) -> bytes:
    return rng.choice([b"", b"\n", b"{}", b"[]", b"null", b"1", data + data, b"[" * 100_000, b'{"a":' * 5_000,
                       b"\0" * 100, data.rstrip(b"\n"), data + b"\n", b" " + data, b"[" + data + b"]", b"\x89PNG\r\n",
                       rng.randbytes(1_000)])


def digest(data: bytes, rng: random.Random) -> bytes:
    place = data.rindex(b'"digest":"') + 10
    return data[:place] + rng.choice([b"0" * 64, data[place:place + 64].upper() + b" ", b""]) + data[place + 64:]


BYTES = {f.__name__: f for f in (truncated, byte_changed, byte_gone, byte_added, line_doubled, lines_swapped,
                                 doubled_key, no_number, escaped, no_unicode, something_else, digest)}
KINDS = (*FIELDS, *BYTES, "stated")


def settled(parts: Parts) -> None:
    """Write the derivations in the order and with the numbers of the format, where they can be read."""
    for field in ("says", "proofs"):
        try:
            parts[field] = [json.loads(line) for line in written(read(map(plain, parts[field])))]
        except (KeyError, ValueError, TypeError, RecursionError):
            return


def corrupted(originals: Sequence[bytes], rng: random.Random, kind: str) -> tuple[bytes, bytes] | None:
    """A file, and what a change of a kind makes of it; None where there is nothing to change, or nothing did."""
    data = rng.choice(originals)
    if kind in BYTES:
        changed = BYTES[kind](data, rng)
        return None if changed == data else (data, changed)
    parts = json.loads(data)
    if kind == "stated":
        parts["stated"][rng.choice(list(parts["stated"]))] = rng.choice(["", "x", "\x1b[2J", "λ", "2020-01-01"])
    else:
        try:
            FIELDS[kind](parts, rng, [json.loads(o) for o in originals])
        except NoPlace:
            return None
        if rng.randrange(2) and kind not in ("huge", "deep"):
            settled(parts)
    changed = laid_out(parts)
    return None if changed == data else (data, changed)
