"""Vectorizers: our own words, scikit-learn's exactly, and hashing."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

import topicore
from topicore import TopicModel
from topicore.errors import InputError, ParameterError
from topicore.tokens import Rules

TEXTS = ["Das Haus am See", "Ein See voller Fische", "Das Haus und der Hund", "Der Hund mag Fische"] * 5


def test_count_leaves_out_the_stop_words_of_the_language():
    vectorizer = topicore.vectorizer("count", language="german")
    assert "das" in vectorizer.rules(Rules()).stop_words
    assert list(vectorizer.tokenize(["Das Haus"])) == [["das", "haus"]]


def test_count_with_a_pattern_and_case():
    vectorizer = topicore.vectorizer("count", token_pattern=r"[A-Z]\w+", lowercase=False)
    assert list(vectorizer.tokenize(["Das Haus am See"])) == [["Das", "Haus", "See"]]


@pytest.mark.parametrize("wrong", [(2, 1), (0, 1), (1,), (1.0, 2)])
def test_a_wrong_ngram_range_is_refused(wrong):
    with pytest.raises(ParameterError, match="ngram_range must be"):
        TopicModel(ngram_range=wrong)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"stop_words": "english", "ngram_range": (1, 2), "min_df": 2},
        {"max_df": 0.5},
        {"analyzer": "char_wb", "ngram_range": (2, 3)},
        {"analyzer": str.split},
        {"max_features": 7, "binary": True},
        {"strip_accents": "unicode", "lowercase": False},
        {"tokenizer": str.split, "token_pattern": None},
    ],
    ids=str,
)
def test_the_counts_of_a_countvectorizer_are_exactly_its_own(options, documents):
    native = CountVectorizer(**options)
    model = TopicModel(vectorizer=native).fit(documents)
    expected = CountVectorizer(**options).fit(documents)
    assert model.vocabulary_ == list(expected.get_feature_names_out())
    assert (model._state.counts.toarray() == expected.transform(documents).toarray()).all()
    assert not hasattr(native, "vocabulary_")


def test_a_countvectorizer_that_prunes_everything_is_one_clear_error(documents):
    with pytest.raises(InputError, match="no term can be both"):
        TopicModel(vectorizer=CountVectorizer(min_df=200)).fit(documents[:100])


def test_hashing_counts_in_fixed_columns(documents):
    vectorizer = topicore.vectorizer("hashing", n_features=64)
    counts = vectorizer.fit_transform(documents)
    assert counts.shape == (len(documents), 64)
    assert np.issubdtype(counts.dtype, np.integer)
    assert len(set(vectorizer.terms)) == 64
    again = vectorizer.transform(documents)
    assert (counts != again).nnz == 0
    assert vectorizer.transform(["", "unheard of"]).shape == (2, 64)


def test_a_model_with_hashing_still_has_words(documents):
    model = TopicModel(vectorizer=topicore.vectorizer("hashing", n_features=2**12)).fit(documents)
    assert {"galaxy", "comet", "planet"} & {word for topic in model.get_topics().values() for word, _ in topic}


def test_an_ngram_range_that_the_vectorizer_does_not_take_is_refused(documents):
    with pytest.raises(ParameterError, match=r"ngram_range=\(1, 2\) has no effect: vectorizer 'hashing'"):
        TopicModel(vectorizer="hashing", ngram_range=(1, 2)).fit(documents)
