"""Where UMAP puts rows: the same place for a row, whoever its neighbours in the call."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from topicore.components import State
from topicore.errors import InputError, ModelFileError, NotFittedError, ParameterError
from topicore_umap import UmapReducer

Rows = NDArray[np.float32]


def rows(n: int, seed: int) -> Rows:
    """(n, 16) around six centres."""
    centres = np.random.default_rng(0).normal(size=(6, 16))
    random = np.random.default_rng(seed)
    return (centres[random.integers(0, 6, n)] + 0.5 * random.normal(size=(n, 16))).astype(np.float32)


TRAIN, NEW = rows(300, 1), rows(40, 2)
TRAIN[200:205] = TRAIN[7]


@pytest.fixture(scope="module")
def fitted() -> tuple[UmapReducer, Rows]:
    reducer = UmapReducer(n_epochs=50)
    return reducer, reducer.fit_transform(TRAIN)


def restored(reducer: UmapReducer) -> UmapReducer:
    state = reducer.state()
    assert state is not None
    other = UmapReducer(**reducer.config())
    other.restore(state)
    return other


def test_the_layout_is_that_of_umap(fitted: tuple[UmapReducer, Rows]) -> None:
    from umap import UMAP

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = UMAP(n_components=5, min_dist=0.0, metric="cosine", n_epochs=50, random_state=42, low_memory=False)
        expected = plain.fit_transform(TRAIN)
    copies = np.arange(200, 205)
    np.testing.assert_array_equal(np.delete(fitted[1], copies, axis=0), np.delete(expected, copies, axis=0))


def test_equal_rows_have_one_place(fitted: tuple[UmapReducer, Rows]) -> None:
    assert (fitted[1][200:205] == fitted[1][7]).all()


def test_a_training_row_keeps_its_place_in_any_batch(fitted: tuple[UmapReducer, Rows]) -> None:
    reducer, places = fitted
    np.testing.assert_array_equal(reducer.transform(TRAIN), places)
    np.testing.assert_array_equal(reducer.transform(np.vstack([NEW, TRAIN[50:90]]))[40:], places[50:90])


def test_a_training_row_embedded_again_with_rounding_keeps_its_place(fitted: tuple[UmapReducer, Rows]) -> None:
    reducer, places = fitted
    again = TRAIN * np.float32(1 + 2e-7)
    assert (again != TRAIN).any()
    np.testing.assert_array_equal(reducer.transform(again), places)


def test_a_new_row_has_the_same_place_alone_and_among_others(fitted: tuple[UmapReducer, Rows]) -> None:
    reducer, places = fitted
    together = reducer.transform(NEW)
    alone = np.vstack([reducer.transform(NEW[i : i + 1]) for i in range(len(NEW))])
    np.testing.assert_array_equal(together, alone)
    assert not (together[:, None] == places[None]).all(axis=2).any()


def test_new_rows_land_among_the_rows_they_resemble(fitted: tuple[UmapReducer, Rows]) -> None:
    reducer, places = fitted
    units, new = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (TRAIN, NEW))
    alike = (new @ units.T).argmax(axis=1)
    gaps = np.linalg.norm(reducer.transform(NEW) - places[alike], axis=1)
    others = np.linalg.norm(places[:, None] - places[None], axis=2)
    assert np.median(gaps) < 0.25 * np.median(others)


def test_a_restored_reducer_agrees_to_the_last_bit(fitted: tuple[UmapReducer, Rows]) -> None:
    reducer, _ = fitted
    other = restored(reducer)
    batch = np.vstack([NEW, TRAIN[:20]])
    np.testing.assert_array_equal(other.transform(batch), reducer.transform(batch))


def test_state_is_arrays_and_two_numbers(fitted: tuple[UmapReducer, Rows]) -> None:
    state = fitted[0].state()
    assert state is not None
    assert {name: array.shape for name, array in state.arrays.items()} == {"rows": (300, 16), "places": (300, 5)}
    assert set(state.meta) == {"curve", "columns"}


def test_a_damaged_state_is_refused(fitted: tuple[UmapReducer, Rows]) -> None:
    state = fitted[0].state()
    assert state is not None
    short = State(arrays={**state.arrays, "places": state.arrays["places"][:-1]}, meta=state.meta)
    with pytest.raises(ModelFileError, match="one place a row"):
        UmapReducer().restore(short)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 6, 7, 8])
def test_a_handful_of_rows_is_a_small_layout(n: int) -> None:
    reducer = UmapReducer(n_epochs=10)
    assert np.isfinite(reducer.fit_transform(TRAIN[:n])).all()
    assert np.isfinite(reducer.transform(NEW[:3])).all()


def shares() -> Rows:
    """(60, 80) counts: twenty rows share words, each of the others has a word of its own."""
    counts = np.eye(60, 80, dtype=np.float32)
    counts[:20, 70] = 1
    counts[5:15, 71] = 0.5
    return counts


def test_sparse_rows_are_laid_out_by_hellinger_distance_and_restored() -> None:
    reducer = UmapReducer(metric="hellinger", n_components=2, n_epochs=30)
    sparse = csr_array(shares())
    places = reducer.fit_transform(sparse)
    assert np.isfinite(places).all()
    np.testing.assert_array_equal(reducer.transform(sparse[[3, 30, 31]]), places[[3, 30, 31]])
    new = np.zeros((3, 80), dtype=np.float32)
    new[0, [70, 71]], new[1, 79], new[2, [0, 70]] = 1, 1, 1
    found = reducer.transform(csr_array(new))
    np.testing.assert_array_equal(restored(reducer).transform(csr_array(new)), found)
    np.testing.assert_array_equal(reducer.transform(new), found)


def test_rows_without_any_neighbour_lie_apart_and_feign_no_density() -> None:
    reducer = UmapReducer(metric="hellinger", n_components=2, n_epochs=30)
    places = reducer.fit_transform(csr_array(shares()))
    width = np.ptp(places[:20], axis=0).max()
    lonely = np.linalg.norm(places[20:, None] - places[None, 20:], axis=2)[np.triu_indices(40, 1)]
    assert lonely.min() > width
    new = np.zeros((1, 80), dtype=np.float32)
    new[0, 79] = 1
    assert np.linalg.norm(reducer.transform(csr_array(new)) - places, axis=1).min() > width


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "correlation"])
def test_other_metrics_place_rows_alike_alone_and_together(metric: str) -> None:
    reducer = UmapReducer(metric=metric, n_epochs=10)
    reducer.fit_transform(TRAIN[:100])
    alone = np.vstack([reducer.transform(NEW[i : i + 1]) for i in range(5)])
    np.testing.assert_array_equal(reducer.transform(NEW)[:5], alone)


def test_the_index_finds_what_a_full_comparison_finds() -> None:
    from topicore_umap.neighbors import Neighbors

    x, q = np.abs(TRAIN), np.abs(NEW)
    units = [z.astype(np.float64) / np.linalg.norm(z, axis=1, keepdims=True) for z in (q, x)]
    roots = [np.sqrt(z / z.sum(axis=1, keepdims=True)) for z in (q, x)]
    expected = {
        "cosine": 1 - units[0] @ units[1].T,
        "euclidean": np.linalg.norm(q[:, None].astype(np.float64) - x[None], axis=2),
        "hellinger": np.sqrt(np.maximum(1 - roots[0].astype(np.float64) @ roots[1].T, 0)),
    }
    for metric, distances in expected.items():
        for dense in (True, False):
            known, asked = (x, q) if dense else (csr_array(x), csr_array(q))
            _, found = Neighbors(known, metric).query(asked, 10)
            np.testing.assert_allclose(found, np.sort(distances, axis=1)[:, :10], atol=2e-5)


def test_classes_draw_rows_together_and_unknown_ones_do_not() -> None:
    y = np.where(np.arange(100) < 50, np.arange(100) % 2, -1)
    plain = UmapReducer(n_epochs=30).fit_transform(TRAIN[:100])
    drawn = UmapReducer(n_epochs=30).fit_transform(TRAIN[:100], y)
    assert (drawn != plain).any()
    np.testing.assert_array_equal(UmapReducer(n_epochs=30).fit_transform(TRAIN[:100], np.full(100, -1)), plain)


def test_an_object_gives_its_parameters_and_is_left_alone() -> None:
    from umap import UMAP

    obj = UMAP(n_neighbors=7, spread=1.5, random_state=np.int64(3), verbose=True)
    before = dict(vars(obj))
    reducer = UmapReducer.from_native(obj, n_components=4)
    assert (reducer.n_neighbors, reducer.n_components, reducer.metric) == (7, 4, "euclidean")
    assert (reducer.random_state, reducer.options) == (3, {"spread": 1.5})
    reducer.fit_transform(TRAIN[:50])
    assert vars(obj) == before


def test_an_object_that_cannot_be_written_down_is_refused() -> None:
    from umap import UMAP

    class Special(UMAP):  # type: ignore[misc]
        pass

    with pytest.raises(ParameterError, match="metric by its name"):
        UmapReducer.from_native(UMAP(metric=lambda a, b: 0.0))
    with pytest.raises(ParameterError, match=r"takes a umap\.UMAP; got Special"):
        UmapReducer.from_native(Special())


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"options": {"sprad": 1}}, "sprad"),
        ({"options": {"densmap": True}}, "cannot place new documents"),
        ({"options": {"n_components": 3}}, "give them there"),
        ({"metric": "precomputed"}, "needs rows"),
    ],
)
def test_what_cannot_work_is_refused_by_name(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        UmapReducer(**parameters).fit_transform(TRAIN[:20])


def test_use_before_fitting_and_rows_of_another_width_are_errors(fitted: tuple[UmapReducer, Rows]) -> None:
    with pytest.raises(NotFittedError, match="fit_transform first"):
        UmapReducer().transform(NEW)
    with pytest.raises(InputError, match="16 numbers; got 3"):
        fitted[0].transform(NEW[:, :3])
