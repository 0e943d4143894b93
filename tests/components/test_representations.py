"""Word lists against results worked out by hand on a small view."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

import topicore
from tests.conftest import THEMES
from topicore.builtin.execution import Serial
from topicore.builtin.keywords import closeness, select
from topicore.builtin.space import Space
from topicore.components import Description
from topicore.errors import InputError
from topicore.pipeline.embedding import Work
from topicore.pipeline.view import View, mean_rows
from topicore.state import TopicIndex

ROOT = Path(__file__).parents[2]
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
        "work": Work(notify=lambda event: None, executor=Serial()),
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
    close = vectors @ np.array([1, 0], dtype=np.float32)
    assert select(vectors, close, 2, 0.0) == [0, 1]
    # second pick at diversity .7: .3 * .96 - .7 * .96 = -.384 against .3 * .6 - .7 * .6 = -.24
    assert select(vectors, close, 2, 0.7) == [0, 2]
    assert select(vectors, close, 9, 0.1) == [0, 1, 2]


def test_a_word_nearer_to_another_topic_counts_less_by_hand():
    vectors = np.array([[0.6, 0.8], [0.8, 0.6], [-0.6, 0.8]], dtype=np.float32)
    topics = np.eye(2, dtype=np.float32)
    # the first word: cosine .6, and .8 to the other topic: .6 * (.6 / .8)^2; the last one is far already
    assert closeness(vectors, topics[0], topics, 2.0) == pytest.approx([0.6 * 0.5625, 0.8, -0.6])
    assert closeness(vectors, topics[0], topics, 0.0) == pytest.approx([0.6, 0.8, -0.6])
    assert closeness(vectors, topics[0], topics[:0], 2.0) == pytest.approx([0.6, 0.8, -0.6])  # outliers, and no topic


def test_contrast_changes_the_words_of_topics_of_one_theme(corpus):
    documents, themes = corpus
    halves = [2 * sorted(set(themes)).index(theme) + (place % 3 == 0) for place, theme in enumerate(themes)]
    model = topicore.TopicModel(clusterer="manual", n_words=4).fit(documents, y=halves)

    def words(name: str, contrast: float) -> list[str]:
        told = model.copy().update_topics(representation=topicore.representation(name, contrast=contrast))
        return [word for terms in told.get_topics().values() for word, _ in terms]

    for name in ("keybert", "mmr"):
        assert words(name, 0) != words(name, 4)


def test_projected_keybert_by_hand():
    # The mean of all documents is (0, 0). The most representative document of topic 0 is the first, (1, .1), which is
    # as near to (1, 0) as the second; the unit vector is (.995, .0995).
    # "anchor" and "boat" are in documents 0 and 1, mean (1, 0): cosine .995; "day" is everywhere: (0, 0), cosine 0.
    # Topic 0 uses "anchor" 3 times, and "boat" 3 times: each times 3 / 4.
    terms = dict(topicore.representation("keybert", documents=1).describe(view())[0].terms)
    assert terms["anchor"] == terms["boat"] == pytest.approx(0.75 / np.sqrt(1.01), abs=1e-6)
    assert terms["day"] == pytest.approx(0, abs=1e-6)


def test_projected_keybert_embeds_no_word():
    def embed(texts, role):
        raise AssertionError("a word was embedded")

    for name in ("keybert", "mmr"):
        assert set(topicore.representation(name).describe(view(embedding=embed))) == {0, 1}


def test_a_word_of_few_uses_proves_little():
    bags = csr_array(np.array([[1, 8, 2, 0, 0], [0, 0, 3, 3, 3]]))
    terms = topicore.representation("keybert").describe(view(counts=bags))[0].terms
    assert [word for word, _ in terms] == ["boat", "anchor", "day"]  # equal cosines, 8 / 9 against 1 / 2


@pytest.mark.parametrize("name", ["projection", "keybert", "mmr"])
def test_a_topic_that_is_everything_keeps_its_words(name):
    index = TopicIndex.of(np.zeros(4, dtype=np.int64))
    whole = view(
        index=index,
        assignments=np.zeros(4, dtype=np.int64),
        counts=csr_array(COUNTS.sum(axis=0)[None, :]),
        weights=csr_array(np.array([[0.5, 0.4, 0.6, 0.3, 0.2]])),
        topic_embeddings=mean_rows(ROWS, np.zeros(4, dtype=np.int64), index),
    )
    assert topicore.representation(name).describe(whole)[0].terms[:2] == (("day", 0.6), ("anchor", 0.5))


@pytest.mark.parametrize("name", ["keybert", "mmr", "keybert.embedded", "mmr.embedded"])
def test_equal_scores_keep_the_order_of_the_weights(name):
    rows = np.tile(np.array([[1, 0]], dtype=np.float32), (4, 1))
    same = view(
        embeddings=rows,
        topic_embeddings=mean_rows(rows, TOPICS, TopicIndex.of(TOPICS)),
        embedding=lambda texts, role: np.ones((len(texts), 2), dtype=np.float32),
    )
    described = topicore.representation(name).describe(same)
    assert [word for word, _ in described[0].terms][:2] == ["day", "anchor"]


def test_keybert_embeds_all_words_in_one_call_and_ranks_by_cosine():
    calls = []
    described = topicore.representation("keybert.embedded", documents=2).describe(view(embedding=told(calls)))
    assert calls == [(VOCABULARY, "word")]
    assert [word for word, _ in described[0].terms] == ["anchor", "boat", "day"]
    assert [word for word, _ in described[1].terms] == ["oven", "flour", "day"]
    # the documents of topic 0 have mean (1, 0): the cosine of (.8, .2) to it
    assert dict(described[0].terms)["boat"] == pytest.approx(0.8 / np.hypot(0.8, 0.2), abs=1e-6)


def test_embedded_mmr_embeds_all_words_in_one_call_and_keeps_order_and_weights():
    calls = []
    described = topicore.representation("mmr.embedded", diversity=0.0).describe(view(embedding=told(calls)))
    assert calls == [(VOCABULARY, "word")]  # P6: two calls a topic
    assert described[0].terms == (("anchor", 0.5), ("boat", 0.4))  # "day", of the largest weight, is the farthest
    apart = topicore.representation("mmr.embedded", diversity=1.0).describe(view(embedding=told([])))
    assert described[1].terms != apart[1].terms


def told(calls):
    """An embedder of words that writes down what it was asked."""
    side = {"anchor": 1.0, "boat": 0.8, "day": 0.0, "flour": -0.8, "oven": -1.0}

    def embed(texts, role):
        calls.append((list(texts), role))
        return np.array([[side[text], 1 - abs(side[text])] for text in texts], dtype=np.float32)

    return embed


@pytest.mark.parametrize("name", ["keybert", "keybert.embedded"])
def test_keybert_looks_at_the_documents_of_its_own_topic(name, corpus):
    """Trap 1: the peer takes positions in its list of representative documents for positions in the corpus."""
    documents, labels = corpus
    order = np.argsort(labels, kind="stable")  # the first documents of the corpus are all of one theme
    texts, themes = [documents[place] for place in order], [labels[place] for place in order]
    model = topicore.TopicModel(embedder="lsa", clusterer="manual", representation=name).fit(texts, y=themes)
    chained = topicore.TopicModel(embedder="lsa", clusterer="manual", representation=[name]).fit(texts, y=themes)
    assert model.get_topics() == chained.get_topics()
    for topic, terms in model.get_topics().items():
        theme = themes[model.topics_.index(topic)]
        assert {word for word, _ in terms} <= set(THEMES[theme])


def test_words_do_not_depend_on_the_hash_seed_or_the_run(corpus):
    """Trap 24: the peer goes through sets of words, whose order differs from process to process."""
    script = (
        "import json, topicore; from tests.conftest import themed; documents, labels = themed(60);"
        "model = topicore.TopicModel(clusterer='manual', representation={"
        "name: name for name in ['keybert', 'mmr', 'keybert.embedded', 'mmr.embedded', 'phrases', 'representative']});"
        "model.fit(documents, y=labels); print(model.get_topic_info().to_json())"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1]


def test_words_of_another_width_say_which_representation_does_without():
    other = view(embedding=lambda texts, role: np.ones((len(texts), 3), dtype=np.float32))
    with pytest.raises(InputError, match=r"3 dimensions and documents in 2; .* or 'mmr', which embeds no words"):
        topicore.representation("mmr.embedded").describe(other)


def test_sparse_documents_can_be_compared_with_embedded_words():
    rows = csr_array(ROWS)
    sparse = view(embeddings=rows, topic_embeddings=mean_rows(rows, TOPICS, TopicIndex.of(TOPICS)), embedding=told([]))
    described = topicore.representation("keybert.embedded", documents=2).describe(sparse)
    assert [word for word, _ in described[0].terms] == ["anchor", "boat", "day"]


def test_a_term_of_several_words_lies_where_the_documents_with_all_of_them_do():
    counts = csr_array(np.array([[1, 1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 1, 0, 1, 1], [0, 0, 0, 1, 1]]))
    vectors = view(document_counts=counts).word_embeddings(
        ["anchor of boat", "oven", "oven mitt", "mitt", "anchor oven"]
    )
    unit = lambda row: np.array(row) / np.linalg.norm(row)  # noqa: E731
    assert vectors[0] == pytest.approx(unit([1, 0.1]), abs=1e-6)  # document 0; "of" is not in the vocabulary
    assert vectors[1] == pytest.approx(vectors[2])  # "mitt" is not either
    assert not vectors[3:].any()  # unknown; in no document together


def test_a_text_lies_where_the_documents_of_its_words_do():
    counting = lambda texts: csr_array([[text.split().count(word) for word in VOCABULARY] for text in texts])  # noqa: E731
    vectors = view(counting=counting).text_embeddings(["anchor anchor oven", "nothing known"])
    # twice the mean of documents 0 and 1, (1, 0), and the mean of documents 2 and 3, (-1, 0)
    assert vectors[0] == pytest.approx([1, 0], abs=1e-6)
    assert not vectors[1].any()


def test_projected_words_follow_changes_of_topics_and_embedded_ones_are_not_asked_again(corpus):
    documents, labels = corpus
    asked = []

    class Heard(topicore.components.Embedder):
        def embed(self, texts, /, *, role="document"):
            asked.append(role)
            return np.array([[text.count(letter) for letter in "aeiostr"] for text in texts], dtype=np.float32)

    aspects = {"main": "keybert", "apart": "mmr", "embedded": "keybert.embedded"}
    model = topicore.TopicModel(embedder=Heard(), clusterer="manual", representation=aspects)
    model.fit(documents, y=labels)
    assert asked == ["document", "word"]
    merged = model.copy().merge_topics([1, 2])
    assert asked == ["document", "word"]
    before, after = model._state.descriptions, merged._state.descriptions
    assert before["embedded"][0] == after["embedded"][1]  # the merged topic is the largest now
    words = {word for word, _ in after["main"][0].terms}
    themes = [{word for word, _ in before["main"][topic].terms} for topic in (1, 2)]
    assert words & themes[0]
    assert words & themes[1]


def test_representative_documents_are_nearest_first_and_varied_on_request():
    found = view()
    assert list(found.document_ids(0)) == [0, 1]
    assert sorted(found.document_ids(1, n=2, diversity=0.9)) == [2, 3]
    assert found.texts(found.document_ids(1, n=1)) in (["c"], ["d"])


def test_documents_of_which_nothing_is_known_stay_out_of_the_mean():
    rows = np.array([[1, 1], [3, 1], [0, 0]], dtype=np.float32)
    assert Space(rows).centred(slice(None)).tolist() == [[-1, 0], [1, 0], [0, 0]]
