"""Where checks are done: in this process or in spawned workers, with Ctrl-C respected in both."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from dropout_theory.verdicts.records import record_of

if TYPE_CHECKING:
    from dropout_theory.claims import Claim, Registry
    from dropout_theory.verdicts.kernel import Checker, Context, Evidence

Task = tuple[str, str]  # claim id, method


@dataclass(frozen=True)
class Failure:
    """A checker raised: an error of the machinery, never evidence."""

    claim: str
    method: str
    message: str
    details: str = ""


def run_item(claim: Claim, checker: Checker, context: Context, registry: Registry) -> dict[str, Any] | Failure:
    """The record of one method on one claim, its derivation beside it, or the Failure that its checker raised."""
    try:
        found = checker.check(claim, context, registry)
        return record_of(found) | _derivation(found)
    except Exception as error:  # noqa: BLE001 - whatever a checker raises is a fault to report, not to spread
        message = f"{type(error).__name__}: {error}".splitlines()[0]
        return Failure(claim.id, checker.method, message, traceback.format_exc())


def _derivation(evidence: Evidence) -> dict[str, list[str]]:
    """The proof that evidence rests on, as lines of a file, where there is one and the grammar has words for it all."""
    if evidence.theorem is None:
        return {}
    from dropout_theory.recheck.translation import CannotWrite, derivation
    from dropout_theory.recheck.writing import written

    try:
        return {"derivation": list(written({evidence.claim: derivation(evidence.theorem)}))}
    except CannotWrite:
        return {}


Results = Iterator[tuple[Task, "dict[str, Any] | Failure"]]
# what is done for a task: (claim, checker, context, registry) -> its result
Item = Callable[..., "dict[str, Any] | Failure"]


class Here:
    """Runs tasks one after the other in this process."""

    def __init__(self, context: Context, registry: Registry, checkers: Mapping[str, Any],
                 item: Item = run_item) -> None:
        self.context, self.registry, self.checkers, self.item = context, registry, checkers, item

    def run(self, tasks: Sequence[Task]) -> Results:
        """Each task with its result, in the order given."""
        for claim, method in tasks:
            yield (claim, method), self.item(self.registry[claim], self.checkers[method], self.context,
                                              self.registry)

    def finished(self) -> Results:
        """Results that an interrupt kept from being handed out."""
        return iter(())

    def stop(self) -> None:
        """Nothing to end."""


class Workers:
    """Runs tasks in worker processes; `claims`, `checkers` and `item` must be importable functions.

    No more tasks are handed out than there are workers, so that little is lost when one ends. A task that ends its
    worker is tried once more, alone, so that those that were under way beside it are not taken for it.
    """

    def __init__(self, context: Context, claims: Callable[[], Registry],
                 checkers: Callable[[], Mapping[str, Any]], item: Item = run_item) -> None:
        self._jobs, self._start = context.jobs, (claims, checkers, context, item)
        self._open: dict[Future[Any], Task] = {}
        self._ended = True  # nothing is under way
        os.environ.setdefault("SYMPY_CACHE_SIZE", str(_SYMPY_CACHE))  # read when a worker imports SymPy
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._jobs, multiprocessing.get_context("spawn"), _start_worker, self._start)

    def run(self, tasks: Sequence[Task]) -> Results:
        """Each task with its result, as they come in."""
        left, alone = deque(tasks), deque[Task]()
        single: Task | None = None  # a task that is tried alone
        self._ended = False
        while left or alone or self._open:
            with uninterrupted():  # or a worker is caught half started
                if alone and not self._open:
                    single = alone.popleft()
                    self._submit(single)
                while left and not alone and single is None and len(self._open) < self._jobs:
                    self._submit(left.popleft())
            lost: list[Task] = []
            for future in wait(self._open, return_when=FIRST_COMPLETED).done:
                if isinstance(future.exception(), BrokenProcessPool):
                    lost.append(self._open.pop(future))
                else:
                    yield self._result(future)
            if lost:
                lost += self._open.values()
                self._open.clear()
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = self._new_pool()
                if single is None:
                    alone.extend(lost)
                else:
                    yield single, Failure(*single, "its worker process ended abruptly: killed, or out of memory")
            if not self._open:
                single = None
        self._ended = True

    def _submit(self, task: Task) -> None:
        self._open[self._pool.submit(finish, *task)] = task

    def finished(self) -> Results:
        """Results that came in but had not been handed out when an interrupt came."""
        for future in [f for f in self._open if f.done() and not f.cancelled() and not f.exception()]:
            yield self._result(future)

    def _result(self, future: Future[Any]) -> tuple[Task, dict[str, Any] | Failure]:
        task = self._open.pop(future)
        error = future.exception()
        return task, future.result() if error is None else Failure(*task, f"worker ended: {error}")

    def stop(self) -> None:
        """End the workers; those still busy after an interrupt are killed."""
        workers = list((self._pool._processes or {}).values())
        if not self._ended:
            for process in workers:
                process.kill()
        self._pool.shutdown(wait=self._ended, cancel_futures=True)


class Interrupt(contextlib.AbstractContextManager["Interrupt"]):
    """Remembers Ctrl-C, because a solver that handles the signal itself would swallow the exception."""

    current: ClassVar[Interrupt | None] = None

    def __init__(self) -> None:
        self.raised = False
        self.waits = False  # what is under way must not be cut in two
        self._previous: Any = None

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            self._previous = signal.signal(signal.SIGINT, self._note)
            Interrupt.current = self
        return self

    def __exit__(self, *_: object) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)
            Interrupt.current = None

    def _note(self, *_: object) -> None:
        if self.raised:  # `timeout` and shells send it twice: the second must not stop what is being saved
            return
        self.raised = True
        if not self.waits:
            raise KeyboardInterrupt

    def check(self) -> None:
        """Raise KeyboardInterrupt when one came and was lost."""
        if self.raised:
            raise KeyboardInterrupt


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C is kept waiting meanwhile, and processes that are started meanwhile never hear of it."""
    interrupt = Interrupt.current
    masks = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else set()
    if interrupt is not None:
        interrupt.waits = True
    try:
        yield
    finally:
        if interrupt is not None:
            interrupt.waits = False
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if interrupt is not None:
        interrupt.check()


