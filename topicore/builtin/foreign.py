"""Embedders around what users already have: scikit-learn objects, functions, and given vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from scipy.sparse import issparse

from ..components import JSON, Embedder, FloatMatrix, Role, State
from ..errors import ComponentError, InputError, NotFittedError, ParameterError
from . import plugin

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["CallableEmbedder", "Precomputed", "SklearnEmbedder"]


class SklearnEmbedder(Embedder):
    """Any scikit-learn transformer or pipeline from texts to rows, dense or sparse.

    A fitted object is used as it is; an unfitted one is cloned and fitted on the corpus.

    Args:
        estimator: A record of the estimator, as ``config()`` of a wrapped one gives it.
    """

    spec = plugin.SKLEARN_EMBEDDER

    def __init__(self, estimator: dict[str, Any] | None = None) -> None:
        self.estimator = estimator
        self._native: Any = None
        self._fitted = False
        self._given_fitted = False

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """Wrap a transformer; *parameters* are set on a clone."""
        from .estimators import describe

        if isinstance(obj, type):
            raise ParameterError(f"give an instance, not the class: embedder={obj.__name__}()")
        if not hasattr(obj, "transform"):
            raise ParameterError(f"a scikit-learn embedder needs transform(); {type(obj).__name__} has none")
        if parameters:
            from sklearn.base import clone

            obj = clone(obj).set_params(**parameters)
        component = cls(describe(obj))
        component._native = obj
        component._given_fitted = component._fitted = _is_fitted(obj)
        component._narrow()
        return component

    def _narrow(self) -> None:
        """Say whether the object learns batch by batch."""
        from .batchwise import learns_batchwise

        self.spec = replace(type(self).spec, incremental=learns_batchwise(self.native))  # type: ignore[misc]

    def learns(self) -> bool:
        return not self._given_fitted

    def fresh(self, **parameters: Any) -> Self:
        if self._given_fitted and not parameters:
            return self
        from sklearn.base import clone

        return type(self).from_native(clone(self.native), **parameters)

    def external(self) -> str | None:
        if self.estimator is not None:
            return None
        return f"{type(self._native).__module__}.{type(self._native).__qualname__}"

    def identity(self) -> Mapping[str, JSON] | None:
        """The record of an object that came fitted, where what it has learned can be told, too; else None."""
        return super().identity() if self.state() is not None else None

    @property
    def native(self) -> Any:
        """The scikit-learn object."""
        if self._native is None:
            from .estimators import build

            if self.estimator is None:
                raise ParameterError(
                    "embedder 'sklearn' wraps an object: embedder=make_pipeline(TfidfVectorizer(), ...)"
                )
            self._native = build(self.estimator)
        return self._native

    def fit(self, texts: Sequence[str], /) -> None:
        """Fit the object, unless it came fitted."""
        if not self._given_fitted:
            self.native.fit(list(texts))
            self._fitted = True

    def partial_fit(self, texts: Sequence[str], /) -> None:
        """Learn from one more batch, unless the object came fitted; a pipeline step by step."""
        from .batchwise import teach

        if not self._given_fitted:
            teach(self.native, list(texts))
            self._fitted = True

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d); a sparse result stays sparse."""
        if not self._fitted:
            raise NotFittedError("embedder 'sklearn': the transformer is not fitted: call fit before embed")
        if not texts:
            return cast(FloatMatrix, as_rows(self.native.transform([""]))[:0])
        return cast(FloatMatrix, as_rows(self.native.transform(list(texts))))

    def state(self) -> State | None:
        from .estimators import encode

        found = encode(self.native) if self._fitted else None
        if found is None:
            return None
        meta = {**found.meta, "came_fitted": self._given_fitted}
        return State(arrays=found.arrays, strings=found.strings, meta=meta)

    def restore(self, state: State, /) -> None:
        from .estimators import decode

        self._native = decode(state)
        self._fitted, self._given_fitted = True, state.meta.get("came_fitted") is True
        self._narrow()


def _is_fitted(obj: Any) -> bool:
    """Whether *obj*, or every step of a pipeline, was fitted before (or learns nothing)."""
    if hasattr(obj, "steps"):
        return all(_is_fitted(step) for _, step in obj.steps if step not in (None, "passthrough"))
    from sklearn.exceptions import NotFittedError as Unfitted
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(obj)
    except Unfitted:
        return False
    return True


def as_rows(x: Any) -> Any:
    """Rows as float32: C order, or CSR where *x* is sparse."""
    from scipy.sparse import csr_array

    if issparse(x):
        return csr_array(cast(Any, x), dtype=np.float32, copy=True)
    return np.ascontiguousarray(np.asarray(x), dtype=np.float32)


class Precomputed(Embedder):
    """Stands for embeddings that come with each call: ``fit(documents, embeddings=...)`` and so on."""

    spec = plugin.PRECOMPUTED

    def __init__(self) -> None: ...

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Always raises: there is no model to ask."""
        raise InputError(
            "the embeddings of this model were given, and no embedder can make more: pass embeddings=, "
            "or fit with an embedder such as embedder='sentence-transformers:all-MiniLM-L6-v2'"
        )


class CallableEmbedder(Embedder):
    """Any function from a list of texts to rows."""

    spec = plugin.CALLABLE

    def __init__(self) -> None:
        self._function: Callable[[Sequence[str]], Any] | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """Wrap a function."""
        component = cls(**parameters)
        component._function = obj
        return component

    def external(self) -> str | None:
        function = self._function
        return (
            f"{getattr(function, '__module__', None)}.{getattr(function, '__qualname__', type(function).__qualname__)}"
        )

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) as the function gives them."""
        if self._function is None:
            raise ParameterError("embedder 'callable' wraps a function: embedder=my_function")
        rows = as_rows(self._function(list(texts)))
        if rows.ndim != 2 or rows.shape[0] != len(texts):
            raise ComponentError(
                f"the embedding function gave shape {rows.shape} for {len(texts)} texts; it must give one row a text"
            )
        return cast(FloatMatrix, rows)

    def __repr__(self) -> str:
        return f"CallableEmbedder({self.external()})"
