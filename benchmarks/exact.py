"""The exact engines of one unit against what a user would write in NumPy, or ask of Arb's rigorous integration."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from dropout_theory.engines.fourier import logistic_moments
from dropout_theory.engines.fourier_certified import certified_moments
from dropout_theory.engines.unit_enumeration import enumerated_moments

Row = dict[str, Any]


def _least(action: Callable[[], Any], repeats: int) -> float:
    """Least wall time in seconds: other work on the machine only ever adds to it."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def _unit(n: int) -> tuple[Any, Any]:
    generator = np.random.default_rng(n)
    return generator.normal(size=n), generator.random(n)


def masks_in_numpy(weights: Any, keep: Any, gates: int = 20) -> tuple[float, float]:
    """Mean and second moment over the masks of the first `gates` gates, the others being open, by doubling arrays."""
    s, p = np.array([weights[gates:].sum()]), np.ones(1)
    for w, q in zip(weights[:gates], keep[:gates], strict=True):
        s, p = np.concatenate([s, s + w]), np.concatenate([p * (1 - q), p * q])
    o = 1 / (1 + np.exp(-s))
    return float(p @ o), float(p @ (o * o))


def fourier_in_numpy(weights: Any, keep: Any, step: float, nodes: int) -> tuple[float, float]:
    """Mean and E(O') from the characteristic function at the given nodes, an exponential for each factor."""
    mean, slope = float(keep @ weights) / (2 * np.pi), 1 / (2 * np.pi)
    for k in range(1, nodes + 1):
        phi = np.prod(1 - keep + keep * np.exp(1j * weights * (step * k)))
        mean += phi.imag / np.sinh(np.pi * step * k)
        slope += step * k * phi.real / np.sinh(np.pi * step * k)
    return 0.5 + step * mean, step * slope


def integral_in_arb(weights: Any, keep: Any, digits: int) -> Any:
    """The same mean by Arb's rigorous integration of Im phi(t)/sinh(pi t), as far as its tail is negligible."""
    from flint import acb, arb, ctx

    w, p = [arb(float(x)) for x in weights], [arb(float(x)) for x in keep]
    center = sum((x * y for x, y in zip(w, p, strict=True)), arb(0))
    before, ctx.prec = ctx.prec, int(digits * 3.33) + 40

    def integrand(t: Any, _: Any) -> Any:
        up, down = acb(1), acb(1)
        for x, y in zip(w, p, strict=True):
            turn = (acb(0, 1) * x * t).exp()
            up, down = up * (1 - y + y * turn), down * (1 - y + y / turn)
        return (up - down) / (2 * acb(0, 1)) / (acb.pi() * t).sinh()

    try:
        start = 10.0 ** -(digits // 2)  # the integrand is center/pi + O(t^2) there
        return acb(0.5) + center / arb.pi() * start + acb.integral(integrand, start, digits * 0.75 + 1)
    finally:
        ctx.prec = before


def enumerate_30() -> Row:
    weights, keep = _unit(30)
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as threads:
        enumerated_moments(weights[:4], keep[:4])
        ours = 2**30 / _least(lambda: enumerated_moments(weights, keep, executor=threads), 5)
    theirs = 2**20 / _least(lambda: masks_in_numpy(weights, keep), 5)
    return {"work": "enumerate-30", "competitor": "NumPy, arrays of sums", "ours": ours, "theirs": theirs,
            "unit": "masks/s", "ratio": ours / theirs}


def fourier(n: int, share: int) -> Row:
    """`share`: the competitor computes one node in so many, and its time counts as often."""
    weights, keep = _unit(n)
    found = logistic_moments(weights, keep)
    ours = _least(lambda: logistic_moments(weights, keep), 7)
    nodes = max(1, found.work // share)
    theirs = _least(lambda: fourier_in_numpy(weights, keep, 0.05, nodes), 3) * found.work / nodes
    return {"work": f"fourier-{n}", "competitor": "NumPy, the same nodes", "ours": ours, "theirs": theirs, "unit": "s",
            "ratio": theirs / ours}


def fourier_certified() -> Row:
    weights, keep = _unit(1000)
    ours = _least(lambda: certified_moments(weights, keep, digits=20), 3)
    few = 50
    theirs = _least(lambda: integral_in_arb(weights[:few], keep[:few], 20), 1) * 1000 / few
    return {"work": "fourier-certified-1000", "competitor": "Arb's integration, 50 inputs scaled to 1000",
            "ours": ours, "theirs": theirs, "unit": "s", "ratio": theirs / ours}


WORKS: dict[str, Callable[[], Row]] = {
    "enumerate-30": enumerate_30,
    "fourier-1000": lambda: fourier(1000, 1),
    "fourier-100000": lambda: fourier(100_000, 500),
    "fourier-certified-1000": fourier_certified,
}


def rows(only: str | None = None) -> Iterator[Row]:
    """Run the benchmarks, or the one named, and yield their rows."""
    for name, work in WORKS.items():
        if only in (None, name):
            yield work()
