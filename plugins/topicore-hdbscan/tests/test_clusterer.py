"""What HDBSCAN finds, and how it labels rows later."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from topicore.components import Assignment, State
from topicore.errors import InputError, ModelFileError, NotFittedError, ParameterError
from topicore_hdbscan import HdbscanClusterer

Rows = NDArray[np.float32]


def rows(n: int, seed: int) -> Rows:
    """(n, 4) around five centres, some of them close."""
    centres = 4 * np.random.default_rng(0).normal(size=(5, 4))
    random = np.random.default_rng(seed)
    return (centres[random.integers(0, 5, n)] + 0.8 * random.normal(size=(n, 4))).astype(np.float32)


TRAIN, NEW = rows(800, 1), rows(200, 2)


@pytest.fixture(scope="module")
def fitted() -> tuple[HdbscanClusterer, Assignment]:
    clusterer = HdbscanClusterer(probabilities=True)
    return clusterer, clusterer.fit_predict(TRAIN)


@pytest.fixture(scope="module")
def plain() -> Any:
    from hdbscan import HDBSCAN

    return HDBSCAN(min_cluster_size=10, prediction_data=True).fit(TRAIN)


def dense(found: Assignment) -> Any:
    """The memberships, which are there."""
    assert isinstance(found.memberships, np.ndarray)
    return found.memberships


def strengths(found: Assignment) -> Any:
    """The strengths, which are there."""
    assert found.strengths is not None
    return found.strengths


def same(first: Assignment, second: Assignment) -> bool:
    return all(
        np.array_equal(getattr(first, name), getattr(second, name)) for name in ("labels", "strengths", "memberships")
    )


def restored(clusterer: HdbscanClusterer) -> HdbscanClusterer:
    state = clusterer.state()
    assert state is not None
    other = HdbscanClusterer(**clusterer.config())
    other.restore(state)
    return other


def test_clusters_are_those_of_hdbscan(fitted: tuple[HdbscanClusterer, Assignment], plain: Any) -> None:
    from hdbscan import all_points_membership_vectors

    found = fitted[1]
    assert found.labels.max() >= 2
    assert 0 < (found.labels < 0).mean() < 0.6
    np.testing.assert_array_equal(found.labels, plain.labels_)
    np.testing.assert_allclose(strengths(found), plain.probabilities_, atol=1e-6)
    np.testing.assert_allclose(dense(found), all_points_membership_vectors(plain), atol=1e-6)


def test_new_rows_are_labelled_as_hdbscan_does(fitted: tuple[HdbscanClusterer, Assignment], plain: Any) -> None:
    from hdbscan import approximate_predict, membership_vector

    found = fitted[0].predict(NEW)
    labels, expected = approximate_predict(plain, NEW)
    np.testing.assert_array_equal(found.labels, labels)
    np.testing.assert_allclose(strengths(found), expected, atol=1e-6)
    np.testing.assert_allclose(dense(found), membership_vector(plain, NEW), atol=1e-6)


def test_a_training_row_keeps_everything_in_any_batch(fitted: tuple[HdbscanClusterer, Assignment]) -> None:
    clusterer, found = fitted
    again = clusterer.predict(np.vstack([NEW[:30], TRAIN[100:400]]))
    part = slice(100, 400)
    np.testing.assert_array_equal(again.labels[30:], found.labels[part])
    np.testing.assert_array_equal(strengths(again)[30:], strengths(found)[part])
    np.testing.assert_array_equal(dense(again)[30:], dense(found)[part])


def test_a_training_row_met_again_with_rounding_keeps_its_label(fitted: tuple[HdbscanClusterer, Assignment]) -> None:
    clusterer, found = fitted
    again = TRAIN * np.float32(1 + 3e-7)
    assert (again != TRAIN).any()
    np.testing.assert_array_equal(clusterer.predict(again).labels, found.labels)


def test_a_row_is_labelled_alike_alone_and_among_others(fitted: tuple[HdbscanClusterer, Assignment]) -> None:
    clusterer, _ = fitted
    together = clusterer.predict(NEW)
    alone = [clusterer.predict(NEW[i : i + 1]) for i in range(len(NEW))]
    for i, found in enumerate(alone):
        assert found.labels[0] == together.labels[i]
        np.testing.assert_array_equal(dense(found), dense(together)[i : i + 1])


def test_a_restored_clusterer_agrees_to_the_last_bit(fitted: tuple[HdbscanClusterer, Assignment]) -> None:
    clusterer, _ = fitted
    batch = np.vstack([NEW, TRAIN[:50]])
    assert same(restored(clusterer).predict(batch), clusterer.predict(batch))


def test_memberships_are_given_when_asked_for() -> None:
    clusterer = HdbscanClusterer()
    assert clusterer.fit_predict(TRAIN).memberships is None
    assert clusterer.predict(NEW).memberships is None


@pytest.mark.parametrize(
    "damage",
    [
        {"labels": np.zeros(3, dtype=np.int64)},
        {"child": np.zeros(2, dtype=np.int64)},
        {"labels": np.full(800, -7, dtype=np.int64)},
        {"labels": np.full(800, 10**6, dtype=np.int64)},
    ],
)
def test_a_damaged_state_is_refused(fitted: tuple[HdbscanClusterer, Assignment], damage: dict[str, Any]) -> None:
    state = fitted[0].state()
    assert state is not None
    with pytest.raises(ModelFileError, match="save it again"):
        HdbscanClusterer().restore(State(arrays={**state.arrays, **damage}))


def test_a_tree_that_points_beyond_its_rows_is_refused(fitted: tuple[HdbscanClusterer, Assignment]) -> None:
    state = fitted[0].state()
    assert state is not None
    for name, value in (("parent", 5), ("child", -1), ("child", 10**9)):
        wrong = state.arrays[name].copy()
        wrong[0] = value
        with pytest.raises(ModelFileError, match="save it again"):
            HdbscanClusterer().restore(State(arrays={**state.arrays, name: wrong}))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 9, 15, 25])
def test_fewer_rows_than_samples_are_clustered_all_the_same(n: int) -> None:
    clusterer = HdbscanClusterer(probabilities=True)
    found, later = clusterer.fit_predict(TRAIN[:n]), clusterer.predict(NEW[:3])
    assert found.labels.shape == (n,)
    assert later.labels.shape == (3,)
    assert same(restored(clusterer).predict(NEW[:3]), later)


@pytest.mark.parametrize("copies", [1, 2])
@pytest.mark.parametrize("single", [False, True])
def test_equal_rows_have_finite_memberships(copies: int, single: bool) -> None:
    x = np.repeat(8 * np.eye(2, 4, dtype=np.float32)[:copies], 40, axis=0)
    clusterer = HdbscanClusterer(probabilities=True, options={"allow_single_cluster": single})
    for found in (clusterer.fit_predict(x), clusterer.predict(np.vstack([x[:2], NEW[:2]]))):
        assert np.isfinite(dense(found)).all()
        assert (dense(found).sum(axis=1) <= 1 + 1e-6).all()


def test_the_finest_clusters_are_more_than_the_most_persistent() -> None:
    leaf = HdbscanClusterer(cluster_selection_method="leaf").fit_predict(TRAIN)
    wide = HdbscanClusterer(cluster_selection_method="leaf", cluster_selection_epsilon=1.5).fit_predict(TRAIN)
    assert leaf.labels.max() > wide.labels.max()


def test_an_object_gives_its_parameters_and_is_left_alone() -> None:
    from hdbscan import HDBSCAN

    obj = HDBSCAN(min_cluster_size=np.int64(12), min_samples=4, alpha=1.2, prediction_data=True)
    before = dict(vars(obj))
    clusterer = HdbscanClusterer.from_native(obj, probabilities=True)
    assert (clusterer.min_cluster_size, clusterer.min_samples) == (12, 4)
    assert (clusterer.options, clusterer.probabilities) == ({"alpha": 1.2}, True)
    clusterer.fit_predict(TRAIN)
    assert vars(obj) == before


def test_an_object_that_cannot_be_written_down_is_refused() -> None:
    from hdbscan import HDBSCAN

    class Special(HDBSCAN):  # type: ignore[misc]
        pass

    with pytest.raises(ParameterError, match="metric by its name"):
        HdbscanClusterer.from_native(HDBSCAN(metric=lambda a, b: 0.0))
    with pytest.raises(ParameterError, match=r"takes an hdbscan\.HDBSCAN; got Special"):
        HdbscanClusterer.from_native(Special())


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"metric": "cosine"}, "normalise the rows"),
        ({"options": {"alfa": 1}}, "no parameter alfa"),
        ({"options": {"prediction_data": True}}, "sets .'prediction_data'. itself"),
    ],
)
def test_what_cannot_work_is_refused_by_name(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        HdbscanClusterer(**parameters).fit_predict(TRAIN)


def test_use_before_fitting_and_rows_of_another_width_are_errors(
    fitted: tuple[HdbscanClusterer, Assignment],
) -> None:
    with pytest.raises(NotFittedError, match="fit_predict first"):
        HdbscanClusterer().predict(NEW)
    with pytest.raises(InputError, match="4 numbers; got 3"):
        fitted[0].predict(NEW[:, :3])
