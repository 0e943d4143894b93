from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn import decomposition, discriminant_analysis, manifold, random_projection
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer

from topicore.builtin.reducers import Identity, Pca, Svd
from topicore.builtin.sklearn_reducer import SklearnReducer
from topicore.components import Reducer, State
from topicore.errors import InputError, ModelFileError, NotFittedError, ParameterError

WRAPPED = {
    "TruncatedSVD": decomposition.TruncatedSVD(3),
    "PCA": decomposition.PCA(3),
    "IncrementalPCA": decomposition.IncrementalPCA(3),
    "GaussianRandomProjection": random_projection.GaussianRandomProjection(3),
    "SparseRandomProjection": random_projection.SparseRandomProjection(3),
    "Pipeline": make_pipeline(Normalizer(), decomposition.PCA(3)),
}
MAKERS: dict[str, Callable[[], Reducer]] = {
    "svd": lambda: Svd(n_components=3),
    "pca": lambda: Pca(n_components=3),
    "identity": lambda: Identity(),
    **{name: lambda obj=obj: SklearnReducer.from_native(obj) for name, obj in WRAPPED.items()},
}
every = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
own = pytest.mark.parametrize("make", [MAKERS[name] for name in ("svd", "pca", "identity")])


def rows(n: int = 60) -> Any:
    return np.random.default_rng(0).normal(size=(n, 8)).astype(np.float32) + 1


@every
def test_rows_are_float32_in_c_order_and_finite(make: Callable[[], Reducer]) -> None:
    reduced = make().fit_transform(rows())
    assert reduced.shape in {(60, 3), (60, 8)}
    assert reduced.dtype == np.float32
    assert reduced.flags.c_contiguous
    assert np.isfinite(reduced).all()


@every
def test_training_rows_are_transformed_as_they_were_fitted(make: Callable[[], Reducer]) -> None:
    reducer = make()
    np.testing.assert_allclose(reducer.fit_transform(rows()), reducer.transform(rows()), atol=1e-5)


@every
def test_a_row_is_transformed_the_same_alone_and_in_a_batch(make: Callable[[], Reducer]) -> None:
    reducer = make()
    reducer.fit_transform(rows())
    together = reducer.transform(rows())
    alone = np.vstack([reducer.transform(rows()[i : i + 1]) for i in range(60)])
    np.testing.assert_allclose(together, alone, rtol=2e-7, atol=1e-12)


@every
def test_the_same_rows_give_the_same_result_and_stay_as_they_are(make: Callable[[], Reducer]) -> None:
    x = rows().astype(np.float64)
    np.testing.assert_array_equal(make().fit_transform(x), make().fit_transform(x))
    np.testing.assert_array_equal(x, rows().astype(np.float64))


@every
def test_a_fitted_reducer_comes_back_from_config_and_state(make: Callable[[], Reducer]) -> None:
    reducer = make()
    reducer.fit_transform(rows())
    again, state = type(reducer)(**reducer.config()), reducer.state()
    if state is not None:
        again.restore(state)
    np.testing.assert_array_equal(again.transform(rows(9)), reducer.transform(rows(9)))
    assert again.spec == reducer.spec


@own
@pytest.mark.parametrize(
    "x",
    [rows(1), rows(2), rows()[[0] * 30], np.zeros((5, 8), dtype=np.float32), rows()[:, :1]],
    ids=["one", "two", "equal", "zeros", "one column"],
)
def test_hardly_any_rows_are_reduced_all_the_same(make: Callable[[], Reducer], x: Any) -> None:
    reducer = make()
    reduced = reducer.fit_transform(x)
    assert len(reduced) == len(x)
    assert np.isfinite(reduced).all()
    assert reducer.transform(x[:1]).shape == (1, reduced.shape[1])


@pytest.mark.parametrize("name", ["TruncatedSVD", "PCA", "IncrementalPCA", "Pipeline"])
@pytest.mark.parametrize("x", [rows(1), rows(2), rows()[[0] * 30]], ids=["one", "two", "equal"])
def test_components_are_as_many_as_the_rows_allow(name: str, x: Any) -> None:
    assert np.isfinite(MAKERS[name]().fit_transform(x)).all()


