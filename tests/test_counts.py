"""Counts from token ids equal scikit-learn's from text, and never cross documents."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from topicore.counts import best_columns, count, count_known, group_sums, indicator, select_columns
from topicore.errors import InputError
from topicore.tokens import Rules, tokenise

TEXTS = [
    "The cat sat on the mat, and the cat slept.",
    "A dog and a cat; a dog, a dog!",
    "",
    "the the the",
    "New York is not new and York is old",
    "the cat sat on the mat again",
]

OPTIONS = [
    {},
    {"ngram_range": (1, 3)},
    {"ngram_range": (2, 2)},
    {"stop_words": ["the", "a", "and"], "ngram_range": (1, 2)},
    {"min_df": 2},
    {"max_df": 0.4},
    {"min_df": 0.3, "max_df": 4, "ngram_range": (1, 2)},
    {"max_features": 4},
    {"max_features": 5, "ngram_range": (1, 2)},
    {"binary": True},
    {"vocabulary": ["cat", "new york", "mat", "zebra"], "ngram_range": (1, 2)},
]


def tokens_and_rules(options):
    native = CountVectorizer(**options)
    cut, prepare = native.build_tokenizer(), native.build_preprocessor()
    vocabulary = tuple(native.vocabulary) if native.vocabulary is not None else None
    rules = Rules(
        stop_words=frozenset(native.get_stop_words() or ()),
        ngram_range=native.ngram_range,
        min_df=native.min_df,
        max_df=native.max_df,
        max_features=native.max_features,
        binary=native.binary,
        vocabulary=vocabulary,
    )
    return native, tokenise(cut(prepare(text)) for text in TEXTS), rules


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_counts_equal_scikit_learns(options):
    native, tokens, rules = tokens_and_rules(options)
    expected = native.fit_transform(TEXTS)
    counts, terms = count(tokens, rules)
    assert terms == list(native.get_feature_names_out())
    assert (counts.toarray() == expected.toarray()).all()
    assert counts.dtype == np.int32
    assert counts.has_sorted_indices


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_counts_of_new_documents_equal_scikit_learns(options):
    native, tokens, rules = tokens_and_rules(options)
    native.fit(TEXTS)
    _, terms = count(tokens, rules)
    new = ["the new cat", "unknown zebra words", "dog dog new york"]
    cut, prepare = native.build_tokenizer(), native.build_preprocessor()
    fresh = tokenise(cut(prepare(text)) for text in new)
    assert (count_known(fresh, terms, rules).toarray() == native.transform(new).toarray()).all()


def test_ngrams_never_cross_documents():
    _, terms = count(tokenise([["a", "b"], ["c", "d"]]), Rules(ngram_range=(2, 2)))
    assert terms == ["a b", "c d"]


def test_impossible_limits_are_one_clear_error():
    tokens = tokenise([["a"], ["b"]])
    with pytest.raises(InputError, match=r"max_df=1 means at most 1 of 2 documents and min_df=2 at least 2"):
        count(tokens, Rules(min_df=2, max_df=1))
    with pytest.raises(InputError, match="no term is within the limits"):
        count(tokens, Rules(min_df=2))


def test_relaxed_limits_leave_something():
    _, terms = count(tokenise([["a", "b"], ["b"], ["c"]]), Rules(min_df=5, relax=True))
    assert terms == ["b"]


def test_no_words_at_all_is_an_error_even_when_relaxed():
    with pytest.raises(InputError, match="the documents hold no words"):
        count(tokenise([[], []]), Rules(relax=True))


def test_numbers_can_be_left_out():
    _, terms = count(tokenise([["2024", "b2", "x"]]), Rules(numbers=False))
    assert terms == ["b2", "x"]


def test_group_sums_add_rows_and_leave_negative_groups_out():
    counts, _ = count(tokenise([["a", "b"], ["a"], ["b", "b"], ["a"]]), Rules())
    sums = group_sums(counts, np.array([1, 0, 1, -1]), 2)
    assert sums.toarray().tolist() == [[1, 0], [1, 3]]
    assert indicator(np.array([1, -1]), 2).toarray().tolist() == [[0, 0], [1, 0]]


def test_select_columns_keeps_order_and_values():
    counts, _ = count(tokenise([["a", "b", "c"], ["c", "c"]]), Rules())
    kept = select_columns(counts, np.array([True, False, True]))
    assert kept.toarray().tolist() == [[1, 1], [0, 2]]
    assert select_columns(counts, np.array([2])).toarray().tolist() == [[1], [2]]


def test_best_columns_sorts_by_value_then_column_and_drops_what_is_not_positive():
    from scipy.sparse import csr_array

    matrix = csr_array(np.array([[0.5, 2.0, 0.5, -1.0, 0.0], [0, 0, 0, 0, 0]]))
    (columns, values), (none, _) = best_columns(matrix, 3)
    assert columns.tolist() == [1, 0, 2]
    assert values.tolist() == [2.0, 0.5, 0.5]
    assert none.tolist() == []
