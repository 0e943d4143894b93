"""Rows that are the same row: within a matrix, and between a matrix and new rows.

UMAP places even a training row somewhere else when it sees it again, and two copies of one row in
two places. A document must not change its topic for that, so copies share one place.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

Rows: TypeAlias = Any
"""(n, d) float32: a C-ordered array, or a CSR matrix with sorted indices."""

TOLERANCE = 1e-5
"""Rows closer than this, in lengths of a typical row, are one row embedded twice."""
REACH = 32
"""Known rows on either side of a new one that are compared with it."""
PAIRS = 4096
"""Pairs of rows compared at a time."""


def is_sparse(rows: Rows) -> bool:
    """Whether *rows* are a sparse matrix."""
    return bool(issparse(rows))


class Twins:
    """The rows of a matrix, ready to be recognised.

    Args:
        rows: (n, d) the known rows.
    """

    def __init__(self, rows: Rows) -> None:
        known: dict[bytes, int] = {}
        self.first = np.array([known.setdefault(key, i) for i, key in enumerate(_digests(rows))], dtype=np.int64)
        """(n,) the first row that equals each row."""
        self._known = known
        self._rows = rows
        direction = np.random.default_rng(0).normal(size=rows.shape[1]).astype(np.float32)
        self._direction = direction / np.linalg.norm(direction)
        distinct = np.unique(self.first)
        heights = rows[distinct] @ self._direction
        order = np.argsort(heights, kind="stable")
        self._heights, self._order = heights[order], distinct[order]
        self._tolerance = TOLERANCE * float(np.sqrt(np.mean(_squares(rows)))) if rows.shape[0] else 0.0

    def find(self, rows: Rows) -> NDArray[np.int64]:
        """(m,) the known row that each of *rows* is, up to rounding; -1 for none.

        Rows that differ by rounding lie side by side on any line, so only neighbours on one line are compared.
        """
        found = np.array([self._known.get(key, -1) for key in _digests(rows)], dtype=np.int64)
        new = np.flatnonzero(found < 0)
        if not len(new) or not len(self._order):
            return found
        heights = rows[new] @ self._direction
        here = np.searchsorted(self._heights, heights)
        low = np.maximum(np.searchsorted(self._heights, heights - 2 * self._tolerance), here - REACH)
        high = np.minimum(np.searchsorted(self._heights, heights + 2 * self._tolerance, "right"), here + REACH)
        sizes = np.maximum(high - low, 0)
        left = np.repeat(new, sizes)
        starts = np.repeat(low - np.cumsum(sizes) + sizes, sizes)
        right = self._order[starts + np.arange(len(left))]
        gaps = self._gaps(rows, left, right)
        best = np.lexsort((right, gaps, left))
        best = best[gaps[best] <= self._tolerance]
        owners, where = np.unique(left[best], return_index=True)
        found[owners] = right[best[where]]
        return found

    def _gaps(self, rows: Rows, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
        """Distance between each pair of a new and a known row."""
        gaps = np.empty(len(left))
        for start in range(0, len(left), PAIRS):
            part = slice(start, start + PAIRS)
            gaps[part] = np.sqrt(_squares(rows[left[part]] - self._rows[right[part]]))
        return gaps


def _squares(rows: Rows) -> NDArray[np.float64]:
    """Squared length of each row."""
    if is_sparse(rows):
        return np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float64).ravel()
    return np.asarray(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))


def _digests(rows: Rows) -> list[bytes]:
    """What identifies each row bit by bit."""
    if not is_sparse(rows):
        return [blake2b(row.tobytes(), digest_size=16).digest() for row in rows]
    bounds = zip(rows.indptr[:-1].tolist(), rows.indptr[1:].tolist(), strict=True)
    return [
        blake2b(rows.indices[a:b].astype("<i8").tobytes() + rows.data[a:b].tobytes(), digest_size=16).digest()
        for a, b in bounds
    ]
