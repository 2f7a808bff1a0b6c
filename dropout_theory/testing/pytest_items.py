"""The tests that the pytest plugin makes: one per claim and method, and the session that derives verdicts from them."""

from __future__ import annotations

import gc
import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dropout_theory.claims import ClaimError, load_proofs_of
from dropout_theory.report.ledger import Ledger, LedgerError
from dropout_theory.verdicts.kernel import METHODS, Context
from dropout_theory.verdicts.methods import MethodError
from dropout_theory.verdicts.records import differences, drawn_otherwise

EVIDENCE = "dropout_evidence"
FAILED = "dropout_failed"


class EvidenceChanged(Exception):
    """A method found something else than the record says."""


class ClaimsSession:
    """One per pytest session: seed, registry and record for the items; evidence and verdicts at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.context = Context(seed=_seed(config), fast=config.getoption("dropout_fast"))
        self.is_worker = hasattr(config, "workerinput")
        self.found: dict[tuple[str, str], dict[str, Any]] = {}
        self.failed: dict[tuple[str, str], str] = {}
        self.run: Any = None
        self.comparison: Any = None
        self.problem = ""
        self._loaded: tuple[Any, Any, Ledger] | None = None

    def load(self) -> tuple[Any, Any, Ledger]:
        """Registry, checkers and recorded ledger. Raises ClaimError or LedgerError."""
        if self._loaded is None:
            from dropout_theory.running import runner

            claims, checkers = runner.sources(self.config.getoption("dropout_registry"))
            self._loaded = runner.loaded(claims), checkers(), Ledger.read(self.config.getoption("dropout_ledger"))
        return self._loaded

    def pytest_report_header(self) -> str:
        return f"dropout-theory: seed {self.context.seed}{', fast' if self.context.fast else ''}"

    @pytest.hookimpl(optionalhook=True)  # known where xdist is installed
    def pytest_configure_node(self, node: Any) -> None:
        """Give xdist workers the seed drawn here."""
        node.workerinput["dropout_seed"] = self.context.seed

    def pytest_collection_finish(self) -> None:
        """Thousands of expressions stay for the whole session: the garbage collector need not visit them each time."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(100_000, 20, 50)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" or self.is_worker:
            return
        for name, value in report.user_properties:
            if name == EVIDENCE:
                record = json.loads(str(value))
                self.found[record.pop("claim"), record["method"]] = record
            elif name == FAILED:
                claim, method, message = json.loads(str(value))
                self.failed[claim, method] = message

    @pytest.hookimpl(tryfirst=True)  # before the terminal prints its summary
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.is_worker or not self.found:
            return
        from dropout_theory.report.compare import compare
        from dropout_theory.running.runner import gather

        try:
            registry, checkers, recorded = self.load()
        except (ClaimError, LedgerError) as error:
            self.problem = str(error)
            return
        self.run = gather(registry, checkers, self.found, self.context, recorded, self.failed)
        self.comparison = compare(self.run, recorded)
        if not (self.run.sound and self.comparison.agrees) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.problem:
            terminalreporter.write_line(f"no verdicts: {self.problem}", red=True)
        if self.run is None:
            return
        from dropout_theory.report.terminal import filled
        from dropout_theory.report.verdicts import LEGEND, summary, verdict_table

        on = terminalreporter.hasmarkup
        terminalreporter.section("verdicts")
        terminalreporter.write_line(verdict_table(self.run, self.comparison, on=on))
        terminalreporter.write_line(f"\n{filled(LEGEND)}")
        terminalreporter.write_line(summary(self.run, self.comparison, on=on))


class ClaimsFile(pytest.File):
    """The file `claims`: a pattern a line, `#` starts a comment."""

    def collect(self) -> Iterator[ClaimItem]:
        lines = (line.partition("#")[0].strip() for line in self.path.read_text(encoding="utf-8").splitlines())
        yield from _items(self, [line for line in lines if line])


class ClaimsOption(pytest.Collector):
    """Stands in for the file `claims` where `--dropout-claims` names the patterns."""

    def collect(self) -> Iterator[ClaimItem]:
        yield from _items(self, self.config.getoption("dropout_claims"))


