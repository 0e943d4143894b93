"""Reducers that break one promise fail the check of that promise, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from topicore.components import Reducer, State
from topicore.errors import NotFittedError


class FirstColumns(Reducer):
    """The widest columns by variance: right in every way."""

    def __init__(self, n: int = 3) -> None:
        self.n = n
        self.columns: Any = None

    def fit_transform(self, x: Any, y: Any = None, /) -> Any:
        self.columns = np.sort(np.argsort(-x.var(axis=0), kind="stable")[: self.n])
        return self.transform(x)

    def transform(self, x: Any, /) -> Any:
        if self.columns is None:
            raise NotFittedError("call fit_transform before transform")
        return np.ascontiguousarray(x[:, self.columns], dtype=np.float32)

    def state(self) -> State | None:
        return None if self.columns is None else State(arrays={"columns": self.columns})

    def restore(self, state: State, /) -> None:
        self.columns = state.arrays["columns"]


class Once(Reducer):
    """Cannot reduce new rows, and is right in every way."""

    def fit_transform(self, x: Any, y: Any = None, /) -> Any:
        return np.ascontiguousarray(x[:, :2], dtype=np.float32)


class AnyRows(Once):
    """Takes CSR as it is."""

    def fit_transform(self, x: Any, y: Any = None, /) -> Any:
        return super().fit_transform(x.toarray() if isinstance(x, csr_array) else x)


class Labelled(Once):
    """Uses classes."""

    def fit_transform(self, x: Any, y: Any = None, /) -> Any:
        return super().fit_transform(x) + (0 if y is None else np.asarray(y, dtype=np.float32)[:, None])


@pytest.mark.parametrize(
    ("make", "flags"),
    [
        (FirstColumns, {}),
        (Once, {}),
        (AnyRows, {"sparse_input": True}),
        (Labelled, {"supervised": True}),
    ],
)
def test_right_reducers_keep_every_promise(failed: Any, make: Any, flags: dict[str, Any]) -> None:
    assert failed(make, **flags) == set()


def reducer(
    fitted: Callable[[Any, Any], Any] = lambda x, rows: rows, later: Callable[[Any, Any], Any] = lambda x, rows: rows
) -> type[FirstColumns]:
    class Changed(FirstColumns):
        def fit_transform(self, x: Any, y: Any = None, /) -> Any:
            self.columns = np.sort(np.argsort(-x.var(axis=0), kind="stable")[: self.n])
            return fitted(x, super().transform(x))

        def transform(self, x: Any, /) -> Any:
            return later(x, super().transform(x))

    return Changed


def refuse(condition: Callable[[Any], bool]) -> Callable[[Any, Any], Any]:
    def change(x: Any, rows: Any) -> Any:
        if condition(x):
            raise ValueError("cannot reduce that")
        return rows

    return change


def shift(x: Any, rows: Any) -> Any:
    x += 1
    return rows


WRONG = [
    (reducer(fitted=lambda x, rows: rows.astype(np.float64)), {"reducer/float32"}),
    (reducer(later=lambda x, rows: np.asfortranarray(rows)), {"reducer/float32"}),
    (reducer(fitted=lambda x, rows: rows + 1), {"reducer/transform-matches-fit"}),
    (
        reducer(later=lambda x, rows: rows[:, :1].copy()),
        {"reducer/shape", "reducer/transform-matches-fit"},
    ),
    (
        reducer(
            fitted=lambda x, rows: rows / (np.abs(x).sum(axis=1, keepdims=True) > 0),
            later=lambda x, rows: rows / (np.abs(x).sum(axis=1, keepdims=True) > 0),
        ),
        {"reducer/finite"},
    ),
    (reducer(later=lambda x, rows: rows - rows.mean(axis=0) * (len(rows) < 30)), {"reducer/batch-invariant"}),
    (reducer(fitted=refuse(lambda x: len(x) < 4)), {"reducer/few-rows"}),
    (reducer(fitted=refuse(lambda x: len(x) > 1 and not np.ptp(x, axis=0).any())), {"reducer/identical-rows"}),
    (reducer(fitted=shift), {"component/input-untouched"}),
]


@pytest.mark.parametrize(("make", "meant"), WRONG)
def test_a_broken_promise_fails_its_own_check(failed: Any, make: Any, meant: set[str]) -> None:
    assert failed(make) == meant


def test_refusing_declared_sparse_input_fails_sparse_input(failed: Any) -> None:
    assert failed(Once, sparse_input=True) == {"reducer/sparse-input"}


def test_ignoring_classes_fails_supervised(failed: Any) -> None:
    assert failed(Once, supervised=True) == {"reducer/supervised"}


def test_sparse_rows_may_stay_sparse(failed: Any) -> None:
    class Sparse(AnyRows):
        def fit_transform(self, x: Any, y: Any = None, /) -> Any:
            return csr_array(super().fit_transform(x)) if isinstance(x, csr_array) else super().fit_transform(x)

    assert failed(Sparse, sparse_input=True) == set()
