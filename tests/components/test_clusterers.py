from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn import cluster, linear_model, mixture, naive_bayes, neighbors
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from topicore.builtin.agglomerative import Agglomerative
from topicore.builtin.gmm import Gmm
from topicore.builtin.hdbscan import SklearnHdbscan, _distances
from topicore.builtin.kmeans import BisectingKMeans, KMeans, MiniBatchKMeans, _refilled
from topicore.builtin.manual import Manual
from topicore.builtin.numbering import clusters_for
from topicore.builtin.sklearn_clusterer import SklearnClusterer
from topicore.components import Clusterer, State
from topicore.errors import InputError, ModelFileError, NotFittedError, ParameterError, TopicoreError

TRUTH = np.repeat(np.arange(4), 30)
WRAPPED = {
    "KMeans": cluster.KMeans(4),
    "BisectingKMeans": cluster.BisectingKMeans(4),
    "GaussianMixture": mixture.GaussianMixture(4),
    "MeanShift": cluster.MeanShift(bandwidth=6),
    "DBSCAN": cluster.DBSCAN(eps=4),
    "HDBSCAN": cluster.HDBSCAN(min_cluster_size=20, copy=True),
    "AgglomerativeClustering": cluster.AgglomerativeClustering(4),
    "Birch": cluster.Birch(n_clusters=4),
    "Pipeline": make_pipeline(StandardScaler(), cluster.KMeans(4)),
}
MAKERS: dict[str, Callable[[], Clusterer]] = {
    "kmeans": lambda: KMeans(n_clusters=4),
    "minibatch-kmeans": lambda: MiniBatchKMeans(n_clusters=4),
    "bisecting-kmeans": lambda: BisectingKMeans(n_clusters=4),
    "gmm": lambda: Gmm(n_components=4),
    "agglomerative": lambda: Agglomerative(n_clusters=4),
    "sklearn.hdbscan": lambda: SklearnHdbscan(),
    **{name: lambda obj=obj: SklearnClusterer.from_native(obj) for name, obj in WRAPPED.items()},
}
INDUCTIVE = [name for name, make in MAKERS.items() if make().spec.inductive]
every = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
inductive = pytest.mark.parametrize("make", [MAKERS[name] for name in INDUCTIVE], ids=INDUCTIVE)


def blobs() -> Any:
    rng = np.random.default_rng(0)
    return (np.repeat(rng.normal(size=(4, 6)) * 6, 30, axis=0) + rng.normal(size=(120, 6))).astype(np.float32)


def new_rows() -> Any:
    return blobs() + np.random.default_rng(1).normal(size=(120, 6)).astype(np.float32)


def expect_valid(clusterer: Clusterer, found: Any, n: int) -> None:
    """Raise unless labels, strengths and memberships are as the kind promises."""
    assert found.labels.dtype == np.int64
    assert found.labels.shape == (n,)
    k = int(found.labels.max(initial=-1)) + 1
    assert set(found.labels[found.labels >= 0]) == set(range(k))
    assert clusterer.spec.outliers or found.labels.min() >= 0
    if found.strengths is not None:
        assert found.strengths.dtype == np.float32
        assert found.strengths.min() >= 0
        assert found.strengths.max() <= 1
    assert (found.memberships is not None) == clusterer.spec.soft
    if found.memberships is not None:
        assert found.memberships.shape == (n, k)
        np.testing.assert_array_equal(found.memberships.argmax(axis=1), found.labels)


@every
def test_planted_groups_are_found(make: Callable[[], Clusterer]) -> None:
    clusterer = make()
    found = clusterer.fit_predict(blobs())
    expect_valid(clusterer, found, 120)
    inside = found.labels >= 0
    assert inside.mean() > 0.8
    assert adjusted_rand_score(TRUTH[inside], found.labels[inside]) == 1


