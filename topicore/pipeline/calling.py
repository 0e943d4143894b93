"""One call to an embedder: its errors said to be its, what may pass retried, its rows checked."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from scipy.sparse import csr_array, issparse

from .. import registry
from ..components import Embedder, Matrix
from ..errors import ComponentError, TopicoreError, TransientError

__all__ = ["Calls"]

ATTEMPTS = 6
LONGEST_PAUSE = 600.0
"""Seconds; a service that asks for more is not waited for."""


@dataclass(frozen=True)
class Calls:
    """How the core asks *embedder*."""

    embedder: Embedder

    @property
    def name(self) -> str:
        """The embedder as messages call it."""
        return f"embedder {registry.capabilities(self.embedder).name!r}"

    def guarded(self, where: str, call: Callable[[], Any]) -> Any:
        """The result of *call*; any error but topicore's own becomes a ComponentError."""
        try:
            return call()
        except TopicoreError:
            raise
        except Exception as error:
            raise ComponentError(f"{self.name} failed on {where}: {type(error).__name__}: {error}") from error

    def patient(self, where: str, call: Callable[[], Any]) -> Any:
        """*call*, again after a pause where it raises TransientError, a bounded number of times.

        Raises:
            ComponentError: It failed for good; the message says *where*.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self.guarded(where, call)
            except TransientError as error:
                pause = error.retry_after
                if attempt == ATTEMPTS - 1 or (pause or 0) > LONGEST_PAUSE:
                    asked = f"; it asks to wait {pause:.0f} seconds" if (pause or 0) > LONGEST_PAUSE else ""
                    tries = f"{attempt + 1} attempt{'s' if attempt else ''}"
                    raise ComponentError(f"{self.name} gave up on {where} after {tries}: {error}{asked}") from error
                jitter = 0.5 + random.random()  # noqa: S311  no secret
                time.sleep(0.5 * 2**attempt * jitter if pause is None else max(pause, 0.0))
            except ComponentError as error:
                if where in str(error):
                    raise
                raise ComponentError(f"{self.name} failed on {where}: {error}") from error
        raise AssertionError("unreachable")

    def checked(self, rows: Any, n: int) -> Matrix:
        """*rows* as float32 rows, one for each of *n* items.

        Raises:
            ComponentError: The shape is wrong, or numbers are not finite.
        """
        if issparse(rows):
            rows = csr_array(cast(Any, rows), dtype=np.float32, copy=True)
            rows.sum_duplicates()
            numbers = rows.data
        else:
            rows = numbers = np.ascontiguousarray(np.asarray(rows), dtype=np.float32)
        if rows.ndim != 2 or rows.shape[0] != n:
            raise ComponentError(f"{self.name} gave shape {rows.shape} for {n} items; it must give one row an item")
        if not np.isfinite(numbers).all():
            raise ComponentError(f"{self.name} gave NaN or infinite numbers")
        return cast(Matrix, rows)
