"""What a weighting promises: finite weights where there are counts, and zeros where there are none."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ...components import Weighting, overrides
from .. import data
from ..check import Make, check, expect


@check("weighting/shape")
def shape(make: Make, spec: Any) -> None:
    """Weights are CSR, of the shape of the counts."""
    for method, counts, found in _weighed(make):
        expect(isinstance(found, csr_array), f"{method} gives a {type(found).__name__}; return scipy.sparse.csr_array")
        expect(found.shape == counts.shape, f"{method} gives {found.shape} for counts of {counts.shape}")


@check("weighting/float-dtype")
def float_dtype(make: Make, spec: Any) -> None:
    """Weights are floats."""
    for method, _, found in _weighed(make):
        expect(found.dtype.kind == "f", f"{method} gives {found.dtype} weights; make them float")


@check("weighting/finite")
def finite(make: Make, spec: Any) -> None:
    """Weights hold no NaN and no infinity."""
    for method, _, found in _weighed(make):
        expect(np.isfinite(found.data).all(), f"{method} gives NaN or infinity")


@check("weighting/zero-stays-zero")
def zero_stays_zero(make: Make, spec: Any) -> None:
    """A term that a topic does not have weighs nothing in it."""
    for method, counts, found in _weighed(make):
        extra = found.toarray()[counts.toarray() == 0]
        expect(not np.nan_to_num(extra).any(), f"{method} gives weight to terms that a topic does not have")


@check("weighting/empty-topic")
def empty_topic(make: Make, spec: Any) -> None:
    """A topic without words, and a term that no topic has, weigh nothing and break nothing."""
    for method, counts, found in _weighed(make, empty=True):
        expect(found.shape == counts.shape, f"{method} gives {found.shape} for counts of {counts.shape}")
        expect(np.isfinite(found.data).all(), f"{method} gives NaN or infinity where a topic has no words")
        expect(not found[[3]].toarray().any(), f"{method} gives weights to a topic that has no words")


@check("weighting/factors", since="0.3", when=lambda component, spec: overrides(component, Weighting, "factors"))
def factors(make: Make, spec: Any) -> None:
    """Where ``factors`` gives any, weights of a row are its counts times these, up to one number for the row."""
    weighting, counts = make(), data.counts(False)
    fitted = weighting.fit_transform(counts.copy(), data.terms()).toarray()
    found = weighting.factors()
    if found is None:
        return
    expect(np.shape(found) == (counts.shape[1],), f"factors gives shape {np.shape(found)} for {counts.shape[1]} terms")
    told = counts.toarray() * found
    lengths = [np.linalg.norm(rows, axis=1, keepdims=True) for rows in (fitted, told)]
    told = told * lengths[0] / np.maximum(lengths[1], 1e-12)
    fits = np.allclose(told, fitted, rtol=1e-6, atol=1e-12)
    expect(fits, "weights are not counts times factors; return None from factors")


def _weighed(make: Make, empty: bool = False) -> list[tuple[str, Any, Any]]:
    weighting, counts, terms = make(), data.counts(empty), data.terms()
    fitted = weighting.fit_transform(counts.copy(), terms)
    others = counts[[1, 4, 0, 3]]
    return [("fit_transform", counts, fitted), ("transform", others, weighting.transform(others.copy()))]
