"""Exact nearest neighbours by cosine, and the vote among them that labels new rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from ..components import Assignment, Labels, Matrix, State
from ..errors import InputError, ModelFileError
from .rows import csr, distinct, gaps, is_sparse, matrix_arrays, matrix_from, occupied, unit

__all__ = ["LEAST", "LateVote", "NeighborVote", "joined_strengths", "nearest"]

LEAST = 1e-3
"""The least weight of a neighbour: those at a right angle or beyond still count a little."""

SCORES = 1 << 23
"""Most similarities held at once (float32: 32 MiB), unless there are very many rows."""

LEAST_ROWS = 32
"""Fewest queries of one product: fewer would read all rows for little."""

STRIDE = 16
SPARE = 8
IDENTICAL = 2e-6
"""Squared distance of unit rows with cosine 1 - 1e-6: nearer ones are the same text, but for rounding."""


def nearest(queries: Matrix, rows: Matrix, k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Positions (q, k) among *rows* of the nearest of each query, nearest first, and squared distances.

    Both sides are unit rows from ``rows.unit``, so the order is that of the cosine, ``1 - squared / 2``. The result is
    exact (candidates by a float32 product, then float64 distances of each pair; equal distances in order of
    position) and that of one query does not depend on the others. Holds no q x n array.
    """
    k = min(k, rows.shape[0])
    found = np.empty((queries.shape[0], k), dtype=np.int64)
    squares = np.empty((queries.shape[0], k))
    for start, scores in _similarities(queries, rows):
        part = slice(start, start + len(scores))
        found[part], squares[part] = _best(scores, queries[part], rows, k)
    return found, squares


