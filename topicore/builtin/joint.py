"""Several embedders side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import issparse

from ..components import Component, Embedder, FloatMatrix, Role, State
from ..errors import InputError, NotFittedError, ParameterError
from . import plugin
from .lexicon import NOTHING, lengths, unit

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Joint"]


class Joint(Embedder):
    """Rows of several embedders, each centred on its corpus mean, scaled to unit rows, weighted, and put side by side.

    Made from a list: ``topicore.embedder(["sentence-transformers:all-MiniLM-L6-v2", "ppmi"], weights=[1, 0.7])``.
    A part that knows nothing of a text (an all-zero row) adds zeros.

    Args:
        weights: One number a part; None weighs all the same.
    """

    spec = plugin.JOINT

    def __init__(self, weights: Sequence[float] | None = None) -> None:
        self.weights = weights
        self._parts: tuple[Embedder, ...] = ()
        self._means: list[FloatMatrix] | None = None

    @classmethod
    def from_native(cls, obj: Sequence[Any], /, **parameters: Any) -> Self:
        """Join a list of embedders, given by name or as objects."""
        from ..registry import build

        return cls(**parameters).with_parts([build("embedder", part) for part in obj])

    def with_parts(self, parts: Sequence[Component], /) -> Self:
        """A joint embedder with these *parts*."""
        if not parts:
            raise ParameterError("embedder 'joint' needs at least one embedder in its list")
        if self.weights is not None and len(self.weights) != len(parts):
            raise ParameterError(f"embedder 'joint' has {len(parts)} parts but {len(self.weights)} weights")
        joint = type(self)(**self.config())
        joint._parts = tuple(part for part in parts if isinstance(part, Embedder))
        return joint

    def parts(self) -> tuple[Component, ...]:
        return self._parts

    def fresh(self, **parameters: Any) -> Self:
        return type(self)(**{**self.config(), **parameters}).with_parts([part.fresh() for part in self._parts])

    def fit(self, texts: Sequence[str], /) -> None:
        """Fit the parts that learn, then the means."""
        for part in self._parts:
            part.fit(texts)
        self.fit_parts([part.embed(texts) for part in self._parts])

    def fit_parts(self, rows: Sequence[FloatMatrix], /) -> None:
        """Learn the mean of each part's rows, all-zero rows left out."""
        self._means = []
        if any(issparse(part) for part in rows):
            raise InputError(
                "embedder 'joint' takes no sparse parts; reduce them, "
                "as make_pipeline(TfidfVectorizer(), TruncatedSVD()) does"
            )
        for part in rows:
            known = part[lengths(part) > NOTHING]
            mean = known.mean(axis=0, dtype=np.float64) if len(known) > 1 else np.zeros(part.shape[1])
            self._means.append(mean.astype(np.float32))

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d1 + d2 + ...)."""
        return self.combine([part.embed(texts, role=role) for part in self._parts])

    def combine(self, rows: Sequence[FloatMatrix], /) -> FloatMatrix:
        """Rows (n, d1 + d2 + ...) of the rows of each part."""
        if self._means is None:
            raise NotFittedError("embedder 'joint' centres on the corpus: call fit before embed")
        weights = [1.0] * len(rows) if self.weights is None else self.weights
        joined = []
        for part, mean, weight in zip(rows, self._means, weights, strict=True):
            if part.shape[1] != len(mean):
                raise InputError(f"embedder 'joint': a part gives {part.shape[1]} columns, but gave {len(mean)} in fit")
            known = lengths(part)[:, None] > NOTHING
            joined.append(np.float32(weight) * unit(np.where(known, part - mean, np.float32(0))))
        return np.ascontiguousarray(np.hstack(joined), dtype=np.float32)

    def state(self) -> State | None:
        if self._means is None:
            return None
        return State(arrays={f"mean{place}": mean for place, mean in enumerate(self._means)})

    def restore(self, state: State, /) -> None:
        self._means = [np.asarray(state.arrays[f"mean{place}"]) for place in range(len(state.arrays))]
