"""What a clusterer promises: int64 labels without gaps, and the same ones later."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ...components import Assignment
from .. import data
from ..check import Make, check, expect

_PURE = 0.95
_SLACK = 1e-4


def _inductive(component: Any, spec: Any) -> bool:
    return bool(spec.inductive)


@check("clusterer/labels")
def labels(make: Make, spec: Any) -> None:
    """A label a row: int64, -1 for none, else 0..k-1 without gaps."""
    x = data.blobs()
    found = _fit(make(), spec, x)
    expect(isinstance(found, Assignment), f"fit_predict gives a {type(found).__name__}; return Assignment(labels=...)")
    expect(isinstance(found.labels, np.ndarray), f"labels are a {type(found.labels).__name__}; make them an array")
    expect(found.labels.dtype == np.int64, f"labels are {found.labels.dtype}; return labels.astype(np.int64)")
    _expect_valid(found, len(x))


@check("clusterer/no-outliers", when=lambda component, spec: not spec.outliers)
def no_outliers(make: Make, spec: Any) -> None:
    """Without ``outliers`` in the spec, every row has a cluster."""
    outside = int((_labels(_fit(make(), spec, data.blobs())) < 0).sum())
    expect(not outside, f"{outside} rows have the label -1; declare outliers=True")


@check("clusterer/two-blobs", when=lambda component, spec: not spec.supervised)
def two_blobs(make: Make, spec: Any) -> None:
    """Two groups far apart are not mixed, and most of their rows are labelled."""
    found = _labels(_fit(make(), spec, data.blobs()))
    inside = found >= 0
    second = np.arange(len(found)) >= len(found) // 2
    expect(inside.mean() >= 0.5, f"only {inside.mean():.0%} of the rows of two clear groups are labelled")
    expect(len(np.unique(found[inside])) >= 2, "two groups far apart became one cluster")
    halves = [np.bincount(second[found == label]) for label in np.unique(found[inside])]
    expect(sum(half.max() for half in halves) >= _PURE * inside.sum(), "clusters mix two groups that are far apart")


@check("clusterer/strengths")
def strengths(make: Make, spec: Any) -> None:
    """Strengths, where there are any, are one float32 in [0, 1] a row."""
    clusterer = make()
    results = {"fit_predict": _fit(clusterer, spec, data.blobs())}
    if spec.inductive:
        results["predict"] = clusterer.predict(data.new_rows())
    for method, found in results.items():
        if (strength := found.strengths) is None:
            continue
        expect(strength.shape == found.labels.shape, f"{method} gives strengths of shape {strength.shape}")
        expect(strength.dtype == np.float32, f"{method} gives strengths in {strength.dtype}; make them float32")
        bounded = np.isfinite(strength).all() and strength.min() >= 0 and strength.max() <= 1
        expect(bounded, f"{method} gives strengths outside [0, 1]")


@check("clusterer/memberships")
def memberships(make: Make, spec: Any) -> None:
    """Memberships are there if ``soft``: float32, a column a cluster, rows of at most 1, largest at the label."""
    clusterer = make()
    fitted = _fit(clusterer, spec, data.blobs())
    results = {"fit_predict": fitted}
    if spec.inductive:
        results["predict"] = clusterer.predict(data.new_rows())
    if not spec.soft:
        given = [method for method, found in results.items() if found.memberships is not None]
        expect(not given, f"{' and '.join(given)} gives memberships; declare soft=True")
        return
    clusters = int(_labels(fitted).max()) + 1
    for method, found in results.items():
        share = found.memberships
        expect(share is not None, f"{method} gives no memberships; declare soft=False")
        expect(share.dtype == np.float32, f"{method} gives memberships in {share.dtype}; make them float32")
        dense = share.toarray() if isinstance(share, csr_array) else np.asarray(share)
        shape = (len(found.labels), clusters)
        expect(dense.shape == shape, f"{method} gives memberships of shape {dense.shape}, not {shape}")
        expect(np.isfinite(dense).all() and dense.min() >= 0, f"{method} gives memberships that are negative or NaN")
        expect(dense.sum(axis=1).max() <= 1 + _SLACK, f"{method} gives memberships that sum to more than 1")
        inside = found.labels >= 0
        agree = (dense.argmax(axis=1) == found.labels)[inside]
        expect(agree.all() or agree.mean() >= _PURE, f"{method}: the largest membership is not the label's")


@check("clusterer/predict", when=_inductive)
def predict(make: Make, spec: Any) -> None:
    """New rows get labels that ``fit_predict`` gave, those of their own group."""
    clusterer, x, new = make(), data.blobs(), data.new_rows()
    fitted, found = _labels(_fit(clusterer, spec, x)), clusterer.predict(new)
    expect(isinstance(found, Assignment), f"predict gives a {type(found).__name__}; return Assignment(labels=...)")
    expect(found.labels.dtype == np.int64, f"predict gives {found.labels.dtype} labels; return labels.astype(np.int64)")
    expect(found.labels.shape == (len(new),), f"predict gives labels of shape {found.labels.shape} for {len(new)} rows")
    strange = sorted(set(found.labels.tolist()) - set(fitted.tolist()) - {-1})
    expect(not strange, f"predict gives labels {strange} that fit_predict did not")
    if not spec.supervised:
        for rows, training in ((found.labels[:10], fitted[:60]), (found.labels[10:], fitted[60:])):
            wrong = sorted(set(rows.tolist()) - set(training.tolist()) - {-1})
            expect(not wrong, f"predict puts rows of one group into clusters {wrong} of the other")


@check("clusterer/predict-on-train", when=lambda component, spec: spec.inductive and spec.predict_matches_fit)
def predict_on_train(make: Make, spec: Any) -> None:
    """``predict`` of the training rows gives their labels."""
    clusterer = make()
    fitted = _labels(_fit(clusterer, spec, data.blobs()))
    changed = int((_labels(clusterer.predict(data.blobs())) != fitted).sum())
    expect(not changed, f"{changed} training rows get another label from predict; declare predict_matches_fit=False")


@check("clusterer/batch-invariant", when=_inductive, flag="batch_invariant")
def batch_invariant(make: Make, spec: Any) -> None:
    """A row's predicted label does not depend on the other rows of the call."""
    clusterer, new = make(), data.new_rows()
    _fit(clusterer, spec, data.blobs())
    together = _labels(clusterer.predict(new)).tolist()
    alone = [int(_labels(clusterer.predict(new[place : place + 1]))[0]) for place in range(len(new))]
    expect(together == alone, "labels depend on what else is in the batch; fix it, or declare batch_invariant=False")


