"""Hierarchical clustering from the bottom up, from scikit-learn."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from ..components import Assignment, Clusterer, Labels, Matrix
from ..specs import Range
from .numbering import clusters_for, double, spread
from .specs_clustering import AGGLOMERATIVE

__all__ = ["Agglomerative"]


class Agglomerative(Clusterer):
    """Joins the two closest clusters until ``n_clusters`` are left; time and memory grow with the square of the rows.

    It cannot label new rows: the core lets the nearest training rows vote.

    Args:
        n_clusters: How many clusters, at most as many as there are distinct rows; None takes half the square root of
            the number of rows, at most 200.
        linkage: What is close: least added variance, or the mean, largest or smallest distance of their rows.
    """

    spec = AGGLOMERATIVE

    def __init__(
        self,
        *,
        n_clusters: Annotated[int, Range(1)] | None = None,
        linkage: Literal["ward", "average", "complete", "single"] = "ward",
    ) -> None:
        self.n_clusters = n_clusters
        self.linkage = linkage

    def fit_predict(self, x: Matrix, y: Labels | None = None, /) -> Assignment:
        """Labels (n,); no strengths, no memberships."""
        from sklearn.cluster import AgglomerativeClustering

        wanted = clusters_for(x.shape[0]) if self.n_clusters is None else self.n_clusters
        k = min(wanted, spread(x))
        if k == 1:
            return Assignment(labels=np.zeros(x.shape[0], dtype=np.int64))
        labels = AgglomerativeClustering(n_clusters=k, linkage=self.linkage).fit_predict(double(x))
        return Assignment(labels=np.asarray(labels, dtype=np.int64))
