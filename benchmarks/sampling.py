"""Monte Carlo over masks: samples a second at equal output, the mean and variance of every unit."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from benchmarks.competitors import PASSES, Task, best_batch, rate
from dropout_theory.engines.network import Layer, Network
from dropout_theory.engines.simulation import simulate
from dropout_theory.engines.totals import State

Row = dict[str, Any]
_SECONDS = 0.3  # of one run of ours, at least
_TURNS = 15


def _weights(sizes: list[int]) -> list[Any]:
    generator = np.random.default_rng(len(sizes))
    return [generator.normal(size=(b, a)) / a**0.5 for a, b in zip(sizes, sizes[1:], strict=False)]


def _task(sizes: list[int], keep: Any, activation: str = "logistic") -> Task:
    return Task(_weights(sizes), [keep] * (len(sizes) - 1), activation)


VARIED = np.random.default_rng(5).uniform(0.1, 0.9, 100)
PAPER = [784, 1200, 1200, 1200, 1200, 10]
TASKS: dict[str, Task] = {
    "unit-100-half": _task([100, 1], 0.5),
    "unit-100-p03": _task([100, 1], 0.3),
    "unit-100-varied": _task([100, 1], VARIED),
    "mlp-10-16-16-1-half": _task([10, 16, 16, 1], 0.5),
    "mlp-10-16-16-1-p03": _task([10, 16, 16, 1], 0.3),
    "mlp-32-64-64-1-logistic": _task([32, 64, 64, 1], 0.5),
    "mlp-32-64-64-1-relu": _task([32, 64, 64, 1], 0.5, "relu"),
    "paper-network": Task(_weights(PAPER), [0.8, *[0.5] * 4], samples=10_000),
}


def network_of(task: Task) -> Network:
    """The network of a task."""
    last = len(task.weights) - 1
    layers = [Layer(w, None, "logistic" if i == last else task.activation, gate=1 if i == last else task.keep[i + 1])
              for i, w in enumerate(task.weights)]
    return Network(layers, task.keep[0])


def _runs(task: Task, dtype: str, control: str | None = None) -> Callable[[int, int | None], float]:
    """Seconds of ``simulate`` by samples and threads (None: all processors)."""
    network, x = network_of(task), np.ones(task.weights[0].shape[1])

    def run(samples: int, workers: int | None) -> float:
        start = time.perf_counter()
        simulate(network, x, samples, 1, dtype=dtype, workers=workers, preactivations=False, control=control)
        return time.perf_counter() - start

    run(64, 1)
    return run


def _enough(run: Callable[[int, int | None], float], workers: int | None) -> int:
    """Samples that take long enough to be timed."""
    samples = 1 << 14
    while (seconds := run(samples, workers)) < _SECONDS:
        samples *= max(2, min(16, round(1.2 * _SECONDS / seconds)))
    return samples


def our_rate(task: Task, dtype: str, control: str | None = None) -> float:
    """Samples a second of ``simulate`` on all processors."""
    run = _runs(task, dtype, control)
    samples = task.samples or _enough(run, None)
    return rate(lambda: run(samples, None), samples)


def compare(name: str) -> Iterator[Row]:
    """Rows of one task: PyTorch, NumPy and JAX, those that are installed."""
    task = TASKS[name]
    dtypes = ["float32"] if task.samples else ["float64", "float32"]
    ours = {dtype: our_rate(task, dtype) for dtype in dtypes}
    for library, make in PASSES.items():
        try:
            version = importlib.import_module(library).__version__
        except ImportError:
            print(f"{name}: {library} is not installed", file=sys.stderr)
            continue
        theirs, batch = best_batch(make(task), 4_000 if task.samples else 64_000)
        for dtype in dtypes:
            yield {"work": name, "competitor": f"{library} {version} float32, batch {batch}; ours {dtype}",
                   "ours": ours[dtype], "theirs": theirs, "unit": "samples/s", "ratio": ours[dtype] / theirs}


def threads() -> Iterator[Row]:
    """Two threads against one, in turns: the median of the ratios, as a processor's own speed changes meanwhile."""
    run = _runs(TASKS["mlp-32-64-64-1-logistic"], "float64")
    samples = _enough(run, 1)
    rates = np.array([[samples / run(samples, workers) for workers in (2, 1)] for _ in range(_TURNS)])
    two, one = np.median(rates, axis=0)
    yield {"work": "threads-2", "competitor": f"one thread, {_TURNS} turns", "ours": two, "theirs": one,
           "unit": "samples/s", "ratio": float(np.median(rates[:, 0] / rates[:, 1]))}


def last_layer() -> Iterator[Row]:
    """The last layer taken exactly, against plain sampling: plain samples a second that would do as well for E(O)."""
    task, state = TASKS["mlp-32-64-64-1-logistic"], State()
    simulate(network_of(task), np.ones(32), 1 << 16, 1, control="last-layer", state=state)
    moments = state.totals[0].moments[:, -1]
    ours, plain = our_rate(task, "float64", control="last-layer") * moments[1] / moments[7], our_rate(task, "float64")
    yield {"work": "last-layer", "competitor": "plain sampling of mlp-32-64-64-1-logistic", "ours": ours,
           "theirs": plain, "unit": "samples/s", "ratio": ours / plain}


_CALL = ("import time; t = time.perf_counter()\n"
         "from dropout_theory.engines.network import Layer, Network\n"
         "from dropout_theory.engines.simulation import simulate\n"
         "simulate(Network([Layer([[1.0, 2.0]], gate=0.5), Layer([[1.0]])], 0.5), [1.0, 1.0], 1000, 1)\n"
         "print(time.perf_counter() - t)")


def first_calls(cold: bool) -> Iterator[Row]:
    """Seconds from import to a first result in a new process, with an empty cache or a filled one."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"NUMBA_CACHE_DIR": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # bytecode is cached for a user, too
        seconds = []
        for _ in range(1 if cold else 4):
            done = subprocess.run([sys.executable, "-c", _CALL], env=environment, capture_output=True, text=True,
                                  check=True)
            seconds.append(float(done.stdout))
    yield {"work": f"first-call-{'cold' if cold else 'warm'}", "competitor": "none", "ours": min(seconds),
           "theirs": None, "unit": "s", "ratio": None}


WORKS: dict[str, Callable[[], Iterator[Row]]] = {
    **{name: partial(compare, name) for name in TASKS},
    "last-layer": last_layer,
    "threads-2": threads,
    "first-call-cold": lambda: first_calls(True),
    "first-call-warm": lambda: first_calls(False),
}


def rows(only: str | None = None) -> Iterator[Row]:
    """Run the benchmarks, or the one named, and yield their rows."""
    for name, work in WORKS.items():
        if only in (None, name):
            time.sleep(0.2)
            yield from work()
