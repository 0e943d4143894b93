"""A finished HDBSCAN clustering, and where new rows belong in it.

A clustering is its rows, its condensed tree, and a label and a strength a row. A fitted and a restored
clusterer label new rows with the same code on the same arrays, so they agree to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias
from warnings import catch_warnings, filterwarnings, simplefilter

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

TOLERANCE = 1e-5
"""Rows closer than this, in lengths of a typical row, are one row met twice."""


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out what hdbscan warns of and this module handles; every other warning stays."""
    with catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        filterwarnings("ignore", message="All-NaN slice encountered")
        simplefilter("ignore", SyntaxWarning)
        yield


@dataclass(frozen=True)
class Clustering:
    """What HDBSCAN learned of some rows.

    Args:
        rows: (n, d) the training rows.
        tree: The condensed tree: a record an edge, with ``parent``, ``child``, ``lambda_val`` and ``child_size``.
        labels: (n,) int64, -1 for noise.
        strengths: (n,) float32 in [0, 1].
        parameters: What the ``hdbscan.HDBSCAN`` was built with.
    """

    rows: Array
    tree: Array
    labels: NDArray[np.int64]
    strengths: NDArray[np.float32]
    parameters: Mapping[str, Any]

    @cached_property
    def k(self) -> int:
        """Number of clusters."""
        return int(self.labels.max(initial=-1)) + 1

    @cached_property
    def model(self) -> Any:
        """An ``hdbscan.HDBSCAN`` that knows this clustering; sets private attributes of hdbscan 0.8."""
        with quiet():
            from hdbscan import HDBSCAN

            model = HDBSCAN(**self.parameters)
            model._raw_data = self.rows
            model._condensed_tree = self.tree
            model.labels_ = self.labels
            model.generate_prediction_data()
        return model

    @cached_property
    def order(self) -> Array:
        """(k,) the label of each of hdbscan's clusters, which it numbers in the order of the tree."""
        return np.argsort(self.model.condensed_tree_._select_clusters(), kind="stable")

    @cached_property
    def divided(self) -> bool:
        """Whether the tree has a branch; hdbscan cannot look up new rows in one that has none."""
        return len(self.model.prediction_data_.cluster_tree) > 0

    @cached_property
    def memberships(self) -> NDArray[np.float32]:
        """(n, k) the share of each training row in each cluster."""
        from hdbscan import all_points_membership_vectors

        if not (self.k and self.divided):
            return self._shares(np.full((len(self.rows), self.k), np.nan), self.labels, self.strengths)
        with quiet():
            shares = all_points_membership_vectors(self.model)
        return self._shares(self._columns(shares), self.labels, self.strengths)

    def nearest(self, rows: Array) -> tuple[Array, Array]:
        """(m,) the nearest training row of each row, and whether it is that very row."""
        distances, indices = self.model.prediction_data_.tree.query(rows, k=1)
        typical = float(np.sqrt(np.mean(np.einsum("ij,ij->i", self.rows, self.rows, dtype=np.float64))))
        return indices[:, 0], distances[:, 0] <= TOLERANCE * typical

    def look_up(self, rows: Array, soft: bool) -> tuple[Array, Array, Array | None]:
        """Labels, strengths and, if *soft*, memberships of *rows*; a training row keeps what it was fitted with."""
        if not self.k:
            count = len(rows)
            return np.full(count, -1), np.zeros(count, np.float32), np.zeros((count, 0), np.float32) if soft else None
        nearest, known = self.nearest(rows)
        if not self.divided:
            known = np.ones_like(known)
        labels, strengths = self.labels[nearest], self.strengths[nearest]
        shares = self.memberships[nearest] if soft else None
        new = np.flatnonzero(~known)
        if len(new):
            labels[new], strengths[new] = self._predict(rows[new])
            if shares is not None:
                shares[new] = self._member(rows[new], labels[new], strengths[new])
        return labels, strengths, shares

    def _predict(self, rows: Array) -> tuple[Array, Array]:
        from hdbscan import approximate_predict

        with quiet():
            found, strengths = approximate_predict(self.model, rows)
        labels = np.where(found >= 0, self.order[found], -1)
        return labels, np.clip(np.nan_to_num(strengths), 0, 1)

    def _member(self, rows: Array, labels: Array, strengths: Array) -> Array:
        from hdbscan import membership_vector

        with quiet():
            shares = membership_vector(self.model, rows)
        return self._shares(self._columns(shares), labels, strengths)

    def _columns(self, shares: Array) -> Array:
        """*shares* with its columns in the order of the labels."""
        return shares[:, np.argsort(self.order, kind="stable")]

    def _shares(self, shares: Array, labels: Array, strengths: Array) -> NDArray[np.float32]:
        """Finite *shares* of at most 1 a row; hdbscan's are undefined amid equal rows: the strength then counts."""
        lost = np.asarray(~np.isfinite(shares).all(axis=1))
        shares = np.where(lost[:, None], 0.0, shares)
        mine = np.flatnonzero(lost & (labels >= 0))
        shares[mine, labels[mine]] = strengths[mine]
        shares = np.clip(shares, 0.0, 1.0)
        shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1.0)
        return np.asarray(shares, dtype=np.float32)
