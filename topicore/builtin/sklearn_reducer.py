"""Any scikit-learn transformer as a reducer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from ..components import FloatMatrix, Labels, Matrix, Reducer, State
from ..errors import InputError, NotFittedError
from ..specs import Range
from .estimators import decode, describe, encode
from .native import needs_classes, of_record, prepared, takes_sparse, type_name, unfitted
from .numbering import double, spread
from .rows import csr, is_sparse
from .specs_clustering import SKLEARN_REDUCER

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["SklearnReducer"]


class SklearnReducer(Reducer):
    """Any scikit-learn transformer or pipeline of transformers.

    The object handed in is never changed: an unfitted copy is fitted. One that cannot do without ``y`` learns from the
    rows with a class; the others see ``y`` and may use it. Without ``transform`` (t-SNE) it cannot reduce new rows.
    ``n_components`` is lowered to what the rows allow. Equal rows become zeros where nothing new has to be reduced.

    Args:
        estimator: A record of the estimator, as ``config()`` of a wrapped one gives it.
        random_state: Seed where the estimator leaves its own open.
    """

    spec = SKLEARN_REDUCER

    def __init__(
        self, estimator: Mapping[str, Any] | None = None, *, random_state: Annotated[int, Range(0)] | None = 42
    ) -> None:
        self.estimator = estimator
        self.random_state = random_state
        self._native: Any = None
        self._fitted: Any = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """Wrap a transformer; what it has learned before is not used."""
        copy = unfitted("reducer", obj, "transform", "fit_transform")
        component = cls(describe(copy), **parameters)
        component._native = copy
        component._narrow(copy)
        return component

    def fresh(self, **parameters: Any) -> Self:
        """An unfitted equal around a copy of the same object."""
        if self._native is None or "estimator" in parameters:
            return super().fresh(**parameters)
        return type(self).from_native(self._native, **{"random_state": self.random_state, **parameters})

    def external(self) -> str | None:
        """The type of the wrapped object, where it cannot become data."""
        return None if self._native is None else type_name(self._native)

    def _narrow(self, obj: Any) -> None:
        self.spec = replace(  # type: ignore[misc]
            type(self).spec,
            persists=hasattr(obj, "transform") and type_name(obj) is None,
            inductive=hasattr(obj, "transform"),
            supervised=needs_classes(obj),
            sparse_input=takes_sparse(obj),
        )

    def fit_transform(self, x: Matrix, y: Labels | None = None, /) -> FloatMatrix:
        """Rows (n, k) of *x* (n, d).

        Raises:
            InputError: The transformer needs classes, and none was given.
        """
        native = of_record("reducer", self.estimator) if self._native is None else self._native
        self._narrow(native)
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
        self._narrow(self._fitted)


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
