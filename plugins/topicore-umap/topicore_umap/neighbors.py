"""Exact nearest training rows of new rows, in the shape of the index that umap asks.

umap's own index is approximate, compiles for up to a minute before its first answer, and cannot be written
to a file. These distances are exact, and those of one row do not depend on the other rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .twins import Rows, is_sparse

METRICS = frozenset({"cosine", "euclidean", "hellinger", "l2"})
"""Metrics with an index here; for any other one umap compares all pairs itself."""

BLOCK = 256
"""New rows compared with all others at a time."""
SPARE = 8
"""More candidates than asked for, as the product that finds them is rounded."""
SAME = 1e-6
"""A gap between directions this small is rounding."""


class Neighbors:
    """Finds the nearest of some rows by brute force.

    Args:
        rows: (n, d) the rows among which to look.
        metric: One of METRICS.
    """

    _angular_trees = False  # read by umap to choose an epsilon, which brute force does not need

    def __init__(self, rows: Rows, metric: str) -> None:
        self._metric = metric
        self._rows = _prepared(rows, metric)
        self._squares = _dots(self._rows, self._rows) if metric in ("euclidean", "l2") else None

    def query(self, x: Rows, k: int, epsilon: float = 0.0) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Positions and distances, both (m, k), of the nearest rows, nearest first."""
        k = min(k, self._rows.shape[0])
        x = _prepared(x, self._metric)
        indices = np.empty((x.shape[0], k), dtype=np.int32)
        distances = np.empty((x.shape[0], k), dtype=np.float32)
        for start in range(0, x.shape[0], BLOCK):
            part = slice(start, start + BLOCK)
            indices[part], distances[part] = self._block(x[part], k)
        return indices, distances

    def _block(self, x: Rows, k: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """The nearest rows of a few rows: roughly by one product, then exactly among the best."""
        products = x @ self._rows.T
        rough = -products.toarray() if is_sparse(products) else -products
        if self._squares is not None:
            rough = self._squares.astype(np.float32) + 2 * rough
        wide = min(k + SPARE, rough.shape[1])
        near = np.sort(np.argpartition(rough, wide - 1, axis=1)[:, :wide], axis=1)
        exact = self._distances(x, near)
        order = np.argsort(exact, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(near, order, axis=1), np.take_along_axis(exact, order, axis=1)

    def _distances(self, x: Rows, near: NDArray[np.intp]) -> NDArray[np.float64]:
        """(m, w) the distance of row i of *x* to each row in ``near[i]``."""
        repeated, others = x[np.repeat(np.arange(x.shape[0]), near.shape[1])], self._rows[near.ravel()]
        if self._squares is not None:
            gap = repeated - others
            return np.sqrt(_dots(gap, gap)).reshape(near.shape)
        gaps = 1.0 - _dots(repeated, others).reshape(near.shape)
        gaps[gaps < SAME] = 0.0
        return np.sqrt(gaps) if self._metric == "hellinger" else gaps


def _prepared(rows: Rows, metric: str) -> Rows:
    """Rows whose inner product decides: of length 1, of shares under a root, or as they are."""
    if metric in ("euclidean", "l2"):
        return rows
    sums = abs(rows).sum(axis=1) if metric == "hellinger" else np.sqrt(_dots(rows, rows))
    sums = np.asarray(sums, dtype=np.float32).reshape(-1, 1)
    scales = 1 / np.where(sums > 0, sums, 1)
    shares = rows.multiply(scales).tocsr() if is_sparse(rows) else rows * scales
    return np.sqrt(shares) if metric == "hellinger" else shares


def _dots(a: Rows, b: Rows) -> NDArray[np.float64]:
    """Inner product of each row of *a* with the same row of *b*."""
    if is_sparse(a):
        return np.asarray(a.multiply(b).sum(axis=1), dtype=np.float64).ravel()
    return np.asarray(np.einsum("ij,ij->i", a, b, dtype=np.float64))
