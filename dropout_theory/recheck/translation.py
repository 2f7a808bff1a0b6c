"""Statements written in the grammar of proofs, and read back: the only part of checking proofs that knows SymPy.

It is trusted, and tested by reading back what it wrote: `expression(term(statement)) == statement`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef, UndefinedFunction

from dropout_theory import language as lang
from dropout_theory.recheck.steps.derivation import Step
from dropout_theory.recheck.steps.grammar import Argument, Term, walk

_NAMES: dict[type, str] = {
    sp.Add: "+", sp.Mul: "*", sp.Pow: "^", sp.exp: "exp", sp.log: "log", sp.Abs: "abs", sp.Max: "max", sp.Min: "min",
    lang.Relu: "relu", lang.Sigma: "logistic", sp.sign: "sign", sp.sin: "sin", sp.cos: "cos", sp.tan: "tan",
    sp.tanh: "tanh", sp.atan: "atan", sp.sinh: "sinh", sp.cosh: "cosh", sp.erf: "erf", sp.gamma: "gamma",
    sp.zeta: "zeta", sp.floor: "floor", sp.ceiling: "ceiling", sp.factorial: "factorial", sp.binomial: "binomial",
    lang.Stirling2: "stirling", sp.bernoulli: "bernoulli-number", sp.KroneckerDelta: "equal-indices",
    lang.E: "E", lang.Var: "Var", lang.Cov: "Cov", lang.G: "G", lang.Gc: "G'", lang.NWGM: "NWGM",
    lang.LargestOutcome: "largest-outcome", lang.HasValue: "has-value",
    sp.Eq: "=", sp.Ne: "!=", sp.Lt: "<", sp.Le: "<=", sp.Gt: ">", sp.Ge: ">=",
    sp.Not: "not", sp.Implies: "implies", lang.Iff: "iff",
}
_CLASSES = {name: kind for kind, name in _NAMES.items()}
_KINDS = {"integer": {"integer": True}, "non-negative integer": {"integer": True, "nonnegative": True},
          "positive integer": {"integer": True, "positive": True}}
_TRUTH = {"real": {"real": True}, "positive": {"positive": True}, "non-negative": {"nonnegative": True},
          "integer": {"integer": True}}


class CannotWrite(ValueError):
    """The grammar has no word for a part of a statement; the message names it."""


@cache
def term(expr: Any) -> Term:
    """An expression or statement in the grammar. Raises CannotWrite, and Malformed where its parts do not fit."""
    expr = lang.unnamed(expr)
    if expr is sp.true or expr is sp.false:
        return Term("true" if expr else "false")
    if isinstance(expr, sp.Symbol):
        return _atom(expr)
    name = _NAMES.get(type(expr))
    if name is not None:
        return Term(name, *map(term, expr.args))
    if isinstance(expr, sp.Rational) and expr.is_finite:
        return Term("number", f"{expr.p}/{expr.q}" if expr.q != 1 else str(expr.p))
    if expr is sp.pi or expr is sp.E:
        return Term("pi" if expr is sp.pi else "euler")
    if isinstance(expr, lang.Element):
        return Term("entry", *map(term, expr.args))
    if isinstance(expr, AppliedUndef):
        return Term("apply", _function(expr.func), *map(term, expr.args))
    if isinstance(expr, (sp.And, sp.Or)):
        return Term("and" if isinstance(expr, sp.And) else "or", *map(term, expr.args))
    write = next((_BINDERS[kind] for kind in type(expr).__mro__ if kind in _BINDERS), None)
    if write is not None:
        return write(expr)
    if type(expr).__name__ in _ABOUT:
        return _about(expr)
    raise CannotWrite(f"no word for {type(expr).__name__}: {expr}")


def _atom(symbol: sp.Symbol) -> Term:
    kinds: dict[type, Callable[[Any], Term]] = {
        lang.Scalar: lambda a: Term("scalar", a.name, _domain(a.domain)),
        lang.Family: lambda a: Term("family", a.name, _domain(a.domain), _use(a), *map(_range, a.ranges)),
        lang.Gates: lambda a: Term("gates", a.name, term(a.keep), *map(_range, a.ranges)),
        lang.Recursion: lambda a: Term("recursion", a.name, _domain(a.domain), term(a.base), term(a.step),
                                       *map(_range, a.ranges)),
        lang.Abstract: lambda a: Term("abstract", a.name, _domain(a.domain), " ".join(a.independent_of),
                                      *map(_range, a.ranges)),
        lang.RandomIndex: lambda a: Term("subnetwork", a.name, _domain(a.domain), term(a.probabilities)),
        lang.RandomScalar: lambda a: Term(a.law[0], a.name, _domain(a.domain), *map(term, a.law[1:])),
    }
    if type(symbol) in kinds:
        return kinds[type(symbol)](symbol)
    if isinstance(symbol, lang.Scalar):
        raise CannotWrite(f"no word for an atom of kind {type(symbol).__name__}: {symbol}")
    name = symbol.name
    if isinstance(symbol, sp.Dummy):  # two of one name are two
        name = f"{name}~{symbol.dummy_index}"
    known = symbol._assumptions_orig
    for kind, assumptions in _KINDS.items():
        if known == assumptions:
            return Term("index", name, kind)
    if known == {"real": True}:
        return Term("variable", name)
    raise CannotWrite(f"no word for a bare symbol: {symbol} with {known}")


def _use(family: lang.Family) -> str:
    return "distribution" if family.simplex is True else "self" if family.simplex == "self" else "free"


def _range(limit: Any) -> Term:
    return Term("range", *map(term, limit))


def _domain(domain: lang.Domain) -> Term:
    ends = [_written_end(domain, end) for end in (domain.lower, domain.upper)]
    return Term("domain", domain.name, "integer" if domain.integer else "real", *ends,
                "(" if domain.open_below else "[", ")" if domain.open_above else "]")


def _written_end(domain: lang.Domain, end: Any) -> str:
    if end.is_Rational or end in (sp.oo, -sp.oo):
        return str(end)
    if (end / sp.pi).is_Rational:
        return f"{end / sp.pi}*pi"
    raise CannotWrite(f"no word for {end}, an end of the domain {domain}")


def _function(function: UndefinedFunction) -> Term:
    for kind, assumptions in _TRUTH.items():
        if sp.Function(function.__name__, **assumptions) == function:
            return Term("function", function.__name__, kind)
    raise CannotWrite(f"no word for what is known of the undefined function {function}")


def _order(statement: Any) -> Term:
    return Term("same-to-order", *map(term, statement.args[:3]), str(statement.order))


def _derivative(expr: Any) -> Term:
    return Term("derivative", *map(term, expr.args))


_BINDERS: dict[type, Callable[[Any], Term]] = {
    sp.Sum: lambda e: Term("sum", term(e.function), *map(_range, e.limits)),
    sp.Product: lambda e: Term("product", term(e.function), *map(_range, e.limits)),
    lang.Largest: lambda e: Term("largest", term(e.args[0]), _range(e.args[1])),
    lang.Smallest: lambda e: Term("smallest", term(e.args[0]), _range(e.args[1])),
    sp.Piecewise: lambda e: Term("cases", *[Term("case", term(v), term(c)) for v, c in e.args]),
    lang.ForEach: lambda e: Term("each", term(e.body), *map(_range, e.limits)),
    lang.Exists: lambda e: Term("exists", term(e.body), *map(term, e.bound_symbols)),
    lang.ForAll: lambda e: Term("all", term(e.body), *map(term, e.bound_symbols)),
    lang.SameToOrder: _order,
    lang.SumsTo: lambda e: Term("sums-to", term(e.args[0]), *map(term, e.args[1]), term(e.args[2])),
    lang.Converges: lambda e: Term("converges", term(e.args[0]), *map(term, e.args[1])),
    lang.DerivativeAt: _derivative,
    lang.RootGrowth: lambda e: Term("growth", *map(term, e.args)),
    lang.Aversion: lambda e: Term("aversion", term(e.criterion), term(e.risk), *map(term, e.parameters)),
}

_ABOUT = {"Refutation": "refuted", "Meaningless": "meaningless", "NoMinimiser": "no-minimiser"}


def _about(statement: Any) -> Term:
    """What rules conclude about a statement or an optimum, which is no statement of a claim."""
    name = _ABOUT[type(statement).__name__]
    if name == "no-minimiser":
        return Term(name, *map(term, statement.args))
    said, instance, hold = statement.args
    return Term(name, term(said), str(instance), *map(term, hold.args))


def derivation(theorem: Any) -> Step:
    """The proof of a theorem in the grammar: each theorem below is one step. Raises CannotWrite."""
    made: dict[int, Step] = {}
    numbered = _Numbered()
    stack = [(theorem, False)]
    while stack:
        here, done = stack.pop()
        if id(here) in made:
            continue
        if not done:
            stack.append((here, True))
            stack += [(p, False) for p in here.premises]
            continue
        told = {name: tuple(numbered(term(v)) for v in values) for name, values in here.arguments.items()}
        conclusion, given = numbered(term(here.conclusion)), [(term(g), g) for g in here.given]
        fresh = [g for written, g in given if written not in numbered.made]  # steps share what they assume
        for g in sorted(fresh, key=str) if len(fresh) > 1 else fresh:
            numbered(term(g))
        made[id(here)] = Step(here.rule, conclusion, frozenset(numbered(written) for written, _ in given),
                              tuple(made[id(p)] for p in here.premises), told)
    return made[id(theorem)]


class _Numbered:
    """Terms with the dummies in them numbered as they come: SymPy's own numbers differ from run to run."""

    def __init__(self) -> None:
        self.names: dict[Term, Term] = {}
        self.made: dict[Term, Term] = {}

    def __call__(self, written: Term) -> Term:
        for t in walk(written):
            if t in self.made:
                continue
            if t.op == "index" and "~" in str(t.args[0]):
                name = str(t.args[0]).partition("~")[0]
                self.made[t] = Term("index", f"{name}~{len(self.names) + 1}", t.args[1])
                self.names[t] = self.made[t]
            else:
                self.made[t] = Term(t.op, *[a if isinstance(a, str) else self.made[a] for a in t.args])
        return self.made[written]