class ClaimItem(pytest.Item):
    """One method on one claim. Passes when the method finds what the record says; `unknown` is a skip, never a pass."""

    def __init__(self, *, claim: Any, checker: Any, record: dict[str, Any] | None, context: Context, missing: str,
                 registry: Any, **kwargs: Any) -> None:
        from dropout_theory.experiment.simulated import is_simulated

        super().__init__(**kwargs)
        self.claim, self.checker, self.record, self.context = claim, checker, record, context
        self.missing, self.registry = missing, registry
        self.add_marker(checker.method)
        if checker.method == "montecarlo" and is_simulated(claim.statement):
            self.add_marker("long")

    def runtest(self) -> None:
        from dropout_theory.verdicts.records import record_of

        if self.missing:
            pytest.skip(f"{self.checker.method}: {self.missing}")
        try:
            found = record_of(self.checker.check(self.claim, self.context, self.registry))
        except Exception as error:
            message = f"{type(error).__name__}: {error}".splitlines()[0]
            self.user_properties.append((FAILED, json.dumps([self.claim.id, self.checker.method, message])))
            raise
        self.user_properties.append((EVIDENCE, json.dumps({"claim": self.claim.id, **found}, ensure_ascii=False)))
        if self.record is None:
            raise EvidenceChanged("not in the record; a full run records it: dropout-theory check --record")
        gave_up = self.context.fast and found["outcome"] == "unknown"
        by_chance = drawn_otherwise(self.record, found, self.context.fast)
        changes = [] if gave_up or by_chance else differences(self.record, found)
        if changes:
            raise EvidenceChanged(f"{'; '.join(changes)}\n{found['scope']}"
                                  + (f"\ncounterexample: {found['counterexample']}" if found["counterexample"] else ""))
        if found["outcome"] == "unknown":
            pytest.skip(f"unknown: {found['scope']}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from dropout_theory.report.verdicts import reproduce

        what = (f"{self.claim.id} by {self.checker.method}: {excinfo.value}"
                if isinstance(excinfo.value, EvidenceChanged) else super().repr_failure(excinfo, style))
        return f"{what}\nseed {self.context.seed}; reproduce: " + reproduce(self.claim.id, self.checker.method,
                                                                           self.context.seed)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.claim.id} [{self.checker.method}]"


def extra_items(session: pytest.Session, present: set[str]) -> list[ClaimItem]:
    """Items for `--dropout-claims`, less those collected already. Raises UsageError where claims cannot be loaded."""
    collector = ClaimsOption.from_parent(session, name="claims", nodeid="claims")
    try:
        return [item for item in collector.collect() if item.nodeid not in present]
    except pytest.Collector.CollectError as error:
        raise pytest.UsageError(str(error)) from None


def _items(parent: pytest.Collector, patterns: list[str]) -> Iterator[ClaimItem]:
    from dropout_theory.running.runner import unavailable
    from dropout_theory.testing.pytest_plugin import SESSION

    shared: ClaimsSession = parent.config.pluginmanager.get_plugin(SESSION)  # type: ignore[assignment]
    try:
        registry, checkers, recorded = shared.load()
        chosen = registry.select(patterns)
        load_proofs_of(chosen)
    except (ClaimError, LedgerError, MethodError) as error:
        raise parent.CollectError(str(error)) from None
    missing = unavailable(checkers)
    for claim in chosen:
        for method in METHODS:
            if method in checkers and checkers[method].applies(claim) is None:
                name = f"{claim.id}[{method}]"
                # The node id is given as text so that pytest reads it as it reads one from its cache or command line.
                yield ClaimItem.from_parent(parent, name=name, nodeid=f"{parent.nodeid}::{name}", claim=claim,
                                            checker=checkers[method], record=recorded.evidence(claim.id, method),
                                            context=shared.context, missing=missing.get(method, ""), registry=registry)


def _seed(config: pytest.Config) -> int:
    """The seed of the session; xdist workers take the controller's."""
    drawn = getattr(config, "workerinput", {}).get("dropout_seed")
    if drawn is not None:
        return int(drawn)
    given = config.getoption("dropout_seed")
    if given == "fresh":
        return secrets.randbits(32)
    if given is None:
        return Context.seed
    if not str(given).isdecimal() or int(given) >= 2**64:
        raise pytest.UsageError(f"--dropout-seed is {given!r}; allowed: an integer from 0 to 2^64-1, or 'fresh'")
    return int(given)
