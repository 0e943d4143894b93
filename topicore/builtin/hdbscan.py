"""scikit-learn's HDBSCAN, with the prediction of new rows that it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..components import Assignment, Clusterer, Labels, Matrix, State
from ..errors import ModelFileError, NotFittedError
from ..specs import Range
from .numbering import double
from .specs_clustering import SKLEARN_HDBSCAN

__all__ = ["SklearnHdbscan"]


class SklearnHdbscan(Clusterer):
    """HDBSCAN: regions denser than their surroundings are clusters, the rest is -1.

    A new row goes to the training row nearest by mutual reachability, the larger of their distance and the distances
    to their ``min_samples``-th neighbours, and takes its cluster if it comes nearer than the distance at which that
    cluster split off (as ``approximate_predict`` of the hdbscan library does). An identical training row decides alone.

    Args:
        min_cluster_size: Fewest rows of a cluster; a density takes two, so that 1 counts as 2.
        min_samples: Rows within the distance that counts as a row's density, itself included; more of them make more
            outliers. None takes ``min_cluster_size``. Fewer where there are fewer rows.
        cluster_selection_method: ``"eom"`` for the most stable clusters of any level, ``"leaf"`` for the finest.
        cluster_selection_epsilon: Clusters nearer than this are not told apart.
        allow_single_cluster: Whether all rows may be one cluster.
    """

    spec = SKLEARN_HDBSCAN

    def __init__(
        self,
        *,
        min_cluster_size: Annotated[int, Range(1)] = 10,
        min_samples: Annotated[int, Range(1)] | None = None,
        cluster_selection_method: Literal["eom", "leaf"] = "eom",
        cluster_selection_epsilon: Annotated[float, Range(0)] = 0.0,
        allow_single_cluster: bool = False,
    ) -> None:
        self.min_cluster_size = min_cluster_size
        self.min_samples = min_samples
        self.cluster_selection_method = cluster_selection_method
        self.cluster_selection_epsilon = cluster_selection_epsilon
        self.allow_single_cluster = allow_single_cluster
        self._fitted: Density | None = None
        self._tree: Any = None

    def fit_predict(self, x: Matrix, y: Labels | None = None, /) -> Assignment:
        """Labels (n,) with -1, strengths (n,) as scikit-learn's ``probabilities_``."""
        from sklearn.cluster import HDBSCAN

        rows = double(x)
        fewest = max(2, self.min_cluster_size)
        samples = min(self.min_samples or fewest, len(rows))
        labels, strengths = np.full(len(rows), -1, dtype=np.int64), np.zeros(len(rows), dtype=np.float32)
        births, exits = np.empty(0), np.full(len(rows), np.inf)
        if len(rows) > 1:
            estimator = HDBSCAN(
                min_cluster_size=fewest,
                min_samples=samples,
                cluster_selection_method=self.cluster_selection_method,
                cluster_selection_epsilon=float(self.cluster_selection_epsilon),
                allow_single_cluster=self.allow_single_cluster,
                copy=True,
            ).fit(rows)
            labels = np.asarray(estimator.labels_, dtype=np.int64).clip(min=-1)
            strengths = np.nan_to_num(estimator.probabilities_).clip(0, 1).astype(np.float32)
            births, exits = _distances(estimator._single_linkage_tree_.tolist(), labels, fewest)
        cores = _search_tree(rows).query(rows, k=samples)[0][:, -1]
        self._fitted = Density(rows, labels, strengths, cores, exits, births, np.array(samples))
        self._tree = None
        return Assignment(labels=labels, strengths=strengths)

    def predict(self, x: Matrix, /) -> Assignment:
        """Labels of new rows, and strengths that fall with their distance to the cluster."""
        density = self._density()
        if self._tree is None:
            self._tree = _search_tree(density.rows)
        nearest, reach = _reachable(self._tree, double(x), density)
        labels, births = density.labels[nearest], np.append(density.births, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            fading = np.where(reach > 0, np.minimum(1, density.exits[nearest] / reach), 1)
        inside = (labels >= 0) & ((reach < births[labels]) | (reach == 0))
        strengths = np.where(inside, density.strengths[nearest] * fading, 0)
        return Assignment(labels=np.where(inside, labels, -1), strengths=strengths.astype(np.float32))

    def _density(self) -> Density:
        if self._fitted is None:
            raise NotFittedError("clusterer 'sklearn.hdbscan' has not been fitted; call fit_predict(x) first")
        return self._fitted

    def state(self) -> State | None:
        """The training rows with their labels, strengths and distances."""
        return None if self._fitted is None else State(arrays=asdict(self._fitted))

    def restore(self, state: State, /) -> None:
        """Take up what ``state`` returned."""
        try:
            density = Density(**state.arrays)
        except TypeError as error:
            raise ModelFileError(f"the state of clusterer 'sklearn.hdbscan' is damaged: {error}") from error
        n, k = len(density.rows), len(density.births)
        parts = (density.labels, density.strengths, density.cores, density.exits)
        fits = density.rows.ndim == 2 and all(part.shape == (n,) for part in parts) and density.births.ndim == 1
        if not fits or n == 0 or not -1 <= density.labels.min() <= density.labels.max() < k:
            raise ModelFileError("the parts of the state of clusterer 'sklearn.hdbscan' do not fit together")
        self._fitted, self._tree = density, None


@dataclass(frozen=True, slots=True)
class Density:
    """What HDBSCAN learned.

    Args:
        rows: (n, d) float64 training rows.
        labels: (n,) their clusters.
        strengths: (n,) float32.
        cores: (n,) distance to the ``samples``-th row, counting itself.
        exits: (n,) distance at which each row joins enough others for a cluster; its density is the inverse.
        births: (k,) distance at which each cluster split off.
        samples: How many rows ``cores`` counts.
    """

    rows: NDArray[np.float64]
    labels: Labels
    strengths: NDArray[np.float32]
    cores: NDArray[np.float64]
    exits: NDArray[np.float64]
    births: NDArray[np.float64]
    samples: NDArray[np.int64]


def _search_tree(rows: NDArray[np.float64]) -> Any:
    """Exact Euclidean neighbours, one query at a time: no answer depends on the other queries."""
    from sklearn.neighbors import KDTree

    return KDTree(rows)


def _reachable(
    tree: Any, queries: NDArray[np.float64], density: Density
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The training row nearest to each query by mutual reachability (ties: by distance), and how near.

    Rows beyond those looked at are no nearer than the last of these; where that does not settle it, more are looked at.
    """
    n, samples = len(density.rows), int(density.samples)
    nearest = np.empty(len(queries), dtype=np.int64)
    reach = np.empty(len(queries))
    open_rows, k = np.arange(len(queries)), min(n, 2 * samples)
    while len(open_rows):
        distances, found = tree.query(queries[open_rows], k=k)
        own = distances[:, samples - 2] if samples > 1 else np.zeros(len(open_rows))
        mutual = np.maximum(np.maximum(distances, density.cores[found]), own[:, None])
        best = mutual.argmin(axis=1)
        at = np.arange(len(open_rows))
        same = distances[:, 0] == 0
        best[same] = 0
        nearest[open_rows], reach[open_rows] = found[at, best], np.where(same, 0, mutual[at, best])
        unsettled = (reach[open_rows] > distances[:, -1]) & ~same & (k < n)
        open_rows, k = open_rows[unsettled], min(n, 4 * k)
    return nearest, reach


def _distances(
    merges: Iterable[tuple[int, int, float, int]], labels: Labels, min_cluster_size: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of a single-linkage tree, the distance at which each cluster split off (k,), and each row left its own (n,).

    Args:
        merges: (left, right, distance, size) by distance; nodes are rows, then the merges in order.
        labels: (n,) clusters of the rows. One splits off where it meets rows that are not its own.
        min_cluster_size: A row leaves where the crumb that holds it, smaller than this, meets enough others.
    """
    owners, sizes = labels.tolist(), [1] * len(labels)
    crumbs: list[list[int]] = [[row] for row in range(len(labels))]
    births = [-1.0] * (int(labels.max(initial=-1)) + 1)
    exits = np.full(len(labels), np.inf)
    mixed = -2
    for left, right, distance, size in merges:
        together = owners[left] == owners[right]
        for side in (left, right):
            if not together and owners[side] >= 0:
                births[owners[side]] = max(births[owners[side]], float(distance))
            if sizes[side] < min_cluster_size <= size:
                exits[crumbs[side]] = distance
        owners.append(owners[left] if together else mixed)
        sizes.append(int(size))
        crumbs.append(crumbs[left] + crumbs[right] if size < min_cluster_size else [])
    return np.array([birth if birth >= 0 else np.inf for birth in births]), exits
