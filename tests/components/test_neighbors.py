from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array
from sklearn.metrics.pairwise import cosine_similarity

from topicore.builtin import neighbors, rows
from topicore.builtin.neighbors import NeighborVote, nearest
from topicore.builtin.rows import distinct, matrix_arrays, matrix_from, unit
from topicore.components import State
from topicore.errors import InputError, ModelFileError

RNG = np.random.default_rng


def lattice(n: int = 400, d: int = 4) -> Any:
    """Rows with many exactly equal distances."""
    x = RNG(3).integers(-2, 3, size=(n, d)).astype(np.float32)
    return x[x.any(axis=1)]


def by_hand(u: Any, k: int) -> Any:
    """The k nearest by exact distance, ties by position, from the full matrix."""
    full = ((u[:, None].astype(np.float64) - u[None]) ** 2).sum(axis=-1)
    return np.lexsort((np.broadcast_to(np.arange(len(u)), full.shape), full), axis=1)[:, :k]


@pytest.mark.parametrize("x", [RNG(0).normal(size=(700, 20)), lattice()], ids=["normal", "ties"])
@pytest.mark.parametrize("k", [1, 5, 16])
def test_nearest_are_those_of_the_full_matrix(x: Any, k: int) -> None:
    u = unit(x)
    found, squares = nearest(u, u, k)
    np.testing.assert_array_equal(found, by_hand(u, k))
    truth = np.sort(cosine_similarity(x.astype(np.float64)), axis=1)[:, ::-1][:, :k]
    np.testing.assert_allclose(1 - squares / 2, truth, atol=1e-6)


def test_nearest_of_sparse_rows_are_those_of_the_same_dense_rows() -> None:
    x = csr_array(random_array((500, 80), density=0.1, rng=RNG(1), dtype=np.float64))
    x = x[np.diff(x.indptr) > 0]
    dense, sparse = unit(x.toarray()), unit(x)
    np.testing.assert_array_equal(nearest(sparse, sparse, 9)[0], nearest(dense, dense, 9)[0])


def test_a_query_has_the_same_neighbours_alone_and_in_a_batch() -> None:
    u = unit(lattice(900, 5))
    together = nearest(u[:80], u, 7)
    alone = [nearest(u[i : i + 1], u, 7) for i in range(80)]
    np.testing.assert_array_equal(np.vstack([found for found, _ in alone]), together[0])
    np.testing.assert_array_equal(np.vstack([squares for _, squares in alone]), together[1])


def test_blocks_bound_the_similarities_held_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    u = unit(RNG(0).normal(size=(600, 8)))
    whole = nearest(u, u, 6)
    held = []
    best = neighbors._best
    monkeypatch.setattr(neighbors, "SCORES", 600 * 40)
    monkeypatch.setattr(neighbors, "_best", lambda scores, *rest: held.append(scores.size) or best(scores, *rest))
    monkeypatch.setattr(rows, "BLOCK", 100)
    np.testing.assert_array_equal(nearest(u, u, 6)[0], whole[0])
    assert max(held) <= 600 * 40


def test_more_neighbours_than_rows_are_all_rows() -> None:
    u = unit(np.eye(3))
    assert nearest(u, u, 15)[0].shape == (3, 3)


def test_unit_rows_have_length_one_and_zero_rows_stay_zero() -> None:
    x = np.array([[3, 4], [0, 0], [1e-30, 0], [1e30, 1e30], [-0.0, 2]], dtype=np.float32)
    u = unit(x)
    np.testing.assert_allclose(np.linalg.norm(u, axis=1), [1, 0, 1, 1, 1], atol=1e-6)
    assert u.dtype == np.float32
    assert not np.signbit(u[4, 0])
    np.testing.assert_array_equal(unit(csr_array(x)).toarray(), u)
    assert x[0, 0] == 3


