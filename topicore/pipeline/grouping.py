"""From clusters to topics: which topic each cluster is, numbered by size."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..builtin.lexicon import unit
from ..builtin.neighbors import joined_strengths
from ..components import Assignment, Labels, Matrix
from ..counts import indicator
from ..errors import ComponentError

__all__ = [
    "as_topics",
    "average_groups",
    "checked",
    "checked_batch",
    "class_names",
    "merged",
    "numbered",
    "widened",
]

MOST_CLUSTERS = 1 << 24
"""Numbers of clusters that come batch by batch stay below this: the mapping to topics has a place for each."""


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


def checked_batch(assignment: Assignment, n: int, name: str) -> Assignment:
    """*assignment* of *n* rows by a clusterer that learns batch by batch, checked and without memberships.

    Labels may have gaps, and clusters may come that no batch before had.
    """
    if isinstance(assignment, Assignment):
        assignment = replace(assignment, memberships=None)
    return checked(assignment, n, name, fitted=MOST_CLUSTERS)


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
    sums = indicator(labels, clusters) @ rows
    centres = unit(np.asarray(sums.todense() if hasattr(sums, "todense") else sums, dtype=np.float32))
    return average_groups((1 - centres @ centres.T).clip(0).astype(np.float64), n_topics)


def average_groups(distances: NDArray[np.float64], n_groups: int) -> NDArray[np.int64]:
    """(k,) *n_groups* groups by average linkage on *distances* (k, k)."""
    from sklearn.cluster import AgglomerativeClustering

    model = AgglomerativeClustering(n_groups, metric="precomputed", linkage="average")
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


def as_topics(assignment: Assignment, places: NDArray[np.int64], n_topics: int) -> Assignment:
    """*assignment* to clusters as one to topics: labels mapped, memberships of merged clusters summed.

    Args:
        assignment: Clusters.
        places: (clusters,) the topic of each cluster, as its place 0..n_topics-1; -1 for none.
        n_topics: How many topics there are.
    """
    labels = np.append(places, -1)[assignment.labels]
    strengths = np.where(labels >= 0, cast(Any, assignment.strengths), np.float32(0))
    memberships = assignment.memberships
    if memberships is not None:
        memberships = csr_array(memberships @ indicator(places, n_topics).T)
        memberships.sort_indices()
        strengths = joined_strengths(strengths, memberships, labels, places, n_topics)
    return Assignment(labels=labels, strengths=strengths, memberships=memberships)


def class_names(topics: Labels, codes: Labels, classes: Sequence[Hashable]) -> dict[int, str]:
    """The class that most of each topic's documents of known class belong to."""
    known = (topics >= 0) & (codes >= 0)
    table = np.zeros((int(topics.max(initial=-1)) + 1, len(classes)), dtype=np.int64)
    np.add.at(table, (topics[known], codes[known]), 1)
    return {topic: str(classes[int(row.argmax())]) for topic, row in enumerate(table) if row.any()}
