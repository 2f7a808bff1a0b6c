"""pytest plugin: a test per claim and method, collected from a file named `claims`, and a verdict table at the end.

The plugin is inert in other projects: it collects only from a file `claims` whose first line is HEADER, or when
`--dropout-claims` is given. Everything heavy is imported when there is something to collect.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dropout_theory.testing.pytest_items import ClaimsFile

HEADER = "# dropout-theory claims"
SESSION = "dropout-theory-session"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("dropout-theory", "claims about dropout")
    group.addoption("--dropout-claims", action="append", default=[], metavar="PATTERN",
                    help="collect tests of the claims matching an id, paper key or glob (repeatable)")
    group.addoption("--dropout-seed", default=None, metavar="N|fresh", help="seed of sampled and Monte Carlo evidence")
    group.addoption("--dropout-fast", action="store_true", help="smaller samples and shallower subdivision")
    group.addoption("--dropout-ledger", default=None, metavar="FILE", help="compare with this ledger")
    group.addoption("--dropout-registry", default=None, metavar="MODULE",
                    help="take the claims from MODULE.registry() instead of the papers'")


def pytest_configure(config: pytest.Config) -> None:
    from dropout_theory.verdicts.methods import MethodError, declared, require_sound

    try:
        require_sound()
    except MethodError as error:
        raise pytest.UsageError(str(error)) from None
    for method in declared().values():
        config.addinivalue_line("markers", f"{method.name}: evidence about claims by this method: {method.does}")
    config.addinivalue_line("markers", "long: minutes of simulation; deselect with -m 'not long'")
    if _wanted(config):
        from dropout_theory.testing.pytest_items import ClaimsSession

        config.pluginmanager.register(ClaimsSession(config), SESSION)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ClaimsFile | None:
    if not _is_claims_file(file_path):
        return None
    from dropout_theory.testing.pytest_items import ClaimsFile, ClaimsSession

    if not parent.config.pluginmanager.has_plugin(SESSION):
        parent.config.pluginmanager.register(ClaimsSession(parent.config), SESSION)
    return ClaimsFile.from_parent(parent, path=file_path)


@pytest.hookimpl(tryfirst=True)  # before -k, -m and --lf select
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[Any]) -> None:
    if config.getoption("dropout_claims"):
        from dropout_theory.testing.pytest_items import extra_items

        items.extend(extra_items(session, {item.nodeid for item in items}))


def _wanted(config: pytest.Config) -> bool:
    return bool(config.getoption("dropout_claims")) or _is_claims_file(config.rootpath / "claims")


def _is_claims_file(path: Path) -> bool:
    if path.name != "claims" or not path.is_file():
        return False
    with path.open("rb") as lines:
        return lines.readline().strip() == HEADER.encode()
