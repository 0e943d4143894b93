"""How topics share documents: against the definition, spelt out one window at a time."""

from __future__ import annotations

import math
import tracemalloc
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import CountVectorizer

import topicore
from topicore import TopicModel
from topicore.analysis import distribution
from topicore.analysis.distribution import approximate_distribution
from topicore.builtin.weightings import ClassTfidf
from topicore.errors import ComponentError, InputError
from topicore.pipeline.reading import rules_of
from topicore.state import TopicIndex
from topicore.tokens import tokenise


def fitted(texts, topics, **options):
    """A state with exactly these topics."""
    rows = np.random.default_rng(0).normal(size=(len(texts), 4))
    options = {"vectorizer": CountVectorizer(), **options}
    return TopicModel(clusterer="manual", **options).fit(texts, embeddings=rows, y=topics)._state


def read(state, texts):
    return tokenise(state.components.vectorizer.tokenize(texts))


@pytest.fixture(scope="module")
def small():
    """Two topics of two words each, all weights equal: the cosine of one word and its topic is 1 / sqrt(2)."""
    return fitted(["sea ship", "oven bread"], [0, 1])


def themed_state(corpus, **options):
    documents, labels = corpus
    topics = [-1 if place % 7 == 0 else label for place, label in enumerate(labels)]
    return fitted([*documents, ""], [*topics, -1], **options)


@pytest.fixture(scope="module")
def state(corpus):
    return themed_state(corpus)


# the definition


def windows_of(n, window, stride, padding):
    if n < window:
        return [(0, n)] if n else []
    found = [(start, min(start + window, n)) for start in range(0, n, stride)]
    if not padding:
        return [(start, end) for start, end in found if end - start == window]
    steps = math.ceil(window / stride) - 1
    return [(0, window - (steps - step) * stride) for step in range(steps)] + found


def terms_of(words, rules):
    kept = [word for word in words if word not in rules.stop_words and (rules.numbers or not word.isnumeric())]
    sizes = range(rules.ngram_range[0], rules.ngram_range[1] + 1)
    return Counter(" ".join(kept[i : i + size]) for size in sizes for i in range(len(kept) - size + 1))


def shares_by_definition(
    state, texts, *, window=4, stride=1, min_similarity=0.1, padding=False, calculate_tokens=False
):
    rules = rules_of(state.components.vectorizer, state.settings)
    column = {term: place for place, term in enumerate(state.vocabulary)}
    topics = state.weights.toarray()[state.index.rows(np.array(state.index.real, dtype=int))]
    shares, marks = [], []
    for words in state.components.vectorizer.tokenize(texts):
        mark = np.zeros((len(words), len(topics)))
        total = np.zeros(len(topics))
        for start, end in windows_of(len(words), window, stride, padding):
            counts = np.zeros((1, len(column)))
            for term, times in terms_of(words[start:end], rules).items():
                if term in column:
                    counts[0, column[term]] = 1 if rules.binary else times
            weights = state.components.weighting.transform(csr_array(counts)).toarray()[0]
            lengths = np.linalg.norm(topics, axis=1) * np.linalg.norm(weights)
            cosines = np.divide(topics @ weights, lengths, out=np.zeros(len(topics)), where=lengths > 0)
            cosines[cosines < min_similarity] = 0
            mark[start:end] += cosines
            total += cosines
        total = mark.sum(axis=0) if calculate_tokens else total
        shares.append(total / (total.sum() or 1))
        marks.append(mark)
    return np.array(shares).reshape(-1, len(topics)), marks


def test_shares_are_the_cosines_of_windows_added_up(small):
    found = approximate_distribution(small, read(small, ["sea bread", "Sea ship bread"]), window=2)
    # "sea bread": half of either topic's direction, 1/2 and 1/2. "sea ship": 1 and 0; "ship bread": 1/2 and 1/2
    assert np.allclose(found.documents, [[0.5, 0.5], [1.5 / 2, 0.5 / 2]])
    assert found.documents.dtype == np.float32
    assert found.tokens is None


def test_cosines_below_the_least_are_zero_and_those_at_it_count(small):
    tokens = read(small, ["sea ship bread"])
    assert np.allclose(approximate_distribution(small, tokens, window=2, min_similarity=0.6).documents, [[1, 0]])
    at = approximate_distribution(small, tokens, window=2, min_similarity=0.49).documents
    assert np.allclose(at, [[0.75, 0.25]])
    none = approximate_distribution(small, read(small, ["sea"]), min_similarity=0.8)  # its cosine is 1 / sqrt(2)
    assert not none.documents.any()