def test_svd_spans_what_the_exact_decomposition_spans() -> None:
    left, scale, _ = np.linalg.svd(rows().astype(np.float64), full_matrices=False)
    found = Svd(n_components=8).fit_transform(rows())
    np.testing.assert_allclose(np.abs(found), np.abs(left * scale), atol=1e-4)


def test_svd_takes_sparse_rows() -> None:
    x = rows().clip(1) - 1
    np.testing.assert_allclose(
        Svd(n_components=3).fit_transform(csr_array(x)), Svd(n_components=3).fit_transform(x), atol=1e-4
    )


def test_pca_centres_and_keeps_the_most_variance() -> None:
    found = Pca(n_components=3).fit_transform(rows())
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-5)
    variances = np.linalg.eigvalsh(np.cov(rows().T.astype(np.float64)))[::-1][:3]
    np.testing.assert_allclose(found.var(axis=0, ddof=1), variances, rtol=1e-4)


def test_identity_hands_rows_on_as_they_are() -> None:
    np.testing.assert_array_equal(Identity().fit_transform(rows()), rows())
    assert isinstance(Identity().fit_transform(csr_array(rows())), csr_array)


def test_without_transform_new_rows_cannot_be_reduced() -> None:
    reducer = SklearnReducer.from_native(manifold.TSNE(2, perplexity=50))
    assert not reducer.spec.inductive
    assert reducer.fit_transform(rows(20)).shape == (20, 2)
    assert reducer.state() is None


@pytest.mark.parametrize(
    "obj",
    [manifold.TSNE(2), make_pipeline(decomposition.PCA(4), manifold.TSNE(2))],
    ids=["TSNE", "Pipeline"],
)
@pytest.mark.parametrize("x", [rows(1), rows()[[0] * 40], np.zeros((40, 8), dtype=np.float32)])
def test_equal_rows_become_zeros_where_no_new_ones_can_be_reduced(obj: Any, x: Any) -> None:
    reducer = SklearnReducer.from_native(obj)  # t-SNE itself ends the process
    np.testing.assert_array_equal(reducer.fit_transform(x), np.zeros((len(x), 2), dtype=np.float32))
    assert reducer.state() is None


def test_what_cannot_be_saved_does_not_say_that_it_persists() -> None:
    assert not SklearnReducer.from_native(manifold.TSNE(2)).spec.persists
    assert SklearnReducer.from_native(decomposition.PCA(2)).spec.persists


def test_a_supervised_transformer_learns_from_the_rows_with_a_class() -> None:
    y = np.arange(60) % 3
    reducer = SklearnReducer.from_native(discriminant_analysis.LinearDiscriminantAnalysis())
    assert reducer.spec.supervised
    partly = np.where(np.arange(60) < 30, y, -1)
    truth = discriminant_analysis.LinearDiscriminantAnalysis().fit(rows()[:30].astype(np.float64), y[:30])
    np.testing.assert_allclose(reducer.fit_transform(rows(), partly), truth.transform(rows()), rtol=1e-5, atol=1e-5)
    with pytest.raises(InputError, match="y=classes"):
        reducer.fit_transform(rows())


@pytest.mark.parametrize("obj", WRAPPED.values(), ids=WRAPPED)
def test_the_object_handed_in_is_not_touched(obj: Any) -> None:
    before = repr(vars(obj))
    SklearnReducer.from_native(obj).fit_transform(rows())
    assert repr(vars(obj)) == before


def test_what_is_no_reducer_is_refused() -> None:
    with pytest.raises(ParameterError, match="dict has none"):
        SklearnReducer.from_native({})
    with pytest.raises(ParameterError, match="wraps an object"):
        SklearnReducer().fit_transform(rows())


@every
def test_an_unfitted_reducer_says_so(make: Callable[[], Reducer]) -> None:
    if not isinstance(make(), Identity):
        assert make().state() is None
        with pytest.raises(NotFittedError, match="fit_transform"):
            make().transform(rows())


def test_rows_of_another_width_are_refused() -> None:
    reducer = Pca()
    reducer.fit_transform(rows())
    with pytest.raises(InputError, match="3 columns, the training rows had 8"):
        reducer.transform(rows()[:, :3])


def test_a_damaged_state_is_refused() -> None:
    for arrays in ({}, {"directions": np.zeros(3)}, {"directions": np.zeros((2, 8)), "mean": np.zeros((1, 5))}):
        with pytest.raises(ModelFileError):
            Pca().restore(State(arrays=arrays))
