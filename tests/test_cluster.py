"""Dask: a cluster of two processes gives the bits of a single thread, also when one of them dies on the way."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import numpy as np
import pytest

from dropout_theory.engines.network import Layer, Network
from dropout_theory.engines.simulation import simulate

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
