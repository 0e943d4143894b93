"""Principal components of rows that come batch by batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from ..components import FloatMatrix, Labels, Matrix, Reducer, State
from ..errors import InputError, ModelFileError, NotFittedError
from ..specs import Range
from . import specs_clustering as specs
from .rows import is_sparse

__all__ = ["IncrementalPca"]

BLOCK = 1 << 22
"""Numbers of dense rows that a step holds at once."""

WIDEST = 1 << 16
"""Most columns: as many numbers a direction are kept."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What rows so far have taught.

    Args:
        rows: How many there were.
        mean: (1, d) their mean.
        scaled: (k, d) their principal directions, each as long as its singular value.
        directions: (k, d) what rows are projected on: the same directions, turned to lie near those of before.
        origin: (1, d) the mean of the first rows, from which all rows are projected.
    """

    rows: int
    mean: NDArray[np.float64]
    scaled: NDArray[np.float64]
    directions: NDArray[np.float64]
    origin: NDArray[np.float64]


class IncrementalPca(Reducer):
    """Principal components that learn batch by batch, in memory that does not depend on the number of rows.

    The merge of a batch is that of Ross, Lim, Lin and Yang (2008). After each the directions are turned, as a whole,
    to lie as near as they can to those of before (orthogonal Procrustes), and rows are always projected from the first
    batch's mean: distances are those of principal components, and what a clusterer learned of earlier batches keeps
    its place. Fewer rows than directions leave the last columns zero until more rows come.

    Args:
        n_components: How many directions; fewer where columns are fewer.
    """

    spec = specs.INCREMENTAL_PCA

    def __init__(self, *, n_components: Annotated[int, Range(1)] = 50) -> None:
        self.n_components = n_components
        self._learned: Learned | None = None

    def fit_transform(self, x: Matrix, y: Labels | None = None, /) -> FloatMatrix:
        """Rows (n, k) of *x* (n, d), dense or CSR, as one batch and the first."""
        self._learned = None
        self.partial_fit(x)
        return self.transform(x)

    def partial_fit(self, x: Matrix, /) -> None:
        """Learn from one more batch (n, d), dense or CSR.

        Raises:
            InputError: It has other columns than the batches before, or too many.
        """
        d = x.shape[1]
        if d > WIDEST:
            raise InputError(
                f"reducer 'incremental-pca' takes up to {WIDEST:,} columns, got {d:,}: use fewer, such as "
                "HashingVectorizer(n_features=4096)"
            )
        if self._learned is not None and d != self._learned.mean.shape[1]:
            raise InputError(f"rows have {d} columns, those before had {self._learned.mean.shape[1]}: embed them alike")
        k = min(self.n_components, d)
        step = max(k, BLOCK // d)
        for start in range(0, x.shape[0], step):
            block: Any = x[start : start + step]
            dense = np.asarray(block.toarray() if is_sparse(block) else block, dtype=np.float64)
            self._learned = _merged(self._learned, dense, k)

    def transform(self, x: Matrix, /) -> FloatMatrix:
        """Rows (n, k) of new *x* (n, d)."""
        if self._learned is None:
            raise NotFittedError("reducer 'incremental-pca' has not been fitted; call fit_transform(x) first")
        directions, origin = self._learned.directions, self._learned.origin
        if x.shape[1] != directions.shape[1]:
            raise InputError(
                f"rows have {x.shape[1]} columns, the training rows had {directions.shape[1]}: embed them alike"
            )
        result = np.empty((x.shape[0], len(directions)), dtype=np.float32)
        start_of_all = origin @ directions.T
        step = max(1, BLOCK // x.shape[1])
        for start in range(0, x.shape[0], step):
            part = slice(start, start + step)
            block: Any = x[part].astype(np.float64)
            result[part] = block @ directions.T - start_of_all if is_sparse(block) else (block - origin) @ directions.T
        return result

    def state(self) -> State | None:
        """The means, the directions, and how many rows there were."""
        found = self._learned
        if found is None:
            return None
        arrays = {"mean": found.mean, "scaled": found.scaled, "directions": found.directions, "origin": found.origin}
        return State(arrays=arrays, meta={"rows": found.rows})

    def restore(self, state: State, /) -> None:
        """Take up what ``state`` returned."""
        names = ("mean", "scaled", "directions", "origin")
        parts = [state.arrays[name].astype(np.float64) for name in names if name in state.arrays]
        rows = state.meta.get("rows")
        if len(parts) < len(names) or not isinstance(rows, int) or any(part.ndim != 2 for part in parts):
            raise ModelFileError("the state of reducer 'incremental-pca' lacks a matrix: the file is damaged")
        mean, scaled, directions, origin = parts
        if not (mean.shape == origin.shape == (1, scaled.shape[1]) and scaled.shape == directions.shape):
            raise ModelFileError("the parts of reducer 'incremental-pca' do not fit together: the file is damaged")
        self._learned = Learned(rows, mean, scaled, directions, origin)


def _merged(before: Learned | None, x: NDArray[np.float64], k: int) -> Learned:
    """What is learned with *x* (n, d) beside what was learned *before*.

    The scatter of all rows around their mean is that of the rows before, that of *x*, and the rank one of the step
    between both means; the directions are the right singular vectors of all three, one above the other.
    """
    n, mean = len(x), x.mean(axis=0, keepdims=True)
    if before is None:
        scaled, directions = _principal(x - mean, k)
        return Learned(n, mean, scaled, _signed(directions), mean)
    total = before.rows + n
    step = np.sqrt(before.rows * n / total) * (before.mean - mean)
    scaled, directions = _principal(np.vstack([before.scaled, x - mean, step]), k)
    return Learned(
        rows=total,
        mean=before.mean + (mean - before.mean) * (n / total),
        scaled=scaled,
        directions=_turned(directions, before.directions),
        origin=before.origin,
    )


def _principal(x: NDArray[np.float64], k: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(k, d) right singular vectors times their singular values, and without these; zero where there are fewer."""
    if len(x) > x.shape[1]:
        x = np.asarray(np.linalg.qr(x, mode="r"))
    _, sizes, vectors = np.linalg.svd(x, full_matrices=False)
    sizes, vectors = sizes[:k], vectors[:k]
    vectors = vectors * (sizes > np.finfo(np.float64).eps * max(x.shape) * sizes.max(initial=0))[:, None]
    directions = np.zeros((k, x.shape[1]))
    directions[: len(vectors)] = vectors
    scaled = np.zeros_like(directions)
    scaled[: len(vectors)] = sizes[:, None] * vectors
    return scaled, directions


def _signed(directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """*directions* whose largest numbers are positive."""
    largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, None], axis=1)
    return directions * np.where(largest < 0, -1, 1)


def _turned(directions: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.float64]:
    """*directions* under the rotation that brings them nearest to those of *before*."""
    left, _, right = np.linalg.svd(before @ directions.T)
    return np.asarray(left @ right @ directions)