def _similarities(queries: Matrix, rows: Matrix) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Approximate cosines of some queries with all rows, and the position of the first of these queries."""
    step = max(LEAST_ROWS, SCORES // max(1, rows.shape[0]))
    columns = rows.T.tocsr() if is_sparse(rows) else rows.T
    for start in range(0, queries.shape[0], step):
        product: Any = queries[start : start + step] @ columns
        yield start, product.toarray() if is_sparse(product) else product


def _best(
    scores: NDArray[np.float32], queries: Matrix, rows: Matrix, k: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The exact k nearest of each query, given approximate *scores* (q, n)."""
    q, n = scores.shape
    candidates = _largest(scores, min(n, k + max(SPARE, k // 2)))
    squares = gaps(queries, np.repeat(np.arange(q), candidates.shape[1]), rows, candidates.ravel())
    squares = squares.reshape(candidates.shape)
    order = np.lexsort((candidates, squares), axis=1)[:, :k]
    found, exact = np.take_along_axis(candidates, order, 1), np.take_along_axis(squares, order, 1)
    if candidates.shape[1] == n:
        return found, exact
    # A row left out of the candidates could still belong to them where its score is within rounding of the last one.
    floor = 1 - exact[:, -1] / 2 - _rounding(queries)
    for row in np.flatnonzero(np.take_along_axis(scores, candidates, 1).min(axis=1) >= floor):
        close = np.flatnonzero(scores[row] >= floor[row])
        squared = gaps(queries, np.full(len(close), row), rows, close)
        order = np.lexsort((close, squared))[:k]
        found[row], exact[row] = close[order], squared[order]
    return found, exact


def _rounding(queries: Matrix) -> float:
    """How far a float32 product of unit rows may be from the truth (four times a random walk, and the rows' own)."""
    terms = int(np.diff(queries.indptr).max()) if is_sparse(queries) else queries.shape[1]
    return float(1e-6 + 4 * np.finfo(np.float32).eps * np.sqrt(terms))


def _largest(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Positions (q, k) of the k largest of each row, in no order.

    The k largest of a row lie in the k groups with the largest maxima: one vectorised pass finds these groups, and
    only their members are partitioned.
    """
    n = scores.shape[1]
    groups = n // STRIDE
    if groups <= 4 * k:
        return np.argpartition(scores, n - k, axis=1)[:, n - k :]
    maxima = scores[:, : groups * STRIDE].reshape(len(scores), STRIDE, groups).max(axis=1)
    chosen = np.argpartition(maxima, groups - k, axis=1)[:, groups - k :]
    members = (chosen[:, None, :] + (np.arange(STRIDE) * groups)[None, :, None]).reshape(len(scores), -1)
    rest = np.broadcast_to(np.arange(groups * STRIDE, n), (len(scores), n - groups * STRIDE))
    members = np.concatenate([members, rest], axis=1)
    values = np.take_along_axis(scores, members, 1)
    picked = np.argpartition(values, values.shape[1] - k, axis=1)[:, -k:]
    return np.take_along_axis(members, picked, 1)


def joined_strengths(
    strengths: NDArray[np.float32], memberships: csr_array, labels: Labels, places: NDArray[np.int64], n_topics: int
) -> NDArray[np.float32]:
    """(n,) *strengths* after topics were joined: rows of joined topics have their membership in these, outliers 0.

    Args:
        strengths: (n,) strengths before.
        memberships: (n, n_topics) memberships after.
        labels: (n,) topics after, as places.
        places: (topics before,) what each became; -1 for nothing.
        n_topics: How many topics there are after.
    """
    several = np.append(np.bincount(places[places >= 0], minlength=n_topics) > 1, False)
    told = np.where(labels >= 0, strengths, np.float32(0))
    rows = np.flatnonzero(several[labels])
    if len(rows):
        told[rows] = np.asarray(memberships[rows, labels[rows]]).ravel()
    return told


class NeighborVote:
    """Labels new rows by a vote of their nearest training rows by cosine.

    A neighbour's vote weighs its cosine. Copies of one row vote once a label, and where copies disagree the label of
    most of them (then the first) is nearest. An identical training row (cosine of at least 1 - 1e-6) decides alone:
    its label, strength and memberships are taken as they are. All-zero rows are -1, and training rows that are
    all-zero have no vote. A row's answer does not depend on the other rows of the call.

    Args:
        x: (n, d) training rows.
        labels: (n,) their labels; -1 votes for no cluster.
        strengths: (n,) their strengths, where there are any; those of new rows are shares of the votes.
        memberships: (n, k) their memberships, where there are any; those of new rows are shares of the votes.
        neighbors: How many of the nearest rows vote.
    """

    def __init__(
        self,
        x: Matrix,
        labels: Labels,
        strengths: NDArray[np.float32] | None = None,
        memberships: Matrix | None = None,
        *,
        neighbors: int = 15,
    ) -> None:
        rows = unit(x)
        labels = np.asarray(labels, dtype=np.int64)
        known = np.flatnonzero(occupied(rows))
        first, kinds = distinct(rows[known], labels[known])
        keep = known[first[np.argsort(-np.bincount(kinds, minlength=len(first)), kind="stable")]]
        self.neighbors = neighbors
        self.rows = rows[keep]
        self.labels = labels[keep]
        self.strengths = None if strengths is None else np.asarray(strengths, dtype=np.float32)[keep]
        self.memberships = None if memberships is None else csr(memberships)[keep]
        self.n_clusters = int(labels.max(initial=-1)) + 1 if memberships is None else int(memberships.shape[1])

    def predict(self, x: Matrix, /) -> Assignment:
        """Labels of *x* (n, d), with strengths and memberships (CSR) where the training rows had them.

        Raises:
            InputError: *x* has another number of columns than the training rows.
        """
        if x.shape[1] != self.rows.shape[1]:
            raise InputError(
                f"rows have {x.shape[1]} columns, the training rows had {self.rows.shape[1]}: embed them alike"
            )
        labels = np.full(x.shape[0], -1, dtype=np.int64)
        strengths = np.zeros(x.shape[0], dtype=np.float32)
        shares = csr(csr_array((x.shape[0], self.n_clusters)))
        queries = unit(csr(x) if is_sparse(self.rows) else x.toarray() if is_sparse(x) else x)
        known = np.flatnonzero(occupied(queries))
        if len(known) and len(self.labels):
            parts = [self._vote(queries[known[i : i + 4096]]) for i in range(0, len(known), 4096)]
            labels[known] = np.concatenate([part[0] for part in parts])
            strengths[known] = np.concatenate([part[1] for part in parts])
            if self.memberships is not None:
                shares = _spread(vstack([part[2] for part in parts], format="csr"), known, x.shape[0])
        return Assignment(
            labels=labels,
            strengths=None if self.strengths is None else strengths,
            memberships=None if self.memberships is None else shares,
        )

    def recalls(self, x: Matrix, /) -> NDArray[np.bool_]:
        """(n,) which rows are identical to a training row, so that ``predict`` gives them what that row was given."""
        same = np.zeros(x.shape[0], dtype=bool)
        queries = unit(csr(x) if is_sparse(self.rows) else x.toarray() if is_sparse(x) else x)
        known = np.flatnonzero(occupied(queries))
        if len(known) and len(self.labels):
            same[known] = nearest(queries[known], self.rows, 1)[1][:, 0] <= IDENTICAL
        return same

    def _vote(self, queries: Matrix) -> tuple[Labels, NDArray[np.float32], csr_array]:
        found, squares = nearest(queries, self.rows, self.neighbors)
        ballots = np.where(self.labels[found] < 0, self.n_clusters, self.labels[found])
        votes = np.zeros((len(found), self.n_clusters + 1))
        np.add.at(votes, (np.arange(len(found))[:, None], ballots), np.clip(1 - squares / 2, LEAST, None))
        votes /= votes.sum(axis=1, keepdims=True)
        winners = votes.argmax(axis=1)
        labels = np.where(winners == self.n_clusters, -1, winners)
        strengths = np.where(labels < 0, 0, votes.max(axis=1)).astype(np.float32)
        shares = csr(votes[:, :-1])
        same = squares[:, 0] <= IDENTICAL
        twins = found[same, 0]
        labels[same] = self.labels[twins]
        if self.strengths is not None:
            strengths[same] = self.strengths[twins]
        if self.memberships is not None and len(twins):
            at = np.arange(len(found))
            at[same] = len(found) + np.arange(len(twins))
            shares = vstack([shares, self.memberships[twins]], format="csr")[at]
        return labels, strengths, csr(shares)

    def regrouped(self, places: NDArray[np.int64], n_clusters: int) -> NeighborVote:
        """The vote for other clusters; the training rows are shared.

        Args:
            places: (clusters,) the new cluster of each, -1 for none.
            n_clusters: How many new clusters there are.
        """
        voter = copy(self)
        voter.labels, voter.n_clusters = np.append(places, -1)[self.labels], n_clusters
        if self.strengths is not None:
            voter.strengths = np.where(voter.labels >= 0, self.strengths, np.float32(0))
        if self.memberships is not None:
            inside = np.flatnonzero(places >= 0)
            ones = np.ones(len(inside), dtype=np.float32)
            to = csr_array((ones, (inside, places[inside])), shape=(len(places), n_clusters))
            voter.memberships = csr(self.memberships @ to)
            if self.strengths is not None:
                voter.strengths = joined_strengths(self.strengths, voter.memberships, voter.labels, places, n_clusters)
        return voter

    def state(self) -> State:
        """The training rows and what they were given, as arrays."""
        arrays: dict[str, NDArray[Any]] = {**matrix_arrays("rows", self.rows), "labels": self.labels}
        if self.strengths is not None:
            arrays["strengths"] = self.strengths
        if self.memberships is not None:
            arrays |= matrix_arrays("memberships", self.memberships)
        return State(arrays=arrays, meta={"neighbors": self.neighbors, "n_clusters": self.n_clusters})

    @classmethod
    def from_state(cls, state: State, /) -> NeighborVote:
        """The voter whose ``state`` this is; further arrays of the state are left alone.

        Raises:
            ModelFileError: The state is incomplete, or its parts do not fit together.
        """
        voter = cls.__new__(cls)
        rows = matrix_from("rows", state.arrays)
        labels = state.arrays.get("labels")
        neighbors, n_clusters = state.meta.get("neighbors"), state.meta.get("n_clusters")
        if rows is None or labels is None or not isinstance(neighbors, int) or not isinstance(n_clusters, int):
            raise ModelFileError("the saved neighbour vote lacks its rows, labels or counts: the file is damaged")
        voter.rows, voter.labels = rows, labels.astype(np.int64)
        voter.neighbors, voter.n_clusters = neighbors, n_clusters
        voter.strengths = state.arrays.get("strengths")
        shares = matrix_from("memberships", state.arrays)
        voter.memberships = None if shares is None else csr(shares)
        lengths = {
            rows.shape[0],
            len(labels),
            rows.shape[0] if voter.strengths is None else len(voter.strengths),
            rows.shape[0] if shares is None else shares.shape[0],
        }
        inside = labels.size == 0 or -1 <= labels.min() <= labels.max() < n_clusters
        if len(lengths) > 1 or not inside or neighbors < 1 or (shares is not None and shares.shape[1] != n_clusters):
            raise ModelFileError("the parts of the saved neighbour vote do not fit together: the file is damaged")
        return voter


class LateVote:
    """A ``NeighborVote`` that is made when it is first asked.

    Args:
        make: Makes it.
    """

    def __init__(self, make: Callable[[], NeighborVote]) -> None:
        self._make = make

    @cached_property
    def _vote(self) -> NeighborVote:
        return self._make()

    def predict(self, x: Matrix, /) -> Assignment:
        """As of ``NeighborVote``."""
        return self._vote.predict(x)

    def recalls(self, x: Matrix, /) -> NDArray[np.bool_]:
        """As of ``NeighborVote``."""
        return self._vote.recalls(x)

    def regrouped(self, places: NDArray[np.int64], n_clusters: int) -> LateVote:
        """As of ``NeighborVote``, made when it is first asked."""
        return LateVote(lambda: self._vote.regrouped(places, n_clusters))

    def state(self) -> State:
        """As of ``NeighborVote``."""
        return self._vote.state()


def _spread(matrix: csr_array, rows: NDArray[np.int64], n: int) -> csr_array:
    """*matrix* with its rows put at *rows* (ascending) of *n* rows, the others empty."""
    counts = np.zeros(n + 1, dtype=np.int64)
    counts[rows + 1] = np.diff(matrix.indptr)
    return csr_array((matrix.data, matrix.indices, np.cumsum(counts)), shape=(n, matrix.shape[1]))
