from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_array, random_array
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.pairwise import cosine_similarity

from topicore.builtin.communities import by_size, large_enough
from topicore.builtin.graph import Graph, neighbor_graph, shares
from topicore.builtin.linkage import average_linkage
from topicore.builtin.rows import unit
from topicore.components import Assignment, State
from topicore.errors import InputError, ModelFileError, NotFittedError

TRUTH = np.repeat(np.arange(6), 50)


def blobs() -> Any:
    rng = np.random.default_rng(0)
    return (np.repeat(rng.normal(size=(6, 20)) * 3, 50, axis=0) + rng.normal(size=(300, 20))).astype(np.float32)


def equal(left: Assignment, right: Assignment) -> bool:
    """Whether two assignments are the same to the bit."""
    pairs = [
        (left.labels, right.labels),
        (left.strengths, right.strengths),
        (left.memberships.toarray(), right.memberships.toarray()),
    ]
    return all(np.array_equal(a, b) for a, b in pairs)


def links(*edges: tuple[int, int, float], m: int) -> Any:
    """A hand-made symmetric graph."""
    graph = np.zeros((m, m))
    for left, right, weight in edges:
        graph[left, right] = graph[right, left] = weight
    return csr_array(graph)


def test_planted_groups_are_found_without_being_told_how_many() -> None:
    found = Graph().fit_predict(blobs())
    assert adjusted_rand_score(TRUTH, found.labels) == 1
    assert found.labels.dtype == np.int64


def test_more_resolution_gives_more_topics() -> None:
    counts = [Graph(resolution=r, min_topic_size=1).fit_predict(blobs()).labels.max() for r in (0.05, 1, 20)]
    assert counts[0] <= counts[1] < counts[2]


@pytest.mark.parametrize("k", [1, 2, 3, 5, 6, 7, 12, 40, 150, 299, 300])
def test_the_number_of_topics_is_honoured_exactly(k: int) -> None:
    labels = Graph(n_topics=k).fit_predict(blobs()).labels
    assert set(labels[labels >= 0]) == set(range(k))


def test_fewer_topics_join_whole_groups_even_where_no_edge_links_them() -> None:
    far = np.kron(np.eye(3), np.ones((1, 4)))[np.repeat(range(3), 40)] + np.random.default_rng(0).normal(
        0, 0.01, (120, 12)
    )
    far[:, 0] += np.repeat([0.0, 2.0, 0.0], 40)
    labels = Graph(n_topics=2, neighbors=5).fit_predict(far).labels
    assert adjusted_rand_score(np.repeat([0, 0, 1], 40), labels) == 1


def near_copies(templates: int, copies: int, d: int) -> Any:
    """Rows of which only copies of one template are neighbours."""
    rng = np.random.default_rng(0)
    rows = np.repeat(rng.normal(size=(templates, d)), copies, axis=0)
    return (rows + rng.normal(0, 0.01, rows.shape)).astype(np.float32)


def test_unconnected_groups_are_joined_by_average_linkage() -> None:
    x = near_copies(30, 20, 10)
    labels = Graph(n_topics=6).fit_predict(x).labels
    truth = fcluster(linkage(unit(x[::20]), "average", metric="cosine"), 6, "maxclust")
    assert adjusted_rand_score(np.repeat(truth, 20), labels) == 1


def test_groups_of_any_size_are_joined_by_the_mean_cosine_of_their_rows() -> None:
    rng = np.random.default_rng(1)
    groups = np.sort(np.append(np.arange(25), rng.integers(0, 25, 75)))
    rows = unit(rng.normal(size=(100, 8))).astype(np.float64)
    sizes = np.bincount(groups)
    sums = np.add.reduceat(rows, np.cumsum(sizes) - sizes)
    cosines, expected = rows @ rows.T, groups.copy()
    while len(left := np.unique(expected)) > 5:
        pairs = [(a, b) for a in left for b in left if a < b]
        a, b = max(pairs, key=lambda pair: cosines[np.ix_(expected == pair[0], expected == pair[1])].mean())
        expected[expected == b] = a
    np.testing.assert_array_equal(average_linkage(sums, sizes, 5)[groups], expected)
    np.testing.assert_array_equal(average_linkage(csr_array(sums), sizes, 5)[groups], expected)


def test_ties_are_joined_by_number_and_the_input_stays_as_it_is() -> None:
    sums, sizes = np.ones((6, 2)) / np.sqrt(2), np.ones(6, dtype=np.int64)
    assert average_linkage(sums, sizes, 3).tolist() == [0, 0, 0, 0, 4, 5]
    assert average_linkage(sums, sizes, 6).tolist() == list(range(6))
    assert sizes.tolist() == [1] * 6