@every
@pytest.mark.parametrize(
    "x",
    [blobs()[:1], blobs()[:2], blobs()[:5], blobs()[[0] * 40], np.zeros((5, 6), dtype=np.float32), blobs()[:, :1]],
    ids=["one", "two", "five", "equal", "zeros", "one column"],
)
def test_hardly_any_rows_are_clustered_all_the_same(make: Callable[[], Clusterer], x: Any) -> None:
    clusterer = make()
    expect_valid(clusterer, clusterer.fit_predict(x), len(x))
    if clusterer.spec.inductive:
        assert len(clusterer.predict(new_rows()[:3, : x.shape[1]]).labels) == 3


@pytest.mark.parametrize(
    "clusterer", [KMeans(n_clusters=9), BisectingKMeans(n_clusters=9), Gmm(n_components=9), Agglomerative(n_clusters=9)]
)
def test_more_clusters_than_distinct_rows_are_as_many_as_there_are(clusterer: Clusterer) -> None:
    x = np.repeat(np.eye(3, 6, dtype=np.float32), 5, axis=0)
    labels = clusterer.fit_predict(x).labels
    assert adjusted_rand_score(np.repeat(range(3), 5), labels) == 1


@pytest.mark.parametrize("kind", [KMeans, MiniBatchKMeans, BisectingKMeans])
@pytest.mark.parametrize("sparse", [False, True])
def test_as_many_clusters_as_asked_wherever_there_are_as_many_rows(kind: type[KMeans], sparse: bool) -> None:
    few = np.eye(3, 6, dtype=np.float32)
    many = np.random.default_rng(0).normal(size=(60, 6)).astype(np.float32)
    copies = np.repeat(many[:20], np.arange(1, 21), axis=0)
    for rows, k in ((few, 3), (many, 20), (many, 59), (many, 60), (copies, 20)):
        x: Any = csr_array(rows) if sparse else rows
        for seed in range(3):
            clusterer = kind(n_clusters=k, random_state=seed)
            labels = clusterer.fit_predict(x).labels
            assert set(labels) == set(range(k))
            np.testing.assert_array_equal(clusterer.predict(x).labels, labels)


def test_centres_without_rows_go_to_the_rows_farthest_from_the_others() -> None:
    rows = np.array([[0.0], [1], [10], [11], [50], [80]])
    estimator = cluster.KMeans(4, n_init=1).fit(rows)
    estimator.cluster_centers_ = np.array([[0.5], [500], [10.5], [900]])
    estimator.labels_ = estimator.predict(rows)
    filled = _refilled(estimator, rows)
    assert filled.cluster_centers_.ravel().tolist() == [0.5, 80, 10.5, 50]
    assert filled.labels_.tolist() == [0, 0, 2, 2, 3, 1]


@inductive
def test_training_rows_are_predicted_as_they_were_fitted(make: Callable[[], Clusterer]) -> None:
    clusterer = make()
    fitted, found = clusterer.fit_predict(blobs()), clusterer.predict(blobs())
    np.testing.assert_array_equal(fitted.labels, found.labels)
    if fitted.strengths is not None:
        np.testing.assert_array_equal(fitted.strengths, found.strengths)


@inductive
def test_a_row_is_predicted_the_same_alone_and_in_a_batch(make: Callable[[], Clusterer]) -> None:
    clusterer, new = make(), new_rows()
    clusterer.fit_predict(blobs())
    together = clusterer.predict(new).labels
    assert [int(clusterer.predict(new[i : i + 1]).labels[0]) for i in range(120)] == together.tolist()


@every
def test_the_same_rows_give_the_same_labels_and_stay_as_they_are(make: Callable[[], Clusterer]) -> None:
    x = blobs().astype(np.float64)
    before = x.copy()
    first, second = make().fit_predict(x), make().fit_predict(x)
    np.testing.assert_array_equal(first.labels, second.labels)
    np.testing.assert_array_equal(x, before)


