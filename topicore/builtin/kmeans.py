"""k-means and its bisecting and mini-batch kin, from scikit-learn."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from ..components import Assignment, Clusterer, Labels, Matrix, State
from ..counts import indicator
from ..errors import InputError, NotFittedError
from ..specs import Range
from . import specs_clustering as specs
from .estimators import decode, encode
from .numbering import clusters_for, codes_of, double, numbered, spread
from .rows import is_sparse

__all__ = ["BisectingKMeans", "KMeans", "MiniBatchKMeans"]


class KMeans(Clusterer):
    """k-means.

    Args:
        n_clusters: How many clusters, at most as many as there are distinct rows; None takes half the square root of
            the number of rows, at most 200.
        n_init: Starts, of which the best is kept.
        max_iter: Most iterations of one start.
        random_state: Seed of the starts.
    """

    spec = specs.KMEANS

    def __init__(
        self,
        *,
        n_clusters: Annotated[int, Range(1)] | None = None,
        n_init: Annotated[int, Range(1)] = 1,
        max_iter: Annotated[int, Range(1)] = 300,
        random_state: Annotated[int, Range(0)] | None = 42,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_init = n_init
        self.max_iter = max_iter
        self.random_state = random_state
        self._fitted: Any = None

    def _estimator(self, n_clusters: int) -> Any:
        from sklearn.cluster import KMeans as Estimator

        return Estimator(n_clusters, n_init=self.n_init, max_iter=self.max_iter, random_state=self.random_state)

    def fit_predict(self, x: Matrix, y: Labels | None = None, /) -> Assignment:
        """Labels (n,); no strengths, no memberships."""
        from threadpoolctl import threadpool_limits

        rows = double(x)
        wanted = clusters_for(x.shape[0]) if self.n_clusters is None else self.n_clusters
        estimator = self._estimator(min(wanted, spread(x)))
        with threadpool_limits(1, user_api="openmp"):  # threads would add up centres in the order they finish
            estimator.fit(rows)
        self._fitted = _without_empty(_refilled(estimator, rows))
        return self.predict(x)

    def predict(self, x: Matrix, /) -> Assignment:
        """The cluster of the nearest centre."""
        if self._fitted is None:
            raise NotFittedError(f"clusterer {self.spec.name!r} has not been fitted; call fit_predict(x) first")
        return Assignment(labels=np.asarray(self._fitted.predict(double(x)), dtype=np.int64))

    def state(self) -> State | None:
        """The fitted scikit-learn estimator."""
        return None if self._fitted is None else encode(self._fitted)

    def restore(self, state: State, /) -> None:
        """Take up what ``state`` returned."""
        self._fitted = decode(state)


class MiniBatchKMeans(KMeans):
    """k-means that learns from random batches: nearly as good, and fast on very many rows.

    Args:
        n_clusters: As for ``kmeans``.
        batch_size: Rows of a batch.
        n_init: Starts, of which the best is kept.
        max_iter: Most passes over the rows.
        random_state: Seed of the starts and the batches.
    """

    spec = specs.MINIBATCH_KMEANS

    def __init__(
        self,
        *,
        n_clusters: Annotated[int, Range(1)] | None = None,
        batch_size: Annotated[int, Range(1)] = 4096,
        n_init: Annotated[int, Range(1)] = 3,
        max_iter: Annotated[int, Range(1)] = 100,
        random_state: Annotated[int, Range(0)] | None = 42,
    ) -> None:
        super().__init__(n_clusters=n_clusters, n_init=n_init, max_iter=max_iter, random_state=random_state)
        self.batch_size = batch_size

    def _estimator(self, n_clusters: int) -> Any:
        from sklearn.cluster import MiniBatchKMeans as Estimator

        return Estimator(
            n_clusters,
            n_init=self.n_init,
            max_iter=self.max_iter,
            batch_size=self.batch_size,
            random_state=self.random_state,
        )

    def fit_predict(self, x: Matrix, y: Labels | None = None, /) -> Assignment:
        """Labels (n,); no strengths, no memberships."""
        found = super().fit_predict(x, y)
        self._fitted._counts = np.bincount(found.labels, minlength=len(self._fitted.cluster_centers_)).astype(float)
        return found

    def partial_fit(self, x: Matrix, /) -> Assignment:
        """Labels (n,) of one more batch, after each centre moved towards the rows that went to it.

        The first batch is clustered like a corpus. A centre weighs as much as the rows that went to it so far, and is
        never put elsewhere, as scikit-learn does with small ones: a cluster stays what it is.

        Raises:
            InputError: The first batch has fewer different rows than there are to be clusters.
        """
        if self._fitted is None:
            different = spread(x)
            if self.n_clusters is not None and self.n_clusters > different:
                raise InputError(
                    f"the first batch has {different} different documents for {self.n_clusters} clusters: give a "
                    "larger first batch, or ask for fewer"
                )
            return self.fit_predict(x)
        fitted, labels = self._fitted, self.predict(x).labels
        centers = fitted.cluster_centers_
        new = np.bincount(labels, minlength=len(centers)).astype(float)
        sums: Any = indicator(labels, len(centers)).astype(float) @ double(x)
        sums = sums.toarray() if is_sparse(sums) else sums
        counts = fitted._counts + new
        steps = (sums - new[:, None] * centers) / np.maximum(counts, 1)[:, None]
        fitted.cluster_centers_, fitted._counts = centers + steps, counts
        return self.predict(x)


class BisectingKMeans(KMeans):
    """k-means that splits the widest cluster in two, again and again: clusters of a more even size.

    Args:
        n_clusters: As for ``kmeans``.
        n_init: Starts of each split, of which the best is kept.
        max_iter: Most iterations of a split.
        random_state: Seed of the splits.
    """

    spec = specs.BISECTING_KMEANS

    def _estimator(self, n_clusters: int) -> Any:
        from sklearn.cluster import BisectingKMeans as Estimator

        return Estimator(n_clusters, n_init=self.n_init, max_iter=self.max_iter, random_state=self.random_state)


def _refilled(estimator: Any, rows: Any) -> Any:
    """*estimator* with the centres that no row went to put on the rows farthest from all others, and its labels anew.

    A centre on a row keeps that row, so each round leaves fewer centres that can be empty.
    """
    if hasattr(estimator, "_bisecting_tree"):
        return estimator
    from sklearn.metrics import pairwise_distances_argmin_min
    from sklearn.metrics.pairwise import euclidean_distances

    centers = estimator.cluster_centers_
    for _ in centers:
        used = codes_of(estimator.labels_)
        if len(used) == len(centers):
            break
        far = pairwise_distances_argmin_min(rows, centers[used])[1]
        for empty in np.setdiff1d(np.arange(len(centers)), used):
            row = rows[[int(far.argmax())]]
            centers[empty] = row.toarray() if is_sparse(row) else row
            far = np.minimum(far, euclidean_distances(rows, row)[:, 0])
        estimator.labels_ = estimator.predict(rows)
    return estimator


def _without_empty(estimator: Any) -> Any:
    """*estimator* without the centres that no training row went to, and without the training labels."""
    codes = codes_of(estimator.labels_)
    if len(codes) < len(estimator.cluster_centers_) and not hasattr(estimator, "_bisecting_tree"):
        estimator.cluster_centers_ = np.ascontiguousarray(estimator.cluster_centers_[codes])
        estimator._n_features_out = len(codes)
    estimator.labels_ = numbered(estimator.labels_, codes)[:0].astype(np.int32)
    return estimator
