"""Campaigns: rules applied at random to random terms, and every theorem judged at exact instances of all its atoms.

`PYTHONPATH=tests python -m attacks.campaign --seeds 0:50` runs 50 campaigns of 20,000 applications, each from its own
seed. Campaigns do not depend on one another: a run that was broken off goes on at the first seed that it has not
printed, and ranges of seeds may run beside one another.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any

import sympy as sp
from flint import arb

from attacks.rules import PUTTING_IN, RULES, Draw
from attacks.support import m, n
from attacks.terms import Values, instances
from dropout_theory.claims import ClaimError, ProofError
from dropout_theory.evaluation.enumeration import expectation, outcomes, support
from dropout_theory.evaluation.evaluator import Evaluator
from dropout_theory.evaluation.values import Truth, Undefined, Unsupported, precision, to_number
from dropout_theory.language import SameToOrder, put_values
from dropout_theory.proof import Theorem

EACH = 20_000  # applications from one seed: then the theorems to go on from are forgotten
LARGEST_TERM = 120  # parts: theorems above it are not used any further
LARGEST_POOL = 150  # theorems to go on from
INSTANCES = 24  # of which each theorem is judged at some
JUDGED_AT = 4
TINY = sp.Rational(1, 2**200)  # a scale at which orders are judged
OF_VALUE = ("false", "undefined")  # what a fault begins with where a conclusion has no true value


@dataclass(frozen=True)
class Wrong:
    """A theorem that is false, undefined, or about what is no number; where; and what made it."""

    rule: str
    theorem: Theorem
    fault: str
    values: Values
    state: Any  # of the random numbers by which free indices and outcomes were drawn
    applications: int

    def again(self) -> str:
        """What is wrong with the theorem at the same instance and outcome, judged anew."""
        random = Random()
        random.setstate(self.state)
        return fault_at(self.theorem, self.values, random)

    def __str__(self) -> str:
        return (f"{self.rule}: {self.theorem}\n    {self.fault} at {shown(self.theorem, self.values)}\n"
                f"    by {', '.join(self.theorem.steps)}")


@dataclass
class Campaign:
    """Rules applied at random, and what was wrong with what came out."""

    seed: int
    applications: int = 0
    judged: int = 0
    accepted: Counter[str] = field(default_factory=Counter)
    crashed: Counter[str] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)
    seconds: float = 0.0

    def run(self, applications: int, most: int = 20, faults: tuple[str, ...] = ("",)) -> None:
        """Apply rules this often; stop at `most` wrong theorems, whose faults begin with one of `faults`."""
        random = Random(self.seed)
        start = time.process_time()
        draw = Draw(random)
        tried = instances(random, INSTANCES)
        names = [*RULES, *2 * PUTTING_IN]
        for _ in range(applications):
            name = random.choice(names)
            self.applications += 1
            try:
                theorem = RULES[name](draw)
            except (ProofError, ClaimError, ValueError):
                continue
            except Exception as error:  # noqa: BLE001 - not a clear refusal, but nothing was concluded
                self.crashed[f"{type(error).__name__} in {name}"] += 1
                continue
            self.accepted[name] += 1
            wrong = self._judge(name, theorem, tried, random)
            if wrong is not None and wrong.fault.startswith(faults):
                self.wrong.append(wrong)
                if len(self.wrong) == most:
                    break
            elif wrong is None and len(theorem.given) < 4 and _is_small(theorem.conclusion):
                if len(draw.pool) < LARGEST_POOL:
                    draw.pool.append(theorem)
                else:
                    draw.pool[random.randrange(len(draw.pool))] = theorem
        self.seconds = time.process_time() - start

    def _judge(self, rule: str, theorem: Theorem, tried: list[Values], random: Random) -> Wrong | None:
        """What is wrong with a theorem at some of the instances; None where nothing was found."""
        for values in random.sample(tried, JUDGED_AT):
            state = random.getstate()
            try:
                fault = fault_at(theorem, values, random)
            except (Unsupported, ValueError, TypeError, NotImplementedError):
                continue
            self.judged += 1
            if fault:
                return Wrong(rule, theorem, fault, values, state, self.applications)
        return None

    def __str__(self) -> str:
        rate = self.applications / max(self.seconds, 1e-9)
        return (f"{self.applications} applications in {self.seconds:.1f} s of processor time ({rate:.0f} a second), "
                f"{sum(self.accepted.values())} theorems by {len(self.accepted)} of {len(RULES)} rules, "
                f"{self.judged} judgements, {sum(self.crashed.values())} unclear refusals, {len(self.wrong)} wrong")


def _is_small(statement: Any) -> bool:
    return not any(True for _ in islice(sp.preorder_traversal(statement), LARGEST_TERM, None))


def fault_at(theorem: Theorem, values: Values, random: Random) -> str:
    """What is wrong with a theorem at an instance and an outcome that satisfy its assumptions; empty for nothing.

    "false" or "undefined", or that it is about something that is no number, or no name of one.
    """
    conclusion = theorem.conclusion
    strange = ""
    if conclusion.has(sp.Float):
        # a rounded number is taken for the number that it is
        strange, conclusion = "not about exact numbers", _exact(conclusion)
    if conclusion.has(sp.nan, sp.zoo, sp.I):
        return "not about numbers"
    names = [a for a in conclusion.free_symbols if type(a) is sp.Symbol and not a.is_integer]
    if names:
        return _false_of_units(conclusion, names, values) or "about a name without a domain"
    return _false_or_undefined(conclusion, theorem.given, values, random) or strange


def _false_or_undefined(conclusion: Any, given: Iterable[Any], values: Values, random: Random) -> str:
    of_order = isinstance(conclusion, SameToOrder)
    if of_order:
        values = {**values, conclusion.scale: TINY}
    with precision(2000 if of_order else 160):
        ev = Evaluator(values, expectation)
        bound: dict[Any, Any] = {}
        given = sorted(given, key=str)
        for symbol in sorted(conclusion.free_symbols.union(*[g.free_symbols for g in given]), key=str):
            if type(symbol) is sp.Symbol:  # a free index: within the range of all families
                bound[symbol] = random.randint(1, min(values[n], values[m]))
        try:
            for statement in given:
                _draw_outcomes(ev, statement, bound, random)
            if any(ev.truth(g, bound) is not Truth.TRUE for g in given):
                return ""
            if conclusion.has(sp.oo) and _diverges(ev, conclusion, bound):
                return "undefined: a sum or product diverges"
            _draw_outcomes(ev, conclusion, bound, random)
        except Undefined:
            return "" if given else "undefined"
        try:
            if of_order:
                return "false" if _is_large(ev, conclusion, bound) else ""
            return "false" if ev.truth(conclusion, bound) is Truth.FALSE else ""
        except (Undefined, ZeroDivisionError):
            return "undefined"


def _draw_outcomes(ev: Evaluator, statement: Any, bound: dict[Any, Any], random: Random) -> None:
    """An outcome of each random atom of a statement that has none yet."""
    for atom in support(ev, statement, bound):
        known = atom if not isinstance(atom, tuple) else (atom[0], atom[1])
        if known not in bound:
            bound[known], _ = random.choice(list(outcomes(ev, atom, bound)))


def _exact(statement: Any) -> Any:
    """A statement with the binary fractions that its floating-point numbers are."""
    return statement.xreplace({a: sp.Rational(a) for a in statement.atoms(sp.Float)})


def _false_of_units(statement: Any, names: list[Any], values: Values) -> str:
    """"false" where a relation fails, or compares what has no order, when names without a domain stand for i."""
    if not isinstance(statement, sp.core.relational.Relational):
        return ""
    left, right = (sp.expand(put_values(side.xreplace(dict.fromkeys(names, sp.I)), values)) for side in statement.args)
    if not (left.is_number and right.is_number) or any(side.has(sp.nan, sp.zoo, sp.oo) for side in (left, right)):
        return ""
    if left.is_real is False or right.is_real is False:
        return "" if isinstance(statement, sp.Ne) or isinstance(statement, sp.Eq) and left == right else "false"
    return "false" if left.is_real and right.is_real and type(statement)(left, right) == sp.false else ""


def _diverges(ev: Evaluator, statement: Any, bound: dict[Any, Any]) -> bool:
    """Whether a sum or product without an end has terms that do not tend to what they must."""
    for node in sp.preorder_traversal(statement):
        if isinstance(node, (sp.Sum, sp.Product)) and len(node.limits) == 1 and node.limits[0][2] == sp.oo:
            limit = 0 if isinstance(node, sp.Sum) else 1
            try:
                far = [arb(ev.value(node.function, {**bound, node.limits[0][0]: place})) for place in (500, 501)]
            except (Undefined, ZeroDivisionError):
                return True
            if all(abs(term - limit) > arb(1) / 100 for term in far):
                return True
    return False


def _is_large(ev: Evaluator, statement: SameToOrder, bound: dict[Any, Any]) -> bool:
    """Whether the gap is not small against a tiny scale to the order."""
    gap = arb(ev.value(statement.left - statement.right, bound)) / arb(to_number(TINY)) ** statement.order
    return bool(abs(gap) > arb(2) ** -60)


def shown(theorem: Theorem, values: Values) -> str:
    """The values of what a theorem shows, and of the sizes."""
    atoms = set().union(*[f.free_symbols for f in (theorem.conclusion, *theorem.given)]) | {n, m}
    return ", ".join(f"{atom} = {value}" for atom, value in values.items() if atom in atoms)


def campaign(applications: int, seed: int) -> Campaign:
    """A finished campaign, its count printed."""
    found = Campaign(seed)
    found.run(applications)
    print(f"seed {seed}: {found}", flush=True)
    return found


def main(arguments: list[str]) -> int:
    """Campaigns from a range of seeds; 1 where anything was wrong."""
    reader = argparse.ArgumentParser(prog="attacks.campaign", description=__doc__.partition("\n")[0])
    reader.add_argument("--seeds", default="0:50", help="FIRST:BEYOND, such as 0:50")
    reader.add_argument("--applications", type=int, default=EACH, help=f"from each seed ({EACH})")
    given = reader.parse_args(arguments)
    first, beyond = map(int, given.seeds.split(":"))
    done, start, wrong = 0, time.process_time(), 0
    for seed in range(first, beyond):
        found = campaign(given.applications, seed)
        done += found.applications
        wrong += len(found.wrong)
        print(*found.wrong, sep="\n", end="\n" if found.wrong else "", flush=True)
    print(f"{done} applications from seeds {given.seeds} in {time.process_time() - start:.0f} s of processor time, "
          f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
