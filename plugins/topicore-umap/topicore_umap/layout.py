"""A finished UMAP layout, and where new rows go in it.

A layout is two arrays: the training rows and their places. A fitted and a restored reducer place
new rows with the same code on the same arrays, so they agree to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from warnings import catch_warnings, filterwarnings

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack

from .neighbors import METRICS, Neighbors
from .twins import Rows, Twins, is_sparse

FEWEST = 3
"""Below this many rows there is no neighbourhood to lay out."""
BATCH = 8192
"""Rows placed at a time; umap optimises a batch of more than 10,000 rows less."""
NOISE = (
    "n_jobs value",
    "n_neighbors is larger than the dataset size",
    "gradient function is not yet implemented",
    "Tensorflow not installed",
    "Graph is not fully connected",
    "Embedding a total of",
    "Spectral initiali[sz]ation",
    "(A large number|A few) of your vertices",
    "unable to perform",
    "invalid value encountered",
)


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out what umap warns of and this module handles; every other warning stays."""
    with catch_warnings():
        for message in NOISE:
            filterwarnings("ignore", message=rf"\s*{message}")
        filterwarnings("ignore", category=ImportWarning)
        yield


@dataclass(frozen=True)
class Layout:
    """Training rows and their places.

    Args:
        rows: (n, d) the training rows.
        places: (n, k) float32, where they are; finite, equal for equal rows.
        curve: The two numbers of the curve between near and far (``a`` and ``b`` of umap).
        parameters: What the ``umap.UMAP`` was built with.
    """

    rows: Rows
    places: NDArray[np.float32]
    curve: tuple[float, float]
    parameters: Mapping[str, Any]

    @cached_property
    def twins(self) -> Twins:
        return Twins(self.rows)

    @cached_property
    def beyond(self) -> NDArray[np.float32]:
        """(k,) a place outside of all others, for a row without any neighbour."""
        place: NDArray[np.float32] = outskirts(self.places, 1)[0]
        return place

    @cached_property
    def model(self) -> Any:
        """A ``umap.UMAP`` that knows these rows and places, made to answer the same whatever the batch.

        It sets private attributes of umap 0.5: those that ``transform`` reads, and no other.
        """
        with quiet():
            from umap import UMAP

            model = UMAP(**{**self.parameters, "random_state": 0, "n_jobs": 1})
            model._raw_data = self.rows
            model._initial_alpha = model.learning_rate
            model.knn_dists = None
            model._validate_parameters()
        model._a, model._b = self.curve
        model._n_neighbors = min(model.n_neighbors, self.rows.shape[0] - 1)
        model._input_hash = None
        model._small_data = model.metric not in METRICS
        if not model._small_data:
            model._knn_search_index = Neighbors(self.rows, model.metric)
        if model.n_epochs is not None:
            model.n_epochs = max(FEWEST, model.n_epochs)
        model.embedding_ = self.places
        return model

    def place(self, rows: Rows) -> NDArray[np.float32]:
        """(m, k) places of *rows*: a training row's own, else what umap finds."""
        places = np.zeros((rows.shape[0], self.places.shape[1]), dtype=np.float32)
        if self.rows.shape[0] < FEWEST:
            return places
        twins = self.twins.find(rows)
        known, new = np.flatnonzero(twins >= 0), np.flatnonzero(twins < 0)
        places[known] = self.places[twins[known]]
        for start in range(0, len(new), BATCH):
            part = new[start : start + BATCH]
            places[part] = self._transform(rows[part])
        lost = ~np.isfinite(places).all(axis=1)
        places[lost] = self.beyond
        return places

    def _transform(self, rows: Rows) -> NDArray[np.float32]:
        """umap's own transform, led by a training row.

        umap scales all edges of a batch by the strongest of them. An edge from a training row to itself has the
        greatest strength there is, so with one in front the scale, and with it each row's place, never changes.
        """
        anchor = self.rows[:1]
        batch: Rows = np.vstack([anchor, rows]) if not is_sparse(rows) else vstack([anchor, rows]).tocsr()
        with quiet(), np.errstate(invalid="ignore"):
            return np.asarray(self.model.transform(batch), dtype=np.float32)[1:]


def outskirts(places: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """(count, k) places away from the finite ones and from each other, so that no density is feigned."""
    finite = places[np.isfinite(places).all(axis=1)]
    if not len(finite):
        finite = np.zeros((1, places.shape[1]), dtype=np.float32)
    top = finite.max(axis=0)
    step = np.maximum(top - finite.min(axis=0), 1.0)
    steps = np.arange(1, count + 1, dtype=np.float32)[:, None]
    return np.asarray(top + steps * step, dtype=np.float32)