@check("clusterer/one-row")
def one_row(make: Make, spec: Any) -> None:
    """One row is clustered: a cluster of its own, or an outlier."""
    _expect_valid(_fit(make(), spec, data.blobs(1)), 1)


@check("clusterer/identical-rows")
def identical_rows(make: Make, spec: Any) -> None:
    """Rows that are all the same are clustered."""
    _expect_valid(_fit(make(), spec, np.repeat(data.blobs(1), 40, axis=0)), 40)


@check("clusterer/zero-rows")
def zero_rows(make: Make, spec: Any) -> None:
    """All-zero rows have no direction, and are clustered all the same."""
    x = data.blobs()
    x[[0, 1, 61]] = 0
    clusterer = make()
    _expect_valid(_fit(clusterer, spec, x), len(x))
    if spec.inductive:
        found = clusterer.predict(x[:3]).labels
        expect(len(found) == 3, f"predict of 3 rows, 2 of them zero, gives {len(found)} labels")


@check("clusterer/sparse-input", when=lambda component, spec: spec.sparse_input)
def sparse_input(make: Make, spec: Any) -> None:
    """A CSR matrix is taken as it is."""
    x = data.blobs()
    x[x < 0.5] = 0
    clusterer = make()
    _expect_valid(_fit(clusterer, spec, csr_array(x)), len(x))
    if spec.inductive:
        found = clusterer.predict(csr_array(x[:5])).labels
        expect(len(found) == 5, f"predict of 5 CSR rows gives {len(found)} labels")


def _fit(clusterer: Any, spec: Any, x: Any) -> Any:
    return clusterer.fit_predict(x, data.classes(x.shape[0]) if spec.supervised else None)


def _labels(found: Any) -> Any:
    return np.asarray(found.labels)


def _expect_valid(found: Any, n: int) -> None:
    """Raise unless *found* has *n* labels that are -1 or count from 0 without gaps."""
    given = _labels(found)
    expect(given.shape == (n,), f"labels have shape {given.shape} for {n} rows")
    clusters = np.unique(given[given >= 0]).tolist()
    expect(given.min() >= -1, f"labels go down to {given.min()}; -1 is the only label for no cluster")
    expect(clusters == list(range(len(clusters))), f"labels have gaps: {clusters[:20]}; number them 0..k-1")
