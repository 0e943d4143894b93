"""The sparse algebra under topics over time and per class."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from topicore.analysis.slices import best_places, normalised, with_global


def random_rows(rows: int, columns: int, density: float, seed: int) -> csr_array:
    """Whole numbers, so that many values are equal; some rows are empty, some values negative."""
    draw = np.random.default_rng(seed)
    dense = draw.integers(-2, 9, (rows, columns)) * (draw.random((rows, columns)) < density)
    dense[draw.random(rows) < 0.1] = 0
    return csr_array(dense.astype(np.float64))


@pytest.mark.parametrize("n", [1, 2, 5, 40])
@pytest.mark.parametrize("density", [0.02, 0.3, 1.0])
def test_best_places_are_those_of_a_full_sort(n, density):
    matrix = random_rows(60, 150, density, seed=n)
    expected = []
    for row, values in enumerate(matrix.toarray()):
        order = [column for column in np.lexsort((np.arange(150), -values))[:n] if values[column] > 0]
        expected += [(row, column) for column in order]
    places, owners = best_places(matrix, n)
    assert list(zip(owners.tolist(), matrix.indices[places].tolist(), strict=True)) == expected


def test_best_places_of_nothing_are_none():
    for shape in ((0, 4), (3, 0), (3, 4)):
        places, owners = best_places(csr_array(shape, dtype=np.float64), 5)
        assert len(places) == len(owners) == 0


def test_normalised_rows_sum_to_one_in_a_copy():
    matrix = csr_array(np.array([[1.0, 3.0], [0.0, 0.0], [2.0, 0.0]]))
    assert normalised(matrix).toarray().tolist() == [[0.25, 0.75], [0, 0], [1, 0]]
    assert matrix.toarray().tolist() == [[1, 3], [0, 0], [2, 0]]


@pytest.mark.parametrize("n", [1, 3, 10])
def test_the_best_terms_of_the_mean_with_the_topic_are_exact(n):
    draw = np.random.default_rng(n)
    topics = draw.random((4, 80)) * (draw.random((4, 80)) < 0.6)
    rows = np.array([0, 0, 0, 2, 2, 3])  # topic 1 has no slice
    local = draw.random((6, 80)) * (draw.random((6, 80)) < 0.1)
    local[4] = 0
    local /= np.maximum(local.sum(axis=1, keepdims=True), 1e-300)
    mean = (local + (topics / topics.sum(axis=1, keepdims=True))[rows]) / 2
    found = with_global(csr_array(local), rows, csr_array(topics), n)
    places, owners = best_places(found, n)
    for row in range(6):
        best = np.argsort(-mean[row])[:n]
        assert found.indices[places[owners == row]].tolist() == best.tolist()
        assert np.allclose(found.data[places[owners == row]], mean[row][best], atol=1e-12)
