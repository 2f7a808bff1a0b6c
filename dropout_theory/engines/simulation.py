"""Monte Carlo over the masks of a network: moments of every unit, with intervals that hold at the sample size used.

Samples come in blocks of a size that depends on the network alone. A block is a pure function of (network, input, key,
block index); blocks run in any order on any number of workers and are merged in the order of their index, so the same
seed gives the same bits however many workers there are and wherever they run (on processors of one kind).
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dropout_theory.engines.control import twin_network
from dropout_theory.engines.estimates import Quantity, covariance_bounds
from dropout_theory.engines.gates import Array
from dropout_theory.engines.last_layer import LastLayer, make_last_layer
from dropout_theory.engines.network import Network
from dropout_theory.engines.plan import LANES, Plan, make_plan
from dropout_theory.engines.ranges import unit_ranges
from dropout_theory.engines.results import Histogram, Moments, Simulation, Stand, moments_of_case, stacked
from dropout_theory.engines.totals import State, Totals
from dropout_theory.engines.unit_tables import UnitPlan, fits_tables, make_unit_plan
from dropout_theory.sampling.compiled import load_kernels
from dropout_theory.sampling.intervals import check_error_probability
from dropout_theory.sampling.montecarlo import run_in_order
from dropout_theory.sampling.rng import derive_key

_WORK = 1 << 27  # of a block: about 10 ms, a kernel cannot be interrupted
_LARGEST_BLOCK = 1 << 20
_BINS = 4096  # behind a quantile
_ACCURACY = {"float64": 2.0**-32, "float32": 2.0**-16}
Piece = tuple[int, int, int]  # case, block index, samples


class SimulationStopped(RuntimeError):
    """Raised when ``stop`` asked for an end; ``state`` holds every block merged so far and can be continued."""

    def __init__(self, state: State) -> None:
        super().__init__(f"stopped after {state.samples} samples")
        self.state = state


@dataclass(frozen=True, eq=False)
class _Job:
    """Everything that a block depends on besides its index; travels to the workers."""

    plan: Plan | UnitPlan
    x: NDArray[Any]
    key: tuple[int, int]
    antithetic: bool
    want_sums: bool
    kept_units: NDArray[np.int64]
    pairs: NDArray[np.int64]
    places: NDArray[np.int64]
    lows: Array  # (cases, histograms)
    scales: Array
    bins: NDArray[np.int64]
    last: LastLayer | None = None

    @property
    def block(self) -> int:
        """Samples in a block."""
        size, work = LANES, self.plan.work + (self.last.work if self.last else 0)
        while size < _LARGEST_BLOCK and 2 * size * work <= _WORK:
            size *= 2
        return size

    def digest(self, samples: int) -> str:
        """A hash of what is sampled, so that a state is not continued with something else."""
        sums = hashlib.sha256(f"{self.plan.digest} {self.key} {self.antithetic} {self.want_sums} {samples} "
                              f"{self.last is not None}".encode())
        for array in (self.x, self.kept_units, self.pairs, self.places, self.lows, self.scales, self.bins):
            sums.update(str(array.shape).encode() + array.tobytes())
        return sums.hexdigest()


def _run_blocks(job: _Job, pieces: Sequence[Piece]) -> list[Totals]:
    """Return the totals of some blocks. Runs in a worker."""
    plan, results = job.plan, []
    code, units, dtype = _load(job), plan.units, plan.dtype
    kept = np.empty((int(job.kept_units.max(initial=-1)) + 1, LANES), dtype)
    scratch = (np.zeros(plan.widest * LANES, dtype), np.zeros(units * LANES, dtype), np.zeros(4 * LANES, dtype),
               np.zeros(4 * LANES, np.uint32), np.ones(LANES))
    last, taped, tape = job.last, np.full((2, units), -1, np.int64), np.zeros((0, 0))
    if last:
        integrate, own, taped, tape = load_kernels("engines.last_layer_kernels"), last.arrays(), last.taped, last.tape()
    for case, index, size in pieces:
        made = Totals(size, 1, np.zeros((10 if last else 6, units)), np.zeros((len(job.pairs), 3)),
                      np.zeros(int(job.bins.sum()), np.int64))
        first, key = np.uint64(index * job.block), (np.uint64(job.key[0]), np.uint64(job.key[1]))
        wishes = job.pairs, made.co, (job.places, job.lows[case], job.scales[case], job.bins), made.counts, scratch
        if isinstance(plan, UnitPlan):
            code.unit_block(first, size, *key, plan.unit, plan.start[case], plan.activation, plan.c, plan.slope,
                            plan.halves[case], plan.cuts, plan.tables[case], job.want_sums, made.moments,
                            len(kept) > 0, kept, *wishes)
        else:
            step = tape.shape[1] or size
            for begin in range(0, size, step):
                end = min(size, begin + step)
                code.network_block(first, begin, end, *key, job.antithetic, job.x[case], plan.arrays, job.want_sums,
                                   made.moments, job.kept_units, kept, *wishes, taped, tape)
                if last:
                    integrate.last_layer_moments(begin, end, tape, made.moments, *last.tables, own)
        results.append(made)
    return results


def _load(job: _Job) -> Any:
    return load_kernels("engines.unit_kernels" if isinstance(job.plan, UnitPlan) else "engines.network_kernels")


def show_progress(done: int, samples: int) -> None:
    """Draw a progress bar on standard error."""
    share = done / samples
    end = "\n" if done == samples else ""
    print(f"\r[{'#' * int(40 * share):40}] {share:4.0%}", end=end, file=sys.stderr, flush=True)


def _pieces(state: State, cases: int, samples: int, block: int, size: int) -> Iterator[list[Piece]]:
    """Yield what is missing in the state, ``size`` blocks at a time."""
    group: list[Piece] = []
    for case in range(cases):
        done = state.totals[case].blocks if case < len(state.totals) else 0
        for index in range(done, -(-samples // block)):
            group.append((case, index, min(block, samples - index * block)))
            if len(group) == size:
                yield group
                group = []
    if group:
        yield group


def _sample(job: _Job, samples: int, state: State, executor: Executor | None, workers: int | None,
            progress: Callable[[int, int], None] | None, stop: Callable[[], bool] | None) -> None:
    """Bring the state to ``samples`` samples of every input."""
    cases, digest = len(job.x), job.digest(samples)
    if state.totals and state.job != digest:
        raise ValueError("state must come from the same network, inputs, seed, samples and options, not another job")
    state.job = digest
    if stop is not None and stop():
        raise SimulationStopped(state)
    blocks = cases * -(-samples // job.block)
    workers = min(workers or _processors(), blocks)
    # a task elsewhere is paid for in messages, one on a thread is not
    size = 1 if executor is None else max(1, min(16, blocks // 16))
    _load(job)  # once, not by every thread
    own = ThreadPoolExecutor(workers) if executor is None and workers > 1 else nullcontext(executor)
    with own as pool:
        stream = run_in_order(_run_blocks, (job,), _pieces(state, cases, samples, job.block, size), pool)
        try:
            for made in stream:
                last = state.totals[-1] if state.totals and state.totals[-1].samples < samples else None
                if last is None:
                    state.totals.append(made)
                else:
                    state.totals[-1] = last + made
                if progress is not None:
                    progress(state.samples, cases * samples)
                if stop is not None and state.samples < cases * samples and stop():
                    raise SimulationStopped(state)
        finally:
            stream.close()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def simulate(network: Network, x: ArrayLike, samples: int, seed: int, *, stream: Sequence[int] = (),
             executor: Executor | None = None, workers: int | None = None,
             progress: Callable[[int, int], None] | bool | None = None, stop: Callable[[], bool] | None = None,
             state: State | None = None, dtype: Any = np.float64, preactivations: bool = True,
             covariances: Sequence[tuple[Any, Any]] = (), histogram: Mapping[Any, int] | None = None,
             quantiles: Mapping[Any, Sequence[float]] | None = None, error_probability: float = 1e-6,
             control: str | None = None, evaluation_error: float | None = None) -> Simulation:
    """Return moments of every unit of a network under dropout, from ``samples`` masks, with intervals.

    ``x`` (inputs,), or (cases, inputs) for several inputs, which see the same masks. ``covariances``: pairs of units;
    ``histogram``: bins by unit; ``quantiles``: probabilities by unit. Units are names or (layer, position).
    ``preactivations=False`` leaves S unsampled: E(S) then comes from the means below, with a wider interval.
    ``control``: None; "antithetic" for pairs of complementary masks (``samples`` a multiple of 128); "linear" to take
    the means from the difference to a linear network under the same gates, whose mean is known (for one input, without
    covariances, histogram or quantiles); "last-layer" to take mean and variance of the last layer's units exactly over
    the gates into them, given the masks below (see ``last_layer``; not for softmax, rectified linear units with up to
    16 gates); everything else is as without. The result's ``gain`` says what it brought.
    ``dtype``: float64 or float32, of the arithmetic. All intervals hold together except with ``error_probability``, for
    a number of samples fixed beforehand. They are widened by the resolution of the gates and by ``evaluation_error``,
    the error granted to one computed activity relative to its range (2^-32; float32: 2^-16).

    ``executor``: where blocks run; by default ``workers`` threads, one per processor. ``progress(done, all)`` is called
    after each block (True: a bar). Ctrl-C or ``stop()`` leave what was sampled in ``state``, and the same call with it
    goes on. Raises ValueError or TypeError naming the argument, SimulationStopped when ``stop()`` is true.
    """
    if not isinstance(network, Network):
        raise TypeError(f"network must be a Network, not {network!r}")
    if isinstance(samples, bool) or not isinstance(samples, (int, np.integer)) or not 1 <= samples < 1 << 62:
        raise ValueError(f"samples must be an integer of at least 1, not {samples!r}")
    if control not in (None, "antithetic", "linear", "last-layer"):
        raise ValueError(f"control must be None, 'antithetic', 'linear' or 'last-layer', not {control!r}")
    if control == "linear" and (np.ndim(x) != 1 or covariances or histogram or quantiles):
        raise ValueError("control must not be 'linear' with several inputs, covariances, histogram or quantiles")
    if control == "antithetic" and samples % LANES:
        raise ValueError(f"samples must be a multiple of {LANES} with antithetic masks, not {samples!r}")
    if np.dtype(dtype).name not in _ACCURACY:
        raise ValueError(f"dtype must be float64 or float32, not {dtype!r}")
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        raise ValueError(f"workers must be an integer of at least 1, not {workers!r}")
    check_error_probability(error_probability)
    accuracy = _ACCURACY[np.dtype(dtype).name] if evaluation_error is None else float(evaluation_error)
    if not 0.0 <= accuracy < np.inf:
        raise ValueError(f"evaluation_error must be finite and at least 0, not {evaluation_error!r}")
    inputs = network.check_inputs(x)
    rows = np.atleast_2d(inputs)
    twins = twin_network(network, rows[0], dtype) if control == "linear" else None
    ranges = [unit_ranges(twins.network if twins else network, row, dtype) for row in rows]
    wishes = _Wishes(twins.network if twins else network, covariances, histogram or {}, quantiles or {})
    plan = twins.plan if twins else \
        make_unit_plan(network, rows, dtype) if fits_tables(network) and not control else make_plan(network, dtype)
    job = wishes.job(plan, rows, ranges, derive_key(seed, *stream), control == "antithetic", preactivations)
    if twins:
        job = replace(job, kept_units=twins.kept, pairs=twins.pairs)
    if control == "last-layer":
        job = replace(job, last=make_last_layer(network, ranges, dtype))
    state = State() if state is None else state
    _sample(job, int(samples), state, executor, workers, show_progress if progress is True else progress or None, stop)
    share = error_probability / (len(rows) * (3 * sum(network.sizes[1:]) + wishes.intervals))
    cases = []
    for row, bounds, total in zip(rows, ranges, state.totals, strict=True):
        found, stand, seen, better = total.moments, None, np.arange(sum(network.sizes)), None
        if twins:
            stand, seen = twins.stand(total, bounds, make_plan(network, dtype).work), twins.units
        elif job.last:
            stand, better = job.last.stand(total, bounds, job.plan.work), partial(job.last.total_variance, total)
        elif control:
            stand = _paired(total, bounds)
        cases.append(moments_of_case(network, row, int(samples), found[:, seen], tuple(part[seen] for part in bounds),
                                     share, job.plan.bias, accuracy, total.blocks, preactivations, stand,
                                     control == "antithetic", better))
    extras = wishes.results(job, state.totals, cases, ranges, share, accuracy, single=inputs.ndim == 1)
    fields = cases[0].__dict__ if inputs.ndim == 1 else \
        {name: stacked([getattr(case, name) for case in cases]) for name in cases[0].__dict__}
    return Simulation(**fields, samples=int(samples), network=network, error_probability=error_probability,
                      bias=job.plan.bias, covariances=extras[0], histograms=extras[1], quantiles=extras[2])


def _paired(total: Totals, ranges: tuple[Array, ...]) -> Stand:
    """Averages of antithetic pairs."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(total.moments[1] > 0, total.moments[1] / (4.0 * total.moments[5]), 1.0)
    return Stand(total.samples // 2, total.moments[4], total.moments[5], ranges[2], ranges[3], gain)


class _Wishes:
    """Covariances, histograms and quantiles asked for: as arrays for the kernel, and what comes of them."""

    def __init__(self, network: Network, covariances: Sequence[tuple[Any, Any]], histogram: Mapping[Any, int],
                 quantiles: Mapping[Any, Sequence[float]]) -> None:
        offsets = np.concatenate([[0], np.cumsum(network.sizes)])
        self.slots: dict[int, int] = {}

        def slot(name: Any) -> int:
            layer, place = network.unit(name)
            if layer == 0:
                raise ValueError(f"covariances, histogram and quantiles must be of units above the input, not {name!r}")
            return self.slots.setdefault(int(offsets[layer]) + place, len(self.slots))

        for name, bins in histogram.items():
            if isinstance(bins, bool) or not isinstance(bins, (int, np.integer)) or not 1 <= bins <= 1 << 24:
                raise ValueError(f"histogram[{name!r}] must be a number of bins, 1 to 2^24, not {bins!r}")
        for name, wanted in quantiles.items():
            if not all(0.0 < q < 1.0 for q in wanted):
                raise ValueError(f"quantiles[{name!r}] must be strictly between 0 and 1, not {list(wanted)!r}")
        self.pairs = {(a, b): (slot(a), slot(b)) for a, b in covariances}
        self.quantiles = quantiles
        self.bins = {("histogram", name): int(bins) for name, bins in histogram.items()} | \
            {("quantiles", name): _BINS for name in quantiles}
        self.places = {key: slot(key[1]) for key in self.bins}
        self.units = sum(network.sizes)
        self.intervals = 2 * len(self.pairs) + len(self.bins)

    def job(self, plan: Plan | UnitPlan, rows: Array, ranges: Sequence[tuple[Array, ...]], key: tuple[int, int],
            antithetic: bool, want_sums: bool) -> _Job:
        kept = np.full(self.units, -1, np.int64)
        for unit, place in self.slots.items():
            kept[unit] = place
        at = {place: unit for unit, place in self.slots.items()}
        chosen = [at[place] for place in self.places.values()]
        lows = np.array([low[chosen] for _, _, low, _ in ranges]).reshape(len(rows), -1)
        widths = np.array([(high - low)[chosen] for _, _, low, high in ranges]).reshape(len(rows), -1)
        bins = np.array(list(self.bins.values()), np.int64)
        with np.errstate(divide="ignore"):
            scales = np.where(widths > 0, bins / np.where(widths > 0, widths, 1.0), 0.0)
        return _Job(plan, rows.astype(plan.dtype), key, antithetic, want_sums, kept,
                    np.array(list(self.pairs.values()), np.int64).reshape(-1, 2),
                    np.array(list(self.places.values()), np.int64), lows, scales, bins)

    def results(self, job: _Job, totals: Sequence[Totals], cases: Sequence[Moments],
                ranges: Sequence[tuple[Array, ...]], share: float, accuracy: float, single: bool) -> tuple[Any, ...]:
        at = {place: unit for unit, place in self.slots.items()}
        covariances: dict[Any, list[Quantity]] = {pair: [] for pair in self.pairs}
        histograms: dict[Any, list[Histogram]] = {key: [] for key in self.bins}
        cuts = np.concatenate([[0], np.cumsum(job.bins)])
        for total, case, (_, _, low, high) in zip(totals, cases, ranges, strict=True):
            groups = total.samples // 2 if job.antithetic else total.samples
            for row, (pair, places) in zip(total.co[:len(self.pairs)], self.pairs.items(), strict=True):
                a, b = (at[place] for place in places)
                spread = total.moments[1] / max(1, total.samples - 1)
                sides = [(float(spread[u]), float(high[u] - low[u]), float(case.mean[u].reach(total.moments[0, u])))
                         for u in (a, b)]
                slack = float((high - low)[a] * (high - low)[b]) * (job.plan.bias + 4.0 * accuracy)
                covariances[pair].append(covariance_bounds(groups, sides[0], sides[1],
                                                           float(row[2]) / max(1, total.samples - 1), share, slack))
            for i, (key, place) in enumerate(self.places.items()):
                histograms[key].append(Histogram(total.counts[cuts[i]:cuts[i + 1]], float(low[at[place]]),
                                                  float(high[at[place]]), job.plan.bias))
        found = {(name, q): [h.quantile(q, share) for h in histograms["quantiles", name]]
                 for name, wanted in self.quantiles.items() for q in wanted}
        shown = {name: made for (kind, name), made in histograms.items() if kind == "histogram"}
        tables: tuple[Any, ...] = (covariances, shown, found)
        return tuple({key: value[0] for key, value in table.items()} for table in tables) if single else tables