@inductive
def test_a_fitted_clusterer_comes_back_from_config_and_state(make: Callable[[], Clusterer]) -> None:
    clusterer = make()
    clusterer.fit_predict(blobs())
    state = clusterer.state()
    if clusterer.external() is not None:
        assert state is None
        return
    assert state is not None
    assert all(array.dtype.kind in "biuf" for array in state.arrays.values())
    again = type(clusterer)(**clusterer.config())
    again.restore(state)
    before, after = clusterer.predict(new_rows()), again.predict(new_rows())
    np.testing.assert_array_equal(before.labels, after.labels)
    assert again.spec == clusterer.spec
    for one, other in ((before.strengths, after.strengths), (before.memberships, after.memberships)):
        assert (one is None) == (other is None)
        if one is not None:
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["kmeans", "minibatch-kmeans", "bisecting-kmeans", "KMeans"])
def test_sparse_rows_are_taken_as_they_are(name: str) -> None:
    x: Any = csr_array(blobs().clip(0))
    clusterer = MAKERS[name]()
    fitted = clusterer.fit_predict(x).labels
    np.testing.assert_array_equal(clusterer.predict(x).labels, fitted)
    assert adjusted_rand_score(fitted, MAKERS[name]().fit_predict(x.toarray()).labels) > 0.9


@inductive
def test_an_unfitted_clusterer_says_so(make: Callable[[], Clusterer]) -> None:
    with pytest.raises(NotFittedError, match="fit_predict"):
        make().predict(blobs())
    assert make().state() is None


def test_the_number_of_clusters_grows_with_the_square_root_of_the_rows() -> None:
    assert [clusters_for(n) for n in (1, 2, 100, 1000, 10_000, 10**7)] == [1, 1, 5, 16, 50, 200]


def test_threads_do_not_change_what_kmeans_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(0).normal(size=(20_000, 20))
    learned = set()
    monkeypatch.setenv("OMP_NUM_THREADS", "8")  # else scikit-learn takes no more threads than cores
    with threadpool_limits(8, user_api="openmp"):
        for _ in range(4):
            clusterer = KMeans(n_clusters=30, max_iter=20)
            clusterer.fit_predict(x)
            learned.add(clusterer.state().arrays["cluster_centers_"].tobytes())
    assert len(learned) == 1


class TestHdbscan:
    def test_a_new_row_far_from_every_cluster_is_an_outlier(self) -> None:
        clusterer = SklearnHdbscan()
        clusterer.fit_predict(blobs())
        found = clusterer.predict(np.full((1, 6), 500.0))
        assert found.labels.tolist() == [-1]
        assert found.strengths == 0

    def test_a_new_row_within_a_cluster_is_of_that_cluster(self) -> None:
        clusterer = SklearnHdbscan()
        labels = clusterer.fit_predict(blobs()).labels
        centres = np.stack([blobs()[group == TRUTH].mean(axis=0) for group in range(4)])
        assert clusterer.predict(centres).labels.tolist() == [labels[30 * group] for group in range(4)]

    def test_outliers_of_training_stay_outliers(self) -> None:
        x = np.vstack([blobs(), np.full((1, 6), 500.0)])
        clusterer = SklearnHdbscan()
        assert clusterer.fit_predict(x).labels[-1] == -1
        assert clusterer.predict(x[-1:]).labels.tolist() == [-1]

    def test_labels_and_strengths_are_those_of_scikit_learn(self) -> None:
        truth = cluster.HDBSCAN(min_cluster_size=10, copy=True).fit(blobs().astype(np.float64))
        found = SklearnHdbscan().fit_predict(blobs())
        np.testing.assert_array_equal(found.labels, truth.labels_)
        np.testing.assert_allclose(found.strengths, truth.probabilities_, rtol=1e-6)

    def test_clusters_split_off_and_rows_leave_where_the_tree_says(self) -> None:
        # Rows 0, 1, 2 and 3, 4, 5 are two clusters of three; they meet at distance 9.
        merges = [(0, 1, 1.0, 2), (3, 4, 2.0, 2), (2, 6, 3.0, 3), (5, 7, 4.0, 3), (8, 9, 9.0, 6)]
        births, exits = _distances(merges, np.array([0, 0, 0, 1, 1, 1]), 3)
        assert births.tolist() == [9.0, 9.0]
        assert exits.tolist() == [3.0, 3.0, 3.0, 4.0, 4.0, 4.0]

    def test_fewer_rows_than_samples_are_outliers(self) -> None:
        clusterer = SklearnHdbscan(min_samples=50)
        assert clusterer.fit_predict(blobs()[:5]).labels.tolist() == [-1] * 5
        assert clusterer.predict(blobs()[:2]).labels.tolist() == [-1, -1]

    def test_a_smallest_size_of_one_counts_as_two(self) -> None:
        one, two = (SklearnHdbscan(min_cluster_size=size).fit_predict(blobs()) for size in (1, 2))
        np.testing.assert_array_equal(one.labels, two.labels)
        np.testing.assert_array_equal(one.strengths, two.strengths)

    def test_a_damaged_state_is_refused(self) -> None:
        clusterer = SklearnHdbscan()
        clusterer.fit_predict(blobs())
        state = clusterer.state()
        assert state is not None
        for change in ({"births": np.empty(0)}, {"labels": np.zeros(3, dtype=np.int64)}, {"extra": np.zeros(1)}):
            with pytest.raises(ModelFileError):
                SklearnHdbscan().restore(State(arrays={**state.arrays, **change}))


