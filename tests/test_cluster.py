"""Dask: a cluster of two processes gives the bits of a single thread, also when one of them dies on the way."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

from dropout_theory.ablation.campaign import ablate
from dropout_theory.cli.main import main
from dropout_theory.engines.network import Layer, Network
from dropout_theory.engines.simulation import simulate
from dropout_theory.mutants.campaign import mutate
from dropout_theory.report.ledger import Ledger
from dropout_theory.running.cluster import ClusterError
from dropout_theory.running.runner import run
from dropout_theory.verdicts.kernel import Context

RNG = np.random.default_rng(4)
NETWORK = Network([Layer(RNG.normal(size=(60, 30)), gate=0.5), Layer(RNG.normal(size=(60, 60)) / 7, gate=0.3),
                   Layer(RNG.normal(size=(1, 60)))], 0.8)
SAMPLES = 400_000


def bits(result: Any) -> bytes:
    return b"".join(getattr(quantity, side).tobytes() for quantity in (result.mean, result.variance, result.nwgm)
                    for side in ("value", "lower", "upper"))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_two_processes_give_the_same_bits_and_one_may_be_killed() -> None:
    distributed = pytest.importorskip("distributed")
    alone = bits(simulate(NETWORK, np.ones(30), SAMPLES, 1, workers=1))
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
                                  silence_logs=50) as cluster, distributed.Client(cluster) as client:
        executor = client.get_executor(pure=False)
        assert bits(simulate(NETWORK, np.ones(30), SAMPLES, 1, executor=executor)) == alone
        victim = next(iter(client.run(os.getpid).values()))
        killed: list[int] = []

        def kill(done: int, _: int) -> None:
            if not killed and done > SAMPLES // 10:
                os.kill(victim, signal.SIGKILL)
                killed.append(done)

        assert bits(simulate(NETWORK, np.ones(30), SAMPLES, 1, executor=executor, progress=kill)) == alone
        assert killed and killed[0] < SAMPLES // 2


@pytest.fixture(scope="module")
def scheduler() -> Iterator[tuple[str, Any]]:
    """A cluster of two processes on this machine: its address, and what talks to it."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None,
                                  silence_logs=50) as cluster:
        yield cluster.scheduler_address.replace("tcp://", "dask://"), cluster


PATTERNS = ("baldi2014:eq7", "baldi2014:eq72", "schluter2019:sec3-*")


def found_by(**options: Any) -> tuple[dict[str, Any], bytes]:
    """What a run finds but for the time it takes, and the derivations."""
    found = run(PATTERNS, context=Context(seed=5, fast=True, jobs=1), **options)
    assert found.sound and not found.failures
    records = {claim: [{**r, "seconds": 0} for r in records] for claim, records in found.records.items()}
    return records | {i: v.verdict for i, v in found.verdicts.items()}, repr(sorted(found.derivations.items())).encode()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_evidence_of_a_cluster_is_that_of_one_process_though_a_worker_dies(
        scheduler: tuple[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    address, cluster = scheduler
    monkeypatch.setattr("dropout_theory.running.cluster.AT_ONCE", 4)  # fewer than there are tasks
    alone = found_by()
    assert found_by(executor=address) == alone
    with pytest.importorskip("distributed").Client(cluster) as client:
        victim = next(iter(client.run(os.getpid).values()))
    killed: list[int] = []

    def kill(done: int, *_: Any) -> None:
        if not killed and done > 3:
            os.kill(victim, signal.SIGKILL)
            killed.append(done)

    assert found_by(executor=address, progress=kill) == alone
    assert killed


@pytest.mark.parametrize(("address", "why"), [
    ("localhost:8786", "allowed: dask://HOST:PORT"), ("dask://localhost", "allowed: dask://HOST:PORT"),
    ("dask://h h:1", "allowed: dask://HOST:PORT"), ("tcp://localhost:8786", "allowed: dask://HOST:PORT"),
])
def test_an_address_that_is_none(address: str, why: str) -> None:
    with pytest.raises(ClusterError, match=why):
        run(PATTERNS, context=Context(fast=True), executor=address)


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("dropout_theory.running.cluster.SECONDS", 1)
    with socket.socket() as taken:  # bound and not listening: whoever asks is refused
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        status = main(["check", "baldi2014:eq7", "--executor", f"dask://127.0.0.1:{port}", "-q"])
    assert status == 2 and "no scheduler answers" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_mutants_and_ablation_on_a_cluster(scheduler: tuple[str, Any]) -> None:
    address, _ = scheduler
    ledger = Ledger.read()
    for campaign in (partial(mutate, limit=2), ablate):
        alone, there = (campaign(("baldi2014:eq7", "helmbold2017:thm4"), context=Context(jobs=1), recorded=ledger,
                                 executor=executor).records for executor in ("", address))
        assert alone and alone == there
