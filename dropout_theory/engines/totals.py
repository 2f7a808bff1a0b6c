"""What has been sampled so far, merged block by block in a fixed order, and saved to a file."""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dropout_theory.engines.gates import Array

LARGEST = 1 << 32  # bytes of a saved state that is read

@dataclass
class Totals:
    """Moments of some blocks of samples of one input.

    ``moments`` (6, units): means and sums of squared deviations of activities, preactivations and averages of
    antithetic pairs, (10, units) with those of means and variances over the last layer's own gates; ``co`` (pairs, 3):
    means and sum of products of deviations; ``counts``: bins of all histograms.
    """

    samples: int
    blocks: int
    moments: Array
    co: Array
    counts: NDArray[np.int64]

    def __add__(self, other: Totals) -> Totals:
        """Merge what follows (Chan, Golub and LeVeque)."""
        n = self.samples + other.samples
        share = other.samples / n
        moments, co = self.moments.copy(), self.co.copy()
        with np.errstate(over="ignore", invalid="ignore"):
            for row in range(0, len(moments), 2):
                weight = 0.5 if row == 4 else 1.0  # pairs
                delta = other.moments[row] - self.moments[row]
                moments[row] += delta * share
                moments[row + 1] += other.moments[row + 1] + delta * delta * (weight * self.samples * share)
            deltas = other.co[:, :2] - self.co[:, :2]
            co[:, :2] += deltas * share
            co[:, 2] += other.co[:, 2] + deltas[:, 0] * deltas[:, 1] * (self.samples * share)
        return Totals(n, self.blocks + other.blocks, moments, co, self.counts + other.counts)


@dataclass
class State:
    """Where a simulation stands: totals of every input, and what it is a simulation of.

    Pass an empty one to ``simulate`` to keep what was sampled when it is interrupted; pass it again to go on.
    """

    totals: list[Totals] = field(default_factory=list)
    job: str = ""

    @property
    def samples(self) -> int:
        """Samples of all inputs merged so far."""
        return sum(part.samples for part in self.totals)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write an .npz file; the file of that name is replaced only when the new one is complete."""
        arrays: dict[str, Any] = {"job": np.array(self.job), "cases": np.array(len(self.totals))}
        for i, part in enumerate(self.totals):
            arrays |= {f"sizes{i}": np.array([part.samples, part.blocks], np.int64), f"moments{i}": part.moments,
                       f"co{i}": part.co, f"counts{i}": part.counts}
        whole = os.fspath(path)
        with open(f"{whole}.part", "wb") as file:
            np.savez(file, **arrays)
        os.replace(f"{whole}.part", whole)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> State:
        """Read what ``save`` wrote. Raises ValueError for another kind of file, OSError for one that cannot be read."""
        name = os.fspath(path)
        try:
            with zipfile.ZipFile(name) as archive:
                size = sum(part.file_size for part in archive.infolist())
                if size > LARGEST:
                    raise ValueError(f"it holds {size:,} bytes; allowed: {LARGEST:,}")
            with np.load(name, allow_pickle=False) as file:
                parts = [_part(file, i) for i in range(int(_array(file, "cases", 0, "iu")))]
                return cls(parts, str(_array(file, "job", 0, "U")))
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - a damaged archive shows in many ways
            said = " ".join(str(error).split())[:200] or type(error).__name__
            raise ValueError(f"path must be of a saved state, not {name!r}: {said}") from None


def _array(file: Any, name: str, dimensions: int, kinds: str) -> Any:
    """An array of a saved state. Raises ValueError for one of another shape or type."""
    found = file[name]
    if found.ndim != dimensions or found.dtype.kind not in kinds:
        raise ValueError(f"{name} is of type {found.dtype} with {found.ndim} dimensions")
    return found


def _part(file: Any, number: int) -> Totals:
    """The totals of one input. Raises ValueError for arrays that do not fit together."""
    samples, blocks = (int(v) for v in _array(file, f"sizes{number}", 1, "iu"))
    moments, co = (_array(file, f"{name}{number}", 2, "f") for name in ("moments", "co"))
    counts = file[f"counts{number}"]
    if min(samples, blocks) < 0 or len(moments) not in (6, 10) or co.shape[1] != 3 or counts.dtype.kind not in "iu":
        raise ValueError(f"the totals of input {number} do not fit together")
    return Totals(samples, blocks, moments, co, counts)
