"""Components that learn batch by batch, each by itself."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.cluster import Birch, MiniBatchKMeans
from sklearn.decomposition import PCA, IncrementalPCA
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler, Normalizer, StandardScaler

import topicore
from topicore.builtin import incremental_pca, kmeans
from topicore.builtin.incremental_pca import IncrementalPca
from topicore.builtin.reducers import Pca
from topicore.components import State
from topicore.errors import InputError, ModelFileError, NotFittedError, ParameterError
from topicore.registry import capabilities


def cloud(n: int = 200, seed: int = 0) -> Any:
    """Rows of four columns that vary by 8, 4, 2 and 1, and two by next to nothing, turned and moved."""
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(np.random.default_rng(9).normal(size=(6, 6)))[0]
    return (rng.normal(size=(n, 6)) * [8, 4, 2, 1, 1e-3, 1e-3]) @ turn + 5


def gaps(x: Any) -> Any:
    """All distances between rows."""
    return np.linalg.norm(x[:, None] - x[None], axis=2)


def learned(*batches: Any, k: int = 4) -> IncrementalPca:
    reducer = IncrementalPca(n_components=k)
    for batch in batches:
        reducer.partial_fit(batch)
    return reducer


# incremental-pca


@pytest.mark.parametrize("cuts", [[], [100], [3, 4, 60], [1, 2, 5]])
def test_batches_of_any_size_give_the_principal_components_of_all_rows(cuts):
    x = cloud()
    reduced = learned(*np.split(x, cuts)).transform(x)
    np.testing.assert_allclose(gaps(reduced), gaps(Pca(n_components=4).fit_transform(x)), atol=2e-2)


def test_it_learns_what_scikit_learn_learns():
    x = cloud()
    theirs = IncrementalPCA(4)
    for batch in np.split(x, 4):
        theirs.partial_fit(batch.copy())
    mine = learned(*np.split(x, 4))._learned
    np.testing.assert_allclose(
        mine.directions.T @ mine.directions, theirs.components_.T @ theirs.components_, atol=1e-9
    )
    np.testing.assert_allclose(np.linalg.norm(mine.scaled, axis=1), theirs.singular_values_)
    np.testing.assert_allclose(mine.mean[0], theirs.mean_)


def test_reduced_rows_keep_their_place_when_more_batches_come():
    x = cloud()
    reducer = learned(x[:100])
    before = reducer.transform(x[:100])
    for batch in np.split(x[100:], 10):
        reducer.partial_fit(batch)
    moved = np.abs(reducer.transform(x[:100]) - before).max()
    assert moved < 0.5  # of numbers up to 20; a direction that changes its sign would move them by 40
    assert np.abs(before).max() > 15


def test_a_first_batch_of_fewer_rows_than_directions_fills_the_first_columns():
    x = cloud()
    reducer = learned(x[:2])
    assert reducer.transform(x).shape == (200, 4)
    assert np.linalg.matrix_rank(reducer.transform(x)) == 1
    reducer.partial_fit(x[2:])
    assert np.linalg.matrix_rank(reducer.transform(x)) == 4


def test_equal_rows_have_no_direction():
    reducer = learned(np.ones((5, 3)), np.ones((2, 3)), k=2)
    assert not reducer.transform(np.ones((2, 3))).any()


def test_sparse_rows_are_as_dense_ones():
    x = np.where(cloud() > 6, cloud(), 0)
    dense, sparse = learned(*np.split(x, 2)), IncrementalPca(n_components=4)
    for batch in np.split(x, 2):
        sparse.partial_fit(csr_array(batch))
    np.testing.assert_allclose(sparse.transform(csr_array(x)), dense.transform(x), atol=1e-4)


def test_long_batches_are_learned_in_blocks(monkeypatch):
    x = cloud()
    whole = learned(x).transform(x)
    monkeypatch.setattr(incremental_pca, "BLOCK", 60)
    np.testing.assert_allclose(gaps(learned(x).transform(x)), gaps(whole), atol=2e-2)


def test_a_restored_reducer_goes_on_alike():
    x = cloud()
    first = learned(x[:50])
    second = IncrementalPca(n_components=4)
    second.restore(first.state())
    for reducer in (first, second):
        reducer.partial_fit(x[50:])
    np.testing.assert_array_equal(first.transform(x), second.transform(x))


def test_rows_that_do_not_fit_are_refused():
    with pytest.raises(NotFittedError):
        IncrementalPca().transform(cloud())
    reducer = learned(cloud())
    for call in (reducer.partial_fit, reducer.transform):
        with pytest.raises(InputError, match="5 columns"):
            call(cloud()[:, :5])
    with pytest.raises(InputError, match="up to 65,536 columns"):
        IncrementalPca().partial_fit(csr_array((3, 70_000)))
    with pytest.raises(ModelFileError, match="lacks a matrix"):
        reducer.restore(State())
    state = reducer.state()
    with pytest.raises(ModelFileError, match="do not fit together"):
        reducer.restore(State(arrays={**state.arrays, "mean": np.ones((1, 2))}, meta=state.meta))


# k-means


def blobs() -> Any:
    rng = np.random.default_rng(0)
    return np.repeat(np.eye(4) * 9, 30, axis=0) + rng.normal(size=(120, 4))


def shuffled() -> Any:
    return blobs()[np.random.default_rng(1).permutation(120)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_centres_weigh_as_much_as_the_rows_that_went_to_them(dtype):
    x = shuffled().astype(dtype)
    clusterer = kmeans.MiniBatchKMeans(n_clusters=4)
    first = clusterer.partial_fit(x[:40]).labels
    start = clusterer._fitted.cluster_centers_.copy()
    found = np.concatenate([first, *(clusterer.partial_fit(batch).labels for batch in np.split(x[40:], 4))])
    for cluster in range(4):
        later = x[40:][found[40:] == cluster].astype(np.float64)
        weight = (first == cluster).sum()
        mean = (weight * start[cluster] + later.sum(axis=0)) / (weight + len(later))
        np.testing.assert_allclose(clusterer._fitted.cluster_centers_[cluster], mean, atol=1e-12)
    np.testing.assert_array_equal(clusterer.predict(x).labels, found)


def test_no_cluster_becomes_another():
    clusterer = kmeans.MiniBatchKMeans(n_clusters=2)
    x = blobs()
    first, second = clusterer.partial_fit(x[:60]), None
    for _ in range(50):  # scikit-learn's own would put the idle centre elsewhere by now
        second = clusterer.partial_fit(x[:30])
    assert (second.labels == first.labels[:30]).all()
    assert (clusterer.predict(x[30:60]).labels == first.labels[30:]).all()


def test_sparse_rows_move_centres_as_dense_ones_do():
    x = np.abs(shuffled())
    dense, sparse = (kmeans.MiniBatchKMeans(n_clusters=4) for _ in range(2))
    for batch in np.split(x, 4):
        dense.partial_fit(batch)
        sparse.partial_fit(csr_array(batch))
    np.testing.assert_allclose(sparse._fitted.cluster_centers_, dense._fitted.cluster_centers_, atol=1e-9)


def test_k_means_goes_on_after_a_fit_and_after_a_restore():
    x = shuffled()
    fitted, restored = kmeans.MiniBatchKMeans(n_clusters=4), kmeans.MiniBatchKMeans(n_clusters=4)
    fitted.fit_predict(x[:60])
    restored.restore(fitted.state())
    for clusterer in (fitted, restored):
        clusterer.partial_fit(x[60:])
    np.testing.assert_array_equal(fitted._fitted.cluster_centers_, restored._fitted.cluster_centers_)
    assert fitted._fitted._counts.sum() == 120


# scikit-learn objects


def rows_of(texts: Any) -> Any:
    return texts


@pytest.mark.parametrize(
    ("kind", "obj", "able"),
    [
        ("clusterer", MiniBatchKMeans(3), True),
        ("clusterer", make_pipeline(StandardScaler(), MiniBatchKMeans(3)), True),
        ("clusterer", make_pipeline(PCA(2), MiniBatchKMeans(3)), False),
        ("clusterer", Birch(n_clusters=3), False),
        ("clusterer", SGDClassifier(), False),
        ("reducer", IncrementalPCA(3), True),
        ("reducer", make_pipeline(Normalizer(), "passthrough", IncrementalPCA(3)), True),
        ("reducer", PCA(3), False),
        ("embedder", make_pipeline(HashingVectorizer(), MaxAbsScaler()), True),
        ("embedder", make_pipeline(FunctionTransformer(rows_of), HashingVectorizer()), True),
        ("embedder", make_pipeline(TfidfVectorizer(), MaxAbsScaler()), False),
    ],
)
def test_what_scikit_learn_objects_can_learn_batch_by_batch_is_known(kind, obj, able):
    component = getattr(topicore, kind)(obj)
    assert capabilities(component).incremental is able
    assert capabilities(component.fresh()).incremental is able


def test_clusters_of_a_scikit_learn_object_are_numbered_as_they_appear():
    class Told(MiniBatchKMeans):
        def partial_fit(self, x, y=None, sample_weight=None):
            return self

        def predict(self, x):
            return x[:, 0].astype(int)

    clusterer = topicore.clusterer(Told(3))
    assert clusterer.partial_fit(np.array([[5.0], [2], [5]])).labels.tolist() == [1, 0, 1]
    assert clusterer.partial_fit(np.array([[3.0], [5], [0]])).labels.tolist() == [3, 1, 2]
    assert clusterer.predict(np.array([[2.0], [3], [4]])).labels.tolist() == [0, 3, -1]


def test_a_pipeline_learns_step_by_step():
    reducer = topicore.reducer(make_pipeline(StandardScaler(), IncrementalPCA(2)))
    for batch in np.split(cloud(), 4):
        reducer.partial_fit(batch)
    scaler, pca = (step for _, step in reducer._fitted.steps)
    assert scaler.n_samples_seen_ == pca.n_samples_seen_ == 200
    assert reducer.transform(cloud()).shape == (200, 2)


def test_a_clusterer_fitted_on_equal_rows_has_nothing_to_go_on_from():
    clusterer = topicore.clusterer(MiniBatchKMeans(2))
    clusterer.fit_predict(np.ones((5, 2), dtype=np.float32))
    with pytest.raises(InputError, match="learned nothing to go on from"):
        clusterer.partial_fit(np.ones((5, 2), dtype=np.float32))


# any object


class Stream:
    def partial_fit(self, x):
        self.labels_ = [int(value) for value in x[:, 0]]


def test_any_object_with_partial_fit_is_a_clusterer():
    stream = Stream()
    clusterer = topicore.clusterer(stream)
    spec = capabilities(clusterer)
    assert (spec.name, spec.incremental, spec.inductive) == ("incremental", True, False)
    assert clusterer.fit_predict(np.array([[7.0], [-1], [3]])).labels.tolist() == [1, -1, 0]
    assert clusterer.partial_fit(np.array([[1.0], [7]])).labels.tolist() == [2, 1]
    assert not hasattr(stream, "labels_")
    for wrong in (Stream, object()):
        with pytest.raises(ParameterError):
            topicore.clusterer(wrong)


def test_wrappers_can_be_copied_and_pickled():
    for component in (topicore.clusterer(Stream()), topicore.reducer(IncrementalPCA(2))):
        for twin in (copy.deepcopy(component), pickle.loads(pickle.dumps(component))):
            assert twin.spec == component.spec


# hashing


def test_hashed_columns_are_named_by_the_batch_that_first_fills_them():
    vectorizer = topicore.vectorizer("hashing", n_features=4, stop_words=[])
    first = vectorizer.partial_fit(["harbour harbour sailor"])
    names = list(vectorizer.terms)
    second = vectorizer.partial_fit(["anchor anchor anchor harbour", "tide mast reef wave dock cargo"])
    assert first.shape == (1, 4)
    assert second.shape == (2, 4)
    for before, after in zip(names, vectorizer.terms, strict=True):
        assert after == before or before.startswith("#")
    assert (second != vectorizer.transform(["anchor anchor anchor harbour", "tide mast reef wave dock cargo"])).nnz == 0
