"""Reducers without a library of their own: truncated SVD, principal components, and none at all."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from ..components import FloatMatrix, Labels, Matrix, Reducer, State
from ..errors import InputError, ModelFileError, NotFittedError
from ..specs import Range
from . import specs_clustering as specs
from .numbering import double
from .rows import is_sparse

__all__ = ["Identity", "Pca", "Svd"]

BLOCK = 1 << 22


class Svd(Reducer):
    """Truncated SVD (randomised): projects rows on the directions that explain most of them, without centring.

    Args:
        n_components: How many directions; fewer where rows or columns are fewer.
        n_iter: Power iterations; more of them come nearer to the exact directions.
        random_state: Seed of the start.
    """

    spec = specs.SVD

    def __init__(
        self,
        *,
        n_components: Annotated[int, Range(1)] = 100,
        n_iter: Annotated[int, Range(0)] = 5,
        random_state: Annotated[int, Range(0)] | None = 42,
    ) -> None:
        self.n_components = n_components
        self.n_iter = n_iter
        self.random_state = random_state
        self._directions: NDArray[np.float64] | None = None

    def fit_transform(self, x: Matrix, y: Labels | None = None, /) -> FloatMatrix:
        """Rows (n, k) of *x* (n, d), dense or CSR."""
        from sklearn.utils.extmath import randomized_svd

        rank = min(self.n_components, *x.shape)
        _, _, directions = randomized_svd(double(x), rank, n_iter=self.n_iter, random_state=self.random_state)
        self._directions = np.ascontiguousarray(directions)
        return self.transform(x)

    def transform(self, x: Matrix, /) -> FloatMatrix:
        """Rows (n, k) of new *x* (n, d)."""
        if self._directions is None:
            raise NotFittedError("reducer 'svd' has not been fitted; call fit_transform(x) first")
        return _project(x, self._directions)

    def state(self) -> State | None:
        """The directions (k, d)."""
        return None if self._directions is None else State(arrays={"directions": self._directions})

    def restore(self, state: State, /) -> None:
        """Take up what ``state`` returned."""
        self._directions = _matrix(state, "directions", "svd")


class Pca(Reducer):
    """Principal components: projects centred rows on the directions of most variance.

    Args:
        n_components: How many directions; fewer where rows or columns are fewer.
        random_state: Seed where the exact solution would take too long.
    """

    spec = specs.PCA

    def __init__(
        self,
        *,
        n_components: Annotated[int, Range(1)] = 50,
        random_state: Annotated[int, Range(0)] | None = 42,
    ) -> None:
        self.n_components = n_components
        self.random_state = random_state
        self._directions: NDArray[np.float64] | None = None
        self._mean: NDArray[np.float64] | None = None

    def fit_transform(self, x: Matrix, y: Labels | None = None, /) -> FloatMatrix:
        """Rows (n, k) of *x* (n, d), dense."""
        from sklearn.decomposition import PCA

        rows = double(x)
        rank = min(self.n_components, *rows.shape)
        self._mean, self._directions = rows.mean(axis=0), np.eye(rank, rows.shape[1])
        if (rows != rows[0]).any():
            fitted = PCA(rank, random_state=self.random_state).fit(rows)
            self._mean, self._directions = fitted.mean_, np.ascontiguousarray(fitted.components_)
        return self.transform(x)

    def transform(self, x: Matrix, /) -> FloatMatrix:
        """Rows (n, k) of new *x* (n, d)."""
        if self._directions is None or self._mean is None:
            raise NotFittedError("reducer 'pca' has not been fitted; call fit_transform(x) first")
        return _project(x, self._directions, self._mean)

    def state(self) -> State | None:
        """The directions (k, d) and the mean row (1, d)."""
        if self._directions is None or self._mean is None:
            return None
        return State(arrays={"directions": self._directions, "mean": self._mean[None]})

    def restore(self, state: State, /) -> None:
        """Take up what ``state`` returned."""
        directions, mean = _matrix(state, "directions", "pca"), _matrix(state, "mean", "pca")
        if mean.shape != (1, directions.shape[1]):
            raise ModelFileError("the mean and the directions of reducer 'pca' do not fit together")
        self._directions, self._mean = directions, mean[0]


class Identity(Reducer):
    """Hands rows on as they are."""

    spec = specs.IDENTITY

    def __init__(self) -> None: ...

    def fit_transform(self, x: Matrix, y: Labels | None = None, /) -> Any:
        """*x* as float32, dense or CSR."""
        return self.transform(x)

    def partial_fit(self, x: Matrix, /) -> None:
        """There is nothing to learn."""

    def transform(self, x: Matrix, /) -> Any:
        """*x* as float32, dense or CSR."""
        return x.astype(np.float32) if is_sparse(x) else np.ascontiguousarray(x, dtype=np.float32)


def _project(x: Matrix, directions: NDArray[np.float64], mean: NDArray[np.float64] | None = None) -> FloatMatrix:
    """(n, k) float32 products of rows and directions, summed in float64 so that batches of any size round alike."""
    if x.shape[1] != directions.shape[1]:
        raise InputError(
            f"rows have {x.shape[1]} columns, the training rows had {directions.shape[1]}: embed them alike"
        )
    result = np.empty((x.shape[0], len(directions)), dtype=np.float32)
    step = max(1, BLOCK // max(1, x.shape[1]))
    for start in range(0, x.shape[0], step):
        block = double(x[start : start + step])
        result[start : start + step] = (block if mean is None else block - mean) @ directions.T
    return result


def _matrix(state: State, name: str, reducer: str) -> NDArray[np.float64]:
    array = state.arrays.get(name)
    if array is None or array.ndim != 2:
        raise ModelFileError(f"the state of reducer {reducer!r} has no matrix {name!r}: the file is damaged")
    return array.astype(np.float64)
