"""Topics for outliers: each score by hand, thresholds, and a share that may be left."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import coo_matrix, csr_array
from sklearn.feature_extraction.text import CountVectorizer

from topicore import TopicModel
from topicore.analysis.distribution import approximate_distribution
from topicore.analysis.outliers import outlier_scores, reduce_outliers
from topicore.errors import InputError
from topicore.state import TopicIndex

STRATEGIES = ["distributions", "c-tf-idf", "embeddings"]

TEXTS = [
    *["sea ship"] * 3,
    *["oven bread"] * 2,
    "ship",
    "sea bread oven",
    "zebra",
    "",
    "bread ship sea ship",
]
TOPICS = [0, 0, 0, 1, 1, -1, -1, -1, -1, -1]
ROWS = np.array(
    [[2, 0], [1, 0], [3, 0], [0, 1], [0, 2], [3, 4], [-1, 0.1], [-1, -1], [0, 0], [5, 0]],
    dtype=np.float32,
)


def fitted(texts, topics, rows=None, **options):
    """A state with exactly these topics."""
    rows = np.random.default_rng(0).normal(size=(len(texts), 4)) if rows is None else rows
    options = {"vectorizer": CountVectorizer(vocabulary=["sea", "ship", "oven", "bread"]), **options}
    return TopicModel(clusterer="manual", **options).fit(texts, embeddings=rows, y=topics)._state


@pytest.fixture(scope="module")
def small():
    return fitted(TEXTS, TOPICS, ROWS)


@pytest.fixture(scope="module")
def state(corpus):
    documents, labels = corpus
    topics = [-1 if place % 3 == 0 else label for place, label in enumerate(labels)]
    return TopicModel(clusterer="manual").fit([*documents, ""], y=[*topics, -1])._state


def weights(state, counts):
    """Weights of one document, as a row."""
    return state.components.weighting.transform(csr_array(np.array([counts]))).toarray()[0]


def cosine(one, other):
    return one @ other / (np.linalg.norm(one) * np.linalg.norm(other))


# each strategy


def test_by_c_tf_idf_the_score_is_the_cosine_of_term_weights(small):
    topics, scores = outlier_scores(small, np.array([5, 6, 7, 8, 9]), "c-tf-idf")
    assert topics.tolist() == [0, 1, -1, -1, 0]
    sea, oven = small.weights.toarray()[1:]
    expected = [cosine(weights(small, counts), topic) for counts, topic in [([0, 1, 0, 0], sea), ([1, 0, 1, 1], oven)]]
    assert np.allclose(scores[:2], expected)
    assert np.allclose(scores[4], cosine(weights(small, [1, 2, 0, 1]), sea))
    assert scores[2:4].tolist() == [0, 0]
    assert reduce_outliers(small, strategy="c-tf-idf") == [0, 0, 0, 1, 1, 0, 1, -1, -1, 0]


def test_by_embeddings_the_score_is_the_cosine_to_the_mean_row(small):
    # topic 0 points along x, topic 1 along y; (3, 4) is 3/5 and 4/5 like them, (-1, 0.1) only like topic 1
    topics, scores = outlier_scores(small, np.array([5, 6, 7, 8, 9]), "embeddings")
    assert topics.tolist() == [1, 1, -1, -1, 0]
    assert np.allclose(scores, [4 / 5, 0.1 / math.sqrt(1.01), 0, 0, 1], atol=1e-6)
    assert reduce_outliers(small, strategy="embeddings", threshold=0.5) == [0, 0, 0, 1, 1, 1, -1, -1, -1, 0]


def test_embeddings_may_be_given_and_only_the_outliers_count(small):
    turned = ROWS[:, ::-1].copy()
    expected = [0, 0, 0, 1, 1, 0, 0, -1, -1, 1]
    assert reduce_outliers(small, strategy="embeddings", embeddings=turned) == expected
    assert reduce_outliers(small, strategy="embeddings", embeddings=turned.tolist()) == expected
    assert reduce_outliers(small, strategy="embeddings", embeddings=csr_array(turned)) == expected


def test_sparse_embeddings_are_compared_as_dense_ones_are(small):
    sparse = replace(small, embeddings=csr_array(ROWS))
    assert reduce_outliers(sparse, strategy="embeddings") == reduce_outliers(small, strategy="embeddings")


def test_by_distributions_the_score_is_the_share_of_windows(small):
    places = np.array([5, 6, 7, 8, 9])
    topics, scores = outlier_scores(small, places)
    shares = approximate_distribution(small, min_similarity=0).documents[places]
    assert topics.tolist() == [0, 1, -1, -1, 0]
    assert np.allclose(scores, shares.max(axis=1))


def test_by_distributions_the_threshold_is_the_similarity_of_windows(small):
    # "sea bread oven": one window of three words, 1 of 3 like topic 0 and 2 of 3 like topic 1
    for threshold in (0.0, 0.3, 0.7, 0.95):
        shares = approximate_distribution(small, min_similarity=threshold).documents
        expected = [int(row.argmax()) if row.any() else -1 for row in shares[5:]]
        assert reduce_outliers(small, threshold=threshold)[5:] == expected
    assert reduce_outliers(small, threshold=0.95)[6] == -1
    assert reduce_outliers(small, distribution={"min_similarity": 0.95})[6] == -1


def test_arguments_of_the_distribution_are_passed_on(state):
    options = {"window": 6, "stride": 2, "padding": True}
    shares = approximate_distribution(state, min_similarity=0, **options).documents
    expected = np.where(shares.any(axis=1), shares.argmax(axis=1), -1)
    outliers = state.assignments == -1
    found = np.array(reduce_outliers(state, distribution=options))
    assert np.array_equal(found[outliers], expected[outliers])


def test_by_probabilities_the_score_is_the_membership(small):
    given = np.zeros((10, 2))
    given[5:] = [[0.2, 0.3], [0.6, 0.1], [0.1, 0.1], [0, 0], [0.4, 0.5]]
    assert reduce_outliers(small, strategy="probabilities", probabilities=given)[5:] == [1, 0, 0, -1, 1]
    for matrix in (given, given.tolist(), csr_array(given), coo_matrix(given)):
        found = reduce_outliers(small, strategy="probabilities", probabilities=matrix, threshold=0.4)
        assert found[5:] == [-1, 0, -1, -1, 1]
    kept = replace(small, memberships=csr_array(given.astype(np.float32)))
    assert reduce_outliers(kept, strategy="probabilities")[5:] == [1, 0, 0, -1, 1]


def test_the_memberships_of_a_soft_clusterer_are_there(corpus):
    model = TopicModel(clusterer="gmm", n_topics=4).fit(corpus[0])
    topics = model.topics_
    topics[:20] = [-1] * 20
    found = reduce_outliers(model._state, topics=topics, strategy="probabilities")
    assert found == model.topics_


# who gets a topic


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_only_outliers_change_and_the_state_does_not(state, strategy):
    before = state.assignments.copy()
    found = reduce_outliers(state, strategy=strategy)
    assert len(found) == len(before)
    assert all(type(topic) is int for topic in found)
    inside = before >= 0
    assert np.array_equal(np.array(found)[inside], before[inside])
    assert np.array_equal(state.assignments, before)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_outliers_go_to_the_topic_of_their_theme(state, corpus, strategy):
    found = reduce_outliers(state, strategy=strategy)
    theme = {found[place]: label for place, label in enumerate(corpus[1]) if state.assignments[place] >= 0}
    right = [theme.get(topic) == label for topic, label in zip(found[:-1], corpus[1], strict=True)]
    assert np.mean(right) > 0.95
    assert found[-1] == -1  # the empty document, of which nothing is known


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_pain_5_equal_documents_get_equal_topics(strategy):
    texts = ["sea ship", "oven bread", *["sea bread sea"] * 7]
    rows = np.array([[1, 0], [0, 1], *[[2, 1]] * 7], dtype=np.float32)
    found = reduce_outliers(fitted(texts, [0, 1, *[-1] * 7], rows), strategy=strategy)
    assert found[2:] in ([0] * 7, [1] * 7)


def test_topics_may_be_given(small):
    topics = [-1, 0, 0, 1, 1, 1, -1, -1, 0, 1]
    expected = [0, 0, 0, 1, 1, 1, 1, -1, 0, 1]
    assert reduce_outliers(small, topics=topics, strategy="c-tf-idf") == expected
    given = np.array(topics)
    assert reduce_outliers(small, topics=given, strategy="c-tf-idf") == expected
    assert given.tolist() == topics


@pytest.mark.parametrize("strategy", [*STRATEGIES, "probabilities"])
def test_without_outliers_topics_stay_as_they_are(corpus, strategy):
    state = fitted(corpus[0], corpus[1], vectorizer="count")
    assert -1 not in state.index.topics
    assert reduce_outliers(state, strategy=strategy) == state.assignments.tolist()
    assert reduce_outliers(state, strategy=strategy, share=0.0) == state.assignments.tolist()
    topics = state.assignments.copy()
    topics[:3] = -1  # -1 is always known
    if strategy in ("c-tf-idf", "distributions"):
        assert -1 not in reduce_outliers(state, topics=topics, strategy=strategy)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_where_all_are_outliers_or_one_topic_is_left(strategy):
    texts = ["sea ship", "oven bread", "sea oven"]
    nothing = fitted(texts, [-1, -1, -1])
    assert reduce_outliers(nothing, strategy=strategy, share=0.0) == [-1, -1, -1]
    rows = np.array([[1, 0], [0, 1], [1, 1]], dtype=np.float32)
    assert reduce_outliers(fitted(texts, [0, -1, -1], rows), strategy=strategy) == [0, -1, 0]


@pytest.mark.parametrize("strategy", [*STRATEGIES, "probabilities"])
def test_ids_with_gaps_are_ids_not_places(state, strategy):
    ids = np.array([-1, 2, 3, 7, 11])
    memberships = csr_array(np.random.default_rng(0).dirichlet(np.ones(4), state.n_documents).astype(np.float32))
    plain = replace(state, memberships=memberships)
    gaps = replace(plain, index=TopicIndex(ids, state.index.sizes), assignments=ids[state.assignments + 1])
    expected = ids[np.array(reduce_outliers(plain, strategy=strategy)) + 1]
    assert reduce_outliers(gaps, strategy=strategy) == expected.tolist()


def test_blocks_of_any_size_give_the_same(state, monkeypatch):
    expected = {strategy: reduce_outliers(state, strategy=strategy) for strategy in STRATEGIES}
    monkeypatch.setattr("topicore.analysis.outliers.BLOCK", 300)
    assert {strategy: reduce_outliers(state, strategy=strategy) for strategy in STRATEGIES} == expected


# a share instead of a threshold


def test_a_share_leaves_the_least_like_of_all(small):
    # by embeddings the scores of documents 5 to 9 are .8, .0995, 0, 0, 1
    by_share = {0.5: [-1] * 5, 0.4: [-1, -1, -1, -1, 0], 0.39: [1, -1, -1, -1, 0], 0.2: [1, 1, -1, -1, 0]}
    for share, expected in by_share.items():
        assert reduce_outliers(small, strategy="embeddings", share=share)[5:] == expected


def test_of_whom_nothing_is_known_stays_whatever_the_share(small):
    for strategy in STRATEGIES:
        assert reduce_outliers(small, strategy=strategy, share=0.0)[7:9] == [-1, -1]


def test_equal_scores_are_taken_in_order():
    rows = np.array([[1, 0], *[[1, 1]] * 3], dtype=np.float32)
    state = fitted(["sea ship", *["sea bread"] * 3], [0, -1, -1, -1], rows)
    for strategy in STRATEGIES:
        assert reduce_outliers(state, strategy=strategy, share=0.5) == [0, 0, -1, -1]


def test_a_share_of_whole_documents_is_reached_whatever_the_rounding():
    n = 100
    rows = np.ones((n, 2), dtype=np.float32)
    state = fitted(["sea ship"] * n, [*[0] * 10, *[-1] * 90], rows)
    for left in range(91):
        assert reduce_outliers(state, strategy="embeddings", share=left / 100).count(-1) == left


def test_the_scores_are_those_that_a_threshold_meets(state):
    places = np.flatnonzero(state.assignments == -1)
    for strategy in ("c-tf-idf", "embeddings"):
        topics, scores = outlier_scores(state, places, strategy)
        threshold = float(np.median(scores))
        found = np.array(reduce_outliers(state, strategy=strategy, threshold=threshold))[places]
        assert np.array_equal(found, np.where(scores >= threshold, topics, -1))
        assert scores.max() <= 1


# what cannot be used


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strategy": "magic"}, "no strategy 'magic'; strategies are 'distributions', 'probabilities', 'c-tf-idf'"),
        ({"strategy": None}, "no strategy None"),
        ({"strategy": ["embeddings"]}, "no strategy"),
        ({"threshold": 1.1}, "threshold must be a number from 0 to 1, got 1.1"),
        ({"threshold": float("nan")}, "threshold must be"),
        ({"threshold": "0.5"}, "threshold must be"),
        ({"share": -0.1}, "share must be a number from 0 to 1"),
        ({"share": True}, "share must be"),
        ({"share": 0.1, "threshold": 0.2}, "not both"),
        ({"topics": [0, 1]}, "topics has 2 entries for 10 documents"),
        ({"topics": [0.0] * 10}, "topics must be whole numbers"),
        ({"topics": [5, *[0] * 9]}, r"topics\[0\] is 5"),
        ({"topics": [-2, *[0] * 9]}, r"topics\[0\] is -2"),
        ({"topics": "0"}, "topics must be"),
        ({"embeddings": ROWS}, "embeddings has no effect with strategy='distributions'"),
        ({"probabilities": ROWS, "strategy": "embeddings"}, "probabilities has no effect"),
        ({"distribution": {}, "strategy": "c-tf-idf"}, "distribution has no effect"),
        ({"distribution": {"windows": 3}}, "distribution takes window, stride, min_similarity, padding, not 'windows'"),
        ({"distribution": {"calculate_tokens": True}}, "not 'calculate_tokens'"),
        ({"distribution": 3}, "distribution must be a mapping"),
        ({"distribution": {"window": 0}}, "window must be"),
        ({"distribution": {"min_similarity": 0.2}, "threshold": 0.1}, "they are the same"),
        ({"strategy": "probabilities"}, "clusterer is not soft; pass probabilities="),
        ({"strategy": "probabilities", "probabilities": np.ones(10)}, r"shape \(10,\)"),
        ({"strategy": "probabilities", "probabilities": np.ones((10, 3))}, r"10 documents and 2 topics without -1"),
        ({"strategy": "probabilities", "probabilities": np.full((10, 2), np.nan)}, "NaN"),
        ({"strategy": "probabilities", "probabilities": [["a", "b"]] * 10}, "matrix of numbers"),
        ({"strategy": "embeddings", "embeddings": ROWS[:4]}, "4 rows for 10 documents"),
        ({"strategy": "embeddings", "embeddings": np.ones((10, 3))}, "3 columns, but the model was fitted on 2"),
        ({"strategy": "embeddings", "embeddings": np.full((10, 2), np.inf)}, "NaN or infinite"),
    ],
)
def test_what_cannot_be_used_is_named(small, options, message):
    with pytest.raises(InputError, match=message):
        reduce_outliers(small, **options)


@pytest.mark.parametrize(
    ("strategy", "part", "what"),
    [
        ("distributions", "tokens", "tokens"),
        ("c-tf-idf", "counts", "document-term counts"),
        ("embeddings", "embeddings", "document embeddings"),
    ],
)
def test_what_is_not_kept_is_named(small, strategy, part, what):
    with pytest.raises(InputError, match=f"keeps no {what}"):
        reduce_outliers(replace(small, **{part: None}), strategy=strategy)
