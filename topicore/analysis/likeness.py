"""How like the topics anything counted is: cosines of term weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..components import Weighting
from ..errors import ComponentError, InputError
from ..pipeline.checking import guarded, weighed
from ..state import FittedState

__all__ = ["TopicTerms", "as_fraction"]


class TopicTerms:
    """The weights of the topics without -1, to compare rows of counts with.

    Args:
        state: Whose topics, and whose weighting.
    """

    def __init__(self, state: FittedState) -> None:
        self.topics = np.array(state.index.real, dtype=np.int64)
        rows = csr_array(state.weights[state.index.rows(self.topics)])
        self._table = csr_array(_unit(rows).astype(np.float32).T)
        self._weigh = _weigher(state.components.weighting, rows.shape[1])
        self._place = np.zeros(rows.shape[1], dtype=np.int32)

    def __len__(self) -> int:
        return len(self.topics)

    def cosines(self, counts: csr_array) -> NDArray[np.float32]:
        """(rows, topics) the cosine of the weights of each row of *counts* (rows, v) and of each topic.

        A row or topic without a weight has none but zeros.
        """
        weights = self._weigh(counts)
        used = np.zeros(counts.shape[1], dtype=bool)
        used[weights.indices] = True
        columns = np.flatnonzero(used)
        self._place[columns] = np.arange(len(columns))
        narrow = csr_array(
            (weights.data, self._place[weights.indices], weights.indptr), shape=(counts.shape[0], len(columns))
        )
        unit = _unit(narrow)
        unit.data = unit.data.astype(np.float32)
        return cast(NDArray[np.float32], unit @ self._table[columns].toarray())


def _unit(rows: csr_array) -> csr_array:
    """*rows* of length one; those without a weight stay as they are."""
    squares = csr_array((rows.data**2, rows.indices, rows.indptr), shape=rows.shape) @ np.ones(rows.shape[1])
    scale = 1 / np.sqrt(np.where(squares > 0, squares, 1))
    data = rows.data * np.repeat(scale, np.diff(rows.indptr))
    return csr_array((data, rows.indices, rows.indptr), shape=rows.shape)


def _weigher(weighting: Weighting, n_terms: int) -> Callable[[csr_array], csr_array]:
    """Rows of counts to their weights, up to one factor a row."""
    factors = guarded(weighting, weighting.factors)
    if factors is None:
        return lambda counts: weighed(guarded(weighting, lambda: weighting.transform(counts)), counts)
    if np.shape(factors) != (n_terms,) or not np.isfinite(factors).all():
        raise ComponentError(
            f"the weighting gave factors of shape {np.shape(factors)} for {n_terms} terms, or not finite"
        )
    return lambda counts: csr_array(
        (counts.data * factors[counts.indices], counts.indices, counts.indptr), shape=counts.shape
    )


def as_fraction(value: Any, name: str) -> float:
    """*value* as a number from 0 to 1.

    Raises:
        InputError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)) or not 0 <= value <= 1:
        raise InputError(f"{name} must be a number from 0 to 1, got {value!r}")
    return float(value)