def test_thousands_of_unconnected_groups_are_joined_in_seconds() -> None:
    # Work is counted, not timed: each look is one product of all groups with one.
    looks = 0

    class Counted(np.ndarray):
        def __matmul__(self, other: Any) -> Any:
            nonlocal looks
            looks += 1
            return np.asarray(self) @ np.asarray(other)

    sums = unit(np.random.default_rng(0).normal(size=(2000, 50))).astype(np.float64).view(Counted)
    owners = average_linkage(sums, np.ones(2000, dtype=np.int64), 20)
    assert len(np.unique(owners)) == 20
    assert looks < 6 * 2000


def test_more_topics_than_distinct_rows_is_one_clear_error() -> None:
    with pytest.raises(InputError, match=r"n_topics=3 .* only 2 distinct"):
        Graph(n_topics=3).fit_predict(blobs()[[0] * 20 + [60] * 20])


def test_topics_are_numbered_by_size_and_then_by_first_document() -> None:
    sizes = np.bincount(Graph().fit_predict(blobs()[20:]).labels)
    assert (np.diff(sizes) <= 0).all()
    assert by_size(np.array([7, 3, 3, 7, 9, -1]), np.ones(6, dtype=np.int64)).tolist() == [0, 1, 1, 0, 2, -1]
    assert by_size(np.array([7, 3]), np.array([1, 5])).tolist() == [1, 0]


@pytest.mark.parametrize("size", [5, 20, 60])
def test_no_topic_is_smaller_than_asked(size: int) -> None:
    x = np.random.default_rng(1).normal(size=(400, 3))
    labels = Graph(min_topic_size=size, resolution=8).fit_predict(x).labels
    assert np.bincount(labels[labels >= 0]).min() >= size


def test_a_small_community_joins_the_one_it_is_linked_to_most_for_its_size() -> None:
    # 0-3 and 4-7 are communities; 8 hangs on both, a little more on the second.
    inner = [(a, b, 1.0) for start in (0, 4) for a in range(start, start + 4) for b in range(a + 1, start + 4)]
    graph = links(*inner, (8, 0, 0.4), (8, 4, 0.5), m=9)
    groups = np.array([0] * 4 + [1] * 4 + [2])
    labels = large_enough(graph, groups, np.ones(9, dtype=np.int64), 2)
    assert labels[8] == labels[4] != labels[0]


def test_a_small_community_without_links_is_an_outlier() -> None:
    graph = links((0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0), (3, 4, 1.0), m=5)
    assert large_enough(graph, np.array([0, 0, 0, 1, 1]), np.ones(5, dtype=np.int64), 3).tolist() == [0, 0, 0, -1, -1]


def test_copies_count_towards_the_size_of_a_topic() -> None:
    graph = links((0, 1, 1.0), (2, 3, 1.0), m=4)
    assert large_enough(graph, np.array([0, 0, 1, 1]), np.array([1, 1, 5, 5]), 10).tolist() == [-1, -1, 0, 0]


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (blobs()[:1], [0]),
        (blobs()[:2], [0, 0]),
        (blobs()[[0] * 100], [0] * 100),
        (blobs()[[0, 1, 2, 3, 4]], [0] * 5),
        (np.zeros((3, 4)), [-1, -1, -1]),
        (np.zeros((0, 4)), []),
    ],
    ids=["one", "two", "equal", "five", "zeros", "none"],
)
def test_hardly_any_documents_are_a_small_model(x: Any, expected: list[int]) -> None:
    clusterer = Graph()
    found = clusterer.fit_predict(x)
    assert found.labels.tolist() == expected
    assert equal(found, clusterer.predict(x))


def test_all_zero_rows_stay_out_of_the_graph() -> None:
    x = blobs()
    without = Graph().fit_predict(x).labels
    clusterer = Graph()
    found = clusterer.fit_predict(np.insert(x, [0, 7, 7], 0, axis=0))
    empty = found.labels == -1
    assert np.flatnonzero(empty).tolist() == [0, 8, 9]
    np.testing.assert_array_equal(found.labels[~empty], without)
    assert clusterer.graph.shape == (300, 300)
    assert (clusterer.nodes[empty] == -1).all()


def test_copies_of_a_document_are_one_node_and_share_a_topic() -> None:
    x = np.vstack([blobs(), blobs()[[3] * 80]])
    clusterer = Graph()
    labels = clusterer.fit_predict(x).labels
    assert set(labels[300:]) == {labels[3]}
    assert clusterer.graph.shape == (300, 300)


def test_the_graph_links_each_row_with_its_nearest_by_cosine() -> None:
    x = blobs()[::3]
    graph = neighbor_graph(unit(x), 4).toarray()
    cosines = cosine_similarity(x.astype(np.float64))
    np.fill_diagonal(cosines, -2)
    near = np.zeros_like(cosines, dtype=bool)
    np.put_along_axis(near, np.argsort(-cosines, axis=1)[:, :4], True, axis=1)
    np.testing.assert_array_equal(graph > 0, near | near.T)
    np.testing.assert_allclose(graph[graph > 0], cosines[graph > 0].clip(1e-3), atol=1e-6)


