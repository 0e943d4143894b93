from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.sparse import issparse
from sklearn import cluster, decomposition, linear_model, mixture, naive_bayes, neighbors, preprocessing, svm
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.feature_selection import VarianceThreshold
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection

from topicore.builtin.estimator_table import class_of, key_of
from topicore.builtin.estimators import build, decode, describe, encode, seeded
from topicore.components import State
from topicore.errors import ModelFileError

DOCUMENTS = ["a b c hello world", "foo bar hello", "world bar baz", "héllo wörld foo"] * 15
X = np.abs(np.random.default_rng(0).normal(size=(60, 8)))
Y = np.repeat(["a", "b", "c"], 20)
TEXT = [
    CountVectorizer(ngram_range=(1, 2), stop_words=["foo"]),
    CountVectorizer(vocabulary={"hello": 1, "bar": 0}, dtype=np.float32),
    TfidfVectorizer(sublinear_tf=True, stop_words="english"),
    HashingVectorizer(n_features=32),
    make_pipeline(TfidfVectorizer(), decomposition.TruncatedSVD(2, random_state=0), preprocessing.Normalizer()),
    FeatureUnion([("words", TfidfVectorizer()), ("letters", CountVectorizer(analyzer="char"))]),
]
NUMBERS = [
    TfidfTransformer(),
    decomposition.TruncatedSVD(3, random_state=0),
    decomposition.PCA(3, whiten=True),
    decomposition.IncrementalPCA(3),
    decomposition.NMF(3, max_iter=2000),
    decomposition.LatentDirichletAllocation(3, random_state=0),
    preprocessing.Normalizer(),
    preprocessing.StandardScaler(),
    preprocessing.MinMaxScaler((-1, 1)),
    preprocessing.MaxAbsScaler(),
    VarianceThreshold(0.1),
    GaussianRandomProjection(3, random_state=0),
    SparseRandomProjection(3, random_state=0),
    cluster.KMeans(3, random_state=np.random.RandomState(3)),
    cluster.KMeans(3, init=X[:3]),
    cluster.MiniBatchKMeans(3, random_state=0),
    cluster.BisectingKMeans(7, random_state=0),
    mixture.GaussianMixture(3, random_state=0),
    mixture.BayesianGaussianMixture(n_components=2, random_state=0, max_iter=500),
    cluster.AgglomerativeClustering(3),
    cluster.DBSCAN(eps=1.0),
    cluster.HDBSCAN(copy=True),
    cluster.OPTICS(),
    linear_model.LogisticRegression(class_weight={"a": 2.0, "b": 1.0, "c": 1.0}),
    linear_model.SGDClassifier(random_state=0),
    linear_model.RidgeClassifier(),
    neighbors.KNeighborsClassifier(3),
    naive_bayes.MultinomialNB(),
    svm.LinearSVC(),
    make_pipeline(preprocessing.StandardScaler(), decomposition.PCA(2), linear_model.LogisticRegression()),
    FeatureUnion([("pca", decomposition.PCA(2)), ("scaled", preprocessing.StandardScaler())]),
]
CASES = [(estimator, DOCUMENTS) for estimator in TEXT] + [(estimator, X) for estimator in NUMBERS]
IDS = [f"{type(estimator).__name__}-{i}" for i, (estimator, _) in enumerate(CASES)]
METHODS = ("transform", "predict", "predict_proba", "decision_function")


def saved(state: State | None) -> State:
    """What is left of *state* once its JSON went through a file."""
    assert state is not None
    for array in state.arrays.values():
        assert array.dtype.kind in "biuf"
        assert array.flags.c_contiguous
    return State(arrays=state.arrays, strings=state.strings, meta=json.loads(json.dumps(state.meta, allow_nan=False)))


def fitted(estimator: Any, x: Any) -> Any:
    return seeded(estimator, 0).fit(x, None if x is DOCUMENTS else Y)


@pytest.mark.parametrize(("estimator", "x"), CASES, ids=IDS)
def test_a_fitted_estimator_comes_back_to_the_bit(estimator: Any, x: Any) -> None:
    before = fitted(estimator, x)
    after = decode(saved(encode(before)))
    assert type(after) is type(before)
    for method in METHODS:
        assert hasattr(after, method) == hasattr(before, method)
        if hasattr(before, method):
            one, other = getattr(before, method)(x), getattr(after, method)(x)
            assert one.dtype == other.dtype
            assert (one != other).nnz == 0 if issparse(one) else np.array_equal(one, other)
    if hasattr(before, "labels_"):
        np.testing.assert_array_equal(before.labels_, after.labels_)


@pytest.mark.parametrize(("estimator", "x"), CASES, ids=IDS)
def test_two_states_of_one_estimator_are_equal(estimator: Any, x: Any) -> None:
    before = fitted(estimator, x)
    first, second = saved(encode(before)), saved(encode(decode(saved(encode(before)))))
    assert first.meta == second.meta
    assert first.strings == second.strings
    assert first.arrays.keys() == second.arrays.keys()
    for name, array in first.arrays.items():
        np.testing.assert_array_equal(array, second.arrays[name])