def test_distinct_rows_are_numbered_in_order_of_first_use() -> None:
    x = np.array([[1, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
    first, kinds = distinct(x)
    assert first.tolist() == [0, 1, 3]
    assert kinds.tolist() == [0, 1, 0, 2]
    assert distinct(x, np.array([0, 0, 5, 0]))[1].tolist() == [0, 1, 2, 3]
    assert distinct(rows.canonical(csr_array(x)))[1].tolist() == [0, 1, 0, 2]


def voter(n: int = 300, k: int = 3, **options: Any) -> tuple[Any, Any, NeighborVote]:
    x = RNG(2).normal(size=(n, 6)).astype(np.float32)
    labels = RNG(4).integers(-1, k, size=n)
    strengths = RNG(5).random(n, dtype=np.float32)
    memberships = RNG(6).random((n, k), dtype=np.float32) / k
    return x, labels, NeighborVote(x, labels, strengths, memberships, **options)


def test_training_rows_keep_their_label_strength_and_memberships() -> None:
    x, labels, vote = voter()
    found = vote.predict(x)
    np.testing.assert_array_equal(found.labels, labels)
    np.testing.assert_array_equal(found.strengths, RNG(5).random(300, dtype=np.float32))
    np.testing.assert_array_equal(found.memberships.toarray(), RNG(6).random((300, 3), dtype=np.float32) / 3)


def test_rows_equal_but_for_rounding_keep_the_label() -> None:
    x, labels, vote = voter()
    np.testing.assert_array_equal(vote.predict(x * np.float32(1.7) + np.float32(1e-6)).labels, labels)


def test_new_rows_take_the_label_with_most_cosine_among_the_nearest() -> None:
    x, labels, vote = voter(neighbors=9)
    new = RNG(9).normal(size=(50, 6)).astype(np.float32)
    cosines = cosine_similarity(new.astype(np.float64), x.astype(np.float64))
    for row, found in enumerate(vote.predict(new).labels):
        near = np.argsort(-cosines[row])[:9]
        votes = {label: cosines[row, near][labels[near] == label].clip(1e-3).sum() for label in (-1, 0, 1, 2)}
        assert votes[found] == max(votes.values())


def test_votes_of_one_row_do_not_depend_on_the_others() -> None:
    x = lattice()
    vote = NeighborVote(x, np.arange(len(x)) % 4, np.ones(len(x)), np.eye(4)[np.arange(len(x)) % 4], neighbors=5)
    new = RNG(8).integers(-3, 4, size=(60, 4)).astype(np.float32)
    together = vote.predict(new)
    for row in range(len(new)):
        alone = vote.predict(new[row : row + 1])
        assert alone.labels[0] == together.labels[row]
        assert alone.strengths[0] == together.strengths[row]
        np.testing.assert_array_equal(alone.memberships.toarray()[0], together.memberships.toarray()[row])


def test_rows_of_another_width_are_refused() -> None:
    with pytest.raises(InputError, match="5 columns, the training rows had 6"):
        voter()[2].predict(np.ones((2, 5), dtype=np.float32))


def test_all_zero_rows_are_outliers_and_have_no_vote() -> None:
    x = np.array([[1, 0], [0, 0], [0, 0], [0, 1]], dtype=np.float32)
    vote = NeighborVote(x, np.array([0, 1, 1, 0]))
    assert vote.predict(np.array([[0, 0], [1, 1]], dtype=np.float32)).labels.tolist() == [-1, 0]
    assert NeighborVote(x * 0, np.array([0, 1, 1, 0])).predict(x).labels.tolist() == [-1, -1, -1, -1]


def test_of_equal_rows_with_different_labels_most_decide() -> None:
    x = np.array([[1, 0]] * 3 + [[0, 1]], dtype=np.float32)
    assert NeighborVote(x, np.array([1, 0, 0, 1])).predict(x[:1]).labels.tolist() == [0]


def test_strengths_and_memberships_are_there_only_where_training_rows_had_them() -> None:
    x = np.eye(3, dtype=np.float32)
    found = NeighborVote(x, np.array([0, 1, -1])).predict(x)
    assert found.strengths is None
    assert found.memberships is None


@pytest.mark.parametrize("sparse", [False, True])
def test_voters_come_back_from_their_state(sparse: bool) -> None:
    x, labels, _ = voter()
    vote = NeighborVote(csr_array(x) if sparse else x, labels, np.ones(300), np.eye(3)[labels], neighbors=4)
    again = NeighborVote.from_state(vote.state())
    new = RNG(9).normal(size=(40, 6)).astype(np.float32)
    before, after = vote.predict(new), again.predict(new)
    np.testing.assert_array_equal(before.labels, after.labels)
    np.testing.assert_array_equal(before.strengths, after.strengths)
    np.testing.assert_array_equal(before.memberships.toarray(), after.memberships.toarray())


@pytest.mark.parametrize(
    "damage",
    [
        {"labels": np.zeros(3, dtype=np.int64)},
        {"labels": np.full(300, 99)},
        {"rows": np.zeros(5)},
        {"memberships.indices": np.full(900, 77)},
    ],
)
def test_a_damaged_state_is_refused(damage: dict[str, Any]) -> None:
    state = voter()[2].state()
    with pytest.raises(ModelFileError, match="damaged"):
        NeighborVote.from_state(State(arrays={**state.arrays, **damage}, meta=state.meta))


def test_sparse_matrices_come_back_from_arrays() -> None:
    matrix = csr_array(np.array([[0, 2.5], [1, 0]], dtype=np.float32))
    arrays = matrix_arrays("m", matrix)
    np.testing.assert_array_equal(matrix_from("m", arrays).toarray(), matrix.toarray())
    assert matrix_from("other", arrays) is None
