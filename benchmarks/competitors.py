"""Forward passes with dropout as a user would write them: mean and variance of every unit from a batch of masks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

BATCHES = (1_000, 4_000, 16_000, 64_000)
Pass = Callable[[int], Any]


@dataclass(frozen=True)
class Task:
    """Weights of a network, keep probability of the units of each layer that is read, hidden activation, samples.

    The last layer is logistic, all inputs are 1. ``keep`` has an entry for the inputs and for each hidden layer: a
    number, or an array with one for each unit. ``samples`` is None where a run may be as long as it needs to be.
    """

    weights: list[Any]
    keep: list[Any]
    activation: str = "logistic"
    samples: int | None = None


def rate(action: Callable[[], Any], samples: int, seconds: float = 0.3, repeats: int = 4) -> float:
    """Samples a second, of the best of some runs, each long enough to be disturbed like any other."""
    best = 0.0
    for _ in range(repeats):
        done, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < seconds:
            action()
            done += samples
        best = max(best, done / spent)
    return best


def best_batch(one: Pass, limit: int) -> tuple[float, int]:
    """Samples a second at the best batch size up to a limit, and that size."""
    found = []
    for batch in BATCHES:
        if batch <= limit:
            one(batch)
            found.append((rate(partial(one, batch), batch, repeats=2), batch))
    _, batch = max(found)
    return rate(partial(one, batch), batch), batch


def torch_pass(task: Task) -> Pass:
    """F.dropout under inference_mode, rescaled because the papers drop without scaling; float32, all threads."""
    import torch
    import torch.nn.functional as F

    weights = [torch.tensor(w, dtype=torch.float32) for w in task.weights]
    inputs = torch.ones(weights[0].shape[1])

    def dropped(h: Any, p: Any) -> Any:
        if isinstance(p, float):
            return F.dropout(h, 1 - p) * p  # F.dropout scales by 1/p
        return h * torch.bernoulli(torch.tensor(p, dtype=torch.float32).expand_as(h))

    def one(batch: int) -> Any:
        with torch.inference_mode():
            h, moments = inputs.expand(batch, -1), []
            for i, (w, p) in enumerate(zip(weights, task.keep, strict=True)):
                s = F.linear(dropped(h, p), w)
                last = i == len(weights) - 1
                h = torch.relu(s) if task.activation == "relu" and not last else torch.sigmoid(s)
                moments.append(torch.var_mean(h, 0))
            return moments

    return one


def numpy_pass(task: Task) -> Pass:
    """Generator.random in float32 and matrix products."""
    weights = [np.asarray(w, np.float32) for w in task.weights]
    generator = np.random.default_rng(0)

    def one(batch: int) -> Any:
        h, moments = np.ones((batch, weights[0].shape[1]), np.float32), []
        for i, (w, p) in enumerate(zip(weights, task.keep, strict=True)):
            s = (h * (generator.random(h.shape, dtype=np.float32) < np.asarray(p, np.float32))) @ w.T
            last = i == len(weights) - 1
            h = np.maximum(s, 0) if task.activation == "relu" and not last else 1 / (1 + np.exp(-s))
            moments.append((h.mean(0), h.var(0)))
        return moments

    return one


def jax_pass(task: Task) -> Pass:
    """jax.random.bernoulli and matrix products, compiled as a whole for each batch size; float32."""
    import jax
    import jax.numpy as jnp

    weights = [jnp.asarray(w, jnp.float32) for w in task.weights]

    def forward(key: Any, batch: int) -> Any:
        h, moments = jnp.ones((batch, weights[0].shape[1])), []
        for i, (w, p) in enumerate(zip(weights, task.keep, strict=True)):
            key, used = jax.random.split(key)
            s = (h * jax.random.bernoulli(used, jnp.asarray(p), h.shape)) @ w.T
            last = i == len(weights) - 1
            h = jax.nn.relu(s) if task.activation == "relu" and not last else jax.nn.sigmoid(s)
            moments.append((h.mean(0), h.var(0)))
        return moments

    compiled = jax.jit(forward, static_argnums=1)
    keys = iter(jax.random.split(jax.random.key(0), 100_000))
    return lambda batch: jax.block_until_ready(compiled(next(keys), batch))


PASSES: dict[str, Callable[[Task], Pass]] = {"torch": torch_pass, "numpy": numpy_pass, "jax": jax_pass}
