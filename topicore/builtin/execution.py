"""Where calls run, and who is told of progress. Both kinds are provisional."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from ..components import Event, Executor, Observer
from ..specs import Range
from . import plugin

if TYPE_CHECKING:
    from rich.progress import TaskID

__all__ = ["Progress", "Serial", "Threads"]

A = TypeVar("A")
B = TypeVar("B")


class Serial(Executor):
    """One call after the other, in the caller's thread."""

    spec = plugin.SERIAL

    def map(self, function: Callable[[A], B], items: Iterable[A], /) -> Iterator[B]:
        """Results in order, each made when it is asked for."""
        return map(function, items)


class Threads(Executor):
    """A bounded number of threads; at most twice as many items are taken ahead.

    Args:
        workers: Threads.
    """

    spec = plugin.THREADS

    def __init__(self, workers: Annotated[int, Range(1)] = 4) -> None:
        self.workers = workers

    def map(self, function: Callable[[A], B], items: Iterable[A], /) -> Iterator[B]:
        """Results in order; the first exception stops what has not begun, and waits for nothing."""
        from concurrent.futures import Future, ThreadPoolExecutor

        pool = ThreadPoolExecutor(self.workers)
        waiting: deque[Future[B]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= 2 * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


OTHERS = 40
"""Columns that a line of progress needs beside its bar and its details."""


class Progress(Observer):
    """One progress bar a stage, on standard error; nothing where that is no terminal."""

    spec = plugin.PROGRESS

    def __init__(self) -> None:
        self._bars: Any = None
        self._tasks: dict[str, TaskID] = {}

    def notify(self, event: Event, /) -> None:
        """Move the bar of the event's stage; the last stage (``"done"``) takes the bars down."""
        if event.stage == "done":
            if self._bars is not None and not self._bars.disable:  # rich before 15 ends disabled bars with a line
                self._bars.stop()
            self._bars, self._tasks = None, {}
            return
        if self._bars is None:
            self._bars = _bars()
            self._bars.start()
        if event.stage not in self._tasks:
            self._tasks[event.stage] = self._bars.add_task(event.stage, total=event.total, detail="")
        self._bars.update(self._tasks[event.stage], completed=event.done, total=event.total, detail=event.detail)


def _bars() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars
    from rich.table import Column

    console = Console(stderr=True)
    bar = max(20, min(40, console.width - OTHERS - 80))
    rest = Column(max_width=max(1, console.width - OTHERS - bar), no_wrap=True)
    detail = TextColumn("{task.fields[detail]}", markup=False, table_column=rest)
    name, times = TextColumn("{task.description:>12}"), TimeElapsedColumn()
    columns = (name, BarColumn(bar), MofNCompleteColumn(), times, detail)
    return Bars(*columns, console=console, disable=not console.is_terminal)
