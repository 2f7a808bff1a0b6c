"""Monte Carlo estimates of expectations, each with an interval valid at the sample size used.

Samples come in blocks of fixed size. A block is a pure function of (plan, key, block index); blocks are evaluated in
any order by any number of workers and merged in the order of their index, so the same seed gives the same bits however
many workers there are. The function under the expectation must treat rows alike and use no state; it should not call
multithreaded linear algebra, whose sums may depend on the number of threads.

Numba is imported when the first sample is drawn, not before.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dropout_theory.sampling.compiled import load_kernels
from dropout_theory.sampling.intervals import MeanInterval, check_error_probability, mean_interval
from dropout_theory.sampling.rng import SamplingPlan, derive_key

Array = NDArray[np.float64]
SampleFunction = Callable[[Array], Any]

_BLOCK = 4096
_BLOCK_ENTRIES = 1 << 22
_WORDS_A_CALL = 1 << 22  # a kernel call cannot be interrupted; this many words take at most about 0.1 s
_BLOCKS_A_TASK = 16
_TASKS_AHEAD = 64
_EPSILON = 2.0**-53


class MonteCarloStopped(RuntimeError):
    """Raised when ``stop`` asked for an end; ``state`` holds every block merged so far and can be continued."""

    def __init__(self, state: RunningMoments) -> None:
        super().__init__(f"stopped after {state.samples} samples")
        self.state = state


@dataclass
class Moments:
    """Moments of some blocks; per output: mean, squared deviations, extremes, and how often it was 0 and 1 (2, k)."""

    samples: int
    blocks: int
    mean: Array
    squares: Array
    least: Array
    greatest: Array
    counts: NDArray[np.int64]


@dataclass
class RunningMoments:
    """Moments of the blocks 0 … ``blocks`` - 1, merged in that order by the rule of Chan, Golub and LeVeque.

    ``total`` is replaced as a whole, so an interrupt leaves the state of the last finished merge. ``job`` remembers
    what is sampled, so that a state is not continued with another plan or seed.
    """

    total: Moments | None = None
    job: tuple[Any, ...] = field(default=(), repr=False)

    @property
    def samples(self) -> int:
        """Number of samples merged so far."""
        return 0 if self.total is None else self.total.samples

    @property
    def blocks(self) -> int:
        """Number of blocks merged so far."""
        return 0 if self.total is None else self.total.blocks

    @property
    def variance(self) -> Array:
        """Sample variances (divisor n - 1; zero for a single sample)."""
        if self.total is None:
            raise ValueError("state must hold at least one block, not none")
        return self.total.squares / max(1, self.total.samples - 1)

    def add(self, block: Moments) -> None:
        """Merge the next block."""
        a, b = self.total, block
        if a is None:
            self.total = b
            return
        samples = a.samples + b.samples
        delta = b.mean - a.mean
        # One assignment: an interrupt falls before or after it, never within.
        self.total = Moments(samples, a.blocks + b.blocks, a.mean + delta * (b.samples / samples),
                             a.squares + b.squares + delta * delta * (a.samples * (b.samples / samples)),
                             np.minimum(a.least, b.least), np.maximum(a.greatest, b.greatest), a.counts + b.counts)

    def rounding(self, magnitude: float, span: float) -> float:
        """Bound |merged mean - exact mean of the merged values| for values within ``magnitude``, ``span`` apart.

        A block's compensated mean is within 4 units of rounding of ``magnitude``; a merge adds at most 4 units of
        ``span`` and one of ``magnitude``.
        """
        return _EPSILON * (4.0 * magnitude + self.blocks * (4.0 * span + 2.0 * magnitude)) * 1.01


def block_size(plan: SamplingPlan) -> int:
    """Return the number of samples in a block of the plan: 4096, or less where a block would exceed 32 MiB."""
    size = _BLOCK
    while size > 1 and size * len(plan) > _BLOCK_ENTRIES:
        size //= 2
    return size


def draw_block(plan: SamplingPlan, key: tuple[int, int], block_index: int, size: int | None = None) -> Array:
    """Return the samples of one block as float64 (size, variates), a pure function of the arguments.

    ``size`` may be less than ``block_size(plan)``: the block's first samples. Raises ValueError for an index or a size
    out of range.
    """
    full = block_size(plan)
    size = full if size is None else size
    if not 1 <= size <= full:
        raise ValueError(f"size must be from 1 to block_size(plan) = {full}, not {size!r}")
    if not 0 <= block_index < (1 << 63) // full:
        raise ValueError(f"block_index must be from 0 to 2^63 / {full}, not {block_index!r}")
    code, arrays = load_kernels("sampling.kernels"), plan.arrays
    out = np.empty((size, len(plan)))
    rows = max(1, _WORDS_A_CALL // arrays.words)
    for start in range(0, size, rows):
        code.fill_block(np.uint64(block_index * full + start), np.uint64(key[0]), np.uint64(key[1]), arrays.kind,
                        arrays.word, arrays.start, arrays.stop, arrays.low, arrays.scale, arrays.thresholds,
                        arrays.values, out[start:start + rows])
    return out


def block_moments(values: Array, block_index: int) -> Moments:
    """Return the moments of each column of values (size, outputs). Raises ValueError where there is a nan."""
    outputs = values.shape[1]
    mean, squares, least, greatest = (np.empty(outputs) for _ in range(4))
    made = Moments(values.shape[0], 1, mean, squares, least, greatest, np.empty((2, outputs), np.int64))
    row = load_kernels("sampling.kernels").column_moments(values, mean, squares, least, greatest, made.counts)
    if row >= 0:
        raise ValueError(f"function must not return nan, but did in row {row} of block {block_index}")
    return made


def _evaluate(function: SampleFunction, plan: SamplingPlan, key: tuple[int, int], outputs: int,
              pieces: Sequence[tuple[int, int]]) -> list[Moments]:
    """Return the moments of several blocks, given as (block index, size). Runs in a worker."""
    results = []
    for index, size in pieces:
        values = np.asarray(function(draw_block(plan, key, index, size)), dtype=np.float64)
        if values.ndim == 1:
            values = values[:, None]
        if values.shape != (size, outputs):
            raise ValueError(f"function must return shape ({size}, {outputs}) for {outputs} bounds, "
                             f"not {values.shape}")
        results.append(block_moments(np.ascontiguousarray(values), index))
    return results


def run_in_order(task: Callable[..., list[Any]], arguments: Sequence[Any], pieces: Iterator[list[Any]],
                 executor: Executor | None) -> Generator[Any, None, None]:
    """Yield what ``task(*arguments, group)`` returns for each group of pieces, one by one and in order.

    With an executor a bounded number of groups is under way; what has not started is cancelled when the caller leaves.
    """
    if executor is None:
        for group in pieces:
            for piece in group:
                yield from task(*arguments, [piece])
        return
    waiting: deque[Future[list[Any]]] = deque()
    try:
        for group in pieces:
            waiting.append(executor.submit(task, *arguments, group))
            if len(waiting) >= _TASKS_AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def groups(samples: int, size: int, done: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the (block index, size) of the blocks from ``done`` on, a task's worth at a time."""
    blocks = -(-samples // size)
    for start in range(done, blocks, _BLOCKS_A_TASK):
        stop = min(start + _BLOCKS_A_TASK, blocks)
        yield [(index, min(size, samples - index * size)) for index in range(start, stop)]


def sample_moments(task: Callable[..., list[Moments]], arguments: Sequence[Any], samples: int, size: int,
                   state: RunningMoments, job: tuple[Any, ...], executor: Executor | None = None,
                   progress: Callable[[int, int], None] | None = None,
                   stop: Callable[[], bool] | None = None) -> None:
    """Bring ``state`` to the given number of samples by running ``task`` over the blocks that it lacks.

    Raises MonteCarloStopped when ``stop()`` is true between blocks, ValueError for a state of another job.
    """
    if isinstance(samples, bool) or not isinstance(samples, (int, np.integer)) or samples < 1:
        raise ValueError(f"samples must be an integer of at least 1, not {samples!r}")
    if state.blocks and state.job != job:
        raise ValueError("state must come from the same plan, seed, stream and number of samples, not another job")
    state.job = job
    if stop is not None and stop():
        raise MonteCarloStopped(state)
    stream = run_in_order(task, arguments, groups(int(samples), size, state.blocks), executor)
    try:
        for block in stream:
            state.add(block)
            if progress is not None:
                progress(state.samples, samples)
            if stop is not None and state.samples < samples and stop():
                raise MonteCarloStopped(state)
    finally:
        stream.close()


def _checked_bounds(bounds: Sequence[tuple[float, float]], indicators: Sequence[int]) -> list[tuple[float, float]]:
    pairs = [(float(low), float(high)) for low, high in bounds]
    if not pairs:
        raise ValueError("bounds must have one (low, high) per output, not none")
    for j, (low, high) in enumerate(pairs):
        if not (math.isfinite(low) and math.isfinite(high) and low <= high):
            raise ValueError(f"bounds[{j}] must be finite with low <= high, not {bounds[j]!r}")
    for j in indicators:
        if not 0 <= j < len(pairs):
            raise ValueError(f"indicators must be indices of outputs below {len(pairs)}, not {j!r}")
        if pairs[j] != (0.0, 1.0):
            raise ValueError(f"bounds[{j}] of an indicator must be (0, 1), not {bounds[j]!r}")
    return pairs


def mean_intervals(function: SampleFunction, plan: SamplingPlan, samples: int, seed: int, error_probability: float,
                   bounds: Sequence[tuple[float, float]], *, indicators: Sequence[int] = (),
                   stream: Sequence[int] = (), evaluation_error: float | None = None,
                   executor: Executor | None = None, progress: Callable[[int, int], None] | None = None,
                   stop: Callable[[], bool] | None = None,
                   state: RunningMoments | None = None) -> tuple[MeanInterval, ...]:
    """Return an interval for the mean of each output of ``function`` under the plan.

    All intervals hold together except with probability ``error_probability``, which is split evenly over the outputs.
    ``function`` maps float64 (size, variates) to (size, outputs) or (size,); ``bounds`` gives (low, high) of every
    output, which must hold for all values. Outputs named in ``indicators`` are 0 or 1 (Clopper and Pearson).

    Each interval is widened on both sides by: the rounding of the streaming mean (bounded in ``RunningMoments``); the
    total variation bias of the gates times the range; and ``evaluation_error``, the bound the caller grants for
    |computed value - exact value| of one evaluation, the grid of continuous variates included (by default 2^-32 times
    the largest magnitude in the output's bounds; an indicator's values are taken as exact).

    Raises ValueError for bad arguments, a wrong shape, a nan, or a value outside its bounds; MonteCarloStopped when
    ``stop()`` is true. On Ctrl-C the state passed in holds all merged blocks; the same call with it continues.
    The number of samples must be fixed beforehand: raising it until an interval pleases voids the guarantee.
    """
    check_error_probability(error_probability)
    if not isinstance(plan, SamplingPlan):
        raise TypeError(f"plan must be a SamplingPlan, not {plan!r}")
    if evaluation_error is not None and not 0.0 <= evaluation_error < math.inf:
        raise ValueError(f"evaluation_error must be finite and at least 0, not {evaluation_error!r}")
    pairs = _checked_bounds(bounds, indicators)
    key = derive_key(seed, *stream)
    state = RunningMoments() if state is None else state
    sample_moments(_evaluate, (function, plan, key, len(pairs)), samples, block_size(plan), state,
                   ("mean", plan, key, len(pairs), samples), executor, progress, stop)
    total, variances = state.total, state.variance
    assert total is not None
    results = []
    for j, (low, high) in enumerate(pairs):
        magnitude = max(abs(low), abs(high))
        error = 2.0**-32 * magnitude if evaluation_error is None else evaluation_error
        least, greatest = float(total.least[j]), float(total.greatest[j])
        if least < low - error or greatest > high + error:
            raise ValueError(f"bounds[{j}] must contain every value, but {bounds[j]!r} lacks "
                             f"{least if least < low - error else greatest!r}")
        successes = None
        if j in indicators:
            successes = int(total.counts[1, j])
            if successes + int(total.counts[0, j]) != samples:
                raise ValueError(f"indicators must name outputs that are always 0 or 1, not output {j}")
        slack = error + state.rounding(magnitude + error, high - low + 2 * error)
        relative = 1.0 + _EPSILON * (state.blocks + _BLOCK + 16)
        mean = min(max(float(total.mean[j]), low), high)
        results.append(mean_interval(samples, mean, float(variances[j]) * relative, low, high,
                                     error_probability / len(pairs), successes=successes, slack=slack,
                                     bias=float(plan.bias)))
    return tuple(results)