class TestManual:
    def test_classes_are_the_labels_numbered_without_gaps(self) -> None:
        y = np.array([5, -1, 2, 5])
        assert Manual().fit_predict(np.zeros((4, 2), dtype=np.float32), y).labels.tolist() == [1, -1, 0, 1]

    def test_missing_classes_are_one_clear_error(self) -> None:
        with pytest.raises(InputError, match="y=classes"):
            Manual().fit_predict(blobs())
        with pytest.raises(InputError, match="one class a document"):
            Manual().fit_predict(blobs(), np.zeros(3, dtype=np.int64))


class TestWrapped:
    @pytest.mark.parametrize("obj", WRAPPED.values(), ids=WRAPPED)
    def test_the_object_handed_in_is_not_touched(self, obj: Any) -> None:
        before = copy.deepcopy(vars(obj))
        clusterer = SklearnClusterer.from_native(obj)
        clusterer.fit_predict(blobs())
        clusterer.fresh().fit_predict(blobs())
        assert repr(vars(obj)) == repr(before)

    def test_what_an_object_can_do_is_in_the_spec(self) -> None:
        assert not SklearnClusterer.from_native(cluster.DBSCAN()).spec.inductive
        assert SklearnClusterer.from_native(mixture.GaussianMixture()).spec.soft
        classifier = SklearnClusterer.from_native(linear_model.LogisticRegression()).spec
        assert classifier.supervised
        assert not classifier.outliers

    def test_whether_predictions_match_the_fit_is_measured_and_kept(self) -> None:
        x = np.vstack([blobs(), np.full((1, 6), 500.0), np.full((1, 6), -500.0)]).astype(np.float32)
        odd = SklearnClusterer.from_native(cluster.MeanShift(bandwidth=2, cluster_all=False))
        assert (odd.fit_predict(x).labels != odd.predict(x).labels).any()
        assert not odd.spec.predict_matches_fit
        again = SklearnClusterer(**odd.config())
        again.restore(odd.state())
        assert again.spec == odd.spec
        plain = SklearnClusterer.from_native(cluster.MeanShift(bandwidth=2))
        assert (plain.fit_predict(x).labels == plain.predict(x).labels).all()
        assert plain.spec.predict_matches_fit
        odd.fit_predict(blobs()[:1])
        assert odd.spec.predict_matches_fit

    @pytest.mark.parametrize("obj", [cluster.DBSCAN(), type("Mine", (cluster.KMeans,), {})(3)], ids=["DBSCAN", "Mine"])
    def test_what_has_no_state_does_not_say_that_it_persists(self, obj: Any) -> None:
        clusterer = SklearnClusterer.from_native(obj)
        assert not clusterer.spec.persists
        clusterer.fit_predict(blobs())
        assert not clusterer.spec.persists
        assert clusterer.state() is None
        assert SklearnClusterer.from_native(cluster.KMeans(3)).spec.persists

    @pytest.mark.parametrize("obj", [linear_model.LinearRegression(), make_pipeline(linear_model.Ridge())])
    def test_a_regressor_is_refused(self, obj: Any) -> None:
        with pytest.raises(ParameterError, match=f"{type(obj).__name__} is a regressor.*clusterer=KMeans"):
            SklearnClusterer.from_native(obj)

    @pytest.mark.parametrize(
        "obj",
        [cluster.HDBSCAN(), make_pipeline(StandardScaler(), cluster.HDBSCAN()), cluster.KMeans(4, copy_x=False)],
        ids=["HDBSCAN", "Pipeline", "KMeans"],
    )
    def test_rows_are_copied_before_an_estimator_may_write_into_them(self, obj: Any) -> None:
        x = blobs().astype(np.float64)
        before = x.copy()
        SklearnClusterer.from_native(obj).fit_predict(x)  # a warning of scikit-learn would be an error
        np.testing.assert_array_equal(x, before)

    @pytest.mark.parametrize(
        "obj",
        [linear_model.LogisticRegression(), neighbors.KNeighborsClassifier(1), linear_model.SGDClassifier()],
    )
    def test_a_classifier_labels_the_rows_without_a_class(self, obj: Any) -> None:
        y = np.where(np.arange(120) % 3 == 0, TRUTH, -1)
        clusterer = SklearnClusterer.from_native(obj)
        found = clusterer.fit_predict(blobs(), y)
        expect_valid(clusterer, found, 120)
        np.testing.assert_array_equal(found.labels, TRUTH)

    def test_rows_with_a_class_keep_it(self) -> None:
        y = TRUTH.copy()
        y[0] = 3
        found = SklearnClusterer.from_native(naive_bayes.GaussianNB()).fit_predict(blobs(), y)
        np.testing.assert_array_equal(found.labels, y)
        assert found.memberships is not None
        assert np.asarray(found.memberships)[0].tolist() == [0, 0, 0, 1]

    def test_one_class_is_every_rows_class(self) -> None:
        clusterer = SklearnClusterer.from_native(linear_model.LogisticRegression())
        assert set(clusterer.fit_predict(blobs(), np.where(TRUTH == 2, 7, -1)).labels) == {0}
        again = SklearnClusterer(**clusterer.config())
        again.restore(clusterer.state())
        assert set(again.predict(blobs()).labels) == {0}

    def test_a_classifier_without_classes_is_one_clear_error(self) -> None:
        for y in (None, np.full(120, -1)):
            with pytest.raises(InputError, match=r"LogisticRegression .* y=classes"):
                SklearnClusterer.from_native(linear_model.LogisticRegression()).fit_predict(blobs(), y)

    def test_what_is_no_clusterer_is_refused(self) -> None:
        with pytest.raises(ParameterError, match="StandardScaler has none"):
            SklearnClusterer.from_native(StandardScaler())
        with pytest.raises(ParameterError, match=r"clusterer=KMeans\(\)"):
            SklearnClusterer.from_native(cluster.KMeans)
        with pytest.raises(TopicoreError, match="wraps an object"):
            SklearnClusterer().fit_predict(blobs())

    def test_open_seeds_are_set_and_others_kept(self) -> None:
        first = SklearnClusterer.from_native(cluster.KMeans(7, init="random"))
        labels = first.fit_predict(blobs()).labels
        np.testing.assert_array_equal(first.fresh(random_state=42).fit_predict(blobs()).labels, labels)
        truth = cluster.KMeans(7, init="random", random_state=5).fit_predict(blobs().astype(np.float64))
        own = SklearnClusterer.from_native(cluster.KMeans(7, init="random", random_state=5)).fit_predict(blobs())
        np.testing.assert_array_equal(own.labels, truth)

    def test_an_unknown_class_is_external(self) -> None:
        class Mine(cluster.KMeans):
            pass

        clusterer = SklearnClusterer.from_native(Mine(3))
        assert clusterer.external() is not None
        assert clusterer.external().endswith("Mine")
        clusterer.fit_predict(blobs())
        assert clusterer.state() is None
        assert clusterer.fresh().external() == clusterer.external()
