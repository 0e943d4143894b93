"""Any scikit-learn transformer as a reducer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..components import FloatMatrix, Labels, Matrix, Reducer, State
from ..errors import InputError, NotFittedError
from .batchwise import begun, learns_batchwise
from .estimators import decode, encode
from .native import careful, needs_classes, prepared, takes_sparse, type_name
from .numbering import double, spread
from .rows import csr, is_sparse
from .specs_clustering import SKLEARN_REDUCER
from .wrapper import Wrapper

__all__ = ["SklearnReducer"]


class SklearnReducer(Wrapper, Reducer):
    """Any scikit-learn transformer or pipeline of transformers.

    The object handed in is never changed: an unfitted copy is fitted. One that cannot do without ``y`` learns from the
    rows with a class; the others see ``y`` and may use it. Without ``transform`` (t-SNE) it cannot reduce new rows.
    ``n_components`` is lowered to what the rows allow. Equal rows become zeros where nothing new has to be reduced.

    Args:
        estimator: A record of the estimator, as ``config()`` of a wrapped one gives it.
        random_state: Seed where the estimator leaves its own open.
    """

    spec = SKLEARN_REDUCER

    methods = ("transform", "fit_transform")

    def narrow(self, obj: Any, /) -> None:
        """Whether it reduces new rows, needs classes, takes sparse rows, can become data, and learns by batches."""
        self.spec = replace(  # type: ignore[misc]
            type(self).spec,
            persists=hasattr(obj, "transform") and type_name(obj) is None,
            inductive=hasattr(obj, "transform"),
            supervised=needs_classes(obj),
            sparse_input=takes_sparse(obj),
            incremental=hasattr(obj, "transform") and not needs_classes(obj) and learns_batchwise(obj),
        )

    def fit_transform(self, x: Matrix, y: Labels | None = None, /) -> FloatMatrix:
        """Rows (n, k) of *x* (n, d).

        Raises:
            InputError: The transformer needs classes, and none was given.
        """
        native = self.native()
        self.narrow(native)
        width = _components(native)
        if width is not None and not self.spec.inductive and spread(x) == 1:  # t-SNE brings the process down
            return np.zeros((x.shape[0], min(width, x.shape[1])), dtype=np.float32)
        estimator, rows = _lowered(prepared(native, x, self.random_state), x), double(x)
        if not needs_classes(native):
            with np.errstate(divide="ignore", invalid="ignore"):  # shares of no variance at all, of equal rows
                reduced = estimator.fit_transform(rows, y)
            self._fitted = estimator
            return _rows(reduced)
        known = np.flatnonzero(np.asarray(y) >= 0) if y is not None else np.empty(0, dtype=np.int64)
        if y is None or not len(known):
            raise InputError(
                f"{type(native).__name__} learns from classes, and none was given: fit(documents, y=classes)"
            )
        self._fitted = estimator.fit(rows[known], np.asarray(y)[known])
        return self.transform(x)

    def partial_fit(self, x: Matrix, /) -> None:
        """Learn from one more batch; a pipeline step by step.

        Raises:
            InputError: The batch is too small for the components asked for, or the transformer takes no sparse batch.
        """
        first = self._fitted is None
        estimator = _lowered(careful(self.native(), self.random_state), x) if first else self._fitted
        try:
            begun(estimator, double(x), first=first)
        except TypeError as error:
            if not is_sparse(x):
                raise
            raise InputError(
                f"{type(estimator).__name__} takes no sparse rows batch by batch: use reducer='incremental-pca', which "
                "does"
            ) from error
        self._fitted = estimator

    def transform(self, x: Matrix, /) -> FloatMatrix:
        """Rows (n, k) of new *x* (n, d)."""
        if self._fitted is None:
            raise NotFittedError("reducer 'sklearn' has not been fitted; call fit_transform(x) first")
        return _rows(self._fitted.transform(double(x)))

    def state(self) -> State | None:
        """The fitted estimator, where it transforms and can become data."""
        return encode(self._fitted) if self._fitted is not None and self.spec.inductive else None

    def restore(self, state: State, /) -> None:
        """Take up what ``state`` returned."""
        self._fitted = decode(state)
        self.narrow(self._fitted)


def _lowered(estimator: Any, x: Matrix) -> Any:
    """*estimator* with no more components than columns, and a perplexity that fewer rows allow."""
    parameters = estimator.get_params(deep=False)
    components, perplexity = parameters.get("n_components"), parameters.get("perplexity")
    if type(components) is int and components > x.shape[1]:
        estimator.set_params(n_components=x.shape[1])
    if perplexity is not None and perplexity >= x.shape[0]:
        estimator.set_params(perplexity=max(0.5, (x.shape[0] - 1) / 3))
    return estimator


def _components(estimator: Any) -> int | None:
    """The columns that *estimator*, or the last step of a pipeline, was told to give, if it was."""
    parameters = estimator.get_params(deep=True).items()
    told = [value for name, value in parameters if name.rpartition("__")[2] == "n_components" and type(value) is int]
    return told[-1] if told else None


def _rows(reduced: Any) -> FloatMatrix:
    dense = csr(reduced).toarray() if is_sparse(reduced) else reduced
    return np.ascontiguousarray(dense, dtype=np.float32)
