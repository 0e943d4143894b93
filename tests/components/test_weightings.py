"""c-TF-IDF against its formula, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

import topicore

COUNTS = csr_array(np.array([[4, 0, 1], [1, 3, 1]]))
TERMS = ["ship", "oven", "day"]


def test_weights_equal_the_formula():
    found = topicore.weighting("c-tf-idf").fit_transform(COUNTS, TERMS).toarray()
    mean = 5.0  # ten words over two topics
    idf = np.log(1 + mean / np.array([5, 3, 2]))
    assert np.allclose(found, [[4 / 5 * idf[0], 0, 1 / 5 * idf[2]], [1 / 5 * idf[0], 3 / 5 * idf[1], 1 / 5 * idf[2]]])


def test_bm25_equals_the_formula_and_is_never_negative():
    frequency = np.array([5, 3, 2])
    idf = np.log(1 + (5 - frequency + 0.5) / (frequency + 0.5))
    found = topicore.weighting("c-tf-idf", bm25=True).fit_transform(COUNTS, TERMS).toarray()
    assert np.allclose(found[1], np.array([1, 3, 1]) / 5 * idf)
    common = csr_array(np.array([[100, 1], [100, 1], [100, 1]]))
    assert topicore.weighting("c-tf-idf", bm25=True).fit_transform(common, ["a", "b"]).min() >= 0


def test_frequent_words_are_reduced_by_a_square_root():
    plain = topicore.weighting("c-tf-idf").fit_transform(COUNTS, TERMS).toarray()
    reduced = topicore.weighting("c-tf-idf", reduce_frequent_words=True).fit_transform(COUNTS, TERMS).toarray()
    share = np.array([[4, 0, 1], [1, 3, 1]]) / 5
    assert np.allclose(reduced * np.sqrt(share), plain)


def test_seed_words_are_multiplied_whatever_their_case():
    plain = topicore.weighting("c-tf-idf").fit_transform(COUNTS, TERMS).toarray()
    seeded = topicore.weighting("c-tf-idf", seed_words=["OVEN"], seed_multiplier=3).fit_transform(COUNTS, TERMS)
    assert np.allclose(seeded.toarray(), plain * [1, 3, 1])


def test_the_counts_are_not_changed_and_empty_topics_stay_empty():
    counts = csr_array(np.array([[0, 0], [2, 1]]))
    before = counts.toarray()
    found = topicore.weighting("c-tf-idf").fit_transform(counts, ["a", "b"])
    assert not found.toarray()[0].any()
    assert (counts.toarray() == before).all()


def test_new_rows_keep_the_learned_frequencies():
    weighting = topicore.weighting("c-tf-idf")
    fitted = weighting.fit_transform(COUNTS, TERMS).toarray()
    assert weighting.transform(csr_array(2 * COUNTS)).toarray() == pytest.approx(fitted)
