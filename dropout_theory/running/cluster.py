"""Where checks are done on several machines: the workers of a Dask cluster, which may come and go meanwhile."""

from __future__ import annotations

import pickle
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from dropout_theory.claims import ClaimError
from dropout_theory.running.workers import Failure, Item, Results, Task, finish, made_ready, run_item

if TYPE_CHECKING:
    from dropout_theory.claims import Registry
    from dropout_theory.verdicts.kernel import Context

SCHEME = re.compile(r"dask://(?P<host>[^\s/:]+|\[[0-9a-fA-F:]+\]):(?P<port>[0-9]{1,5})")
AT_ONCE = 2_000  # tasks that the scheduler knows of: enough for many workers, few enough for its memory
TRIES = 3  # of a task whose worker ends
SECONDS = 20  # in which the scheduler must answer


class ClusterError(ClaimError):
    """There is no cluster to be reached under that address, or nothing to reach it with."""


class Cluster:
    """Runs tasks on the workers of a Dask cluster; `claims`, `checkers` and `item` must be importable there.

    A task whose worker ends is done again on another. Raises ClusterError where nobody answers.
    """

    def __init__(self, address: str, context: Context, claims: Callable[[], Registry],
                 checkers: Callable[[], Mapping[str, Any]], item: Item = run_item) -> None:
        found = SCHEME.fullmatch(address)
        if found is None:
            raise ClusterError(f"executor is {address!r}; allowed: dask://HOST:PORT, the address of a Dask scheduler")
        try:
            import distributed
        except ImportError:
            raise ClusterError("an executor needs Dask: pip install 'dropout-theory[cluster]'") from None
        try:
            self._client = distributed.Client(f"tcp://{found['host']}:{found['port']}", timeout=SECONDS)
        except OSError as error:
            raise ClusterError(f"executor is {address!r}: no scheduler answers there ({error})") from None
        self._completed = distributed.as_completed
        # in one piece: Dask would take a tuple that begins with a function for a call of it
        self._start = pickle.dumps((claims, checkers, context, item))
        self._open: dict[Any, Task] = {}

    def run(self, tasks: Sequence[Task]) -> Results:
        """Each task with its result, as they come in."""
        waiting = iter(tasks)
        coming = self._completed(loop=self._client.loop)

        def hand_out(many: int) -> None:
            for task in islice(waiting, many):
                future = self._client.submit(_work, self._start, *task, pure=False, retries=TRIES,
                                             key=f"{task[1]} {task[0]} {id(self):x}")
                self._open[future] = task
                coming.add(future)

        hand_out(AT_ONCE)
        for future in coming:
            yield self._result(future)
            hand_out(1)

    def finished(self) -> Results:
        """Results that came in but had not been handed out when an interrupt came."""
        for future in [f for f in self._open if f.status == "finished"]:
            yield self._result(future)

    def _result(self, future: Any) -> tuple[Task, dict[str, Any] | Failure]:
        task = self._open.pop(future)
        error = future.exception()
        return task, future.result() if error is None else Failure(*task, f"worker ended: {error}")

    def stop(self) -> None:
        """Take back what was not begun, and leave the cluster to others."""
        self._client.cancel(list(self._open))
        self._client.close()


# --- on a worker ---

_BUSY = threading.Lock()  # the precision of numbers belongs to a process: one task at a time


def _work(start: bytes, claim: str, method: str) -> dict[str, Any] | Failure:
    with _BUSY:
        made_ready(*pickle.loads(start))
        return finish(claim, method)