_WORKER: dict[str, Any] = {}
_LIBRARY = f"{__name__.partition('.')[0]}."
_LARGE = 400 << 20  # bytes of a worker from which on its caches are emptied
_SYMPY_CACHE = 10_000  # entries; SymPy's own number is exceeded by a single proof


def _start_worker(claims: Callable[[], Registry], checkers: Callable[[], Mapping[str, Any]],
                  context: Context, item: Item) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    made_ready(claims, checkers, context, item)


def made_ready(claims: Callable[[], Registry], checkers: Callable[[], Mapping[str, Any]], context: Context,
               item: Item) -> None:
    """Load in this process what tasks are done with, unless it is loaded."""
    start = pickle.dumps((claims, checkers, context, item))  # two partial functions are never equal
    if _WORKER.get("start") == start:
        return
    _WORKER.update(start=start, registry=claims(), checkers=checkers(), context=context, item=item)
    gc.freeze()  # claims and proofs stay: the garbage collector need not visit them each time
    gc.set_threshold(50_000, 20, 20)


def _end_with_the_parent() -> None:
    """A worker whose parent was killed has nobody to work for."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def finish(claim: str, method: str) -> dict[str, Any] | Failure:
    """The result of one task, in a process that was made ready."""
    registry = _WORKER["registry"]
    done: dict[str, Any] | Failure = _WORKER["item"](registry[claim], _WORKER["checkers"][method], _WORKER["context"],
                                                     registry)
    _forget()
    return done


def _forget() -> None:
    """Where a worker has grown large, empty the caches of pure functions: what they hold is computed again at need."""
    if _resident() < _WORKER.setdefault("room", _LARGE):
        return
    from sympy.core.cache import clear_cache

    clear_cache()
    gc.unfreeze()
    cached = type(lru_cache(len))
    for kept in gc.get_objects():
        # by its type alone: `isinstance` asks the object, and a weak reference to something gone answers with an error
        if type(kept) is cached and kept.cache_info().maxsize and str(kept.__module__).startswith(_LIBRARY):
            kept.cache_clear()
    gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError, AttributeError):  # elsewhere than under glibc the allocator is left to itself
        ctypes.CDLL(None).malloc_trim(0)
    _WORKER["room"] = max(_LARGE, _resident() + _LARGE // 2)


def _resident() -> int:
    """The memory of this process, in bytes; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