@cache
def expression(written: Term) -> Any:
    """The SymPy expression or statement that a term writes. Raises CannotWrite for what is only about statements."""
    op, args = written.op, written.args
    if op in _READERS:
        return _READERS[op](*args)
    if op in _CLASSES:
        return _made(_CLASSES[op], [expression(a) for a in written.terms])
    raise CannotWrite(f"{op} is no part of a statement")


def _made(kind: Any, args: list[Any]) -> Any:
    """What SymPy makes of the arguments, or holds of them where it would make something else."""
    if issubclass(kind, (sp.core.relational.Relational, sp.Not, sp.Implies)):
        return kind(*args, evaluate=False)
    made = kind(*args)
    return made if made.func is kind and made.args == tuple(args) else kind(*args, evaluate=False)


def _limits(ranges: tuple[Argument, ...]) -> tuple[Any, ...]:
    return tuple(tuple(map(expression, r.args)) for r in ranges if isinstance(r, Term))


def _read_domain(written: Any) -> lang.Domain:
    name, kind, low, high, left, right = written.args
    return lang.Domain(name, _end(low), _end(high), left == "(", right == ")", kind == "integer")


def _end(text: str) -> Any:
    factor, _, of_pi = text.partition("*")
    return {"-oo": -sp.oo, "oo": sp.oo}.get(text) or sp.Rational(factor) * (sp.pi if of_pi else 1)


