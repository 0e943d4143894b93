"""Cluster numbers without gaps, and how many clusters some rows can have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..components import Labels, Matrix
from .rows import canonical, distinct, is_sparse

__all__ = ["clusters_for", "codes_of", "double", "numbered", "spread"]


def clusters_for(n: int) -> int:
    """Half the square root of *n* rows, at least 1 and at most 200: 5 of 100, 16 of 1,000, 50 of 10,000."""
    return min(200, max(1, round(float(np.sqrt(n)) / 2)))


def spread(x: Matrix) -> int:
    """How many different rows *x* has."""
    return len(distinct(canonical(x))[0])


def double(x: Matrix) -> Any:
    """*x* as float64, C order or CSR: scikit-learn's float32 paths round by batch, and some refuse it halfway."""
    return x.astype(np.float64) if is_sparse(x) else np.ascontiguousarray(x, dtype=np.float64)


def codes_of(raw: NDArray[Any]) -> NDArray[np.int64]:
    """The numbers of at least 0 that occur in *raw*, ascending."""
    values = np.unique(np.asarray(raw, dtype=np.int64))
    return values[values >= 0]


def numbered(raw: NDArray[Any], codes: NDArray[np.int64]) -> Labels:
    """The place of each number of *raw* among *codes*, in any order; -1 where it is none of them."""
    raw = np.asarray(raw, dtype=np.int64)
    if not len(codes):
        return np.full(len(raw), -1, dtype=np.int64)
    order = np.argsort(codes, kind="stable")
    places = order[np.searchsorted(codes, raw, sorter=order).clip(max=len(codes) - 1)]
    return np.where(codes[places] == raw, places, -1).astype(np.int64)
