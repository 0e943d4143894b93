"""Fewer topics: the closest are merged until a number is left, or as long as they are dense."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..builtin.lexicon import unit
from ..builtin.rows import unit as unit_rows
from ..components import FloatMatrix
from ..errors import InputError
from ..pipeline.embedding import Work
from ..pipeline.grouping import average_groups
from ..state import FittedState
from .regrouping import regrouped

__all__ = ["reduce_topics"]


def reduce_topics(state: FittedState, n_topics: Any, work: Work, *, use_ctfidf: bool = False) -> FittedState:
    """The state with *n_topics* topics, -1 not counted; unchanged where there are no more.

    Args:
        state: The state.
        n_topics: How many; ``"auto"`` merges topics that HDBSCAN finds in one dense region, and leaves the others.
        work: What surrounds the work.
        use_ctfidf: Whether topics are compared by c-TF-IDF rather than by embeddings.

    Number: average linkage on cosine distances.

    Raises:
        InputError: *n_topics* is neither a whole number of at least 1 nor ``"auto"``.
    """
    wanted = None if isinstance(n_topics, str) and n_topics == "auto" else _whole(n_topics)
    k = len(state.index.real)
    if k < 2 or (wanted is not None and k <= wanted):
        return state
    rows = state.index.rows(np.array(state.index.real))
    vectors: Any = unit_rows(state.weights[rows]) if use_ctfidf else unit(state.topic_embeddings[rows])
    groups = _dense_groups(vectors) if wanted is None else average_groups(_distances(vectors), wanted)
    return state if len(np.unique(groups)) == k else regrouped(state, groups, work)


def _whole(n_topics: Any) -> int:
    try:
        wanted = operator.index(n_topics)
    except TypeError:
        wanted = 0
    if wanted < 1 or isinstance(n_topics, bool):
        raise InputError(f"n_topics must be a whole number of at least 1, or 'auto', got {n_topics!r}")
    return wanted


def _distances(vectors: FloatMatrix | csr_array) -> NDArray[np.float64]:
    """(k, k) cosine distances of unit rows."""
    cosines: Any = vectors @ vectors.T
    dense = cosines.toarray() if hasattr(cosines, "toarray") else cosines
    return np.asarray((1 - dense).clip(0), dtype=np.float64)


def _dense_groups(vectors: Any) -> NDArray[np.int64]:
    """(k,) groups of topics that HDBSCAN (clusters of at least two) puts together; the others stay alone."""
    from sklearn.cluster import HDBSCAN

    labels = HDBSCAN(min_cluster_size=2, metric="precomputed", copy=True).fit_predict(
        np.sqrt(2 * _distances(vectors))  # euclidean distances of unit rows
    )
    alone = labels < 0
    labels = np.where(alone, labels.max(initial=-1) + np.cumsum(alone), labels)
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64)