def _index(name: Any, kind: Any) -> sp.Symbol:
    plain, _, mark = str(name).partition("~")
    if mark:
        return sp.Dummy(plain, dummy_index=int(mark), **_KINDS[kind])
    return sp.Symbol(plain, **_KINDS[kind])


def _family(name: Any, domain: Any, use: Any, *ranges: Any) -> Any:
    return lang.Family(name, _read_domain(domain), _limits(ranges),
                       {"free": False, "distribution": True, "self": "self"}[use])


_READERS: dict[str, Callable[..., Any]] = {
    "true": lambda: sp.true, "false": lambda: sp.false, "pi": lambda: sp.pi, "euler": lambda: sp.E,
    "number": lambda text: sp.Rational(text),
    "index": _index,
    "variable": lambda name: sp.Symbol(name, real=True),
    "scalar": lambda name, domain: lang.Scalar(name, _read_domain(domain)),
    "family": _family,
    "gates": lambda name, keep, *ranges: lang.Gates(name, lang.UNIT, _limits(ranges), False, expression(keep)),
    "recursion": lambda name, domain, base, step, *ranges: lang.Recursion(
        name, _read_domain(domain), _limits(ranges), False, expression(base), expression(step)),
    "abstract": lambda name, domain, of, *ranges: lang.Abstract(
        name, _read_domain(domain), _limits(ranges), False, tuple(of.split())),
    "subnetwork": lambda name, domain, of: lang.RandomIndex(name, _read_domain(domain), expression(of)),
    **{law: lambda name, domain, *numbers, law=law: lang.RandomScalar(
        name, _read_domain(domain), law, *map(expression, numbers)) for law in ("normal", "uniform", "bernoulli")},
    "entry": lambda family, *indices: lang.Element(expression(family), *map(expression, indices)),
    "apply": lambda function, *given: sp.Function(function.args[0], **_TRUTH[function.args[1]])(
        *map(expression, given)),
    "and": lambda *parts: lang.both(*map(expression, parts)),
    "or": lambda *parts: lang.either(*map(expression, parts)),
    "cases": lambda *cases: sp.Piecewise(*[tuple(map(expression, c.args)) for c in cases], evaluate=False),
    "sum": lambda body, *ranges: sp.Sum(expression(body), *_limits(ranges)),
    "product": lambda body, *ranges: sp.Product(expression(body), *_limits(ranges)),
    "largest": lambda body, limit: lang.Largest(expression(body), *_limits((limit,))),
    "smallest": lambda body, limit: lang.Smallest(expression(body), *_limits((limit,))),
    "each": lambda body, *ranges: lang.ForEach(expression(body), *_limits(ranges)),
    "exists": lambda body, *atoms: lang.Exists(expression(body), *[(expression(a),) for a in atoms]),
    "all": lambda body, *atoms: lang.ForAll(expression(body), *[(expression(a),) for a in atoms]),
    "same-to-order": lambda left, right, scale, order: lang.SameToOrder(
        expression(left), expression(right), expression(scale), int(order)),
    "converges": lambda body, index, first: lang.Converges(expression(body), (expression(index), expression(first))),
    "sums-to": lambda body, index, first, value: lang.SumsTo(
        expression(body), (expression(index), expression(first)), expression(value)),
    "derivative": lambda *args: lang.DerivativeAt(*map(expression, args)),
    "growth": lambda *args: lang.RootGrowth(*map(expression, args)),
    "aversion": lambda criterion, risk, *parameters: lang.Aversion(
        expression(criterion), expression(risk), tuple(map(expression, parameters))),
}
