"""What the parts of a model's face share: the one immutable state behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import NotFittedError
from ..inputs import as_documents, as_embeddings
from ..pipeline.cache import opened
from ..pipeline.completing import completed
from ..pipeline.embedding import Work
from ..pipeline.notifying import notifier
from ..setup import executor_of
from ..state import FittedState

__all__ = ["Face"]


class Face:
    """A fitted state, and what surrounds work on it."""

    cache: Any
    cache_key: str | None
    executor: Any
    observers: Any
    _state: FittedState | None

    @property
    def _fitted(self) -> FittedState:
        if self._state is None:
            raise NotFittedError(f"this {type(self).__name__} is not fitted: call fit(documents) first")
        return self._state

    @contextmanager
    def _working(self) -> Iterator[Work]:
        """What surrounds the work: who is told of it, where calls run, the cache."""
        with notifier(self.observers) as notify, opened(self.cache) as cache:
            yield Work(notify=notify, executor=executor_of(self.executor), cache=cache, cache_key=self.cache_key)

    def _completed(self, work: Work, documents: Any, embeddings: Any = None, *, rows: bool = False) -> FittedState:
        """The fitted state, with what the caller gives of what a loaded model lacks."""
        state = self._fitted
        texts = None if documents is None else as_documents(documents)
        given = None if embeddings is None else as_embeddings(embeddings, state.n_documents)
        return completed(state, texts, given, work, rows=rows)

    def _looked_at(self, documents: Any, *, rows: bool = False) -> FittedState:
        """The fitted state for a question, completed where the caller gives *documents* or *rows* have to be made."""
        state = self._fitted
        if documents is None and not (rows and state.embeddings is None):
            return state
        with self._working() as work:
            return self._completed(work, documents, rows=rows)

    def _shaped(self, strengths: Any, memberships: Any) -> NDArray[np.float32]:
        """(n,) strengths, or (n, topics) memberships where the model was fitted with ``probabilities=True``."""
        soft = self._fitted.settings.probabilities and memberships is not None
        return np.array(memberships.toarray() if soft else strengths, dtype=np.float32)
