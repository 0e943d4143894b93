"""From clusters to topics: which topic each cluster is, numbered by size."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..builtin.lexicon import unit
from ..components import Assignment, Labels, Matrix
from ..counts import indicator
from ..errors import ComponentError

__all__ = ["as_topics", "checked", "class_names", "merged", "numbered", "widened"]


def checked(assignment: Assignment, n: int, name: str, *, fitted: int | None = None) -> Assignment:
    """*assignment* of *n* rows with plain dtypes.

    Args:
        assignment: What clusterer *name* gave.
        n: How many rows it was given.
        name: For messages.
        fitted: How many clusters ``fit_predict`` found; None where this is ``fit_predict``.

    Raises:
        ComponentError: Shapes or labels break the contract of the kind.
    """
    if not isinstance(assignment, Assignment):
        raise ComponentError(f"clusterer {name!r} must give an Assignment, gave {type(assignment).__name__}")
    labels = np.asarray(assignment.labels)
    if labels.shape != (n,) or not np.issubdtype(labels.dtype, np.integer):
        raise ComponentError(
            f"clusterer {name!r} gave labels of shape {labels.shape} and type {labels.dtype} for {n} rows"
        )
    labels = labels.astype(np.int64)
    clusters = int(labels.max(initial=-1)) + 1
    if labels.min(initial=-1) < -1 or (fitted is None and len(np.unique(labels[labels >= 0])) != clusters):
        raise ComponentError(
            f"clusterer {name!r} gave labels {np.unique(labels)[:10]}; they must be -1 and 0..k-1 without gaps"
        )
    if fitted is not None and clusters > fitted:
        raise ComponentError(f"clusterer {name!r} predicted cluster {clusters - 1}, but fitted only {fitted}")
    strengths = assignment.strengths
    strengths = (labels >= 0).astype(np.float32) if strengths is None else np.asarray(strengths, dtype=np.float32)
    shares: Any = assignment.memberships
    memberships: Any = None if shares is None else csr_array(shares, dtype=np.float32)
    width = clusters if fitted is None else fitted
    if strengths.shape != (n,) or (memberships is not None and memberships.shape != (n, width)):
        raise ComponentError(f"clusterer {name!r} gave strengths or memberships of the wrong shape for {n} rows")
    return Assignment(labels=labels, strengths=np.where(labels >= 0, strengths, 0), memberships=memberships)


def widened(assignment: Assignment, known: NDArray[np.bool_]) -> Assignment:
    """*assignment* of the known rows as one of all rows; the others are -1."""
    if known.all():
        return assignment
    labels = np.full(len(known), -1, dtype=np.int64)
    labels[known] = assignment.labels
    strengths = np.zeros(len(known), dtype=np.float32)
    strengths[known] = assignment.strengths
    memberships = assignment.memberships
    if memberships is not None:
        spread = indicator(np.where(known, np.cumsum(known) - 1, -1), int(known.sum())).T
        memberships = csr_array(spread @ memberships)
    return Assignment(labels=labels, strengths=strengths, memberships=memberships)


def merged(labels: Labels, rows: Matrix, n_topics: int) -> NDArray[np.int64]:
    """(clusters,) the group of each cluster when the closest are merged until *n_topics* are left.

    Average linkage on the cosine distance of mean rows, as users know it from reducing topics.
    """
    clusters = int(labels.max(initial=-1)) + 1
    if clusters <= n_topics or clusters < 2:
        return np.arange(clusters)
    from sklearn.cluster import AgglomerativeClustering

    sums = indicator(labels, clusters) @ rows
    centres = unit(np.asarray(sums.todense() if hasattr(sums, "todense") else sums, dtype=np.float32))
    distances = (1 - centres @ centres.T).clip(0).astype(np.float64)
    model = AgglomerativeClustering(n_topics, metric="precomputed", linkage="average")
    return np.asarray(model.fit_predict(distances), dtype=np.int64)


def numbered(labels: Labels, groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """(clusters,) topic ids of the *groups* of clusters: by number of documents, then by first document."""
    inside = np.flatnonzero(labels >= 0)
    grouped = groups[labels[inside]]
    n = int(groups.max(initial=-1)) + 1
    sizes = np.bincount(grouped, minlength=n)
    first = np.full(n, len(labels), dtype=np.int64)
    np.minimum.at(first, grouped, inside)
    topic = np.empty(n, dtype=np.int64)
    topic[np.lexsort((first, -sizes))] = np.arange(n)
    return topic[groups] if len(groups) else groups


def as_topics(assignment: Assignment, mapping: NDArray[np.int64]) -> Assignment:
    """*assignment* to clusters as one to topics: labels mapped, memberships of merged clusters summed."""
    labels = np.append(mapping, -1)[assignment.labels]
    strengths, memberships = assignment.strengths, assignment.memberships
    if memberships is not None:
        n_topics = int(mapping.max(initial=-1)) + 1
        memberships = csr_array(memberships @ indicator(mapping, n_topics).T)
        memberships.sort_indices()
        if n_topics < len(mapping):
            inside = np.flatnonzero(labels >= 0)
            strengths = np.zeros(len(labels), dtype=np.float32)
            strengths[inside] = np.asarray(memberships[inside, labels[inside]]).ravel()
    return Assignment(labels=labels, strengths=strengths, memberships=memberships)


def class_names(topics: Labels, codes: Labels, classes: Sequence[Hashable]) -> dict[int, str]:
    """The class that most of each topic's documents of known class belong to."""
    known = (topics >= 0) & (codes >= 0)
    table = np.zeros((int(topics.max(initial=-1)) + 1, len(classes)), dtype=np.int64)
    np.add.at(table, (topics[known], codes[known]), 1)
    return {topic: str(classes[int(row.argmax())]) for topic, row in enumerate(table) if row.any()}
