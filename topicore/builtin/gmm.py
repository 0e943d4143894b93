"""A Gaussian mixture: soft clusters, from scikit-learn."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..components import Assignment, Clusterer, Labels, Matrix, State
from ..errors import ModelFileError, NotFittedError
from ..specs import Range
from .estimators import decode, encode
from .numbering import clusters_for, codes_of, double, spread
from .specs_clustering import GMM

__all__ = ["Gmm"]


class Gmm(Clusterer):
    """Gaussian mixture: each row belongs to each cluster with a probability.

    Args:
        n_components: How many clusters, at most as many as there are distinct rows; None takes half the square root of
            the number of rows, at most 200.
        covariance_type: Shape of a cluster; ``"full"`` needs many more rows than dimensions squared.
        reg_covar: Added to the variances, so that a cluster of equal rows stays possible.
        max_iter: Most iterations.
        random_state: Seed of the k-means that it starts from.
    """

    spec = GMM

    def __init__(
        self,
        *,
        n_components: Annotated[int, Range(1)] | None = None,
        covariance_type: Literal["full", "tied", "diag", "spherical"] = "diag",
        reg_covar: Annotated[float, Range(0)] = 1e-6,
        max_iter: Annotated[int, Range(1)] = 300,
        random_state: Annotated[int, Range(0)] | None = 42,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.random_state = random_state
        self._fitted: tuple[Any, NDArray[np.int64]] | None = None

    def fit_predict(self, x: Matrix, y: Labels | None = None, /) -> Assignment:
        """Labels (n,), strengths (n,), memberships (n, k) dense."""
        from sklearn.mixture import GaussianMixture
        from threadpoolctl import threadpool_limits

        wanted = clusters_for(x.shape[0]) if self.n_components is None else self.n_components
        estimator = GaussianMixture(
            min(wanted, spread(x)),
            covariance_type=self.covariance_type,
            reg_covar=self.reg_covar,
            max_iter=self.max_iter,
            random_state=self.random_state,
        )
        rows = double(x)
        with threadpool_limits(1, user_api="openmp"):  # the k-means it starts from would add up in any order
            estimator.fit(np.repeat(rows, 2, axis=0) if len(rows) == 1 else rows)  # it refuses a single row
        self._fitted = estimator, codes_of(estimator.predict_proba(rows).argmax(axis=1))
        return self.predict(x)

    def predict(self, x: Matrix, /) -> Assignment:
        """The most probable of the clusters that training rows went to."""
        if self._fitted is None:
            raise NotFittedError("clusterer 'gmm' has not been fitted; call fit_predict(x) first")
        estimator, codes = self._fitted
        shares = estimator.predict_proba(double(x))[:, codes]
        return Assignment(
            labels=shares.argmax(axis=1).astype(np.int64),
            strengths=shares.max(axis=1).clip(0, 1).astype(np.float32),
            memberships=np.ascontiguousarray(shares, dtype=np.float32),
        )

    def state(self) -> State | None:
        """The fitted scikit-learn estimator, and which of its components have rows."""
        if self._fitted is None:
            return None
        estimator, codes = self._fitted
        state = encode(estimator)
        return state and State(arrays={**state.arrays, "codes": codes}, strings=state.strings, meta=state.meta)

    def restore(self, state: State, /) -> None:
        """Take up what ``state`` returned."""
        if "codes" not in state.arrays:
            raise ModelFileError("the state of clusterer 'gmm' lacks array 'codes': the file is damaged")
        self._fitted = decode(state), state.arrays["codes"].astype(np.int64)
