"""Average linkage of groups of unit rows: the two that are most alike are joined, again and again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..components import Matrix

__all__ = ["average_linkage"]

DIGITS = 12
"""Cosines are rounded to so many: those that differ by how a product was added up are the same."""


def average_linkage(sums: Matrix, sizes: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """(g,) the group that each group has become part of: the first of those that were joined.

    Groups are joined by the mean cosine of all pairs of their rows, until *count* are left; ties go to the group with
    the smaller number. Joining never brings a third group nearer than the nearer of the two was, so what was once the
    highest cosine of a group bounds it from then on, and only the group with the highest bound is looked at again
    (the generic algorithm of Müllner 2011, "Modern hierarchical, agglomerative clustering algorithms"). Time grows
    with g squared; no g x g array is held.

    Args:
        sums: (g, d) float64 summed unit rows of each group.
        sizes: (g,) how many rows these are.
        count: How many groups to leave, at least 1.
    """
    owners = np.arange(len(sizes))
    sizes = sizes.copy()
    bounds = np.full(len(sizes), np.inf)
    partners = np.full(len(sizes), -1)
    for _ in range(len(sizes) - count):
        group = int(bounds.argmax())
        while partners[group] < 0:
            cosines = _mean_cosines(sums, sizes, owners, group)
            partners[group] = cosines.argmax()
            bounds[group] = cosines.max()
            group = int(bounds.argmax())
        kept, gone = sorted((group, int(partners[group])))
        owners[owners == gone] = kept
        sizes[kept] += sizes[gone]
        bounds[kept], bounds[gone] = bounds[group], -np.inf
        partners[(partners == kept) | (partners == gone)] = -1
        partners[kept] = -1
    return owners


def _mean_cosines(sums: Matrix, sizes: NDArray[np.int64], owners: NDArray[np.int64], group: int) -> NDArray[np.float64]:
    """(g,) the mean cosine of the rows of *group* with those of each group; -inf for itself and those joined away."""
    total = np.asarray(sums[np.flatnonzero(owners == group)].sum(axis=0)).ravel()
    products = np.bincount(owners, weights=sums @ total, minlength=len(sizes))
    there = np.flatnonzero(np.bincount(owners, minlength=len(sizes)))
    cosines = np.full(len(sizes), -np.inf)
    cosines[there] = (products[there] / (sizes[there] * float(sizes[group]))).round(DIGITS)
    cosines[group] = -np.inf
    return cosines
