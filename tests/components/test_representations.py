"""Word lists against results worked out by hand on a small view."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

import topicore
from topicore.builtin.representations import select
from topicore.builtin.space import Space
from topicore.components import Description
from topicore.pipeline.view import View, mean_rows
from topicore.state import TopicIndex

VOCABULARY = ["anchor", "boat", "day", "flour", "oven"]
COUNTS = csr_array(np.array([[2, 1, 1, 0, 0], [1, 2, 1, 0, 0], [0, 0, 2, 2, 1], [0, 0, 1, 1, 2]]))
ROWS = np.array([[1, 0.1], [1, -0.1], [-1, 0.2], [-1, -0.2]], dtype=np.float32)
TOPICS = np.array([0, 0, 1, 1])


def view(**changes):
    index = TopicIndex.of(TOPICS)
    bags = csr_array(np.array([[3, 3, 2, 0, 0], [0, 0, 3, 3, 3]]))
    parts = {
        "index": index,
        "vocabulary": VOCABULARY,
        "counts": bags,
        "weights": csr_array(np.array([[0.5, 0.4, 0.6, 0, 0], [0, 0, 0.7, 0.4, 0.5]])),
        "assignments": TOPICS,
        "embeddings": ROWS,
        "topic_embeddings": mean_rows(ROWS, TOPICS, index),
        "n_words": 2,
        "document_counts": COUNTS,
        "documents": ["a", "b", "c", "d"],
        "pictures": None,
        "embedding": lambda texts, role: np.array([[len(text), 1.0] for text in texts], dtype=np.float32),
        "previous": {},
    }
    return View(**{**parts, **changes})


def test_plain_words_are_the_weights():
    described = topicore.representation("c-tf-idf").describe(view())
    assert described[0].terms == (("day", 0.6), ("anchor", 0.5))


def test_projection_puts_words_of_every_topic_last():
    described = topicore.representation("projection").describe(view())
    assert [word for word, _ in described[0].terms] == ["anchor", "boat", "day"]
    assert [word for word, _ in described[1].terms] == ["oven", "flour", "day"]


def test_projected_scores_equal_cosine_times_a_root_of_the_weight():
    # "anchor" is in documents 0 and 1, whose mean points where topic 0 points: cosine 1
    terms = dict(topicore.representation("projection", power=0.5).describe(view())[0].terms)
    assert terms["anchor"] == pytest.approx(np.sqrt(0.5), abs=1e-6)
    assert terms["day"] == pytest.approx(0, abs=1e-6)  # in all documents: nowhere in particular


def test_a_chain_hands_on_what_the_last_link_said():
    seen = view(previous={0: Description(terms=(("boat", 1.0), ("anchor", 0.5)))})
    assert topicore.representation("c-tf-idf").describe(seen)[0].terms == (("boat", 1.0), ("anchor", 0.5))


def test_mmr_by_hand():
    vectors = np.array([[1, 0], [0.96, 0.28], [0.6, 0.8]], dtype=np.float32)
    query = np.array([1, 0], dtype=np.float32)
    assert select(vectors, query, 2, 0.0) == [0, 1]
    # second pick at diversity .7: .3 * .96 - .7 * .96 = -.384 against .3 * .6 - .7 * .6 = -.24
    assert select(vectors, query, 2, 0.7) == [0, 2]
    assert select(vectors, query, 9, 0.1) == [0, 1, 2]


def test_keybert_embeds_all_words_in_one_call_and_ranks_by_cosine():
    calls = []

    def embed(texts, role):
        calls.append((list(texts), role))
        side = {"anchor": 1.0, "boat": 0.8, "day": 0.0, "flour": -0.8, "oven": -1.0}
        return np.array([[side[text], 1 - abs(side[text])] for text in texts], dtype=np.float32)

    described = topicore.representation("keybert", documents=2).describe(view(embedding=embed))
    assert calls == [(VOCABULARY, "word")]
    assert [word for word, _ in described[0].terms] == ["anchor", "boat", "day"]
    assert [word for word, _ in described[1].terms] == ["oven", "flour", "day"]
    # the documents of topic 0 have mean (1, 0): the cosine of (.8, .2) to it
    assert dict(described[0].terms)["boat"] == pytest.approx(0.8 / np.hypot(0.8, 0.2), abs=1e-6)


def test_representative_documents_are_nearest_first_and_varied_on_request():
    found = view()
    assert list(found.document_ids(0)) == [0, 1]
    assert sorted(found.document_ids(1, n=2, diversity=0.9)) == [2, 3]
    assert found.texts(found.document_ids(1, n=1)) in (["c"], ["d"])


def test_documents_of_which_nothing_is_known_stay_out_of_the_mean():
    rows = np.array([[1, 1], [3, 1], [0, 0]], dtype=np.float32)
    assert Space(rows).centred(slice(None)).tolist() == [[-1, 0], [1, 0], [0, 0]]