@pytest.mark.parametrize(("estimator", "x"), CASES, ids=IDS)
def test_an_unfitted_estimator_is_described_in_json(estimator: Any, x: Any) -> None:
    record = describe(estimator)
    again = build(json.loads(json.dumps(record, allow_nan=False)))
    assert describe(again) == record
    assert type(again) is type(estimator)


def test_a_description_holds_only_what_is_not_by_default() -> None:
    assert describe(cluster.KMeans(5)) == {"class": "sklearn.cluster.KMeans", "parameters": {"n_clusters": 5}}


def test_terms_and_classes_are_lists_of_strings() -> None:
    state = saved(encode(fitted(TfidfVectorizer(), DOCUMENTS)))
    assert "héllo" in state.strings["vocabulary_.terms"]
    assert list(saved(encode(fitted(naive_bayes.MultinomialNB(), X))).strings["classes_"]) == ["a", "b", "c"]


class Mine(cluster.KMeans):
    """A class of the user's own."""


@pytest.mark.parametrize(
    "estimator",
    [
        Mine(3),
        CountVectorizer(tokenizer=str.split, token_pattern=None),
        preprocessing.FunctionTransformer(np.log1p),
        make_pipeline(preprocessing.StandardScaler(), Mine(3)),
        BaseEstimator(),
        object,
    ],
    ids=["subclass", "function", "ufunc", "nested", "base", "no estimator"],
)
def test_what_the_table_does_not_know_is_external(estimator: Any) -> None:
    assert key_of(type(estimator)) is None or describe(estimator) is None
    if isinstance(estimator, BaseEstimator):
        assert describe(estimator) is None
        assert encode(estimator) is None


def test_a_class_outside_of_the_table_is_never_built() -> None:
    for key in ("os.system", "sklearn.cluster.Birch", "subprocess.Popen", None, 3):
        with pytest.raises(ModelFileError, match="no scikit-learn estimator"):
            class_of(key)
        with pytest.raises(ModelFileError):
            build({"class": key, "parameters": {}})


@pytest.mark.parametrize(
    "name", ["predict", "__class__", "__dict__", "fit", "n_clusters", "_get_param_names", "a.b", "__x_", "get_params"]
)
def test_only_fitted_attributes_are_set(name: str) -> None:
    state = saved(encode(fitted(cluster.KMeans(3), X)))
    record: Any = json.loads(json.dumps(state.meta["estimator"]))
    record["fitted"][name] = 1
    with pytest.raises(ModelFileError, match="no fitted attribute"):
        decode(State(arrays=state.arrays, meta={"estimator": record}))


def test_a_cache_folder_is_neither_written_nor_read(tmp_path: Any) -> None:
    pipeline = Pipeline([("pca", decomposition.PCA(2))], memory=str(tmp_path))
    record: Any = describe(pipeline)
    assert "memory" not in record["parameters"]
    record["parameters"]["memory"] = str(tmp_path)
    with pytest.raises(ModelFileError, match="cache folder"):
        build(record)


@pytest.mark.parametrize(
    "value",
    [
        {"unknown": 1},
        {"dtype": "object"},
        {"array": "no such array"},
        {"array": ["|O", [1]]},
        {"texts": ["|V8", [1], ["a"]]},
        {"texts": ["<U1", [9], ["a"]]},
        {"index": [["a"], ["<i8", [1, 2]]]},
        {"csr_matrix": [[2, 2], ["<f8", [1.0]], ["<i4", [7]], ["<i8", [0, 1, 1]]]},
        {"estimator": {"class": "builtins.eval", "parameters": {}}},
        {"estimator": None},
        {"tree": [["<f8", [[0.0]]], ["<i8", [-1]]]},
        {"float": "0; import os"},
        {"list": 3},
        {"a": 1, "b": 2},
        [1, 2],
    ],
    ids=repr,
)
def test_damaged_values_are_refused(value: Any) -> None:
    with pytest.raises(ModelFileError):
        build({"class": "sklearn.cluster.KMeans", "parameters": {"n_clusters": value}})
    record = {"class": "sklearn.cluster.KMeans", "parameters": {}, "fitted": {"cluster_centers_": value}}
    with pytest.raises(ModelFileError):
        decode(State(meta={"estimator": record}))


@pytest.mark.parametrize("record", [None, 3, [], {}, {"class": "sklearn.cluster.KMeans"}, {"class": []}])
def test_damaged_records_are_refused(record: Any) -> None:
    with pytest.raises(ModelFileError):
        build(record)


def test_a_parameter_that_the_class_does_not_have_is_refused() -> None:
    with pytest.raises(ModelFileError, match="another version"):
        build({"class": "sklearn.cluster.KMeans", "parameters": {"colour": "red"}})


def test_open_seeds_are_set_on_a_copy() -> None:
    pipeline = make_pipeline(decomposition.PCA(2), cluster.KMeans(3, random_state=7))
    copy = seeded(pipeline, 42)
    assert (copy[0].random_state, copy[1].random_state) == (42, 7)
    assert pipeline[0].random_state is None
