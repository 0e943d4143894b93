"""Any object that learns batch by batch as a clusterer, such as a wrapper around a library for streams."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..components import Assignment, Clusterer, Labels, Matrix
from ..errors import NotFittedError, ParameterError
from .numbering import codes_of, numbered
from .specs_clustering import INCREMENTAL

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Incremental"]


class Incremental(Clusterer):
    """Any object with ``partial_fit(x)`` that leaves a label a row in ``labels_``; -1 or None is no cluster.

    The object handed in is never changed: a deep copy of it learns. With ``predict(x)`` it labels new rows itself.
    """

    spec = INCREMENTAL

    def __init__(self) -> None:
        self._native: Any = None
        self._learned: Any = None
        self._codes: NDArray[np.int64] = codes_of(np.empty(0))

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """Wrap an object with ``partial_fit``.

        Raises:
            ParameterError: It is a class, or has no ``partial_fit``.
        """
        if isinstance(obj, type):
            raise ParameterError(f"give an instance, not the class: clusterer={obj.__name__}()")
        if not callable(getattr(obj, "partial_fit", None)):
            raise ParameterError(f"clusterer 'incremental' needs partial_fit(); {type(obj).__name__} has none")
        component = cls(**parameters)
        component._native = obj
        component.spec = replace(cls.spec, inductive=callable(getattr(obj, "predict", None)))  # type: ignore[misc]
        return component

    def fresh(self, **parameters: Any) -> Self:
        """An equal around the same object, as it was handed in."""
        return type(self)(**parameters) if self._native is None else type(self).from_native(self._native, **parameters)

    def external(self) -> str | None:
        """The type of the object."""
        return f"{type(self._native).__module__}.{type(self._native).__qualname__}"

    def fit_predict(self, x: Matrix, y: Labels | None = None, /) -> Assignment:
        """Labels (n,) of all rows as one batch."""
        self._learned, self._codes = None, codes_of(np.empty(0))
        return self.partial_fit(x)

    def partial_fit(self, x: Matrix, /) -> Assignment:
        """Labels (n,) of one more batch; clusters are numbered in the order in which they first appear."""
        if self._native is None:
            raise ParameterError("clusterer 'incremental' wraps an object: clusterer=my_object")
        if self._learned is None:
            self._learned = copy.deepcopy(self._native)
        self._learned.partial_fit(x)
        raw = _labels(self._learned.labels_)
        self._codes = np.append(self._codes, np.setdiff1d(codes_of(raw), self._codes))
        return Assignment(labels=numbered(raw, self._codes))

    def predict(self, x: Matrix, /) -> Assignment:
        """What the object predicts; -1 for clusters that no batch had."""
        if self._learned is None:
            raise NotFittedError("clusterer 'incremental' has not been fitted; call fit_predict(x) first")
        return Assignment(labels=numbered(_labels(self._learned.predict(x)), self._codes))


def _labels(found: Any) -> NDArray[np.int64]:
    return np.array([-1 if label is None else label for label in found], dtype=np.int64)
