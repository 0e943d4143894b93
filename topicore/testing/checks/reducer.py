"""What a reducer promises: float32 rows of fewer dimensions, for odd inputs too."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from .. import data
from ..check import Make, check, expect

_TOLERANCE = 1e-3


def _inductive(component: Any, spec: Any) -> bool:
    return bool(spec.inductive)


@check("reducer/shape")
def shape(make: Make, spec: Any) -> None:
    """A row for each row, of one width in fitting and later."""
    reducer, x = make(), data.blobs()
    found = np.asarray(_fit(reducer, spec, x))
    expect(found.ndim == 2 and len(found) == len(x), f"fit_transform gives {found.shape} for {len(x)} rows")
    expect(1 <= found.shape[1] <= x.shape[1], f"fit_transform turns {x.shape[1]} columns into {found.shape[1]}")
    if spec.inductive:
        new = data.new_rows()
        later = np.asarray(reducer.transform(new)).shape
        same = (len(new), found.shape[1])
        expect(
            later == same, f"transform gives {later} for {len(new)} rows; it must be {same}, as wide as fit_transform"
        )


@check("reducer/float32")
def float32(make: Make, spec: Any) -> None:
    """Rows are float32 in C order."""
    reducer = make()
    results = {"fit_transform": _fit(reducer, spec, data.blobs())}
    if spec.inductive:
        results["transform"] = reducer.transform(data.new_rows())
    for method, found in results.items():
        expect(isinstance(found, np.ndarray), f"{method} gives a {type(found).__name__}; return a numpy array")
        expect(found.dtype == np.float32, f"{method} gives {found.dtype}; return rows.astype(np.float32)")
        expect(found.flags.c_contiguous, f"{method} gives another order than C; return np.ascontiguousarray(rows)")


@check("reducer/finite")
def finite(make: Make, spec: Any) -> None:
    """Rows hold no NaN and no infinity, also where the input has all-zero rows and a constant column."""
    x = data.blobs()
    x[:, 3] = 7
    x[5] = 0
    x[70] = 0
    reducer = make()
    expect(np.isfinite(_fit(reducer, spec, x)).all(), "fit_transform gives NaN or infinity")
    if spec.inductive:
        expect(np.isfinite(reducer.transform(x[:20])).all(), "transform gives NaN or infinity")


@check("reducer/transform-matches-fit", when=_inductive, flag="deterministic")
def transform_matches_fit(make: Make, spec: Any) -> None:
    """``transform`` of the rows learned from gives what ``fit_transform`` gave."""
    reducer = make()
    fitted = np.asarray(_fit(reducer, spec, data.blobs()))
    gap = _gap(fitted, np.asarray(reducer.transform(data.blobs())))
    expect(gap <= _TOLERANCE, f"transform of the training rows is off by {gap:.2g} of the largest value")


@check("reducer/batch-invariant", when=_inductive, flag="batch_invariant")
def batch_invariant(make: Make, spec: Any) -> None:
    """A row's result does not depend on the other rows of the call."""
    reducer, new = make(), data.new_rows(10)
    _fit(reducer, spec, data.blobs())
    together = np.asarray(reducer.transform(new))
    alone = np.concatenate([np.asarray(reducer.transform(new[place : place + 1])) for place in range(len(new))])
    gap = _gap(together, alone)
    expect(gap <= _TOLERANCE, f"rows depend on their batch, by {gap:.2g}; fix it, or declare batch_invariant=False")


@check("reducer/few-rows")
def few_rows(make: Make, spec: Any) -> None:
    """Fewer rows than dimensions asked for are reduced to what there is."""
    for n in (3, 1):
        found = np.asarray(_fit(make(), spec, data.blobs(n)))
        expect(len(found) == n and np.isfinite(found).all(), f"fit_transform of {n} rows gives {found.shape}, or NaN")


@check("reducer/identical-rows")
def identical_rows(make: Make, spec: Any) -> None:
    """Rows that are all the same are reduced without NaN."""
    found = np.asarray(_fit(make(), spec, np.repeat(data.blobs(1), 40, axis=0)))
    expect(len(found) == 40 and np.isfinite(found).all(), f"40 identical rows give {found.shape}, or NaN")


@check("reducer/sparse-input", when=lambda component, spec: spec.sparse_input)
def sparse_input(make: Make, spec: Any) -> None:
    """A CSR matrix is taken as it is."""
    x = data.blobs()
    x[x < 0.5] = 0
    reducer = make()
    found = _fit(reducer, spec, csr_array(x))
    values = found.data if isinstance(found, csr_array) else np.asarray(found)
    expect(found.shape[:1] == (len(x),) and np.isfinite(values).all(), f"a CSR matrix gives {found.shape}, or NaN")
    if spec.inductive:
        later = reducer.transform(csr_array(x[:5]))
        expect(later.shape == (5, found.shape[1]), f"transform of 5 CSR rows gives {later.shape}")


@check("reducer/supervised", when=lambda component, spec: spec.supervised)
def supervised(make: Make, spec: Any) -> None:
    """Classes make a difference."""
    x = data.blobs()
    with_classes = np.asarray(make().fit_transform(x, data.classes()))
    swapped = np.asarray(make().fit_transform(x, np.arange(len(x), dtype=np.int64) % 3))
    differ = with_classes.shape != swapped.shape or not np.array_equal(with_classes, swapped)
    expect(differ, "other classes give the same rows; use y, or declare supervised=False")


def _fit(reducer: Any, spec: Any, x: Any) -> Any:
    return reducer.fit_transform(x, data.classes(x.shape[0]) if spec.supervised else None)


def _gap(first: Any, second: Any) -> float:
    """The largest difference, in units of the largest value; infinite between different shapes."""
    if first.shape != second.shape:
        return float("inf")
    return float(np.abs(first - second).max(initial=0) / max(float(np.abs(first).max(initial=0)), 1e-12))
