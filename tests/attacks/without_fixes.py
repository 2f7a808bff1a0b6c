"""What each cause of false theorems is kept out by, taken out: then the random rules, or an attack, must find one.

`PYTHONPATH=tests python -m attacks.without_fixes [CAUSE ...]` takes the fixes out one by one and prints a table.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest
import sympy as sp

from attacks import test_citing, test_instances_outside, test_memory, test_small_sizes, test_wholes
from attacks.campaign import EACH, OF_VALUE, Campaign, Wrong
from dropout_theory import language as lang
from dropout_theory.arithmetic import solver
from dropout_theory.checkers import exact
from dropout_theory.claims import FACTS, PROOFS, Registry
from dropout_theory.definedness import partiality
from dropout_theory.definedness import shown as definedness
from dropout_theory.evaluation import instances
from dropout_theory.language import atoms, binding, checked, dependence
from dropout_theory.language.domains import Domain
from dropout_theory.normal_form import canonical
from dropout_theory.proof import near_zero
from dropout_theory.running import runner
from dropout_theory.verdicts import fingerprint, kernel

MOST = 60_000  # applications in which a false theorem must show

# a module or class, the name of a function in it, and what is done instead
Instead = tuple[Any, str, Callable[..., Any]]


@dataclass(frozen=True)
class Fix:
    """What keeps a cause out; `attack` is one that must notice where the random rules do not reach it."""

    cause: int
    what: str
    instead: tuple[Instead, ...]
    attack: tuple[Any, ...] = ()  # a test and what it is given
    seed: int = 1  # from which the random rules find one soon

    @property
    def name(self) -> str:
        return f"{self.cause}: {self.what}"


@contextmanager
def without(fix: Fix) -> Iterator[None]:
    """The project with a fix taken out, wherever its function was imported to. Nothing is remembered across."""
    with ExitStack() as changes:
        changes.callback(_forget)  # last of all: what is replaced may remember something, too
        _forget()
        for place, name, other in fix.instead:
            own = getattr(place, name)
            holders = [place] if isinstance(place, type) else [
                module for module in _modules() if vars(module).get(name) is own]
            for holder in holders:
                changes.enter_context(patch.object(holder, name, other))
        yield


def _modules() -> list[Any]:
    return [module for name, module in list(sys.modules.items()) if name.partition(".")[0] == "dropout_theory"]


def _forget() -> None:
    """Empty the memories of all functions of the project."""
    for module in _modules():
        for function in list(vars(module).values()):
            if callable(getattr(function, "cache_clear", None)):
                function.cache_clear()
    sp.core.cache.clear_cache()


def found_without(fix: Fix, most: int = MOST) -> tuple[Wrong | None, int]:
    """The first false or undefined theorem that random rules make without a fix, and after how many applications.

    It is judged again with the fix in place: what judges must not be what was taken out.
    """
    done = 0
    for seed in range(fix.seed, fix.seed + most // EACH + 1):
        campaign = Campaign(seed)
        with without(fix):
            campaign.run(min(EACH, most - done), most=1, faults=OF_VALUE)
        done += campaign.applications
        for wrong in campaign.wrong:
            if wrong.again().startswith(OF_VALUE):
                return wrong, done
    return None, done


# --- what is done instead ---


def _terms_but(defined: Callable[[Any], bool]) -> Callable[[Any], tuple[partiality.Partial, ...]]:
    """The terms of an expression that may be undefined, but for those that are taken to be defined."""
    own = partiality._partial

    def found(expr: Any) -> tuple[partiality.Partial, ...]:
        return tuple(partial for partial in own(expr) if not defined(partial.term))

    return found


def _is_endless(term: Any) -> bool:
    return term in (sp.oo, -sp.oo) or isinstance(term, (sp.Sum, sp.Product)) and term.has(sp.oo)


def _values_but(allowed: Callable[[str], bool]) -> Callable[[Any], tuple[str, ...]]:
    """What is no exact real number in an expression, but for what is allowed."""
    own = checked.strange_values

    def found(expr: Any) -> tuple[str, ...]:
        return tuple(value for value in own(expr) if not allowed(value))

    return found


def _with_ends_kept(expr: Any, mapping: dict[Any, Any]) -> Any:
    """A substitution that takes the ends of a range to be where its index is bound."""
    own = {limit[0] for limit in binding.bound_limits(expr)}
    return _put(expr, {symbol: value for symbol, value in mapping.items() if symbol not in own})


def _everywhere_within(expr: Any) -> list[Any]:
    """The pieces of an expression, those inside means among them."""
    if isinstance(expr, solver._PIECES):
        return [expr]
    parts = [] if lang.bound_limits(expr) else [a for a in expr.args if isinstance(a, sp.Basic)]
    return list(dict.fromkeys(piece for a in parts for piece in _everywhere_within(a)))


def _named_plainly(number: int) -> sp.Symbol:
    return sp.Symbol(f"_{number}", integer=True)


_put = binding.put

FIXES: tuple[Fix, ...] = (
    Fix(1, "terms need not be defined", ((definedness, "_first_unshown", lambda *_: None),)),
    Fix(1, "factors are taken out of sums that may be empty", ((canonical, "is_guarded", lambda *_: False),)),
    Fix(2, "laws, keep probabilities and definitions hide what they depend on",
        ((dependence, "_within", lambda _: frozenset()),), seed=2),
    Fix(3, "rules take random values for numbers", ((dependence, "is_random", lambda _: False),)),
    Fix(4, "pieces are looked for inside means", ((solver, "_outermost", _everywhere_within),)),
    Fix(5, "bound indices keep their names", ((binding, "_renamed", lambda bound, _: bound),), seed=37),
    Fix(5, "the ends of a range are bound", ((binding, "put", _with_ends_kept),), seed=31),
    Fix(5, "the normal form names indices as anyone might", ((canonical, "_canonical_name", _named_plainly),)),
    Fix(6, "laws and recursions need not lie in their domains", ((atoms, "lies_in", lambda *_: True),)),
    Fix(6, "domains may be empty", ((Domain, "__post_init__", lambda _: None),)),
    Fix(7, "an extreme needs no member",
        ((partiality, "_partial", _terms_but(lambda term: isinstance(term, (lang.Largest, lang.Smallest)))),)),
    Fix(8, "sums without an end are taken",
        ((checked, "strange_values", _values_but(lambda value: value in ("oo", "-oo"))),
         (partiality, "_partial", _terms_but(_is_endless)))),
    Fix(9, "what moves with a scale need not be smooth at 0",
        ((near_zero, "_defined_at_zero", lambda *_: None), (near_zero, "_require_defined", lambda *_: None))),
    Fix(10, "any claim may be cited", ((Registry, "holds", lambda _: True),),
        (test_citing.test_a_claim_that_is_not_registered,)),
    Fix(10, "the claim that is cited need not be the one whose verdict counts",
        ((kernel, "_require_the_same", lambda *_: None),), (test_citing.test_a_namesake_in_another_registry,)),
    Fix(11, "names need no domain", ((checked, "strange_names", lambda _: ()),), seed=25),
    Fix(12, "conjuncts need no part", ((kernel, "_conjuncts", lambda _: ()),),
        (test_wholes.test_a_whole_that_its_parts_do_not_cover, "a part about something else")),
    Fix(13, "instances need not be admitted", ((instances, "require_value", lambda *_: None),),
        (test_instances_outside.test_a_number_outside_at_an_instance,)),
    Fix(14, "a fingerprint does not cover what a proof cites", ((fingerprint, "_cites", lambda *_: ""),),
        (test_memory.test_a_cited_lemma_that_changed,)),
    Fix(14, "a record may say more than its method can find", ((kernel, "_require_possible", lambda *_: None),),
        (test_memory.test_a_record_of_more_rigor_than_its_method_has, {"method": "montecarlo", "rigor": "proof"})),
    Fix(14, "what rests on a record, or on a check that failed, counts as found",
        ((runner, "resting_on", lambda *_: set()),), (test_memory.test_a_failure_covered_by_an_old_record, {})),
    Fix(15, "larger sizes are not tried", ((exact, "_sizes_alone", lambda _: iter(())),),
        (test_small_sizes.test_a_statement_that_fails_from_some_size_on, "n is not 7")),
    Fix(16, "floating-point numbers are taken",
        ((checked, "strange_values", _values_but(lambda value: "." in value)),
         (partiality, "_partial", _terms_but(lambda term: isinstance(term, sp.Float)))), seed=32),
)


def notices(fix: Fix) -> bool:
    """Whether the attack of a fix fails once it is taken out."""
    attack, *given = fix.attack
    with without(fix), patch.dict(PROOFS), patch.dict(FACTS):
        try:
            attack(*given)
        except (AssertionError, pytest.fail.Exception):
            return True
    return False


def main(arguments: list[str]) -> int:
    """A table of the causes, in Markdown; 1 where one was not noticed."""
    reader = argparse.ArgumentParser(prog="attacks.without_fixes", description=__doc__.partition("\n")[0])
    reader.add_argument("causes", nargs="*", type=int, help="numbers of causes; all where none is given")
    given = reader.parse_args(arguments)
    missed = 0
    print("| cause | taken out | noticed after | by what |\n| --- | --- | --- | --- |")
    for fix in FIXES:
        if given.causes and fix.cause not in given.causes:
            continue
        if fix.attack:
            found, said = notices(fix), f"`{fix.attack[0].__name__}` fails"
            after = "an attack"
        else:
            wrong, done = found_without(fix)
            found, after = wrong is not None, f"{done:,} applications"
            said = f"`{wrong.theorem}` is {wrong.fault}".replace("|", "\\|") if wrong else ""
        missed += not found
        print(f"| {fix.cause} | {fix.what} | {after} | {said if found else 'NOTHING'} |", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
