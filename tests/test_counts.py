"""Counts from token ids equal scikit-learn's from text, and never cross documents."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import CountVectorizer

from topicore import counts as counts_module
from topicore.counts import (
    best_columns,
    count,
    count_known,
    document_frequency,
    group_sums,
    indicator,
    select_columns,
)
from topicore.errors import InputError
from topicore.tokens import Rules, Tokens, tokenise

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


PLAIN = [*"abcdefgh", "ab", "abc", "é", "z", "中", "中文", "𝒳", "abcdefgh", "abcdefghi", "abcdefghij", "", "2024", "٣"]
SPACED = ["a", "b", "c", "a b", "b c", " ", "a ", " b", "", "a\x1fb", "a\nb", "a\0", "\ud800", "c"]

RANDOM_RULES = [
    {},
    {"ngram_range": (1, 2)},
    {"ngram_range": (2, 3)},
    {"ngram_range": (1, 3)},
    {"ngram_range": (2, 4)},
    {"ngram_range": (1, 2), "min_df": 2},
    {"ngram_range": (1, 3), "min_df": 0.2, "max_df": 0.6},
    {"max_df": 3},
    {"min_df": 3, "binary": True},
    {"ngram_range": (1, 2), "binary": True, "max_df": 0.5},
    {"max_features": 5},
    {"ngram_range": (1, 2), "max_features": 40, "min_df": 2},
    {"ngram_range": (1, 3), "stop_words": ["a", "b", "ab"]},
    {"ngram_range": (2, 2), "stop_words": ["c", "", "never"], "min_df": 2},
    {"ngram_range": (1, 3), "vocabulary": ["a", "b a", "a b", "zebra", "a b c", "c  a", ""]},
]


def drawn(rng, words):
    """Lists of tokens, some empty, a few tokens far more frequent than the others."""
    shares = rng.dirichlet(np.full(len(words), 0.5))
    return [list(rng.choice(words, size=rng.integers(0, 25), p=shares)) for _ in range(rng.integers(1, 30))]


def over_lists(options):
    """A CountVectorizer of lists of tokens, and the rules it stands for."""
    native = CountVectorizer(
        tokenizer=lambda given: [given] if isinstance(given, str) else given,
        preprocessor=lambda given: given,
        token_pattern=None,
        **options,
    )
    given = {name: value for name, value in options.items() if name not in ("stop_words", "vocabulary")}
    vocabulary = tuple(options["vocabulary"]) if "vocabulary" in options else None
    return native, Rules(stop_words=frozenset(options.get("stop_words", ())), vocabulary=vocabulary, **given)


@pytest.mark.parametrize("block", [1, 7, 1 << 16], ids="blocks of {}".format)
@pytest.mark.parametrize("words", [PLAIN, SPACED], ids=["words", "tokens with spaces"])
@pytest.mark.parametrize("options", RANDOM_RULES, ids=json.dumps)
def test_counts_of_random_tokens_equal_scikit_learns(options, words, block, monkeypatch):
    monkeypatch.setattr(counts_module, "BLOCK", block)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        documents, new = drawn(rng, words), drawn(rng, [*words, "other", "a"])
        native, rules = over_lists(options)
        tokens, fresh = tokenise(documents), tokenise(new)
        try:
            expected = native.fit_transform(documents)
        except ValueError:  # no term is left
            with pytest.raises(InputError):
                count(tokens, rules)
            continue
        if not expected.nnz:  # none of the given vocabulary
            continue
        counts, terms = count(tokens, rules)
        assert list(terms) == list(native.get_feature_names_out())
        assert counts.shape == expected.shape
        assert (counts != expected).nnz == 0
        assert counts.nnz == expected.nnz
        assert counts.dtype == counts.indices.dtype == np.int32
        assert counts.has_canonical_format
        for known in (terms, list(terms)):
            counted = count_known(fresh, known, rules)
            assert (counted != native.transform(new)).nnz == 0
            assert (counted.dtype, counted.shape) == (np.int32, (len(new), len(terms)))


def test_ngrams_too_many_for_one_number_are_counted_all_the_same(monkeypatch):
    """Keys and places are packed in 64 bits where they fit: here they do not, and are sorted by key."""
    from topicore import ngrams

    plain = ngrams._numbered
    monkeypatch.setattr(ngrams, "_numbered", lambda keys, bound, highest: plain(keys, bound, 2**63))
    documents = drawn(np.random.default_rng(3), PLAIN)
    native, rules = over_lists({"ngram_range": (1, 3)})
    counts, terms = count(tokenise(documents), rules)
    assert (counts != native.fit_transform(documents)).nnz == 0
    assert terms == list(native.get_feature_names_out())


def test_documents_shorter_than_an_ngram_hold_none():
    counts, terms = count(tokenise([["a"], [], ["a", "b"], ["b"], ["a", "b", "c"]]), Rules(ngram_range=(3, 3)))
    assert terms == ["a b c"]
    assert counts.toarray().tolist() == [[0], [0], [0], [0], [1]]


def test_ngrams_join_what_stop_words_part():
    _, terms = count(tokenise([["cup", "of", "tea"]]), Rules(stop_words=frozenset({"of"}), ngram_range=(2, 2)))
    assert terms == ["cup tea"]


def test_a_token_with_a_space_is_the_term_of_the_two():
    counts, terms = count(tokenise([["new york", "new", "york"]]), Rules(ngram_range=(1, 2)))
    assert terms == ["new", "new york", "new york new", "york"]
    assert counts.toarray().tolist() == [[1, 2, 1, 1]]


def test_limits_hold_for_terms_spelt_alike_together():
    _, terms = count(tokenise([["new york"], ["new", "york"]]), Rules(ngram_range=(1, 2), min_df=2))
    assert terms == ["new york"]


def test_tokens_in_no_document_are_no_terms():
    tokens = tokenise([["a", "b"], ["c"]])
    part = Tokens(ids=tokens.ids[:2], offsets=tokens.offsets[:2], vocabulary=tokens.vocabulary, stop=tokens.stop)
    for ngram_range, expected in (((1, 1), ["a", "b"]), ((1, 2), ["a", "a b", "b"])):
        counts, terms = count(part, Rules(ngram_range=ngram_range, min_df=0, max_df=0, relax=True))
        assert terms == expected
        assert counts.toarray().tolist() == [[1] * len(expected)]


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


@pytest.mark.parametrize("block", [1, 50, 1 << 16])
@pytest.mark.parametrize("n_groups", [1, 3, 40])
def test_group_sums_equal_a_product_with_the_indicator(n_groups, block, monkeypatch):
    monkeypatch.setattr(counts_module, "BLOCK", block)
    rng = np.random.default_rng(n_groups)
    dense = rng.poisson(0.3, size=(60, 17))
    groups = rng.integers(-1, n_groups, size=60)
    sums = group_sums(csr_array(dense.astype(np.int32)), groups, n_groups)
    expected = [dense[groups == group].sum(axis=0).tolist() for group in range(n_groups)]
    assert sums.toarray().tolist() == expected
    assert sums.dtype == np.int64
    assert sums.has_canonical_format


def test_group_sums_of_large_numbers_are_exact():
    counts = csr_array(np.array([[2**31 - 1, 0], [2**31 - 1, 5]], dtype=np.int32))
    assert group_sums(counts, np.array([0, 0]), 1).toarray().tolist() == [[2**32 - 2, 5]]
    huge = csr_array([[2**61, *range(1, 9)]] * 3)
    assert group_sums(huge, np.array([0, 0, 0]), 1).toarray().tolist() == [[3 * 2**61, *range(3, 27, 3)]]


def test_group_sums_over_columns_without_end():
    last = 2**31 - 2
    counts = csr_array((np.array([1, 2, 3]), np.array([last, 0, last]), np.array([0, 1, 3])), shape=(2, last + 1))
    sums = group_sums(counts, np.array([3, 3]), 5)
    assert sums.indices.tolist() == [0, last]
    assert sums.data.tolist() == [2, 4]
    assert sums.indptr.tolist() == [0, 0, 0, 0, 2, 2]


def test_group_sums_of_other_numbers_than_counts():
    signed = group_sums(csr_array([[1, 2, 0], [-1, 3, 0], [0, 0, 4]]), np.array([0, 0, 1]), 2)
    assert signed.toarray().tolist() == [[0, 5, 0], [0, 0, 4]]
    assert signed.nnz == 2
    stored = csr_array((np.array([0, 2]), np.array([0, 1]), np.array([0, 2])), shape=(1, 2))
    assert group_sums(stored, np.array([0]), 1).nnz == 1
    halves = group_sums(csr_array(np.array([[0.5, 0], [0.25, 1]], dtype=np.float32)), np.array([0, 0]), 1)
    assert halves.toarray().tolist() == [[0.75, 1.0]]
    assert halves.dtype == np.float64


def test_group_sums_of_nothing():
    nothing = group_sums(csr_array((3, 4), dtype=np.int32), np.array([0, 1, -1]), 2)
    assert (nothing.shape, nothing.nnz, nothing.dtype) == ((2, 4), 0, np.int64)
    none_inside = group_sums(csr_array([[1, 2]]), np.array([-1]), 1)
    assert none_inside.toarray().tolist() == [[0, 0]]
    assert group_sums(csr_array((2, 0), dtype=np.int32), np.array([0, 1]), 2).shape == (2, 0)


def test_document_frequency_leaves_stored_zeros_out():
    counts = csr_array((np.array([1, 0, 2]), np.array([0, 1, 0]), np.array([0, 2, 3])), shape=(2, 2))
    assert document_frequency(counts).tolist() == [2, 0]


def test_best_columns_sorts_by_value_then_column_and_drops_what_is_not_positive():
    matrix = csr_array(np.array([[0.5, 2.0, 0.5, -1.0, 0.0], [0, 0, 0, 0, 0]]))
    (columns, values), (none, _) = best_columns(matrix, 3)
    assert columns.tolist() == [1, 0, 2]
    assert values.tolist() == [2.0, 0.5, 0.5]
    assert none.tolist() == []


@pytest.mark.parametrize("block", [1, 1 << 16])
@pytest.mark.parametrize("n", [1, 3, 10, 1000])
def test_best_columns_of_rows_of_any_length_equal_a_plain_sort(n, block, monkeypatch):
    monkeypatch.setattr(counts_module, "BLOCK", block)
    rng = np.random.default_rng(n)
    dense = rng.integers(-1, 5, size=(50, 300)) * (rng.random((50, 300)) < rng.random((50, 1)) ** 4)
    dense[0], dense[1], dense[2] = 2, 0, -1
    best = best_columns(csr_array(dense.astype(np.float64)), n)
    for row, (columns, values) in zip(dense, best, strict=True):
        expected = sorted(np.flatnonzero(row > 0), key=lambda column: (-row[column], column))[:n]
        assert columns.tolist() == expected
        assert values.tolist() == row[expected].tolist()
        assert values.dtype == np.float64


def test_best_columns_of_unsorted_rows_and_whole_numbers():
    matrix = csr_array((np.array([3, 3, 1]), np.array([2, 0, 1]), np.array([0, 3])), shape=(1, 3))
    ((columns, values),) = best_columns(matrix, 2)
    assert (columns.tolist(), values.tolist(), values.dtype) == ([0, 2], [3.0, 3.0], np.float64)
    assert best_columns(csr_array((0, 3)), 2) == []
