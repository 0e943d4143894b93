"""How like the topics anything counted is: cosines of term weights."""

from __future__ import annotations

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
        self._weighting = state.components.weighting
        self._factors = _factors(self._weighting, rows.shape[1])
        scale = 1 / _lengths(rows, None)
        data = rows.data * np.repeat(scale, np.diff(rows.indptr))
        if self._factors is not None:
            data *= self._factors[rows.indices]  # so that counts need not be weighed one by one
        table = csr_array((data.astype(np.float32), rows.indices, rows.indptr), shape=rows.shape)
        self._table = csr_array(table.T)
        self._place = np.zeros(rows.shape[1], dtype=np.int32)

    def __len__(self) -> int:
        return len(self.topics)

    def cosines(self, counts: csr_array) -> NDArray[np.float32]:
        """(rows, topics) the cosine of the weights of each row of *counts* (rows, v) and of each topic.

        A row or topic without a weight has none but zeros.
        """
        if self._factors is None:
            counts = weighed(guarded(self._weighting, lambda: self._weighting.transform(counts)), counts)
        scale = 1 / _lengths(counts, self._factors)
        used = np.zeros(counts.shape[1], dtype=bool)
        used[counts.indices] = True
        columns = np.flatnonzero(used)
        self._place[columns] = np.arange(len(columns))
        data = (counts.data * np.repeat(scale, np.diff(counts.indptr))).astype(np.float32)
        narrow = csr_array((data, self._place[counts.indices], counts.indptr), shape=(counts.shape[0], len(columns)))
        return cast(NDArray[np.float32], narrow @ self._table[columns].toarray())


def _lengths(rows: csr_array, factors: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """(n,) the length of each row, its numbers times *factors*; 1 for rows without any."""
    numbers = csr_array((rows.data.astype(np.float64) ** 2, rows.indices, rows.indptr), shape=rows.shape)
    squares: Any = numbers @ (np.ones(rows.shape[1]) if factors is None else factors**2)
    return np.sqrt(np.where(squares > 0, squares, 1))


def _factors(weighting: Weighting, n_terms: int) -> NDArray[np.float64] | None:
    """(v,) what counts are multiplied by to be weights, up to one factor a row; None where they are no multiples."""
    factors = guarded(weighting, weighting.factors)
    if factors is not None and (np.shape(factors) != (n_terms,) or not np.isfinite(factors).all()):
        raise ComponentError(
            f"the weighting gave factors of shape {np.shape(factors)} for {n_terms} terms, or not finite"
        )
    return cast("NDArray[np.float64] | None", factors)


def as_fraction(value: Any, name: str) -> float:
    """*value* as a number from 0 to 1.

    Raises:
        InputError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)) or not 0 <= value <= 1:
        raise InputError(f"{name} must be a number from 0 to 1, got {value!r}")
    return float(value)
