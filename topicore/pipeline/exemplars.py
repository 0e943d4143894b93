"""The few documents of each topic that online learning keeps: those nearest to its mean embedding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack

from ..builtin.rows import csr, is_sparse, unit
from ..components import FloatMatrix, Matrix
from ..state import FittedState, TopicIndex
from .fitting import REPRESENTATIVE

__all__ = ["Exemplars", "nearest_to_means", "of_fit"]

BLOCK = 8192
"""Rows compared with all topics at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemplars:
    """Some documents.

    Args:
        places: (m,) their positions among all documents, ascending.
        texts: Their texts, None where there is none.
        rows: (m, d) their embeddings.
    """

    places: NDArray[np.int64]
    texts: Sequence[str | None]
    rows: Matrix

    def taken(self, chosen: NDArray[np.int64]) -> Exemplars:
        """Those at the ascending places *chosen*."""
        texts = [self.texts[place] for place in chosen]
        return Exemplars(places=self.places[chosen], texts=texts, rows=cast(Any, self.rows)[chosen])

    def joined(self, later: Exemplars) -> Exemplars:
        """These, and *later* ones behind them."""
        if not len(self.places):
            return later
        return Exemplars(
            places=np.concatenate([self.places, later.places]),
            texts=[*self.texts, *later.texts],
            rows=_stacked(self.rows, later.rows),
        )


def _stacked(rows: Matrix, later: Matrix) -> Matrix:
    """Both one above the other, sparse where *later* is."""
    if is_sparse(later):
        return csr(vstack([csr(rows), later], format="csr"))
    return np.vstack([rows.toarray() if is_sparse(rows) else rows, later])


def of_fit(state: FittedState) -> Exemplars:
    """The representative documents of a state that keeps its embeddings."""
    places = np.unique(np.fromiter((p for ids in state.representative.values() for p in ids), np.int64))
    texts = [None if state.documents is None else state.documents[place] for place in places]
    return Exemplars(places=places, texts=texts, rows=cast(Any, state.embeddings)[places])


def nearest_to_means(
    found: Exemplars, topics: NDArray[np.int64], index: TopicIndex, means: FloatMatrix
) -> tuple[Exemplars, dict[int, tuple[int, ...]]]:
    """Those of *found* that represent their topics, and for each topic their positions, nearest first.

    Args:
        found: Those kept so far and all documents of a batch.
        topics: (m,) their topics.
        index: The topics.
        means: (t, d) their mean embeddings; documents are compared by cosine, and equal ones come in order.
    """
    rows = index.rows(topics)
    closeness = _cosines(found.rows, means, rows)
    order = np.lexsort((found.places, -closeness, rows))
    ends = np.searchsorted(rows[order], np.arange(len(index) + 1))
    best = [order[start : min(start + REPRESENTATIVE, end)] for start, end in pairwise(ends)]
    representative = {
        topic: tuple(found.places[chosen].tolist()) for topic, chosen in zip(index.topics, best, strict=True)
    }
    return found.taken(np.sort(np.concatenate(best))), representative


def _cosines(x: Matrix, means: FloatMatrix, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """(m,) the cosine of each row with the mean of its own topic."""
    centres = np.asarray(unit(means)).T
    cosines = np.empty(len(rows))
    for start in range(0, len(rows), BLOCK):
        own = rows[start : start + BLOCK]
        products = np.asarray(cast(Any, unit(x[start : start + BLOCK])) @ centres)
        cosines[start : start + BLOCK] = products[np.arange(len(own)), own]
    return cosines