def test_memberships_are_the_shares_of_the_neighbours_topics() -> None:
    graph = links((0, 1, 0.5), (0, 2, 0.25), (0, 3, 0.25), (1, 2, 1.0), m=4)
    strengths, memberships = shares(graph, np.array([0, 0, 1, -1]))
    np.testing.assert_allclose(memberships.toarray()[0], [0.5, 0.25])
    np.testing.assert_allclose(strengths[0], 0.5)
    assert memberships.toarray()[3].tolist() == [0, 0]
    assert strengths[3] == 0


def test_the_own_topic_leads_the_memberships_and_is_the_strength() -> None:
    found = Graph(resolution=5, min_topic_size=4).fit_predict(np.random.default_rng(3).normal(size=(500, 4)))
    memberships = found.memberships.toarray()
    inside = found.labels >= 0
    np.testing.assert_array_equal(memberships.argmax(axis=1)[inside], found.labels[inside])
    np.testing.assert_allclose(memberships.max(axis=1), found.strengths, rtol=1e-6)
    assert memberships.sum(axis=1).max() <= 1 + 1e-6


def test_training_rows_are_predicted_exactly_as_they_were_fitted() -> None:
    x = np.vstack([np.random.default_rng(3).normal(size=(500, 4)), np.zeros((2, 4))])
    clusterer = Graph(resolution=3)
    assert equal(clusterer.fit_predict(x), clusterer.predict(x))


def test_a_new_row_is_predicted_the_same_alone_and_in_a_batch() -> None:
    clusterer = Graph()
    clusterer.fit_predict(np.random.default_rng(3).integers(-2, 3, size=(400, 4)))
    new = np.random.default_rng(4).integers(-3, 4, size=(60, 4)).astype(np.float32)
    together = clusterer.predict(new)
    for row in range(60):
        alone = clusterer.predict(new[row : row + 1])
        assert alone.labels[0] == together.labels[row]
        assert alone.strengths[0] == together.strengths[row]


def test_sparse_rows_give_what_dense_rows_give() -> None:
    x = csr_array(random_array((300, 200), density=0.05, rng=np.random.default_rng(1)))
    sparse, dense = Graph(), Graph()
    assert equal(sparse.fit_predict(x), dense.fit_predict(x.toarray()))
    assert equal(sparse.predict(x), sparse.predict(x.toarray()))


def test_the_same_seed_gives_the_same_topics() -> None:
    x = np.random.default_rng(3).normal(size=(500, 4))
    assert equal(Graph().fit_predict(x), Graph().fit_predict(x.copy()))
    assert not np.array_equal(Graph(random_state=1).fit_predict(x).labels, Graph(random_state=2).fit_predict(x).labels)


def test_rows_that_differ_in_one_bit_keep_their_own_prediction() -> None:
    x = blobs()
    x[1] = x[0]
    x[1, 0] = np.nextafter(x[1, 0], np.float32(9))
    clusterer = Graph()
    assert equal(clusterer.fit_predict(x), clusterer.predict(x))


def test_the_rows_handed_in_are_not_changed() -> None:
    x = blobs()
    Graph().fit_predict(x)
    np.testing.assert_array_equal(x, blobs())


@pytest.mark.parametrize("sparse", [False, True])
def test_a_fitted_graph_comes_back_from_its_state(sparse: bool) -> None:
    x: Any = csr_array(blobs().clip(0)) if sparse else blobs()
    clusterer, again = Graph(), Graph()
    fitted = clusterer.fit_predict(x)
    state = clusterer.state()
    assert state is not None
    assert all(array.dtype.kind in "biuf" for array in state.arrays.values())
    again.restore(state)
    assert equal(again.predict(x), fitted)
    np.testing.assert_array_equal(again.graph.toarray(), clusterer.graph.toarray())
    np.testing.assert_array_equal(again.nodes, clusterer.nodes)


def test_a_damaged_state_is_refused() -> None:
    clusterer = Graph()
    clusterer.fit_predict(blobs())
    state = clusterer.state()
    assert state is not None
    for name in state.arrays:
        less = {key: array for key, array in state.arrays.items() if key != name}
        if name not in ("strengths", "memberships.shape"):
            with pytest.raises(ModelFileError):
                Graph().restore(State(arrays=less, meta=state.meta))


def test_an_unfitted_graph_says_so() -> None:
    assert Graph().state() is None
    with pytest.raises(NotFittedError, match="fit_predict"):
        Graph().predict(blobs())
