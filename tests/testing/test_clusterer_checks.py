"""Clusterers that break one promise fail the check of that promise, and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array, issparse

from topicore.components import Assignment, Clusterer, State
from topicore.errors import NotFittedError


class Peaks(Clusterer):
    """A cluster for each column that is some row's largest, of the first two: right in every way."""

    def __init__(self, columns: int = 2) -> None:
        self.columns = columns
        self.ids: Any = None

    def peaks(self, x: Any) -> Any:
        dense = x.toarray() if isinstance(x, csr_array) else x
        return dense[:, : self.columns].argmax(axis=1)

    def fit_predict(self, x: Any, y: Any = None, /) -> Assignment:
        self.ids = np.unique(self.peaks(x))
        return self.predict(x)

    def predict(self, x: Any, /) -> Assignment:
        if self.ids is None:
            raise NotFittedError("call fit_predict before predict")
        labels = np.searchsorted(self.ids, self.peaks(x)).clip(max=len(self.ids) - 1)
        return Assignment(labels=labels.astype(np.int64), strengths=np.ones(len(labels), dtype=np.float32))

    def state(self) -> State | None:
        return None if self.ids is None else State(arrays={"ids": self.ids})

    def restore(self, state: State, /) -> None:
        self.ids = state.arrays["ids"]


class Soft(Peaks):
    """Gives memberships too."""

    def predict(self, x: Any, /) -> Assignment:
        found = super().predict(x)
        share = np.eye(len(self.ids), dtype=np.float32)[found.labels] * np.float32(0.9)
        return replace(found, memberships=share)


class Classes(Peaks):
    """Learns nothing but which labels there are."""

    def fit_predict(self, x: Any, y: Any = None, /) -> Assignment:
        if y is None:
            raise ValueError("y is needed")
        return super().fit_predict(x)


STRICT = {"outliers": False}


@pytest.mark.parametrize(
    ("make", "flags"),
    [
        (Peaks, STRICT),
        (Peaks, {"sparse_input": True}),
        (Soft, {"soft": True, **STRICT}),
        (Classes, {"supervised": True}),
    ],
)
def test_right_clusterers_keep_every_promise(failed: Any, make: Any, flags: dict[str, Any]) -> None:
    assert failed(make, **flags) == set()


def clusterer(
    fitted: Callable[[Any, Assignment], Assignment] = lambda x, found: found,
    later: Callable[[Any, Assignment], Assignment] = lambda x, found: found,
    kind: type[Peaks] = Peaks,
) -> type[Peaks]:
    class Changed(kind):  # type: ignore[valid-type,misc]
        def fit_predict(self, x: Any, y: Any = None, /) -> Assignment:
            self.ids = np.unique(self.peaks(x))
            return fitted(x, super().predict(x))

        def predict(self, x: Any, /) -> Assignment:
            return later(x, super().predict(x))

    return Changed


def relabelled(change: Callable[[Any, Any], Any]) -> Callable[[Any, Assignment], Assignment]:
    return lambda x, found: replace(found, labels=change(x, found.labels))


def strong(change: Callable[[Any], Any]) -> Callable[[Any, Assignment], Assignment]:
    return lambda x, found: replace(found, strengths=change(found.strengths))


def shared(change: Callable[[Any], Any]) -> Callable[[Any, Assignment], Assignment]:
    return lambda x, found: replace(found, memberships=change(found.memberships))


def refuse(condition: Callable[[Any], bool]) -> Callable[[Any, Assignment], Assignment]:
    def change(x: Any, found: Assignment) -> Assignment:
        if condition(x):
            raise ValueError("cannot cluster that")
        return found

    return change


WRONG = {
    "int32": (clusterer(fitted=relabelled(lambda x, labels: labels.astype(np.int32))), {"clusterer/labels"}),
    "first row outside": (
        clusterer(
            fitted=relabelled(lambda x, labels: np.where(np.arange(len(labels)) % 50 == 7, -1, labels)),
        ),
        {"clusterer/no-outliers", "clusterer/predict-on-train"},
    ),
    "percent": (clusterer(fitted=strong(lambda strengths: strengths * 100)), {"clusterer/strengths"}),
    "double strengths": (clusterer(later=strong(lambda s: s.astype(np.float64))), {"clusterer/strengths"}),
    "new labels": (
        clusterer(later=relabelled(lambda x, labels: labels + 5 * (len(labels) == 20))),
        {"clusterer/predict", "clusterer/batch-invariant"},
    ),
    "half swapped": (
        clusterer(later=relabelled(lambda x, labels: labels if len(labels) == 120 else np.abs(1 - labels))),
        {"clusterer/predict"},
    ),
    "not the training labels": (
        clusterer(later=relabelled(lambda x, labels: np.where(x[:, 5] == x[:, 5].max(), 1 - labels, labels))),
        None,
    ),
    "no single row": (clusterer(fitted=refuse(lambda x: len(x) == 1)), {"clusterer/one-row"}),
    "no equal rows": (
        clusterer(fitted=refuse(lambda x: len(x) > 1 and not np.ptp(x, axis=0).any())),
        {"clusterer/identical-rows"},
    ),
    "no zero rows": (
        clusterer(fitted=refuse(lambda x: not np.abs(x).sum(axis=1).all())),
        {"clusterer/zero-rows"},
    ),
    "undeclared memberships": (Soft, {"clusterer/memberships"}),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_broken_promise_fails_its_own_check(failed: Any, name: str) -> None:
    make, meant = WRONG[name]
    found = failed(make, **STRICT)
    assert found == meant if meant else "clusterer/predict-on-train" in found


def test_gaps_fail_labels(failed: Any) -> None:
    make = clusterer(
        relabelled(lambda x, labels: labels * 2 if len(set(labels)) == 2 and x.all() else labels),
        relabelled(lambda x, labels: labels * 2),
    )
    assert "clusterer/labels" in failed(make)


def test_one_cluster_for_everything_fails_two_blobs(failed: Any) -> None:
    one = relabelled(lambda x, labels: labels * 0)
    assert failed(clusterer(one, one)) == {"clusterer/two-blobs"}


def test_hardly_a_label_fails_two_blobs(failed: Any) -> None:
    none = relabelled(lambda x, labels: labels * 0 - 1)
    assert failed(clusterer(none, none)) == {"clusterer/two-blobs"}


def test_a_label_by_place_fails_batch_invariant(failed: Any) -> None:
    first = relabelled(lambda x, labels: np.where((np.arange(len(labels)) == 0) & (len(labels) < 20), -1, labels))
    assert failed(clusterer(later=first)) == {"clusterer/batch-invariant"}


@pytest.mark.parametrize(
    "change",
    [
        lambda share: None,
        lambda share: share[:, :1].copy(),
        lambda share: share * 2,
        lambda share: share[:, ::-1].copy(),
        lambda share: share.astype(np.float64),
        lambda share: -share,
    ],
)
def test_wrong_memberships_fail_memberships(failed: Any, change: Any) -> None:
    assert failed(clusterer(later=shared(change), kind=Soft), soft=True) == {"clusterer/memberships"}


def test_refusing_declared_sparse_input_fails_sparse_input(failed: Any) -> None:
    make = clusterer(fitted=refuse(issparse))
    assert failed(make, sparse_input=True) == {"clusterer/sparse-input"}
