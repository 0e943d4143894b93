"""The geometry of document embeddings that topics and words are compared in: centred rows, made on demand."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..components import FloatMatrix, Matrix
from .lexicon import NOTHING, lengths, unit
from .rows import is_sparse

__all__ = ["Space"]

BLOCK = 1 << 18
"""Numbers of centred rows held at once."""

CHUNK = 64
"""Rows summed in float32 before their sum is added in float64."""


def squares(x: FloatMatrix) -> NDArray[np.float32]:
    """(n,) the squared length of each row."""
    found: NDArray[np.float32] = np.einsum("ij,ij->i", x, x)
    return found


class Space:
    """Documents around their mean; the rows themselves are never copied.

    All-zero rows (documents of which nothing is known) stay zero and out of the mean. Sparse rows are projected on
    100 dimensions.

    Args:
        rows: (n, d) document embeddings.
    """

    def __init__(self, rows: Matrix) -> None:
        self._rows = rows

    @cached_property
    def x(self) -> FloatMatrix:
        """(n, d') dense rows, not centred."""
        rows = self._rows
        if not is_sparse(rows):
            return rows
        if min(rows.shape) <= 100:
            return np.asarray(rows.toarray(), dtype=np.float32)
        from sklearn.utils.extmath import randomized_svd

        left, scale, _ = randomized_svd(rows, 100, n_iter=4, random_state=0, power_iteration_normalizer="QR")
        return np.asarray(left * scale, dtype=np.float32)

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """(n,) which rows are not (nearly) zero."""
        return squares(self.x) > NOTHING**2

    @cached_property
    def mean(self) -> NDArray[np.float32]:
        """(d',) the mean of the known rows; zero where there is only one."""
        n = int(self.known.sum())
        if n < 2:
            return np.zeros(self.x.shape[1], dtype=np.float32)
        sums = np.add.reduceat(self.x, np.arange(0, len(self.x), CHUNK), axis=0)  # unknown rows add (nearly) nothing
        return np.asarray(sums.sum(axis=0, dtype=np.float64) / n, dtype=np.float32)

    @cached_property
    def lengths(self) -> NDArray[np.float32]:
        """(n,) the length of each centred row."""
        found = np.empty(len(self.x), dtype=np.float32)
        for start in range(0, len(found), self._step):
            found[start : start + self._step] = np.sqrt(squares(self.centred(slice(start, start + self._step))))
        return found

    @cached_property
    def scale(self) -> float:
        """The mean length of a centred row."""
        return float(self.lengths.mean()) if len(self.lengths) else 0.0

    @property
    def _step(self) -> int:
        return max(1, BLOCK // max(1, int(self.x.shape[1])))

    def centred(self, places: Any) -> FloatMatrix:
        """(m, d') the centred rows at *places*."""
        rows: FloatMatrix = np.where(self.known[places, None], self.x[places] - self.mean, np.float32(0))
        return rows

    def means(self, groups: csr_array) -> FloatMatrix:
        """(g, d') the mean centred row of each group of documents.

        Args:
            groups: (g, n) ones where a document is in a group.
        """
        sums = groups @ self.x - (groups @ self.known.astype(np.float32))[:, None] * self.mean
        sizes = np.maximum(np.diff(groups.indptr), 1)
        return np.asarray(sums / sizes[:, None], dtype=np.float32)

    @property
    def projected(self) -> bool:
        """Whether ``x`` are other numbers than the embeddings."""
        return is_sparse(self._rows)

    def directions(self, means: FloatMatrix, known: NDArray[np.floating[Any]]) -> FloatMatrix:
        """(g, d') unit rows, where groups of documents lie; zero where a group lies nowhere in particular.

        Args:
            means: (g, d') the mean row of each group, not centred.
            known: (g,) the share of documents that are known.
        """
        found = np.asarray(means - known[:, None] * self.mean, dtype=np.float32)
        found[lengths(found) <= 1e-5 * self.scale] = 0  # rounding: the group is the whole corpus
        return unit(found)

    def ranked(self, members: NDArray[np.int64], centre: FloatMatrix) -> NDArray[np.int64]:
        """The *members*, ascending positions of documents, most like *centre* first, equal ones in order."""
        products = self.x[members] @ centre - np.float32(self.mean @ centre)
        products[~self.known[members]] = 0
        closeness = products / np.maximum(self.lengths[members], 1e-6)
        return members[np.argsort(-closeness, kind="stable")]
