"""One call to a component: its errors said to be its, what may pass retried; an embedder's rows checked."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, Event
from typing import Any, cast

import numpy as np
from scipy.sparse import csr_array, issparse

from .. import registry
from ..components import Component, Embedder, Matrix
from ..errors import ComponentError, TopicoreError, TransientError

__all__ = ["Calls", "EmbedderCalls", "Halt"]

ATTEMPTS = 6
LONGEST_PAUSE = 600.0
"""Seconds; a service that asks for more is not waited for."""


class Halt:
    """Ends the pauses of a run as soon as one of its calls fails or the run is given up, and awaits calls in flight."""

    def __init__(self) -> None:
        self._over, self._idle, self._busy = Event(), Condition(), 0

    @property
    def over(self) -> bool:
        """Whether the run ends."""
        return self._over.is_set()

    def pause(self, seconds: float) -> bool:
        """Wait; whether the run was over before the time was."""
        return self._over.wait(seconds)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around a call: no other one pauses on once this one has failed."""
        with self._idle:
            self._busy += 1
        try:
            yield
        except BaseException:
            self._over.set()
            raise
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def end(self) -> None:
        """End all pauses, and wait for the calls in flight: what they bring is kept."""
        self._over.set()
        with self._idle:
            self._idle.wait_for(lambda: not self._busy)


@dataclass(frozen=True)
class Calls:
    """How the core asks *component*."""

    component: Component

    @property
    def name(self) -> str:
        """The component as messages call it."""
        spec = registry.capabilities(self.component)
        return f"{spec.kind} {spec.name!r}"

    def guarded(self, where: str, call: Callable[[], Any]) -> Any:
        """The result of *call*; any error but topicore's own becomes a ComponentError."""
        try:
            return call()
        except TopicoreError:
            raise
        except Exception as error:
            raise ComponentError(f"{self.name} failed on {where}: {type(error).__name__}: {error}") from error

    def patient(self, where: str, call: Callable[[], Any], halt: Halt) -> Any:
        """*call*, again after a pause where it raises TransientError, a bounded number of times or until *halt*.

        Raises:
            ComponentError: It failed for good; the message says *where*.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self.guarded(where, call)
            except TransientError as error:
                pause = error.retry_after
                jitter = 0.5 + random.random()  # noqa: S311  no secret
                seconds = 0.5 * 2**attempt * jitter if pause is None else max(pause, 0.0)
                if attempt == ATTEMPTS - 1 or seconds > LONGEST_PAUSE or halt.pause(seconds):
                    asked = f"; it asks to wait {pause:.0f} seconds" if (pause or 0) > LONGEST_PAUSE else ""
                    tries = f"{attempt + 1} attempt{'s' if attempt else ''}"
                    raise ComponentError(f"{self.name} gave up on {where} after {tries}: {error}{asked}") from error
            except ComponentError as error:
                said = str(error)
                if where in said:
                    raise
                told = f"{said} ({where})" if said.startswith(self.name) else f"{self.name} failed on {where}: {said}"
                raise ComponentError(told) from error
        raise AssertionError("unreachable")


class EmbedderCalls(Calls):
    """How the core asks an embedder."""

    def checked(self, rows: Any, n: int, where: str = "embed") -> Matrix:
        """*rows* as float32 rows, one for each of *n* items.

        Raises:
            ComponentError: They are no numbers, the shape is wrong, or numbers are not finite.
        """
        if issparse(rows):
            rows = csr_array(cast(Any, rows), dtype=np.float32, copy=True)
            rows.sum_duplicates()
            numbers = rows.data
        else:
            rows = self.guarded(where, lambda: np.asarray(rows))
            if rows.dtype.kind not in "fiub":
                raise ComponentError(f"{self.name} gave {rows.dtype} on {where}; it must give rows of real numbers")
            rows = numbers = np.ascontiguousarray(rows, dtype=np.float32)
        if rows.ndim != 2 or rows.shape[0] != n:
            raise ComponentError(
                f"{self.name} gave shape {rows.shape} for {n} items on {where}; it must give one row an item"
            )
        if not np.isfinite(numbers).all():
            raise ComponentError(f"{self.name} gave NaN or infinite numbers on {where}")
        return cast(Matrix, rows)

    def counted(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each of *texts*.

        Raises:
            ComponentError: There is not one number a text.
        """
        embedder = cast(Embedder, self.component)
        counts = self.guarded("count_tokens", lambda: [int(count) for count in embedder.count_tokens(texts)])
        if len(counts) != len(texts):
            raise ComponentError(f"{self.name} counted tokens of {len(counts)} texts, not of {len(texts)}")
        return cast("list[int]", counts)