def test_a_token_is_the_sum_of_the_windows_that_hold_it(small):
    found = approximate_distribution(small, read(small, ["sea ship bread"]), window=2, calculate_tokens=True)
    assert np.allclose(found.tokens[0], [[1, 0], [1.5, 0.5], [0.5, 0.5]])
    assert np.allclose(found.documents, [[3 / 4, 1 / 4]])
    assert found.words(0) == ["sea", "ship", "bread"]


def test_a_word_twice_in_a_window_counts_twice(small):
    found = approximate_distribution(small, read(small, ["sea sea ship"]), window=3, calculate_tokens=True)
    cosine = 3 / (math.sqrt(2) * math.sqrt(5))  # (2, 1) and (1, 1)
    assert np.allclose(found.tokens[0], [[cosine, 0]] * 3)


def test_padding_adds_windows_that_reach_over_both_ends(small):
    tokens = read(small, ["sea ship bread"])
    found = approximate_distribution(small, tokens, window=2, padding=True, calculate_tokens=True)
    half, one = 0.5, math.sqrt(0.5)  # sea | sea ship | ship bread | bread
    assert np.allclose(found.tokens[0], [[one + 1, 0], [1 + half, half], [half, half + one]])


OPTIONS = [
    {},
    {"window": 1},
    {"window": 3, "stride": 2},
    {"window": 2, "stride": 5},
    {"window": 5, "stride": 3, "padding": True},
    {"window": 4, "padding": True, "min_similarity": 0},
    {"window": 14, "stride": 4, "padding": True},
    {"window": 1000},
    {"window": 10**6, "stride": 10**6, "padding": True},
    {"min_similarity": 0.4},
]
VECTORIZERS = {
    "words": CountVectorizer(min_df=3),
    "pairs": CountVectorizer(ngram_range=(1, 2), stop_words=["the", "of", "and"]),
    "pairs and threes alone": CountVectorizer(ngram_range=(2, 3), stop_words=["a", "in", "to"]),
    "once a window": CountVectorizer(binary=True, ngram_range=(1, 2)),
}


@pytest.mark.parametrize("calculate_tokens", [False, True])
@pytest.mark.parametrize("name", VECTORIZERS)
def test_shares_equal_the_definition(corpus, name, calculate_tokens):
    state = themed_state(corpus, vectorizer=VECTORIZERS[name])
    texts = [*corpus[0][:12], "", "of the and", "anchor", "anchor tide harbour harbour nothing the mast anchor zebra"]
    for options in OPTIONS:
        found = approximate_distribution(state, read(state, texts), calculate_tokens=calculate_tokens, **options)
        shares, marks = shares_by_definition(state, texts, calculate_tokens=calculate_tokens, **options)
        assert np.allclose(found.documents, shares, atol=1e-6), options
        if calculate_tokens:
            assert all(np.allclose(one, other, atol=1e-5) for one, other in zip(found.tokens, marks, strict=True))


@pytest.mark.parametrize("options", [{"reduce_frequent_words": True}, {"bm25": True}, {"seed_words": ["anchor"]}])
def test_windows_are_weighed_as_the_topics_are(corpus, options):
    state = themed_state(corpus, weighting=topicore.weighting("c-tf-idf", **options))
    shares, _ = shares_by_definition(state, corpus[0][:20])
    assert np.allclose(approximate_distribution(state, read(state, corpus[0][:20])).documents, shares, atol=1e-6)


class Opaque(ClassTfidf):
    """c-TF-IDF that does not tell its factors."""

    def factors(self):
        return None


def test_a_weighting_that_is_no_factor_goes_another_way_to_the_same_shares(state):
    weighting = Opaque()
    weighting.restore(state.components.weighting.state())
    other = replace(state, components=replace(state.components, weighting=weighting))
    one, two = (approximate_distribution(each, calculate_tokens=True) for each in (state, other))
    assert np.allclose(one.documents, two.documents, atol=1e-7)
    assert all(np.allclose(left, right, atol=1e-6) for left, right in zip(one.tokens, two.tokens, strict=True))


def test_a_weighting_that_fails_is_named(state):
    class Broken(ClassTfidf):
        def factors(self):
            raise ZeroDivisionError("no")

    class Short(ClassTfidf):
        def factors(self):
            return np.ones(3)

    for weighting, message in ((Broken(), "ZeroDivisionError"), (Short(), r"factors of shape \(3,\)")):
        other = replace(state, components=replace(state.components, weighting=weighting))
        with pytest.raises(ComponentError, match=message):
            approximate_distribution(other)


