"""How well the documents of a topic keep together and apart from those of others."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..builtin.rows import is_sparse, unit
from ..components import Labels, Matrix
from ..counts import indicator

__all__ = ["silhouettes"]

BLOCK = 4096
"""Documents that are compared with all groups at once."""

NOTHING = 1e-6
"""Distances of no more than this are rounding: rows are float32."""


def silhouettes(rows: Matrix, groups: Labels, n_groups: int) -> NDArray[np.float64]:
    """(n,) the silhouette (Rousseeuw 1987) of each document by cosine distance, as scikit-learn defines it.

    All documents count and no pair is looked at: the mean cosine with a group is the product with its mean unit row.

    Args:
        rows: (n, d) embeddings.
        groups: (n,) from 0 to *n_groups* - 1, none empty; documents at -1 are left out, as if they were not there.
        n_groups: How many groups there are.

    Returns:
        From -1 to 1, 0 in a group of one; NaN for what is left out, and for all where there are fewer than two groups.
    """
    found = np.full(len(groups), np.nan)
    inside = np.flatnonzero(groups >= 0)
    if n_groups < 2:
        return found
    sizes = np.bincount(groups[inside], minlength=n_groups)
    parts = [inside[start : start + BLOCK] for start in range(0, len(inside), BLOCK)]
    sums: Any = reduce(add, (indicator(groups[part], n_groups) @ _directions(rows, part) for part in parts))
    for part in parts:
        found[part] = _of(_directions(rows, part), groups[part], sums, sizes)
    return found


def _directions(rows: Matrix, places: NDArray[np.int64]) -> Any:
    """Float64 rows of length one; zeros stay zeros, at distance 1 from all others."""
    return unit(rows[places]).astype(np.float64)


def _of(x: Any, groups: Labels, sums: Any, sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """The silhouettes of unit rows *x* in *groups* that have these *sums* of unit rows."""
    products: Any = x @ sums.T
    distances = sizes - np.asarray(products.todense() if is_sparse(products) else products)
    at = np.arange(len(groups))
    itself = 1 - np.asarray((x * x).sum(axis=1)).ravel()
    own = (distances[at, groups] - itself) / np.maximum(sizes[groups] - 1, 1)
    means = distances / sizes
    means[at, groups] = np.inf
    other = means.min(axis=1)
    larger = np.maximum(own, other)
    apart = (sizes[groups] > 1) & (larger > NOTHING)
    return np.where(apart, (other - own) / np.where(apart, larger, 1), 0.0)