def test_factors_are_the_inverse_frequencies_unless_roots_are_taken():
    counts = csr_array(np.array([[4, 0, 1], [1, 3, 1]]))
    plain = topicore.weighting("c-tf-idf")
    weights = plain.fit_transform(counts, ["ship", "oven", "day"]).toarray()
    scaled = counts.toarray() * plain.factors()
    assert np.allclose(weights / weights.sum(axis=1, keepdims=True), scaled / scaled.sum(axis=1, keepdims=True))
    rooted = topicore.weighting("c-tf-idf", reduce_frequent_words=True)
    rooted.fit_transform(counts, ["ship", "oven", "day"])
    assert rooted.factors() is None


# what the terms of a window are


def test_stop_words_keep_their_place_in_windows_and_n_grams_bridge_them():
    state = fitted(
        ["salt water", "fresh bread"], [0, 1], vectorizer=CountVectorizer(ngram_range=(2, 2), stop_words=["of"])
    )
    tokens = read(state, ["salt of water", "salt of the water", "salt of of water"])
    found = approximate_distribution(state, tokens, window=3).documents
    # "the" is no stop word and stands between; in the third, no window of three holds both words
    assert np.allclose(found, [[1, 0], [0, 0], [0, 0]])


def test_numbers_break_no_n_gram_where_they_are_no_terms():
    count = topicore.vectorizer("count", ngram_range=[2, 2], min_df=1)
    state = fitted(["salt water", "fresh bread"], [0, 1], vectorizer=count)
    assert np.allclose(approximate_distribution(state, read(state, ["salt 17 water"])).documents, [[1, 0]])


def test_terms_are_found_whatever_tokens_they_are_made_of():
    phrases = CountVectorizer(token_pattern=r"[^,]+", ngram_range=(1, 2))
    state = fitted(["new york,city", "old bread,oven", "new,york city"], ["a", "b", "c"], vectorizer=phrases)
    texts = ["new york,city", "new,york city", "new york city", "york city,new"]
    shares, _ = shares_by_definition(state, texts)
    assert np.allclose(approximate_distribution(state, read(state, texts)).documents, shares, atol=1e-6)
    assert shares[2].any()  # one token that is spelt as two of the fit are


def test_no_n_gram_crosses_documents():
    state = fitted(["salt water", "fresh bread"], [0, 1], vectorizer=CountVectorizer(ngram_range=(2, 2)))
    assert not approximate_distribution(state, read(state, ["fresh salt", "water fresh"])).documents.any()


def test_new_documents_have_a_vocabulary_of_their_own(state, corpus):
    own = approximate_distribution(state).documents
    order = [5, 3, 11]
    new = read(state, ["zebra " + corpus[0][order[0]], *(corpus[0][place] for place in order[1:])])
    assert new.vocabulary[0] == "zebra"
    found = approximate_distribution(state, new, padding=False).documents
    assert np.array_equal(found[1:], own[order[1:]])


# blocks


def test_a_document_does_not_depend_on_the_others(state):
    whole = approximate_distribution(state, calculate_tokens=True)
    places = [17, 3, 40]
    texts = [" ".join(whole.words(place)) for place in places]
    few = approximate_distribution(state, read(state, texts), calculate_tokens=True)
    assert np.array_equal(few.documents, whole.documents[places])
    assert all(np.array_equal(few.tokens[i], whole.tokens[place]) for i, place in enumerate(places))


@pytest.mark.parametrize("options", [{}, {"padding": True, "stride": 3}, {"stride": 6}])
def test_blocks_of_any_size_give_the_same(state, corpus, monkeypatch, options):
    tokens = read(state, [*corpus[0][:20], "", " ".join(corpus[0][20:40])])
    whole = approximate_distribution(state, tokens, calculate_tokens=True, **options)
    for block in (1, 500, 3000):
        monkeypatch.setattr(distribution, "BLOCK", block)
        cut = approximate_distribution(state, tokens, calculate_tokens=True, **options)
        assert np.allclose(cut.documents, whole.documents, atol=1e-6)
        assert all(np.allclose(*pair, atol=1e-6) for pair in zip(cut.tokens, whole.tokens, strict=True))


def test_weakness_p4_a_long_document_takes_bounded_memory(state, monkeypatch):
    n = 300_000
    ids = np.resize(state.tokens.ids, n)
    long = replace(state.tokens, ids=ids, offsets=np.array([0, n]))
    monkeypatch.setattr(distribution, "BLOCK", 1 << 16)
    approximate_distribution(state)
    tracemalloc.start()
    found = approximate_distribution(state, long)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.documents.shape == (1, 4)
    assert peak < 3 * 2**20  # windows x topics alone are 9 MB
    short = replace(long, ids=ids[:3000], offsets=np.array([0, 3000]))
    assert np.allclose(found.documents, approximate_distribution(state, short).documents, atol=0.05)


# odd states and arguments


def test_trap_22_no_documents_are_no_shares(state):
    for calculate_tokens in (False, True):
        found = approximate_distribution(state, read(state, []), calculate_tokens=calculate_tokens)
        assert found.documents.shape == (0, 4)
        assert found.tokens == ([] if calculate_tokens else None)


def test_documents_without_a_known_word_have_no_share(state):
    found = approximate_distribution(state, read(state, ["", "zebra", "!"]), calculate_tokens=True)
    assert not found.documents.any()
    assert [mark.shape for mark in found.tokens] == [(0, 4), (1, 4), (0, 4)]


def test_rows_sum_to_one_or_are_zero(state):
    sums = approximate_distribution(state, min_similarity=0.3).documents.sum(axis=1)
    assert np.all(np.isclose(sums, 1, atol=1e-6) | (sums == 0))
    assert sums[-1] == 0


def test_themes_are_found(state, corpus):
    shares = approximate_distribution(state).documents
    inside = np.flatnonzero(state.assignments >= 0)
    assert np.mean(shares[inside].argmax(axis=1) == state.assignments[inside]) > 0.97


def test_columns_are_the_topics_without_outliers(corpus):
    documents, labels = corpus
    inside = fitted(documents, labels)
    assert -1 not in inside.index.topics
    assert approximate_distribution(inside).documents.shape == (len(documents), 4)
    only = fitted(documents[:30], [0] * 30)
    shares = approximate_distribution(only, calculate_tokens=True)
    assert shares.documents.shape == (30, 1)
    assert np.allclose(shares.documents, 1)
    nothing = fitted(documents[:30], [-1] * 30)
    found = approximate_distribution(nothing, calculate_tokens=True)
    assert found.documents.shape == (30, 0)
    assert found.tokens[0].shape == (len(found.words(0)), 0)


def test_ids_with_gaps_keep_their_columns(state):
    ids = np.array([-1, 0, 3, 4, 9])
    gaps = replace(state, index=TopicIndex(ids, state.index.sizes), assignments=ids[state.assignments + 1])
    assert np.array_equal(approximate_distribution(gaps).documents, approximate_distribution(state).documents)


def test_the_state_stays_as_it_is(state):
    before = state.weights.copy(), state.tokens.ids.copy(), state.tokens.offsets.copy()
    found = approximate_distribution(state, calculate_tokens=True)
    found.documents[:] = 0
    found.tokens[0][:] = 0
    assert np.array_equal(before[0].toarray(), state.weights.toarray())
    assert np.array_equal(before[1], state.tokens.ids)
    assert np.array_equal(before[2], state.tokens.offsets)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 0}, "window must be a whole number of at least 1, got 0"),
        ({"window": 2.0}, "window must be"),
        ({"window": True}, "window must be"),
        ({"stride": -1}, "stride must be"),
        ({"stride": "2"}, "stride must be"),
        ({"min_similarity": 1.5}, "min_similarity must be a number from 0 to 1, got 1.5"),
        ({"min_similarity": -0.1}, "min_similarity"),
        ({"min_similarity": float("nan")}, "min_similarity"),
        ({"min_similarity": None}, "min_similarity"),
    ],
)
def test_arguments_that_cannot_be_used_are_named(state, options, message):
    with pytest.raises(InputError, match=message):
        approximate_distribution(state, **options)


def test_numpy_numbers_are_numbers(state):
    plain = approximate_distribution(state, window=3, stride=2, min_similarity=0.25).documents
    found = approximate_distribution(state, window=np.int64(3), stride=np.int32(2), min_similarity=np.float32(0.25))
    assert np.array_equal(found.documents, plain)


def test_a_model_without_tokens_says_what_to_do(state, corpus):
    with pytest.raises(InputError, match="keeps no tokens; pass documents="):
        approximate_distribution(replace(state, tokens=None))
    hashing = fitted(corpus[0], corpus[1], vectorizer="hashing")
    with pytest.raises(InputError, match="vectorizer 'hashing' gives counts alone; fit with vectorizer='count'"):
        approximate_distribution(hashing)


def test_windows_of_the_definition_are_what_is_said():
    assert windows_of(5, 3, 2, padding=False) == [(0, 3), (2, 5)]
    assert windows_of(5, 3, 2, padding=True) == [(0, 1), (0, 3), (2, 5), (4, 5)]
    assert [end - start for start, end in windows_of(2, 3, 1, padding=True)] == [2]
    assert all(one <= two for one, two in pairwise(windows_of(9, 4, 1, padding=True)))
